"""The table says what the rules found, and nothing better."""

import pytest
from tests.making.reports.builders import (
    FOUR_TASKS,
    WAIVER,
    judged,
    met_verdict,
    observation,
    record,
    same,
    swapped_verdict,
    verdict,
)

from weighin.identity.facets import Facet, Grade
from weighin.reports.page.model import CellState
from weighin.reports.verdict.facet_table import facet_table, weakest
from weighin.rules.interface import Outcome

WEIGHTS = (Facet.WEIGHTS,)
NORM, ODD = "sha256:aaaa", "sha256:bbbb"


def records(**value_by_task):
    return tuple(
        record(task, [observation(Facet.WEIGHTS, value)]) for task, value in value_by_task.items()
    )


def states(told, facet=Facet.WEIGHTS):
    table = facet_table(told)
    index = table.facets.index(facet)
    return {row.task: row.cells[index].state for row in table.rows}


def weights_verdict(findings, recorded):
    tasks = tuple(r.asked.task for r in recorded)
    return verdict(findings, tasks=tasks, facets=WEIGHTS, records=recorded)


def test_every_cell_of_a_met_verdict_is_same():
    table = facet_table(met_verdict())
    assert {cell.state for row in table.rows for cell in row.cells} == {CellState.SAME}


def test_the_benchmark_that_a_violated_finding_names_is_different():
    assert states(swapped_verdict())["demo_opposites"] is CellState.DIFFERENT


def test_the_benchmark_that_an_undecided_finding_names_is_unknown():
    assert states(swapped_verdict(), Facet.SYSTEM_PROMPT)["demo_passages"] is CellState.UNKNOWN


def test_benchmarks_beside_a_different_one_are_same_without_a_finding_of_their_own():
    told = weights_verdict(
        [same(Facet.WEIGHTS, ("c",), outcome=Outcome.VIOLATED)], records(a=NORM, b=NORM, c=ODD)
    )
    assert states(told) == {
        "a": CellState.SAME,
        "b": CellState.SAME,
        "c": CellState.DIFFERENT,
    }


def test_one_benchmark_that_another_differs_from_is_the_norm():
    told = weights_verdict(
        [same(Facet.WEIGHTS, ("b",), outcome=Outcome.VIOLATED)], records(a=NORM, b=ODD)
    )
    assert states(told)["a"] is CellState.SAME


def test_one_benchmark_with_nothing_to_compare_it_with_is_unknown():
    told = weights_verdict(
        [same(Facet.WEIGHTS, ("b",), outcome=Outcome.UNDECIDED)], records(a=NORM, b=None)
    )
    assert states(told)["a"] is CellState.UNKNOWN


def test_unnamed_benchmarks_that_contradict_each_other_are_unknown():
    told = weights_verdict(
        [same(Facet.WEIGHTS, ("c",), outcome=Outcome.VIOLATED)], records(a=NORM, b=ODD, c=ODD)
    )
    assert states(told)["a"] is CellState.UNKNOWN


def test_a_facet_without_a_finding_is_unknown():
    assert set(states(verdict()).values()) == {CellState.UNKNOWN}


def test_a_benchmark_without_a_record_is_unknown_beside_benchmarks_that_agree():
    told = verdict(
        [same(Facet.WEIGHTS, ("a", "b"))],
        tasks=("a", "b", "c"),
        facets=WEIGHTS,
        records=records(a=NORM, b=NORM),
    )
    assert states(told)["c"] is CellState.UNKNOWN


def test_a_finding_about_the_row_is_about_every_benchmark():
    told = verdict([same(Facet.WEIGHTS, (), outcome=Outcome.UNDECIDED)], facets=WEIGHTS)
    assert set(states(told).values()) == {CellState.UNKNOWN}


def test_the_worst_finding_on_a_benchmark_decides():
    findings = [
        same(Facet.WEIGHTS, outcome=outcome)
        for outcome in (Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED)
    ]
    assert set(states(verdict(findings, facets=WEIGHTS)).values()) == {CellState.DIFFERENT}


@pytest.mark.parametrize(
    ("value", "state"), [(ODD, CellState.DIFFERENT), (None, CellState.UNKNOWN)]
)
def test_a_waived_cell_still_says_what_is_waived(value, state):
    waived = same(Facet.WEIGHTS, ("c",), outcome=Outcome.WAIVED, waiver=WAIVER)
    told = weights_verdict([waived], records(a=NORM, b=NORM, c=value))
    cell = facet_table(told).rows[2].cells[0]
    assert (cell.state, cell.is_waived) == (state, True)


