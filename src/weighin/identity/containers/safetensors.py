"""A strict reader of safetensors files. What the format does not allow is refused by name.

The reference library takes the last of two tensors of one name, ignores unknown fields and
allows a space before the header; two readers may then see two different models.
"""

import math
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue

from weighin.errors import CheckpointError
from weighin.files.canonical import strict_json
from weighin.files.opened import blocks, opened, read_bytes, size_bytes

MAX_HEADER_BYTES = 100_000_000
BITS_OF_DTYPE: Mapping[str, int] = MappingProxyType(
    {
        "BOOL": 8,
        "U8": 8,
        "I8": 8,
        "U16": 16,
        "I16": 16,
        "U32": 32,
        "I32": 32,
        "U64": 64,
        "I64": 64,
        "F16": 16,
        "BF16": 16,
        "F32": 32,
        "F64": 64,
        "C64": 64,
        "F8_E4M3": 8,
        "F8_E4M3FNUZ": 8,
        "F8_E5M2": 8,
        "F8_E5M2FNUZ": 8,
        "F8_E8M0": 8,
        "F6_E2M3": 6,
        "F6_E3M2": 6,
        "F4": 4,
    }
)

_LENGTH_BYTES = 8
_LARGEST_COUNT = 2**63 - 1
_TENSOR_FIELDS = ("data_offsets", "dtype", "shape")


@dataclass(frozen=True, slots=True)
class TensorSpan:
    """Where one tensor lies in a file.

    Attributes:
        name: As spelled in the header; any text, never a path.
        dtype: As safetensors spells it, for example `BF16`.
        shape: Row-major.
        begin: Offset of its first byte, from the start of the file.
        end: Offset after its last byte, from the start of the file.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def size_bytes(self) -> int:
        """Number of bytes."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Header:
    """What a weight file says that it holds.

    Attributes:
        tensors: In order of their bytes. Those of a safetensors file cover the rest of it exactly;
            those of a file of `torch.save` may share bytes and leave gaps.
        metadata: The free text under `__metadata__`, no part of any identity; of a GGUF file, the
            canonical JSON of each value by its key.
        size_bytes: Size of the whole file.
    """

    tensors: tuple[TensorSpan, ...]
    metadata: Mapping[str, str]
    size_bytes: int


def read_header(path: Path, location: Path | None = None) -> Header:
    """The header of a safetensors file.

    Args:
        path: The file, as the user knows it.
        location: Where its bytes lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: The file is not exactly what the format allows.
    """
    with opened(path, location) as descriptor:
        return header_of(descriptor, path)


def header_of(descriptor: int, path: Path) -> Header:
    """The header of an open safetensors file.

    Args:
        descriptor: Of the file.
        path: Named in errors only.

    Raises:
        CheckpointError: The file is not exactly what the format allows.
    """
    size = size_bytes(descriptor)
    length = _header_length(descriptor, path, size)
    begin = _LENGTH_BYTES + length
    content = read_bytes(descriptor, path, _LENGTH_BYTES, begin)
    return parse_header(content, size, path)


def header_length(prefix: bytes, size: int, place: Path | str) -> int:
    """Length of the JSON of a header, as the first 8 bytes of a file give it.

    Args:
        prefix: The first bytes of the file; those after the eighth are not read.
        size: Size of the whole file.
        place: Named in errors only.

    Raises:
        CheckpointError: There are fewer than 8 bytes, or the header is too long or longer than the
            file.
    """
    if size < _LENGTH_BYTES or len(prefix) < _LENGTH_BYTES:
        raise CheckpointError(
            f"{place}: expected 8 bytes that give the length of the header, "
            f"found {min(size, len(prefix))} bytes"
        )
    length = int.from_bytes(prefix[:_LENGTH_BYTES], "little")
    if length > MAX_HEADER_BYTES:
        raise CheckpointError(
            f"{place}: header: expected at most {MAX_HEADER_BYTES} bytes, found {length}"
        )
    if _LENGTH_BYTES + length > size:
        raise CheckpointError(
            f"{place}: header: expected {length} bytes, "
            f"found {size - _LENGTH_BYTES}: the file is truncated"
        )
    return length


def parse_header(content: bytes, size: int, place: Path | str) -> Header:
    """The header of a safetensors file whose other bytes need not be at hand.

    Args:
        content: The JSON of the header, without the 8 bytes before it.
        size: Size of the whole file.
        place: Named in errors only.

    Raises:
        CheckpointError: The header is not exactly what the format allows in a file of that size.
    """
    begin = _LENGTH_BYTES + len(content)
    if not content.startswith(b"{"):
        raise CheckpointError(
            f"{place}: header: expected to start with '{{', found {content[:1]!r}"
        )
    try:
        fields = strict_json(content)
    except ValueError as error:
        raise CheckpointError(f"{place}: header: expected strict JSON, found: {error}") from error
    if not isinstance(fields, dict):
        raise CheckpointError(f"{place}: header: expected an object, found {_shown(fields)}")
    metadata = _metadata(fields.pop("__metadata__", {}), place)
    spans = [_span(name, value, begin, place) for name, value in fields.items()]
    spans.sort(key=lambda span: (span.begin, span.end))
    _require_cover(spans, begin, size, place)
    return Header(tensors=tuple(spans), metadata=metadata, size_bytes=size)


