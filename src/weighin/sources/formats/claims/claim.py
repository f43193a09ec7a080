"""Scores that somebody states without a log: in cards, result files of a hub, and tables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.recording.ways import SCORE_IT
from weighin.evidence.records import Observation, Record, Score
from weighin.files.json.foreign import as_number
from weighin.identity.facets import Facet, Grade, Identifier
from weighin.sources.formats.facets import every_facet, named, observed
from weighin.sources.formats.record import foreign_question, foreign_record, foreign_run

_NUMBER = re.compile(r"([-+]?[0-9]{1,15}(?:\.[0-9]{1,17})?(?:[eE][-+]?[0-9]{1,3})?)\s*(%?)")
_CACHED_REPOSITORY = re.compile(r"models--(.+)")
_CANNOT_SAY = f"a stated score cannot say; {SCORE_IT}"
_SNAPSHOT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One benchmark as somebody states it.

    Attributes:
        model: Name under which it is claimed.
        task: Name of the benchmark.
        scores: What is claimed.
        harness: Who made the score, as stated.
        settings: What else is stated.
        shown: The file.
        dataset_path: Name of the dataset; `None` if unknown.
        dataset_revision: Its revision; `None` if not stated.
        num_fewshot: Shots; `None` if not stated.
        documents: Documents behind it; `None` if not stated.
        pointer: Where it stands in the file; empty if that has no places.
        model_pointer: Where the model's name stands in it; empty if it is the file's place.
        facts: What is stated beyond.
        artifact: Name that tells what was scored from others of the model's name; empty if the
            model's name is all there is.
        checkpoint: What is stated to have been scored; `None` if only a name is.
    """

    model: str
    task: str
    scores: tuple[Score, ...]
    harness: str
    settings: Mapping[str, JsonValue]
    shown: str
    dataset_path: str | None = None
    dataset_revision: str | None = None
    num_fewshot: int | None = None
    documents: int | None = None
    pointer: str = ""
    model_pointer: str = ""
    facts: tuple[Fact, ...] = ()
    artifact: str = ""
    checkpoint: Identifier | None = None

    def record(self) -> Record:
        """The claim as a record: the weights are but a name, and nothing else is known."""
        return foreign_record(
            self.model,
            foreign_question(
                self.task,
                dataset_path=self.dataset_path,
                dataset_revision=self.dataset_revision,
                num_fewshot=self.num_fewshot,
                documents_scored=self.documents,
            ),
            foreign_run(self.harness, settings=self.settings),
            file=self.shown,
            pointer=self.pointer,
            observations=self._observations(),
            scores=self.scores,
            facts=(
                Fact(name=FactName.STATED_BY, value=self.harness, grade=Grade.DECLARED),
                *self.facts,
            ),
        )

    def _observations(self) -> tuple[Observation, ...]:
        weights = observed(
            Facet.WEIGHTS,
            _CANNOT_SAY,
            self.checkpoint,
            named(self.artifact or self.model),
            pointer=self.model_pointer,
            summary=(
                f"only a name: {self.artifact or self.model}" if self.checkpoint is None else ""
            ),
        )
        return every_facet([weights], _CANNOT_SAY)


def number_with_unit(value: JsonValue) -> tuple[float, str] | None:
    """A stated number in the unit in which it is stated.

    Returns:
        The number and its unit, `%` or empty; `None` if it is no finite number.
    """
    if not isinstance(value, str):
        number = as_number(value)
        return None if number is None else (number, "")
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        return None
    number = as_number(float(found[1]))
    return None if number is None else (number, found[2])


def repository_of(folder: Path) -> str:
    """Name of the model repository whose copy a folder is; that of the folder if it is no cache."""
    place = folder.absolute()
    for ancestor in (place, *place.parents):
        if (found := _CACHED_REPOSITORY.fullmatch(ancestor.name)) is not None:
            return found[1].replace("--", "/")
    if _SNAPSHOT.fullmatch(place.name) and place.parent.name:
        return place.parent.name
    return place.name


def is_same_name(claimed: str, repository: str) -> bool:
    """Whether two names of a model are one, without what stands before the last slash."""
    return _last(claimed) == _last(repository)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].casefold()
