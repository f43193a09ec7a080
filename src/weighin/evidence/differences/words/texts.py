"""Two texts as a unified diff that a person can take in."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Final

_MOST_LINES: Final = 60
_LONGEST_LINE: Final = 240
_BEFORE: Final = 60
# Beyond, what is told of them is where they first differ.
_MOST_COMPARED: Final = 4000
_CONTEXT: Final = 2


def unified_diff(first: str, second: str) -> tuple[str, ...]:
    """The lines of a unified diff, without names; long lines from shortly before they differ.

    Returns:
        Nothing if the texts are equal; of a long diff its beginning, and how many lines more.
    """
    ours, theirs = first.splitlines(), second.splitlines()
    if max(len(ours), len(theirs)) > _MOST_COMPARED:
        at = _alike(ours, theirs)
        ours, theirs = (side[max(at - _CONTEXT, 0) : at + _MOST_LINES] for side in (ours, theirs))
    lines = list(difflib.unified_diff(ours, theirs, n=_CONTEXT, lineterm=""))[2:]
    if not lines and first != second:
        # Only the ends of lines differ, which no line shows.
        lines = [f"-{first[-_BEFORE:]!r}", f"+{second[-_BEFORE:]!r}"]
    told = list(_clipped(lines[:_MOST_LINES]))
    if len(lines) > _MOST_LINES:
        told.append(f"… and {len(lines) - _MOST_LINES} lines more")
    return tuple(told)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items two sequences begin with alike."""
    number = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        number += 1
    return number


def _clipped(lines: list[str]) -> Iterator[str]:
    """Lines of a diff; of a long one the part around its first difference from its counterpart."""
    removed = [line for line in lines if line.startswith("-")]
    added = [line for line in lines if line.startswith("+")]
    at = {
        line: _alike(one[1:], other[1:]) + 1
        for one, other in zip(removed, added, strict=False)
        for line in (one, other)
    }
    for line in lines:
        if len(line) <= _LONGEST_LINE:
            yield line
            continue
        start = max(at.get(line, 1) - _BEFORE, 1)
        end = start + _LONGEST_LINE
        before, after = ("…" if start > 1 else ""), ("…" if end < len(line) else "")
        yield f"{line[0]}{before}{line[start:end]}{after}"
