"""A base with a PEFT LoRA against what PEFT merges, and against the bare base."""

import json

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.making.checkpoints.comparing import changed_copy, compare, given, pattern, tensors_of
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin.identity.comparison.checkpoints import compare_checkpoints
from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.facets import Facet

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing.*:FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:peft"),
]

TARGETS = ["q_proj", "v_proj", "down_proj"]


def save_base(folder, dtype):
    return save_tiny_checkpoint(folder, hidden=64, dtype=dtype)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """In float32. No test may change it."""
    return save_base(tmp_path_factory.mktemp("base") / "base", "float32")


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """In bfloat16. No test may change it."""
    return save_base(tmp_path_factory.mktemp("half") / "base", "bfloat16")


def adapted(folder, place, *, dtype=None, **options):
    """An adapter of random numbers and what PEFT merges of it: their folders."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    config = peft.LoraConfig(task_type="CAUSAL_LM", **{"target_modules": TARGETS, "r": 4} | options)
    torch.manual_seed(0)
    wrapped = peft.get_peft_model(model, config, autocast_adapter_dtype=dtype is None)
    for name, parameter in wrapped.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    wrapped.save_pretrained(place / "adapter")
    wrapped.merge_and_unload().save_pretrained(place / "merged")
    for file in (*folder.glob("token*"), *folder.glob("special*"), *folder.glob("*.jinja")):
        (place / "merged" / file.name).write_bytes(file.read_bytes())
    return place / "adapter", place / "merged"


OPTIONS = {
    "plain": {"lora_alpha": 16},
    "rank stabilised": {"lora_alpha": 16, "use_rslora": True},
    "patterns": {
        "lora_alpha": 8,
        "rank_pattern": {"v_proj": 2, r"layers\.1\.self_attn\.q_proj": 8},
        "alpha_pattern": {"v_proj": 32, ".*down_proj": 1},
    },
    "embedding": {"lora_alpha": 8, "target_modules": ["embed_tokens", "up_proj"]},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_what_peft_merges_is_a_merged_adapter(base, half, tmp_path, dtype, options):
    folder = base if dtype == "float32" else half
    adapter, merged = adapted(folder, tmp_path, **options)
    report = compare(folder, merged, adapter)
    assert report.relation is Kinship.MERGED_ADAPTER
    before, after = tensors_of(folder), tensors_of(merged)
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    found = pattern(report, PatternKind.MERGED_ADAPTER)
    assert set(found.tensors) == changed
    assert found.evidence["most_max_roundings"] <= 2
    assert "the second is the first with its adapter merged" in found.statement


def test_an_adapter_in_bfloat16_is_merged_within_its_own_rounding(half, tmp_path):
    adapter, merged = adapted(half, tmp_path, dtype="bfloat16", lora_alpha=16)
    assert {t.dtype for t in load_file(adapter / "adapter_model.safetensors").values()} == {
        torch.bfloat16
    }
    assert compare(half, merged, adapter).relation is Kinship.MERGED_ADAPTER


def test_a_merge_that_was_cast_is_a_merged_adapter(base, tmp_path):
    adapter, merged = adapted(base, tmp_path, lora_alpha=16)
    cast = changed_copy(merged, tmp_path / "cast", lambda t: {n: w.half() for n, w in t.items()})
    assert compare(base, cast, adapter).relation is Kinship.MERGED_ADAPTER


def test_weights_stored_as_inputs_by_outputs_are_merged_transposed(tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    config = GPT2Config(vocab_size=64, n_positions=32, n_embd=32, n_layer=2, n_head=2)
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "base")
    adapter, merged = adapted(
        tmp_path / "base",
        tmp_path,
        lora_alpha=16,
        target_modules=["c_attn", "c_fc"],
        fan_in_fan_out=True,
    )
    report = compare(tmp_path / "base", merged, adapter)
    assert report.relation is Kinship.MERGED_ADAPTER
    assert len(pattern(report, PatternKind.MERGED_ADAPTER).tensors) == 4


def test_another_scaling_is_no_merge_of_this_adapter(base, tmp_path):
    adapter, _ = adapted(base, tmp_path / "one", lora_alpha=16)
    _, merged = adapted(base, tmp_path / "two", lora_alpha=15)
    report = compare(base, merged, adapter)
    assert report.relation is Kinship.RELATED
    assert PatternKind.MERGED_ADAPTER not in {p.kind for p in report.patterns}
    found = pattern(report, PatternKind.LOW_RANK)
    assert found.evidence["least_rank"] == 4


def test_one_number_beyond_rounding_is_no_merge(half, tmp_path):
    adapter, merged = adapted(half, tmp_path, lora_alpha=16)
    name = "model.layers.0.self_attn.q_proj.weight"

    def change(tensors):
        tensors[name][3, 5] += 0.5
        return tensors

    report = compare(half, changed_copy(merged, tmp_path / "x", change), adapter)
    assert report.relation is Kinship.RELATED
    assert name not in pattern(report, PatternKind.MERGED_ADAPTER).tensors


def test_the_bare_base_is_the_same_base(base, tmp_path):
    adapter, _ = adapted(base, tmp_path, lora_alpha=16)
    report = compare(base, base, adapter)
    assert report.relation is Kinship.ADAPTER_ATTACHED
    assert [difference.facet for difference in report.facets] == [Facet.ADAPTERS]
    assert pattern(report, PatternKind.LOW_RANK).evidence["most_rank"] == 4
    assert all(name.split(".")[-2] in TARGETS for name in report.differing)


def test_two_adapters_on_one_base_are_compared_as_they_act(base, tmp_path):
    one, _ = adapted(base, tmp_path / "one", lora_alpha=16)
    two, _ = adapted(base, tmp_path / "two", lora_alpha=8)
    report = compare_checkpoints(given(base, one), given(base, two))
    assert report.relation is Kinship.SAME_BUT_FOR_FACETS
    assert report.headline.startswith("same but for the adapters")
    assert {tensor.evidence["rank"] for tensor in report.measured} == {4}


def test_the_adapter_of_another_base_is_not_measured(base, tmp_path):
    other = save_tiny_checkpoint(tmp_path / "wide", hidden=128)
    adapter, _ = adapted(other, tmp_path, lora_alpha=16)
    report = compare(base, base, adapter)
    (entry,) = report.not_measured
    assert entry.name.startswith("the adapter of")
    assert "expected matrices of 64 x 4" in entry.reason
    assert "merged" not in report.relation


def test_a_variant_that_adds_more_than_a_product_is_not_measured(base, tmp_path):
    adapter, merged = adapted(base, tmp_path, lora_alpha=16, use_dora=True)
    report = compare(base, merged, adapter)
    assert report.relation is Kinship.RELATED
    assert "use_dora" in report.not_measured[0].reason


def test_a_cast_is_no_cast_of_a_base_whose_adapter_is_not_understood(base, tmp_path):
    adapter, _ = adapted(base, tmp_path, lora_alpha=16, use_dora=True)
    cast = changed_copy(base, tmp_path / "cast", lambda t: {n: w.half() for n, w in t.items()})
    assert compare(base, cast).relation is Kinship.SAME_AFTER_CAST
    assert compare(base, cast, adapter).relation is Kinship.RELATED


def test_a_pattern_that_could_take_for_ever_is_refused(base, tmp_path):
    adapter, merged = adapted(base, tmp_path, lora_alpha=16)
    config = json.loads((adapter / "adapter_config.json").read_text())
    config["alpha_pattern"] = {"(a+)+b": 1}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    report = compare(base, merged, adapter)
    assert "expected a plain pattern" in report.not_measured[0].reason


def test_an_adapter_in_the_folder_of_its_base_is_attached(base, tmp_path):
    adapter, merged = adapted(base, tmp_path, lora_alpha=16)
    own = changed_copy(base, tmp_path / "own", dict)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (own / name).write_bytes((adapter / name).read_bytes())
    assert compare(own, merged).relation is Kinship.MERGED_ADAPTER


def test_a_tensor_beside_the_matrices_is_not_measured(base, tmp_path):
    adapter, merged = adapted(base, tmp_path, lora_alpha=16)
    file = adapter / "adapter_model.safetensors"
    save_file(load_file(file) | {"base_model.model.lm_head.weight": torch.ones(4, 4)}, file)
    report = compare(base, merged, adapter)
    assert "lm_head" in report.not_measured[0].reason
