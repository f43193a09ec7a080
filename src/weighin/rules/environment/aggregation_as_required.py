"""The rule `aggregation-as-required`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.evidence.facts import FactName
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.records import Record
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.compute import MEANS, OF_MANY, aggregation_of, picks_among_answers
from weighin.rules.shared.per_record import ClaimedRecordRule

_DECLARE_IT = "declare `aggregation` of the benchmark, for example `pass@1`"

_DECLARE_IT = "declare `aggregation` of the benchmark, for example `pass@1`"


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationAsRequired(ClaimedRecordRule):
    """Answers became one score as required: by default, each answer counted by itself.

    Why:
        A majority of 64 answers, or the best of them, beside the single answers of another model
        is a comparison of two procedures.

    How:
        Reads the aggregation from the log or a declaration; else the name of the function that
        made the claimed score, where one answer a document was drawn. Without a requirement,
        whatever picks among several answers (`cons@k`, `maj@k`, `best@k`, `pass@k` above 1) is
        refused; `avg@k` is not, as it is the mean of single answers. `pass@1`, `mean` and `avg@k`
        are names of one thing.

    Fix:
        Report the score of the required aggregation, or require the one that was used.

    Attributes:
        required: The required aggregation by benchmark, for example `{aime24: cons@64}`.
    """

    id: ClassVar[str] = "aggregation-as-required"
    lack: ClassVar[CauseKind | None] = CauseKind.SETTING_NOT_RECORDED

    required: dict[str, str] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the aggregation."""
        yield self._finding(case, record)

    def _finding(self, case: Case, record: Record) -> Finding:
        required = self.required.get(record.asked.task)
        found, where = aggregation_of(case, record)
        expected = required or "each answer by itself"
        if found is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="how answers became one score is not recorded",
                expected=expected,
                fix=how_to_record((record,), FactName.AGGREGATION, _DECLARE_IT),
            )
        is_met = (
            not picks_among_answers(found)
            if required is None
            else found == required or _is_of_single_answers(found, required)
        )
        if is_met:
            return Finding(
                outcome=Outcome.MET,
                statement=f"the score is {found}, as required",
                found=found,
                where=where,
            )
        return Finding(
            outcome=Outcome.VIOLATED,
            statement=f"the score is {found}, required is {expected}",
            expected=expected,
            found=found,
            where=where,
            fix="report the score of the required aggregation, or require the one that was used",
        )


def _is_of_single_answers(*aggregations: str) -> bool:
    """Whether all are the score of a single answer under one of its names: `pass@1`, a mean."""
    kinds = (OF_MANY.fullmatch(one) for one in aggregations)
    return all(
        one == "mean" if kind is None else kind["name"].lower() in MEANS or one == "pass@1"
        for one, kind in zip(aggregations, kinds, strict=True)
    )
