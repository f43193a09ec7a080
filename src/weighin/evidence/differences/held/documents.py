"""The prompts and documents of two runs, held against each other."""

from collections.abc import Iterator
from typing import Final

from weighin.evidence.collected import ReadRecord
from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.documents.seen import (
    PairedDocuments,
    Place,
    SeenDocuments,
    in_full,
)
from weighin.evidence.differences.words.texts import unified_diff
from weighin.evidence.differences.words.wording import count
from weighin.identity.facets import Agreement

_NAMES_SHOWN: Final = 5


def held_prompts(
    first: ReadRecord,
    second: ReadRecord,
    seen: tuple[SeenDocuments, SeenDocuments],
    found: PairedDocuments | None,
) -> Difference | None:
    """The prompts of the documents that both asked about; `None` if there are none."""
    logged = [
        (place, other, mine, theirs)
        for place, other in (() if found is None else found.pairs)
        if (mine := seen[0].by_place[place].prompt) is not None
        and (theirs := seen[1].by_place[other].prompt) is not None
    ]
    if not logged:
        return None
    differing = [(place, other) for place, other, mine, theirs in logged if mine != theirs]
    if not differing:
        told = f"{count(len(logged), 'prompt')} alike"
        return Difference(
            topic="prompts", agreement=Agreement.SAME, brief=told, first=told, second=told
        )
    place, other = differing[0]
    texts = [
        document.prompt or "" if (document := in_full(side, [at]).get(at)) is not None else ""
        for side, at in ((first, place), (second, other))
    ]
    return Difference(
        topic="prompts",
        agreement=Agreement.DIFFERENT,
        brief=f"{len(differing)} of {len(logged)} differ",
        first=f"document {place[1]} of {place[0]}",
        second=f"document {other[1]} of {other[0]}",
        lines=unified_diff(*texts),
    )


def held_documents(found: PairedDocuments | None) -> Difference | None:
    """The documents of both; `None` if it is not known which are the same."""
    if found is None:
        return None
    changed = found.changed
    lost, added = len(found.only_first) - changed, len(found.only_second) - changed
    numbers = [len(found.pairs) + len(side) for side in (found.only_first, found.only_second)]
    told = [count(number, "document") for number in numbers]
    if not (lost or added or changed):
        return Difference(
            topic="documents", agreement=Agreement.SAME, first=told[0], second=told[1]
        )
    parts = ((added, "added"), (lost, "lost"), (changed, "changed"))
    return Difference(
        topic="documents",
        agreement=Agreement.DIFFERENT,
        brief=", ".join(f"{number} {what}" for number, what in parts if number),
        first=told[0],
        second=told[1],
        lines=(
            *_places("-", found.only_first),
            *_places("+", found.only_second),
        ),
    )


def _places(mark: str, places: tuple[Place, ...]) -> Iterator[str]:
    yield from (f"{mark}{task}/{name}" for task, name in places[:_NAMES_SHOWN])
    if len(places) > _NAMES_SHOWN:
        yield f"{mark}… and {len(places) - _NAMES_SHOWN} more"
