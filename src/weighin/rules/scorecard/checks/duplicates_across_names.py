"""The rule `duplicates-across-names`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, grouped, numbers_of, stated_numbers

_COPIED = 0.0028
_SHOWN_TIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesAcrossNames:
    """Two names do not share their scores.

    Why:
        Scores that are the same digit for digit on several benchmarks are of one model under two
        names, or were copied from one row into another.

    How:
        For every two artifacts of which no checkpoint says that they are one: the benchmarks on
        which both are scored alike, and how many of these scores are the same as printed. From
        `ties` on it is told. In public tables two models share a printed score on a benchmark 28
        times in 10,000.

    Fix:
        Give both names the checkpoint that they are of, or score each by itself.

    Attributes:
        ties: The fewest equal scores that are told.
    """

    id: ClassVar[str] = "duplicates-across-names"
    ties: int = 3

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every two names that share enough scores."""
        shares = [s for s in stated_numbers(case) if s.is_share]
        by_artifact = {
            name: grouped(members, _cell)
            for name, members in grouped(shares, lambda s: s.artifact.name).items()
        }
        for first, second in _sharing(shares, self.ties):
            pairs = _comparable(by_artifact[first], by_artifact[second])
            ties = [pair for pair in pairs if pair[0].value == pair[1].value]
            if not _is_one_checkpoint(*ties[0]):
                yield _told(pairs, ties)


def _sharing(shares: Sequence[StatedNumber], ties: int) -> list[tuple[str, str]]:
    """The pairs of artifacts that share enough scores, without a look at every pair."""
    counts: Counter[tuple[str, str]] = Counter()
    for equal in grouped(shares, lambda s: (_cell(s), s.value)).values():
        names = sorted({s.artifact.name for s in equal})
        counts.update(combinations(names, 2))
    return sorted(pair for pair, count in counts.items() if count >= ties)


def _cell(stated: StatedNumber) -> tuple[str, str, str, str, object]:
    number = stated.number
    protocol = number.protocol
    return (stated.subject, number.metric, number.split, protocol.subset, protocol.shots)


_Cells = Mapping[tuple[str, str, str, str, object], tuple[StatedNumber, ...]]


def _comparable(first: _Cells, second: _Cells) -> list[tuple[StatedNumber, StatedNumber]]:
    """The pair of numbers of each cell that both have: an equal one, if there is one."""
    pairs: list[tuple[StatedNumber, StatedNumber]] = []
    for cell in first.keys() & second.keys():
        every = [(a, b) for a in first[cell] for b in second[cell]]
        pairs.append(next((p for p in every if p[0].value == p[1].value), every[0]))
    return sorted(pairs, key=lambda pair: pair[0].subject)


def _is_one_checkpoint(first: StatedNumber, second: StatedNumber) -> bool:
    checkpoints = (first.artifact.checkpoint, second.artifact.checkpoint)
    return checkpoints[0] is not None and checkpoints[0] == checkpoints[1]


def _told(
    pairs: list[tuple[StatedNumber, StatedNumber]], ties: list[tuple[StatedNumber, StatedNumber]]
) -> ScorecardFinding:
    first, second = ties[0]
    told = ", ".join(one.short for one, _ in ties[:_SHOWN_TIES])
    notes = [f"; {a.name}: {a.note}" for a in (first.artifact, second.artifact) if a.note]
    more = f" and {len(ties) - _SHOWN_TIES} more" if len(ties) > _SHOWN_TIES else ""
    return ScorecardFinding(
        word=Word.UNUSUAL,
        statement=f"{first.artifact.name} and {second.artifact.name} have the same printed score "
        f"on {len(ties)} of the {len(pairs)} benchmarks on which both are scored",
        arithmetic=f"equal: {told}{more}; two models in public tables share a printed score on a "
        f"benchmark {_COPIED:.2%} of the time, so {len(pairs) * _COPIED:.2g} were to be expected"
        + "".join(notes),
        numbers=numbers_of(stated for pair in ties for stated in pair),
        fix="give the checkpoint of each name; the same checkpoint under two names is no fault",
    )