def test_a_waived_cell_is_never_same():
    waived = same(Facet.WEIGHTS, ("b",), outcome=Outcome.WAIVED, waiver=WAIVER)
    told = weights_verdict([waived], records(a=NORM, b=NORM))
    assert states(told)["b"] is CellState.UNKNOWN


def test_a_facet_that_is_not_required_is_no_column():
    told = met_verdict(facets=WEIGHTS)
    not_required = same(Facet.DTYPE, (), outcome=Outcome.NOT_APPLICABLE)
    extended = verdict([*told.findings, not_required], facets=WEIGHTS)
    assert facet_table(extended).facets == WEIGHTS


def test_a_rule_that_compares_with_something_else_does_not_reach_the_table():
    released = judged("released-is-scored", facet=Facet.WEIGHTS, outcome=Outcome.VIOLATED)
    told = verdict([same(Facet.WEIGHTS), released], facets=WEIGHTS)
    assert set(states(told).values()) == {CellState.SAME}


def test_a_rule_that_failed_vouches_for_no_benchmark():
    odd = same(Facet.WEIGHTS, ("c",), outcome=Outcome.VIOLATED)
    failed = judged("same-weights", outcome=Outcome.UNDECIDED, statement="the rule failed")
    told = weights_verdict([odd, failed], records(a=NORM, b=NORM, c=ODD))
    assert states(told) == {
        "a": CellState.UNKNOWN,
        "b": CellState.UNKNOWN,
        "c": CellState.DIFFERENT,
    }


def test_an_expired_waiver_does_not_make_a_facet_different():
    expired = judged("same-weights", outcome=Outcome.VIOLATED, statement="the waiver expired")
    told = verdict([same(Facet.WEIGHTS), expired], facets=WEIGHTS)
    assert set(states(told).values()) == {CellState.SAME}


def test_a_facet_without_bearing_on_a_benchmark_does_not_apply_to_it():
    without = observation(Facet.DECODING, None).model_copy(update={"applies": False})
    told = verdict(
        [same(Facet.DECODING, ("a", "b"))],
        tasks=("a", "b", "c"),
        facets=(Facet.DECODING,),
        records=(
            *(record(task, [observation(Facet.DECODING)]) for task in ("a", "b")),
            record("c", [without]),
        ),
    )
    assert states(told, Facet.DECODING)["c"] is CellState.NOT_APPLICABLE


def test_rows_are_the_required_benchmarks_and_others_are_named_only():
    told = verdict([same(Facet.WEIGHTS, ("zz",))], records=(record("extra"),), facets=WEIGHTS)
    table = facet_table(told)
    assert [row.task for row in table.rows] == [*FOUR_TASKS]
    assert table.others == ("extra", "zz")


def test_what_disagrees_without_a_decision_is_neither_different_nor_unknown():
    doubt = same(
        Facet.WEIGHTS, FOUR_TASKS[:2], outcome=Outcome.UNDECIDED, contradicts=True, statement="two"
    )
    states = [row.cells[0].state for row in facet_table(verdict([doubt], facets=WEIGHTS)).rows]
    assert states[:2] == [CellState.DISPUTED] * 2


def test_a_value_is_shown_beside_a_benchmark_that_records_none():
    facets = (Facet.QUANTIZATION,)
    records = (
        record("a", [observation(Facet.QUANTIZATION, "4 bits")]),
        record("b", [observation(Facet.QUANTIZATION, None)]),
    )
    doubt = same(Facet.QUANTIZATION, ("a", "b"), outcome=Outcome.UNDECIDED, statement="unknown")
    told = verdict([doubt], tasks=("a", "b"), facets=facets, records=records)
    cells = [row.cells[0] for row in facet_table(told).rows]
    assert [(cell.has_value, cell.summary) for cell in cells] == [
        (True, "4 bits"),
        (True, "not recorded"),
    ]


def test_the_grade_of_a_cell_is_that_of_its_weakest_attempt():
    attempts = (
        record("a", [observation(Facet.WEIGHTS, grade=Grade.MEASURED)]),
        record("a", [observation(Facet.WEIGHTS, grade=Grade.NAMED)]),
    )
    told = verdict([same(Facet.WEIGHTS, ("a",))], tasks=("a",), facets=WEIGHTS, records=attempts)
    assert facet_table(told).rows[0].cells[0].grade is Grade.NAMED


def test_the_weakest_of_no_grades_is_absent():
    assert weakest(()) is Grade.ABSENT


def test_an_empty_verdict_has_an_empty_table():
    table = facet_table(verdict(tasks=(), facets=()))
    assert (table.rows, table.facets) == ((), ())
