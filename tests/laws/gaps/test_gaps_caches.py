"""Answers and prompts out of caches, and task settings that lm-eval's task hash leaves out."""

from pathlib import Path

import pytest
from tests.making.runs.plain import differences, evaluate_plainly
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    change_tensor,
    copied_tasks,
    edit_text,
    record_of,
    requirements_file,
    samples_of,
)

import weighin
from weighin.errors import RequirementsError

pytestmark = pytest.mark.model


def test_a_run_beside_a_request_cache_of_another_model_scores_its_own_answers(
    checkpoint: Path, tiny_checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    change_tensor(checkpoint)
    own = evaluate_plainly(checkpoint, tmp_path / "plain1")
    other = evaluate_plainly(tiny_checkpoint, tmp_path / "plain2", use_cache="cache")
    from_cache = evaluate_plainly(checkpoint, tmp_path / "plain3", use_cache="cache")
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)), results=tmp_path / "results"
    )

    assert from_cache.answers == other.answers != own.answers
    assert differences(own, from_cache) == ("config.use_cache",)
    rows = samples_of(tmp_path / "results", record_of(verdict, CHOICE))
    assert _log_likelihoods([row["resps"] for row in rows]) == pytest.approx(
        _log_likelihoods(own.answers[CHOICE])
    )


@pytest.mark.parametrize("key", ["use_cache", "cache_requests"])
@pytest.mark.parametrize("place", ["model", "benchmark", "file"])
def test_no_requirement_can_turn_on_a_cache_of_lm_eval(
    key: str, place: str, checkpoint: Path, tmp_path: Path
):
    line = f"{key}: true\n"
    file = requirements_file(
        tmp_path,
        checkpoint,
        benchmarks=(f"{CHOICE}\n    {line.strip()}" if place == "benchmark" else CHOICE,),
        model=f"  {line}" if place == "model" else "",
        rest=line if place == "file" else "",
    )

    with pytest.raises(RequirementsError, match=f"{key}: unknown key"):
        weighin.run(file, results=tmp_path / "results")


def test_an_edited_prompt_is_scored_as_edited_although_lm_eval_cached_the_old_one(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from lm_eval.caching import cache

    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(cache, "PATH", str(tmp_path / "cache"))
    tasks = copied_tasks(tmp_path / "tasks")
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), task_folder=tasks)
    old = weighin.run(file, results=tmp_path / "results")
    evaluate_plainly(checkpoint, tmp_path / "plain1", task_folder=tasks, cache_requests=True)
    edit_text(tasks / "tiny_choice.yaml", '"{{question}}"', '"Now: {{question}}"')
    plain = evaluate_plainly(
        checkpoint, tmp_path / "plain2", task_folder=tasks, cache_requests=True
    )
    new = weighin.run(file, results=tmp_path / "results")

    configs = plain.document["configs"]
    assert isinstance(configs, dict)
    assert configs[CHOICE]["doc_to_text"] == "Now: {{question}}"
    assert plain.prompts[CHOICE][0] == "1 plus 1 is"
    first = samples_of(tmp_path / "results", record_of(new, CHOICE))[0]
    assert first["arguments"]["gen_args_0"]["arg_0"] == "Now: 1 plus 1 is"
    assert record_of(new, CHOICE).run.job_id != record_of(old, CHOICE).run.job_id


@pytest.mark.parametrize(
    ("task", "old", "new"),
    [
        (CHOICE, "doc_to_choice: choices\n", 'doc_to_choice: choices\ntarget_delimiter: ""\n'),
        (GENERATE, "  max_gen_toks: 4\n", "  max_gen_toks: 4\n  no_repeat_ngram_size: 1\n"),
        (GENERATE, "  max_gen_toks: 4\n", "  max_gen_toks: 2\n"),
    ],
    ids=["target_delimiter", "no_repeat_ngram_size", "max_gen_toks"],
)
def test_a_task_setting_outside_the_task_hash_makes_another_job(
    task: str, old: str, new: str, checkpoint: Path, tmp_path: Path
):
    tasks = copied_tasks(tmp_path / "tasks")
    file = requirements_file(tmp_path, checkpoint, benchmarks=(task,), task_folder=tasks)
    before = evaluate_plainly(checkpoint, tmp_path / "plain1", tasks=(task,), task_folder=tasks)
    first = record_of(weighin.run(file, results=tmp_path / "results"), task)
    edit_text(tasks / f"{task}.yaml", old, new)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2", tasks=(task,), task_folder=tasks)
    second = record_of(weighin.run(file, results=tmp_path / "results"), task)

    assert before.answers != after.answers
    assert before.document["task_hashes"] == after.document["task_hashes"] != {}
    assert first.run.job_id != second.run.job_id
    assert first.asked.config_digest != second.asked.config_digest
    assert first.asked.prompts_digest != second.asked.prompts_digest
    assert first.asked.documents_digest == second.asked.documents_digest


def test_an_edited_helper_of_a_task_makes_another_job(checkpoint: Path, tmp_path: Path):
    tasks = copied_tasks(tmp_path / "tasks")
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), task_folder=tasks)
    first = record_of(weighin.run(file, results=tmp_path / "results"), CHOICE)
    edit_text(tasks / "load.py", "range(1, 7)", "range(2, 8)")
    second = record_of(weighin.run(file, results=tmp_path / "results"), CHOICE)

    assert first.run.job_id != second.run.job_id
    assert first.asked.documents_digest != second.asked.documents_digest


def _log_likelihoods(answers: list) -> list[float]:
    return [float(choice[0][0]) for document in answers for choice in document]
