"""What `duplicates-across-names` says."""

from tests.making.rules.cards import COMMIT, artifact, found, number

from weighin.rules.scorecard.checks.duplicates_across_names import DuplicatesAcrossNames
from weighin.rules.scorecard.interface import Word


def vector(of, *printed, **fields):
    benchmarks = ("GSM8K", "MBPP", "MMMU", "GPQA")
    return [number(p, on, of=of, **fields) for p, on in zip(printed, benchmarks, strict=False)]


def test_three_equal_scores_of_two_names_are_unusual():
    (finding,) = found(
        DuplicatesAcrossNames,
        *vector("a", "50.1", "60.2", "70.3", "11.1"),
        *vector("b", "50.1", "60.2", "70.3", "12.1"),
    )
    assert finding.word is Word.UNUSUAL
    assert "same printed score on 3 of the 4 benchmarks" in finding.statement


def test_two_equal_scores_say_nothing():
    assert not found(
        DuplicatesAcrossNames,
        *vector("a", "50.1", "60.2", "70.3"),
        *vector("b", "50.1", "60.2", "70.4"),
    )


def test_one_checkpoint_under_two_names_is_expected_to_score_the_same():
    same = (artifact("a", checkpoint=COMMIT), artifact("b", checkpoint=COMMIT))
    assert not found(
        DuplicatesAcrossNames,
        *vector("a", "50.1", "60.2", "70.3"),
        *vector("b", "50.1", "60.2", "70.3"),
        artifacts=same,
    )
