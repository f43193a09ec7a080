"""The rule `score-is-plausible`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.evidence.records import Record, Score
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.difference import claimed_scores
from weighin.rules.shared.per_record import ClaimedRecordRule
from weighin.rules.shared.wording import listed, number, run_only


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreIsPlausible(ClaimedRecordRule):
    """Every claimed score is between chance and what the benchmark's labels allow.

    Why:
        A score above the share of correct labels, or below guessing, tells of the set-up.

    How:
        Compares the score, in the harness's own unit, with bounds that the requirements set. Two
        standard errors below chance are still chance.

    Fix:
        Look at samples with unexpected scores before anybody relies on the number.

    Attributes:
        chance: The score of guessing, by benchmark.
        ceiling: The highest score that can be right, by benchmark.
    """

    id: ClassVar[str] = "score-is-plausible"
    level: ClassVar[Level] = Level.WARNING

    chance: dict[str, float] = field(default_factory=dict)
    ceiling: dict[str, float] = field(default_factory=dict)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """A finding on each claimed score."""
        task = record.asked.task
        claimed = tuple(s for s in claimed_scores(case, record) if s.task == task)
        if task not in self.chance and task not in self.ceiling:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="no bounds of a plausible score are set",
                fix=f"set `chance` or `ceiling` of {self.id}",
            )
            return
        if not claimed:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the record has no score of the required metric",
                fix=run_only(case.requirements.as_given, task),
            )
        for score in claimed:
            yield self._bounded(score)

    def _bounded(self, score: Score) -> Finding:
        bounds = [
            f"at {side} {number(bound)}"
            for side, bound in (
                ("least", self.chance.get(score.task)),
                ("most", self.ceiling.get(score.task)),
            )
            if bound is not None
        ]
        ceiling, chance = self.ceiling.get(score.task), self.chance.get(score.task)
        odd = ""
        if ceiling is not None and not score.value <= ceiling:
            odd = f"{score.key} is {number(score.value)}, above the ceiling of {number(ceiling)}"
        elif chance is not None and not score.value + 2 * (score.stderr or 0.0) >= chance:
            odd = f"{score.key} is {number(score.value)}, below chance of {number(chance)}"
        return Finding(
            outcome=Outcome.VIOLATED if odd else Outcome.MET,
            statement=odd or f"{score.key} is plausible",
            expected=listed(bounds),
            found=number(score.value),
            fix="look at the samples, the scorer and the set-up" if odd else "",
        )
