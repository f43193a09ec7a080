"""How long tables of each syntax take beside a bare parse, what they hold, and how both grow."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

ROWS = 800
GROWTH = (1, 2, 4)


def main() -> int:
    """Print CPU seconds and peak memory above start-up by syntax, and ratios. Returns 0."""
    print(f"rows: {', '.join(str(ROWS * times) for times in GROWTH)}; two numbers a row")
    with tempfile.TemporaryDirectory() as scratch:
        for syntax, make in TABLES.items():
            taken = []
            for times in GROWTH:
                path = Path(scratch) / f"table{times}{syntax}"
                path.write_text(make(ROWS * times), "utf-8")
                taken.append({kind: measured(kind, path) for kind in ("read", "parse")})
            seconds = [one["read"]["seconds"] for one in taken]
            peaks = [one["read"]["mib"] for one in taken]
            bare = taken[-1]["parse"]
            grown = seconds[-1] / seconds[0]
            print(
                f"{syntax}: {', '.join(f'{s:.2f} s' for s in seconds)}, 4n {grown:.1f} times n; "
                f"peak {', '.join(f'{p:.0f} MiB' for p in peaks)}; a bare parse of 4n: "
                f"{bare['seconds']:.2f} s, {bare['mib']:.0f} MiB; ratio "
                f"{seconds[-1] / max(bare['seconds'], 0.001):.1f}"
            )
    return 0


def measured(kind: str, path: Path) -> Mapping[str, float]:
    """CPU seconds and MiB above start-up of one reading, in a process of its own."""
    command = [sys.executable, __file__, kind, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: Mapping[str, float] = json.loads(done.stdout)
    return told


def measure(kind: str, path: Path) -> None:
    """Print what one reading takes, as JSON."""
    import time

    from tests.benchmarks.peak_memory import peak_mib

    from weighin.sources.scorecard.benchmark_registry import load_registry
    from weighin.sources.scorecard.reading import read_scorecard

    registry = load_registry()
    # What is imported once, whatever the table.
    small = path.with_name(f"small-{kind}{path.suffix}")
    small.write_text(TABLES[path.suffix](3), "utf-8")
    ways: Mapping[str, Callable[[Path], object]] = {
        "read": lambda file: read_scorecard(file, registry=registry),
        "parse": lambda file: bare_parse(file.read_text("utf-8"), file.suffix),
    }
    ways[kind](small)
    before = peak_mib()
    started = time.process_time()
    ways[kind](path)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "mib": peak_mib() - before}))


def bare_parse(text: str, syntax: str) -> object:
    """What the library of a syntax makes of a text, and nothing else."""
    if syntax == ".csv":
        return list(csv.reader(StringIO(text)))
    if syntax == ".html":
        from lxml import etree

        return etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8"))
    if syntax == ".tex":
        from pylatexenc.latexwalker import LatexWalker

        return LatexWalker(text).get_latex_nodes()
    if syntax == ".md":
        from markdown_it import MarkdownIt

        return MarkdownIt("commonmark").enable("table").parse(text)
    return [line.split() for line in text.splitlines()]


def _rows(count: int) -> list[tuple[str, str, str]]:
    rows = (
        (f"model-{i}", f"{30 + i % 60}.{i % 10}", f"{20 + i % 70}.{i % 9}") for i in range(count)
    )
    return [("Model", "MMLU", "GSM8K"), *rows]


def _markdown(count: int) -> str:
    header, *rows = (f"| {' | '.join(row)} |" for row in _rows(count))
    return "\n".join([header, "|---|---|---|", *rows]) + "\n"


def _html(count: int) -> str:
    rows = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows(count))
    return "<table>" + "\n".join(rows) + "</table>\n"


def _latex(count: int) -> str:
    header, *rows = (f"{' & '.join(row)} \\\\" for row in _rows(count))
    return "\n".join([r"\begin{tabular}{lrr}", header, r"\midrule", *rows, r"\end{tabular}", ""])


TABLES: Mapping[str, Callable[[int], str]] = {
    ".md": _markdown,
    ".csv": lambda count: "".join(f"{','.join(row)}\n" for row in _rows(count)),
    ".html": _html,
    ".tex": _latex,
    ".txt": lambda count: "".join(f"{a:<20}{b:>8}{c:>8}\n" for a, b, c in _rows(count)),
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
