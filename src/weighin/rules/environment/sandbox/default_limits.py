"""The rule `default-limits`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Weaker
from weighin.rules.shared.fact_rule import fact_at_hand, texts
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import count, listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultLimits(RecordRule):
    """The benchmark's own limits on time and resources held.

    Why:
        Twice the time was worth eight points on one benchmark of agents.

    How:
        The multiplier of time limits must be 1, and no limit may have been replaced, beyond what
        is allowed. Both must be recorded.

    Fix:
        Score it again with the benchmark's own limits.

    Attributes:
        allowed: Overrides that may stand, as the log words them.
    """

    id: ClassVar[str] = "default-limits"
    lack: ClassVar[CauseKind | None] = CauseKind.RUN_NOT_RECORDED
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"allowed": Weaker.MORE})

    allowed: tuple[str, ...] = ()

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """What was multiplied, replaced or is unknown; else one answer."""
        times = fact_at_hand(case, record, FactName.TIMEOUT_MULTIPLIER)
        resources = fact_at_hand(case, record, FactName.RESOURCE_OVERRIDES)
        multiplier = None if times is None else times.fact.value
        overrides = None if resources is None else texts(resources.fact.value)
        is_number = isinstance(multiplier, int | float) and not isinstance(multiplier, bool)
        again = "score it again with the benchmark's own limits"
        if times is not None and is_number and multiplier != 1:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"time limits were multiplied by {literal(multiplier)}",
                expected="1",
                found=literal(multiplier),
                where=(times.where,),
                fix=again,
            )
        odd = tuple(text for text in overrides or () if text not in self.allowed)
        if resources is not None and odd:
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{count(len(odd), 'limit')} replaced: {listed(odd)}",
                expected=listed(self.allowed) or "none",
                found=listed(odd),
                where=(resources.where,),
                fix=again,
            )
        yield from self._unknown(is_multiplier_known=is_number, are_overrides_known=overrides)
        if is_number and multiplier == 1 and overrides is not None and not odd:
            yield Finding(outcome=Outcome.MET, statement="the benchmark's own limits held")

    def _unknown(
        self, *, is_multiplier_known: bool, are_overrides_known: tuple[str, ...] | None
    ) -> Iterator[Finding]:
        if not is_multiplier_known:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded whether the benchmark's own time limits held",
                fix="give the configuration of the run, or declare `timeout_multiplier`",
            )
        if are_overrides_known is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded whether limits on resources were replaced",
                fix="give the configuration of the run, or declare `resource_overrides`",
            )
