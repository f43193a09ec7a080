"""A revision of a hub repository, as far as it is known without its bytes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from weighin.errors import CheckpointError, UsageError
from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Grade

HUB_SCHEME = "hf://"
REVISION_FORMAT = "weighin.hub-revision/1"
DEFAULT_REVISION = "main"

_REFERENCE = re.compile(
    r"hf://(?P<repository>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]{1,200}))?", re.ASCII
)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHARD = re.compile(
    r"(?P<stem>model|pytorch_model)-(?P<number>\d{5})-of-(?P<total>\d{5})"
    r"(?P<suffix>\.safetensors|\.bin)",
    re.ASCII,
)
_META_SLICE = re.compile(r"consolidated\.(?P<number>\d\d)\.pth", re.ASCII)
# In the order in which transformers looks for them.
_LAYOUTS = (("model", ".safetensors"), ("pytorch_model", ".bin"))
_UNSAFE = re.compile(r"[\0\\]|^/|(^|/)\.{0,2}(/|$)")

_Size = Annotated[int, Field(ge=0, lt=2**63)]
_Sha1 = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class HubReference:
    """What `hf://org/name@REV` names.

    Attributes:
        repository: `org/name`.
        revision: A commit, branch or tag.
    """

    repository: str
    revision: str

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit, which never moves."""
        return is_commit(self.revision)

    def __str__(self) -> str:
        return f"{HUB_SCHEME}{self.repository}@{self.revision}"


class RemoteFile(StrictModel):
    """One file of a revision.

    Attributes:
        path: Relative to the repository, POSIX separators.
        size_bytes: Size of the file itself, not of the pointer that git holds.
        blob_id: Git's SHA-1 of the file, or of the pointer to it.
        lfs_sha256: Hex SHA-256 of the file; `None` if it lies in git itself.
        xet_hash: Hash by which the hub's chunk store knows it; `None` if it does not.
    """

    path: str
    size_bytes: _Size
    blob_id: _Sha1
    lfs_sha256: _Sha256 | None
    xet_hash: _Sha256 | None


class RemoteTensor(StrictModel):
    """One tensor of a revision, from the header of its file; its bytes were not read.

    Attributes:
        name: As spelled in the header.
        dtype: As safetensors spells it, for example `BF16`.
        shape: Row-major.
        file: The file that holds it.
    """

    name: str
    dtype: str
    shape: tuple[_Size, ...]
    file: str


class RemoteRevision(StrictModel):
    """What is known of a revision without a download. There is no weights digest without bytes.

    Attributes:
        format: Always `weighin.hub-revision/1`.
        reference: As given, with its revision: `hf://org/name@main`.
        repository: `org/name`.
        commit: The 40-hex commit that the revision stood for when it was asked.
        is_pinned: Whether the reference itself names that commit. A branch or tag may move.
        files: In order of their paths.
        tensors: Of the first of `weight_sets`, in order of their UTF-8 names; `None` if unknown.
        tensors_why_not: Why not; empty if `tensors` is there.
        source: Who was asked.
        endpoint: Where that hub is, without credentials; empty if its cache was asked.
        asked: When the hub was asked, UTC; empty if its cache was.
        moved_to: `org/name` under which the hub keeps the repository now; empty if as asked.
        kept_in: The file that this was read from; empty if the hub or its cache was asked itself.
    """

    format: str = REVISION_FORMAT
    reference: str
    repository: str
    commit: str
    is_pinned: bool
    files: tuple[RemoteFile, ...]
    tensors: tuple[RemoteTensor, ...] | None
    tensors_why_not: str
    source: Literal["hub", "hub cache"]
    endpoint: Annotated[str, Field(pattern=r"^(https?://[!-~]+)?$")] = ""
    asked: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?$")] = ""
    moved_to: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    kept_in: str = ""

    @property
    def statement(self) -> str:
        """Who states it, as a clause: `as https://huggingface.co lists it`."""
        who = self.endpoint or f"the {self.source}"
        if not self.kept_in:
            return f"as {who} lists it"
        when = f" at {self.asked}" if self.asked else ""
        return f"as {who} listed it{when}, kept in {self.kept_in}"

    def states_the_same_files_as(self, other: "RemoteRevision") -> bool:
        """Whether both list the same files with the same digests. Xet hashes may be left out."""
        mine, theirs = (
            tuple((file.path, file.size_bytes, file.blob_id, file.lfs_sha256) for file in of.files)
            for of in (self, other)
        )
        return self.commit == other.commit and mine == theirs

    @property
    def grade(self) -> Grade:
        """How well the reference identifies what it names."""
        return Grade.PINNED if self.is_pinned else Grade.DECLARED

    @property
    def weight_sets(self) -> tuple[tuple[str, ...], ...]:
        """As `weight_sets` finds them among the files."""
        return weight_sets(file.path for file in self.files)


