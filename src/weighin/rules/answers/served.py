"""What a record says of the server that answered, if one did."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Origin, Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case
from weighin.rules.shared.fact_rule import FactAtHand, fact_at_hand
from weighin.rules.shared.per_record import place

_IN_PROCESS = "in process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Who answered, as a server said.

    Attributes:
        by: Number of calls by name; 0 where only the name is known.
        where: Where in the evidence.
    """

    by: Mapping[str, int]
    where: Origin

    @property
    def in_words(self) -> str:
        """The names, the most frequent first, each with its share of the calls."""
        total = sum(self.by.values())
        ordered = sorted(self.by.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(
            f"{name} {100 * calls / total:.3g} %" if total else name for name, calls in ordered
        )


def is_served(case: Case, record: Record) -> bool | None:
    """Whether a server answered; `None` if that is not recorded."""
    if record.loaded is not None:
        return False
    for identifier in record.observation(Facet.ENDPOINT).identifiers:
        return str(identifier.value).replace("-", " ") != _IN_PROCESS
    return True if case.requirements.model.endpoint is not None else None


def requested_model(case: Case, record: Record) -> tuple[str, Origin] | None:
    """The model that was asked for, as typed, and where that stands."""
    at_hand = fact_at_hand(case, record, FactName.REQUESTED_MODEL)
    if at_hand is not None and isinstance(at_hand.fact.value, str):
        return at_hand.fact.value, at_hand.where
    served = _endpoint(record).get("served_model")
    return (served, place(record, Facet.ENDPOINT)) if isinstance(served, str) else None


def calls_by(case: Case, record: Record, name: FactName) -> Calls | None:
    """Calls by model, provider or fingerprint; `None` if that is not recorded."""
    at_hand = fact_at_hand(case, record, name)
    if at_hand is not None:
        return _counted(at_hand)
    key = {FactName.ANSWERED_MODELS: "model", FactName.PROVIDERS: "provider"}.get(
        name, "system_fingerprint"
    )
    answers = _endpoint(record).get("answers")
    said = [a.get(key) for a in answers if isinstance(a, dict)] if isinstance(answers, list) else []
    names = [text for text in said if isinstance(text, str) and text]
    if not names or len(names) < len(said):
        return None
    return Calls(by=dict.fromkeys(names, 0), where=place(record, Facet.ENDPOINT))


def _counted(at_hand: FactAtHand) -> Calls | None:
    value = at_hand.fact.value
    if not isinstance(value, dict) or not value:
        return None
    counted = {name: n for name, n in value.items() if isinstance(n, int) and n >= 0}
    return Calls(by=counted, where=at_hand.where) if len(counted) == len(value) else None


def _endpoint(record: Record) -> dict[str, JsonValue]:
    """What weighin's own record says of a server that it asked; empty in other records."""
    for identifier in record.observation(Facet.ENDPOINT).identifiers:
        if isinstance(identifier.value, dict):
            return identifier.value
    return {}
