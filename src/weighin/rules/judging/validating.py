"""What is wrong with requirements files themselves, before there is anything to judge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from weighin.errors import RequirementsError
from weighin.identity.folder.mistaken_places import meant_by
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Case
from weighin.rules.judging.judge import judge
from weighin.rules.judging.waiving import MOST_DAYS_AHEAD, is_expired, is_too_far_ahead

_ELSEWHERE = ("hf://", "sha256:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatedFile:
    """One requirements file, of which nothing was judged.

    Attributes:
        file: As given.
        requirements: What it says; `None` if it is not valid.
        problems: What is wrong, one line each: `file:line:column: key: problem`.
        remarks: What a run or a check would lack; a file is valid all the same.
    """

    file: str
    requirements: Requirements | None
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether evidence can be judged by it."""
        return self.requirements is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Requirements files held against what such a file may say. It is no verdict on any model.

    Attributes:
        files: In the order given.
        why_nothing_was_judged: In words.
    """

    files: tuple[ValidatedFile, ...]
    why_nothing_was_judged: str

    @property
    def is_valid(self) -> bool:
        """Whether there are files, and all are valid."""
        return bool(self.files) and all(file.is_valid for file in self.files)


def validated(path: Path, today: date, overrides: Sequence[str] = ()) -> ValidatedFile:
    """A requirements file as it would be loaded for a check, its rules built.

    Args:
        path: The file.
        today: The day on which waivers should hold.
        overrides: What is stated otherwise than in the file, each as `KEY=VALUE`.
    """
    try:
        requirements = load_requirements(path, rule_shapes(), overrides)
        # Builds every rule with its parameters, as a check does; what it finds out about a case
        # without evidence is no news.
        judge(Case(requirements=requirements, read_records=(), manifests={}), today=today)
    except RequirementsError as error:
        problems = tuple(str(error).splitlines())
        return ValidatedFile(file=str(path), requirements=None, problems=problems)
    changed = (
        f"{path}: --set {text}: changed so, the file itself was not read as valid"
        for text in overrides
    )
    remarks = (*changed, *_missing_places(requirements), *_idle_waivers(requirements, today))
    return ValidatedFile(file=str(path), requirements=requirements, remarks=remarks)


def _missing_places(requirements: Requirements) -> Iterator[str]:
    """What is not where the file says: it may lie on another machine, so that it is no mistake."""
    model = requirements.model
    tokenizer = None if model.endpoint is None else model.endpoint.tokenizer
    places = [
        ("model.checkpoint", model.checkpoint),
        ("model.released", model.released),
        ("model.adapter", model.adapter),
        ("model.endpoint.tokenizer", tokenizer),
        *((f"tasks.{number}", folder) for number, folder in enumerate(requirements.tasks)),
    ]
    for key, written in places:
        if written is None or written.startswith(_ELSEWHERE):
            continue
        path = requirements.resolve(written)
        if not path.exists():
            where = requirements.required_at(key) or requirements.source
            yield f"{where}: {key}: nothing is at {path} here{meant_by(written)}"


def _idle_waivers(requirements: Requirements, today: date) -> Iterator[str]:
    for number, waiver in enumerate(requirements.waivers):
        key = f"waivers.{number}"
        where = requirements.required_at(key) or requirements.source
        until = waiver.expires.isoformat()
        if is_expired(waiver, today):
            yield f"{where}: {key}: expired on {until}, which is a violation"
        elif is_too_far_ahead(waiver, today):
            yield f"{where}: {key}: has no effect until {MOST_DAYS_AHEAD} days before {until}"
