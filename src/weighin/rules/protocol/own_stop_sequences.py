"""The rule `own-stop-sequences`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.counterparts import GIVE_A_REFERENCE, named, references
from weighin.rules.shared.fact_rule import fact_at_hand, texts
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import listed, literal

_STOPS = ("until", "stop", "stop_sequences", "stop_seqs", "stop_sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStopSequences(ClaimedRecordRule):
    """Every benchmark was decoded with its own stop sequences.

    Why:
        A stop sequence cuts answers: with `.` among them no decimal number is ever complete, and
        a whole benchmark was withdrawn for it.

    How:
        Compares the stop sequences of the generation arguments, in any order, with the required
        ones; where none are required, with those of the reference records.

    Fix:
        Remove `until` from the decoding settings and score again.

    Attributes:
        stops: The benchmark's own stop sequences, by benchmark.
    """

    id: ClassVar[str] = "own-stop-sequences"
    lack: ClassVar[CauseKind | None] = CauseKind.SETTING_NOT_RECORDED

    stops: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each side that the stop sequences are held against."""
        if not record.observation(Facet.DECODING).applies:
            yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")
            return
        overridden = _overridden(case, record)
        if overridden is not None:
            yield overridden
            return
        found = stop_sequences(record)
        if found is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the stop sequences are not recorded",
                fix=how_to_record((record,), Part.STOP_SEQUENCES),
            )
            return
        yield from self._compared(case, record, found)

    def _compared(self, case: Case, record: Record, found: tuple[str, ...]) -> Iterator[Finding]:
        sides: dict[str, tuple[str, ...]] = {}
        if (required := self.stops.get(record.asked.task)) is not None:
            sides["required"] = required
        else:
            for other in references(case, record):
                if (stops := stop_sequences(other)) is not None:
                    sides[f"in {named(case, other)}"] = stops
        if not sides:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the benchmark's own stop sequences are not known",
                found=literal(list(found)),
                fix=f"set `stops` of {self.id}, or {GIVE_A_REFERENCE}",
            )
        odd = {side: stops for side, stops in sides.items() if set(stops) != set(found)}
        for side, stops in odd.items():
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the stop sequences are other than {side}",
                expected=literal(list(stops)),
                found=literal(list(found)),
                fix="remove them from the decoding settings, and score it again",
            )
        if sides and not odd:
            yield Finding(
                outcome=Outcome.MET,
                statement="the stop sequences are the benchmark's own",
                found=literal(list(found)),
            )


def stop_sequences(record: Record) -> tuple[str, ...] | None:
    """The stop sequences of the generation arguments; `None` if they are not recorded."""
    for name in _STOPS:
        value = record.asked.decoding.get(name)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and (found := texts(value)) is not None:
            return found
    return None


def _overridden(case: Case, record: Record) -> Finding | None:
    """The finding that an override of the task names stop sequences; `None` if none does."""
    at_hand = fact_at_hand(case, record, FactName.TASK_OVERRIDES)
    overrides = () if at_hand is None else texts(at_hand.fact.value) or ()
    odd = tuple(text for text in overrides if text.partition("=")[0].strip() in _STOPS)
    if at_hand is None or not odd:
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the benchmark's own stop sequences were replaced: {listed(odd)}",
        expected="the benchmark's own",
        found=listed(odd),
        where=(at_hand.where,),
        fix="score it again without the override",
    )
