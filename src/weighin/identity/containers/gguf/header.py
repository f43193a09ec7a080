"""A strict reader of GGUF files: what the parsing process says of a file is checked here."""

from pathlib import Path
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import Field, ValidationError

from weighin.errors import CheckpointError
from weighin.files.canonical import canonical_json, strict_json
from weighin.files.opened import blocks, opened, size_bytes
from weighin.files.strict_model import StrictModel
from weighin.identity.containers.gguf.process import Limits, described_by_child
from weighin.identity.containers.gguf.types import ggml_type, packed_bytes
from weighin.identity.containers.safetensors import Header, TensorSpan

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
# Magic, version, and the numbers of tensors and of keys.
_FIXED_BYTES = 24
# No writer uses more than a page; a larger one would leave room for bytes of no tensor.
_MAX_ALIGNMENT = 65536
_LIMITS = Limits()

_Count: TypeAlias = Annotated[int, Field(ge=0, le=2**63 - 1)]


class _Span(StrictModel):
    name: str
    type: _Count
    shape: tuple[_Count, ...]
    begin: _Count


class _Array(StrictModel):
    type: _Count
    count: _Count
    sha256: Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]


class _Description(StrictModel):
    alignment: _Count
    data_offset: _Count
    tensors: tuple[_Span, ...]
    metadata: dict[str, bool | int | float | str | _Array]


def read_header(path: Path, location: Path | None = None) -> Header:
    """The header of a GGUF file.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: The file is not strict GGUF, or the package gguf is missing.
    """
    with opened(path, location) as descriptor:
        return header_of(descriptor, path)


def header_of(descriptor: int, path: Path, limits: Limits = _LIMITS) -> Header:
    """The header of an open GGUF file.

    The package gguf parses it, in a process of its own.

    Args:
        descriptor: Of the file.
        path: Named in errors only.
        limits: What that process may cost.

    Returns:
        Tensors with dtypes as ggml spells them, which is how safetensors spells those that both
        have, and row-major shapes. Its metadata are the file's keys; each value as canonical
        JSON, an array as `{"count", "sha256", "type"}`: the digest of the bytes of its elements
        as they lie in the file, and the number that GGUF gives their type.

    Raises:
        CheckpointError: The file is not strict GGUF, or the package gguf is missing.
    """
    size = size_bytes(descriptor)
    _require_little_endian(descriptor, path, size)
    return described_header(described_by_child(descriptor, path, limits), size, path)


def described_header(description: bytes, size: int, path: Path) -> Header:
    """The header that a description by the parsing process amounts to.

    Args:
        description: Whatever the process printed.
        size: Of the file that it describes.
        path: Named in errors only.

    Raises:
        CheckpointError: It cannot be the description of such a file.
    """
    found = _parsed(description, path)
    spans = [_checked(span, path) for span in found.tensors]
    _require_unique(spans, path)
    spans.sort(key=lambda span: (span.begin, span.end))
    _require_cover(spans, found, size, path)
    metadata = {
        key: canonical_json(
            value.model_dump(mode="json") if isinstance(value, _Array) else value
        ).decode()
        for key, value in found.metadata.items()
    }
    return Header(tensors=tuple(spans), metadata=MappingProxyType(metadata), size_bytes=size)


def _require_little_endian(descriptor: int, path: Path, size: int) -> None:
    if size < _FIXED_BYTES:
        raise CheckpointError(
            f"{path}: expected a GGUF file of at least {_FIXED_BYTES} bytes, found {size}"
        )
    begin = b"".join(bytes(block) for block in blocks(descriptor, path, 0, 8))
    if begin[:4] != _MAGIC:
        raise CheckpointError(f"{path}: expected to start with {_MAGIC!r}, found {begin[:4]!r}")
    version = int.from_bytes(begin[4:], "little")
    if version in _VERSIONS:
        return
    if int.from_bytes(begin[4:], "big") in _VERSIONS:
        raise CheckpointError(
            f"{path}: expected a little-endian GGUF file, found a big-endian one; "
            "convert it with gguf-convert-endian"
        )
    raise CheckpointError(
        f"{path}: expected version {' or '.join(map(str, _VERSIONS))} of GGUF, found {version}"
    )


def _parsed(printed: bytes, path: Path) -> _Description:
    place = f"{path}: description by its parser"
    try:
        # Pydantic takes the last of two equal keys.
        strict_json(printed)
        return _Description.model_validate_json(printed)
    except ValidationError as error:
        first = error.errors()[0]
        parts = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(f"{place}: {parts}: {first['msg']}") from error
    except ValueError as error:
        raise CheckpointError(f"{place}: expected strict JSON, found: {error}") from error


def _checked(span: _Span, path: Path) -> TensorSpan:
    place = f"{path}: tensor {span.name!r}"
    dtype = ggml_type(span.type, place)
    end = span.begin + packed_bytes(dtype, span.shape, place)
    return TensorSpan(name=span.name, dtype=dtype, shape=span.shape, begin=span.begin, end=end)


def _require_unique(spans: list[TensorSpan], path: Path) -> None:
    names: set[str] = set()
    for span in spans:
        if span.name in names:
            raise CheckpointError(f"{path}: tensor {span.name!r}: expected once, found twice")
        names.add(span.name)


def _require_cover(spans: list[TensorSpan], found: _Description, size: int, path: Path) -> None:
    """Require that tensors lie one after the other, each begun at a multiple of the alignment."""
    alignment = found.alignment
    if not 1 <= alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
        raise CheckpointError(
            f"{path}: general.alignment: expected a power of two up to {_MAX_ALIGNMENT}, "
            f"found {alignment}"
        )
    if found.data_offset < _FIXED_BYTES or found.data_offset % alignment:
        raise CheckpointError(
            f"{path}: data: expected to begin after the header at a multiple of {alignment}, "
            f"found {found.data_offset}"
        )
    previous = found.data_offset
    for span in spans:
        begin = _aligned(previous, alignment)
        if span.begin != begin:
            fact = "it overlaps" if span.begin < previous else "it is out of place"
            raise CheckpointError(
                f"{path}: tensor {span.name!r}: expected to begin at {begin}, "
                f"found {span.begin}: {fact}"
            )
        if span.end > size:
            raise CheckpointError(
                f"{path}: tensor {span.name!r}: expected to end within {size} bytes, "
                f"found {span.end}: the file is truncated"
            )
        previous = span.end
    if size > _aligned(previous, alignment):
        raise CheckpointError(
            f"{path}: expected to end at byte {_aligned(previous, alignment)}, after the last "
            f"tensor, found {size - _aligned(previous, alignment)} trailing bytes"
        )


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
