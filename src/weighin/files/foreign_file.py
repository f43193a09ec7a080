"""A file of the evidence as readers see it: opened and parsed at most once, whoever asks first."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.json.foreign import in_brief, parsed
from weighin.files.json.keys_twice import KeyTwice, keys_twice
from weighin.files.packed import is_packed_name, unpacked


@dataclass(slots=True)
class ForeignFile:
    """A file that somebody else wrote.

    Attributes:
        path: Where it lies.
        shown: How the path is shown to a person, and written into `Origin.file`.
        max_bytes: The most that it may hold.
        beside: Names of the files in its folder, if whoever opened it has listed them.
    """

    path: Path
    shown: str
    max_bytes: int = MAX_RESULTS_BYTES
    beside: frozenset[str] | None = field(default=None, repr=False)
    _content: bytes | None = field(default=None, repr=False)
    _json: tuple[JsonValue] | None = field(default=None, repr=False)
    _why_not: str = field(default="", repr=False)

    @property
    def place(self) -> Path:
        """Where it would lie were it not packed: without `.gz` where that was put on its name."""
        return self.path.with_suffix("") if is_packed_name(self.path.name) else self.path

    @property
    def name(self) -> str:
        """Its name without folders, and without `.gz` where that was put on it."""
        return self.place.name

    @property
    def suffix(self) -> str:
        """What kind of file its name says it is, in lower case: `.json` of `A.JSON.gz`."""
        return self.place.suffix.lower()

    def names_beside(self) -> frozenset[str]:
        """Names of the files in its folder.

        Raises:
            EvidenceError: The folder cannot be listed.
        """
        if self.beside is None:
            try:
                with os.scandir(self.path.parent) as entries:
                    self.beside = frozenset(entry.name for entry in entries)
            except OSError as error:
                raise EvidenceError(
                    f"{self.path.parent}: cannot be listed: {error.strerror}"
                ) from error
        return self.beside

    def content(self) -> bytes:
        """All its bytes, unpacked where its name says that it is packed.

        Raises:
            EvidenceError: It cannot be read, is no plain file, is too large to be read whole, or is
                named `.gz` and cannot be unpacked.
        """
        if self._content is None:
            content = read_foreign_file(self.path, max_bytes=self.max_bytes)
            if self.place != self.path:
                content = unpacked(content, self.path, max_bytes=self.max_bytes)
            self._content = content
        return self._content

    def json(self) -> JsonValue:
        """Its JSON, NaN included, none of its texts with a lone surrogate.

        Raises:
            EvidenceError: It cannot be read, or holds no JSON in UTF-8.
        """
        if self._why_not:
            raise EvidenceError(self._why_not)
        if self._json is None:
            try:
                self._json = (parsed(self.content()),)
            except (ValueError, RecursionError) as error:
                # Many readers may ask.
                self._why_not = f"{self.path}: expected JSON, found {in_brief(error)}"
                raise EvidenceError(self._why_not) from error
        return self._json[0]

    def keys_twice(self) -> tuple[KeyTwice, ...]:
        """The keys that stand twice in its JSON; none if nobody asked for that."""
        if self._json is None:
            return ()
        return keys_twice(self.content(), self._json[0])

    def is_json(self) -> bool:
        """Whether its name ends in `.json` and it holds JSON; it may not be readable for others."""
        if self.suffix != ".json":
            return False
        try:
            self.json()
        except EvidenceError:
            return False
        return True

    def forget(self) -> None:
        """Free the memory that its content takes; it is read again if somebody asks again."""
        self._content = None
        self._json = None
        self._why_not = ""
