"""The strict reader of safetensors files beside the library `safetensors`."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from safetensors import SafetensorError, deserialize, safe_open

from weighin.errors import CheckpointError
from weighin.files.opened import read_bytes
from weighin.identity.containers.safetensors import Header, header_of

_PLACE = Path("a.safetensors")


@dataclass(frozen=True, slots=True)
class Stricter:
    """A reason to refuse what the library accepts.

    Attributes:
        sentence: Why it is refused.
        complaint: Pattern of the message.
        holds: Whether a header has what the message says, seen by another way than the reader's.
    """

    sentence: str
    complaint: str
    holds: Callable[[bytes], bool]


def _has_duplicate(header: bytes) -> bool:
    found = False

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal found
        found |= len(items) != len(dict(items))
        return dict(items)

    json.loads(header, object_pairs_hook=pairs)
    return found


def _tensors(header: bytes) -> dict[str, object]:
    tensors: dict[str, object] = json.loads(header)
    tensors.pop("__metadata__", None)
    return tensors


def _fields(header: bytes, name: str) -> list[object]:
    return [tensor.get(name) for tensor in _tensors(header).values() if isinstance(tensor, dict)]


def _counts(header: bytes) -> list[list[int]]:
    shapes = _fields(header, "shape")
    return [[int(size) for size in shape] for shape in shapes if isinstance(shape, list)]


def _product_overflows(shape: list[int]) -> bool:
    product = 1
    for size in shape:
        product *= size
        if product >= 2**63:
            return True
    return False


def _depth(header: bytes) -> int:
    text = re.sub(rb'"(\\.|[^"\\])*"', b"", header)
    depths, depth = [0], 0
    for byte in text:
        depth += (byte in b"[{") - (byte in b"]}")
        depths.append(depth)
    return max(depths)


class Reason(Enum):
    """All reasons for which the strict reader refuses what the library accepts."""

    KEY_TWICE = Stricter(
        "A name stands twice: the library takes the last, another reader may take the first.",
        "stands twice",
        _has_duplicate,
    )
    SPACE_BEFORE_THE_HEADER = Stricter(
        "The format wants `{` as the first byte of the header; the library skips white space.",
        r"expected to start with '\{'",
        lambda header: header[:1] in b" \t\r\n",
    )
    UNKNOWN_FIELD = Stricter(
        "A tensor has a field that the format does not define; the library ignores it.",
        "found the unknown field",
        lambda header: any(
            set(tensor) - {"dtype", "shape", "data_offsets"}
            for tensor in _tensors(header).values()
            if isinstance(tensor, dict)
        ),
    )
    TENSOR_AS_LIST = Stricter(
        "A tensor is a list of dtype, shape and offsets; the format wants an object.",
        r"tensor .*: expected an object, found \[",
        lambda header: any(isinstance(tensor, list) for tensor in _tensors(header).values()),
    )
    DTYPE_AS_OBJECT = Stricter(
        "A dtype is an object of one key; the format wants a text.",
        r"dtype: expected one of .*, found \{",
        lambda header: any(isinstance(dtype, dict) for dtype in _fields(header, "dtype")),
    )
    METADATA_NULL = Stricter(
        "The free text is null; the format wants an object of texts.",
        r"__metadata__: expected an object of texts, found None",
        lambda header: json.loads(header)["__metadata__"] is None,
    )
    NUMBER_OF_64_BITS = Stricter(
        "A dimension of 2**63 or more, beside a zero; it fits no signed number of 64 bits.",
        r"expected integers from 0 to 2\*\*63 - 1",
        lambda header: any(size >= 2**63 for shape in _counts(header) for size in shape),
    )
    PRODUCT_OF_64_BITS = Stricter(
        "Dimensions whose product passes 2**63 before a zero makes it 0; readers wrap around.",
        r"expected fewer than 2\*\*63 elements",
        lambda header: any(_product_overflows(shape) for shape in _counts(header)),
    )
    NESTED = Stricter(
        "A value, in a field that the library ignores, is nested deeper than 100 levels.",
        "nested deeper than 100 levels",
        lambda header: _depth(header) > 100,
    )


class Readers:
    """Gives one file after the other to both readers, through memory.

    Attributes:
        counts: How often both accept, both refuse, and each reason why only the library accepts.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._descriptor = os.memfd_create("file")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def compare(self, content: bytes) -> str:
        """What the readers say of a file: `both`, `neither`, or the name of a reason.

        Raises:
            AssertionError: Only the strict reader accepts it; both do and read different things;
                or only the library does and no reason is named.
        """
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)
        theirs = self._library(content)
        try:
            ours = header_of(self._descriptor, _PLACE)
        except CheckpointError as error:
            outcome = "neither" if theirs is None else _reason(content, str(error)).name
        else:
            assert theirs is not None, f"only the strict reader accepts {content!r}"
            assert self._read(ours) == theirs, f"two contents of {content!r}"
            outcome = "both"
        self.counts[outcome] += 1
        return outcome

    def compare_all(self, contents: Iterable[bytes]) -> None:
        """Compare one file after the other."""
        for content in contents:
            self.compare(content)

    def _library(self, content: bytes) -> dict[str, tuple[object, ...]] | None:
        """What the library reads, by name; `None` if it refuses the file."""
        try:
            found = deserialize(content)  # type: ignore[no-untyped-call]  # the library has no types
        except SafetensorError:
            found = None
        try:
            with safe_open(f"/proc/self/fd/{self._descriptor}", "np") as opened:
                names, metadata = set(opened.keys()), opened.metadata()
        except SafetensorError:
            assert found is None, f"the two ways of the library differ on {content!r}"
            return None
        assert found is not None, f"the two ways of the library differ on {content!r}"
        read = {
            name: (one["dtype"], tuple(one["shape"]), bytes(one["data"])) for name, one in found
        }
        assert set(read) == names
        return {**read, " metadata": tuple(sorted((metadata or {}).items()))}

    def _read(self, header: Header) -> dict[str, tuple[object, ...]]:
        read: dict[str, tuple[object, ...]] = {
            span.name: (
                span.dtype,
                span.shape,
                read_bytes(self._descriptor, _PLACE, span.begin, span.end),
            )
            for span in header.tensors
        }
        assert len(read) == len(header.tensors)
        return {**read, " metadata": tuple(sorted(header.metadata.items()))}


def _reason(content: bytes, message: str) -> Reason:
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    named = [reason for reason in Reason if re.search(reason.value.complaint, message)]
    assert len(named) == 1, f"no reason for {message!r} of {content!r}"
    assert named[0].value.holds(header), f"{named[0].name} is not true of {content!r}"
    return named[0]
