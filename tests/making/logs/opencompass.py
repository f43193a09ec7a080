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


def written(folder: Path, table: str = TABLE, name: str = NAME) -> ForeignFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table)
    return ForeignFile(path, name)
