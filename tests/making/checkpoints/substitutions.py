"""Substitutions of a real checkpoint, each with what torch says that it changed."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import torch
from tests.making.checkpoints.smollm2 import (
    BLOCKS,
    EMBEDDING,
    Base,
    Tensors,
    given,
    save_shard,
    shard_of,
    write_shards,
)
from tests.making.checkpoints.truths import Named, Substituted, Truth

from weighin.identity.comparison.report import Kinship, PatternKind
from weighin.identity.facets import Facet

ONE = "model.layers.17.mlp.up_proj.weight"
Q, K = (f"model.layers.4.self_attn.{part}_proj.weight" for part in "qk")
TEXT = "The scale does not care what the fighter says that he weighs."
NEW_TOKEN = "<|weighed|>"
TINY_LR, LARGE_LR = 1e-5, 1e-3
FEW = 8
"""Up to so many elements, each is told on its own."""


def one_bit(base: Base, place: Path, blocks: int) -> Substituted:
    """The lowest bit of one number of 135 million."""
    del blocks
    weight = base.tensors[ONE].clone()
    weight.view(torch.int16)[700, 123] ^= 1
    return _changed(base, place, {ONE: weight}, PatternKind.FEW_ELEMENTS)


def optimiser_step(base: Base, place: Path, blocks: int) -> Substituted:
    """One real step of AdamW on one sentence, stored in bfloat16."""
    stepped = _stepped(base, TINY_LR, blocks)
    return _changed(base, place, stepped, PatternKind.DENSE, detail="")


def merged_lora(base: Base, place: Path, blocks: int, *, rank: int, relative: float) -> Substituted:
    """q, v and down of some blocks, plus a product of two thin matrices.

    Args:
        base: The checkpoint.
        place: Of the variant.
        blocks: How many.
        rank: Of the products.
        relative: Their norm over that of what they are added to.
    """
    random = torch.Generator().manual_seed(rank)
    merged: Tensors = {}
    for name in _matrices(base, blocks, ("q_proj", "v_proj", "down_proj")):
        weight = base.tensors[name].float()
        rows, columns = weight.shape
        up = torch.randn(rows, rank, generator=random)
        product = up @ torch.randn(rank, columns, generator=random)
        product *= relative * weight.norm() / product.norm()
        merged[name] = (weight + product).bfloat16()
    named = PatternKind.LOW_RANK
    return _changed(base, place, merged, named, detail="up to rounding", rank=rank)


def perturbed(base: Base, place: Path, blocks: int) -> Substituted:
    """Noise as large as the steps of the 4-bit file, of which the checkpoint was made."""
    random = torch.Generator().manual_seed(0)
    noisy: Tensors = {}
    for name in _matrices(base, blocks):
        weight = base.tensors[name].float()
        noise = torch.randn(weight.shape, generator=random) * weight.std() * 0.05
        noisy[name] = (weight + noise).bfloat16()
    return _changed(base, place, noisy, PatternKind.DENSE, detail="")


def quantised(base: Base, place: Path, blocks: int, *, bits: int, group: int | None) -> Substituted:
    """All matrices of some blocks rounded to levels and stored in bfloat16.

    Args:
        base: The checkpoint.
        place: Of the variant.
        blocks: How many.
        bits: That count the levels.
        group: Neighbours that share a step; `None` for a whole row, an output channel.
    """
    names = _matrices(base, blocks)
    where = "per row" if group is None else f"per group of {group}"
    return _changed(
        base,
        place,
        {name: _to_levels(base.tensors[name], bits, group) for name in names},
        PatternKind.REQUANTISED,
        detail=f"BF16 -> int{bits} {where}",
        relation=Kinship.REQUANTISED,
    )


def through_float16(base: Base, place: Path, blocks: int) -> Substituted:
    """A trained checkpoint cast to float16 and back, which loses its smallest numbers."""
    tuned = base.tensors | _stepped(base, TINY_LR, blocks)
    first = place.with_name(f"{place.name}-tuned")
    _write(base, first, {n: w for n, w in tuned.items() if _differs(w, base.tensors[n])})
    start = replace(base, folder=first, tensors=tuned, given=given(first))
    cast = {name: weight.half().bfloat16() for name, weight in tuned.items()}
    named = PatternKind.ROUND_TRIP
    return _changed(start, place, cast, named, detail="BF16 -> F16 -> BF16", few=0)


def swapped(base: Base, place: Path, blocks: int) -> Substituted:
    """The query and key projections of one block in each other's place."""
    del blocks
    _write(base, place, {Q: base.tensors[K], K: base.tensors[Q]})
    named = {
        Q: Named(PatternKind.EXCHANGED, detail=K),
        K: Named(PatternKind.EXCHANGED, detail=Q),
    }
    return Substituted(base.given, place, Truth(Kinship.RELATED, named))


