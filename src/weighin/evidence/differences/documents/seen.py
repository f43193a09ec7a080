"""The documents of two runs, held against each other: which are the same, and what became of them.

No text is kept: what is told in full is read once more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from weighin.evidence.collected import ReadRecord
from weighin.evidence.differences.documents.logged import LoggedDocument
from weighin.files.canonical import sha256_hex

Key = tuple[str, str]
"""Metric and filter."""
Place = tuple[str, str]
"""Task, and id of a document in it."""


@dataclass(slots=True)
class SeenDocument:
    """What is kept of one document.

    Attributes:
        digest: As in `LoggedDocument`.
        prompt: Digest of its prompt; `None` if that is not logged.
        scores: By metric and filter, one a repeat.
    """

    digest: str
    prompt: str | None
    scores: dict[Key, dict[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDocuments:
    """The documents of one run.

    Attributes:
        by_place: In the order of the log.
        schemes: What computed their digests; empty if some have none.
        ambiguous: Metrics and filters under which a document was scored twice in one repeat.
    """

    by_place: Mapping[Place, SeenDocument]
    schemes: frozenset[str]
    ambiguous: frozenset[Key]


def seen_documents(read: ReadRecord) -> SeenDocuments:
    """The documents behind a record; none if nothing is known of them."""
    seen: dict[Place, SeenDocument] = {}
    schemes: set[str] = set()
    ambiguous: set[Key] = set()
    for document in read.documents():
        place = (document.task, document.name)
        known = seen.get(place)
        if known is None:
            prompt = None if document.prompt is None else sha256_hex(_bytes(document.prompt))
            known = seen[place] = SeenDocument(digest=document.digest, prompt=prompt)
        schemes.add(document.scheme if document.digest else "")
        for key, score in document.scores.items():
            of_key = known.scores.setdefault(key, {})
            if document.repeat in of_key:
                ambiguous.add(key)
            of_key[document.repeat] = score
    return SeenDocuments(
        by_place=seen,
        schemes=frozenset() if "" in schemes else frozenset(schemes),
        ambiguous=frozenset(ambiguous),
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDocuments:
    """The documents of two runs.

    Attributes:
        pairs: Documents that both asked about, by their places in either.
        only_first: Places of documents that only the first has.
        only_second: Places of those that only the second has.
        changed: How many of both have the place of one in the other, with another content.
    """

    pairs: tuple[tuple[Place, Place], ...]
    only_first: tuple[Place, ...]
    only_second: tuple[Place, ...]
    changed: int


def paired(
    first: SeenDocuments, second: SeenDocuments, task: Mapping[str, str]
) -> PairedDocuments | None:
    """Documents of one content, whatever their order and ids.

    Args:
        first: Of the first run.
        second: Of the second.
        task: What tasks of the second run are called in the first.

    Returns:
        `None` if it is not known which documents are the same.
    """
    if not first.by_place or not second.by_place or first.schemes != second.schemes:
        return None
    if len(first.schemes) != 1:
        return None
    there: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for place, document in second.by_place.items():
        there[task.get(place[0], place[0]), document.digest].append(place)
    # The last is taken first.
    for places in there.values():
        places.reverse()
    pairs: list[tuple[Place, Place]] = []
    only_first: list[Place] = []
    for place, document in first.by_place.items():
        if candidates := there.get((place[0], document.digest)):
            pairs.append((place, candidates.pop()))
        else:
            only_first.append(place)
    matched = {other for _, other in pairs}
    only_second = [place for place in second.by_place if place not in matched]
    come = Counter((task.get(place[0], place[0]), place[1]) for place in only_second)
    changed = sum(min(1, come[place]) for place in only_first)
    return PairedDocuments(
        pairs=tuple(pairs),
        only_first=tuple(only_first),
        only_second=tuple(only_second),
        changed=changed,
    )


def in_full(
    read: ReadRecord, places: Iterable[Place], key: Key | None = None
) -> dict[Place, LoggedDocument]:
    """Some documents of a run with their texts.

    Args:
        read: The run.
        places: Which.
        key: Metric and filter that the answer is to be of; `None` for the first that is logged.
    """
    left = set(places)
    found: dict[Place, LoggedDocument] = {}
    for document in read.documents() if left else ():
        place = (document.task, document.name)
        if place in left and (key is None or key in document.scores):
            found[place] = document
            left.discard(place)
            if not left:
                break
    return found
