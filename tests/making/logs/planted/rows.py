"""Rows of real public logs to plant something in: copies, judged before and after."""

import copy
import csv
import json
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

CAUGHT = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED})
"""Violated, or undecided with the difference named."""

REQUIREMENTS = """\
weighin: 1
model: {{name: "{name}", aliases: [{aliases}], checkpoint: "{checkpoint}"}}
profile: leaderboard
evidence: declared
rules: {{{rules}}}
benchmarks:
{benchmarks}
"""
TODAY = date(2026, 1, 1)


def unchanged(document: Document) -> None:
    """Nothing is done."""


def _whole(document: Document, task: str) -> None:
    del document, task


def one_file(document: Document, number: int) -> dict[str, object]:
    """A log that is one JSON file, by its name."""
    return {f"results_2026-01-01T1{number}-00-00.000000.json": document}


@cache
def _endings() -> dict[str, str]:
    with (CORPUS / "index.csv").open() as stream:
        return {
            row["file"]: str(Path(row["file"]).with_suffix("")) for row in csv.DictReader(stream)
        }


def path_of(ending: str) -> Path:
    """The one file of the corpus whose path ends so, before its suffix."""
    found = [file for file, stem in _endings().items() if stem.endswith(ending)]
    assert len(found) == 1, (ending, found)
    return CORPUS / found[0]


@cache
def _text(ending: str) -> str:
    return path_of(ending).read_text()


def read(ending: str) -> Document:
    """A log of the corpus."""
    return json.loads(_text(ending))


@dataclass(frozen=True, kw_only=True)
class RealRow:
    """Two logs of one model that disagree on nothing that matters.

    Attributes:
        name: The model.
        sources: What the path of each log ends with.
        tasks: What is kept of each log, and required.
        checkpoint: What the requirements declare.
        aliases: Names of the benchmarks in the logs, where requirements cannot name them.
        load: Reads a log by the end of its path.
        reduce: Cuts a log down to a benchmark, as a run of it alone would have left it.
        laid_out: The files of a log by their paths: documents, or lists as JSON lines.
    """

    name: str
    sources: tuple[str, str]
    tasks: tuple[str, str]
    checkpoint: str = "/checkpoints/declared"
    aliases: Mapping[str, str] = field(default_factory=dict)
    load: Callable[[str], Document] = read
    reduce: Callable[[Document, str], None] = _whole
    laid_out: Callable[[Document, int], dict[str, object]] = one_file

    def documents(self) -> tuple[Document, Document]:
        """The two logs, to change as one likes."""
        first, second = (copy.deepcopy(self.load(source)) for source in self.sources)
        for document, task in zip((first, second), self.tasks, strict=True):
            self.reduce(document, task)
        return first, second


@dataclass(frozen=True, kw_only=True)
class Plant:
    """Something planted in the second log of a row, or in both.

    Attributes:
        id: What it is.
        row: The row.
        shows: What one finding must say, each with the forms that will do.
        in_second: What is done to the second log.
        in_first: What is done to the first.
        rewritten: What is done to the text of the second.
        outcomes: The outcomes that such a finding may have.
        must_contradict: Whether an undecided one must say that the evidence disagrees.
        never_met: Rules that may not be met on the logs that were changed.
        not_violated: Rules that it does not concern.
        aliases: Further names of the model in the requirements.
        requires: Settings of every benchmark in the requirements.
        at_error: Rules that the requirements raise to level error.
    """

    id: str
    row: RealRow
    shows: tuple[tuple[str, ...], ...]
    in_second: Mutation = unchanged
    in_first: Mutation = unchanged
    rewritten: Callable[[str], str] | None = None
    outcomes: frozenset[Outcome] = frozenset({Outcome.VIOLATED})
    must_contradict: bool = False
    never_met: tuple[str, ...] = ()
    not_violated: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    requires: Mapping[str, str] = field(default_factory=dict)
    at_error: tuple[str, ...] = ()

    @property
    def changed(self) -> set[str]:
        """The benchmarks whose logs were changed."""
        is_first = self.in_first is not unchanged
        is_second = self.in_second is not unchanged or self.rewritten is not None
        kept = zip(self.row.tasks, (is_first, is_second), strict=True)
        return {task for task, is_changed in kept if is_changed}

    def untouched(self, folder: Path) -> Verdict:
        """The verdict on the logs as they were published."""
        written(self.row, folder / "logs", self.row.documents())
        return self._judged(folder / "logs")

    def planted(self, folder: Path) -> Verdict:
        """The verdict on the logs that were changed."""
        first, second = self.row.documents()
        self.in_first(first)
        self.in_second(second)
        written(self.row, folder / "logs", (first, second), self.rewritten)
        return self._judged(folder / "logs")

    def _judged(self, logs: Path) -> Verdict:
        return judged(self.row, logs, self.requires, self.aliases, self.at_error)


