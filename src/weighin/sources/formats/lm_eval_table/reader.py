"""What lm-eval prints at the end of a run, kept as text: a table, and the arguments above it."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import NOT_NAMED, Observation, Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import as_count, as_number
from weighin.identity.facets import Facet
from weighin.sources.arguments.given import DTYPE_NAMES, given_in
from weighin.sources.formats.facets import commit, declared, every_facet, named, observed
from weighin.sources.formats.lm_eval_table.table import PrintedRow, printed_rows
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, require_few
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

_HARNESS = "lm-eval (version not recorded)"
_HOW = "give the results file that lm-eval wrote as well, or score it with `weighin run`"
_SUFFIXES = frozenset({".md", ".txt", ".log"})
_MOST_BYTES = 16 << 20
_START_OF_HEADING = re.compile(rb"\|\s*(?:Tasks?|Groups)\s*\|\s*Version\s*\|")
# Within the line above a table, after the backend and the arguments; old versions say less.
_BEFORE_GENERATED = "), gen_kwargs: ("
_BEFORE_SHOTS = re.compile(
    r"\), (?:limit: (?P<limit>[\w.]{1,20}), )?(?:provide_description: \w{1,20}, )?"
    r"num_fewshot: [\w.]{1,20}, batch_size: .{1,80}"
)
_BACKEND = re.compile(r"[\w.-]{1,80}")
_LONGEST_RUN = 8000
_NONE = "None"
_DIGITS = 4
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,17})?(?:[eE][-+]?\d{1,3})?")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_MODEL_KEYS = ("pretrained", "model", "path")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What the line above a table says; empty where there is none.

    Attributes:
        backend: lm-eval's `model`, for example `hf`.
        arguments: Its arguments, as text.
        is_limited: Whether a limit was set.
        line: Where it stands, from 1; 0 if there is none.
    """

    backend: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    is_limited: bool = False
    line: int = 0

    @property
    def model(self) -> str:
        """What was loaded; empty if unknown."""
        return next((self.arguments[key] for key in _MODEL_KEYS if key in self.arguments), "")


