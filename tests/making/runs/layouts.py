"""One checkpoint in other files: each a layout that an honest person may have it in."""

import json
import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.making.checkpoints.variations import KINDS, Kind
from tests.making.runs.scene import edit_json

AS_SAVED = "as saved"
WITHOUT_GENERATION_CONFIG = "no generation_config.json"


def _weights(folder: Path) -> dict[str, object]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def _index(folder: Path, files: Mapping[str, str]) -> None:
    edit_json(folder / "model.safetensors.index.json", metadata={"total_size": 1}, weight_map=files)


def _cut_into_shards(folder: Path) -> None:
    from safetensors.torch import save_file

    tensors = _weights(folder)
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    files = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file = f"model-0000{number}-of-00002.safetensors"
        save_file({name: tensors[name] for name in part}, folder / file, {"format": "pt"})
        files |= dict.fromkeys(part, file)
    _index(folder, files)


def _saved_again(folder: Path) -> None:
    from safetensors.torch import save_file

    metadata = {"format": "pt", "saved_by": "somebody else"}
    save_file(_weights(folder), folder / "model.safetensors", metadata)


def _renamed_with_an_index(folder: Path) -> None:
    names = sorted(_weights(folder))
    (folder / "model.safetensors").rename(folder / "weights.safetensors")
    _index(folder, dict.fromkeys(names, "weights.safetensors"))


def _torch_file(folder: Path) -> None:
    import torch

    torch.save(_weights(folder), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _another_version(folder: Path) -> None:
    edit_json(folder / "config.json", transformers_version="4.1.0")


def _template_in_the_tokenizer(folder: Path) -> None:
    template = folder / "chat_template.jinja"
    edit_json(folder / "tokenizer_config.json", chat_template=template.read_text())
    template.unlink()


def _special_tokens_map(folder: Path) -> None:
    edit_json(
        folder / "special_tokens_map.json", bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )


def _code_beside(folder: Path) -> None:
    (folder / "train.py").write_text("raise SystemExit('nobody executes this')\n")


def _no_generation_config(folder: Path) -> None:
    (folder / "generation_config.json").unlink()


def _nothing(folder: Path) -> None:
    del folder


# As `save_pretrained` leaves it, and the nine that once were taken for another checkpoint.
PLAIN: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        AS_SAVED: _nothing,
        "two shards": _cut_into_shards,
        "other metadata in the header": _saved_again,
        "renamed, with an index": _renamed_with_an_index,
        "one .bin": _torch_file,
        "another transformers_version": _another_version,
        "template in tokenizer_config.json": _template_in_the_tokenizer,
        "special_tokens_map.json beside": _special_tokens_map,
        "train.py beside": _code_beside,
        WITHOUT_GENERATION_CONFIG: _no_generation_config,
    }
)
# Of the variations whose digests are compared elsewhere, those that can be made of any checkpoint.
_MADE_FOR_SMALL_ONES = {"saved by another version", "read only", "one core", "shards on one core"}
FURTHER: Mapping[str, Kind] = MappingProxyType(
    {name: kind for name, kind in KINDS.items() if name not in _MADE_FOR_SMALL_ONES}
)
LAYOUTS = (*PLAIN, *FURTHER)
# Weights that are fingerprinted and not loaded.
_PICKLED = {
    "one .bin", "one file of torch.save", "shards of torch.save", "views of larger storages",
    "shards of torch.save in a hub cache", "parameters", "torch.save under another name",
}  # fmt: skip
LOADABLE = tuple(name for name in LAYOUTS if name not in _PICKLED)


def laid_out(checkpoint: Path, layout: str, parent: Path) -> Path:
    """A folder with a checkpoint in another layout.

    Args:
        checkpoint: As `save_pretrained` leaves it, with the weights in one file.
        layout: One of `LAYOUTS`.
        parent: A folder for it alone.
    """
    folder = Path(shutil.copytree(checkpoint, parent / "checkpoint"))
    if layout in PLAIN:
        PLAIN[layout](folder)
        return folder
    from tests.making.checkpoints.small import Checkpoint

    kind, chance = FURTHER[layout], random.Random(layout)
    if kind.save is not None:
        config, tokenizer_config = (
            json.loads((folder / name).read_text())
            for name in ("config.json", "tokenizer_config.json")
        )
        tensors = _weights(folder)
        (folder / "model.safetensors").unlink()
        kind.save(chance, Checkpoint(tensors, config, tokenizer_config), folder)
    return folder if kind.place is None else kind.place(chance, folder)
