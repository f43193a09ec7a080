"""A fingerprint told on the terminal."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from weighin.identity.containers.safetensors import element_count
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.fingerprint.weights import dtype_of
from weighin.identity.manifest import AdapterEntry, Manifest, TensorEntry
from weighin.reports.shared.foreign_text import visible

_MAX_IGNORED = 20


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """A checkpoint that was read.

    Attributes:
        manifest: What it is.
        files: The digests of its files; empty if they were not asked for.
        ignored: Paths of the files in its folder that no loader reads.
        ignored_weights: Those of them that hold weights, by their names.
        quantization: Its quantised build in words; empty if it is none.
    """

    manifest: Manifest
    files: tuple[CheckpointFileDigest, ...]
    ignored: tuple[str, ...]
    ignored_weights: tuple[str, ...] = ()
    quantization: str = ""


def checkpoint_text(found: Fingerprinted, *, as_json: bool) -> str:
    """What a checkpoint is, for people or as one JSON document."""
    return _json(found) if as_json else _text(found)


def adapter_text(adapter: AdapterEntry, ignored: tuple[str, ...], *, as_json: bool) -> str:
    """What an adapter is that was given without its base.

    Args:
        adapter: The adapter.
        ignored: Paths of the other files in its folder.
        as_json: Whether to tell it as one JSON document.
    """
    if as_json:
        document = {
            "adapter": adapter.model_dump(mode="json"),
            "stored_numbers": _stored_numbers(adapter.tensors),
            "ignored_files": list(ignored),
        }
        return json.dumps(document, indent=2) + "\n"
    return _rows(
        {
            "adapter": adapter.weights,
            "adapter config": adapter.config_sha256,
            "base model": f"{adapter.base_model or 'none'} (as the adapter names it; not read)",
            "tensors": str(len(adapter.tensors)),
            "parameters": f"{_stored_numbers(adapter.tensors):,}",
            "dtype": dtype_of(adapter.tensors),
            "checkpoint id": "none: an adapter alone is not a checkpoint; give its base model's "
            "folder, and this one with --adapter",
            "ignored files": _names(ignored),
        }
    )


def _json(found: Fingerprinted) -> str:
    manifest = found.manifest
    document = {
        "checkpoint_id": manifest.checkpoint_id,
        "stored_numbers": _stored_numbers(manifest.tensors),
        "size_bytes": _size_bytes(manifest),
        "quantization": found.quantization,
        "ignored_files": list(found.ignored),
        "ignored_weights": list(found.ignored_weights),
        "file_digests": [file.model_dump(mode="json") for file in found.files],
        "manifest": manifest.model_dump(mode="json"),
    }
    return json.dumps(document, indent=2) + "\n"


def _text(found: Fingerprinted) -> str:
    manifest = found.manifest
    adapter = manifest.adapter
    lines = [
        _rows(
            {
                "checkpoint id": manifest.checkpoint_id,
                "weights": manifest.weights,
                "tensors": f"{len(manifest.tensors):,}",
                "parameters": _parameters(manifest),
                "size": f"{_size_bytes(manifest):,} bytes in {len(manifest.files):,} files",
                "dtype": manifest.dtype,
                "config": manifest.config,
                "generation config": manifest.generation_config,
                "tokenizer": manifest.tokenizer,
                "special tokens": manifest.special_tokens,
                "chat template": manifest.chat_template,
                "remote code": manifest.remote_code,
                "quantization": manifest.quantization,
                **({"quantised build": found.quantization} if found.quantization else {}),
                "adapter": None if adapter is None else adapter.weights,
                "base of adapter": None
                if adapter is None
                else f"{adapter.base_model or 'none'} (as the adapter names it)",
                "ignored files": _names(found.ignored),
                **_other_weights(found.ignored_weights),
            }
        )
    ]
    lines += [
        f"  sha256 {file.sha256}  {file.size_bytes:>14,}  {visible(file.path)}\n"
        for file in found.files
    ]
    return "".join(lines)


def _other_weights(paths: tuple[str, ...]) -> Mapping[str, str]:
    if not paths:
        return {}
    return {"other weights": f"{_names(paths)} (not read: no loader of these weights reads them)"}


def _rows(rows: Mapping[str, str | None]) -> str:
    return "".join(f"{name:<18} {visible(value or 'none')}\n" for name, value in rows.items())


def _parameters(manifest: Manifest) -> str:
    stored = f"{_stored_numbers(manifest.tensors):,}"
    if manifest.quantization is None:
        return stored
    return f"{stored} numbers as stored; quantised, so several parameters may share one"


def _stored_numbers(tensors: Iterable[TensorEntry]) -> int:
    return sum(element_count(tensor.shape) for tensor in tensors)


def _size_bytes(manifest: Manifest) -> int:
    return sum(file.size_bytes for file in manifest.files)


def _names(paths: tuple[str, ...]) -> str:
    shown = ", ".join(paths[:_MAX_IGNORED])
    more = len(paths) - _MAX_IGNORED
    return f"{shown} and {more} more" if more > 0 else shown