def written(
    row: RealRow,
    folder: Path,
    documents: tuple[Document, Document],
    rewritten: Callable[[str], str] | None = None,
) -> None:
    """Two logs as files in a folder."""
    for number, document in enumerate(documents):
        for name, content in row.laid_out(document, number).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = content if path.suffix == ".jsonl" else [content]
            text = "\n".join(json.dumps(line) for line in lines)
            path.write_text(rewritten(text) if rewritten is not None and number else text)


def judged(
    row: RealRow,
    logs: Path,
    requires: Mapping[str, str] | None = None,
    aliases: tuple[str, ...] = (),
    at_error: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on a folder of logs."""
    settings = "".join(f", {key}: {value}" for key, value in (requires or {}).items())
    benchmarks = "\n".join(
        f'  - {{task: "{task}", aliases: ["{row.aliases.get(task, task + " ")}"]{settings}}}'
        for task in row.tasks
    )
    path = logs.parent / f"{logs.name}.yaml"
    path.write_text(
        REQUIREMENTS.format(
            name=row.name,
            aliases=", ".join(f'"{alias}"' for alias in aliases),
            checkpoint=row.checkpoint,
            rules=", ".join(f"{rule}: error" for rule in at_error),
            benchmarks=benchmarks,
        )
    )
    return api.check(path, [logs], today=TODAY)


def words(finding: Finding) -> str:
    """All that a finding says of what was found."""
    return f"{finding.statement} | {finding.expected} | {finding.found}"


def against(verdict: Verdict) -> list[JudgedFinding]:
    """The findings that keep a verdict from being met."""
    return [f for f in verdict.findings if f.level is Level.ERROR and f.finding.outcome in CAUGHT]


def names_it(plant: Plant, judged_finding: JudgedFinding) -> bool:
    """Whether a finding says what was planted, in an outcome that it may have."""
    finding = judged_finding.finding
    told = words(finding).lower()
    is_contradiction = finding.contradicts or finding.outcome is Outcome.VIOLATED
    return (
        finding.outcome in plant.outcomes
        and (is_contradiction or not plant.must_contradict)
        and all(any(form.lower() in told for form in forms) for forms in plant.shows)
    )


def wrongly_met(plant: Plant, verdict: Verdict) -> set[str]:
    """Rules that may not be met on a log that was changed, and say nothing else of it."""
    of_changed = [
        f
        for f in verdict.findings
        if not f.finding.benchmarks or plant.changed & set(f.finding.benchmarks)
    ]
    met = {f.rule for f in of_changed if f.finding.outcome is Outcome.MET}
    told = {f.rule for f in of_changed if f.finding.outcome in CAUGHT}
    return (met & set(plant.never_met)) - told


def wrongly_violated(plant: Plant, verdict: Verdict) -> set[str]:
    """Rules that are violated and do not concern what was planted."""
    violated = {f.rule for f in verdict.findings if f.finding.outcome is Outcome.VIOLATED}
    return violated & set(plant.not_violated)
