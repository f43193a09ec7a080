"""The rule `seeds-are-recorded`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Level, Outcome, Weaker
from weighin.rules.shared.fact_rule import fact_at_hand
from weighin.rules.shared.per_record import RecordRule, required_by_benchmark
from weighin.rules.shared.wording import count, literal

_SEED = "seed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedsAreRecorded(RecordRule):
    """The seeds of every benchmark are recorded, and sampling ran as often as required.

    Why:
        A sampled answer is one draw. Without its seed it cannot be drawn again, and from one draw
        nobody can tell how much the next would differ.

    How:
        Looks for seeds in the record. Where answers were sampled (`do_sample`, or a temperature
        above 0), counts the records of the benchmark and asks that their seeds differ.

    Fix:
        Set and log the seeds; repeat what is sampled with other seeds.

    Attributes:
        runs: Records that a benchmark with sampled answers must have.
    """

    id: ClassVar[str] = "seeds-are-recorded"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED
    level: ClassVar[Level] = Level.WARNING
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"runs": Weaker.LOWER})

    runs: Annotated[int, Field(ge=1)] = 1

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the seeds."""
        seeds = _seeds_of(case, record)
        if not seeds:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no seed is recorded",
                fix=how_to_record((record,), FactName.SEEDS, "declare `seeds`"),
            )
            return
        repeats = required_by_benchmark(case)[record.asked.task]
        distinct = {literal(_seeds_of(case, r)) for r in repeats}
        if _is_sampled(record) and len(distinct) < self.runs:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"answers were sampled in {count(len(repeats), 'run')} with "
                f"{count(len(distinct), 'set')} of seeds",
                expected=f"{count(self.runs, 'run')} with seeds of their own",
                found=literal(seeds),
                fix="score it again with other seeds, and give every run as evidence",
            )
        else:
            yield Finding(outcome=Outcome.MET, statement="seeds are recorded", found=literal(seeds))


def _seeds_of(case: Case, record: Record) -> dict[str, JsonValue]:
    at_hand = fact_at_hand(case, record, FactName.SEEDS)
    if at_hand is not None and isinstance(at_hand.fact.value, dict):
        return {k: v for k, v in at_hand.fact.value.items() if v is not None}
    settings = record.run.settings
    return {k: v for k, v in settings.items() if k.endswith(_SEED) and isinstance(v, int)}


def _is_sampled(record: Record) -> bool:
    decoding = record.asked.decoding
    temperature = decoding.get("temperature")
    is_warm = isinstance(temperature, int | float) and temperature > 0
    return decoding.get("do_sample") is True or (is_warm and decoding.get("do_sample") is not False)
