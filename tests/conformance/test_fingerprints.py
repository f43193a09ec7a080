"""Fingerprints over every case: one finding has one wherever it lies, and two never share it."""

import re
import shutil
import sys
from dataclasses import replace

import pytest

from tests.conformance.cases import all_cases
from tests.conformance.tiny_runs import command_line
from tests.making.places import ROOT
from weighin.reports.verdict import notices as of_verdict
from weighin.reports.verdict import report

CHANGES_BETWEEN_RUNS = re.compile(r"(?:sha256:)?\b(?=[a-f]*\d)[0-9a-f]{7,}\b|\d+(?:[.,:]\d+)*")
CASES = [(c.folder, c.arguments) for c in all_cases() if not c.tiny_run]
ACTS = [ROOT / "results" / "demo" / f"act-{number}" for number in (1, 2, 3, 4, 5)]


@pytest.fixture
def judged(monkeypatch, capfd):
    """The verdict that the command line comes to in a folder."""

    def judge(folder, *arguments):
        found = []
        monkeypatch.chdir(folder)
        told = report.verdict_report

        def keep(verdict, *rest, **more):
            found.append(verdict)
            return told(verdict, *rest, **more)

        with monkeypatch.context() as patch:
            patch.setattr(report, "verdict_report", keep)
            for module in _that_import(told):
                patch.setattr(module, "verdict_report", keep)
            command_line("check", *arguments, "--format", "gitlab")
        capfd.readouterr()
        (verdict,) = found
        return verdict

    return judge


def _that_import(told):
    modules = list(sys.modules.values())
    return [m for m in modules if m is not report and vars(m).get("verdict_report") is told]


def fingerprints(verdict):
    return [notice.fingerprint for notice in of_verdict.verdict_notices(verdict).notices]


def alone(verdict, finding):
    """The fingerprint of a finding, whatever else is found."""
    of_one = replace(verdict, findings=(finding,), head=replace(verdict.head, asks_less=()))
    told = of_verdict.verdict_notices(of_one).notices
    return next((n.fingerprint for n in told if not n.is_answer and not n.is_head), None)


def assert_that_findings_are_told_apart(verdict):
    found = {}
    for judged in verdict.findings:
        finding = judged.finding
        said = CHANGES_BETWEEN_RUNS.sub("#", finding.statement)
        about = (judged.rule, finding.facet, frozenset(finding.benchmarks), said)
        fingerprint = alone(verdict, judged)
        if fingerprint is not None:
            assert found.setdefault(fingerprint, about) == about
    everything = fingerprints(verdict)
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize(("folder", "arguments"), CASES, ids=lambda v: getattr(v, "name", ""))
def test_a_case_has_one_fingerprint_for_each_finding(folder, arguments, judged, tmp_path):
    here = shutil.copytree(folder, tmp_path / "a")
    (here / "evidence").mkdir(exist_ok=True)
    verdict = judged(here, "requirements.yaml", "evidence", *arguments)
    assert_that_findings_are_told_apart(verdict)

    there = shutil.copytree(here, tmp_path / "another place" / "deep" / "b")
    given = [str(there / a) if (there / a).exists() else a for a in arguments]
    again = judged(tmp_path, str(there / "requirements.yaml"), str(there / "evidence"), *given)
    assert fingerprints(again) == fingerprints(verdict)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_act_has_one_fingerprint_for_each_finding(act, judged, tmp_path):
    own = act / "requirements.yaml"
    required = own if own.exists() else act.parent / "requirements.yaml"
    verdict = judged(ROOT, str(required.relative_to(ROOT)), str(act.relative_to(ROOT)))
    assert_that_findings_are_told_apart(verdict)

    copied = shutil.copytree(act, tmp_path / "copied evidence" / "x")
    again = judged(tmp_path, str(required), str(copied))
    assert fingerprints(again) == fingerprints(verdict)


def test_a_missing_file_is_told_from_a_changed_one(judged, tmp_path):
    required = ROOT / "results" / "demo" / "requirements.yaml"
    one, other = (
        shutil.copytree(ROOT / "results" / "demo" / "act-2", tmp_path / name) for name in "ab"
    )
    (samples,) = one.glob("*/demo_elements/*/*/lm-eval/samples_*")
    samples.unlink()
    (samples,) = other.glob("*/demo_elements/*/*/lm-eval/samples_*")
    samples.write_bytes(b"{}\n")

    def of_files(folder):
        told = of_verdict.verdict_notices(judged(tmp_path, str(required), str(folder))).notices
        return {n.fingerprint for n in told if n.rule == "records-intact"}

    assert of_files(one)
    assert of_files(other)
    assert of_files(one) & of_files(other) == set()