def edited_template(base: Base, place: Path, blocks: int) -> Substituted:
    """One more sentence in the default system prompt."""
    del blocks
    _write(base, place, {})
    template = place / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    _replace(template, text.replace("helpful", "helpful and brief", 1))
    truth = Truth(Kinship.SAME_BUT_FOR_FACETS, facets=frozenset({Facet.CHAT_TEMPLATE}))
    return Substituted(base.given, place, truth)


def added_token(base: Base, place: Path, blocks: int) -> Substituted:
    """A special token of its own: one row more, and all files that say so."""
    del blocks
    rows = base.tensors[EMBEDDING]
    mean = rows.float().mean(0, keepdim=True).bfloat16()
    _write(base, place, {EMBEDDING: torch.cat([rows, mean])})
    config = json.loads((place / "config.json").read_text())
    _replace(place / "config.json", json.dumps(config | {"vocab_size": len(rows) + 1}))
    tokenizer = json.loads((place / "tokenizer.json").read_text(encoding="utf-8"))
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    token = {"id": len(rows), "content": NEW_TOKEN, "special": True, **flags}
    tokenizer["added_tokens"].append(token)
    _replace(place / "tokenizer.json", json.dumps(tokenizer))
    truth = Truth(
        Kinship.RELATED,
        patterns={PatternKind.RESIZED: frozenset({EMBEDDING})},
        facets=frozenset({Facet.WEIGHTS, Facet.CONFIG, Facet.TOKENIZER, Facet.SPECIAL_TOKENS}),
    )
    return Substituted(base.given, place, truth)


def averaged(base: Base, place: Path, blocks: int) -> Substituted:
    """The mean of the checkpoint and of a fine-tuned one that is known."""
    tuned = _stepped(base, LARGE_LR, blocks)
    tuned = {name: tuned[name] for name in _matrices(base, blocks)}
    parent = place.with_name(f"{place.name}-parent")
    _write(base, parent, tuned)
    mean = {n: ((base.tensors[n].float() + w.float()) / 2).bfloat16() for n, w in tuned.items()}
    made = _changed(base, place, mean, PatternKind.DENSE, detail="")
    truth = replace(made.truth, patterns={PatternKind.MERGE: frozenset()}, coefficients=(0.5, 0.5))
    return replace(made, truth=truth, parents=(base.given, given(parent)))


def renamed(base: Base, place: Path, blocks: int) -> Substituted:
    """All tensors under names that no table knows."""
    del blocks
    place.mkdir()
    for file in base.folder.iterdir():
        if "safetensors" not in file.name:
            os.link(file, place / file.name)
    write_shards(place, {n.replace("model.", "student.", 1): w for n, w in base.tensors.items()})
    truth = Truth(
        Kinship.SAME_TENSORS_RENAMED, patterns={PatternKind.RENAMED: frozenset(base.tensors)}
    )
    return Substituted(base.given, place, truth)


