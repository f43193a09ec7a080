"""A revision of a hub, told on the terminal."""

import os
from pathlib import Path

from weighin.identity.published.kept import kept_content
from weighin.identity.published.revision import HubReference, RemoteRevision, download_command
from weighin.reports.checkpoint import revision_json
from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.formats import Format
from weighin.reports.told.report import Report

_NO_WEIGHTS = (
    "not known without the bytes; download the revision and fingerprint its folder: {download}"
)
_XET = (
    "listed by the hub for {number} of them and not compared: they depend on how a file is cut "
    "into chunks, and its sha256 decides"
)


def revision_report(reference: str, *, save: Path | None) -> Report:
    """What a hub publishes under `hf://org/name@REV`.

    Args:
        reference: What is asked for.
        save: Where to keep what the hub said, for checks without a network.

    Raises:
        UsageError: There is a file at `save` already, or it cannot be written.
    """
    from weighin import api

    revision = api.fingerprint_revision(reference)
    if save is not None:
        save_new(save, kept_content(revision))
    printers = {
        Format.TEXT: lambda: _text(revision),
        Format.JSON: lambda: revision_json.render(revision),
    }
    return Report(printers=printers)


def require_new(path: Path) -> None:
    """Find out before hours of hashing whether a new file can be there after it.

    Raises:
        UsageError: There is a file already, or no folder for it: a mistyped one is not made.
    """
    from weighin.errors import UsageError

    if os.path.lexists(path):
        raise UsageError(f"{path}: expected a new file, found one there already; name another")
    if not path.parent.is_dir():
        raise UsageError(
            f"{path}: expected a folder to write it to, found nothing at {path.parent}; make it, "
            "or give another place with --save"
        )


def save_new(path: Path, content: bytes) -> None:
    """Write a new file, whole or not at all.

    Raises:
        InfrastructureError: The disk is full or failing.
        UsageError: There is a file already, or it cannot be written.
    """
    from weighin.errors import UsageError
    from weighin.files.written import create_file

    if not create_file(path, content, way_out="give another place with --save"):
        raise UsageError(f"{path}: expected a new file, found one there already; name another")


def _text(revision: RemoteRevision) -> str:
    kind = "pinned" if revision.is_pinned else "declared: a branch or tag may move"
    download = download_command(HubReference(revision.repository, revision.commit))
    rows = {"revision": f"{revision.reference} ({kind})"}
    if revision.moved_to:
        rows["moved"] = f"the hub keeps this repository as {revision.moved_to} now"
    rows |= {
        "commit": revision.commit,
        "source": f"{revision.endpoint}, asked at {revision.asked}"
        if revision.endpoint
        else f"the {revision.source}, without asking the hub",
        "weights": _NO_WEIGHTS.format(download=download),
        "files": str(len(revision.files)),
    }
    lines = [_row(name, value) for name, value in rows.items()]
    lines += [
        f"  {_stated(file.lfs_sha256, file.blob_id)}  {file.size_bytes:>14,}  {visible(file.path)}"
        for file in revision.files
    ]
    if number := sum(file.xet_hash is not None for file in revision.files):
        lines.append(_row("xet hashes", _XET.format(number=number)))
    if revision.tensors is None:
        lines.append(_row("tensors", f"not known: {visible(revision.tensors_why_not)}"))
    else:
        number = len(revision.tensors)
        lines.append(_row("tensors", f"{number} (names, dtypes and shapes; no bytes were read)"))
        lines += [
            f"  {tensor.dtype:<6} {list(tensor.shape)!s:<22} {visible(tensor.name)}"
            for tensor in revision.tensors
        ]
    return "\n".join(lines) + "\n"


def _row(name: str, value: str) -> str:
    return f"{name:<18} {value}"


def _stated(sha256: str | None, blob_id: str) -> str:
    return f"sha256 {sha256}" if sha256 is not None else f"git {blob_id}".ljust(71)
