"""The answer in sentences: what it may never say, by outcome and by what is found."""

import dataclasses

import pytest
from tests.making.reports.builders import FOUR_TASKS, WAIVER, judged, record, same, score, verdict
from tests.making.reports.read_html import HtmlFile
from tests.making.reports.screens import first_look, waived

from weighin.identity.facets import Facet
from weighin.reports.page.html import document
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Head, Level, Outcome, SetAside

ODD = "demo_elements"
OTHERS = tuple(task for task in FOUR_TASKS if task != ODD)


def of_weights(outcome, before=None, level=Level.ERROR):
    odd = same(
        Facet.WEIGHTS,
        (ODD,),
        outcome=outcome,
        level=level,
        statement=f"weights: {ODD} is another",
        waiver=WAIVER if outcome is Outcome.WAIVED else None,
        before_waiver=before,
    )
    return [same(Facet.WEIGHTS, OTHERS), odd]


def answered(findings, outcome, **fields):
    answer = verdict_page(verdict(findings, outcome, **fields)).guide.answer
    return " ".join((answer.answer.text, *answer.why))


WAIVED, MET, VIOLATED = Outcome.WAIVED, Outcome.MET, Outcome.VIOLATED
UNDECIDED, PARTIAL = Outcome.UNDECIDED, Outcome.PARTIAL
NEVER_YES = {
    "violated": (of_weights(VIOLATED), VIOLATED),
    "undecided": (of_weights(UNDECIDED), UNDECIDED),
    "violated, waived": (of_weights(WAIVED, VIOLATED), WAIVED),
    "undecided, waived": (of_weights(WAIVED, UNDECIDED), WAIVED),
    "unknown, waived": (of_weights(WAIVED), WAIVED),
    "violated, of which the file warns": (of_weights(VIOLATED, level=Level.WARNING), MET),
    "partial": ([same(Facet.WEIGHTS)], PARTIAL),
    "nothing": ([], Outcome.NOT_APPLICABLE),
}
NEVER_ALONE = {
    "an open question": ({}, of_weights(UNDECIDED, level=Level.WARNING), "open questions"),
    "declared": ({"weakest_grade": {Facet.WEIGHTS: "declared"}}, None, "not all of it is measured"),
    "asks less": ({"head": Head(asks_less=("without config",))}, None, "asks less"),
    "set aside": ({"head": Head(set_aside=(SetAside(record=record()),))}, None, "1 record is set"),
}


@pytest.mark.parametrize("case", NEVER_YES)
def test_it_is_never_yes_where_one_model_is_not_shown(case):
    told = answered(*NEVER_YES[case])
    assert "Yes" not in told
    assert "the same by this evidence: weights" not in told


@pytest.mark.parametrize("case", NEVER_ALONE)
def test_a_yes_never_stands_alone_where_it_rests_on_less(case):
    fields, findings, words = NEVER_ALONE[case]
    told = answered(findings or [same(Facet.WEIGHTS)], MET, **fields)
    assert told.startswith("Yes, as far as this evidence goes; ")
    assert words in told


def test_without_a_benchmark_nothing_is_judged():
    assert answered([same(Facet.WEIGHTS)], MET, scores={}).startswith("Nothing was judged")


def test_what_is_waived_is_told_with_who_accepts_it_until_when_and_why():
    told = answered(*NEVER_YES["violated, waived"])
    assert told == (
        f"No, and somebody accepts that. {ODD} was not scored with the same weights as the other 3."
        " eval-team accepts that until 2027-01-31: two engines until spring."
    )
    screen = first_look(verdict(*NEVER_YES["violated, waived"]))
    assert "eval-team accepts that until 2027-01-31: two engines until spring" in screen


def test_what_a_judge_waives_remembers_that_it_was_violated():
    told = verdict_page(waived()).guide.answer
    assert told.answer.text == "No, and somebody accepts that."


def test_others_are_the_same_only_where_that_is_known():
    findings = [*of_weights(VIOLATED), same(Facet.WEIGHTS, OTHERS[:1], outcome=UNDECIDED)]
    told = answered(findings, VIOLATED)
    assert f"{ODD} was not scored with the same weights as {OTHERS[1]}, {OTHERS[2]}." in told
    declared = judged("checkpoint-is-declared", outcome=VIOLATED, benchmarks=(ODD,))
    assert "not scored with the same" not in answered([declared], VIOLATED)


def test_records_of_other_models_are_told_first_where_there_are_none_of_this_one():
    words = "the evidence holds records of org/other, and none of m"
    told = verdict([], UNDECIDED, records=(), head=Head(others=words))
    assert words in first_look(told)
    assert "The evidence holds records of org/other" in HtmlFile(document(verdict_page(told))).text


def test_no_line_is_drawn_of_an_error_of_zero_and_it_is_told_why():
    scores = (
        {FOUR_TASKS[0]: dataclasses.replace(score(FOUR_TASKS[0]), stderr=0.0)}
        if (dataclasses.is_dataclass(score()))
        else {FOUR_TASKS[0]: score(FOUR_TASKS[0]).model_copy(update={"stderr": 0.0})}
    )
    (row,) = verdict_page(verdict(scores=scores, tasks=FOUR_TASKS[:1])).guide.scores.rows
    assert row.interval is None
    assert "all scored alike" in row.remark


def test_of_a_part_nothing_is_counted_and_a_cell_alone_is_not_the_same():
    page = verdict_page(verdict([same(Facet.WEIGHTS, ("a",))], PARTIAL, tasks=("a",)))
    assert (page.tally, page.extent) == ("", "1 of 1 benchmark, not judged")
    assert "alone: nothing to compare it with" in HtmlFile(document(page)).text


def test_warnings_are_counted_apart():
    findings = [same(Facet.WEIGHTS), judged("one-attempt", Level.WARNING, outcome=VIOLATED)]
    assert verdict_page(verdict(findings)).tally == "1 met, 1 warning"
