"""Weights that are swapped, changed in memory, overwritten, tied or missing.

lm-eval says nothing of any of these: each test shows that first.
"""

import os
from pathlib import Path

import pytest
from tests.making.runs.plain import differences, evaluate_plainly
from tests.making.runs.scene import (
    CHOICE,
    EMBEDDING,
    GENERATE,
    HEAD,
    UP_PROJECTION,
    At,
    change_tensor,
    edit_json,
    findings,
    overwrite_tensor_in_place,
    record_of,
    requirements_file,
    save_tensors,
    violated_rules,
)
from tests.making.tiny.checkpoint import save_tiny_checkpoint

import weighin
from weighin.errors import RunError
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


def test_weights_swapped_at_one_path_violate_same_weights(checkpoint: Path, tmp_path: Path):
    results, file = tmp_path / "results", requirements_file(tmp_path, checkpoint)
    before = evaluate_plainly(checkpoint, tmp_path / "plain1")
    weighin.run(file, results=results, only=[CHOICE])
    change_tensor(checkpoint)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2")
    weighin.run(file, results=results, only=[GENERATE])

    assert before.answers != after.answers
    assert differences(before, after) == ()
    (finding,) = findings(weighin.check(file, [results]), "same-weights")
    assert finding.tensors == (UP_PROJECTION,)


def test_a_parameter_mutated_during_a_benchmark_violates_weights_unchanged(
    checkpoint: Path, tmp_path: Path, loaded_models: list
):
    listener = At(lambda: _add(loaded_models[0], 0.5), benchmark=CHOICE, requests=40)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    assert listener.has_acted()
    (finding,) = findings(verdict, "weights-unchanged-during-run")
    assert (finding.benchmarks, finding.tensors) == ((CHOICE,), (UP_PROJECTION,))
    assert findings(verdict, "same-weights")


def test_a_parameter_mutated_between_benchmarks_violates_weights_unchanged(
    checkpoint: Path, tmp_path: Path, loaded_models: list
):
    from lm_eval.models.huggingface import HFLM

    plain = HFLM(pretrained=str(checkpoint), device="cpu")
    before = evaluate_plainly(plain, tmp_path / "plain1")
    _add(plain.model, 0.5)
    after = evaluate_plainly(plain, tmp_path / "plain2")
    listener = At(lambda: _add(loaded_models[0], 0.5), benchmark=GENERATE, requests=None)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    assert before.answers != after.answers
    assert differences(before, after) == ()
    (finding,) = findings(verdict, "weights-unchanged-during-run")
    assert (finding.benchmarks, finding.tensors) == ((GENERATE,), (UP_PROJECTION,))


def test_a_tensor_overwritten_in_the_file_mid_run_is_never_met(checkpoint: Path, tmp_path: Path):
    listener = At(lambda: overwrite_tensor_in_place(checkpoint), benchmark=CHOICE, requests=40)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    assert listener.has_acted()
    assert verdict.outcome is Outcome.VIOLATED
    found = findings(verdict, "weights-unchanged-during-run")
    assert any(UP_PROJECTION in finding.statement for finding in found)
    assert {task for finding in found for task in finding.benchmarks} == {CHOICE, GENERATE}


def test_an_overwritten_file_changes_what_plain_lm_eval_scores_and_not_what_it_says(
    checkpoint: Path, tmp_path: Path
):
    from lm_eval.models.huggingface import HFLM

    plain = HFLM(pretrained=str(checkpoint), device="cpu")
    before = evaluate_plainly(plain, tmp_path / "plain1")
    overwrite_tensor_in_place(checkpoint)
    after = evaluate_plainly(plain, tmp_path / "plain2")

    assert before.answers != after.answers
    assert differences(before, after) == ()


def test_a_run_answers_from_memory_and_not_from_an_overwritten_file(
    checkpoint: Path, tmp_path: Path
):
    listener = At(lambda: overwrite_tensor_in_place(checkpoint), benchmark=CHOICE, requests=None)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)),
        results=tmp_path / "results",
        listener=listener,
    )

    loaded = record_of(verdict, CHOICE).loaded
    assert loaded is not None
    assert loaded.digest_before == loaded.digest_after
    assert any(UP_PROJECTION in change for change in loaded.files_changed_during_run)


def test_a_tensor_overwritten_under_a_memory_map_changed_in_memory(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from weighin.harness.local import model as local_model

    # As with a transformers that knows no `disable_mmap`.
    monkeypatch.setattr(local_model, "_loads_without_mmap", lambda: False)
    listener = At(lambda: overwrite_tensor_in_place(checkpoint), benchmark=CHOICE, requests=40)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)),
        results=tmp_path / "results",
        listener=listener,
    )

    assert listener.has_acted()
    found = findings(verdict, "weights-unchanged-during-run")
    assert (UP_PROJECTION,) in {finding.tensors for finding in found}


def test_a_file_truncated_mid_run_is_a_finding_and_no_crash(checkpoint: Path, tmp_path: Path):
    weights = checkpoint / "model.safetensors"
    listener = At(lambda: os.truncate(weights, 4096), benchmark=CHOICE, requests=40)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    assert listener.has_acted()
    assert verdict.outcome is Outcome.VIOLATED
    assert len(verdict.records) == 2
    found = findings(verdict, "weights-unchanged-during-run")
    assert any("model.safetensors" in finding.statement for finding in found)


