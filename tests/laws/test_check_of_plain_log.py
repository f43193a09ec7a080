"""How weighin judges what plain lm-eval wrote: doubt where there is doubt, never an accusation."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.logs.evaluated import Log

from weighin.api import check
from weighin.identity.facets import FACETS_OF_LOGS, Facet
from weighin.reports.shared.exit_code import exit_code
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model
BENCHMARKS = "  - task: tiny_choice\n    num_fewshot: 0\n  - task: tiny_generate\n"


@pytest.fixture
def judge(tiny_checkpoint: Path, write_requirements: Callable[..., Path]) -> Callable[..., Verdict]:
    """Judges logs of the tiny model."""

    def judged(*logs: Path, rest: str = "", benchmarks: str = BENCHMARKS) -> Verdict:
        return check(
            write_requirements(tiny_checkpoint, benchmarks=benchmarks, rest=rest), list(logs)
        )

    return judged


def those(verdict: Verdict, outcome: Outcome) -> set[str]:
    """The rules that gave an outcome at least once."""
    return {judged.rule for judged in verdict.findings if judged.finding.outcome is outcome}


def test_plain_log_is_undecided(tiny_log: Log, judge: Callable[..., Verdict]):
    verdict = judge(tiny_log.path.parent)
    assert verdict.outcome is Outcome.UNDECIDED
    assert exit_code(verdict.outcome) == 11
    assert those(verdict, Outcome.VIOLATED) == set()


@pytest.mark.parametrize("least", ["measured", "declared", "named"])
def test_no_evidence_that_is_asked_for_makes_a_plain_log_met(
    tiny_log: Log, judge: Callable[..., Verdict], least: str
):
    verdict = judge(tiny_log.path.parent, rest=f"evidence: {least}\n")
    assert verdict.outcome is Outcome.UNDECIDED


def test_every_unknown_facet_is_named_with_how_to_record_it(
    tiny_log: Log, judge: Callable[..., Verdict]
):
    every_facet = f"same: [{', '.join(Facet)}]\n"
    verdict = judge(tiny_log.path.parent, rest=every_facet)
    findings = [
        judged.finding
        for judged in verdict.findings
        if judged.rule.startswith("same-") and judged.finding.outcome is Outcome.UNDECIDED
    ]
    assert {finding.facet for finding in findings} == set(FACETS_OF_LOGS)
    assert [finding.statement for finding in findings if "weighin run" not in finding.fix] == []


def test_what_a_log_declares_is_enough_for_whoever_asks_for_no_more(
    tiny_log: Log, judge: Callable[..., Verdict]
):
    verdict = judge(tiny_log.path.parent, rest="evidence: declared\n")
    met = those(verdict, Outcome.MET)
    assert {"same-dtype", "same-chat-template", "score-recomputes", "as-required"} <= met


def test_digests_of_today_do_not_show_a_log_intact(tiny_log: Log, judge: Callable[..., Verdict]):
    assert "records-intact" in those(judge(tiny_log.path.parent), Outcome.UNDECIDED)


def test_samples_of_a_log_are_not_passed_over(tiny_log: Log, judge: Callable[..., Verdict]):
    assert judge(tiny_log.path.parent).ignored == ()


def test_edited_score_violates(tiny_log: Log, judge: Callable[..., Verdict]):
    tiny_log.edit(lambda document: document["results"]["tiny_choice"].update({"acc,none": 0.99}))
    assert those(judge(tiny_log.path.parent), Outcome.VIOLATED) == {"score-recomputes"}


def test_edited_sample_violates(tiny_log: Log, judge: Callable[..., Verdict]):
    tiny_log.edit_samples("tiny_choice", lambda rows: [row.update(acc=1.0) for row in rows])
    assert those(judge(tiny_log.path.parent), Outcome.VIOLATED) == {"score-recomputes"}


def test_edited_document_violates(tiny_log: Log, judge: Callable[..., Verdict]):
    tiny_log.edit_samples("tiny_choice", lambda rows: rows[0]["doc"].update(question="easier"))
    assert those(judge(tiny_log.path.parent), Outcome.VIOLATED) == {"records-intact"}


def test_log_without_samples_is_undecided(tiny_log: Log, judge: Callable[..., Verdict]):
    for task in ("tiny_choice", "tiny_generate"):
        tiny_log.samples(task).unlink()
    verdict = judge(tiny_log.path.parent)
    assert "score-recomputes" in those(verdict, Outcome.UNDECIDED)
    assert those(verdict, Outcome.VIOLATED) == set()


def test_two_dtypes_in_two_logs_of_one_model_violate(
    tiny_log: Log, tmp_path: Path, judge: Callable[..., Verdict]
):
    """Public files of Qwen2.5-7B: two in bfloat16, one in float32, under one commit."""
    other = Log(shutil.copytree(tiny_log.path.parent, tmp_path / "other") / tiny_log.path.name)

    def only_generation(document: dict) -> None:
        document["config"]["model_dtype"] = "torch.bfloat16"
        del document["results"]["tiny_choice"]

    other.edit(only_generation)
    tiny_log.edit(lambda document: document["results"].pop("tiny_generate"))
    verdict = judge(tiny_log.path.parent, other.path.parent)
    assert those(verdict, Outcome.VIOLATED) == {"same-dtype"}


def test_one_log_given_twice_is_one_attempt(
    tiny_log: Log, tmp_path: Path, judge: Callable[..., Verdict]
):
    copy = shutil.copytree(tiny_log.path.parent, tmp_path / "copy")
    verdict = judge(tiny_log.path.parent, copy)
    assert "one-attempt" in those(verdict, Outcome.UNDECIDED)


def test_group_of_a_plain_log_recomputes(
    log: Log, tiny_checkpoint: Path, write_requirements: Callable[..., Path]
):
    path = write_requirements(
        tiny_checkpoint,
        model="  aliases: [acme/dummy]\n",
        benchmarks="  - task: weighted\n    metric: acc\n  - task: unweighted\n    metric: acc\n",
    )
    verdict = check(path, [log.path.parent])
    assert "score-recomputes" in those(verdict, Outcome.MET)
    assert those(verdict, Outcome.VIOLATED) == set()


def test_log_of_another_model_is_read_in_full_as_the_other_side_of_a_comparison(
    tiny_log: Log, tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
):
    baseline = Log(shutil.copytree(tiny_log.path.parent, tmp_path / "other") / tiny_log.path.name)
    baseline.edit(lambda document: document.update(model_name="baseline"))
    rest = "rules: {comparison-is-paired: {level: error}}\n"
    requirements = write_requirements(tiny_checkpoint, benchmarks=BENCHMARKS, rest=rest)
    verdict = check(requirements, [tiny_log.path.parent], reference=[baseline.path.parent])
    (finding,) = (f.finding for f in verdict.findings if f.rule == "comparison-is-paired")
    assert finding.outcome is Outcome.MET
    assert finding.benchmarks == ("tiny_choice", "tiny_generate")
    assert "baseline" in finding.statement


def test_lists_of_the_requirements_file_reach_the_rule(
    tiny_log: Log, judge: Callable[..., Verdict]
):
    rest = "rules:\n  reference-was-scored-alike: {facets: [dtype]}\n  network-as-required:\n"
    verdict = judge(tiny_log.path.parent, rest=rest + "    allowed: [none, open]\n")
    assert "network-as-required" in those(verdict, Outcome.UNDECIDED)
