"""Rows of the public corpus, judged as a reader would: how long is the answer, what stands first?

A row is what one repository published of one model in one format, on two benchmarks or more. Of
every row and profile: findings at error level that keep it from being met, lines of the report at
100 columns, what the report tells first, and the outcome. Models are told apart by the corpus' own
index, so that two versions of weighin are asked about the same rows; the corpus lies in
`../shared/corpus` beside the project, or where `--corpus` says.
"""

import argparse
import csv
import io
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.making.places import CORPUS

from weighin import api
from weighin.cli.application import run_application
from weighin.evidence.collected import RecognisedFile

PROFILES = ("same-checkpoint", "comparable", "leaderboard")
FRAMEWORKS = ("lm_eval", "lighteval", "helm", "inspect", "eee")
MOST_BENCHMARKS = 40
WIDTH = 100
_MODEL = re.compile(r"(?:^|;)(?:model|id)=([^;]*)")
_COMMIT = re.compile(rb'"model_sha": ?"([0-9a-f]{40})"')
_ON_HUB = re.compile(r"[\w.-]+/[\w.-]+")
# A finding or a cause begins a line; the matrix above it is indented, or has names in front.
_MARKED = re.compile(r"[✗?!] \S")
_PLACES = re.compile(r" \(|: …|: \d|; ")
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|[\w./@-]*\d[\w./@-]*")


@dataclass(slots=True, kw_only=True)
class Row:
    """What was published of one model.

    Attributes:
        name: The model, as the index of the corpus or the file names it.
        paths: Its files.
        names: Under which names weighin files the records.
        tasks: The benchmarks.
    """

    name: str
    paths: list[Path] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)

    def requirements(self, profile: str, evidence: str, most: int) -> str:
        """A requirements file that asks for every benchmark of the row, and for nothing else."""
        aliases = ", ".join(_quoted(name) for name in sorted(self.names - {self.name}))
        at = _quoted(self.checkpoint)
        lines = [
            "weighin: 1",
            f"model: {{name: {_quoted(self.name)}, aliases: [{aliases}], checkpoint: {at}}}",
            f"profile: {profile}",
            *([f"evidence: {evidence}"] if evidence else []),
            "benchmarks:",
            *(_benchmark(task) for task in sorted(self.tasks)[:most]),
        ]
        return "\n".join(lines) + "\n"

    @property
    def checkpoint(self) -> str:
        """The commit that a log of the row names, else a folder that is not at hand."""
        if _ON_HUB.fullmatch(self.name):
            for path in self.paths:
                if path.is_file() and (found := _COMMIT.search(path.read_bytes())):
                    return f"hf://{self.name}@{found.group(1).decode()}"
        return "checkpoint"


@dataclass(slots=True, kw_only=True)
class Measured:
    """What was seen of the rows of one profile, an entry a row."""

    findings: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    first: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    findings_by_outcome: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)


def _benchmark(task: str) -> str:
    """An entry of a requirements file; what is no name of a task is asked for by its alias."""
    name = re.sub(r"[^\w.:|/=-]+", "_", task)
    aliases = "" if name == task else f", aliases: [{_quoted(task)}]"
    return f"  - {{task: {_quoted(name)}{aliases}}}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def rows_of(corpus: Path) -> list[Row]:
    """The rows of a corpus that have two benchmarks or more."""
    with (corpus / "index.csv").open() as stream:
        index = {row["file"]: row for row in csv.DictReader(stream)}
    rows: dict[tuple[str, str, str], Row] = {}
    found = api.inspect([corpus / framework for framework in FRAMEWORKS])
    for file in found.files:
        path = Path(file.file)
        entry = index.get(path.relative_to(corpus).as_posix(), {})
        for record, name in _named(file, entry):
            key = (path.relative_to(corpus).parts[0], entry.get("source_repo", ""), name)
            row = rows.setdefault(key, Row(name=name))
            wanted = path.parent if key[0] == "helm" else path
            if wanted not in row.paths:
                row.paths.append(wanted)
            row.names.add(record[0])
            row.tasks.add(record[1])
    return [row for _, row in sorted(rows.items()) if len(row.tasks) > 1]


