"""A revision of a hub, told on the terminal."""

import json

from weighin.cli.output import write_output
from weighin.identity.hub_revision import RemoteRevision
from weighin.reports.foreign_text import visible

_NO_WEIGHTS = (
    "not known without the bytes; download the revision and fingerprint its folder: "
    "hf download {repository} --revision {commit}"
)


def print_revision(reference: str, *, as_json: bool) -> None:
    """Print what a hub publishes under `hf://org/name@REV`."""
    from weighin import api

    revision = api.fingerprint_revision(reference)
    write_output(_json(revision) if as_json else _text(revision))


def _json(revision: RemoteRevision) -> str:
    return (
        json.dumps({**revision.model_dump(mode="json"), "grade": revision.grade}, indent=2) + "\n"
    )


def _text(revision: RemoteRevision) -> str:
    kind = "pinned" if revision.is_pinned else "declared: a branch or tag may move"
    why_not = _NO_WEIGHTS.format(repository=revision.repository, commit=revision.commit)
    rows = {
        "revision": f"{revision.reference} ({kind})",
        "commit": revision.commit,
        "source": revision.source,
        "weights": why_not,
        "files": str(len(revision.files)),
    }
    lines = [f"{name:<18} {value}" for name, value in rows.items()]
    lines += [
        f"  {_stated(file.lfs_sha256, file.blob_id)}  {file.size_bytes:>14,}  {visible(file.path)}"
        for file in revision.files
    ]
    if revision.tensors is None:
        lines.append(f"{'tensors':<18} not known: {revision.tensors_why_not}")
    else:
        lines.append(f"{'tensors':<18} {len(revision.tensors)}")
        lines += [
            f"  {tensor.dtype:<6} {list(tensor.shape)!s:<22} {visible(tensor.name)}"
            for tensor in revision.tensors
        ]
    return "\n".join(lines) + "\n"


def _stated(sha256: str | None, blob_id: str) -> str:
    return f"sha256 {sha256}" if sha256 is not None else f"git {blob_id}".ljust(71)
