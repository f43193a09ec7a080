import pytest
from tests.making.rules.cards import (
    BLOG,
    CARD,
    REGISTRY,
    artifact,
    found,
    judged,
    number,
    rating,
    scorecard,
    words,
)

from weighin.evidence.scorecard import Availability, JoinedFigures
from weighin.rules.scorecard.checks.declared_everywhere import DeclaredEverywhere
from weighin.rules.scorecard.checks.duplicates_across_names import DuplicatesAcrossNames
from weighin.rules.scorecard.checks.figures_of_one_artifact import FiguresOfOneArtifact
from weighin.rules.scorecard.checks.label_drift import LabelDrift
from weighin.rules.scorecard.checks.orderings_hold import OrderingsHold
from weighin.rules.scorecard.checks.row_compares_alike import RowComparesAlike
from weighin.rules.scorecard.checks.same_artifact_across_row import SameArtifactAcrossRow
from weighin.rules.scorecard.interface import ScorecardCase, Word
from weighin.rules.scorecard.judge import judge_scorecard

COMMIT = "hf://org/m@" + "a" * 40
SECOND = CARD.model_copy(update={"commit": "4daa965"})


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ("exact_match,strict-match", "exact_match,flexible-extract"),
        ("prompt_level_strict_acc", "prompt_level_loose_acc"),
        ("acc", "pass@8"),
        ("pass@1", "pass@10"),
        ("em", "f1"),
    ],
)
def test_a_score_above_one_that_bounds_it_is_impossible(low, high):
    numbers = (number("60.0", metric=low), number("50.0", metric=high))
    assert words(found(OrderingsHold, *numbers)) == [Word.IMPOSSIBLE]
    numbers = (number("50.0", metric=low), number("60.0", metric=high))
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT]


def test_rounding_is_given_to_both_sides_of_an_ordering():
    numbers = (number("50.1", metric="strict"), number("50.0", metric="loose"))
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT]


def test_numbers_of_different_shots_do_not_bound_each_other():
    numbers = (number("60", metric="acc", shots=5), number("50", metric="pass@8", shots=0))
    assert found(OrderingsHold, *numbers) == ()


def musr(whole, murder, objects, team):
    return (
        number(whole, "MuSR"),
        number(murder, "MuSR murder"),
        number(objects, "MuSR object"),
        number(team, "MuSR team"),
    )


@pytest.mark.parametrize(
    ("whole", "word"),
    [
        ("50.0", Word.CONSISTENT),  # (40 + 50 + 60) / 3
        ("60.5", Word.IMPOSSIBLE),
        ("55.0", Word.UNDECLARED),
    ],
)
def test_a_group_is_a_mean_of_its_tasks(whole, word):
    assert words(found(OrderingsHold, *musr(whole, "40.0", "50.0", "60.0"))) == [word]


def test_a_group_has_the_documents_of_its_tasks():
    numbers = [
        n.model_copy(update={"documents": documents})
        for n, documents in zip(
            musr("50.0", "40.0", "50.0", "60.0"), (700, 250, 256, 250), strict=True
        )
    ]
    assert words(found(OrderingsHold, *numbers)) == [Word.CONSISTENT, Word.IMPOSSIBLE]


@pytest.mark.parametrize(
    ("average", "word"),
    [("50.0", Word.CONSISTENT), ("52.0", Word.UNDECLARED), ("61.0", Word.IMPOSSIBLE)],
)
def test_the_average_is_the_mean_of_its_row(average, word):
    row = (
        number("40.0", "GSM8K", row="m"),
        number("60.0", "MBPP", row="m"),
        number(average, "Average", row="m"),
    )
    assert words(found(OrderingsHold, *row)) == [word]


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


def test_a_metric_that_changes_between_versions_of_a_card_is_drift():
    # Llama 4 card, 2025-04-05: acc became em within minutes; 61.6 stayed.
    first = number("61.6", "MMLU Pro", metric="macro_avg/acc")
    second = number("61.6", "MMLU Pro", metric="macro_avg/em", source=SECOND)
    (finding,) = found(LabelDrift, first, second)
    assert finding.word is Word.UNDECLARED
    assert "metric changed" in finding.statement


def test_shots_that_change_between_sources_are_drift():
    first = number("68.9", "MMLU Pro", shots=5)
    second = number("68.9", "MMLU Pro", shots=0, source=BLOG)
    assert "shots changed" in found(LabelDrift, first, second)[0].statement


def test_a_value_that_changes_with_its_label_is_no_drift():
    first = number("61.6", "MMLU Pro", metric="acc")
    assert not found(LabelDrift, first, number("61.7", "MMLU Pro", metric="em", source=SECOND))


