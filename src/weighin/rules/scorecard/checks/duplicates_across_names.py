"""The rule `duplicates-across-names`."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, grouped, numbers_of, stated_numbers
from weighin.rules.shared.wording import count, listed

_COPIED = 0.0028
_SHOWN_TIES = 6
_SHOWN_NAMES = 8
_MOST_SHARING = 30
_NEAR_CHANCE = 0.03
_TOLD_BELOW = 0.05

_Cell = tuple[str, str, str, str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesAcrossNames:
    """Two names do not share their scores.

    Why:
        Scores that are the same digit for digit on several benchmarks are of one model under two
        names, or were copied from one row into another.

    How:
        For every two artifacts of which no checkpoint says that they are one: the benchmarks on
        which both are scored alike, and how many of these scores are the same as printed. Averages
        are no benchmarks; scores of nothing, of everything or of guessing, and those that many
        names share, count for nothing. From `ties` on it is told, if so many would be expected in
        less than one table of twenty among all pairs of names that were tried. In public tables
        two models share a printed score on a benchmark 28 times in 10,000.

    Fix:
        Give both names the checkpoint that they are of, or score each by itself.

    Attributes:
        ties: The fewest equal scores that are told.
    """

    id: ClassVar[str] = "duplicates-across-names"
    ties: int = 3

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every set of names that share enough scores."""
        shares = [s for s in stated_numbers(case) if s.is_share and not s.is_average]
        by_artifact = grouped(shares, lambda s: s.artifact.name)
        tried = math.comb(len(by_artifact), 2)
        found: dict[tuple[str, ...], list[_Pairs]] = {}
        for first, second in _sharing(shares, self.ties):
            pairs = _comparable(
                grouped(by_artifact[first], _cell), grouped(by_artifact[second], _cell)
            )
            ties = [pair for pair in pairs if pair[0].value == pair[1].value and _tells(pair[0])]
            if len(ties) < self.ties or _is_one_checkpoint(*ties[0]):
                continue
            expected = tried * math.comb(len(pairs), len(ties)) * _COPIED ** len(ties)
            if expected < _TOLD_BELOW:
                key = (first, *(a.number.printed + a.subject for a, _ in ties))
                found.setdefault(key, []).append((pairs, ties))
        yield from _told_once(found, tried)


_Pair = tuple[StatedNumber, StatedNumber]
_Pairs = tuple[list[_Pair], list[_Pair]]


def _sharing(shares: Sequence[StatedNumber], ties: int) -> list[tuple[str, str]]:
    """The pairs of artifacts that share enough scores, without a look at every pair."""
    counts: Counter[tuple[str, str]] = Counter()
    for equal in grouped(
        filter(_tells, shares), lambda s: (_cell(s), s.number.unit, s.number.printed)
    ).values():
        names = sorted({s.artifact.name for s in equal})
        if len(names) <= _MOST_SHARING:
            counts.update(combinations(names, 2))
    return sorted(pair for pair, found in counts.items() if found >= ties)


def _tells(stated: StatedNumber) -> bool:
    """Whether a model must have answered for a score: not with nothing, everything or a guess."""
    value = stated.value.value
    chance = None if stated.benchmark is None else stated.benchmark.chance
    is_guess = bool(chance) and abs(float(value) - (chance or 0.0)) <= _NEAR_CHANCE
    return 0 < value.numerator < value.denominator and not is_guess


def _cell(stated: StatedNumber) -> _Cell:
    number = stated.number
    protocol = number.protocol
    return (stated.subject, number.metric, number.split, protocol.subset, protocol.shots)


_Cells = Mapping[_Cell, tuple[StatedNumber, ...]]


def _comparable(first: _Cells, second: _Cells) -> list[_Pair]:
    """The pair of numbers of each cell that both have: an equal one, if there is one."""
    pairs: list[_Pair] = []
    for cell in first.keys() & second.keys():
        values = {s.value: s for s in reversed(second[cell])}
        equal = next(((a, values[a.value]) for a in first[cell] if a.value in values), None)
        pairs.append(equal or (first[cell][0], second[cell][0]))
    return sorted(pairs, key=lambda pair: pair[0].subject)


def _is_one_checkpoint(first: StatedNumber, second: StatedNumber) -> bool:
    checkpoints = (first.artifact.checkpoint, second.artifact.checkpoint)
    return checkpoints[0] is not None and checkpoints[0] == checkpoints[1]


def _told_once(
    found: Mapping[tuple[str, ...], Sequence[_Pairs]], tried: int
) -> Iterator[ScorecardFinding]:
    """A finding for every set of names with the same equal scores, the first of them once."""
    told: dict[tuple[str, ...], set[str]] = {}
    for (first, *scores), same in found.items():
        names = (first, *(ties[0][1].artifact.name for _, ties in same))
        known = told.setdefault(tuple(scores), set())
        if not known.issuperset(names):
            known.update(names)
            yield _told(names, *same[0], tried, [ties for _, ties in same])


def _told(
    names: Sequence[str],
    pairs: Sequence[_Pair],
    ties: Sequence[_Pair],
    tried: int,
    every: Sequence[Sequence[_Pair]],
) -> ScorecardFinding:
    told = ", ".join(one.short for one, _ in ties[:_SHOWN_TIES])
    artifacts = {s.artifact.name: s.artifact for same in every for s in (ties[0][0], same[0][1])}
    notes = [f"; {name}: {a.note}" for name, a in artifacts.items() if a.note]
    more = f" and {len(ties) - _SHOWN_TIES} more" if len(ties) > _SHOWN_TIES else ""
    expected = tried * math.comb(len(pairs), len(ties)) * _COPIED ** len(ties)
    who = f"{names[0]} and {names[1]}" if len(names) == 2 else listed(names, _SHOWN_NAMES)  # noqa: PLR2004  # a pair
    both = "both" if len(names) == 2 else "all"  # noqa: PLR2004  # a pair
    numbers = numbers_of(
        [*(one for one, _ in ties), *(other for same in every for _, other in same)]
    )
    return ScorecardFinding(
        word=Word.UNUSUAL,
        statement=f"{who} have the same printed score "
        f"on {len(ties)} of the {len(pairs)} benchmarks on which {both} are scored",
        arithmetic=f"equal: {told}{more}; two models in public tables share a printed score on a "
        f"benchmark {_COPIED:.2%} of the time, so that among {count(tried, 'pair')} of names "
        f"{expected:.1g} would share these by chance" + "".join(notes),
        numbers=numbers,
        fix="give the checkpoint of each name; the same checkpoint under two names is no fault",
        kind="printed with the same scores as another name",
    )
