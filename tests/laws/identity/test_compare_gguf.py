"""A checkpoint against its GGUF conversion, written by llama.cpp's own package."""

import gguf
import numpy as np
import pytest
from tests.making.checkpoints.comparing import changed_copy, kinds, pattern, tensors_of
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin import api
from weighin.identity.comparison.report import Kinship, PatternKind

pytestmark = pytest.mark.model

HEADS = 4
QUANTISED = gguf.GGMLQuantizationType


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return save_tiny_checkpoint(tmp_path_factory.mktemp("wide") / "base", hidden=128)


def permuted(weights, heads=HEADS):
    """llama.cpp, convert_hf_to_gguf.py, `LlamaModel.permute`."""
    return (
        weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
        .swapaxes(1, 2)
        .reshape(weights.shape)
    )


def convert(folder, path, kind=None):
    """As the conversion script does: published names, q and k permuted, vectors in float32."""
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    writer = gguf.GGUFWriter(path, "llama")
    for name, tensor in tensors_of(folder).items():
        numbers = tensor.float().numpy()
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            numbers = permuted(numbers)
        new = names.get_name(name, try_suffixes=(".weight",))
        if kind is None or numbers.ndim == 1:
            writer.add_tensor(new, np.ascontiguousarray(numbers))
        else:
            writer.add_tensor(new, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_conversion_without_quantisation_is_the_same_tensors(base, tmp_path):
    report = api.compare(base, convert(base, tmp_path / "model.gguf"))
    assert report.relation is Kinship.SAME_TENSORS_RENAMED
    assert report.equal == report.pairs == len(tensors_of(base))
    assert pattern(report, PatternKind.REORDERED).tensors == tuple(
        f"model.layers.{i}.self_attn.{p}_proj.weight" for i in range(2) for p in "kq"
    )


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_1"])
def test_a_quantised_conversion_is_within_half_a_step(base, tmp_path, kind):
    report = api.compare(base, convert(base, tmp_path / "model.gguf", QUANTISED[kind]))
    assert report.relation is Kinship.REQUANTISED
    found = pattern(report, PatternKind.REQUANTISED)
    assert found.detail == f"F32 -> {kind}"
    assert len(found.tensors) == 15
    assert found.evidence["least_share_within_half_step"] > 0.98
    assert found.evidence["most_max_steps"] < 0.55
    assert report.equal == 5


def test_a_dequantised_conversion_is_the_same_after_a_cast(base, tmp_path):
    """As transformers loads a GGUF file."""
    packed = convert(base, tmp_path / "model.gguf", QUANTISED.Q4_1)
    reader = gguf.GGUFReader(packed)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    stored = {tensor.name: tensor for tensor in reader.tensors}

    def dequantised(tensors):
        import torch

        made = {}
        for name in tensors:
            tensor = stored[names.get_name(name, try_suffixes=(".weight",))]
            numbers = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            if name.endswith(("q_proj.weight", "k_proj.weight")):
                size = numbers.shape[0] // HEADS // 2
                shape = (HEADS, size, 2, *numbers.shape[1:])
                numbers = numbers.reshape(shape).swapaxes(1, 2).reshape(numbers.shape)
            made[name] = torch.from_numpy(np.array(numbers))
        return made

    report = api.compare(packed, changed_copy(base, tmp_path / "back", dequantised))
    assert report.relation is Kinship.SAME_AFTER_CAST
    assert kinds(report) >= {PatternKind.CAST, PatternKind.REORDERED, PatternKind.RENAMED}
    assert pattern(report, PatternKind.CAST).detail == "Q4_1 -> F32"