def tensor_chunks(
    path: Path, tensor: TensorSpan, location: Path | None = None
) -> Iterator[memoryview]:
    """The bytes of one tensor in chunks of at most 4 MiB, row-major, little-endian.

    Every chunk is a view of one buffer: it holds its bytes until the next one is asked for.

    Args:
        path: The file, as the user knows it.
        tensor: From the header of the file.
        location: Where the bytes of the file lie, if `path` is a link that was already followed.

    Raises:
        CheckpointError: The file is unreadable or has become shorter.
    """
    with opened(path, location) as descriptor:
        yield from blocks(descriptor, path, tensor.begin, tensor.end)


def element_count(shape: tuple[int, ...]) -> int:
    """Number of elements of a tensor."""
    return math.prod(shape)


def _header_length(descriptor: int, path: Path, size: int) -> int:
    end = min(_LENGTH_BYTES, size)
    prefix = read_bytes(descriptor, path, 0, end)
    return header_length(prefix, size, path)


def _metadata(value: JsonValue, path: Path | str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise CheckpointError(
            f"{path}: __metadata__: expected an object of texts, found {_shown(value)}"
        )
    texts: dict[str, str] = {}
    for key, text in value.items():
        if not isinstance(text, str):
            raise CheckpointError(
                f"{path}: __metadata__: {key!r}: expected a text, found {_shown(text)}"
            )
        texts[key] = text
    return MappingProxyType(texts)


def _span(name: str, value: JsonValue, data_begin: int, path: Path | str) -> TensorSpan:
    place = f"{path}: tensor {name!r}"
    if not isinstance(value, dict):
        raise CheckpointError(f"{place}: expected an object, found {_shown(value)}")
    if unknown := sorted(value.keys() - set(_TENSOR_FIELDS)):
        raise CheckpointError(
            f"{place}: expected only {', '.join(_TENSOR_FIELDS)}, "
            f"found the unknown field {_shown(unknown[0])}"
        )
    if missing := sorted(set(_TENSOR_FIELDS) - value.keys()):
        raise CheckpointError(f"{place}: expected the field {missing[0]}, found none")
    dtype = value["dtype"]
    if not isinstance(dtype, str) or dtype not in BITS_OF_DTYPE:
        raise CheckpointError(
            f"{place}: dtype: expected one of {', '.join(BITS_OF_DTYPE)}, found {_shown(dtype)}"
        )
    shape = _counts(value["shape"], f"{place}: shape")
    offsets = _counts(value["data_offsets"], f"{place}: data_offsets")
    if len(offsets) != 2 or offsets[0] > offsets[1]:  # noqa: PLR2004  # begin and end
        raise CheckpointError(
            f"{place}: data_offsets: expected [begin, end], begin not after end, "
            f"found {_shown(list(offsets))}"
        )
    begin, end = offsets
    expected = _expected_bytes(dtype, shape, place)
    if end - begin != expected:
        raise CheckpointError(
            f"{place}: expected {expected} bytes for {dtype} {_shown(list(shape))}, "
            f"found {end - begin}"
        )
    return TensorSpan(
        name=name, dtype=dtype, shape=shape, begin=data_begin + begin, end=data_begin + end
    )


def _counts(value: JsonValue, place: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise CheckpointError(f"{place}: expected a list of integers, found {_shown(value)}")
    counts: list[int] = []
    for item in value:
        if type(item) is not int or not 0 <= item <= _LARGEST_COUNT:
            raise CheckpointError(
                f"{place}: expected integers from 0 to 2**63 - 1, found {_shown(item)}"
            )
        counts.append(item)
    return tuple(counts)


def _expected_bytes(dtype: str, shape: tuple[int, ...], place: str) -> int:
    elements = 1
    for dimension in shape:
        elements *= dimension
        # Checked at each step: a product of a million dimensions would take for ever.
        if elements > _LARGEST_COUNT:
            raise CheckpointError(
                f"{place}: shape: expected fewer than 2**63 elements, found {_shown(list(shape))}"
            )
    bits = elements * BITS_OF_DTYPE[dtype]
    if bits % 8:
        raise CheckpointError(
            f"{place}: expected a whole number of bytes, "
            f"found {bits} bits for {dtype} {_shown(list(shape))}"
        )
    return bits // 8


def _require_cover(spans: list[TensorSpan], begin: int, size: int, path: Path | str) -> None:
    previous = begin
    for span in spans:
        place = f"{path}: tensor {span.name!r}: data_offsets"
        if span.begin < previous:
            raise CheckpointError(
                f"{place}: expected to begin at {previous - begin}, where the tensor before it "
                f"ends, found {span.begin - begin}: it overlaps"
            )
        if span.begin > previous:
            raise CheckpointError(
                f"{place}: expected to begin at {previous - begin}, "
                f"found {span.begin - begin}: a hole of {span.begin - previous} bytes"
            )
        if span.end > size:
            raise CheckpointError(
                f"{place}: expected {span.end - begin} bytes of data, "
                f"found {size - begin}: the file is truncated"
            )
        previous = span.end
    if previous < size:
        raise CheckpointError(
            f"{path}: expected to end at byte {previous}, where the last tensor ends, "
            f"found {size - previous} trailing bytes"
        )


def _shown(value: JsonValue) -> str:
    """A short spelling of a value that may be huge or deeply nested."""
    return reprlib.repr(value)
