"""Adapters that are swapped or load themselves, and deltas."""

import shutil
from pathlib import Path

import pytest
from tests.making.runs.plain import differences, evaluate_plainly
from tests.making.runs.scene import (
    CHOICE,
    EMBEDDING,
    GENERATE,
    findings,
    record_of,
    requirements_file,
    save_tensors,
)

import weighin
from weighin.errors import CheckpointError, RequirementsError
from weighin.identity.facets import Facet
from weighin.rules.interface import Outcome

# peft 0.21 asks transformers 5 for a name that it will drop.
pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]


def test_an_adapter_swapped_in_its_folder_violates_same_adapters_and_same_weights(
    checkpoint: Path, tmp_path: Path
):
    adapter = _save_adapter(checkpoint, tmp_path / "adapter", seed=1)
    file = requirements_file(tmp_path, checkpoint, model=f"  adapter: {adapter}\n")
    with_adapter = {"peft": str(adapter)}
    before = evaluate_plainly(checkpoint, tmp_path / "plain1", model_arguments=with_adapter)
    weighin.run(file, results=tmp_path / "results", only=[CHOICE])
    shutil.rmtree(adapter)
    _save_adapter(checkpoint, adapter, seed=2)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2", model_arguments=with_adapter)
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])

    assert before.answers != after.answers
    assert differences(before, after) == ()
    verdict = weighin.check(file, [tmp_path / "results"])
    assert findings(verdict, "same-adapters")
    assert findings(verdict, "same-weights")


def test_an_adapter_that_the_requirements_name_is_met_and_on_disk(checkpoint: Path, tmp_path: Path):
    adapter = _save_adapter(checkpoint, tmp_path / "adapter", seed=1)
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE,), model=f"  adapter: {adapter}\n"
    )
    verdict = weighin.run(file, results=tmp_path / "results")

    loaded = record_of(verdict, CHOICE).loaded
    assert loaded is not None
    assert loaded.not_comparable == ()
    assert verdict.outcome is Outcome.MET


def test_an_adapter_on_one_benchmark_only_violates_same_adapters(checkpoint: Path, tmp_path: Path):
    adapter = _save_adapter(checkpoint, tmp_path / "adapter", seed=1)
    results = tmp_path / "results"
    weighin.run(requirements_file(tmp_path, checkpoint), results=results, only=[CHOICE])
    file = requirements_file(tmp_path, checkpoint, model=f"  adapter: {adapter}\n")
    weighin.run(file, results=results, only=[GENERATE])

    assert findings(weighin.check(file, [results]), "same-adapters")


def test_an_adapter_that_would_load_itself_is_refused(checkpoint: Path, tmp_path: Path):
    before = evaluate_plainly(checkpoint, tmp_path / "plain1")
    adapter = _save_adapter(checkpoint, tmp_path / "adapter", seed=1)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copy(adapter / name, checkpoint / name)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2")

    assert before.answers != after.answers
    assert differences(before, after) == ("config.model_num_parameters",)
    with pytest.raises(CheckpointError, match=r"adapter_config\.json lies beside the weights"):
        weighin.run(requirements_file(tmp_path, checkpoint), results=tmp_path / "results")


def test_a_delta_which_lm_eval_adds_twice_to_tied_weights_is_not_offered(
    checkpoint: Path, tmp_path: Path
):
    import torch
    from lm_eval.models.huggingface import HFLM
    from safetensors.torch import load_file

    delta = Path(shutil.copytree(checkpoint, tmp_path / "delta"))
    base = load_file(checkpoint / "model.safetensors")
    save_tensors(delta, {name: torch.full_like(t, 0.25) for name, t in base.items()})
    plain = HFLM(pretrained=str(checkpoint), delta=str(delta), device="cpu")
    file = requirements_file(tmp_path, checkpoint, model=f"  delta: {delta}\n")

    added = plain.model.get_parameter(EMBEDDING) - base[EMBEDDING]
    assert torch.allclose(added, torch.tensor(0.5))
    with pytest.raises(RequirementsError, match=r"model\.delta: unknown key"):
        weighin.run(file, results=tmp_path / "results")


def test_no_adapter_is_a_measured_fact(tiny_checkpoint: Path, tmp_path: Path):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,))
    verdict = weighin.run(file, results=tmp_path / "results")

    (identifier,) = record_of(verdict, CHOICE).observation(Facet.ADAPTERS).identifiers
    assert (identifier.value, identifier.grade) == ("none", "measured")


def _save_adapter(checkpoint: Path, folder: Path, *, seed: int) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(checkpoint)
    torch.manual_seed(seed)
    adapted = get_peft_model(
        model,
        LoraConfig(r=2, target_modules=["q_proj"], init_lora_weights=False, task_type="CAUSAL_LM"),
    )
    adapted.save_pretrained(folder)
    return folder