class LmEvalTableReader:
    """Texts with tables that lm-eval printed, also a whole log of the terminal.

    A card of a model is none: whose its tables are, `weighin scorecard` asks.
    """

    signs: ClassVar[Signs] = {}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is a text with the heading of such a table, and no card."""
        if file.suffix not in _SUFFIXES or file.name.casefold().startswith("readme"):
            return False
        try:
            # Others' logs of a terminal may be large.
            if file.path.stat().st_size > _MOST_BYTES or len(file.content()) > _MOST_BYTES:
                return False
        except (OSError, EvidenceError):
            return False
        content = file.content().removeprefix(b"\xef\xbb\xbf")
        return not content.startswith(b"---") and _START_OF_HEADING.search(content) is not None

    def read(self, file: ForeignFile) -> Reading:
        """A record for every task and group."""
        lines = file.content().decode("utf-8-sig", "replace").splitlines()
        require_few(file, sum(line.startswith("|") for line in lines))
        notes: list[str] = []
        rows = tuple(printed_rows(lines, notes))
        with refusing(file, "a table of lm-eval"):
            records = tuple(_records(file, lines, rows, notes))
        if not records:
            raise EvidenceError(f"{file.path}: expected at least one score of lm-eval, found none")
        return Reading(
            format="lm-eval printed table",
            records=records,
            notes=tuple(f"{file.shown}: {note}" for note in dict.fromkeys(notes)),
            printed_digits=_DIGITS,
        )


def _records(
    file: ForeignFile, lines: list[str], rows: Sequence[PrintedRow], notes: list[str]
) -> Iterator[LoggedRecord]:
    by_line = {run.line: run for run in (_Run(), *_runs(lines))}
    above = list(by_line)
    by_task: dict[tuple[int, str, str], list[PrintedRow]] = {}
    for row in rows:
        line = above[bisect_left(above, row.line) - 1]
        # Two groups may have a part of one name, and a task may be asked twice.
        by_task.setdefault((line, "/".join((*row.above, row.task)), row.shots), []).append(row)
    short = _short_names(by_task)
    for (line, name, _), of_task in by_task.items():
        yield _record(file, by_line[line], short[line, name], of_task, notes)


def _short_names(
    by_task: Mapping[tuple[int, str, str], list[PrintedRow]],
) -> dict[tuple[int, str], str]:
    """The name of each task as printed, where it is of one task alone; else with its groups."""
    places: dict[tuple[int, str], set[str]] = {}
    for (line, name, _), rows in by_task.items():
        places.setdefault((line, rows[0].task), set()).add(name)
    return {
        (line, name): rows[0].task if len(places[line, rows[0].task]) == 1 else name
        for (line, name, _), rows in by_task.items()
    }


def _record(
    file: ForeignFile, run: _Run, task: str, rows: Sequence[PrintedRow], notes: list[str]
) -> LoggedRecord:
    scores: dict[tuple[str, str], Score] = {}
    odd: list[str] = []
    for row in rows:
        value = _number(row.value)
        if value is None:
            odd.append(f"{row.metric}: {row.value}"[:80])
            continue
        score = foreign_score(
            task,
            row.metric,
            value,
            filter_name=row.filter or "none",
            stderr=_number(row.stderr),
            aggregation="group" if row.is_group else None,
        )
        key = (row.metric, row.filter)
        before = scores.setdefault(key, score)
        if before.value != score.value:
            raise EvidenceError(
                f"{file.path}:{row.line}: expected one number of {task} {row.metric}, found "
                f"{before.value} and {score.value}"
            )
        if before is not score and row.is_group:
            # A group stands among the tasks, and once more among the groups.
            scores[key] = score
        elif before is not score:
            notes.append(f"line {row.line}: {task} {row.metric} again, with the same number")
    shots = {int(row.shots) for row in rows if re.fullmatch(r"[0-9]{1,4}", row.shots)}
    settings: dict[str, JsonValue] = {
        "lines": [row.line for row in rows],
        "scores_not_finite": list(odd),
    }
    return LoggedRecord(
        record=foreign_record(
            run.model or NOT_NAMED,
            foreign_question(
                task,
                task_version=_version(rows[0].version),
                num_fewshot=as_count(shots.pop()) if len(shots) == 1 else None,
            ),
            foreign_run(_HARNESS, settings=settings, engine=run.backend),
            file=file.shown,
            # A text has no JSON pointers: the place is the line.
            pointer=f"/{rows[0].line}",
            observations=_observations(run),
            scores=scores.values(),
            is_partial=run.is_limited,
        ),
        folder=file.path.parent,
    )


def _number(text: str) -> float | None:
    """A number as printed; `None` of `N/A` and everything else."""
    return as_number(float(text)) if _NUMBER.fullmatch(text) else None


def _version(text: str) -> str | None:
    """The version, unless it is a whole number: as `3` or `3.0` both 3 and 3.0 are printed."""
    number = _number(text)
    return None if number is None or number.is_integer() else text


def _observations(run: _Run) -> tuple[Observation, ...]:
    at = f"/{run.line}" if run.line else ""
    revision, dtype = run.arguments.get("revision", ""), run.arguments.get("dtype", "")
    is_commit = _COMMIT.fullmatch(revision) is not None and not run.model.startswith((".", "/"))
    # An adapter, or a file within the repository, makes other weights than those of that name.
    others = sorted(set(run.arguments) & {"peft", "delta", "gguf_file", "subfolder"})
    scope = f"with {', '.join(f'{key}={run.arguments[key]}' for key in others)}" if others else ""
    name = f"{run.model}@{revision}" if revision else run.model
    return every_facet(
        (
            observed(
                Facet.WEIGHTS,
                _HOW,
                commit(run.model, revision, scope) if run.model and is_commit else None,
                named(name if run.model else None, scope),
                pointer=at,
                summary=f"only a name: {name}" if run.model and not is_commit else "",
            )
            if run.model
            else observed(Facet.WEIGHTS, _HOW),
            observed(
                Facet.DTYPE,
                _HOW,
                None if dtype in {"", "auto"} else declared(DTYPE_NAMES.get(dtype, dtype)),
                pointer=at,
            ),
        ),
        _HOW,
    )


def _runs(lines: list[str]) -> list[_Run]:
    """What is said above the tables, in order."""
    found: list[_Run] = []
    for number, line in enumerate(lines, start=1):
        if ", num_fewshot: " not in line or len(line) > _LONGEST_RUN:
            continue
        backend, _, rest = line.strip().partition(" (")
        told = _BEFORE_SHOTS.search(rest)
        # A log of a terminal may have words before it on the line.
        backend = backend.rpartition(" ")[2]
        if told is None or _BACKEND.fullmatch(backend) is None:
            continue
        arguments = rest[: told.start()].partition(_BEFORE_GENERATED)[0]
        found.append(
            _Run(
                backend=backend,
                arguments=_arguments(arguments),
                is_limited=told["limit"] not in {None, _NONE},
                line=number,
            )
        )
    return found


def _arguments(written: str) -> dict[str, str]:
    """The model's arguments, as a list with commas or as Python writes a mapping."""
    values: Mapping[str, object] = {}
    if written.startswith("{"):
        try:
            literal = ast.literal_eval(written)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return {}
        values = literal if isinstance(literal, dict) else {}
    else:
        values = given_in(written)
    return {
        str(key): str(value)
        for key, value in values.items()
        if isinstance(value, str | int | float) and str(value) not in {"", _NONE}
    }
