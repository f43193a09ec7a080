"""What `attainable-score` says."""

import json

import pytest
from tests.making.places import DATASETS
from tests.making.rules.cards import BLOG, found, number, rerun, share, words

from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.interface import Word
from weighin.sources.scorecard.benchmark_registry import load_registry

_VECTORS = DATASETS / "llama4" / "test_vectors.json"


def one(*numbers):
    return found(AttainableScore, *numbers)[0]


# 114/198 = 57.58 %, 113/198 = 57.07 %; 340/594 = 57.24 %. 138/198 = 69.70 %; 553/792 = 69.82 %.
@pytest.mark.parametrize(("printed", "passes"), [("57.2", 3), ("69.8", 4)])
def test_a_score_that_no_single_pass_gives_is_undeclared_where_passes_are_not_said(printed, passes):
    finding = one(number(printed))
    assert finding.word is Word.UNDECLARED
    assert "impossible in one pass over 198 documents" in finding.statement
    assert f"{passes} passes or more can give it, as they can most numbers" in finding.statement


# 271/396 = 68.43 %: of all numbers with one decimal two passes give 0.4, three passes most.
def test_an_explanation_is_told_with_the_chance_that_any_number_has_one():
    finding = one(number("68.4"))
    assert "it can be the mean of 2 passes; this source" in finding.statement
    assert "have an explanation of this kind with one of 0.4" in finding.power


# 1192 questions give every number with one decimal, 448 fewer than half: 306/448 = 68.30 %.
@pytest.mark.parametrize("printed", [f"{n / 10}" for n in range(500, 800, 7)])
def test_a_size_that_gives_any_number_explains_none(printed):
    statement = one(number(printed)).statement
    assert "1192" not in statement
    assert "546" not in statement


# 306/448 = 0.68304 over GPQA's main set; 29 × 198 is the first multiple of 198 that gives it.
def test_every_size_that_explains_a_number_is_named_and_rare_passes_are_not():
    statement = found(AttainableScore, share("0.68304", "GPQA Diamond"), registry=load_registry())[
        0
    ].statement
    assert "it can be one pass over the 448 documents of GPQA Main; this source" in statement
    assert "the fewest passes that can give it are 29" in one(share("0.68304")).statement


@pytest.mark.parametrize("printed", ["57.2", "69.8"])
def test_the_same_score_is_impossible_where_one_pass_is_declared(printed):
    assert one(number(printed, passes=1)).word is Word.IMPOSSIBLE


@pytest.mark.parametrize("printed", ["57.2", "69.8"])
def test_the_same_score_is_consistent_where_several_passes_are_declared(printed):
    assert one(number(printed, passes="several")).word is Word.CONSISTENT


@pytest.mark.parametrize(("printed", "passes"), [("57.2", 3), ("69.8", 4)])
def test_the_same_score_is_consistent_where_the_number_of_passes_is_declared(printed, passes):
    finding = one(number(printed, passes=passes))
    assert finding.word is Word.CONSISTENT
    assert finding.power.startswith("weak")
    assert finding.statement.endswith(", a weak test")


def test_the_declared_number_of_passes_is_held_to():
    # 226/396 = 57.07 %, 227/396 = 57.32 %
    assert one(number("57.2", passes=2)).word is Word.IMPOSSIBLE


def test_a_declaration_in_another_source_is_pointed_at():
    card, blog = found(
        AttainableScore, number("57.2"), number("57.2", passes="several", source=BLOG)
    )
    assert card.word is Word.UNDECLARED
    assert "blog (2025-04-05) declares several passes" in card.statement
    assert blog.word is Word.CONSISTENT


def test_the_arithmetic_names_the_counts_on_both_sides():
    arithmetic = one(number("57.2")).arithmetic
    assert "57.2 stands for 57.15 % to 57.25 %" in arithmetic
    assert "113/198 = 57.07 %, 114/198 = 57.58 %" in arithmetic
    assert "340/594 (3 × 198) = 57.24 %" in arithmetic


