"""The place for results that a person names."""

from pathlib import Path

from weighin.errors import UsageError
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage


def is_url(place: str | Path) -> bool:
    """Whether a place is one of an object store, and no path."""
    return "://" in str(place)


def storage_at(place: str | Path) -> Storage:
    """The storage at a folder.

    Raises:
        UsageError: It is of a kind that is not known.
    """
    if is_url(place):
        raise UsageError(f"{place}: expected a folder")
    return FolderStorage(Path(place))
