"""A record as it was read from a results folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Record

_SHOWN_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as it was read.

    Attributes:
        record: The record; its origin names the file as a person knows it.
        folder: The folder that its files are relative to.
        sha256: Digest of the file that holds it.
    """

    record: Record
    folder: Path
    sha256: str

    def broken(self, *, expected: str, found: str, field: str = "") -> BrokenFile:
        """The record, or a field of it, is not what something else says.

        Args:
            expected: What the other says, and which it is.
            found: What the record says, or its digest.
            field: The field, if it is one.
        """
        return BrokenFile(
            file=self.record.origin.file,
            benchmark=self.record.asked.task,
            expected=expected,
            found=found,
            model=self.record.model,
            field=field,
        )


def few(names: Sequence[str]) -> str:
    """Up to three names, and how many more there are."""
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"{', '.join(names[:_SHOWN_NAMES])}{more}"
