"""Observations and facts as logs of other programs give them: never better than `declared`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.evidence.recording.ways import OF_SERVERS, SCORE_IT, has_no_field, way_to_record
from weighin.evidence.records import Observation
from weighin.files.json.foreign import Json, as_count, as_number
from weighin.identity.facets import (
    FACETS_OF_LOGS,
    SHOW_DIFFERENCES_ONLY,
    Facet,
    Grade,
    Identifier,
    Kind,
    plain_name,
)
from weighin.sources.arguments.given import LONGEST_SUMMARY

_LONGEST_SETTING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the facets of a log are recorded by the harness that wrote it.

    Attributes:
        producer: Harness and version, as in the record.
        is_served: Whether the model was asked over a network.
    """

    producer: str
    is_served: bool = False

    def of(self, facet: Facet) -> str:
        """The flag, field or command that would have recorded a facet."""
        return way_to_record(self.producer, facet, is_served=self.is_served)

    def beside(self, facet: Facet, found: Iterable[Identifier]) -> str:
        """The same where a log says something of a facet, if only its name."""
        grades = [one.grade for one in found if one.kind not in SHOW_DIFFERENCES_ONLY]
        is_declared = any(grade.at_least(Grade.DECLARED) for grade in grades)
        return self.better if is_declared else self.of(facet)

    @property
    def better(self) -> str:
        """How a facet is known better than a log can declare it."""
        return OF_SERVERS if self.is_served else SCORE_IT

    @property
    def none(self) -> str:
        """That nothing in the harness records a facet of such a run."""
        return OF_SERVERS if self.is_served else has_no_field(self.producer)


def declared(value: JsonValue, scope: str = "") -> Identifier | None:
    """A field of the log that describes the facet itself; `None` if it says nothing."""
    if value is None:
        return None
    # Only texts are alike if they are equal: 1, 1.0 and true are too.
    return _text(value, scope) if type(value) is str else _content(value, scope)


def commit(repository: str, sha: str, scope: str = "") -> Identifier:
    """A commit that the log states; that it was loaded is the log's word."""
    return Identifier(
        kind=Kind.COMMIT,
        value=f"{plain_name(repository)}@{sha}",
        grade=Grade.DECLARED,
        scope=scope,
    )


def named(value: str | None, scope: str = "") -> Identifier | None:
    """A mere name; `None` if there is none."""
    return _name(value, scope) if value else None


def observed(
    facet: Facet,
    how_to_record: Ways | str,
    *identifiers: Identifier | None,
    pointer: str = "",
    summary: str = "",
) -> Observation:
    """What a log says of a facet, or that it says nothing.

    Args:
        facet: The facet.
        how_to_record: What would record it, or record it better. Where a log declares a facet,
            no flag of its harness makes that more than a declaration.
        identifiers: Best first; those that are `None` are left out.
        pointer: JSON pointer of it in the log.
        summary: A few words; by default the first identifier's value.
    """
    found = tuple(identifier for identifier in identifiers if identifier is not None)
    if isinstance(how_to_record, Ways):
        how_to_record = how_to_record.beside(facet, found)
    if not found:
        return _not_recorded(facet, how_to_record)
    return Observation(
        facet=facet,
        identifiers=found,
        summary=(summary or str(found[0].value))[:LONGEST_SUMMARY],
        pointer=pointer,
        how_to_record=how_to_record,
    )


def without_bearing(facet: Facet, why: str) -> Observation:
    """That a facet cannot matter in a benchmark."""
    return Observation(facet=facet, identifiers=(), summary=why, applies=False)


NO_TEXT = tuple(
    without_bearing(facet, "no text is generated")
    for facet in (Facet.DECODING, Facet.TEST_TIME_COMPUTE)
)
"""What is known of the facets of generated text where none is generated."""


def answers_per_document(
    answers: int | None, how_to_record: Ways | str, pointer: str
) -> Observation:
    """How many answers the score of a document rests on; `None` if the log does not say."""
    return observed(
        Facet.TEST_TIME_COMPUTE,
        how_to_record,
        None if answers is None else declared({"answers_per_document": answers}),
        pointer=pointer,
        summary=f"{answers} answer a document" if answers == 1 else f"{answers} answers a document",
    )


def _content(value: JsonValue, scope: str) -> Identifier:
    return Identifier(kind=Kind.CONTENT, value=value, grade=Grade.DECLARED, scope=scope)


@lru_cache(maxsize=512)
def _text(value: str, scope: str) -> Identifier:
    return _content(value, scope)


@lru_cache(maxsize=512)
def _name(value: str, scope: str) -> Identifier:
    return Identifier(kind=Kind.NAME, value=value, grade=Grade.NAMED, scope=scope)


@lru_cache(maxsize=512)
def _not_recorded(facet: Facet, how_to_record: str) -> Observation:
    """One for all records: a table of thousands of rows says nothing of most facets."""
    return Observation(
        facet=facet, identifiers=(), summary="not recorded", how_to_record=how_to_record
    )


def every_facet(found: Iterable[Observation], how_to_record: Ways | str) -> tuple[Observation, ...]:
    """An observation of every facet, in their order.

    Args:
        found: Those on which the format has a word.
        how_to_record: How the others would be recorded.
    """
    by_facet = {observation.facet: observation for observation in found}
    return tuple(by_facet.get(facet) or observed(facet, how_to_record) for facet in FACETS_OF_LOGS)


def stated(name: FactName, value: JsonValue, pointer: str = "") -> Fact | None:
    """A fact that a log states; `None` if it says nothing."""
    if value is None:
        return None
    return Fact(name=name, value=value, grade=Grade.DECLARED, pointer=pointer)


def plain(value: JsonValue) -> JsonValue:
    """The value if every reader of JSON reads it alike, else `None`.

    These are texts, truth values, finite numbers that a double can hold, lists and objects of them.
    """
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return None if None in items else items
    if isinstance(value, dict):
        fields = {key: plain(item) for key, item in value.items()}
        return (
            None if any(fields[key] is None for key in value if value[key] is not None) else fields
        )
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if as_count(abs(value)) is not None else None
    return as_number(value)


def chosen(settings: Json, names: Iterable[str]) -> dict[str, JsonValue]:
    """Those of some settings that are set; as text where readers of JSON would not agree.

    None is left out: two logs would look alike that are not.
    """
    found: dict[str, JsonValue] = {}
    for name in names:
        value = settings.get(name)
        if value is not None:
            kept = plain(value)
            found[name] = str(value)[:_LONGEST_SETTING] if kept is None else kept
    return found


def set_alike(settings: Mapping[str, JsonValue]) -> Identifier | None:
    """Settings as an identifier that is comparable only where the same ones are set.

    What a log leaves unset had a default that nobody recorded, so that set against unset decides
    nothing.
    """
    if not settings:
        return None
    return declared(dict(settings), f"set: {', '.join(sorted(settings))}")


def in_words(settings: Mapping[str, JsonValue]) -> str:
    """Settings on one line."""
    return ", ".join(f"{key} {value}" for key, value in settings.items())