def is_on_hub(written: str | None) -> bool:
    """Whether a checkpoint is named as a revision of a hub."""
    return written is not None and written.startswith(HUB_SCHEME)


def is_commit(text: str) -> bool:
    """Whether a text is the full id of a git commit."""
    return _COMMIT.fullmatch(text) is not None


def parse_reference(text: str) -> HubReference:
    """What `hf://org/name@REV` names; the revision is `main` if none is written.

    Raises:
        UsageError: It is no such reference.
    """
    match = _REFERENCE.fullmatch(text)
    if match is not None:
        repository, revision = match["repository"], match["revision"] or DEFAULT_REVISION
        # Both become part of a path: of a URL, and of the hub cache.
        parts = (*repository.split("/"), *revision.split("/"))
        if not any(part in {"", ".", ".."} for part in parts):
            return HubReference(repository=repository, revision=revision)
    raise UsageError(f"expected hf://org/name or hf://org/name@revision, found {text!r}")


def in_order_of_paths(files: Sequence[RemoteFile], what: str) -> tuple[RemoteFile, ...]:
    """The files in order of their paths, which lead nowhere else and name one file each.

    Args:
        files: As a hub, its cache or a kept file lists them.
        what: Named in errors.

    Raises:
        CheckpointError: A path leads out of the repository, or stands twice.
    """
    seen = set[str]()
    for file in files:
        if _UNSAFE.search(file.path):
            raise CheckpointError(
                f"{what}: expected paths inside the repository, found {file.path[:200]!r}"
            )
        if file.path in seen:
            raise CheckpointError(f"{what}: {file.path!r}: expected one such file, found two")
        seen.add(file.path)
    return tuple(sorted(files, key=lambda file: file.path))


def download_command(reference: HubReference) -> str:
    """The command that downloads a revision into the hub cache."""
    return f"hf download {reference.repository} --revision {reference.revision}"


def weight_sets(paths: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The sets of weight files that a loader would read whole, by their names.

    Source:
        The names that `save_pretrained` of transformers gives: `model.safetensors`,
        `model-00001-of-00002.safetensors`, `pytorch_model.bin`, `pytorch_model-00001-of-00002.bin`;
        and those of Meta's releases: `consolidated.00.pth`.

    Returns:
        The one that transformers prefers first, Meta's last. Shards of which one is missing, or of
        which two whole sets could be meant, are left out.
    """
    names = frozenset(paths)
    shards: defaultdict[tuple[str, str], defaultdict[str, set[int]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for name in names:
        if match := _SHARD.fullmatch(name):
            shards[match["stem"], match["suffix"]][match["total"]].add(int(match["number"]))
    found: list[tuple[str, ...]] = []
    for stem, suffix in _LAYOUTS:
        if f"{stem}{suffix}" in names:
            found.append((f"{stem}{suffix}",))
        of_total = shards[stem, suffix]
        if len(of_total) == 1:
            ((total, numbers),) = of_total.items()
            if numbers == set(range(1, int(total) + 1)):
                found.append(tuple(f"{stem}-{n:05d}-of-{total}{suffix}" for n in sorted(numbers)))
    slices = sorted(name for name in names if _META_SLICE.fullmatch(name))
    if slices and slices == [f"consolidated.{n:02d}.pth" for n in range(len(slices))]:
        found.append(tuple(slices))
    return tuple(found)
