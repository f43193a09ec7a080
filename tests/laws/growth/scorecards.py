"""Tables of n rows, columns or tables in every syntax, and what judges them."""

from collections.abc import Callable
from pathlib import Path

from tests.laws.growth.inputs import Make, lm_eval
from tests.laws.growth.logs import numbers_of_scorecard


def _rows(n: int) -> list[tuple[str, ...]]:
    return [
        (f"m{i}", f"{30 + i % 60}.{i % 10}", f"{20 + i % 70}.{i % 9}{i % 10}") for i in range(n)
    ]


def _csv(n: int) -> str:
    return "Model,MMLU,GSM8K\n" + "".join(f"{','.join(row)}\n" for row in _rows(n))


def _markdown(n: int) -> str:
    head = "| Model | MMLU | GSM8K |\n|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in _rows(n))


def _html(n: int) -> str:
    head = "<table><tr><th>Model<th>MMLU<th>GSM8K</tr>\n"
    return head + "".join(f"<tr><td>{'<td>'.join(row)}</tr>\n" for row in _rows(n)) + "</table>"


def _latex(n: int) -> str:
    head = "\\begin{tabular}{lrr}\nModel & MMLU & GSM8K \\\\ \\midrule\n"
    return head + "".join(f"{' & '.join(row)} \\\\\n" for row in _rows(n)) + "\\end{tabular}\n"


def _aligned(n: int) -> str:
    rows = [("Model", "MMLU", "GSM8K"), *_rows(n)]
    return "".join(f"{a:<12}{b:>10}{c:>10}\n" for a, b, c in rows)


def _of_syntax(ending: str, text: Callable[[int], str]) -> Make:
    def make(folder: Path, n: int) -> list[str]:
        path = folder / f"table{ending}"
        path.write_text(text(n))
        return ["scorecard", str(path), "--exit-zero"]

    return make


def _columns(n: int) -> str:
    """Models beside each other."""
    names = ",".join(f"m{i}" for i in range(n))
    return f"Benchmark,{names}\nMMLU{',57.2' * n}\nGSM8K{',61.25' * n}\n"


def _benchmarks(n: int) -> str:
    """Benchmarks that nobody knows, beside each other."""
    names = ",".join(f"Bench{i}" for i in range(n))
    return f"Model,{names}\n" + "".join(f"M{i}-7B{',57.2' * n}\n" for i in range(2))


def _parted(n: int) -> str:
    """Rows that empty lines part, below headings that stand alone."""
    rows = "   alpha          0.91      0.81\n   gamma          0.92      0.83\n\n"
    return f"             precision    recall\n\n{rows * n}"


def _parts(n: int) -> str:
    """Columns that are no scores beside one that is."""
    names = ",".join(f"size {i}" for i in range(n))
    return f"Model,MMLU,{names}\nm,57.2{',7.5' * n}\n"


def _below_zero(n: int) -> str:
    return "Model,MMLU,BLEURT\n" + "".join(f"m{i},57.2,-0.{i}\n" for i in range(n))


def _tables(n: int) -> str:
    """A README of many tables."""
    return "".join(f"## Results of {i}\n\n{_markdown(3)}\n" for i in range(n))


def _footnotes(n: int) -> str:
    rows = "".join(f"| m{i} | 57.2[^{i}] |\n" for i in range(n))
    notes = "".join(f"[^{i}]: maj@{i}\n" for i in range(n))
    return f"| Model | MMLU |\n|---|---|\n{rows}\n{notes}"


def _long(n: int) -> str:
    rows = "".join(f"m{i // 2},{('MMLU', 'GSM8K')[i % 2]},5,57.2\n" for i in range(n))
    return f"model,benchmark,shots,value\n{rows}"


def card_of_numbers(folder: Path, n: int) -> list[str]:
    """A scorecard file of n numbers, judged."""
    return ["scorecard", numbers_of_scorecard(folder, n)[-1], "--exit-zero"]


def versions(folder: Path, n: int) -> list[str]:
    """Two versions of a table."""
    for name in ("old.csv", "new.csv"):
        (folder / name).write_text(_csv(n))
    return ["scorecard", str(folder / "old.csv"), str(folder / "new.csv"), "--exit-zero"]


def as_json(folder: Path, n: int) -> list[str]:
    """A table, told as JSON."""
    return [*_of_syntax(".csv", _csv)(folder, n), "--format", "json"]


def with_evidence(folder: Path, n: int) -> list[str]:
    """A table of one model, and as many logged runs of it."""
    rows = "".join(f"m,MMLU,{i},50.0\n" for i in range(n))
    (folder / "table.csv").write_text(f"model,benchmark,shots,value\n{rows}")
    for i in range(n):
        (folder / "logs" / f"{i}").mkdir(parents=True)
        name = f"results_2026-01-01T00-00-00.{i:06d}.json"
        (folder / "logs" / f"{i}" / name).write_text(lm_eval(["mmlu"], args="pretrained=org/m"))
    logs = str(folder / "logs")
    return ["scorecard", str(folder / "table.csv"), "--evidence", logs, "--exit-zero"]


OF_SCORECARDS: dict[str, tuple[Make, int]] = {
    **{
        f"rows of a table ({ending[1:]})": (_of_syntax(ending, text), 1_500)
        for ending, text in {
            ".csv": _csv, ".md": _markdown, ".html": _html, ".tex": _latex, ".txt": _aligned,
        }.items()
    },
    "columns of a table": (_of_syntax(".csv", _columns), 1_500),
    "benchmarks of a table": (_of_syntax(".csv", _benchmarks), 1_000),
    "rows that empty lines part": (_of_syntax(".txt", _parted), 1_500),
    "columns that are no scores": (_of_syntax(".csv", _parts), 5_000),
    "rows below zero": (_of_syntax(".csv", _below_zero), 1_500),
    "tables of a README": (_of_syntax(".md", _tables), 300),
    "footnotes of a table": (_of_syntax(".md", _footnotes), 1_000),
    "rows of a long table": (_of_syntax(".csv", _long), 2_000),
    "numbers of a card, judged": (card_of_numbers, 250),
    "rows of two versions": (versions, 700),
    "rows of a table, as JSON": (as_json, 1_500),
    "numbers and logged runs": (with_evidence, 100),
}  # fmt: skip
