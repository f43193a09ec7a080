"""One task logged with two shot counts, in every format that tells shots: each is a benchmark."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.logs import (
    every_eval_ever,
    helm,
    inspect,
    lighteval,
    lm_eval,
    opencompass,
    simple_evals,
    tested,
)

from weighin.api import check
from weighin.api import inspect as inspected
from weighin.rules.interface import Finding, Outcome, Verdict

FULL_COMMIT = "d" * 40
NONE, FIVE = 0.25, 0.75
"""The scores with 0 and with 5 shots."""
SCORES = {0: NONE, 5: FIVE}


def _lm_eval(folder: Path, shots: int) -> Path:
    document = lm_eval.modern()
    document["n-shot"] = {"arc": shots}
    document["results"]["arc"] = {"alias": "arc", "acc,none": SCORES[shots]}
    return lm_eval.written(document, folder)


def _lm_eval_of_2022(folder: Path, shots: int) -> Path:
    document = lm_eval.of_2022()
    document["config"]["num_fewshot"] = shots
    document["results"]["arc"] = {"acc": SCORES[shots]}
    return lm_eval.written(document, folder)


def _lighteval_of_2025(folder: Path, shots: int) -> Path:
    document = lighteval.of_2025()
    task = f"custom|sums|{shots}"
    document["results"] = {task: {"extractive_match": SCORES[shots]}}
    document["versions"] = {task: 1}
    document["summary_tasks"] = {task: {"hashes": lighteval.HASHES}}
    return lighteval.written(document, folder).path


def _lighteval(folder: Path, shots: int) -> Path:
    document = lighteval.modern()
    task = f"lighteval|sums|{shots}"
    document["results"] = {task: {"pass@k_with_k&n": SCORES[shots]}}
    (config,) = document["config_tasks"].values()
    document["config_tasks"] = {task: config | {"num_fewshots": shots}}
    document["summary_tasks"] = {task: {"hashes": lighteval.HASHES}}
    return lighteval.written(document, folder).path


def _inspect(folder: Path, shots: int) -> Path:
    log = inspect.header(accuracy=SCORES[shots], task_args={"fewshot": shots})
    return inspect.written(log, folder)


def _helm(folder: Path, shots: int) -> Path:
    stats = [helm.stat("exact_match", SCORES[shots]), helm.stat("num_instances", 4)]
    spec = helm.spec(max_train_instances=shots)
    return helm.Run(folder, spec=spec, stats=stats, per_instance=None).written().path


def _every_eval_ever(folder: Path, shots: int) -> Path:
    told = {"additional_details": {"num_fewshot": str(shots)}}
    result = every_eval_ever.result(score=SCORES[shots], generation_config=told)
    return every_eval_ever.written(every_eval_ever.aggregate(result), folder)


MADE: dict[str, Callable[[Path, int], Path]] = {
    "lm-eval": _lm_eval,
    "lm-eval of 2022": _lm_eval_of_2022,
    "LightEval of 2025": _lighteval_of_2025,
    "LightEval": _lighteval,
    "Inspect": _inspect,
    "HELM": _helm,
    "Every Eval Ever": _every_eval_ever,
}
SILENT: dict[str, Callable[[Path], Path]] = {
    "OpenCompass": lambda folder: opencompass.written(folder).path,
    "simple-evals": lambda folder: simple_evals.written(folder).path,
    "EvalPlus": lambda folder: tested.evalplus_written(folder).path,
    "BigCode": lambda folder: tested.bigcode_written(folder).path,
    "LiveCodeBench": lambda folder: tested.livecodebench_written(folder).path,
    "SWE-bench": lambda folder: tested.swe_bench_written(folder).path,
    "gpt-oss evals": lambda folder: simple_evals.of_gpt_oss(folder).path,
}
"""Formats that have no place for shots: none of their records is known to have those required."""


def logs(tmp_path: Path, name: str, *shots: int) -> list[Path]:
    found = []
    for number in shots:
        folder = tmp_path / str(number)
        folder.mkdir(parents=True)
        found.append(MADE[name](folder, number))
    return found


def judged(tmp_path: Path, given: list[Path], *entries: str) -> Verdict:
    """A verdict on logs, whatever they call model and benchmark."""
    records = [r for found in inspected(given).files for r in found.records]
    aliases = ", ".join(f"'{task}'" for task in dict.fromkeys(r.asked.task for r in records))
    file = tmp_path / "requirements.yaml"
    rows = "".join(f"  - {{task: required, aliases: [{aliases}], {entry}}}\n" for entry in entries)
    file.write_text(
        f"weighin: 1\nmodel: {{name: '{records[0].model}', checkpoint: hf://org/model@"
        f"{FULL_COMMIT}}}\nevidence: named\nbenchmarks:\n{rows}"
    )
    return check(file, given)


def those(verdict: Verdict, rule: str, outcome: Outcome) -> list[Finding]:
    return [
        judged.finding
        for judged in verdict.findings
        if judged.rule == rule and judged.finding.outcome is outcome
    ]


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("required", SCORES)
def test_record_with_the_required_shots_is_judged_and_the_other_is_another_benchmark(
    name: str, required: int, tmp_path: Path
):
    verdict = judged(tmp_path, logs(tmp_path, name, 0, 5), f"num_fewshot: {required}")
    score = verdict.scores["required"]
    assert score is not None
    assert score.value == SCORES[required]
    for rule in ("as-required", "one-attempt", "no-conflicting-scores"):
        assert those(verdict, rule, Outcome.VIOLATED) == []
    other = {0: "required (5 shots)", 5: "required (0 shots)"}[required]
    assert sorted(r.asked.task for r in verdict.records) == ["required", other]


@pytest.mark.parametrize("name", MADE)
def test_record_with_other_shots_alone_is_not_as_required(name: str, tmp_path: Path):
    verdict = judged(tmp_path, logs(tmp_path, name, 5), "num_fewshot: 0")
    assert [f.found for f in those(verdict, "as-required", Outcome.VIOLATED)] == ["5"]


@pytest.mark.parametrize("name", MADE)
def test_both_shot_counts_can_be_required(name: str, tmp_path: Path):
    verdict = judged(tmp_path, logs(tmp_path, name, 5, 0), "num_fewshot: 0", "num_fewshot: 5")
    assert {label: score and score.value for label, score in verdict.scores.items()} == {
        "required (0 shots)": NONE,
        "required (5 shots)": FIVE,
    }
    for rule in ("as-required", "one-attempt", "no-conflicting-scores"):
        assert those(verdict, rule, Outcome.VIOLATED) == []


@pytest.mark.parametrize("name", MADE)
def test_one_shot_count_never_stands_for_another(name: str, tmp_path: Path):
    verdict = judged(tmp_path, logs(tmp_path, name, 5), "num_fewshot: 0", "num_fewshot: 5")
    assert verdict.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
    assert verdict.scores["required (0 shots)"] is None


@pytest.mark.parametrize("name", SILENT)
def test_record_that_tells_no_shots_is_never_known_to_have_those_required(
    name: str, tmp_path: Path
):
    folder = tmp_path / "log"
    folder.mkdir()
    verdict = judged(tmp_path, [SILENT[name](folder)], "num_fewshot: 0")
    said = those(verdict, "as-required", Outcome.UNDECIDED)
    assert any("num_fewshot" in finding.statement for finding in said)
