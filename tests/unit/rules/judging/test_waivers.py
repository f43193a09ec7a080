"""What a waiver covers, and what it never does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.making.rules.builders import (
    BROKEN,
    TODAY,
    VARIANT,
    case,
    gsm8k_with,
    record,
    requirements,
    verdict,
    waiver,
    with_records,
)

from weighin.rules.interface import Level, Outcome
from weighin.rules.judging.judge import judge

YESTERDAY = TODAY - timedelta(days=1)


def with_waivers(of, *waivers):
    return verdict(replace(of, requirements=requirements(waivers=waivers)))


def outcomes(judged, rule):
    return [f.finding.outcome for f in judged.findings if f.rule == rule]


def four_shots():
    return gsm8k_with("asked.num_fewshot", 4)


def both_with_four_shots():
    golden = case()
    fewer = tuple(
        r.model_copy(update={"asked": r.asked.model_copy(update={"num_fewshot": 4})})
        if r.asked.task != "lambada"
        else r
        for r in golden.records
    )
    return with_records(golden, fewer)


def test_waiver_turns_a_violation_into_waived_and_not_into_met():
    judged = with_waivers(four_shots(), waiver("as-required"))
    assert judged.outcome is Outcome.WAIVED


def test_waived_finding_carries_its_waiver():
    accepted = waiver("as-required")
    judged = with_waivers(four_shots(), accepted)
    (finding,) = (f for f in judged.findings if f.finding.outcome is Outcome.WAIVED)
    assert finding.waiver == accepted


def test_waiver_covers_an_undecided_finding():
    judged = with_waivers(gsm8k_with("asked.num_fewshot", None), waiver("as-required"))
    assert judged.outcome is Outcome.WAIVED


def test_waiver_of_one_benchmark_covers_that_benchmark():
    judged = with_waivers(four_shots(), waiver("as-required", benchmark="gsm8k"))
    assert judged.outcome is Outcome.WAIVED


def test_waiver_of_another_benchmark_covers_nothing():
    judged = with_waivers(four_shots(), waiver("as-required", benchmark="arc"))
    assert judged.outcome is Outcome.VIOLATED


def test_waiver_of_one_benchmark_splits_a_finding_on_two():
    judged = with_waivers(both_with_four_shots(), waiver("as-required", benchmark="gsm8k"))
    told = {
        f.finding.benchmarks: f.finding.outcome
        for f in judged.findings
        if f.rule == "as-required" and f.finding.outcome is not Outcome.MET
    }
    assert told == {("gsm8k",): Outcome.WAIVED, ("arc",): Outcome.VIOLATED}
    assert judged.outcome is Outcome.VIOLATED


def test_waivers_of_both_benchmarks_cover_a_finding_on_two():
    judged = with_waivers(
        both_with_four_shots(),
        waiver("as-required", benchmark="gsm8k"),
        waiver("as-required", benchmark="arc"),
    )
    assert judged.outcome is Outcome.WAIVED


def test_waiver_of_the_odd_benchmark_does_not_cover_what_is_unknown_of_another():
    unknown = record("arc").model_copy(update={"observations": ()})
    of = case(unknown, record(scored=VARIANT), record("lambada"), record("lambada", attempt="2"))

    judged = with_waivers(of, waiver("same-weights", benchmark="gsm8k"))
    assert Outcome.UNDECIDED in outcomes(judged, "same-weights")
    assert Outcome.WAIVED in outcomes(judged, "same-weights")


def test_waiver_of_one_benchmark_does_not_cover_the_row_as_a_whole():
    of = replace(case(), broken_files=(replace(BROKEN, benchmark=""),))
    judged = with_waivers(of, waiver("records-intact", benchmark="gsm8k"))
    assert judged.outcome is Outcome.VIOLATED


def test_waiver_holds_on_its_last_day():
    judged = with_waivers(four_shots(), waiver("as-required", expires=TODAY))
    assert judged.outcome is Outcome.WAIVED


def test_expired_waiver_covers_nothing_and_is_a_violation_itself():
    judged = with_waivers(four_shots(), waiver("as-required", expires=YESTERDAY))
    assert outcomes(judged, "as-required").count(Outcome.VIOLATED) == 2
    statements = [f.finding.statement for f in judged.findings]
    assert "the waiver of as-required by eval-team expired on 2026-11-20" in statements


def test_expired_waiver_is_a_violation_though_nothing_needs_it():
    judged = with_waivers(case(), waiver("as-required", expires=YESTERDAY))
    assert judged.outcome is Outcome.VIOLATED


def test_waiver_that_matches_nothing_is_told_as_a_note():
    judged = with_waivers(case(), waiver("as-required"))
    (note,) = (f for f in judged.findings if f.level is Level.NOTE)
    assert note.finding.statement == "the waiver of as-required by eval-team matches no finding"
    assert judged.outcome is Outcome.MET


def test_waiver_under_an_alias_of_the_rule_covers_it():
    of = case(record("arc"), record(), record(attempt="2"), record("lambada"))
    judged = with_waivers(of, waiver("attempts-at-most"))
    assert judged.outcome is Outcome.WAIVED


def test_waivers_do_not_make_a_row_without_results_anything_but_undecided():
    from weighin.rules.catalogue import CATALOGUE

    everything = tuple(waiver(rule.id) for rule in CATALOGUE.rules)
    judged = with_waivers(with_records(case(), ()), *everything)
    assert judged.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(("days", "outcome"), [(366, Outcome.WAIVED), (367, Outcome.VIOLATED)])
def test_waiver_that_ends_more_than_a_year_ahead_does_not_apply_yet(days, outcome):
    judged = with_waivers(
        gsm8k_with("asked.num_fewshot", 0),
        waiver("as-required", expires=TODAY + timedelta(days=days)),
    )
    assert judged.outcome is outcome
    notes = [
        f.finding.statement
        for f in judged.findings
        if "does not apply before" in f.finding.statement
    ]
    assert len(notes) == (outcome is Outcome.VIOLATED)
    assert judged.head.waived_by == (
        (f"eval-team: as-required (until {TODAY + timedelta(days=days)})",)
        if outcome is Outcome.WAIVED
        else ()
    )


def test_waivers_can_be_left_out_and_the_head_says_so():
    of = gsm8k_with("asked.num_fewshot", 0)
    requires = of.requirements.model_copy(update={"waivers": (waiver("as-required"),)})
    of = replace(of, requirements=requires)
    assert judge(of, today=TODAY).outcome is Outcome.WAIVED
    judged = judge(of, today=TODAY, waivers=False)
    assert judged.outcome is Outcome.VIOLATED
    assert judged.head.waived_by == ("1 waiver not applied, as asked for",)
