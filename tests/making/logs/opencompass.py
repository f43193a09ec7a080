"""A summary table of OpenCompass."""

from pathlib import Path

from weighin.files.foreign_file import ForeignFile

NAME = "summary_20260221_165608.csv"

TABLE = """\
dataset,version,metric,mode,solver-7b-hf,solver-7b-vllm
--------- Exam ---------,-,-,-,-,-
sums,a1b2c3,accuracy,gen,57.20,58.10
sums,a1b2c3,extract_rate,gen,99.00,98.00
proofs,d4e5f6,accuracy,ppl,33.33,-
maths,-,naive_average,gen,45.27,nan
absent,-,-,-,-,-
"""

# As AISBench prints it: documents of the first model, and right answers in a cell.
COUNTED = """\
dataset,version,metric,mode,total_count,solver-7b,solver-13b
sums,a1b2c3,accuracy,gen,1319,82.03 (1082/1319),84.00 (21/25)
proofs,d4e5f6,accuracy,gen,200,40.50,-
maths,-,naive_average,gen,/,61.27,62.00
"""

# Of the circular summarizer: two header rows.
CIRCULAR = """\
dataset,version,mode,solver-7b,-,solver-13b,-
-,-,-,acc_origin,perf_circular,acc_origin,perf_circular
sums,a1b2c3,gen,57.20,41.00,60.10,-
absent,-,-,-,-,-,-
"""

# Of the subjective summarizers: who judged stands in a column or in the name of the file.
JUDGED = """\
model,judge_model,dataset,total,writing,
solver-7b,judge-a,chats,7.31,6.5,
solver-13b,judge-a,chats,8.02,7.75,
"""
JUDGED_NAME = "summary_20260221_165608_by_judge-a.csv"

# Of the summarizers of single judged benchmarks, in files that are named after the judge.
CAPABILITIES = "model,total,writing\nsolver-7b,7.31,6.5\nsolver-13b,8.02,7.75\n"
THREE_HEADERS = """\
0,1,2,3
模型,总分,中文推理,
模型,总分,中文推理总分,逻辑推理
solver-7b,5.42,4.63,4.75
"""
WIN_RATES = """\
,results,model,score,lower,upper,avg_tokens
1,"[50.1, 50.3]",solver-7b,50.2,47.9,52.3,612.5
"""

# Of NeedleBench: no column but the data set and the models; the header again below a heading.
NEEDLES = """\
dataset,solver-7b,solver-13b
--------- NeedleBench-4k Overall ---------,-,-
dataset,solver-7b,solver-13b
NeedleBench-Overall-Score-4K,61.20,66.10
Length1000Depth10_origin_en_4k,99.50,-
"""


def written(folder: Path, table: str = TABLE, name: str = NAME) -> ForeignFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table)
    return ForeignFile(path, name)
