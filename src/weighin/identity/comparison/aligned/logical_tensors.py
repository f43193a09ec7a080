"""The tensors of two checkpoints as they are compared: unpacked, joined, adapted."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.identity.comparison.aligned.alignment import Alignment, align
from weighin.identity.comparison.aligned.content_matching import (
    transposed_by_content,
    with_parts_by_content,
)
from weighin.identity.comparison.aligned.fused_layouts import other_layouts
from weighin.identity.comparison.aligned.interleaved_experts import taken_apart
from weighin.identity.comparison.aligned.merged_adapter import (
    AttachedAdapter,
    adapted_tensors,
    attached_adapter,
)
from weighin.identity.comparison.aligned.meta_parts import joined_parts
from weighin.identity.folder.listing import list_adapter, list_checkpoint
from weighin.identity.manifest import Manifest
from weighin.identity.numbers.derivation import Logical, Tensors
from weighin.identity.numbers.packed.tensors import quantised_tensors
from weighin.identity.parts.model_settings import ModelSettings


def logical_tensors(
    manifest: Manifest, tensors: Tensors | None, settings: ModelSettings
) -> Logical:
    """The tensors of a checkpoint: quantised ones unpacked, slices joined.

    Args:
        manifest: What it holds.
        tensors: Where that lies; `None` if only the manifest is at hand.
        settings: What its configuration states.

    Raises:
        CheckpointError: A part that says how others are packed is malformed or unreadable.
    """
    plain = Logical({tensor.name: tensor for tensor in manifest.tensors}, tensors, {})
    joined = plain.with_derived(joined_parts(plain))
    return joined.with_derived(quantised_tensors(joined, settings))


def in_common_layout(
    first: Logical, second: Logical, settings: tuple[ModelSettings, ModelSettings]
) -> tuple[Logical, Logical]:
    """Two checkpoints, with what only one has laid out as published maps know it."""
    first, second = (
        first.with_derived(taken_apart(first, second, settings[0])),
        second.with_derived(taken_apart(second, first, settings[1])),
    )
    return (
        first.with_derived(other_layouts(first, second, settings[0])),
        second.with_derived(other_layouts(second, first, settings[1])),
    )


def matched(first: Logical, second: Logical) -> tuple[Logical, Logical, Alignment]:
    """What answers to what: by name, by map, by content, of fused and transposed ones, too.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    found = align(first.entries.values(), second.entries.values())
    ours, theirs = found.only_in_first, found.only_in_second
    if not ours or not theirs or first.tensors is None or second.tensors is None:
        return first, second, found
    others = [second.entries[name] for name in theirs]
    first = first.with_derived(transposed_by_content(first, ours, others))
    found = align(first.entries.values(), second.entries.values())
    return first, second, with_parts_by_content(found, first, second)


def adapter_at(
    manifest: Manifest, folder: Path, adapter: Path | None
) -> tuple[AttachedAdapter | None, str]:
    """The adapter of a checkpoint, if there is one, and why what it adds is not known.

    Args:
        manifest: Of the checkpoint with its adapter.
        folder: Where the checkpoint lies.
        adapter: Where the adapter lies; `None` if in that folder.
    """
    if manifest.adapter is None:
        return None, ""
    listing = list_checkpoint(folder) if adapter is None else list_adapter(adapter)
    try:
        return attached_adapter(manifest.adapter, listing.of_role("adapter")), ""
    except CheckpointError as error:
        return None, str(error)


def with_adapter(logical: Logical, adapter: AttachedAdapter | None) -> tuple[Logical, str]:
    """The tensors of a base as an adapter changes them; as they are, and why, if it cannot."""
    if adapter is None:
        return logical, ""
    try:
        return logical.with_derived(adapted_tensors(logical, adapter)), ""
    except CheckpointError as error:
        return logical, str(error)


def labels(logical: Logical) -> Mapping[str, str]:
    """Of each tensor that is derived: which stored ones it follows from."""
    return dict(_labels(logical))


def _labels(logical: Logical) -> Iterator[tuple[str, str]]:
    for name, sources in logical.sources.items():
        if sources != (name,):
            yield name, " + ".join(sources)
