"""The small files of two checkpoints, where both are at hand: what differs in their texts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.differences.words.wording import count
from weighin.files.canonical import sha256_hex
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.comparison.tokenizers import TokenizerChanges, tokenizer_changes
from weighin.identity.facets import Facet
from weighin.identity.folder.file_names import POLICY_FILES, TEMPLATE_FILE, TOKENIZER_FILE
from weighin.identity.manifest import Manifest
from weighin.identity.parts.chat_template import chat_templates

_CONFIG: Final = "config.json"
_GENERATION_CONFIG: Final = "generation_config.json"
_READ: Final = (_CONFIG, _GENERATION_CONFIG, TOKENIZER_FILE, *POLICY_FILES, TEMPLATE_FILE)
_TOKENS_SHOWN: Final = 10
_TEXTS: Final = {
    Facet.CONFIG: _CONFIG,
    Facet.GENERATION_CONFIG: _GENERATION_CONFIG,
    Facet.SPECIAL_TOKENS: POLICY_FILES[0],
}


@dataclass(frozen=True, slots=True)
class SmallFiles:
    """The files of a checkpoint beside its weights.

    Attributes:
        folder: Where they lie.
        contents: Their bytes by name; what cannot be read is left out.
    """

    folder: Path
    contents: Mapping[str, bytes]


def files_in(folder: Path) -> SmallFiles:
    """The files of a checkpoint folder."""
    return SmallFiles(folder, dict(_contents(folder)))


def files_of(manifest: Manifest | None, location: str | None) -> SmallFiles:
    """The files of a checkpoint where it lay, as far as they are still those of its manifest."""
    folder = Path(location or ".")
    if manifest is None or location is None:
        return SmallFiles(folder, {})
    stated = {entry.path: entry.sha256 for entry in manifest.files}
    return SmallFiles(
        folder,
        {
            name: content
            for name, content in _contents(folder)
            if stated.get(name) == sha256_hex(content)
        },
    )


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in _READ:
        path = folder / name
        try:
            if path.is_file():
                yield name, read_small_file(path)
        except (CheckpointError, OSError):
            # What cannot be read shows nothing; that it is damaged, `weighin fingerprint` tells.
            continue


def with_files(difference: Difference, first: SmallFiles, second: SmallFiles) -> Difference:
    """A facet that differs, with what differs in the files that it is of, if both are at hand."""
    if not difference.is_different:
        return difference
    try:
        if difference.topic == Facet.TOKENIZER:
            return _tokenizer(difference, first, second)
        if difference.topic == Facet.CHAT_TEMPLATE and not difference.lines:
            return replace(difference, lines=_templates(first, second))
        name = next((f for facet, f in _TEXTS.items() if facet == difference.topic), "")
        if name in first.contents and name in second.contents and not difference.lines:
            lines = unified_diff(_readable(first, name), _readable(second, name))
            return replace(difference, lines=lines)
    except (CheckpointError, ValueError):
        return difference
    return difference


def _parsed(files: SmallFiles, name: str) -> dict[str, JsonValue]:
    return parse_json_object(files.contents[name], files.folder / name)


def _readable(files: SmallFiles, name: str) -> str:
    return json.dumps(_parsed(files, name), indent=1, sort_keys=True, ensure_ascii=False)


def _templates(first: SmallFiles, second: SmallFiles) -> tuple[str, ...]:
    texts = []
    for files in (first, second):
        config = _parsed(files, POLICY_FILES[0]) if POLICY_FILES[0] in files.contents else {}
        found = chat_templates(files.contents, config, files.folder)
        texts.append("\n".join(found.values()))
    return unified_diff(*texts) if all(texts) else ()


def _tokenizer(difference: Difference, first: SmallFiles, second: SmallFiles) -> Difference:
    if TOKENIZER_FILE not in first.contents or TOKENIZER_FILE not in second.contents:
        return replace(
            difference,
            way="which tokens and merges is not known: the tokenizer.json that was scored is not "
            "at hand of both; `weighin diff CHECKPOINT_A CHECKPOINT_B` tells it of two folders",
        )
    changes = tokenizer_changes(*(_parsed(files, TOKENIZER_FILE) for files in (first, second)))
    return replace(
        difference, brief=_brief(changes) or difference.brief, lines=tuple(_lines(changes))
    )


def _brief(changes: TokenizerChanges) -> str:
    parts = (
        (len(changes.added), "token", "added"),
        (len(changes.gone), "token", "gone"),
        (len(changes.renumbered), "token", "renumbered"),
        (len(changes.merges_added), "merge", "added"),
        (len(changes.merges_gone), "merge", "gone"),
    )
    told = [f"{count(number, noun)} {what}" for number, noun, what in parts if number]
    if changes.is_reordered:
        told.append("merges in another order")
    return ", ".join((*told, *changes.parts))


def _lines(changes: TokenizerChanges) -> Iterator[str]:
    for mark, noun, names in (
        ("-", "token", changes.gone),
        ("+", "token", changes.added),
        ("~", "token", changes.renumbered),
        ("-", "merge", changes.merges_gone),
        ("+", "merge", changes.merges_added),
    ):
        yield from (f"{mark}{noun} {name}" for name in names[:_TOKENS_SHOWN])
        if len(names) > _TOKENS_SHOWN:
            yield f"{mark}… and {count(len(names) - _TOKENS_SHOWN, noun)} more"
    yield from (f"~{part}" for part in changes.parts)
