"""The table of what the fuzzers did, made from the runs that were kept."""

import json
from pathlib import Path

from tests.fuzz.targets import TARGETS

RUNS = Path(__file__).with_name("runs")
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- table of runs -->\n", "<!-- end of the table -->\n"
_HEAD = (
    "| target | executions | accepted | edges of the seeds | edges | last new edge at "
    "| CPU minutes | crashes | ended by |\n|---|--:|--:|--:|--:|--:|--:|--:|---|\n"
)


def table() -> str:
    """A row a target; of one that has not been run, that."""
    return _HEAD + "".join(_row(name) for name in TARGETS)


def _row(name: str) -> str:
    path = RUNS / f"{name}.json"
    if not path.is_file():
        return f"| `{name}` | not run | | | | | | | |\n"
    run = json.loads(path.read_text())
    share = run["accepted"] / run["executions"] if run["executions"] else 0
    return (
        f"| `{name}` | {run['executions']:,} | {share:.0%} | {run['edges_of_seeds']} "
        f"| {run['edges']} | {run['last_new_edge_at']:,} | {run['cpu_minutes']:.1f} "
        f"| {run['crashes']} | {run['ended']} |\n"
    )


def with_table(text: str) -> str:
    """A text whose table is that of the kept runs."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "\n" + table() + "\n" + END + rest.partition(END)[2]


def write_table() -> None:
    """Write the table into the README beside."""
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
