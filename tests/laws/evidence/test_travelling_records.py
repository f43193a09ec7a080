"""What was read travels with its record: a copy, or another process, judges it alike."""

import ast
import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.making.logs.every_format import FORMATS, log_of
from tests.making.places import ROOT, TESTS
from tests.making.rules.builders import case, read_record, record

from weighin.api.verdicts import _judge
from weighin.evidence.collected import Evidence, ReadRecord
from weighin.reports.verdict.json_document import render
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Outcome, Verdict
from weighin.rules.scores.score_recomputes import ScoreRecomputes
from weighin.sources.collecting.evidence import read_evidence

TODAY = date(2026, 11, 22)
# Of objects that live in this process alone: the code of a task, and a loaded model.
TOLD_BY_IDENTITY = {
    "harness/local/memory.py",
    "harness/local/watch/bodies.py",
    "harness/local/watch/functions.py",
    "harness/local/watch/kept.py",
    "harness/local/watch/state.py",
    "harness/local/watch/watch.py",
    "harness/tasks/code.py",
    # Of models and requests that live while they are looked up.
    "harness/served/kept_answers.py",
    "harness/witness/models.py",
    "harness/witness/watch.py",
    "harness/witness/weighing.py",
    # Within one call, or beside the object itself.
    "evidence/differences/pairing.py",
    "reports/scorecard/json_document.py",
    "reports/page/html/cuts.py",
    "reports/scorecard/facts.py",
    "reports/scorecard/notices.py",
    "reports/verdict/json_document.py",
    "rules/interface.py",
    "rules/judging/asked_benchmarks.py",
}

RECORDED = TESTS / "compat" / "v1" / "evidence"
FOREIGN = TESTS / "conformance/cases/03-reflection-70b__published-score-is-recorded__met"
SCENES = {
    "recorded and met": (RECORDED / "requirements.yaml", RECORDED / "met"),
    "recorded and violated": (RECORDED / "requirements.yaml", RECORDED / "violated"),
    "a log of lm-eval with samples": (FOREIGN / "requirements.yaml", FOREIGN / "evidence"),
}

_IN_ANOTHER_PROCESS = """\
import pickle, sys
print([read.recompute() for read in pickle.load(sys.stdin.buffer).read_records])
"""


def record_by_record(evidence: Evidence) -> Evidence:
    """The evidence with a copy of every record, made as rules and readers make them."""
    return replace(
        evidence,
        read_records=tuple(
            replace(read, record=read.record.model_copy(deep=True))
            for read in evidence.read_records
        ),
    )


def pickled(evidence: Evidence) -> Evidence:
    return pickle.loads(pickle.dumps(evidence))


TRAVELS = {
    "copied": copy.copy,
    "copied in depth": copy.deepcopy,
    "copied record by record": record_by_record,
    "pickled": pickled,
}


def judged(requirements: Path, evidence: Evidence) -> Verdict:
    return _judge(load_requirements(requirements, rule_shapes()), evidence, (), today=TODAY)


@pytest.mark.parametrize("travel", TRAVELS.values(), ids=TRAVELS)
@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_evidence_that_travelled_is_judged_as_it_was(
    scene: tuple[Path, Path], travel: Callable[[Evidence], Evidence]
):
    requirements, folder = scene
    evidence = read_evidence([folder])
    verdict = judged(requirements, evidence)
    # Samples were needed for the answer.
    assert any(
        found.rule == ScoreRecomputes.id and found.finding.outcome is Outcome.MET
        for found in verdict.findings
    )
    assert render(judged(requirements, travel(evidence))) == render(verdict)


@pytest.mark.parametrize("name", FORMATS)
def test_records_of_every_format_travel_with_what_lies_behind_them(name: str, tmp_path: Path):
    evidence = read_evidence([log_of(name, tmp_path)])
    assert evidence.read_records
    for travelled in (pickled(evidence), copy.deepcopy(evidence)):
        for read, other in zip(evidence.read_records, travelled.read_records, strict=True):
            assert other.record == read.record
            assert other.recompute() == read.recompute()
            assert other.document_scores() == read.document_scores()
            assert other.document_hashes() == read.document_hashes()


def test_another_process_recomputes_what_was_read_here():
    evidence = read_evidence([RECORDED / "met"])
    done = subprocess.run(
        [sys.executable, "-c", _IN_ANOTHER_PROCESS],
        input=pickle.dumps(evidence),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == repr(
        [read.recompute() for read in evidence.read_records]
    )


def test_a_rule_may_ask_about_a_copy_of_a_record():
    of = case()
    for asked in of.records:
        assert of.recompute(asked.model_copy(deep=True)) == of.recompute(asked)


def test_of_two_records_each_has_its_own_samples():
    first, second = record(), record(attempt="2")
    read = tuple(
        ReadRecord(record=one, recompute=read_record(first).recompute, document_scores=scores)
        for one, scores in ((first, dict), (second, lambda: {("a", "b", "c"): {"1": 1.0}}))
    )
    of = replace(case(), read_records=read)
    assert of.document_scores(first) == {}
    assert of.document_scores(second) == {("a", "b", "c"): {"1": 1.0}}


def test_a_record_that_is_not_of_the_case_has_no_samples():
    with pytest.raises(LookupError, match="expected a record of the case"):
        case().recompute(record(attempt="2"))


def test_nothing_is_known_by_the_identity_of_an_object():
    source = ROOT / "src" / "weighin"
    calls = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "id"
    }
    assert calls == TOLD_BY_IDENTITY
