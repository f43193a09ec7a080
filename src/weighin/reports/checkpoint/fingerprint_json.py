"""A fingerprint as one JSON document."""

from weighin.identity.manifest import AdapterEntry
from weighin.reports.checkpoint.fingerprint import Fingerprinted, stored_numbers
from weighin.reports.shared.json_text import json_text


def render(found: Fingerprinted) -> str:
    """What a checkpoint is, as one JSON document in ASCII."""
    return json_text(
        {
            "checkpoint_id": found.manifest.checkpoint_id,
            "stored_numbers": stored_numbers(found.manifest.tensors),
            "size_bytes": found.size_bytes,
            "quantization": found.quantization,
            "ignored_files": found.ignored,
            "ignored_weights": found.ignored_weights,
            "file_digests": found.files,
            "manifest": found.manifest,
        }
    )


def render_adapter(adapter: AdapterEntry, ignored: tuple[str, ...]) -> str:
    """What an adapter is that was given without its base, as one JSON document in ASCII."""
    return json_text(
        {
            "adapter": adapter,
            "stored_numbers": stored_numbers(adapter.tensors),
            "ignored_files": ignored,
        }
    )
