"""How the documents of one attempt at a benchmark differ from those of another."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from weighin.evidence.collected import DocumentHashes
from weighin.evidence.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentChanges:
    """What became of the documents, whatever their order.

    A document that went and another that came are one that changed.

    Attributes:
        added: Documents more than before.
        lost: Documents less than before.
        changed: Documents in the place of others.
    """

    added: int
    lost: int
    changed: int

    @property
    def is_any(self) -> bool:
        """Whether the documents are others at all."""
        return bool(self.added or self.lost or self.changed)


def document_changes(
    record: Record, mine: DocumentHashes, other: Record, theirs: DocumentHashes
) -> DocumentChanges | None:
    """What became of the documents between another record and this one.

    Of a run on the first documents, these alone are looked for among those of the other record; of
    two such runs, those with the ids that both have are compared. The number of documents in the
    split tells how many were added or lost beyond them.

    Args:
        record: The record.
        mine: Its documents.
        other: The record before it.
        theirs: The documents of that one.

    Returns:
        `None` if nothing tells.
    """
    tasks = sorted(mine.keys() & theirs.keys())
    more = (record.asked.documents_total or 0) - (other.asked.documents_total or 0)
    if record.asked.documents_total is None or other.asked.documents_total is None:
        more = 0
    if not record.is_partial and not other.is_partial:
        if not mine or not theirs:
            return None
        tasks = sorted(mine.keys() | theirs.keys())
        come = sum(_beyond(mine.get(task, {}), theirs.get(task, {})) for task in tasks)
        gone = sum(_beyond(theirs.get(task, {}), mine.get(task, {})) for task in tasks)
        changed = min(come, gone)
        return DocumentChanges(added=come - changed, lost=gone - changed, changed=changed)
    if not tasks and not more:
        return None
    added, lost = max(more, 0), max(-more, 0)
    if record.is_partial and other.is_partial:
        apart = sum(_beyond(*_in_common(mine[task], theirs[task])) for task in tasks)
        moved = abs(more)
    elif record.is_partial:
        apart, moved = sum(_beyond(mine[task], theirs[task]) for task in tasks), added
    else:
        apart, moved = sum(_beyond(theirs[task], mine[task]) for task in tasks), lost
    return DocumentChanges(added=added, lost=lost, changed=max(apart - moved, 0))


def _beyond(those: Mapping[str, str], others: Mapping[str, str]) -> int:
    """How many documents are not among others, each as often as it stands there."""
    return (Counter(those.values()) - Counter(others.values())).total()


def _in_common(
    those: Mapping[str, str], others: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The documents with the ids that both have."""
    ids = those.keys() & others.keys()
    return {name: those[name] for name in ids}, {name: others[name] for name in ids}
