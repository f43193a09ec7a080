"""What `figures-of-one-artifact` says."""

import pytest
from tests.making.rules.cards import BLOG, REGISTRY, number, scorecard

from weighin.evidence.scorecard import JoinedFigures
from weighin.rules.scorecard.checks.figures_of_one_artifact import FiguresOfOneArtifact
from weighin.rules.scorecard.interface import ScorecardCase, Word
from weighin.rules.scorecard.judge import judge_scorecard


@pytest.mark.parametrize(
    ("second", "word"), [("b", Word.DIFFERENT_ARTIFACT), ("a", Word.CONSISTENT)]
)
def test_figures_that_one_sentence_joins_must_be_of_one_artifact(second, word):
    joined = JoinedFigures(
        first="a", first_figure="$0.19", second=second, second_figure="1417", source=BLOG
    )
    card = scorecard(number("50.5", of="a"), number("50.5", of="b"), joined=(joined,))
    report = judge_scorecard(
        ScorecardCase(scorecards=(card,), registry=REGISTRY), (FiguresOfOneArtifact,)
    )
    assert report.worst is word
