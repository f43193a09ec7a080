"""Which records decide: those as the file states; what else there is stands aside, in the open."""

from dataclasses import replace

import pytest
from tests.making.rules.builders import (
    DECLARED,
    MET,
    TODAY,
    UNDECIDED,
    VARIANT,
    VIOLATED,
    case,
    changed,
    content,
    digest,
    problems,
    record,
    requirements,
    setting,
    verdict,
    with_identifiers,
)

from weighin.evidence.collected import RetiredJob
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case
from weighin.rules.judging.judge import judge

LATER = "2026-11-20T12:00:00Z"
# Setting of the model that the golden requirements or these state: a record that departs from it.
DEPARTING = {
    "task_version": lambda r: changed(r, "asked.task_version", "4.0"),
    "decoding.temperature": lambda r: changed(r, "asked.decoding", {"temperature": 0.7}),
    "chat_template": lambda r: with_identifiers(
        r, Facet.CHAT_TEMPLATE, content({"applied": False, "sha256": None})
    ),
    "system_prompt": lambda r: with_identifiers(r, Facet.SYSTEM_PROMPT, content({"sha256": None})),
    "remote_code": lambda r: changed(r, "in_force.remote_code", ("own.py",)),
}


def attempts(*of_gsm8k: Record) -> Case:
    asked = requirements(rules={"one-attempt": setting(limit=2)})
    return case(record("arc"), *of_gsm8k, record("lambada"), requires=asked)


@pytest.mark.parametrize("key", DEPARTING)
@pytest.mark.parametrize("is_first", [True, False])
def test_experiment_beside_a_record_as_stated_decides_nothing_and_is_told(key, is_first):
    early, late = record(), record(attempt="2", started=LATER)
    early, late = (DEPARTING[key](early), late) if is_first else (early, DEPARTING[key](late))
    judged = verdict(attempts(early, late))
    assert judged.outcome is MET
    (aside,) = judged.head.set_aside
    assert aside.setting == key
    assert aside.stated != aside.found
    assert aside.record not in judged.records


@pytest.mark.parametrize("key", DEPARTING)
def test_experiment_that_is_the_only_record_is_judged(key):
    judged = verdict(attempts(DEPARTING[key](record())))
    assert judged.outcome is VIOLATED
    assert not judged.head.set_aside


def test_record_of_another_checkpoint_stands_aside_beside_one_of_the_declared():
    judged = verdict(attempts(record(scored=VARIANT), record(attempt="2", started=LATER)))
    assert judged.outcome is MET
    (aside,) = judged.head.set_aside
    assert (aside.setting, aside.record.checkpoint_id) == ("checkpoint", VARIANT.checkpoint_id)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asked.documents_digest", digest("others")),
        ("asked.prompts_digest", digest("others")),
        ("asked.config_digest", digest("others")),
        ("scores.0.value", 0.9),
        ("run.harness", "lm-eval 0.4.9"),
    ],
)
def test_what_the_file_does_not_state_never_sets_a_record_aside(path, value):
    other = changed(record(attempt="2", started=LATER), path, value)
    assert not verdict(attempts(record(), other)).head.set_aside


def test_record_that_is_silent_on_a_stated_setting_sets_no_other_aside():
    silent = with_identifiers(record(attempt="2", started=LATER), Facet.CHAT_TEMPLATE)
    judged = verdict(attempts(DEPARTING["chat_template"](record()), silent))
    assert not judged.head.set_aside
    assert judged.outcome is VIOLATED


def test_what_is_unknown_of_both_records_tells_neither_apart():
    declared = DECLARED.model_copy(
        update={"generation_config": None, "checkpoint_id": digest("no generation_config.json")}
    )
    experiment = DEPARTING["chat_template"](record())
    of = attempts(experiment, record(attempt="2", started=LATER))
    asked = of.requirements.model_copy(
        update={"same": (*of.requirements.same, Facet.GENERATION_CONFIG)}
    )
    judged = verdict(replace(of, requirements=asked, declared=declared))
    assert [(a.record, a.setting) for a in judged.head.set_aside] == [(experiment, "chat_template")]
    assert judged.outcome is UNDECIDED


def test_a_checkpoint_that_is_unknown_sets_none_aside_that_is_known_to_be_another():
    declared = DECLARED.model_copy(
        update={"generation_config": None, "checkpoint_id": digest("no generation_config.json")}
    )
    of = attempts(record(scored=VARIANT), record(attempt="2", started=LATER))
    asked = of.requirements.model_copy(
        update={"same": (*of.requirements.same, Facet.GENERATION_CONFIG)}
    )
    judged = verdict(replace(of, requirements=asked, declared=declared))
    assert not judged.head.set_aside
    assert judged.outcome is VIOLATED


def test_attempts_that_decide_nothing_count():
    experiment = DEPARTING["task_version"](record(attempt="2", started=LATER))
    judged = case(record("arc"), record(), experiment, record("lambada"))
    assert problems(judged) == {"one-attempt": VIOLATED}


def test_every_record_is_judged_where_that_is_asked_for():
    experiment = DEPARTING["task_version"](record(attempt="2", started=LATER))
    of = attempts(record(), experiment)
    assert judge(of, today=TODAY).outcome is MET
    assert judge(of, today=TODAY, every=True).outcome is VIOLATED


def retiring(of: Case, *records: Record) -> Case:
    jobs = {r.run.job_id: RetiredJob(job_id=r.run.job_id, reason="wrong cable") for r in records}
    return replace(of, retired=jobs)


def test_retired_job_decides_nothing_is_told_and_counts():
    other = changed(record(attempt="2", started=LATER), "run.job_id", digest("another job"))
    other = changed(other, "asked.documents_digest", digest("others"))
    judged = verdict(retiring(attempts(record(), other), other))
    assert judged.outcome is MET
    assert [(a.record, a.reason) for a in judged.head.set_aside] == [(other, "wrong cable")]
    counted = case(record("arc"), record(), other, record("lambada"))
    assert problems(retiring(counted, other)) == {"one-attempt": VIOLATED}


def test_only_record_of_a_benchmark_that_is_retired_leaves_it_undecided():
    judged = verdict(retiring(case(), record("gsm8k")))
    assert judged.outcome is UNDECIDED
    told = [f.finding.statement for f in judged.findings if f.rule == "every-benchmark-present"]
    assert told == ["gsm8k: its only record is retired (wrong cable)"]


def test_runs_of_one_job_at_the_same_time_with_equal_answers_are_one_attempt():
    other = record().run.model_copy(update={"attempt_id": "gsm8k-2"})
    racing = record(started="2026-11-20T10:00:01Z").model_copy(update={"run": other})
    judged = verdict(case(record("arc"), record(), racing, record("lambada")))
    assert judged.outcome is MET
    (told,) = [
        f.finding.statement
        for f in judged.findings
        if f.rule == "one-attempt" and "at the same time" in f.finding.statement
    ]
    assert told.endswith("1 further run of the same job at the same time gave equal answers")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("files.0.sha256", digest("other answers")),
        ("run.started", "2026-11-21T10:00:00Z"),
        ("run.job_id", digest("another job")),
        ("files", ()),
    ],
)
def test_other_answers_another_time_or_another_job_is_another_attempt(path, value):
    other = changed(record(), "run.attempt_id", "gsm8k-2")
    other = changed(changed(other, "run.finished", "2026-11-22T10:00:00Z"), path, value)
    judged = case(record("arc"), record(), other, record("lambada"))
    assert problems(judged)["one-attempt"] is VIOLATED
