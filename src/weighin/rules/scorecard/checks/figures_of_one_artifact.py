"""The rule `figures-of-one-artifact`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.scorecard import Availability, JoinedFigures, Scorecard
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import source_words
from weighin.rules.scorecard.one_artifact import are_one


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresOfOneArtifact:
    """Figures that one sentence or chart joins are of one artifact.

    Why:
        The price of one model beside the rating of another describes a model that does not exist.

    How:
        The pairs of figures that the scorecard says are joined: are their artifacts one?

    Fix:
        Join figures of one artifact, or name the artifact beside each.
    """

    id: ClassVar[str] = "figures-of-one-artifact"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every pair of figures."""
        for scorecard in case.scorecards:
            for joined in scorecard.joined:
                yield _joined(scorecard, joined)


def _joined(scorecard: Scorecard, joined: JoinedFigures) -> ScorecardFinding:
    artifacts = {artifact.name: artifact for artifact in scorecard.artifacts}
    first, second = artifacts.get(joined.first), artifacts.get(joined.second)
    is_one = joined.first == joined.second or (
        first is not None and second is not None and are_one(first, second)
    )
    where = source_words(joined.source)
    quote = f": {joined.quote!r}" if joined.quote else ""
    if is_one:
        return ScorecardFinding(
            word=Word.CONSISTENT,
            statement=f"{where} joins {joined.first_figure} and {joined.second_figure}, both of "
            f"{joined.first}",
            arithmetic=f"{where}{quote}",
            has_power=False,
        )
    hidden = [
        a.name
        for a in (first, second)
        if a is not None and a.availability is Availability.NEVER_PUBLISHED
    ]
    return ScorecardFinding(
        word=Word.DIFFERENT_ARTIFACT,
        about=hidden[0] if len(hidden) == 1 else "",
        in_short=f"{joined.source.title} joins {joined.first_figure} of {joined.first} and "
        f"{joined.second_figure}",
        statement=f"{where} joins figures of two artifacts: {joined.first_figure} is of "
        f"{joined.first}, {joined.second_figure} is of {joined.second}",
        arithmetic=f"{where}{quote}",
        fix="join figures of one artifact, or name the artifact beside each",
    )
