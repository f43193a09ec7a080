"""Numbers that a source prints alike, and what each declares of its protocol."""

from collections.abc import Iterator, Mapping

from weighin.evidence.scorecard import Protocol
from weighin.rules.scorecard.interface import ScorecardCase
from weighin.rules.scorecard.numbers import StatedNumber, grouped, source_key, stated_numbers


def printed_alike(case: ScorecardCase) -> Iterator[tuple[StatedNumber, ...]]:
    """Numbers that several sources print of one artifact on one benchmark."""
    claims = [s for s in stated_numbers(case) if s.is_claim]
    if len({source_key(s.number.source) for s in claims}) <= 1:
        return
    by_value = grouped(claims, lambda s: (s.artifact.name, s.subject, s.value, s.number.unit))
    for alike in by_value.values():
        if len({source_key(s.number.source) for s in alike}) > 1:
            yield alike


def declared(protocol: Protocol) -> Mapping[str, str]:
    """What a protocol declares, by the word for it."""
    found = {
        "shots": protocol.shots,
        "passes": protocol.passes,
        "votes": protocol.votes,
        "temperature": None if protocol.temperature is None else f"{protocol.temperature:g}",
        "effort": protocol.effort or None,
        "tools": protocol.tools or None,
        "subset": protocol.subset or None,
        "averaging": protocol.averaging or None,
    }
    return {field: str(value) for field, value in found.items() if value is not None}