# 100/198 = 50.51 %, 97/198 = 48.99 %, 388/500, 145/164 = 88.41 %, 647/900 = 71.89 %.
@pytest.mark.parametrize(
    ("printed", "on", "count"),
    [
        ("50.5", "GPQA Diamond", "100/198"),
        ("49.0", "GPQA Diamond", "97/198"),
        ("77.6", "MBPP", "388/500"),
        ("88.4", "HumanEval", "145/164"),
        ("71.89", "MMMU", "647/900"),
    ],
)
def test_a_score_that_one_pass_gives_is_consistent_with_its_count(printed, on, count):
    finding = one(number(printed, on))
    assert finding.word is Word.CONSISTENT
    assert count in finding.arithmetic


def test_the_power_is_told():
    # (198 + 1) * 0.001
    assert one(number("50.5")).power == "a number at random would fit with a chance of 0.2"


def test_a_test_that_nearly_every_number_passes_is_void():
    assert one(number("80.5", "MMLU Pro")).word is Word.VOID


def test_a_score_that_only_rounding_up_gives_is_unusual():
    # 106/198 = 53.535 %
    finding = one(number("53.6", passes=1))
    assert finding.word is Word.UNUSUAL
    assert "only if it was cut off or rounded up" in finding.statement


# 5/30 is 16.67 %, which is 16.7 to one decimal; 16.80 is neither.
@pytest.mark.parametrize(("printed", "word"), [("16.70", Word.UNUSUAL), ("16.80", Word.IMPOSSIBLE)])
def test_a_zero_that_was_added_to_a_rounded_number_accuses_nobody(printed, word):
    finding = one(number(printed, "Exam", passes=1, documents=30))
    assert finding.word is word
    assert ("its last 0 was added" in finding.statement) == (word is Word.UNUSUAL)


def test_a_size_that_is_only_remembered_never_accuses():
    # 3/30 is 10 %, 4/30 is 13.3 %.
    finding = one(number("11.5", "AIME", passes=1))
    assert finding.word is Word.UNRESOLVED
    assert "nobody counted" in finding.statement


def test_a_stated_number_of_documents_accuses_whatever_is_remembered():
    assert one(number("11.55", "unknown", passes=1, documents=30)).word is Word.IMPOSSIBLE


def test_a_score_of_the_whole_benchmark_under_a_stated_part_is_undeclared():
    # 33.3 % of 477 documents is 158.8: no count; of 500 documents no count either; 33.4 % is 167.
    finding = one(number("33.40", "MBPP", documents=477))
    assert finding.word is Word.UNDECLARED
    assert "fits one pass over 500 documents, not over the 477 documents" in finding.statement


def test_a_subset_of_unknown_size_is_void():
    assert one(number("57.2", subset="English")).word is Word.VOID


def test_another_split_than_the_registry_has_is_void():
    assert one(number("57.2", split="validation")).word is Word.VOID


def test_scores_that_are_no_counts_are_void():
    assert one(number("94.4", "DocVQA")).word is Word.VOID
    assert one(number("57.2", metric="average/f1")).word is Word.VOID


def test_an_unknown_benchmark_is_void():
    assert one(number("57.2", "Unheard Of")).word is Word.VOID


def test_ratings_are_not_counted():
    assert found(AttainableScore, number("1417", "arena", unit=Unit.RATING)) == ()


def test_a_re_run_is_counted_as_well():
    assert one(rerun("57.2", passes=1)).word is Word.IMPOSSIBLE


# A wrong averaging mode never accuses: MuSR as the plain mean of 250, 256 and 250 (D = 96000),
# IFEval as the mean of 541 prompts and 834 instructions (D = 902388); Open LLM Leaderboard v2.
@pytest.mark.parametrize(
    ("printed", "on", "fits", "not_so"),
    [
        ("0.381375", "MuSR", "as the plain mean of 3 tasks", "not over 756 documents"),
        (
            "0.330279214705869",
            "IFEval",
            "as the mean of metrics over 541 and 834",
            "not as one metric over 541 or as one metric over 834",
        ),
    ],
)
def test_a_wrong_averaging_mode_never_accuses(printed, on, fits, not_so):
    finding = one(share(printed, on))
    assert finding.word is Word.CONSISTENT
    assert fits in finding.statement
    assert not_so in finding.statement


def test_each_metric_of_a_mean_may_be_printed_alone():
    # 433/541 prompts, 701/834 instructions.
    for printed, alone in (("0.800369685767", "541"), ("0.840527577938", "834")):
        finding = one(share(printed, "IFEval"))
        assert finding.word is Word.CONSISTENT
        assert f"as one metric over {alone}" in finding.statement


