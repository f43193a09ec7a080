"""A benchmark is a task with its shots, and whatever else the file tells benchmarks apart by."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    MET,
    TODAY,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    digest,
    problems,
    record,
    requirements,
    setting,
    verdict,
    waiver,
)

from weighin.evidence.collected import FinishedAttempt, Recomputed, RetiredJob
from weighin.evidence.records import Record
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.interface import Case, Verdict
from weighin.rules.judging.judge import judge

LATER = "2026-11-20T12:00:00Z"
OTHER_SHOTS = 0.45
"""A score with other shots than those of the golden records, which have 5."""


def asked(**settings: object) -> Record:
    """A later record of gsm8k that was asked in some other way, with a score of its own."""
    one = record(attempt="2", started=LATER, value=OTHER_SHOTS)
    one = changed(one, "run.job_id", digest(f"job {settings}"))
    for name, value in settings.items():
        one = changed(one, f"asked.{name}", value)
    return one


def requiring(*gsm8k: Mapping[str, object], **rest: object) -> Case:
    """A case that requires gsm8k, each time with other settings, beside arc."""
    arc, golden, _ = requirements().benchmarks
    benchmarks = (arc, *(golden.model_copy(update=dict(entry)) for entry in gsm8k))
    return replace(case(), requirements=requirements(benchmarks=benchmarks, **rest))


def recomputed_alike(one: Record) -> Recomputed:
    keys = {(s.task, s.metric, s.filter): s for s in one.scores}
    return Recomputed(
        values={key: score.value for key, score in keys.items()},
        documents=dict.fromkeys(keys, 100),
        why_not={},
    )


def holding(of: Case, *gsm8k: Record) -> Case:
    """A case with a record of arc and these of gsm8k, whose samples give the scores they state."""
    found = case(record("arc"), *gsm8k, recompute=recomputed_alike)
    return replace(of, read_records=found.read_records)


def judged_with(of: Case, *gsm8k: Record, every: bool = False) -> Verdict:
    return judge(holding(of, *gsm8k), today=TODAY, every=every)


BOTH = ({"num_fewshot": 0}, {"num_fewshot": 5})


def test_score_that_is_shown_is_that_of_the_required_shots():
    judged = judged_with(requiring({}), record(), asked(num_fewshot=0))
    assert judged.scores["gsm8k"].value == record().scores[0].value


def test_other_shots_beside_those_that_are_required_are_another_benchmark():
    judged = judged_with(requiring({}), record(), asked(num_fewshot=0))
    assert judged.outcome is MET
    assert not judged.head.set_aside
    assert [r.asked.task for r in judged.records] == ["arc", "gsm8k", "gsm8k (0 shots)"]


def test_other_repeats_are_another_benchmark():
    judged = judged_with(requiring({"repeats": 1}), record(), asked(repeats=8))
    assert judged.outcome is MET
    assert "gsm8k (8 repeats)" in {r.asked.task for r in judged.records}


def test_other_shots_alone_violate():
    assert problems(holding(requiring({}), asked(num_fewshot=0)))["as-required"] is VIOLATED


def test_record_of_other_shots_beside_a_retired_one_is_judged():
    own = record()
    of = replace(
        holding(requiring({}), own, asked(num_fewshot=0)),
        retired={own.run.job_id: RetiredJob(job_id=own.run.job_id, reason="wrong cable")},
    )
    assert problems(of)["as-required"] is VIOLATED


def test_record_that_does_not_say_its_shots_neither_counts_as_fitting_nor_is_passed_over():
    of = holding(requiring({}), record(), asked(num_fewshot=None))
    assert problems(of) == {"one-attempt": UNDECIDED}
    assert verdict(of).scores["gsm8k"].value == record().scores[0].value


def test_record_that_does_not_say_its_shots_is_doubtful_alone():
    of = holding(requiring({}), asked(num_fewshot=None))
    assert problems(of)["as-required"] is UNDECIDED


def test_two_attempts_with_the_required_shots_violate_whatever_else_there_is():
    again = changed(record(attempt="2", started=LATER), "run.job_id", digest("job again"))
    of = holding(requiring({}), record(), again, asked(num_fewshot=0))
    assert problems(of) == {"one-attempt": VIOLATED}


def test_shots_that_the_file_leaves_open_are_doubtful_where_two_numbers_fit():
    open_shots = requiring({"num_fewshot": None}, rules={"one-attempt": setting(limit=2)})
    of = holding(open_shots, record(), asked(num_fewshot=0))
    assert problems(of) == {"one-attempt": UNDECIDED}
    (finding,) = (
        f.finding
        for f in verdict(of).findings
        if f.rule == "one-attempt" and f.finding.outcome is UNDECIDED
    )
    assert "num_fewshot" in finding.fix
    assert finding.contradicts


@pytest.mark.parametrize("shots", [(5, 0), (0, 5)])
def test_task_that_is_required_with_two_shot_counts_has_two_scores(shots: tuple[int, int]):
    found = {5: record(), 0: asked(num_fewshot=0)}
    judged = judged_with(requiring(*BOTH), *(found[number] for number in shots))
    assert judged.outcome is MET
    assert {label: score.value for label, score in judged.scores.items()} == {
        "arc": record("arc").scores[0].value,
        "gsm8k (0 shots)": OTHER_SHOTS,
        "gsm8k (5 shots)": record().scores[0].value,
    }


def test_one_of_two_shot_counts_does_not_stand_for_the_other():
    judged = judged_with(requiring(*BOTH), asked(num_fewshot=0))
    assert judged.outcome is UNDECIDED
    assert judged.scores["gsm8k (5 shots)"] is None
    missing = [f.finding for f in judged.findings if f.rule == "every-benchmark-present"]
    assert [finding.benchmarks for finding in missing] == [("gsm8k (5 shots)",)]


def test_record_that_does_not_say_its_shots_is_none_of_two_for_certain():
    judged = judged_with(requiring(*BOTH), asked(num_fewshot=None))
    assert judged.outcome is UNDECIDED


def test_third_shot_count_is_judged_where_a_required_one_is_missing():
    judged = judged_with(requiring(*BOTH), record(), asked(num_fewshot=25))
    assert judged.outcome is VIOLATED
    violated = [f.finding for f in judged.findings if f.finding.outcome is VIOLATED]
    assert {finding.benchmarks for finding in violated} == {("gsm8k (0 shots)",)}


def test_third_shot_count_beside_both_is_another_benchmark():
    judged = judged_with(requiring(*BOTH), record(), asked(num_fewshot=0), asked(num_fewshot=25))
    assert judged.outcome is MET
    assert [r.asked.task for r in judged.records][-1] == "gsm8k (25 shots)"


def with_two_metrics(one: Record) -> Record:
    strict = one.scores[0]
    flexible = strict.model_copy(update={"filter": "flexible-extract", "value": OTHER_SHOTS})
    return one.model_copy(update={"scores": (strict, flexible)})


FILTERS = (
    {"metric": "exact_match,strict-match"},
    {"metric": "exact_match,flexible-extract"},
)


def test_one_record_serves_two_filters_in_one_attempt():
    of = requiring(*FILTERS)
    judged = judged_with(of, with_two_metrics(record()))
    assert judged.outcome is MET
    assert judged.scores["gsm8k (exact_match,strict-match)"].value == record().scores[0].value
    assert judged.scores["gsm8k (exact_match,flexible-extract)"].value == OTHER_SHOTS


def test_filter_that_no_record_has_is_named():
    judged = judged_with(requiring(*FILTERS), record())
    assert judged.outcome is VIOLATED
    assert judged.scores["gsm8k (exact_match,flexible-extract)"] is None


TELLING: dict[
    str, tuple[Mapping[str, object], Mapping[str, object], Callable[[Record], Record]]
] = {
    "decoding": (
        {"decoding": {"temperature": 0}},
        {"decoding": {"temperature": 0.7}},
        lambda r: changed(r, "asked.decoding", {"temperature": 0.7}),
    ),
    "repeats": ({"repeats": 1}, {"repeats": 8}, lambda r: changed(r, "asked.repeats", 8)),
    "version": (
        {"task_version": "3.0"},
        {"task_version": "4.0"},
        lambda r: changed(r, "asked.task_version", "4.0"),
    ),
    "seed": (
        {"fewshot_seed": 1234},
        {"fewshot_seed": 1},
        lambda r: changed(r, "asked.seeds", {**r.asked.seeds, "fewshot": 1}),
    ),
}


@pytest.mark.parametrize("key", TELLING)
def test_other_settings_tell_benchmarks_of_a_task_apart(key: str):
    first, second, change = TELLING[key]
    other = change(asked())
    rules = {rule: setting("off") for rule in ("same-decoding", "same-prompts")}
    judged = judged_with(requiring(first, second, rules=rules), record(), other)
    assert [f.rule for f in judged.findings if f.finding.outcome is VIOLATED] == []
    assert [score.value for label, score in judged.scores.items() if label != "arc"] == [
        record().scores[0].value,
        OTHER_SHOTS,
    ]


def finished(one: Record) -> FinishedAttempt:
    return FinishedAttempt(
        model=one.model,
        benchmark=one.asked.task,
        job_id=one.run.job_id,
        attempt_id=one.run.attempt_id,
        is_partial=False,
    )


def test_attempt_that_the_ledger_knows_counts_for_the_benchmark_of_its_job():
    five, none = record(), asked(num_fewshot=0)
    hidden = finished(none)
    hidden = replace(hidden, attempt_id="hidden")
    of = replace(requiring(*BOTH), finished_attempts=(finished(five), finished(none), hidden))
    judged = judged_with(of, five, none)
    violated = [f.finding for f in judged.findings if f.finding.outcome is VIOLATED]
    assert [finding.benchmarks for finding in violated] == [("gsm8k (0 shots)",)]


def test_attempt_of_another_benchmark_that_the_ledger_knows_is_no_attempt_at_the_required_one():
    five, none = record(), asked(num_fewshot=0)
    of = replace(requiring({}), finished_attempts=(finished(five), finished(none)))
    assert judged_with(of, five, none).outcome is MET


def test_waiver_of_one_benchmark_of_a_task_leaves_the_other():
    of = requiring(*BOTH, waivers=(waiver("as-required", benchmark="gsm8k (0 shots)"),))
    wrong = [
        changed(r, "asked.decoding", {"temperature": 1.0}) for r in (record(), asked(num_fewshot=0))
    ]
    judged = judged_with(of, *wrong, every=True)
    violated = [
        f.finding
        for f in judged.findings
        if f.rule == "as-required" and f.finding.outcome is VIOLATED
    ]
    assert {finding.benchmarks for finding in violated} == {("gsm8k (5 shots)",)}


def test_what_a_rule_is_told_of_a_task_holds_for_each_of_its_benchmarks():
    rules = {"score-is-plausible": setting("error", ceiling={"gsm8k": 0.1, "arc": 1.0})}
    judged = judged_with(requiring(*BOTH, rules=rules), record(), asked(num_fewshot=0))
    about = {
        label
        for f in judged.findings
        if f.rule == "score-is-plausible" and f.finding.outcome in {VIOLATED, UNDECIDED}
        for label in f.finding.benchmarks
    }
    assert about == {"gsm8k (0 shots)", "gsm8k (5 shots)"}


def test_place_of_a_finding_is_that_of_its_own_entry():
    lines = {f"benchmarks.{n}": (n + 10, 3) for n in range(3)}
    judged = judged_with(requiring(*BOTH, lines=lines), record())
    (missing,) = (f for f in judged.findings if f.rule == "every-benchmark-present")
    assert missing.required_at == "requirements.yaml:11"


def test_nothing_changes_where_every_task_is_required_once():
    once = BenchmarkRequirement(task="gsm8k", num_fewshot=5)
    judged = judged_with(requiring(dict(once)), record())
    assert [r.asked.task for r in judged.records] == ["arc", "gsm8k"]
