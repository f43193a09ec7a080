"""The files of a signed statement, whatever they were cut into: paths, sizes and digests."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from weighin.errors import EvidenceError
from weighin.sources.signatures.bundle import Resource, Serialization, Signed

_DIGEST_CHARACTERS = {"sha256": 64, "blake2b": 128}


@dataclass(frozen=True, slots=True)
class SignedPart:
    """A run of bytes of a file that was signed.

    Attributes:
        begin: First byte.
        end: First byte after it; `None` for the end of the file.
        digest: Hex digest of the bytes.
    """

    begin: int
    end: int | None
    digest: str


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file that was signed as a whole.

    Attributes:
        path: Relative to the folder, POSIX separators; never leads out of it by itself.
        parts: One, or the shards in their order; they leave no byte out.
    """

    path: str
    parts: tuple[SignedPart, ...]

    @property
    def size_bytes(self) -> int | None:
        """Size of the file when it was signed; `None` if the statement does not say."""
        return self.parts[-1].end


def signed_files(signed: Signed, source: Path) -> tuple[SignedFile, ...]:
    """The files that a statement lists, in order of their paths.

    Args:
        signed: The statement.
        source: The bundle, named in errors only.

    Raises:
        EvidenceError: A name is not a path inside a folder or stands twice, an algorithm or digest
            is not the stated one, or the shards of a file leave bytes out.
    """
    how = signed.serialization
    algorithm, shard_size = _stated(how, source)
    found: dict[str, list[SignedPart]] = defaultdict(list)
    for resource in signed.resources:
        if (
            resource.algorithm != algorithm
            or len(resource.digest) != _DIGEST_CHARACTERS[how.hash_type]
        ):
            raise EvidenceError(
                f"{source}: resource {resource.name!r}: expected a digest of {algorithm}, found "
                f"{len(resource.digest)} characters of {resource.algorithm!r:.80}"
            )
        path, part = _located(resource, source, is_shard=shard_size is not None)
        if found[path] and shard_size is None:
            raise EvidenceError(f"{source}: resource {resource.name!r} stands twice")
        found[path].append(part)
    if shard_size is not None:
        for path, parts in found.items():
            _require_gapless(path, parts, shard_size, source)
    return tuple(SignedFile(path, tuple(parts)) for path, parts in sorted(found.items()))


def _stated(how: Serialization, source: Path) -> tuple[str, int | None]:
    """The algorithm that every resource must name, and the size of shards if there are any."""
    if how.method == "files":
        return how.hash_type, None
    size = how.shard_size
    if size is None or size < 1 or size != int(size):
        raise EvidenceError(
            f"{source}: serialization.shard_size: expected a whole number of bytes, found {size}"
        )
    return f"{how.hash_type}-sharded-{int(size)}", int(size)


def _located(resource: Resource, source: Path, *, is_shard: bool) -> tuple[str, SignedPart]:
    path, begin, end = resource.name, "0", ""
    if is_shard:
        path, _, rest = resource.name.partition(":")
        begin, _, end = rest.partition(":")
        if not (_is_number(begin) and _is_number(end)):
            raise EvidenceError(
                f"{source}: resource {resource.name!r}: expected path:begin:end, found another name"
            )
    if path == ".":
        raise EvidenceError(
            f"{source}: the signature is over a single file; this version verifies folders"
        )
    if not _is_inside(path):
        raise EvidenceError(
            f"{source}: resource {resource.name!r}: expected a path inside the signed folder"
        )
    return path, SignedPart(int(begin), int(end) if end else None, resource.digest)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < len(str(2**63))


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return "\0" not in path and bool(path) and ".." not in parts and "/".join(parts) == path


def _require_gapless(path: str, parts: Sequence[SignedPart], shard_size: int, source: Path) -> None:
    ends = [0, *(part.end or 0 for part in parts)]
    sizes = [after - before for before, after in pairwise(ends)]
    if (
        [part.begin for part in parts] != ends[:-1]
        or any(size != shard_size for size in sizes[:-1])
        or not 0 < sizes[-1] <= shard_size
    ):
        raise EvidenceError(
            f"{source}: resource {path!r}: expected shards of {shard_size} bytes without a gap, "
            "found others"
        )
