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


def written(folder: Path, table: str = TABLE) -> ForeignFile:
    path = folder / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table)
    return ForeignFile(path, NAME)
