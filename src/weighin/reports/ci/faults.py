"""What kind of fault a sentence tells: its words, without what changes from run to run."""

import re
from collections.abc import Collection, Iterable
from typing import Final

_LONGEST: Final = 4_000
_NAME: Final = "◇"
_NUMBER: Final = "#"
_QUOTED: Final = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")
_IDENTIFIERS: Final = re.compile(
    r"\d{8}T\d{6}Z-[0-9a-f]{8}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d[-:.+Z\d]*"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\bsha256:[0-9a-f]+"
    r"|\b(?=[a-f]*\d)[0-9a-f]{7,}\b"
)
_DIGITS: Final = re.compile(r"-?\d+(?:[.,:]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
_PART_OF_NAME: Final = re.compile(r"[^\W_]+")
_SHORTEST_ID: Final = 12
_AROUND: Final = "\"'`()[]{},;:."
_HOW_MANY: Final = re.compile(rf"(?:{_NUMBER} of )?{_NUMBER} benchmarks?\b")
_NAMES: Final = re.compile(rf"{_NAME}(?:(?:, | and |, and )(?:{_NAME}|{_NUMBER} more))+")
_VERB: Final = re.compile(r"\b(?:is|are)\b")
_PLURAL: Final = re.compile(r"\b([^\W\d_]{3,})s\b")


def fault(statement: str, names: Collection[str] = (), roots: Iterable[str] = ()) -> str:
    """The words of a statement that are the same whenever it tells the same kind of fault.

    Numbers, digests, times, what stands in quotes, the folders of files and the ids in their names
    are left out, and so is of how many things it speaks.

    Args:
        statement: A sentence.
        names: Names that another run may have more or fewer of, such as benchmarks.
        roots: Folders below which files lie; wherever these are, the words are the same.
    """
    text = statement[:_LONGEST]
    for root in roots:
        text = text.replace(f"{root}/", "")
    text = " ".join(_token(token, names) for token in text.split())
    text = _DIGITS.sub(_NUMBER, _IDENTIFIERS.sub(_NUMBER, _QUOTED.sub('""', text)))
    text = _NAMES.sub(_NAME, _HOW_MANY.sub(_NAME, text))
    return _PLURAL.sub(r"\1", _VERB.sub("be", text))


def file_kind(file: str) -> str:
    """The name of a file without its folders, numbers, times and ids."""
    name = file.rstrip("/").rpartition("/")[2]
    name = _PART_OF_NAME.sub(_part, _IDENTIFIERS.sub(_NUMBER, name))
    return _DIGITS.sub(_NUMBER, name)


def _token(token: str, names: Collection[str]) -> str:
    bare = token.strip(_AROUND)
    for name in (token, bare):
        if name and name in names:
            return token.replace(name, _NAME, 1)
    if "/" not in bare or "://" in bare:
        return token
    before, _, after = token.partition(bare)
    return f"{before}{file_kind(bare)}{after}"


def _part(found: "re.Match[str]") -> str:
    """A part of a file's name; a number where it is one that was drawn by chance."""
    part = found.group()
    has_digit = any(character.isdigit() for character in part)
    is_mixed = not part.islower() and part[1:] != part[1:].lower() and not part.isupper()
    return _NUMBER if len(part) >= _SHORTEST_ID and (has_digit or is_mixed) else part
