"""A fingerprint as one JSON document."""

from typing import Final, Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import AdapterEntry, Manifest
from weighin.reports.checkpoint.fingerprint import Fingerprinted, stored_numbers
from weighin.reports.shared.json_text import json_text

FINGERPRINT_FORMAT: Final = "weighin.fingerprint/1"
ADAPTER_FORMAT: Final = "weighin.adapter-fingerprint/1"


class FingerprintDocument(StrictModel):
    """What a checkpoint is.

    Attributes:
        format: Always `weighin.fingerprint/1`.
        checkpoint_id: Hex SHA-256 of the canonical manifest.
        stored_numbers: How many elements the tensors have, as they are stored.
        size_bytes: Size of all files that a loader reads.
        quantization: Its quantised build in words; empty if it is none.
        ignored_files: Paths of the files in its folder that no loader reads.
        ignored_weights: Those of them that hold weights, by their names.
        file_digests: The digests of its files; empty if they were not asked for.
        manifest: Everything in it, digest by digest.
    """

    format: Literal["weighin.fingerprint/1"]
    checkpoint_id: str
    stored_numbers: int
    size_bytes: int
    quantization: str
    ignored_files: tuple[str, ...]
    ignored_weights: tuple[str, ...]
    file_digests: tuple[CheckpointFileDigest, ...]
    manifest: Manifest


class AdapterFingerprintDocument(StrictModel):
    """What an adapter is that was given without its base.

    Attributes:
        format: Always `weighin.adapter-fingerprint/1`.
        adapter: Everything in it, digest by digest.
        stored_numbers: How many elements its tensors have.
        ignored_files: Paths of the files in its folder that no loader reads.
    """

    format: Literal["weighin.adapter-fingerprint/1"]
    adapter: AdapterEntry
    stored_numbers: int
    ignored_files: tuple[str, ...]


def render(found: Fingerprinted) -> str:
    """What a checkpoint is, as one JSON document in ASCII, with a line break at the end."""
    return json_text(
        FingerprintDocument(
            format=FINGERPRINT_FORMAT,
            checkpoint_id=found.manifest.checkpoint_id,
            stored_numbers=stored_numbers(found.manifest.tensors),
            size_bytes=found.size_bytes,
            quantization=found.quantization,
            ignored_files=found.ignored,
            ignored_weights=found.ignored_weights,
            file_digests=found.files,
            manifest=found.manifest,
        )
    )


def render_adapter(adapter: AdapterEntry, ignored: tuple[str, ...]) -> str:
    """What an adapter is that was given without its base, as one JSON document, likewise."""
    return json_text(
        AdapterFingerprintDocument(
            format=ADAPTER_FORMAT,
            adapter=adapter,
            stored_numbers=stored_numbers(adapter.tensors),
            ignored_files=ignored,
        )
    )
