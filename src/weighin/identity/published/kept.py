"""What a hub said of a revision, kept in a file for checks without a network.

Nothing in such a file can be verified without the hub: a commit id binds the files that it lists,
but only for someone who holds the git objects. Whoever can write the file can state other digests,
so it counts for as much as the place that it was kept in, and everything that rests on it says so.
"""

import json
from pathlib import Path

from pydantic import JsonValue, ValidationError

from weighin.errors import CheckpointError, UsageError
from weighin.files.canonical import canonical_json
from weighin.files.opened import parse_json_object, read_small_file
from weighin.identity.folder.mistaken_places import meant_by
from weighin.identity.published.revision import (
    REVISION_FORMAT,
    RemoteRevision,
    in_order_of_paths,
    is_commit,
    parse_reference,
)


def revision_document(revision: RemoteRevision) -> dict[str, JsonValue]:
    """A revision as JSON, with its grade. Where it was read from is left out."""
    stated: dict[str, JsonValue] = revision.model_dump(mode="json", exclude={"kept_in"})
    return {**stated, "grade": str(revision.grade)}


def kept_content(revision: RemoteRevision) -> bytes:
    """The content of a file that keeps a revision: canonical JSON."""
    return canonical_json(revision_document(revision))


def is_kept_revision(path: Path) -> bool:
    """Whether a file says that it is a revision that was kept.

    Raises:
        CheckpointError: The file is unreadable, or no JSON object.
    """
    if not path.exists() and not path.is_symlink():
        raise CheckpointError(
            f"{path}: expected a manifest, or what is kept of a revision, found nothing there"
            f"{meant_by(path)}"
        )
    return parse_json_object(read_small_file(path), path).get("format") == REVISION_FORMAT


def load_revision(path: Path) -> RemoteRevision:
    """A revision from the file that it was kept in.

    Raises:
        CheckpointError: The file is unreadable, no such file, or contradicts itself: for example,
            it calls a branch pinned.
    """
    document = parse_json_object(read_small_file(path), path)
    if document.get("format") != REVISION_FORMAT:
        raise CheckpointError(
            f"{path}: format: expected {REVISION_FORMAT}, found {document.get('format')!r:.80}"
        )
    grade = document.pop("grade", None)
    try:
        revision = RemoteRevision.model_validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:200]
        raise CheckpointError(f"{path}: {place}: {first['msg'].lower()}") from error
    _require_consistent(revision, grade, path)
    return revision.model_copy(update={"kept_in": str(path)})


def _require_consistent(revision: RemoteRevision, grade: JsonValue, path: Path) -> None:
    try:
        reference = parse_reference(revision.reference)
    except UsageError as error:
        raise CheckpointError(f"{path}: reference: {error}") from error
    tensors = revision.tensors or ()
    names = [tensor.name for tensor in tensors]
    listed = {file.path for file in revision.files}
    contradictions = {
        "reference": str(reference) != revision.reference,
        "repository": reference.repository != revision.repository,
        "commit": not is_commit(revision.commit)
        or (reference.is_pinned and reference.revision != revision.commit),
        "is_pinned": reference.is_pinned != revision.is_pinned,
        "grade": grade not in (None, str(revision.grade)),
        "kept_in": bool(revision.kept_in),
        "files": in_order_of_paths(revision.files, str(path)) != revision.files,
        "tensors": names != sorted(set(names), key=lambda name: name.encode("utf-8"))
        or not {tensor.file for tensor in tensors} <= listed,
        "tensors_why_not": (revision.tensors is None) != bool(revision.tensors_why_not),
    }
    for field in (name for name, holds in contradictions.items() if holds):
        raise CheckpointError(
            f"{path}: {field}: expected what the rest of the file says, found something else; ask "
            f"the hub again with `weighin fingerprint {reference} --save FILE`"
        )