def test_what_one_source_declares_and_another_leaves_out_is_undeclared_there():
    card, blog = number("57.2"), number("57.2", passes="several", source=BLOG)
    (finding,) = found(DeclaredEverywhere, card, blog)
    assert finding.word is Word.UNDECLARED
    assert "57.2 % on GPQA Diamond: passes declared in blog, not in model card" in finding.statement
    assert finding.arithmetic == "passes several in blog (2025-04-05)"


def test_a_row_that_mixes_one_pass_and_several_does_not_compare_alike():
    # GPQA Diamond in the Llama 4 card: 50.5 and 49.0 fit one pass of 198; 57.2 and 69.8 do not.
    row = [number(p, of=f"m{p}") for p in ("50.5", "49.0", "57.2", "69.8")]
    (finding,) = found(RowComparesAlike, *row)
    assert finding.word is Word.UNDECLARED
    assert finding.arithmetic == "50.5, 49.0 fit one pass, 57.2, 69.8 cannot come from one"


def test_numbers_that_were_labelled_anew_together_are_told_together():
    # Llama 4 card, 2025-04-05: one commit exchanged the metric of a row of four.
    values = ("53.8", "61.6", "58.2", "62.9")
    first = [number(v, "MMLU Pro", of=f"m{v}", metric="macro_avg/acc") for v in values]
    second = [
        number(v, "MMLU Pro", of=f"m{v}", metric="macro_avg/em", source=SECOND) for v in values
    ]
    (finding,) = found(LabelDrift, *first, *second)
    assert finding.statement.startswith("53.8, 61.6, 58.2, 62.9 % on MMLU Pro: the metric changed")


@pytest.mark.parametrize(("first", "second"), [("acc", "accuracy"), ("em", "average/em")])
def test_a_label_that_says_the_same_with_other_words_is_no_drift(first, second):
    card = number("91.1", "MMLU Pro", metric=first)
    assert not found(LabelDrift, card, number("91.1", "MMLU Pro", metric=second, source=SECOND))


def test_votes_declared_for_one_number_of_a_row_alone_do_not_compare_alike():
    # Gemini's page, 2023-12-06: 90.0 by CoT@32 beside 86.4 with five examples.
    row = (number("90.0", "MMLU Pro", of="a", votes=32), number("86.4", "MMLU Pro", of="b"))
    (finding,) = found(RowComparesAlike, *row)
    assert finding.arithmetic == "votes 32 for a, not declared for b"


def test_one_vote_declared_for_one_number_of_a_row_alone_compares_alike():
    row = (number("90.0", "MMLU Pro", of="a", votes=1), number("86.4", "MMLU Pro", of="b"))
    assert not found(RowComparesAlike, *row)


def test_names_without_a_checkpoint_are_told_together():
    a, b = artifact("a", claimed_as="A"), artifact("b", claimed_as="B")
    (finding,) = found(
        SameArtifactAcrossRow, number("50.5", of="a"), number("49.0", of="b"), artifacts=(a, b)
    )
    assert finding.word is Word.UNRESOLVED
    assert "no checkpoint is named for a, b" in finding.statement


def test_a_row_of_different_shots_does_not_compare_alike():
    row = (number("50.5", of="a", shots=5), number("49.0", of="b", shots=0))
    assert words(found(RowComparesAlike, *row)) == [Word.UNDECLARED]


def test_three_artifacts_under_one_name_are_different_artifacts():
    numbers = (number("85.5", "MMLU Pro", of="base"), number("69.8", of="Instruct"))
    arena = rating("1417", ("+13", "-12"), of="Experimental", day="2025-04-06")
    unpublished = artifact("Experimental", availability=Availability.NEVER_PUBLISHED)
    first, second = found(SameArtifactAcrossRow, *numbers, arena, artifacts=(unpublished,))
    assert first.word is second.word is Word.DIFFERENT_ARTIFACT
    assert "of 3 different artifacts" in first.statement
    assert "1417 points on arena belongs to Experimental, whose weights were never published" in (
        second.statement
    )


def test_two_names_of_one_checkpoint_are_one_artifact():
    same = (artifact("a", checkpoint=COMMIT), artifact("b", checkpoint=COMMIT))
    (finding,) = found(
        SameArtifactAcrossRow, number("50.5", of="a"), number("49.0", of="b"), artifacts=same
    )
    assert finding.word is Word.CONSISTENT


def test_one_name_without_a_checkpoint_is_not_shown_to_be_one_artifact():
    assert words(found(SameArtifactAcrossRow, number("50.5"))) == [Word.UNRESOLVED]


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


def test_a_card_of_nothing_but_void_tests_is_void():
    assert judged().worst is Word.VOID
