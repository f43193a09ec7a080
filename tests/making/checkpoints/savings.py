"""Ways to save one checkpoint: in other files, by other libraries, with JSON spelled otherwise."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tests.making.checkpoints.small import (
    TEMPLATE,
    Checkpoint,
    Json,
    Tensors,
    write_safetensors,
)


def _shuffled(chance: random.Random, tensors: Tensors) -> Tensors:
    names = chance.sample(list(tensors), len(tensors))
    return {name: tensors[name] for name in names}


def other_order(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    write_safetensors(folder / "model.safetensors", _shuffled(chance, checkpoint.tensors))


def other_metadata(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    keys = ["format", "saved_by", "größe", "step", "json"]
    chosen = chance.sample(keys, chance.randint(0, 5))
    metadata = {key: chance.choice(["pt", "", "{}", "日本"]) for key in chosen}
    path = folder / "model.safetensors"
    write_safetensors(path, checkpoint.tensors, metadata=metadata)


def other_header(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    write_safetensors(
        folder / "model.safetensors",
        checkpoint.tensors,
        indent=chance.choice([None, 0, 2, 7]),
        align=chance.choice([1, 16, 64, 256, 4096]),
    )


def library(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    tensors = {n: w.clone() for n, w in _shuffled(chance, checkpoint.tensors).items()}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def _cut(chance: random.Random, tensors: Tensors, names: Sequence[str]) -> dict[str, Tensors]:
    """The tensors in any order, dealt to as many files."""
    shards: dict[str, Tensors] = {name: {} for name in names}
    for number, (name, weight) in enumerate(_shuffled(chance, tensors).items()):
        shard = names[number] if number < len(names) else chance.choice(names)
        shards[shard][name] = weight
    return shards


def _index(chance: random.Random, shards: Mapping[str, Tensors], place: Path) -> None:
    weight_map = {name: shard for shard, tensors in shards.items() for name in tensors}
    pairs = chance.sample(sorted(weight_map.items()), len(weight_map))
    index: Json = {"weight_map": dict(pairs)}
    if chance.random() < 0.7:
        index["metadata"] = {"total_size": chance.randint(0, 10**9)}
    place.write_text(json.dumps(index, indent=chance.choice([None, 2])))


def shards(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    count = chance.randint(1, 6)
    names = [f"model-{i + 1:05}-of-{count:05}.safetensors" for i in range(count)]
    shards = _cut(chance, checkpoint.tensors, names)
    for name, tensors in shards.items():
        write_safetensors(folder / name, tensors, align=chance.choice([8, 64]))
    _index(chance, shards, folder / "model.safetensors.index.json")


def shards_of_any_name(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    names = chance.sample(["a", "tail", "Ω", "with space", "x.y"], chance.randint(1, 5))
    shards = _cut(chance, checkpoint.tensors, [f"{name}.safetensors" for name in names])
    for name, tensors in shards.items():
        write_safetensors(folder / name, tensors)
    _index(chance, shards, folder / "model.safetensors.index.json")


def torch_file(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    torch.save(_shuffled(chance, checkpoint.tensors), folder / "pytorch_model.bin")


def torch_shards(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    count = chance.randint(1, 4)
    names = [f"pytorch_model-{i + 1:05}-of-{count:05}.bin" for i in range(count)]
    shards = _cut(chance, checkpoint.tensors, names)
    for name, tensors in shards.items():
        torch.save(tensors, folder / name)
    _index(chance, shards, folder / "pytorch_model.bin.index.json")


def torch_views(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    """Tensors that are parts of larger storages, which are saved with them."""
    made: Tensors = {}
    for name, weight in checkpoint.tensors.items():
        if weight.dim() and chance.random() < 0.5:
            around = torch.cat([weight, weight, weight])
            made[name] = around[len(weight) : 2 * len(weight)]
        else:
            made[name] = weight
    torch.save(made, folder / "pytorch_model.bin")


def torch_parameters(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    made = {
        name: torch.nn.Parameter(weight, requires_grad=weight.is_floating_point())
        for name, weight in _shuffled(chance, checkpoint.tensors).items()
    }
    torch.save(made, folder / "pytorch_model.bin")


def torch_any_name(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    name = chance.choice(["consolidated.00.pth", "weights.pt", "final.bin", "model.pth"])
    torch.save(checkpoint.tensors, folder / name)


def _respelled(chance: random.Random, value: Any) -> Any:
    if isinstance(value, dict):
        keys = chance.sample(list(value), len(value))
        return {key: _respelled(chance, value[key]) for key in keys}
    return value


def other_json(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    """Other order of keys, other spaces, other escapes; the values stay."""
    write_safetensors(folder / "model.safetensors", checkpoint.tensors)
    for file in folder.glob("*.json"):
        value = _respelled(chance, json.loads(file.read_text()))
        text = json.dumps(
            value, indent=chance.choice([None, 1, 4]), ensure_ascii=chance.random() < 0.5
        )
        file.write_text(text + chance.choice(["", "\n", " \r\n"]))


def other_save(chance: random.Random, checkpoint: Checkpoint, folder: Path) -> None:
    """What another version of transformers writes of the same model and tokenizer."""
    write_safetensors(folder / "model.safetensors", checkpoint.tensors)
    version = {"transformers_version": chance.choice(["4.30.0", "5.0.0.dev0"])}
    config = checkpoint.config | version | {"_name_or_path": "/home/somebody/run-7"}
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer = dict(checkpoint.tokenizer_config)
    for key in ("bos_token", "eos_token"):
        if chance.random() < 0.5:
            tokenizer[key] = {"__type": "AddedToken", "content": tokenizer[key], "lstrip": False}
    if chance.random() < 0.5:
        tokenizer["extra_special_tokens"] = tokenizer.pop("additional_special_tokens")
    if chance.random() < 0.5:
        tokenizer["add_bos_token"] = None
    if chance.random() < 0.5:
        (folder / "chat_template.jinja").unlink()
        tokenizer["chat_template"] = TEMPLATE
    elif chance.random() < 0.5:
        (folder / "chat_template.jinja").write_bytes(TEMPLATE.replace("\n", "\r\n").encode())
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
