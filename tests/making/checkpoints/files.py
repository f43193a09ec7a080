"""Small checkpoints, written byte by byte so that malformed ones can be written too."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest

from weighin.identity.containers.safetensors import TensorSpan, tensor_chunks

Tensors = Mapping[str, tuple[str, list[int], bytes]]


def write_safetensors(
    path: Path, tensors: Tensors, metadata: Mapping[str, str] | None = None
) -> Path:
    """A valid file; tensors are `name: (dtype, shape, bytes)` and lie in that order."""
    header: dict[str, object] = {} if metadata is None else {"__metadata__": dict(metadata)}
    data = b""
    for name, (dtype, shape, content) in tensors.items():
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def write_shards(folder: Path, shards: Mapping[str, Tensors]) -> Path:
    """Shards by file name, and their index."""
    for name, tensors in shards.items():
        write_safetensors(folder / name, tensors)
    weight_map = {tensor: name for name, tensors in shards.items() for tensor in tensors}
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def tensor_bytes(path: Path, tensor: TensorSpan) -> bytes:
    """All bytes of one tensor, as the readers of each format find them."""
    return b"".join(bytes(chunk) for chunk in tensor_chunks(path, tensor))


TINY: Tensors = {
    "model.embed.weight": ("BF16", [4, 2], bytes(range(16))),
    "model.layers.0.w": ("F32", [3], struct.pack("<3f", 1, 2, 3)),
    "model.norm": ("F32", [2], struct.pack("<2f", 0.5, -1)),
}


@pytest.fixture(name="write_safetensors")
def safetensors_writer() -> Callable[..., Path]:
    return write_safetensors


@pytest.fixture(name="write_shards")
def shards_writer() -> Callable[..., Path]:
    return write_shards


@pytest.fixture
def tiny() -> Tensors:
    return dict(TINY)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A folder with weights, config, tokenizer and chat template."""
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    write_safetensors(folder / "model.safetensors", TINY, {"format": "pt"})
    files = {
        "config.json": {"model_type": "llama", "transformers_version": "5.0.0"},
        "generation_config.json": {"max_new_tokens": 4},
        "tokenizer.json": {"model": {"vocab": {"a": 0}}, "added_tokens": []},
        "tokenizer_config.json": {"bos_token": "a", "chat_template": "{{ messages }}"},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    (folder / "README.md").write_text("# tiny")
    return folder


@pytest.fixture
def new_folder() -> Iterator[Callable[[], Path]]:
    """Makes fresh folders, also several in one test: one for each example of a property."""
    with TemporaryDirectory() as parent:
        made: list[Path] = []

        def make() -> Path:
            folder = Path(parent) / str(len(made))
            folder.mkdir()
            made.append(folder)
            return folder

        yield make


@pytest.fixture(scope="session")
def formats() -> Iterator[ModuleType]:
    """The independent script that writes a small checkpoint in each format."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(Path(__file__).with_name("golden")))
        yield import_module("make_format_golden")
