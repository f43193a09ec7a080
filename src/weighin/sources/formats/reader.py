"""What a reader of one log format is, and what it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, overload

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile, Declaration, Recomputed
from weighin.evidence.differences.documents.logged import Documents, LoggedTexts
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile

MOST_SCORES = 50_000
"""The most scores that are read from one file: a record takes a thousandfold of a table's cell."""


def require_few(file: ForeignFile, scores: int) -> None:
    """Refuse a file before records are made of it, if they would fill the memory.

    Raises:
        EvidenceError: It holds more than `MOST_SCORES`.
    """
    if scores > MOST_SCORES:
        raise EvidenceError(
            f"{file.path}: expected at most {MOST_SCORES} scores in one file, found {scores}; "
            "split it"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRecord:
    """A record as a reader makes it of a log, and what the log holds behind it.

    Attributes:
        record: The record. Its `origin.file` is the file as shown.
        folder: Folder to which the paths of `record.files` are relative.
        recompute: Recomputes its scores from what the log holds of single documents; `None` leaves
            that to lm-eval's samples files beside it, if there are any.
        broken: Files behind this record that contradict digests in the log.
        notes: Sentences on what was passed over in it.
        documents: Reads single documents from the log; `None` leaves that to lm-eval's samples
            files beside it, if there are any.
        texts: Reads from it what the record has a digest of; `None` leaves that to the results file
            of lm-eval that the record names, if it names one.
    """

    record: Record
    folder: Path
    recompute: Callable[[], Recomputed] | None = None
    broken: tuple[BrokenFile, ...] = ()
    notes: tuple[str, ...] = ()
    documents: Documents | None = None
    texts: Callable[[], LoggedTexts] | None = None


class MadeRecords(Sequence[LoggedRecord]):
    """Records that are made when they are asked for, each time anew."""

    def __init__(self, length: int, make: Callable[[int], LoggedRecord]) -> None:
        """That many records, each made from its index."""
        self._indexes = range(length)
        self._make = make

    def __len__(self) -> int:
        return len(self._indexes)

    @overload
    def __getitem__(self, index: int) -> LoggedRecord: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[LoggedRecord, ...]: ...

    def __getitem__(self, index: int | slice) -> LoggedRecord | tuple[LoggedRecord, ...]:
        """The record at an index, or those of a slice.

        Raises:
            EvidenceError: The file is damaged there.
        """
        if isinstance(index, slice):
            return tuple(self._make(place) for place in self._indexes[index])
        return self._make(self._indexes[index])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file holds.

    Attributes:
        format: The format as recognised, for example `LightEval results`.
        records: In the order of the file. A sequence may make each when it is asked for.
        companions: Further files that were read with it, and are not evidence by themselves.
        broken: Parts that contradict digests in the file.
        notes: Sentences on what was passed over, for example rows without a number.
        declarations: What a person declares in it, beside all logs.
        representative: Makes a record that says of the model what all of them say, quickly: it may
            lack the scores and what was asked. `None` if there is none.
        printed_digits: Digits after the point of what a run printed beside its log: where that log
            is there, it is no further run. `None` if it is no such print.
        why_no_row: A sentence on whose scores it belongs to, told where the same reader finds no
            row in any other file; empty where it has rows of its own.
    """

    format: str
    records: Sequence[LoggedRecord]
    companions: tuple[Path, ...] = ()
    broken: tuple[BrokenFile, ...] = ()
    notes: tuple[str, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    representative: Callable[[], LoggedRecord] | None = None
    printed_digits: int | None = None
    why_no_row: str = ""


def told_elsewhere(log_format: str, file: ForeignFile, where: str) -> Reading:
    """What is read of a file whose scores another one holds: nothing, and that is said.

    Args:
        log_format: The format as recognised.
        file: The file.
        where: The other file, in words; where that is read as well, nothing is said.
    """
    note = f"{file.shown}: no row, for its scores are those of {where}; give that"
    return Reading(format=log_format, records=(), why_no_row=note)


Signs = Mapping[str, Sequence[str]]
"""By name of a format, the top keys or columns without which a file is not of it."""


class Reader(Protocol):
    """Reads one log format. It never imports the framework, and executes nothing that a log holds.

    A reader is a class in the folder of its format, and a line in `READERS` of the registry.

    Attributes:
        signs: Of the formats that it reads. A file of no format is told which it comes near. Empty
            where values alone tell them.
    """

    signs: ClassVar[Signs]

    def recognises(self, file: ForeignFile) -> bool:
        """Whether a file is of this format, by what it holds; cheap for files that are not.

        A file that is named as only this format names them, and is broken, is recognised, so that
        `read` can say what is wrong.
        """
        ...

    def read(self, file: ForeignFile) -> Reading:
        """Everything in the file.

        Raises:
            EvidenceError: It is damaged, or of a version that is not known. The message names the
                place, what was expected and what was found.
        """
        ...
