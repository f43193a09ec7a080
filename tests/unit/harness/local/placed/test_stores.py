"""What accelerate keeps elsewhere is hashed as the next pass is computed with it.

Real models, dispatched by accelerate itself; the digest must be that of the model as a whole.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import cpu_offload, disk_offload
from accelerate.hooks import AlignDevicesHook
from accelerate.utils import OffloadedWeightsLoader
from transformers import AutoModelForCausalLM

from weighin.errors import RunError
from weighin.harness.local.memory import MemoryDigest, changed_tensors, digest_in_memory
from weighin.harness.local.placed.hooks import execution_devices, only_places, placing_hooks
from weighin.harness.local.placed.stores import InFile, InMemory, stored_tensors

pytestmark = pytest.mark.model

UP = "model.layers.1.mlp.up_proj.weight"
SOME_ON_DISK = {
    "model.embed_tokens": "cpu", "model.layers.0": "cpu", "model.layers.1": "disk",
    "model.norm": "disk", "model.rotary_emb": "cpu", "lm_head": "cpu",
}  # fmt: skip


def loaded(checkpoint: Path, **settings: object) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(checkpoint, **settings).eval()


def whole(checkpoint: Path, **settings: object):
    return digest_in_memory(loaded(checkpoint, **settings))


def answer(model: torch.nn.Module) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.tensor([[1, 2, 3]])).logits


def in_memory(checkpoint: Path, folder: Path) -> torch.nn.Module:
    del folder
    return cpu_offload(loaded(checkpoint), execution_device=torch.device("cpu"))


def in_plain_files(checkpoint: Path, folder: Path) -> torch.nn.Module:
    model = loaded(checkpoint)
    return disk_offload(model, str(folder / "offload"), execution_device=torch.device("cpu"))


def in_the_checkpoint(checkpoint: Path, folder: Path) -> torch.nn.Module:
    return loaded(checkpoint, device_map={"": "disk"}, offload_folder=str(folder / "offload"))


def partly_in_the_checkpoint(checkpoint: Path, folder: Path) -> torch.nn.Module:
    return loaded(checkpoint, device_map=SOME_ON_DISK, offload_folder=str(folder / "offload"))


def in_plain_files_with_its_buffers(checkpoint: Path, folder: Path) -> torch.nn.Module:
    cpu = torch.device("cpu")
    folder = folder / "offload"
    return disk_offload(loaded(checkpoint), str(folder), execution_device=cpu, offload_buffers=True)


WAYS = [
    in_memory,
    in_plain_files,
    in_the_checkpoint,
    partly_in_the_checkpoint,
    in_plain_files_with_its_buffers,
]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def kept_elsewhere(request, checkpoint, tmp_path):
    return request.param(checkpoint, tmp_path)


def untied(digest: MemoryDigest) -> MemoryDigest:
    """The same as where each name has a file of its own."""
    return replace(digest, tied={})


def test_the_digest_is_that_of_the_whole_model(kept_elsewhere, checkpoint):
    expected, found = whole(checkpoint), digest_in_memory(kept_elsewhere)
    assert any(p.device.type == "meta" for p in kept_elsewhere.parameters())
    assert untied(found) == untied(expected)
    has_plain_files = any(path.suffix == ".dat" for path in checkpoint.parent.rglob("*"))
    assert found.tied == ({} if has_plain_files else expected.tied)
    # A pass brings what it computes with and puts other shapes in the place of the first ones.
    assert torch.equal(answer(kept_elsewhere), answer(loaded(checkpoint)))
    assert digest_in_memory(kept_elsewhere) == found


def test_what_is_read_as_another_dtype_is_hashed_as_that(checkpoint, tmp_path):
    settings = {"dtype": torch.bfloat16}
    kept = loaded(
        checkpoint, device_map={"": "disk"}, offload_folder=str(tmp_path / "offload"), **settings
    )
    assert digest_in_memory(kept) == whole(checkpoint, **settings)


def test_a_dtype_that_numpy_has_not_is_hashed_from_a_plain_file(checkpoint, tmp_path):
    model = loaded(checkpoint, dtype=torch.bfloat16)
    kept = disk_offload(model, str(tmp_path / "offload"), execution_device=torch.device("cpu"))
    assert digest_in_memory(kept) == untied(whole(checkpoint, dtype=torch.bfloat16))


def test_untied_heads_are_tensors_of_their_own(tmp_path):
    from tests.making.tiny.checkpoint import save_tiny_checkpoint

    checkpoint = save_tiny_checkpoint(tmp_path / "untied", tied=False)
    kept = loaded(checkpoint, device_map={"": "disk"}, offload_folder=str(tmp_path / "offload"))
    found = digest_in_memory(kept)
    assert found == whole(checkpoint)
    assert found.tied == {}


# What is swapped in the store is what answers.


def swap(model: torch.nn.Module, name: str) -> None:
    """Write other numbers to where a tensor is kept."""
    store = stored_tensors(model)[name]
    if isinstance(store, InMemory):
        store.tensor.add_(0.5)
        return
    path = store.path
    content = bytearray(path.read_bytes())
    if store.name:
        import json

        length = int.from_bytes(content[:8], "little")
        begin, end = json.loads(content[8 : 8 + length])[store.name]["data_offsets"]
        begin, end = 8 + length + begin, 8 + length + end
    else:
        begin, end = 0, len(content)
    content[begin:end] = b"\x00\x00\x00\x3f" * ((end - begin) // 4)
    with path.open("r+b") as stream:
        stream.write(content)


def test_a_swap_in_the_store_is_named(kept_elsewhere):
    before, first = digest_in_memory(kept_elsewhere), answer(kept_elsewhere)
    swap(kept_elsewhere, UP)
    assert not torch.equal(answer(kept_elsewhere), first)
    assert changed_tensors(before, digest_in_memory(kept_elsewhere)) == (UP,)


def test_a_file_that_is_cut_is_no_fingerprint(checkpoint, tmp_path):
    kept = in_plain_files(checkpoint, tmp_path)
    store = stored_tensors(kept)[UP]
    assert isinstance(store, InFile)
    os.truncate(store.path, 12)
    with pytest.raises(RunError, match="expected 8192 bytes, found 12"):
        digest_in_memory(kept)
    store.path.unlink()
    with pytest.raises(RunError, match="cannot be opened"):
        digest_in_memory(kept)


# Stores that are not known.


class AnswersOtherwise(OffloadedWeightsLoader):
    pass


def replace_store(model: torch.nn.Module, store: object) -> None:
    for module in model.modules():
        for hook in placing_hooks(module):
            if hook.offload:
                hook.weights_map = store


def derived(model: torch.nn.Module) -> object:
    return AnswersOtherwise(dict(model.state_dict()))


UNKNOWN = {
    "a class derived from the store's": derived,
    "no store": lambda _model: None,
    "an empty one": lambda _model: {},
    "one of other shapes": lambda model: dict.fromkeys(model.state_dict(), torch.zeros(1)),
    "one without numbers": lambda model: dict(model.state_dict()),
    "one of numpy": lambda model: {n: t.shape for n, t in model.state_dict().items()},
}


@pytest.mark.parametrize("way", UNKNOWN)
def test_a_store_that_is_not_known_is_not_hashed(checkpoint, tmp_path, way):
    kept = in_memory(checkpoint, tmp_path)
    replace_store(kept, UNKNOWN[way](kept))
    with pytest.raises(RunError, match="not where accelerate would keep it"):
        digest_in_memory(kept)


def test_a_tensor_without_a_hook_is_not_hashed(checkpoint):
    model = loaded(checkpoint).to("meta")
    assert stored_tensors(model) == {}
    with pytest.raises(RunError, match="not in memory"):
        digest_in_memory(model)


def test_a_hook_of_another_class_is_not_believed(checkpoint, tmp_path):
    class Answering(AlignDevicesHook):
        pass

    kept = in_memory(checkpoint, tmp_path)
    for module in kept.modules():
        if (hook := getattr(module, "_hf_hook", None)) is not None:
            hook.__class__ = Answering
    with pytest.raises(RunError, match="not where accelerate would keep it"):
        digest_in_memory(kept)


# Which hooks only move what they are given.


def hooked(model: torch.nn.Module) -> list[torch.nn.Module]:
    return [module for module in model.modules() if "forward" in vars(module)]


def test_the_hooks_of_accelerate_only_place(kept_elsewhere):
    answer(kept_elsewhere)
    assert hooked(kept_elsewhere)
    assert all(map(only_places, hooked(kept_elsewhere)))
    assert execution_devices(kept_elsewhere) == {torch.device("cpu")}


def other_method(module: torch.nn.Module) -> None:
    module._old_forward = module._old_forward.__func__.__get__(torch.nn.Identity())


def other_forward(module: torch.nn.Module) -> None:
    inner = module.forward
    module.forward = lambda *given, **named: inner(*given, **named) * 2


def hook_with_a_method_of_its_own(module: torch.nn.Module) -> None:
    module._hf_hook.post_forward = lambda _module, output: output


def method_of_the_class_replaced(module: torch.nn.Module) -> None:
    module.__class__ = type("Other", (type(module),), {"forward": lambda _self, given: given})


@pytest.mark.parametrize(
    "act",
    [other_method, other_forward, hook_with_a_method_of_its_own, method_of_the_class_replaced],
)
def test_what_does_more_is_told_from_them(checkpoint, tmp_path, act):
    kept = in_memory(checkpoint, tmp_path)
    module = kept.get_submodule("model.layers.1.mlp.up_proj")
    assert only_places(module)
    act(module)
    assert not only_places(module)


def test_a_forward_without_hooks_does_not_only_place(checkpoint):
    module = loaded(checkpoint).get_submodule("model.layers.1.mlp.up_proj")
    module.forward = module.forward
    assert not only_places(module)
