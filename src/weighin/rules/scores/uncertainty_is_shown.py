"""The rule `uncertainty-is-shown`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import listed, number, run_only

_NO_COUNT = "without a number of documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyIsShown(ClaimedRecordRule):
    """Every claimed score stands with its standard error and its number of documents.

    Why:
        On 30 questions a difference of 10 points is noise; a number alone hides that.

    How:
        Looks for the standard error and the number of documents of each claimed score. A standard
        error of exactly 0 beside a score that is neither 0 nor 1 is no uncertainty of documents.

    Fix:
        Let the harness compute standard errors (`bootstrap_iters` above 0 in lm-eval).
    """

    id: ClassVar[str] = "uncertainty-is-shown"
    level: ClassVar[Level] = Level.WARNING

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding for each lack of the claimed scores, else one answer."""
        claimed = claimed_scores(case, record)
        if not claimed:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the record has no score of the required metric",
                fix=run_only(case.requirements.as_given, record.asked.task),
            )
            return
        bare: dict[str, list[str]] = {}
        for score in claimed:
            documents = score.documents
            if documents is None and score.task == record.asked.task:
                documents = record.asked.documents_scored
            if score.stderr is None:
                bare.setdefault("without a standard error", []).append(score.key)
            elif score.stderr == 0 and 0 < score.value < 1:
                bare.setdefault("with a standard error of exactly 0", []).append(score.key)
            if documents is None:
                bare.setdefault(_NO_COUNT, []).append(score.key)
        for lack, keys in bare.items():
            names = tuple(dict.fromkeys(keys))
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{listed(names)} {'stands' if len(names) == 1 else 'stand'} {lack}",
                expected="a standard error and a number of documents",
                fix=how_to_record(
                    (record,), Part.DOCUMENT_COUNT if lack == _NO_COUNT else Part.UNCERTAINTY
                ),
            )
        if not bare:
            shown = (f"{score.key} ± {number(score.stderr or 0)}" for score in claimed)
            yield Finding(
                outcome=Outcome.MET,
                statement="claimed scores stand with their standard error and number of documents",
                found=listed(tuple(shown)),
            )
