"""What `orderings-hold` says."""

from dataclasses import replace

import pytest
from tests.making.rules.cards import case, found, number, words

from weighin.rules.scorecard.checks.orderings_hold import OrderingsHold
from weighin.rules.scorecard.interface import Word


@pytest.mark.parametrize(
    ("low", "high"),
    [
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


def test_the_last_number_of_an_answer_can_be_wrong_where_the_marked_one_is_right():
    numbers = (
        number("60.0", metric="exact_match,strict-match"),
        number("50.0", metric="exact_match,flexible-extract"),
    )
    assert found(OrderingsHold, *numbers) == ()


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
    [("50.0", Word.CONSISTENT), ("52.0", Word.IMPOSSIBLE), ("61.0", Word.IMPOSSIBLE)],
)
def test_the_average_is_the_mean_of_its_row(average, word):
    row = (
        number("40.0", "GSM8K", row="m"),
        number("60.0", "MBPP", row="m"),
        number(average, "Average", row="m"),
    )
    assert words(found(OrderingsHold, *row)) == [word]


def row(average, *printed, on=("GSM8K", "MBPP", "MMMU"), of="m", line=3, **fields):
    """A row of a table, its average last."""
    names = (*on[: len(printed)], "Average ⬆️")
    return [
        number(p, n, of=of, row=of, pointer=f"line {line}, cell {i}", **fields)
        for i, (n, p) in enumerate(zip(names, (*printed, average), strict=True))
    ]


def test_an_average_that_does_not_follow_is_told_with_the_right_one():
    (finding,) = found(OrderingsHold, *row("53.9", "40.0", "50.0", "60.1"))
    assert finding.word is Word.IMPOSSIBLE
    assert "impossible as the mean of the 3 numbers of its row, which is 50.03 %" in (
        finding.statement
    )


def test_the_average_of_a_row_with_a_gap_is_no_accusation():
    gap = row("53.9", "40.0", "60.0", of="b", line=4)
    _, finding = found(OrderingsHold, *row("50.0", "40.0", "50.0", "60.0"), *gap)
    assert finding.word is Word.UNDECLARED


def test_the_average_below_its_column_is_the_mean_of_the_column():
    column = [
        number(p, n, row=n, pointer=f"line {i}, cell 2")
        for i, (n, p) in enumerate((("GSM8K", "40.0"), ("MBPP", "60.0"), ("Average", "52.0")))
    ]
    assert words(found(OrderingsHold, *column)) == [Word.IMPOSSIBLE]


def test_two_rows_of_one_name_have_an_average_each():
    twice = (*row("50.0", "40.0", "60.0"), *row("60.0", "50.0", "70.0", line=4))
    assert words(found(OrderingsHold, *twice)) == [Word.CONSISTENT, Word.CONSISTENT]


@pytest.mark.parametrize(
    "over",
    [
        "line 3, cell 2: cell: ~71 is no exact number",
        "line 9, cell 2, and 1 more: cell: ~71 is no exact number",
        "line 9, cell 2: 2 of GSM8K, the first 0.0: percent, share, rating or other?",
    ],
)
def test_an_average_beside_what_was_passed_over_is_no_accusation(over):
    def with_gap(printed):
        judged = case(*row(printed, "40.0", "50.0", "60.1"))
        (card,) = judged.scorecards
        gap = card.model_copy(update={"passed_over": (over,)})
        return [f.word for f in OrderingsHold().check(replace(judged, scorecards=(gap,)))]

    assert (with_gap("53.9"), with_gap("50.0")) == ([Word.VOID], [Word.CONSISTENT])


@pytest.mark.parametrize(
    ("over", "word"),
    [
        ("line 9: row: it has 4 cells, its header 3", Word.VOID),
        ("model-index: 11 of the numbers in tables are told there too", Word.VOID),
        ("line 1: column 'Params': sizes", Word.IMPOSSIBLE),
        ("line 1, and 2 more: column 'Δ': differences", Word.IMPOSSIBLE),
        ("line 40: table (Sizes): it holds no numbers that could be scores", Word.IMPOSSIBLE),
    ],
)
def test_the_average_below_a_column_needs_every_row_of_it(over, word):
    column = [
        number(p, n, row=n, pointer=f"line {i}, cell 2")
        for i, (n, p) in enumerate((("GSM8K", "40.0"), ("MBPP", "60.0"), ("Average", "52.0")))
    ]
    judged = case(*column)
    (card,) = judged.scorecards
    gap = replace(judged, scorecards=(card.model_copy(update={"passed_over": (over,)}),))
    assert words(OrderingsHold().check(gap)) == [word]


def test_an_average_beside_numbers_of_several_metrics_is_not_accused():
    mixed = [
        n.model_copy(update={"metric": metric})
        for n, metric in zip(
            row("70.0", "40.0", "50.0", "60.1"), ("acc", "f1", "acc", ""), strict=True
        )
    ]
    assert words(found(OrderingsHold, *mixed)) == [Word.UNDECLARED]


@pytest.mark.parametrize(
    ("label", "word"), [("Overall", Word.UNDECLARED), ("Average", Word.IMPOSSIBLE)]
)
def test_what_groups_come_to_is_no_plain_mean_unless_it_says_so(label, word):
    cells = (("GSM8K", "57.2"), ("MMMU", "50.0"), (label, "56.6"))
    assert words(found(OrderingsHold, *labelled(*cells))) == [word]


def labelled(*cells):
    """A row of benchmarks and averages, in the order of its cells."""
    return [
        number(printed, on, row="m", pointer=f"line 3, cell {place}")
        for place, (on, printed) in enumerate(cells, start=2)
    ]


TWO_GROUPS = (("GSM8K", "57.2"), ("MMMU", "50.0"), ("Avg", "53.6"), ("MBPP", "61.0"))


@pytest.mark.parametrize(
    ("cells", "means"),
    [
        (TWO_GROUPS, [2]),  # of those before it
        ((*TWO_GROUPS, ("HumanEval", "50.0"), ("Avg", "55.5")), [2, 2]),
        (
            (*TWO_GROUPS[:2], ("Math Avg", "53.6"), ("MBPP", "61.0"), ("HumanEval", "50.0"),
             ("Code Avg.", "55.5"), ("Overall", "54.6")),
            [2, 2, 4],
        ),
    ],
)  # fmt: skip
def test_an_average_of_the_columns_before_it_or_of_other_averages_is_one(cells, means):
    findings = found(OrderingsHold, *labelled(*cells))
    assert words(findings) == [Word.CONSISTENT] * len(means)
    assert [len(f.numbers) - 1 for f in findings] == means


def test_an_average_between_columns_that_is_of_none_of_them_accuses_nobody():
    cells = (("GSM8K", "57.2"), ("MMMU", "50.0"), ("Avg", "52.0"), ("MBPP", "61.0"))
    assert words(found(OrderingsHold, *labelled(*cells))) == [Word.UNDECLARED]
    outside = (*cells[:2], ("Avg", "62.0"), cells[3])
    assert words(found(OrderingsHold, *labelled(*outside))) == [Word.IMPOSSIBLE]
    several = (*cells, ("Overall", "40.0"))
    assert words(found(OrderingsHold, *labelled(*several))) == []


def test_a_protocol_is_no_average():
    cells = (("House Exam (avg@64)", "57.2"), ("MMMU", "50.0"), ("Average", "53.6"))
    assert words(found(OrderingsHold, *labelled(*cells))) == [Word.CONSISTENT]


@pytest.mark.parametrize(
    ("average", "word"), [("53.60", Word.CONSISTENT), ("53.61", Word.IMPOSSIBLE)]
)
def test_a_zero_that_was_added_to_an_average_is_no_digit_of_it(average, word):
    # (57.21 + 50.05) / 2 = 53.63
    assert words(found(OrderingsHold, *row(average, "57.21", "50.05"))) == [word]


def test_a_column_of_averages_of_which_none_follows_is_of_something_else():
    def column(*averages):
        return found(
            OrderingsHold,
            *(
                n
                for i, a in enumerate(averages)
                for n in row(a, "40.0", "60.0", of=f"m{i}", line=i)
            ),
        )

    assert words(column("55.0", "55.1")) == [Word.IMPOSSIBLE] * 2
    assert words(column("55.0", "55.1", "55.2")) == [Word.UNDECLARED] * 3
    # One may follow by chance; most that do show of what they are.
    follows = ["50.0"] * 3
    assert words(column("55.0", "55.1", "55.2", "50.0")) == [
        *[Word.UNDECLARED] * 3,
        Word.CONSISTENT,
    ]
    assert words(column("55.0", "55.1", "55.2", *follows))[:3] == [Word.IMPOSSIBLE] * 3
    apart = [
        n.model_copy(update={"source": n.source.model_copy(update={"place": n.artifact})})
        for i, a in enumerate(("55.0", "55.1", "55.2"))
        for n in row(a, "40.0", "60.0", of=f"m{i}", line=i)
    ]
    assert words(found(OrderingsHold, *apart)) == [Word.UNDECLARED] * 3


GROUPED = ("Math Avg", "GSM8K", "MMMU", "Code Avg", "MBPP", "HumanEval", "Overall")
FOLLOWS = ("53.6", "57.2", "50.0", "55.5", "61.0", "50.0", "54.55")


def grouped_rows(*rows):
    """Rows of averages that stand before their groups, and of all of them."""
    return [
        number(printed, on, of=f"m{i}", row=f"m{i}", pointer=f"line {i + 3}, cell {place}")
        for i, cells in enumerate(rows)
        for place, (on, printed) in enumerate(zip(GROUPED, cells, strict=True), start=2)
    ]


def test_an_average_before_its_group_is_the_mean_of_the_group():
    findings = found(OrderingsHold, *grouped_rows(FOLLOWS))
    assert [(f.word, len(f.numbers) - 1) for f in findings] == [
        (Word.CONSISTENT, 2),
        (Word.CONSISTENT, 2),
        (Word.CONSISTENT, 4),
    ]


@pytest.mark.parametrize(("others", "word"), [(1, Word.UNDECLARED), (2, Word.IMPOSSIBLE)])
def test_an_average_that_is_not_of_what_it_is_in_other_rows_is_told(others, word):
    swapped = (*FOLLOWS[:-1], "57.0")
    findings = found(OrderingsHold, *grouped_rows(*[FOLLOWS] * others, swapped))
    (finding,) = (f for f in findings if f.word is not Word.CONSISTENT)
    assert finding.word is word
    assert "the mean of the 4 numbers of its row, which is 54.55 %; of " in finding.statement


def test_averages_that_are_in_few_rows_what_stands_in_them_are_of_something_else():
    swapped = (*FOLLOWS[:-1], "57.0")
    findings = found(OrderingsHold, *grouped_rows(*[FOLLOWS] * 2, *[swapped] * 3))
    others = [f for f in findings if f.word is not Word.CONSISTENT]
    assert words(others) == [Word.UNDECLARED] * 3
    assert all("most averages here are not that" in f.statement for f in others)


@pytest.mark.parametrize(
    "label", ["平均", "平均分", "总平均", "평균", "Среднее", "Durchschnitt", "Moyenne", "Promedio"]
)
def test_an_average_is_one_in_any_language(label):
    cells = (("GSM8K", "57.2"), ("MMMU", "50.0"), (label, "59.0"))
    assert words(found(OrderingsHold, *labelled(*cells))) == [Word.IMPOSSIBLE]