# 49/150 = 98/300 under GPQA's 1192, 217/1150 under MATH level 5's 1324.
@pytest.mark.parametrize(
    ("printed", "on", "fraction"),
    [("0.326666666666667", "GPQA", "49/150"), ("0.188695652173913", "MATH hard", "217/1150")],
)
def test_the_documents_behind_a_score_of_full_precision_are_told(printed, on, fraction):
    finding = one(share(printed, on, passes=1))
    assert finding.word is Word.IMPOSSIBLE
    assert f"it is {fraction}, which" in finding.arithmetic


@pytest.mark.skipif(not _VECTORS.is_file(), reason=f"{_VECTORS} is not there")
def test_the_vectors_of_the_case_study_hold():
    words_of = {
        "inconsistent": {Word.UNUSUAL, Word.IMPOSSIBLE},
        "consistent": {Word.CONSISTENT, Word.VOID},
        "only under ceil/any rounding (106)": {Word.UNUSUAL},
    }
    for printed, documents, passes, expected in json.loads(_VECTORS.read_text())["grim"]:
        finding = one(number(printed, "any", documents=documents, passes=passes))
        if isinstance(expected, list):
            assert finding.word is Word.CONSISTENT
            assert f"{expected[0]}/{documents}" in finding.arithmetic
        else:
            assert finding.word in words_of[expected]


def test_every_share_has_an_answer():
    numbers = [number("57.2"), number("80.5", "MMLU Pro"), number("94.4", "DocVQA")]
    assert len(words(found(AttainableScore, *numbers))) == 3


def test_more_than_all_documents_is_impossible():
    finding = one(number("104.2", "MMMU"))
    assert finding.word is Word.IMPOSSIBLE
    assert finding.arithmetic == "104.20 % > 100.00 %"
    assert one(number("104.2", "Unheard Of", metric="accuracy")).word is Word.IMPOSSIBLE


def test_more_than_all_of_what_nobody_knows_may_be_no_part_of_documents():
    finding = one(number("132.7", "Rise over the baseline"))
    assert finding.word is Word.UNDECLARED
    assert "nothing says that it is a part of any documents" in finding.statement


# Of 30 documents, up to 64 passes give none of them.
@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"metric": "accuracy"}, Word.IMPOSSIBLE),
        ({"metric": "pass@1"}, Word.UNDECLARED),
        ({"metric": "accuracy_given_stop"}, Word.UNDECLARED),
        ({"metric": "pixel accuracy"}, Word.UNDECLARED),
        ({"metric": ""}, Word.UNDECLARED),
    ],
)
def test_what_may_count_no_whole_documents_is_asked_and_not_accused(fields, word):
    assert one(share("0.001693", "Unheard Of", documents=30, **fields)).word is word


@pytest.mark.parametrize("printed", ["0.24602203182374502", "0.24602203071117401"])
def test_a_float_with_all_its_digits_is_as_exact_as_a_float(printed):
    # 201/817, summed in double and in single precision.
    found_one = one(share(printed, "Unheard Of", documents=817, metric="acc"))
    assert found_one.word is Word.CONSISTENT


def test_the_best_of_several_answers_is_no_count_and_one_answer_is():
    assert one(number("57.2", "HumanEval", metric="pass@10")).word is Word.VOID
    # 99/164 = 60.37 %
    assert one(number("60.4", "HumanEval", metric="pass@1")).word is Word.CONSISTENT


def test_numbers_of_which_nobody_knows_the_unit_are_asked_about_and_not_accused():
    (finding,) = found(AttainableScore, number("0.52", "GSM8K", is_unit_sure=False))
    assert finding.word is Word.UNRESOLVED
    assert "--unit" in finding.fix


def test_a_number_that_a_subset_gives_names_it_beside_the_passes():
    # 103/489 = 21.063 %, 21.06 % is no whole number of 500.
    (finding,) = found(
        AttainableScore, number("21.06", "SWE-bench Verified"), registry=load_registry()
    )
    assert finding.word is Word.UNDECLARED
    assert "one pass over 489 documents" in finding.statement
    assert "477" not in finding.statement  # 100/477 = 20.96, 101/477 = 21.17
