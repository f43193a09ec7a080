"""Rows of real public logs to plant something in: copies, judged before and after."""

import copy
import csv
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from tests.making.places import CORPUS

from weighin import api
from weighin.rules.interface import Finding, JudgedFinding, Level, Outcome, Verdict

Document = dict
Mutation = Callable[[Document], None]

REQUIREMENTS = """\
weighin: 1
model: {{name: "{name}", aliases: [{aliases}], checkpoint: "{checkpoint}"}}
profile: leaderboard
evidence: declared
benchmarks:
{benchmarks}
"""
TODAY = date(2026, 1, 1)
CAUGHT = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED})
"""Violated, or undecided with the difference named."""


@dataclass(frozen=True, kw_only=True)
class RealRow:
    """Two logs of one model that disagree on nothing that matters.

    Attributes:
        name: The model.
        first: What the name of the first file ends with, before its suffix.
        second: The same of the second file.
        tasks: The benchmarks that are required, by the file that they are kept in; a file that is
            both first and second is split into two logs.
        checkpoint: What the requirements declare.
        with_first: Files that lie beside the first, as `(ending, name in the copy)`.
    """

    name: str
    first: str
    second: str
    tasks: tuple[tuple[str, ...], tuple[str, ...]]
    checkpoint: str = "checkpoint"
    aliases: tuple[str, ...] = ()
    with_first: tuple[tuple[str, str], ...] = ()
    names: tuple[str, str] = (
        "results_2026-01-01T10-00-00.000000.json",
        "results_2026-01-01T11-00-00.000000.json",
    )
    reduce: Callable[[Document, tuple[str, ...]], None] = lambda document, tasks: None

    def documents(self) -> tuple[Document, Document]:
        """The two logs, to change as one likes."""
        first, second = (copy.deepcopy(read(part)) for part in (self.first, self.second))
        for document, tasks in ((first, self.tasks[0]), (second, self.tasks[1])):
            self.reduce(document, tasks)
        return first, second


@dataclass(frozen=True, kw_only=True)
class Plant:
    """Something planted in the second log of a row, or in both.

    Attributes:
        id: What it is.
        row: The row.
        in_second: What is done to the second log.
        in_first: What is done to the first.
        shows: What one finding must say, each with the forms that will do.
        outcomes: The outcomes that such a finding may have.
        never_met: Rules that may not be met.
        must_contradict: Whether an undecided one must say that the evidence disagrees.
        aliases: Further names of the model in the requirements.
        requires: Settings of every benchmark in the requirements.
    """

    id: str
    row: RealRow
    in_second: Mutation
    shows: tuple[tuple[str, ...], ...]
    in_first: Mutation = lambda document: None
    outcomes: frozenset[Outcome] = frozenset({Outcome.VIOLATED})
    must_contradict: bool = False
    never_met: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    requires: Mapping[str, str] = field(default_factory=dict)


@cache
def _files() -> dict[str, str]:
    with (CORPUS / "index.csv").open() as stream:
        return {row["file"]: Path(row["file"]).stem for row in csv.DictReader(stream)}


def path_of(ending: str) -> Path:
    """The one file of the corpus whose name or folder ends so."""
    found = [file for file, stem in _files().items() if stem.endswith(ending) or file.endswith(ending)]
    assert len(found) == 1, (ending, found)
    return CORPUS / found[0]


@cache
def _text(ending: str) -> str:
    return path_of(ending).read_text()


def read(ending: str) -> Document:
    """A log of the corpus."""
    return json.loads(_text(ending))


def written(row: RealRow, folder: Path, documents: tuple[Document | str, Document | str]) -> Path:
    """Two logs as files in a folder, with what lies beside the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in zip(row.names, documents, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document))
    for ending, name in row.with_first:
        shutil.copyfile(path_of(ending), folder / name)
        (folder / name).chmod(0o644)
    return folder


def judged(
    row: RealRow,
    logs: Path,
    requires: Mapping[str, str] | None = None,
    aliases: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on a folder of logs."""
    settings = "".join(f", {key}: {value}" for key, value in (requires or {}).items())
    path = logs.parent / f"{logs.name}.yaml"
    path.write_text(
        REQUIREMENTS.format(
            name=row.name,
            aliases=", ".join(f'"{alias}"' for alias in (*row.aliases, *aliases)),
            checkpoint=row.checkpoint,
            benchmarks="\n".join(
                f'  - {{task: "{task}"{settings}}}' for tasks in row.tasks for task in tasks
            ),
        )
    )
    return api.check(path, [logs], today=TODAY)


def words(finding: Finding) -> str:
    """All that a finding says of what was found."""
    return " | ".join((finding.statement, finding.expected, finding.found))


def against(verdict: Verdict) -> list[JudgedFinding]:
    """The findings that keep a verdict from being met."""
    return [f for f in verdict.findings if f.level is Level.ERROR and f.finding.outcome in CAUGHT]


def names_it(plant: Plant, judged_finding: JudgedFinding) -> bool:
    """Whether a finding says what was planted, in an outcome that it may have."""
    finding = judged_finding.finding
    told = words(finding).lower()
    return (
        finding.outcome in plant.outcomes
        and (
            not plant.must_contradict
            or finding.contradicts
            or finding.outcome is Outcome.VIOLATED
        )
        and all(any(form.lower() in told for form in forms) for forms in plant.shows)
    )
