"""One value that the requirements file states, beside what a record says of it."""

from dataclasses import dataclass

from pydantic import JsonValue

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPart:
    """One stated value, and whether a record departs from it.

    Attributes:
        key: Its key in the file, for example `dtype` or `decoding.temperature`.
        path: Its dotted place in the file, for example `benchmarks.1.decoding.temperature`.
        expected: What the file states, in words.
        found: What the record says, in words; `None` if it says nothing.
        agreement: Whether the two mean the same.
        facet: The facet whose observation tells; `None` if the record tells by itself.
        sorts_out: Whether a record that departs from it may be set aside for one that does not.
        aside: What else there is to say of what was found; empty if nothing.
    """

    key: str
    path: str
    expected: str
    found: str | None
    agreement: Agreement
    facet: Facet | None = None
    sorts_out: bool = True
    aside: str = ""


def answer(*, is_same: bool, is_known: bool = True) -> Agreement:
    """The answer of a comparison of two values."""
    if not is_known:
        return Agreement.UNKNOWN
    return Agreement.SAME if is_same else Agreement.DIFFERENT


def content_of(record: Record, facet: Facet) -> JsonValue:
    """The literal or digest that an observation carries; `None` if it carries none."""
    for identifier in record.observation(facet).identifiers:
        if identifier.kind is Kind.CONTENT:
            return identifier.value
    return None


def object_of(record: Record, facet: Facet) -> dict[str, JsonValue]:
    """The JSON object that an observation carries; empty if it carries none."""
    for identifier in record.observation(facet).identifiers:
        if identifier.kind is Kind.CONTENT and isinstance(identifier.value, dict):
            return identifier.value
    return {}
