"""The files of a revision, as a hub lists them and as the hub cache keeps that list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from weighin.errors import CheckpointError
from weighin.identity.published.revision import HubReference, RemoteFile, in_order_of_paths
from weighin.sources.hub.requests import Hub

TREE_CACHE_VERSION = 1

_MAX_FILES = 1_000_000

T = TypeVar("T")

_Size = Annotated[int, Field(ge=0, lt=2**63)]
_Sha1 = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")]


class _Foreign(BaseModel):
    """What a hub says: strict in what is read; the rest is passed over."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class _TreeLfs(_Foreign):
    oid: _Sha256
    size: _Size


class _TreeFile(_Foreign):
    type: Literal["file"]
    path: str
    size: _Size
    oid: _Sha1
    lfs: _TreeLfs | None = None
    xet_hash: _Sha256 | None = Field(default=None, alias="xetHash")


class _TreeFolder(_Foreign):
    type: Literal["directory"]
    path: str


class _InfoLfs(_Foreign):
    sha256: _Sha256
    size: _Size


class _Sibling(_Foreign):
    rfilename: str
    size: _Size
    blob_id: _Sha1 = Field(alias="blobId")
    lfs: _InfoLfs | None = None


class _Info(_Foreign):
    id: _Name
    sha: _Sha1
    siblings: list[_Sibling]


class _CachedFile(_Foreign):
    size: _Size
    blob_id: _Sha1
    lfs_sha256: _Sha256 | None = None
    lfs_size: _Size | None = None
    xet_hash: _Sha256 | None = None


class _CachedTree(_Foreign):
    format_version: Literal[1]
    files: dict[str, _CachedFile]


_INFO = TypeAdapter(_Info)
_PAGE = TypeAdapter(list[_TreeFile | _TreeFolder])
_CACHED_TREE = TypeAdapter(_CachedTree)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A revision as a hub lists it.

    Attributes:
        repository: Name under which the hub keeps it now: renamed repositories are redirected.
        commit: The commit that the revision stands for.
        files: In order of their paths.
    """

    repository: str
    commit: str
    files: tuple[RemoteFile, ...]


def listed_revision(hub: Hub, reference: HubReference) -> Listing:
    """The commit of a revision and its files.

    The hub is asked twice, for the description of the revision and for the tree of its commit,
    which must agree: only the tree knows the xet hashes, and only the description the commit.

    Raises:
        WeighinError: The hub cannot be reached, refuses, or contradicts itself.
    """
    what, repository = str(reference), reference.repository
    query = "blobs=true"
    path = f"api/models/{repository}/revision/{quote(reference.revision, safe='')}"
    info = _parsed(_INFO, next(hub.json_pages(path, query, what)), what)
    if reference.is_pinned and info.sha != reference.revision:
        raise CheckpointError(f"{what}: expected that commit from the hub, found commit {info.sha}")
    files: list[RemoteFile] = []
    tree = f"api/models/{repository}/tree/{info.sha}"
    for page in hub.json_pages(tree, "recursive=true&expand=false", what):
        entries = _parsed(_PAGE, page, what)
        files.extend(_remote_file(e, what) for e in entries if isinstance(e, _TreeFile))
        if len(files) > _MAX_FILES:
            raise CheckpointError(f"{what}: expected at most {_MAX_FILES} files, found more")
    listed = in_order_of_paths(files, what)
    _require_agreement(info, listed, what)
    return Listing(repository=info.id, commit=info.sha, files=listed)


def cached_files(tree: JsonValue, what: str) -> tuple[RemoteFile, ...]:
    """The files of a revision from the list that huggingface_hub keeps in its cache.

    Args:
        tree: Content of `trees/<commit>.json`.
        what: Named in errors.

    Raises:
        CheckpointError: It is no such list, or of another version.
    """
    parsed = _parsed(_CACHED_TREE, tree, what)
    files = [
        RemoteFile(
            path=path,
            size_bytes=file.size if file.lfs_size is None else file.lfs_size,
            blob_id=file.blob_id,
            lfs_sha256=file.lfs_sha256,
            xet_hash=file.xet_hash,
        )
        for path, file in parsed.files.items()
    ]
    return in_order_of_paths(files, what)


def _parsed(adapter: TypeAdapter[T], value: JsonValue, what: str) -> T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:200]
        raise CheckpointError(
            f"{what}: expected a list of files as the hub gives it, found at {place or 'its top'}: "
            f"{first['msg'].lower()}"
        ) from error


def _remote_file(entry: _TreeFile, what: str) -> RemoteFile:
    if entry.lfs is not None and entry.lfs.size != entry.size:
        raise CheckpointError(
            f"{what}: {entry.path!r}: expected one size, found {entry.size} and {entry.lfs.size}"
        )
    return RemoteFile(
        path=entry.path,
        size_bytes=entry.size,
        blob_id=entry.oid,
        lfs_sha256=None if entry.lfs is None else entry.lfs.oid,
        xet_hash=entry.xet_hash,
    )


def _require_agreement(info: _Info, files: tuple[RemoteFile, ...], what: str) -> None:
    described: Mapping[str, _Sibling] = {sibling.rfilename: sibling for sibling in info.siblings}
    for path in sorted(described.keys() ^ {file.path for file in files}):
        raise CheckpointError(
            f"{what}: {path!r}: expected the hub to list the same files twice, found this one once"
        )
    for file in files:
        sibling = described[file.path]
        twice = (sibling.size, sibling.blob_id, sibling.lfs and sibling.lfs.sha256)
        once = (file.size_bytes, file.blob_id, file.lfs_sha256)
        if twice != once:
            raise CheckpointError(
                f"{what}: {file.path!r}: expected the hub to state one size and digest, found "
                f"{once} and {twice}"
            )
