"""A revision of a hub as one JSON document: what `--save` keeps of it, too."""

from typing import Literal

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Grade
from weighin.identity.published.kept import kept_content
from weighin.identity.published.revision import RemoteFile, RemoteRevision, RemoteTensor
from weighin.reports.shared.json_text import json_text


class HubRevisionDocument(StrictModel):
    """What is known of a revision without a download. There is no weights digest without bytes.

    Attributes:
        format: Always `weighin.hub-revision/1`.
        reference: As given, with its revision: `hf://org/name@main`.
        repository: `org/name`.
        commit: The 40-hex commit that the revision stood for when it was asked.
        is_pinned: Whether the reference itself names that commit. A branch or tag may move.
        files: In order of their paths.
        tensors: In order of their UTF-8 names; `null` if unknown.
        tensors_why_not: Why not; empty if `tensors` is there.
        source: Who was asked.
        endpoint: Where that hub is, without credentials; empty if its cache was asked.
        asked: When the hub was asked, UTC; empty if its cache was.
        moved_to: `org/name` under which the hub keeps the repository now; empty if as asked.
        grade: How well the reference identifies what it names.
    """

    format: Literal["weighin.hub-revision/1"]
    reference: str
    repository: str
    commit: str
    is_pinned: bool
    files: tuple[RemoteFile, ...]
    tensors: tuple[RemoteTensor, ...] | None
    tensors_why_not: str
    source: Literal["hub", "hub cache"]
    endpoint: str
    asked: str
    moved_to: str
    grade: Grade


def render(revision: RemoteRevision) -> str:
    """What a hub publishes of a revision, as one JSON document in ASCII, with a line break."""
    return json_text(HubRevisionDocument.model_validate_json(kept_content(revision)))