def _named(file: RecognisedFile, entry: dict[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Model and task of each record of a file, and the name of its row."""
    said = _MODEL.search(entry.get("extra", ""))
    by_index = said.group(1).strip().rstrip(",") if said else ""
    for record in file.records:
        known = "" if by_index in {"", "None"} else by_index
        yield (record.model, record.asked.task), known or record.model


def first_told(report: str, tasks: Iterable[str]) -> str:
    """What the report tells first below its headline, without names and numbers of the row."""
    lines = report.splitlines()[1:]
    # The legend of the marks has nothing below it.
    told = (a for a, b in pairwise(lines) if _MARKED.match(a) and b.startswith(" ") and b.strip())
    line = next(told, "none")
    for task in sorted(tasks, key=len, reverse=True):
        line = line.replace(task, "…")
    line = _PLACES.split(line, maxsplit=1)[0]
    return _PARTICULAR.sub("…", line).strip()[:WIDTH]


def measured(rows: Sequence[Row], profile: str, evidence: str, most: int) -> Measured:
    """Judge every row by a profile, with the command that a person would use."""
    found = Measured()
    with tempfile.TemporaryDirectory() as folder:
        path, document = Path(folder) / "requirements.yaml", Path(folder) / "verdict.json"
        for row in rows:
            path.write_text(row.requirements(profile, evidence, most))
            document.unlink(missing_ok=True)
            report, errors = _checked(path, row.paths, document)
            if not document.exists():
                found.refused.append(f"{row.name}: {errors[:160]}")
                continue
            verdict = json.loads(document.read_bytes())
            outcomes = [f["outcome"] for f in verdict["findings"] if f["level"] == "error"]
            found.findings_by_outcome.update(outcomes)
            found.findings.append(sum(o in {"violated", "undecided"} for o in outcomes))
            found.lines.append(len(report.splitlines()))
            found.first[first_told(report, row.tasks)] += 1
            found.outcomes[verdict["outcome"]] += 1
    return found


def _checked(requirements: Path, evidence: Sequence[Path], document: Path) -> tuple[str, str]:
    """What `weighin check` prints as its report, and on standard error."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    sys.argv = ["weighin", "check", str(requirements), *map(str, evidence)]
    sys.argv += ["--skip-unreadable", "--exit-zero", "--json-file", str(document)]
    with redirect_stdout(output), redirect_stderr(errors):
        run_application()
    said = []
    for stream in (output, errors):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    return said[0], said[1]


def _told(name: str, values: Iterable[int]) -> str:
    ordered = sorted(values)
    return f"{name:<42} median {statistics.median(ordered):>6.0f}   most {ordered[-1]:>6}"


def print_profile(profile: str, found: Measured, shown_first: int) -> None:
    """Print what was seen of one profile."""
    print(f"\n== {profile}: {len(found.lines)} rows judged, {len(found.refused)} refused")
    for reason in found.refused:
        print(f"   refused: {reason}")
    if not found.lines:
        return
    print(_told("findings at error level that do not hold", found.findings))
    print(_told(f"lines of the report at {WIDTH} columns", found.lines))
    print("rows: " + _shares(found.outcomes))
    deciding = Counter(found.findings_by_outcome)
    del deciding["not-applicable"]
    print("findings at error level: " + _shares(deciding))
    against = Counter({o: deciding[o] for o in ("violated", "undecided")})
    print("of those that do not hold: " + _shares(against))
    print("what stands first")
    for words, count in found.first.most_common(shown_first):
        print(f"{count:>6}  {words}")


def _shares(counted: Counter[str]) -> str:
    total = sum(counted.values()) or 1
    return ", ".join(
        f"{name} {count} ({100 * count / total:.0f} %)" for name, count in counted.most_common()
    )


def main() -> int:
    """Print everything. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder with index.csv")
    parser.add_argument("--profile", action="append", choices=PROFILES, help="only this one")
    parser.add_argument("--evidence", default="", help="least grade, in place of the profile's")
    parser.add_argument("--most-benchmarks", type=int, default=MOST_BENCHMARKS, help="of a row")
    parser.add_argument("--first", type=int, default=12, help="how many of what stands first")
    given = parser.parse_args()
    if not (given.corpus / "index.csv").is_file():
        print(f"no corpus at {given.corpus}; give the folder of its index.csv with --corpus")
        return 0
    os.environ["COLUMNS"] = str(WIDTH)
    started = time.perf_counter()
    rows = rows_of(given.corpus)
    formats: dict[str, int] = defaultdict(int)
    for row in rows:
        formats[row.paths[0].relative_to(given.corpus).parts[0]] += 1
    told = ", ".join(f"{name} {count}" for name, count in formats.items())
    cut = sum(len(row.tasks) > given.most_benchmarks for row in rows)
    print(f"{len(rows)} rows of two benchmarks or more: {told}")
    print(f"{cut} of them have more than {given.most_benchmarks}; that many are required")
    for profile in given.profile or PROFILES:
        found = measured(rows, profile, given.evidence, given.most_benchmarks)
        print_profile(profile, found, given.first)
    print(f"\n{time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
