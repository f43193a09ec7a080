"""Numbers of matrices that bitsandbytes stores as 4-bit codes of a table, a block a scale.

Source:
    bitsandbytes, functional.py (`QuantState.from_dict`, `dequantize_4bit`,
    `dequantize_blockwise`); csrc/kernels.cu: the upper four bits of a byte are the first number.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from weighin.errors import CheckpointError
from weighin.files.opened import opened, read_bytes
from weighin.identity.numbers.decoding import FloatArray
from weighin.identity.numbers.rows import LocatedTensor, Rows
from weighin.identity.numbers.stored_blocks import all_bytes, all_numbers

_TABLE: Final = 16
_SCALE_TABLE: Final = 256
_MOST_STATE_BYTES: Final = 65536
_MOST_BLOCK: Final = 1 << 20
_DIMENSIONS: Final = 2


@dataclass(frozen=True, slots=True)
class QuantState:
    """What bitsandbytes states of a packed matrix.

    Attributes:
        scheme: `nf4` or `fp4`.
        shape: Of the matrix.
        block_size: Numbers that share a scale.
        nested_block_size: Scales that share a scale of their own; 0 if none do.
        nested_offset: What is added to scales that were packed.
    """

    scheme: str
    shape: tuple[int, int]
    block_size: int
    nested_block_size: int = 0
    nested_offset: float = 0.0


def quant_state(tensor: LocatedTensor) -> QuantState:
    """The state that a tensor holds as JSON.

    Raises:
        CheckpointError: It is not what bitsandbytes writes.
    """
    where = f"{tensor.place}: tensor {tensor.span.name!r}"
    problem = f"{where}: expected the quantisation state of bitsandbytes as JSON"
    if tensor.span.size_bytes > _MOST_STATE_BYTES:
        raise CheckpointError(f"{problem}, found {tensor.span.size_bytes:,} bytes")
    content = all_bytes(tensor)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{problem}, found no JSON") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{problem}, found no object")
    shape, scheme = found.get("shape"), found.get("quant_type")
    if (
        scheme not in {"nf4", "fp4"}
        or not isinstance(shape, list)
        or len(shape) != _DIMENSIONS
        or not all(_is_count(size, 1 << 40) for size in shape)
        or not _is_count(found.get("blocksize"), _MOST_BLOCK)
    ):
        raise CheckpointError(f"{problem} with quant_type, shape and blocksize, found others")
    nested = found.get("nested_blocksize", 0)
    offset = found.get("nested_offset", 0.0)
    if (nested and not _is_count(nested, _MOST_BLOCK)) or not isinstance(offset, int | float):
        raise CheckpointError(f"{problem} with nested_blocksize and nested_offset, found others")
    return QuantState(scheme, (shape[0], shape[1]), found["blocksize"], nested, float(offset))


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most


@dataclass(frozen=True)
class TableCodes:
    """A matrix of 4-bit codes.

    Attributes:
        codes: Two a byte.
        parts: The tensors beside it, by what follows its name: `absmax`, `quant_map` and, if the
            scales are packed themselves, `nested_absmax` and `nested_quant_map`.
        state: How they belong together.
    """

    codes: LocatedTensor
    parts: Mapping[str, LocatedTensor]
    state: QuantState

    def _numbers(self, part: str, count: int) -> FloatArray:
        tensor = self.parts[part]
        numbers = all_numbers(tensor).reshape(-1)
        if len(numbers) < count:
            raise CheckpointError(
                f"{tensor.place}: tensor {tensor.span.name!r}: expected at least {count} numbers, "
                f"found {len(numbers)}"
            )
        return numbers

    @cached_property
    def _table(self) -> FloatArray:
        return self._numbers("quant_map", _TABLE)[:_TABLE]

    @cached_property
    def _gaps(self) -> FloatArray:
        """Of each code, the distance to its farther neighbour in the table."""
        order = np.argsort(self._table, kind="stable")
        ordered = self._table[order]
        between = np.diff(ordered)
        gaps = np.maximum(np.append(between, 0.0), np.insert(between, 0, 0.0))
        found = np.empty(_TABLE)
        found[order] = gaps
        return found

    @cached_property
    def _scales(self) -> FloatArray:
        state = self.state
        count = -(-math.prod(state.shape) // state.block_size)
        scales = self._numbers("absmax", count)
        if not state.nested_block_size:
            return scales
        blocks = np.arange(len(scales)) // state.nested_block_size
        outer = self._numbers("nested_absmax", int(blocks.max(initial=-1)) + 1)
        table = self._numbers("nested_quant_map", _SCALE_TABLE)
        if not ((scales >= 0) & (scales < _SCALE_TABLE)).all():
            raise CheckpointError(
                f"{self.codes.place}: tensor {self.parts['absmax'].span.name!r}: expected codes "
                f"below {_SCALE_TABLE}, found others"
            )
        unpacked = (table[scales.astype(np.int64)] * outer[blocks]).astype(np.float32)
        return (unpacked + np.float32(state.nested_offset)).astype(np.float64)

    def block(self, begin: int, count: int) -> Rows:
        """Some rows, dequantised in float32, and the step of each number.

        Raises:
            CheckpointError: A file is unreadable, a part is too short, or the scales are not those
                of the manifest.
        """
        columns = self.state.shape[1]
        first, last = begin * columns, (begin + count) * columns
        span = self.codes.span
        with opened(self.codes.place, self.codes.location) as descriptor:
            content = read_bytes(
                descriptor,
                self.codes.place,
                span.begin + first // 2,
                span.begin + -(-last // 2),
            )
        packed = np.frombuffer(content, dtype=np.uint8)
        codes = np.stack([packed >> 4, packed & 15], axis=1).reshape(-1)
        codes = codes[first % 2 : first % 2 + last - first]
        scales = self._scales[np.arange(first, last) // self.state.block_size]
        with np.errstate(all="ignore"):
            values = (self._table[codes] * scales).astype(np.float32)
        shape = (count, columns)
        steps = (self._gaps[codes] * np.abs(scales)).reshape(shape)
        return Rows(values.astype(np.float64).reshape(shape), steps, values.tobytes())
