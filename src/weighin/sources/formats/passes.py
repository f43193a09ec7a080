"""Answers that tests judged right or wrong, several to a document, and the scores made of them."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Score
from weighin.statistics.pass_at_k import pass_at_k

_PASS_AT = re.compile(r"pass@([1-9]\d{0,5})")


def k_of(metric: str) -> int | None:
    """The k of `pass@k`; `None` if a metric is not named so."""
    found = _PASS_AT.fullmatch(metric)
    return None if found is None else int(found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """What tests said of the answers to each document.

    Attributes:
        by_document: Number of answers, and of right ones, by the document's id.
    """

    by_document: Mapping[str, tuple[int, int]]

    @property
    def answers(self) -> int | None:
        """Answers to a document; `None` if documents differ, or there is none."""
        counts = {answers for answers, _ in self.by_document.values()}
        return counts.pop() if len(counts) == 1 else None

    def value(self, k: int) -> float | None:
        """The mean over documents; `None` if one has fewer than `k` answers, or there is none."""
        counts = self.by_document.values()
        if not counts or any(answers < k for answers, _ in counts):
            return None
        return math.fsum(pass_at_k(answers, right, k) for answers, right in counts) / len(counts)

    def recompute(self, scores: Iterable[Score], scale: float = 1.0) -> Recomputed:
        """Those of some scores that are `pass@k`, computed again.

        Args:
            scores: The scores.
            scale: What a score is of a share: 100 where it is written in percent.
        """
        values: dict[ScoreKey, float] = {}
        documents: dict[ScoreKey, int] = {}
        why_not: dict[ScoreKey, str] = {}
        for score in scores:
            key = (score.task, score.metric, score.filter)
            k = k_of(score.metric)
            value = None if k is None else self.value(k)
            if k is None:
                why_not[key] = f"the log does not say how {score.metric} comes from its documents"
            elif value is None:
                why_not[key] = f"the log holds fewer than {k} answers to a document"
            else:
                values[key], documents[key] = value * scale, len(self.by_document)
        return Recomputed(values=values, documents=documents, why_not=why_not)
