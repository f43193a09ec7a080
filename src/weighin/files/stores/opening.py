"""The place for results that a person names."""

import os
from pathlib import Path

from weighin.errors import UsageError
from weighin.files.stores.folder import FolderStorage
from weighin.files.stores.interface import Storage

# Schemes of URLs, and what each names.
SCHEMES = {
    "s3": "S3",
    "gs": "Google Cloud Storage",
    "az": "Azure Blob Storage",
    "abfs": "Azure Blob Storage",
}


def is_url(place: str | Path) -> bool:
    """Whether a place is one of an object store, and no path."""
    return "://" in str(place)


def storage_at(place: str | Path) -> Storage:
    """The storage at a folder, or at an URL of an object store.

    Raises:
        UsageError: It is of a kind that is not known, or needs what is not installed.
    """
    if not is_url(place):
        return FolderStorage(Path(place))
    scheme, _, rest = str(place).partition("://")
    if scheme not in SCHEMES or not rest.strip("/"):
        known = ", ".join(f"{known}://" for known in SCHEMES)
        raise UsageError(
            f"{place}: expected a folder, or an URL that begins with one of {known} and names a "
            "bucket or container"
        )
    from weighin.files.stores.objects import ObjectStorage

    return ObjectStorage(str(place))


def shown(storage: Storage, key: str) -> str:
    """An object as a person names it."""
    if is_url(storage.place):
        return f"{storage.place}/{key}"
    return os.path.join(storage.place, key) if storage.place != "." else key  # noqa: PTH118  # text
