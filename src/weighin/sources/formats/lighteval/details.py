"""LightEval's details files (Parquet): how many documents each holds, and their scores.

How many rows there are stands at the end of a file and is read here; the scores of single documents
are read with pyarrow, where it is installed, and only when they are asked for.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weighin.errors import CheckpointError, EvidenceError
from weighin.evidence.collected import Recomputed
from weighin.evidence.records import Record
from weighin.extras import installing
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.opened import opened, read_bytes, size_bytes

if TYPE_CHECKING:
    from weighin.statistics.standard_errors import FloatArray

_MAGIC = b"PAR1"
_TAIL_BYTES = 8
_MAX_FOOTER_BYTES = 64 << 20
# The columns stand in a footer before the number of rows; all of its other parts, after it.
_MAX_READ_BYTES = 1 << 20
_MOST_ROWS = 10_000_000
_MOST_NUMBERS = 20_000_000
_LONGEST_TOLD = 200
_DEEPEST = 16
_LONGEST_NUMBER = 10
_ROWS_FIELD = 3
_METRIC = "metric"
_MEAN = "mean"


def details_of_task(details: tuple[Path, ...], task: str, stamp: str) -> Path | None:
    """The file of a task among those of a run; `None` if there is none."""
    name = f"details_{task}_{stamp}.parquet"
    return next((path for path in details if path.name == name), None)


def rows_of(path: Path) -> int | None:
    """How many rows a Parquet file says that it holds; `None` if that cannot be read."""
    try:
        with opened(path) as descriptor:
            size = size_bytes(descriptor)
            if size < len(_MAGIC) + _TAIL_BYTES:
                return None
            end = size - _TAIL_BYTES
            tail = read_bytes(descriptor, path, end, size)
            length = int.from_bytes(tail[:4], "little")
            most = min(_MAX_FOOTER_BYTES, end)
            if not tail.endswith(_MAGIC) or not 0 < length <= most:
                return None
            begin = end - length
            footer = read_bytes(descriptor, path, begin, min(end, begin + _MAX_READ_BYTES))
        rows = _Compact(footer).rows()
    except (CheckpointError, IndexError, ValueError):
        return None
    return rows if rows is not None and 0 <= rows <= _MOST_ROWS else None


class _Compact:
    """The compact protocol of Thrift, as far as to the number of rows."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def rows(self) -> int | None:
        """Of the metadata of a file."""
        for number, kind in self._fields():
            if number == _ROWS_FIELD:
                return self._number() if kind == _I64 else None
            self._skip(kind, 0)
        return None

    def _fields(self) -> Iterator[tuple[int, int]]:
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._number()
            yield number, head & 15

    def _byte(self) -> int:
        self._at += 1
        return self._content[self._at - 1]

    def _unsigned(self) -> int:
        value = 0
        for index in range(_LONGEST_NUMBER):
            byte = self._byte()
            value |= (byte & 127) << (7 * index)
            if byte < 128:  # noqa: PLR2004  # the bit that says that more follow
                return value
        raise ValueError("a number without an end")

    def _number(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, kind: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if kind in _NUMBERS:
            self._unsigned()
        elif kind in _FIXED:
            self._at += _FIXED[kind]
        elif kind == _BINARY:
            length = self._unsigned()
            self._at += length
        elif kind in _LISTS:
            head = self._byte()
            count, inner = head >> 4, head & 15
            count = self._unsigned() if count == _LONG_LIST else count
            for _ in range(count):
                # A truth in a list takes a byte, and as a field none.
                self._skip(_BYTE if inner in _TRUTHS else inner, depth + 1)
        elif kind == _STRUCT:
            for _, inner in self._fields():
                self._skip(inner, depth + 1)
        else:
            raise ValueError(f"a value of kind {kind}")
        if self._at > len(self._content):
            raise ValueError("ends amid a value")


_BYTE, _I64, _BINARY, _STRUCT, _LONG_LIST = 3, 6, 8, 12, 15
_TRUTHS = frozenset({1, 2})
_NUMBERS = frozenset({4, 5, 6})
_FIXED = {1: 0, 2: 0, _BYTE: 1, 7: 8}
_LISTS = frozenset({9, 10})


def recomputed(record: Record, details: Path | None, *, has_others: bool) -> Recomputed:
    """The scores of a record again, from the scores of its documents.

    Args:
        record: The record.
        details: The file with its documents; `None` if there is none.
        has_others: Whether the results file has one for other tasks.
    """
    keys = {score.metric: (score.task, score.metric, score.filter) for score in record.scores}
    if details is None:
        why = (
            "LightEval wrote no details file for it"
            if has_others
            else "the results file of LightEval holds no documents"
        )
        return Recomputed(values={}, documents={}, why_not=dict.fromkeys(keys.values(), why))
    try:
        by_metric = _scores_by_metric(details)
    except EvidenceError as error:
        why_not = dict.fromkeys(keys.values(), str(error))
        return Recomputed(values={}, documents={}, why_not=why_not)
    values, documents, why_not = {}, {}, {}
    for score in record.scores:
        key, single = keys[score.metric], by_metric.get(score.metric)
        if single is None:
            why_not[key] = f"{details.name} has no number of it for each document"
        elif score.aggregation != _MEAN:
            why_not[key] = f"it is no mean but {score.aggregation or 'of an unknown kind'}"
        else:
            values[key], documents[key] = float(single.mean()), len(single)
    return Recomputed(values=values, documents=documents, why_not=why_not)


def _scores_by_metric(path: Path) -> "Mapping[str, FloatArray]":
    """The scores of single documents, by metric; only those of which every document has one.

    Raises:
        EvidenceError: pyarrow is missing, or the file cannot be read.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise EvidenceError(f"reading {path.name} needs pyarrow; {installing('hf')}") from error
    content = read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)
    try:
        with parquet.ParquetFile(pa.BufferReader(content)) as file:
            fields = file.schema_arrow.field(_METRIC).type
            names = tuple(fields.field(index).name for index in range(fields.num_fields))
            numbers = file.metadata.num_rows * len(names)
            if numbers > _MOST_NUMBERS:
                raise EvidenceError(
                    f"{path.name}: expected at most {_MOST_NUMBERS} numbers, found {numbers}"
                )
            column = file.read(columns=[_METRIC], use_threads=False).column(_METRIC)
        # With what is missing in a row as a whole.
        columns = column.combine_chunks().flatten()
        found = {name: _numbers(one) for name, one in zip(names, columns, strict=True)}
    except (
        pa.ArrowException,
        AttributeError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        told = " ".join(str(error).split())[:_LONGEST_TOLD]
        raise EvidenceError(f"{path.name}: expected details of LightEval, found {told}") from error
    return {name: values for name, values in found.items() if values is not None}


def _numbers(column: Any) -> "FloatArray | None":
    """The numbers of a column of Arrow; `None` unless every row has a finite one."""
    import numpy as np
    import pyarrow as pa

    of = pa.types
    is_number = of.is_integer(column.type) or of.is_floating(column.type)
    if not is_number or column.null_count or not len(column):
        return None
    values: FloatArray = column.cast(pa.float64(), safe=False).to_numpy()
    return values if np.isfinite(values).all() else None
