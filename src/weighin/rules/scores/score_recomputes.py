"""The rule `score-recomputes`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.collected import Recomputed
from weighin.evidence.recording.of_records import how_to_record
from weighin.evidence.recording.way import Part
from weighin.evidence.records import Record, Score
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Weaker
from weighin.rules.scores.possible_error import impossible_error
from weighin.rules.shared.by_its_own_word import edited_scores
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import count, run_only

_CLOSE_TO_ZERO = 1e-12
"""Beside a score of exactly 0 no relative difference is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRecomputes(ClaimedRecordRule):
    """Every claimed score follows from the samples that were logged.

    Why:
        A number in a results file can be edited, or come from another run than the samples. A log
        may say of itself that scores were changed after the run.

    How:
        Aggregates the documents' scores again, as the harness does, and compares the number and
        the count of documents. A score that the log says was edited is not the scorer's. Where
        the documents score from 0 to 1, the standard error must be one that score and number of
        documents can have.

    Fix:
        Log the samples (`lm-eval run --log_samples`; `weighin run` always does), and give the
        folder that holds them as evidence.

    Attributes:
        tolerance: The largest relative difference that counts as the same number.
    """

    id: ClassVar[str] = "score-recomputes"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"tolerance": Weaker.HIGHER})

    tolerance: Annotated[float, Field(ge=0, lt=1)] = 1e-9

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """Findings on scores that do not follow or cannot be recomputed, else one answer."""
        recomputed = case.recompute(record)
        claimed = claimed_scores(case, record)
        if not claimed:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the record has no score of the required metric to recompute",
                fix=run_only(case.requirements.as_given, record.asked.task),
                cause=Cause(CauseKind.NO_SCORE),
            )
            return
        odd = [
            edited_scores(record, {score.key for score in claimed}),
            *(impossible_error(case, record, score) for score in claimed),
        ]
        told = [finding for finding in odd if finding is not None]
        yield from told
        is_met = all(finding.outcome is Outcome.MET for finding in told)
        followed, not_followed = 0, 0
        for score in record.scores:
            finding = self._check_score(record, score, recomputed)
            if finding is None:
                followed += 1
            elif finding.outcome is Outcome.VIOLATED or score in claimed:
                not_followed += 1
                yield finding
        if not not_followed and is_met:
            rest = len(record.scores) - followed
            beside = f"; {count(rest, 'score')} beside it not recomputed" if rest else ""
            yield Finding(
                outcome=Outcome.MET,
                statement=f"{count(followed, 'score')} recomputed from the samples{beside}",
            )

    def _check_score(self, record: Record, score: Score, recomputed: Recomputed) -> Finding | None:
        """The finding on one score; `None` if it follows from the samples."""
        key = (score.task, score.metric, score.filter)
        stated = score.documents
        if stated is None and score.task == record.asked.task:
            stated = record.asked.documents_scored
        again = recomputed.values.get(key)
        documents = recomputed.documents.get(key)
        if again is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{score.key} of {score.task} cannot be recomputed: "
                + (recomputed.why_not.get(key) or "no samples"),
                fix=how_to_record((record,), Part.SAMPLES),
                cause=None if recomputed.documents else Cause(CauseKind.NO_SAMPLES),
            )
        if documents is not None and stated is not None and documents != stated:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{score.key} of {score.task} is stated for "
                f"{count(stated, 'document')}, the samples hold {documents}",
                expected=count(stated, "document"),
                found=count(documents, "document"),
                fix="give the samples of the run that gave the score",
            )
        if not isclose(
            score.value,
            again,
            rel_tol=self.tolerance,
            abs_tol=_CLOSE_TO_ZERO * bool(self.tolerance),
        ):
            return Finding(
                outcome=Outcome.VIOLATED,
                statement=f"{score.key} of {score.task} is stated as {score.value!r}, "
                f"the samples give {again!r}",
                expected=repr(again),
                found=repr(score.value),
                fix="give the samples of the run that gave the score, or correct the score",
            )
        return None
