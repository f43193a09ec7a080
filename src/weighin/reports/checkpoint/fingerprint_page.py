"""A fingerprint told: what a checkpoint is."""

from collections.abc import Mapping
from typing import Final

from weighin.identity.fingerprint.weights import dtype_of
from weighin.identity.manifest import AdapterEntry
from weighin.reports.checkpoint.fingerprint import Fingerprinted, stored_numbers
from weighin.reports.page.model import (
    Column,
    Fact,
    Facts,
    Guide,
    Items,
    Page,
    Phrase,
    Table,
    foreign,
    name,
    ours,
)

_SHOWN: Final = 20
_FILE_COLUMNS: Final = (Column("digest"), Column("bytes", is_number=True), Column("path"))


def fingerprint_page(found: Fingerprinted) -> Page:
    """What a checkpoint is, and its files if their digests were asked for."""
    manifest = found.manifest
    adapter = manifest.adapter
    facts = _facts(
        {
            "checkpoint id": _digest(manifest.checkpoint_id),
            "weights": _digest(manifest.weights),
            "tensors": f"{len(manifest.tensors):,}",
            "parameters": _parameters(found),
            "size": f"{found.size_bytes:,} bytes in {len(manifest.files):,} files",
            "dtype": manifest.dtype,
            "config": _digest(manifest.config),
            "generation config": _digest(manifest.generation_config),
            "tokenizer": _digest(manifest.tokenizer),
            "special tokens": _digest(manifest.special_tokens),
            "chat template": _digest(manifest.chat_template),
            "remote code": _digest(manifest.remote_code),
            "quantization": _digest(manifest.quantization),
            **_build(found),
            "adapter": None if adapter is None else _digest(adapter.weights),
            "base of adapter": None if adapter is None else _base(adapter, ""),
            "ignored files": _names(found.ignored),
            **_other_weights(found.ignored_weights),
        }
    )
    rows = tuple(
        (name(f"sha256 {file.sha256}"), ours(f"{file.size_bytes:,}"), name(file.path))
        for file in found.files
    )
    return Page(
        lead=(facts, Table(_FILE_COLUMNS, rows)) if rows else (facts,),
        guide=Guide(title="Fingerprint of a checkpoint"),
    )


def adapter_page(adapter: AdapterEntry, ignored: tuple[str, ...]) -> Page:
    """What an adapter is that was given without its base.

    Args:
        adapter: The adapter.
        ignored: Paths of the other files in its folder.
    """
    facts = _facts(
        {
            "adapter": _digest(adapter.weights),
            "adapter config": _digest(adapter.config_sha256),
            "base model": _base(adapter, "; not read"),
            "tensors": str(len(adapter.tensors)),
            "parameters": f"{stored_numbers(adapter.tensors):,}",
            "dtype": dtype_of(adapter.tensors),
            "checkpoint id": "none: an adapter alone is not a checkpoint; give its base model's "
            "folder, and this one with --adapter",
            "ignored files": _names(ignored),
        }
    )
    return Page(lead=(facts,), guide=Guide(title="Fingerprint of an adapter"))


def _facts(rows: Mapping[str, str | Phrase | None]) -> Facts:
    told = ((label, words or "none") for label, words in rows.items())
    return Facts(
        tuple(
            Fact(ours(label), (foreign(words),) if isinstance(words, str) else words)
            for label, words in told
        )
    )


def _build(found: Fingerprinted) -> Mapping[str, str]:
    """How its tensors are packed, and what it says of that."""
    if found.quantization:
        return {"quantised build": found.quantization}
    return {"file type": found.file_type} if found.file_type else {}


def _digest(digest: str | None) -> Phrase:
    return (name(digest),) if digest else ()


def _base(adapter: AdapterEntry, more: str) -> str:
    return f"{adapter.base_model or 'none'} (as the adapter names it{more})"


def _names(paths: tuple[str, ...]) -> Phrase:
    return (Items(tuple(map(name, paths)), _SHOWN),) if paths else ()


def _other_weights(paths: tuple[str, ...]) -> Mapping[str, Phrase]:
    if not paths:
        return {}
    return {
        "other weights": (
            *_names(paths),
            ours(" (not read: no loader of these weights reads them)"),
        )
    }


def _parameters(found: Fingerprinted) -> str:
    stored = f"{stored_numbers(found.manifest.tensors):,}"
    if found.manifest.quantization is None:
        return stored
    return f"{stored} numbers as stored; quantised, so several parameters may share one"
