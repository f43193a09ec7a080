"""Substitutions of a real tiny Llama, each named by the pattern of what it changed."""

import json
import math

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tests.making.checkpoints.comparing import UP, K, Q, changed_copy, kinds, pattern, tensors_of
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin import api
from weighin.errors import CheckpointError
from weighin.identity.comparison.checkpoints import Given, compare_checkpoints
from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.checkpoint import fingerprint

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """In float32. No test may change it."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("wide") / "base", hidden=128)


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """In bfloat16. No test may change it."""
    folder = tmp_path_factory.mktemp("half") / "base"
    return save_tiny_checkpoint(folder, hidden=128, dtype="bfloat16")


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """Another seed."""
    return save_tiny_checkpoint(tmp_path_factory.mktemp("other") / "other", hidden=128, seed=1)


@pytest.fixture
def compared(tmp_path):
    """Compares a checkpoint with a copy that was changed."""

    def compare(folder, change, **options):
        return api.compare(folder, changed_copy(folder, tmp_path / "changed", change), **options)

    return compare


def test_a_checkpoint_is_the_same_files_as_itself(base):
    report = api.compare(base, base)
    assert report.relation is Kinship.SAME_FILES
    assert (report.patterns, report.differing, report.relative_frobenius) == ((), (), None)


def test_shards_are_the_same_checkpoint_in_other_files(base, tmp_path):
    from transformers import AutoModelForCausalLM

    sharded = tmp_path / "sharded"
    AutoModelForCausalLM.from_pretrained(base).save_pretrained(sharded, max_shard_size="200KB")
    for file in base.glob("*.json*"):
        if not (sharded / file.name).exists():
            (sharded / file.name).write_bytes(file.read_bytes())
    for file in base.glob("*.jinja"):
        (sharded / file.name).write_bytes(file.read_bytes())
    assert len(list(sharded.glob("*.safetensors"))) > 1
    assert api.compare(base, sharded).relation is Kinship.SAME_CHECKPOINT


def test_one_bit_is_one_element_of_one_tensor(base, compared):
    def flip(tensors):
        tensors[UP].view(torch.int32)[5, 7] ^= 1 << 12
        return tensors

    report = compared(base, flip)
    found = pattern(report, PatternKind.FEW_ELEMENTS)
    assert found.tensors == report.differing == (UP,)
    assert (found.evidence["most_elements_differing"], found.evidence["most_bits_differing"]) == (
        1.0,
        1.0,
    )
    assert report.relation is Kinship.RELATED


def test_one_optimiser_step_is_a_small_dense_change(base, tmp_path):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    ids = torch.arange(64)[None] % 250
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.0)
    model(input_ids=ids, labels=ids).loss.backward()
    optimiser.step()
    after = {name: p.detach() for name, p in model.named_parameters()}
    report = api.compare(
        base, changed_copy(base, tmp_path / "stepped", lambda old: {n: after[n] for n in old})
    )
    assert report.relation is Kinship.RELATED
    assert set(report.differing) == set(tensors_of(base))
    # The first step of Adam moves by lr * |g| / (|g| + eps), which is at most lr.
    assert report.max_abs == pytest.approx(1e-4, rel=1e-2)
    difference = sum(float(((after[n] - before[n]).double() ** 2).sum()) for n in before)
    norm = sum(float((before[n].double() ** 2).sum()) for n in before)
    assert report.relative_frobenius == pytest.approx(math.sqrt(difference / norm), rel=1e-6)
    assert kinds(report) == {PatternKind.DENSE}


@pytest.mark.parametrize("rank", [1, 8])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_merged_lora_shows_its_rank(base, half, compared, rank, dtype):
    random = torch.Generator().manual_seed(rank)
    names = [f"model.layers.{i}.self_attn.{p}_proj.weight" for i in (0, 1) for p in "qv"]

    def merge(tensors):
        for name in names:
            rows, columns = tensors[name].shape
            down = torch.randn(rank, columns, generator=random) * 0.05
            up = torch.randn(rows, rank, generator=random) * 0.05
            tensors[name] = (tensors[name].float() + up @ down).to(tensors[name].dtype)
        return tensors

    folder = base if dtype == "float32" else half
    report = compared(folder, merge)
    found = pattern(report, PatternKind.LOW_RANK)
    assert sorted(found.tensors) == sorted(report.differing) == sorted(names)
    assert (found.evidence["least_rank"], found.evidence["most_rank"]) == (rank, rank)
    assert found.detail == "up to rounding"
    assert f"consistent with a merged LoRA of rank {rank}" in found.statement


def test_the_energy_of_a_low_rank_change_is_that_of_its_singular_values(half, compared, tmp_path):
    left, right = torch.randn(256, 4) * 0.1, torch.randn(4, 128) * 0.1
    report = compared(half, lambda t: t | {UP: (t[UP].float() + left @ right).bfloat16()})
    before, after = tensors_of(half)[UP], tensors_of(tmp_path / "changed")[UP]
    values = np.linalg.svd((after.double() - before.double()).numpy(), compute_uv=False)
    (tensor,) = report.measured
    assert tensor.evidence["rank"] == 4
    energy = (values[:4] ** 2).sum() / (values**2).sum()
    assert tensor.evidence["energy"] == pytest.approx(energy, rel=1e-6)
    assert tensor.evidence["next_ratio"] == pytest.approx(values[4] / values[3], rel=0.05)


def quantised(weight, bits, group):
    """Round to nearest, absolute largest: what most 8- and 4-bit loaders do."""
    rows, columns = weight.shape
    most = 2 ** (bits - 1) - 1
    groups = weight.float().reshape(rows, columns // group, group)
    step = groups.abs().amax(-1, keepdim=True) / most
    levels = (groups / step).round().clamp(-most - 1, most)
    return (levels * step).reshape(rows, columns).to(weight.dtype)


@pytest.mark.parametrize(("bits", "group"), [(8, 128), (4, 128), (4, 32), (8, 64)])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_quantisers_round_trip_shows_its_bits_and_groups(
    base, half, compared, *, bits, group, dtype
):
    names = (UP, Q)
    folder = base if dtype == "float32" else half
    report = compared(folder, lambda t: t | {n: quantised(t[n], bits, group) for n in names})
    found = pattern(report, PatternKind.REQUANTISED)
    assert set(found.tensors) == set(names)
    where = "per row" if group == 128 else f"per group of {group}"
    assert found.detail.endswith(f"-> int{bits} {where}")
    assert found.evidence["least_share_within_half_step"] > 0.99
    # Rounding to nearest moves by at most half a step; storing it in bfloat16 moves once more.
    assert found.evidence["most_max_steps"] <= (0.51 if dtype == "float32" else 1.0)
    # Uniform between -1/2 and 1/2.
    assert found.evidence["least_rms_steps"] == pytest.approx(12**-0.5, rel=0.15)


def test_a_quantiser_with_zero_points_is_told_from_one_without(base, compared):
    def affine(weight):
        least, most = weight.amin(1, keepdim=True), weight.amax(1, keepdim=True)
        step = (most - least) / 15
        return ((weight - least) / step).round() * step + least

    report = compared(base, lambda t: t | {UP: affine(t[UP])})
    assert pattern(report, PatternKind.REQUANTISED).detail == "F32 -> int4 per row with an offset"


def test_the_quantised_one_may_be_the_first(base, tmp_path):
    coarse = changed_copy(base, tmp_path / "q", lambda t: t | {UP: quantised(t[UP], 8, 128)})
    report = api.compare(coarse, base)
    assert pattern(report, PatternKind.REQUANTISED).detail == "F32 <- int8 per row"


def test_bfloat16_through_float16_and_back_is_named(half, compared):
    report = compared(half, lambda t: {n: w.half().bfloat16() for n, w in t.items()})
    found = pattern(report, PatternKind.ROUND_TRIP)
    assert found.detail == "BF16 -> F16 -> BF16"
    assert set(found.tensors) == set(report.differing)
    assert report.differing
    weights = tensors_of(half)
    for tensor in report.measured:
        weight = weights[tensor.name]
        assert tensor.elements_differing == int((weight.half().bfloat16() != weight).sum())


def test_a_cast_to_bfloat16_is_exact(base, compared):
    report = compared(base, lambda t: {n: w.bfloat16() for n, w in t.items()})
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert pattern(report, PatternKind.CAST).detail == "F32 -> BF16"
    assert kinds(report) == {PatternKind.CAST}
    assert {d.facet for d in report.facets} == {Facet.WEIGHTS, Facet.DTYPE}


def test_a_cast_may_be_the_first(base, tmp_path):
    cast = changed_copy(base, tmp_path / "h", lambda t: {n: w.half() for n, w in t.items()})
    report = api.compare(cast, base)
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert pattern(report, PatternKind.CAST).detail == "F16 <- F32"


def test_a_cast_and_one_other_tensor_is_no_cast(base, compared):
    report = compared(
        base, lambda t: {n: w.bfloat16() * (2 if n == UP else 1) for n, w in t.items()}
    )
    assert report.relation is Kinship.RELATED
    assert pattern(report, PatternKind.SCALED).tensors == (UP,)


def test_swapped_q_and_k_are_named(base, compared):
    report = compared(base, lambda t: t | {Q: t[K], K: t[Q]})
    assert report.relation is Kinship.RELATED
    found = {p.tensors: p.detail for p in report.patterns if p.kind is PatternKind.EXCHANGED}
    assert found == {(Q,): K, (K,): Q}


def test_a_template_edit_is_the_only_facet(base, tmp_path):
    edited = changed_copy(base, tmp_path / "edited", dict)
    (edited / "chat_template.jinja").write_text("another")
    report = api.compare(base, edited)
    assert report.relation is Kinship.SAME_BUT_FOR_FACETS
    ((facet, agreement),) = ((d.facet, d.agreement) for d in report.facets)
    assert (facet, agreement) == (Facet.CHAT_TEMPLATE, Agreement.DIFFERENT)
    assert report.headline == "same but for the chat template"


def test_an_added_token_shows_as_a_row_and_in_the_tokenizer(base, tmp_path):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base)
    rows = model.config.vocab_size
    tokenizer.add_tokens(["<new>"])
    model.resize_token_embeddings(rows + 1, mean_resizing=False)
    model.save_pretrained(tmp_path / "more")
    tokenizer.save_pretrained(tmp_path / "more")
    report = api.compare(base, tmp_path / "more")
    found = pattern(report, PatternKind.RESIZED)
    assert (found.evidence["rows_first"], found.evidence["rows_second"]) == (rows, rows + 1)
    assert found.evidence["equal"] == 1.0
    assert report.differing == ("model.embed_tokens.weight",)
    assert {Facet.TOKENIZER, Facet.CONFIG} <= {d.facet for d in report.facets}
    assert report.relation is Kinship.RELATED


def test_permuted_neurons_are_named_by_their_axis(base, compared):
    order = torch.randperm(256, generator=torch.Generator().manual_seed(0))
    down = "model.layers.1.mlp.down_proj.weight"
    report = compared(base, lambda t: t | {UP: t[UP][order], down: t[down][:, order]})
    found = {p.tensors: p for p in report.patterns if p.kind is PatternKind.PERMUTED}
    assert {names: p.detail for names, p in found.items()} == {(UP,): "rows", (down,): "columns"}
    moved = int((order != torch.arange(256)).sum())
    assert all(p.evidence["most_moved"] == moved for p in found.values())


def test_tensors_without_the_models_prefix_are_the_same(base, compared):
    report = compared(base, lambda t: {n.removeprefix("model."): w for n, w in t.items()})
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == len(tensors_of(base))


def test_tensors_under_unknown_names_are_found_by_content(base, compared):
    report = compared(base, lambda t: {f"t{i}": w for i, w in enumerate(t.values())})
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert pattern(report, PatternKind.RENAMED).evidence["by_content"] == len(tensors_of(base))


def test_a_tied_head_that_is_stored_is_a_copy(base, compared):
    report = compared(base, lambda t: t | {"lm_head.weight": t["model.embed_tokens.weight"]})
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert pattern(report, PatternKind.COPIED).tensors == ("lm_head.weight",)


def fused(tensors):
    """As Phi-3 stores q, k, v and gate, up."""
    made = dict(tensors)
    for layer in range(2):
        head = f"model.layers.{layer}."
        qkv = [made.pop(f"{head}self_attn.{p}_proj.weight") for p in "qkv"]
        made[f"{head}self_attn.qkv_proj.weight"] = torch.cat(qkv)
        both = [made.pop(f"{head}mlp.{p}_proj.weight") for p in ("gate", "up")]
        made[f"{head}mlp.gate_up_proj.weight"] = torch.cat(both)
    return made


def test_fused_projections_are_the_same_tensors(base, compared):
    report = compared(base, fused)
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert pattern(report, PatternKind.REGROUPED).evidence["equal"] == 10.0
    assert report.only_in_first == report.only_in_second == ()


def test_a_change_within_a_fused_tensor_names_its_part(base, compared):
    def change(tensors):
        made = fused(tensors)
        made["model.layers.0.self_attn.qkv_proj.weight"][130, 3] += 1.0
        return made

    report = compared(base, change)
    (tensor,) = report.measured
    assert (tensor.name, tensor.second) == (K, "model.layers.0.self_attn.qkv_proj.weight[128:256]")
    assert tensor.max_abs == pytest.approx(1.0, rel=1e-6)


def test_fused_experts_are_the_same_tensors(tmp_path, base):
    random = torch.Generator().manual_seed(3)
    apart, together = {}, {}
    head = "model.layers.0."
    halves, downs = [], []
    for expert in range(3):
        gate, up = (torch.randn(32, 64, generator=random) for _ in range(2))
        down = torch.randn(64, 32, generator=random)
        for name, weight in (("w1", gate), ("w3", up), ("w2", down)):
            apart[f"{head}block_sparse_moe.experts.{expert}.{name}.weight"] = weight
        halves.append(torch.cat([gate, up]))
        downs.append(down)
    together[f"{head}mlp.experts.gate_up_proj"] = torch.stack(halves)
    together[f"{head}mlp.experts.down_proj"] = torch.stack(downs)
    folders = [
        changed_copy(base, tmp_path / n, lambda _, t=t: t)
        for n, t in (("apart", apart), ("together", together))
    ]
    report = api.compare(*folders)
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.pairs == 9


def test_an_average_of_parents_is_named_with_its_coefficients(base, other, tmp_path):
    mine, theirs = tensors_of(base), tensors_of(other)
    merged = changed_copy(
        base, tmp_path / "merged", lambda t: {n: 0.3 * t[n] + 0.7 * theirs[n] for n in t}
    )
    report = api.compare(merged, merged, parents=[base, other])
    assert report.parents is not None
    assert report.parents.coefficients == pytest.approx((0.3, 0.7), abs=1e-6)
    assert report.parents.tensors == len(mine)
    assert report.parents.relative_residual < 1e-6
    assert report.parents.within_rounding
    assert PatternKind.MERGE in kinds(report)


def test_a_parent_that_does_not_explain_is_no_merge(base, other, compared):
    report = compared(base, lambda t: t | {UP: tensors_of(other)[UP]}, parents=[base])
    assert report.parents is not None
    assert not report.parents.within_rounding
    assert PatternKind.MERGE not in kinds(report)


def test_a_multiple_is_named_with_its_factor(base, compared):
    report = compared(base, lambda t: t | {UP: t[UP] * 1.25})
    found = pattern(report, PatternKind.SCALED)
    assert found.evidence["least_factor"] == pytest.approx(1.25, rel=1e-7)


def test_another_seed_is_unrelated(base, other):
    report = api.compare(base, other)
    assert report.relation is Kinship.UNRELATED
    # Of n independent numbers the cosine is about 1 / sqrt(n).
    assert all(
        abs(t.cosine) < 6 / math.sqrt(t.parameters) for t in report.measured if t.cosine is not None
    )


def test_other_shapes_are_unrelated(base, tiny_checkpoint):
    report = api.compare(base, tiny_checkpoint)
    assert report.relation is Kinship.UNRELATED
    assert report.shapes_differ


def test_a_few_layers_are_named(tmp_path):
    folder = save_tiny_checkpoint(tmp_path / "deep", layers=6)
    names = [f"model.layers.{i}.mlp.up_proj.weight" for i in (4, 5)]
    changed = changed_copy(
        folder, tmp_path / "x", lambda t: t | {n: t[n] + torch.randn_like(t[n]) for n in names}
    )
    report = api.compare(folder, changed)
    found = pattern(report, PatternKind.FEW_BLOCKS)
    assert (found.evidence["differing"], found.evidence["blocks"]) == (2.0, 6.0)
    assert "4-5" in found.statement
    blocks = {block.name: block for block in report.blocks}
    assert [blocks[f"model.layers.{i}"].differing for i in range(6)] == [0, 0, 0, 0, 1, 1]


def test_manifests_alone_are_compared_by_digest(base, other, tmp_path):
    manifests = []
    for number, folder in enumerate((base, other)):
        manifests.append(tmp_path / f"{number}.json")
        manifests[-1].write_bytes(fingerprint(folder).canonical())
    report = api.compare(*manifests)
    assert report.relation is Kinship.NOT_MEASURED
    assert report.measured == ()
    assert "manifest" in report.not_measured[0].reason
    assert len(report.not_measured) == len(report.differing)


def test_a_tensor_that_is_not_finite_is_said_to_be_not_measured(base, compared):
    report = compared(base, lambda t: t | {UP: t[UP] * math.inf})
    assert report.not_measured[0].name == UP
    assert "NaN" in report.not_measured[0].reason


def test_a_checkpoint_that_changed_after_its_fingerprint_is_refused(base, tmp_path):
    copy = changed_copy(base, tmp_path / "x", lambda t: t | {UP: t[UP] + 1})
    before = fingerprint(copy)
    again = tensors_of(copy) | {UP: tensors_of(base)[UP] + 2}
    save_file(again, copy / "model.safetensors", metadata={"format": "pt"})
    ours = Given.at("a", fingerprint(base), base)
    with pytest.raises(CheckpointError, match="expected the bytes with SHA-256"):
        compare_checkpoints(ours, Given.at("b", before, copy))


def test_a_report_survives_json(base, other):
    report = api.compare(other, base, parents=[base, other])
    assert type(report).model_validate_json(report.model_dump_json()) == report
    assert json.loads(report.model_dump_json())["format"] == "weighin.compare/1"