Builder = Callable[[Base, Path, int], Substituted]
SUBSTITUTIONS: Mapping[str, Builder] = {
    "one bit": one_bit,
    "one optimiser step": optimiser_step,
    "merged LoRA of rank 1": partial(merged_lora, rank=1, relative=0.02),
    "merged LoRA of rank 8": partial(merged_lora, rank=8, relative=0.02),
    # Of the size of the steps of the 4-bit file, of which the checkpoint was made.
    "large merged LoRA of rank 1": partial(merged_lora, rank=1, relative=0.15),
    "large merged LoRA of rank 8": partial(merged_lora, rank=8, relative=0.15),
    "large random perturbation": perturbed,
    "int8 round trip, per channel": partial(quantised, bits=8, group=None),
    "int4 round trip, groups of 32": partial(quantised, bits=4, group=32),
    "float16 round trip": through_float16,
    "swapped q and k": swapped,
    "edited chat template": edited_template,
    "added special token": added_token,
    "averaged merge": averaged,
    "renamed tensors": renamed,
}


def _changed(
    base: Base,
    place: Path,
    tensors: Tensors,
    kind: PatternKind,
    *,
    detail: str | None = None,
    rank: int | None = None,
    few: int = FEW,
    relation: Kinship = Kinship.RELATED,
) -> Substituted:
    """A variant, each of whose tensors that is not as before has one pattern.

    A dense change of few elements is told element by element.
    """
    named: dict[str, Named] = {}
    differing: Tensors = {}
    for name, weight in tensors.items():
        before = base.tensors[name]
        if not _differs(weight, before):
            continue
        differing[name] = weight
        count = int((weight != before).sum())
        is_few = count <= few
        named[name] = (
            Named(PatternKind.FEW_ELEMENTS, changed=count)
            if is_few
            else Named(kind, detail, count, rank)
        )
    _write(base, place, differing)
    return Substituted(base.given, place, Truth(relation, named))


def _differs(left: torch.Tensor, right: torch.Tensor) -> bool:
    return not torch.equal(left.view(torch.int16), right.view(torch.int16))


def _write(base: Base, place: Path, tensors: Tensors) -> None:
    """A checkpoint that links all files of another but the shards that hold these tensors."""
    place.mkdir()
    shards = {shard_of(name) for name in tensors}
    for file in base.folder.iterdir():
        if file.name not in shards:
            os.link(file, place / file.name)
    for shard in shards:
        kept = {n: w for n, w in base.tensors.items() if shard_of(n) == shard}
        save_shard(place / shard, kept | {n: w for n, w in tensors.items() if n in kept})


def _replace(file: Path, text: str) -> None:
    """Write a file anew: the old one is linked."""
    file.unlink()
    file.write_text(text, encoding="utf-8")


def _matrices(base: Base, blocks: int, ends: Iterable[str] = ("",)) -> list[str]:
    """The projections of some blocks, by the end of their names."""
    heads = _heads(blocks)
    tails = tuple(f"{end}.weight" for end in ends)
    return [
        name
        for name, weight in base.tensors.items()
        if weight.dim() > 1 and name.startswith(heads) and name.endswith(tails)
    ]


def _heads(blocks: int) -> tuple[str, ...]:
    """Block 25 is among them: its gate at int4 seems to lie on levels of int8 per row, too."""
    return tuple(f"model.layers.{(25 + number) % BLOCKS}." for number in range(blocks))


def _to_levels(weight: torch.Tensor, bits: int, group: int | None) -> torch.Tensor:
    most = 2 ** (bits - 1) - 1
    rows, columns = weight.shape
    groups = weight.float().reshape(rows, -1, group or columns)
    step = groups.abs().amax(-1, keepdim=True) / most
    return ((groups / step).round() * step).reshape(rows, columns).bfloat16()


def _stepped(base: Base, lr: float, blocks: int) -> Tensors:
    """The tensors of some blocks after one step of AdamW in float32."""
    heads = _heads(blocks)
    stepped: Tensors = {}
    for name, gradient in _gradients(base.folder).items():
        if not name.startswith(heads):
            continue
        weight = torch.nn.Parameter(base.tensors[name].float())
        weight.grad = gradient
        torch.optim.AdamW([weight], lr=lr, weight_decay=0.0).step()
        stepped[name] = weight.detach().bfloat16()
    return stepped


@cache
def _gradients(folder: Path) -> Tensors:
    """Of the loss of one sentence."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ids = AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt")["input_ids"]
    model(input_ids=ids, labels=ids).loss.backward()
    return {
        name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None
    }