def test_a_head_of_its_own_that_the_loader_ties_violates_loaded_is_on_disk(tmp_path: Path):
    from safetensors.torch import load_file

    checkpoint = save_tiny_checkpoint(tmp_path / "checkpoint", tied=False)
    edit_json(checkpoint / "config.json", tie_word_embeddings=True)
    with_head = evaluate_plainly(checkpoint, tmp_path / "plain1")
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)), results=tmp_path / "results"
    )
    tensors = load_file(checkpoint / "model.safetensors")
    del tensors[HEAD]
    save_tensors(checkpoint, tensors)
    without_head = evaluate_plainly(checkpoint, tmp_path / "plain2")

    assert with_head.answers == without_head.answers
    assert differences(with_head, without_head) == ()
    (finding,) = findings(verdict, "loaded-is-on-disk")
    assert finding.tensors == (HEAD,)


def test_a_missing_tensor_violates_loaded_is_on_disk(checkpoint: Path, tmp_path: Path):
    from safetensors.torch import load_file

    whole = evaluate_plainly(checkpoint, tmp_path / "plain1")
    tensors = load_file(checkpoint / "model.safetensors")
    del tensors[UP_PROJECTION]
    save_tensors(checkpoint, tensors)
    lacking = evaluate_plainly(checkpoint, tmp_path / "plain2")
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)), results=tmp_path / "results"
    )

    assert whole.answers != lacking.answers
    assert differences(whole, lacking) == ()
    (finding,) = findings(verdict, "loaded-is-on-disk")
    assert finding.tensors == (UP_PROJECTION,)
    assert "randomly initialised" in finding.statement


def test_a_tensor_of_another_shape_than_the_config_says_is_refused(
    checkpoint: Path, tmp_path: Path
):
    from safetensors.torch import load_file

    tensors = load_file(checkpoint / "model.safetensors")
    tensors[UP_PROJECTION] = tensors[UP_PROJECTION][:-1].clone()
    save_tensors(checkpoint, tensors)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,))

    with pytest.raises(RunError, match="cannot load it"):
        weighin.run(file, results=tmp_path / "results")


def test_tied_weights_are_named(tiny_checkpoint: Path, tmp_path: Path):
    verdict = weighin.run(
        requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,)),
        results=tmp_path / "results",
    )

    loaded = record_of(verdict, CHOICE).loaded
    assert loaded is not None
    assert loaded.tied == (f"{HEAD} = {EMBEDDING}",)
    assert verdict.outcome is Outcome.MET


def test_an_untied_checkpoint_has_no_tied_weights_and_is_met(tmp_path: Path):
    checkpoint = save_tiny_checkpoint(tmp_path / "checkpoint", tied=False)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)), results=tmp_path / "results"
    )

    loaded = record_of(verdict, CHOICE).loaded
    assert loaded is not None
    assert loaded.tied == ()
    # 9 tensors a layer, the embedding, the last norm and the head.
    assert loaded.exactly_on_disk == 2 * 9 + 3
    assert verdict.outcome is Outcome.MET


def test_bfloat16_loaded_as_float32_is_on_disk_after_a_cast(tmp_path: Path):
    checkpoint = save_tiny_checkpoint(tmp_path / "checkpoint", dtype="bfloat16")
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), model="  dtype: float32\n"),
        results=tmp_path / "results",
    )

    loaded = record_of(verdict, CHOICE).loaded
    assert loaded is not None
    # 9 tensors a layer, the embedding and the last norm; the head is tied.
    assert (loaded.exactly_on_disk, loaded.on_disk_after_cast) == (0, 2 * 9 + 2)
    assert verdict.outcome is Outcome.MET


def test_shards_give_the_same_weights_as_one_file(tiny_checkpoint: Path, tmp_path: Path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    sharded = tmp_path / "sharded"
    AutoModelForCausalLM.from_pretrained(tiny_checkpoint).save_pretrained(
        sharded, max_shard_size="40KB"
    )
    AutoTokenizer.from_pretrained(tiny_checkpoint).save_pretrained(sharded)
    results, file = tmp_path / "results", requirements_file(tmp_path, tiny_checkpoint)
    weighin.run(file, results=results, only=[CHOICE])
    weighin.run(requirements_file(tmp_path, sharded), results=results, only=[GENERATE])

    assert len(list(sharded.glob("model-*.safetensors"))) > 1
    verdict = weighin.check(file, [results])
    assert len(findings(verdict, "same-weights", Outcome.MET)) == 1
    assert not {"same-weights", "loaded-is-on-disk"} & violated_rules(verdict)


def test_a_hook_on_the_model_violates_same_config(
    checkpoint: Path, tmp_path: Path, loaded_models: list
):
    def attach() -> None:
        layer = loaded_models[0].model.layers[0]
        layer.mlp.register_forward_hook(lambda _module, _inputs, output: output * 2)

    listener = At(attach, benchmark=CHOICE, requests=None)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    found = findings(verdict, "same-config")
    assert any("changed while tiny_choice ran" in finding.statement for finding in found)
    assert not findings(verdict, "same-weights")


def test_a_replaced_forward_violates_same_config(
    checkpoint: Path, tmp_path: Path, loaded_models: list
):
    def replace() -> None:
        mlp = loaded_models[0].model.layers[0].mlp
        own = mlp.forward
        mlp.forward = lambda hidden: own(hidden) * 2

    listener = At(replace, benchmark=CHOICE, requests=None)
    verdict = weighin.run(
        requirements_file(tmp_path, checkpoint), results=tmp_path / "results", listener=listener
    )

    found = findings(verdict, "same-config")
    assert any("changed while tiny_choice ran" in finding.statement for finding in found)


def _add(model, value: float) -> None:
    import torch

    with torch.no_grad():
        model.get_parameter(UP_PROJECTION).add_(value)
