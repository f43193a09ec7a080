"""Which GGUF files make up one checkpoint: one file, or all parts of one that was split."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import strict_json
from weighin.identity.folder.places import quoted

SUFFIX = ".gguf"
_PART = re.compile(r"(?P<stem>.+)-(?P<number>[0-9]{5})-of-(?P<count>[0-9]{5})\.gguf", re.DOTALL)
_SPLIT = "split."


def is_gguf(weights: Iterable[str]) -> bool:
    """Whether the weight files of a checkpoint are GGUF files.

    Args:
        weights: Their paths.
    """
    return any(path.endswith(SUFFIX) for path in weights)


def gguf_parts(names: Collection[str], folder: Path) -> frozenset[str]:
    """The GGUF files of a folder, if they make up one checkpoint.

    Args:
        names: Of the files in the folder.
        folder: Named in errors only.

    Returns:
        Their names; empty if there are none.

    Raises:
        CheckpointError: There are several checkpoints, or a part is missing.
    """
    found = sorted(name for name in names if name.endswith(SUFFIX))
    if not found:
        return frozenset()
    parts = parts_of(found[0], names, folder)
    if surplus := [name for name in found if name not in parts]:
        raise CheckpointError(
            f"{folder}: expected one GGUF checkpoint, found {found[0]!r} and "
            f"{quoted(surplus)}; give the file that is meant"
        )
    return parts


def parts_of(name: str, names: Collection[str], folder: Path) -> frozenset[str]:
    """The names of all parts of a checkpoint, given that of one of its GGUF files.

    Args:
        name: The file; one of a split checkpoint is named like `model-00001-of-00003.gguf`.
        names: Of the files in the folder.
        folder: Named in errors only.

    Raises:
        CheckpointError: A part is missing.
    """
    match = _PART.fullmatch(name)
    if match is None:
        return frozenset({name})
    number, count = int(match["number"]), int(match["count"])
    if not 1 <= number <= count:
        raise CheckpointError(f"{folder / name}: expected a part from 1 to {count}, found {number}")
    parts = [f"{match['stem']}-{part:05}-of-{count:05}{SUFFIX}" for part in range(1, count + 1)]
    if missing := [part for part in parts if part not in names]:
        raise CheckpointError(
            f"{folder}: expected all {count} parts of {name!r}, missing: {quoted(missing)}"
        )
    return frozenset(parts)


def merged_metadata(
    parts: Mapping[str, Mapping[str, str]], tensors: int, folder: Path
) -> Mapping[str, str]:
    """The keys of a checkpoint: those of its first part, which the others may only repeat.

    Args:
        parts: Of each file, by its name, the canonical JSON of each value by its key.
        tensors: Number of tensors of all files together.
        folder: Named in errors only.

    Raises:
        CheckpointError: A file is not the part that its name says, or contradicts the first.
    """
    ordered = sorted(parts)
    first = parts[ordered[0]]
    for index, name in enumerate(ordered):
        _require_part(parts[name], index, len(ordered), folder / name)
        for key, text in parts[name].items():
            if not key.startswith(_SPLIT) and first.get(key) != text:
                raise CheckpointError(
                    f"{folder / name}: {key}: expected what {ordered[0]!r} states, "
                    "found another value"
                )
    stated = _number(first, "split.tensors.count")
    if stated is not None and stated != tensors:
        raise CheckpointError(
            f"{folder / ordered[0]}: split.tensors.count: expected {tensors}, the number of "
            f"tensors of all parts, found {stated}"
        )
    return MappingProxyType(dict(first))


def _require_part(metadata: Mapping[str, str], index: int, count: int, place: Path) -> None:
    stated_count = _number(metadata, "split.count")
    if stated_count != count and not (count == 1 and stated_count in {None, 0}):
        raise CheckpointError(
            f"{place}: split.count: expected {count}, the number of files by their names, "
            f"found {stated_count}; files of a split checkpoint are named like "
            "model-00001-of-00003.gguf"
        )
    stated_index = _number(metadata, "split.no")
    if stated_index != index and not (count == 1 and stated_index is None):
        raise CheckpointError(
            f"{place}: split.no: expected {index}, by the name of the file, found {stated_index}"
        )


def _number(metadata: Mapping[str, str], key: str) -> JsonValue:
    return strict_json(metadata[key]) if key in metadata else None
