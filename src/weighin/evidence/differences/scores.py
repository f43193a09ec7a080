"""The scores of two runs: by how much they differ, and how much of that is chance."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from weighin.evidence.differences.difference import ScoreDifference
from weighin.evidence.differences.documents.seen import Key, PairedDocuments, Place, SeenDocuments
from weighin.evidence.differences.words.wording import count
from weighin.evidence.records import Score
from weighin.statistics.paired import (
    PairedCounts,
    mcnemar_exact,
    paired_difference,
    paired_share_interval,
    student_interval,
    student_p_value,
    unpaired_interval,
    unpaired_p_value,
)

MCNEMAR: Final = "McNemar's exact test, Newcombe's paired interval"
STUDENT: Final = "Student's paired test"
UNPAIRED: Final = "unpaired, from the standard errors"

_FEWEST: Final = 2
_CLOSE: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPairs:
    """The documents of two runs, and which of them are the same.

    Attributes:
        first: Those of the first run.
        second: Those of the second.
        paired: Which are the same.
    """

    first: SeenDocuments
    second: SeenDocuments
    paired: PairedDocuments

    def scored(self, key: Key, tasks: frozenset[str]) -> Iterator["ScoredPair"]:
        """The documents of some tasks that both scored, in the order of the first run."""
        for place, other in self.paired.pairs:
            if place[0] not in tasks:
                continue
            first = _mean(self.first, place, key)
            second = _mean(self.second, other, key)
            if first is not None and second is not None:
                yield ScoredPair(place, other, first, second)

    def means(self, key: Key, tasks: frozenset[str], others: frozenset[str]) -> tuple[float, float]:
        """Mean over all documents of either run that have a score; NaN without any."""
        found = []
        for side, names in ((self.first, tasks), (self.second, others)):
            scores = [
                score
                for place in side.by_place
                if place[0] in names and (score := _mean(side, place, key)) is not None
            ]
            found.append(math.fsum(scores) / len(scores) if scores else math.nan)
        return found[0], found[1]


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A document that two runs scored: its places, and its scores."""

    place: Place
    other: Place
    first: float
    second: float


def _mean(side: SeenDocuments, place: Place, key: Key) -> float | None:
    scores = side.by_place[place].scores.get(key)
    return math.fsum(scores.values()) / len(scores) if scores else None


def score_difference(
    first: Score, second: Score, pairs: DocumentPairs | None, why_not: str = ""
) -> ScoreDifference:
    """How one score of two runs differs, over the documents of both where these are known.

    Args:
        first: Of the first run.
        second: Of the second: the same metric, and the same filter.
        pairs: The documents; `None` if it is not known which are the same.
        why_not: Why that is not known.
    """
    key = (first.metric, first.filter)
    found = ScoreDifference(
        task=first.task,
        metric=first.metric,
        filter=first.filter,
        first=first.value,
        second=second.value,
        documents=(first.documents, second.documents),
    )
    if pairs is None:
        return _unpaired(found, first, second, why_not)
    if key in pairs.first.ambiguous | pairs.second.ambiguous:
        return _unpaired(found, first, second, "a document is scored twice")
    tasks = _tasks_of(first.task, pairs.first), _tasks_of(second.task, pairs.second)
    means = pairs.means(key, *tasks)
    if not all(
        math.isclose(mean, score.value, rel_tol=_CLOSE, abs_tol=_CLOSE)
        for mean, score in zip(means, (first, second), strict=True)
    ):
        why = "the score is not the mean of what its documents have"
        return _unpaired(found, first, second, why)
    scored = tuple(pairs.scored(key, tasks[0]))
    if len(scored) < _FEWEST:
        told = f"{count(len(scored), 'document')} scored in both"
        return _unpaired(found, first, second, told)
    return _paired(found, scored)


def _tasks_of(task: str, side: SeenDocuments) -> frozenset[str]:
    """The task itself; all tasks where it is a group that has no documents of its own."""
    tasks = frozenset(place[0] for place in side.by_place)
    return frozenset((task,)) if task in tasks else tasks


def _paired(found: ScoreDifference, scored: Sequence[ScoredPair]) -> ScoreDifference:
    if all({pair.first, pair.second} <= {0.0, 1.0} for pair in scored):
        return _of_shares(found, scored)
    first, second = (
        np.array([getattr(pair, side) for pair in scored], dtype=np.float64)
        for side in ("first", "second")
    )
    difference = paired_difference(first, second)
    p_value = student_p_value(difference)
    return replace(
        found,
        paired=len(scored),
        paired_value=difference.value,
        interval=student_interval(difference),
        p_value=p_value,
        test=STUDENT,
        note=_note(found, scored) if difference.standard_error else _unmoved(difference.value),
    )


def _unmoved(value: float) -> str:
    return "every document moved by the same" if value else "no document has another score"


def _of_shares(found: ScoreDifference, scored: Sequence[ScoredPair]) -> ScoreDifference:
    both = sum(pair.first == 1 and pair.second == 1 for pair in scored)
    only_first = sum(pair.first == 1 and pair.second == 0 for pair in scored)
    only_second = sum(pair.first == 0 and pair.second == 1 for pair in scored)
    counts = PairedCounts(
        both, only_first, only_second, len(scored) - both - only_first - only_second
    )
    return replace(
        found,
        paired=len(scored),
        paired_value=(only_second - only_first) / len(scored),
        interval=paired_share_interval(counts),
        p_value=mcnemar_exact(only_first, only_second),
        test=MCNEMAR,
        note=_note(found, scored),
        only_first=only_first,
        only_second=only_second,
    )


def _note(found: ScoreDifference, scored: Sequence[ScoredPair]) -> str:
    """What is to be known where not all documents of both are in the test."""
    if any(number is not None and number != len(scored) for number in found.documents):
        return f"over the {len(scored)} documents that both scored"
    return ""


def _unpaired(found: ScoreDifference, first: Score, second: Score, why: str) -> ScoreDifference:
    errors = (first.stderr, second.stderr)
    interval, p_value, test = None, None, ""
    if errors[0] is not None and errors[1] is not None and any(errors):
        known = (errors[0], errors[1])
        interval = unpaired_interval(found.value, known)
        p_value = unpaired_p_value(found.value, known)
        test = UNPAIRED
    elif None in errors:
        why += "; no standard error is recorded"
    return replace(found, interval=interval, p_value=p_value, test=test, note=why)
