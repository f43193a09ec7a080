"""The recorded demo, judged again: the evidence still says what its reports say."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import weighin
from tests.making.places import ROOT
from tests.making.reports.rendered import marks_in
from weighin.rules.interface import Outcome

RESULTS = Path("results/demo")
EXPECTED = {
    1: Outcome.MET,
    2: Outcome.VIOLATED,
    3: Outcome.VIOLATED,
    4: Outcome.UNDECIDED,
    5: Outcome.VIOLATED,
}


def load_demo() -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo", ROOT / "tasks/demo/demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules["demo"] = module
    spec.loader.exec_module(module)
    return module


DEMO = load_demo()


def judge_again(number: int, results: Path = RESULTS) -> "weighin.rules.interface.Verdict":
    stage, act = DEMO.Stage(results), DEMO.ACTS[number - 1]
    return weighin.check(
        (stage.folder(number) if act.requirements else results) / "requirements.yaml",
        stage.evidence(act),
        reference=[stage.folder(1)],
    )


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    # Reports name files as they were given: relative to the repository.
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("number", EXPECTED)
def test_the_recorded_acts_are_judged_as_they_were(number: int) -> None:
    from weighin.reports.verdict import json_document as as_json

    verdict = judge_again(number)

    assert verdict.outcome is EXPECTED[number]
    recorded = json.loads((RESULTS / f"act-{number}/verdict.json").read_text())
    assert json.loads(as_json.render(verdict)) == recorded, (
        "run: ./run demo --judge-only --into results/demo"
    )


@pytest.mark.parametrize("number", EXPECTED)
def test_the_markdown_of_an_act_reads_as_text(number: int) -> None:
    from weighin.reports.page.markdown import comment
    from weighin.reports.verdict.page import verdict_page

    assert marks_in(comment(verdict_page(judge_again(number)))) == []


def violated(number: int) -> set[tuple[str, str | None, tuple[str, ...]]]:
    return {
        (j.rule, j.finding.facet, j.finding.benchmarks)
        for j in judge_again(number).findings
        if j.finding.outcome is Outcome.VIOLATED
    }


def test_act_2_names_the_benchmark_the_tensors_and_the_score_that_was_bought() -> None:
    (finding,) = (
        j.finding
        for j in judge_again(2).findings
        if j.rule == "same-weights" and j.finding.outcome is Outcome.VIOLATED
    )

    assert finding.benchmarks == ("demo_elements",)
    assert set(finding.tensors) == {
        f"model.layers.{layer}.mlp.{part}_proj.weight"
        for layer in (28, 29)
        for part in ("gate", "up", "down")
    }
    assert "relative distance" in finding.statement
    assert "on the declared checkpoint: +" in finding.statement


def test_act_3_names_the_chat_template_only() -> None:
    assert {rule for rule, _, _ in violated(3)} == {"same-chat-template", "checkpoint-is-declared"}
    for judged in judge_again(3).findings:
        if judged.finding.outcome is Outcome.VIOLATED:
            assert "chat_template" in judged.finding.statement
            assert not judged.finding.tensors


def test_act_5_names_what_the_code_of_the_task_did() -> None:
    (watched,) = (
        j.finding
        for j in judge_again(5).findings
        if j.rule == "watched-throughout" and j.finding.outcome is Outcome.VIOLATED
    )

    assert "before the first answer" in watched.statement
    assert ".mlp." in watched.statement
    assert any("runs Python of its own" in line for line in judge_again(5).head.foreign_code)


def test_act_6_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(weighin.errors.RequirementsError, match="custom_generate: refused"):
        weighin.run(DEMO.TASKS / DEMO.ACTS[5].requirements, results=tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_act_4_says_what_is_unknown_and_how_to_record_it() -> None:
    undecided = [j for j in judge_again(4).findings if j.finding.outcome is Outcome.UNDECIDED]

    assert {"same-weights", "same-tokenizer", "same-chat-template"} <= {j.rule for j in undecided}
    assert all(j.finding.fix for j in undecided)


def test_a_changed_score_in_the_recorded_samples_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / RESULTS, tmp_path / "demo")
    (record,) = (tmp_path / "demo/act-1").rglob("demo_animals/**/record.json")
    record.write_text(record.read_text().replace('"metric":"acc"', '"metric":"acc" ', 1))

    verdict = judge_again(1, tmp_path / "demo")

    assert verdict.outcome is Outcome.VIOLATED


def test_the_documents_are_those_that_the_facts_make() -> None:
    finished = subprocess.run(
        [sys.executable, "tasks/demo/make_tasks.py", "--check"], check=False, capture_output=True
    )

    assert finished.returncode == 0, finished.stdout
