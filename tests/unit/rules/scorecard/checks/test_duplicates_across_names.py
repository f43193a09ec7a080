"""What `duplicates-across-names` says."""

from tests.making.rules.cards import COMMIT, artifact, found, number

from weighin.rules.scorecard.checks.duplicates_across_names import DuplicatesAcrossNames
from weighin.rules.scorecard.interface import Word
from weighin.sources.scorecard.benchmark_registry import load_registry


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


def test_scores_of_nothing_everything_and_averages_are_no_coincidence():
    for printed in (("0.0", "0.0", "0.0"), ("100.0", "100.0", "100.0")):
        assert not found(DuplicatesAcrossNames, *vector("a", *printed), *vector("b", *printed))
    for of in ("a", "b"):
        rows = {o: [*vector(o, "50.1", "60.2"), number("55.2", "Average", of=o)] for o in "ab"}
        assert not found(DuplicatesAcrossNames, *rows["a"], *rows["b"]), of


def test_scores_of_guessing_are_no_coincidence():
    # Chance is 25 % on GPQA and MMLU, 10 % on MMLU-Pro; a model that always answers A has 23.12.
    def guessed(*printed):
        names = ("GPQA Diamond", "MMLU", "MMLU-Pro")
        return found(
            DuplicatesAcrossNames,
            *(number(p, on, of=of) for of in "ab" for p, on in zip(printed, names, strict=True)),
            registry=load_registry(),
        )

    assert not guessed("23.12", "22.95", "11.3")
    assert guessed("43.12", "62.95", "41.3")


def test_a_coincidence_is_judged_against_the_pairs_that_were_tried():
    pair = (*vector("a", "50.1", "60.2", "70.3"), *vector("b", "50.1", "60.2", "70.3"))
    # 2,000 names are 2 million pairs, of which 0.04 share three scores by chance; 3,000 are 0.1.
    others = [number(f"{20 + i / 100:.2f}", "GSM8K", of=f"m{i}") for i in range(3000)]
    assert found(DuplicatesAcrossNames, *pair)
    assert not found(DuplicatesAcrossNames, *pair, *others)


def test_names_that_share_all_scores_are_told_once():
    same = ("50.1", "60.2", "70.3", "41.4")
    cards = [n for of in ("a", "b", "c", "d") for n in vector(of, *same)]
    (finding,) = found(DuplicatesAcrossNames, *cards)
    assert finding.statement.startswith("a, b, c, d have the same printed score on 4 of the 4")
