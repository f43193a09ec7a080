"""A store that was copied, as one JSON document."""

from typing import Final, Literal

from weighin.evidence.store.copying import CopiedStore
from weighin.files.strict_model import StrictModel
from weighin.reports.shared.json_text import json_text

STORE_COPY_FORMAT: Final = "weighin.store-copy/1"


class StoreCopyDocument(StrictModel):
    """A results store that was copied, byte for byte. What lay in the other place stayed.

    Attributes:
        format: Always `weighin.store-copy/1`.
        source: The store that was copied, as given.
        into: Where to, as given.
        files: How many files were written.
        there: How many the other store held already.
        events: How many events of ledgers were written.
    """

    format: Literal["weighin.store-copy/1"]
    source: str
    into: str
    files: int
    there: int
    events: int


def render(copied: CopiedStore, source: str, into: str) -> str:
    """One JSON document in ASCII, with a line break at the end."""
    return json_text(
        StoreCopyDocument(
            format=STORE_COPY_FORMAT,
            source=source,
            into=into,
            files=copied.files,
            there=copied.there,
            events=copied.events,
        )
    )
