"""Other ways of counting in use, and which of them give a number that one pass does not."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry, ScoreKind
from weighin.rules.scorecard.counting.denominators import scores_another_part
from weighin.rules.scorecard.counting.ways import Counting
from weighin.rules.scorecard.numbers import StatedNumber
from weighin.statistics.printed_numbers import (
    PrintedNumber,
    attainable_counts,
    random_pass_rate,
)

_PASSES_IN_USE = (2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64)
_SIZE = re.compile(r"(?<![\w.@-])\d{1,3}(?:,\d{3})+(?![\w.])|(?<![\w.,@-])\d{2,7}(?![\w,]|\.\d)")
_FEWEST = 50
MOST_NUMBERS = 0.5
"""A way of counting that gives so large a part of all numbers of so many digits explains none."""
_OTHER_SCORES = ("f1", "mark", "pass", "rubric", "win rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanations:
    """What of other ways of counting gives a number.

    Attributes:
        told: Every way in use that gives it and that most numbers have not, in words.
        is_any: Whether some way gives it at all, be it one that gives nearly every number.
        chance: About the chance that a number at random would have one that is told; 0 if none of
            the ways could tell anything.
    """

    told: tuple[str, ...]
    is_any: bool
    chance: float


def explanations(
    stated: StatedNumber,
    ways: Sequence[Counting],
    registry: BenchmarkRegistry,
    most_passes: int,
) -> Explanations:
    """The other ways of counting in use that give a number: averaged passes, and other sizes.

    One that gives most numbers of so few digits explains none of them.

    Args:
        stated: The number.
        ways: How it can have been counted in one pass.
        registry: Benchmarks that are known, for their subsets and the sets of which they are one.
        most_passes: The most that are tried; 1 where passes are declared.
    """
    value = stated.value
    passes = [p for p in _PASSES_IN_USE if p <= most_passes]
    rates = {p: _rate(value, [way.denominator * p for way in ways]) for p in passes}
    fitting = [p for p in passes if any(attainable_counts(value, w.denominator * p) for w in ways)]
    sizes = {} if any(way.is_stated for way in ways) else _other_sizes(stated, ways, registry)
    size_rates = {size: _rate(value, [size]) for size in sizes}
    fitting_sizes = [size for size in sizes if attainable_counts(value, size)]
    telling = [p for p in fitting if rates[p] < MOST_NUMBERS]
    told = [f"the mean of {_either(telling)} passes"] if telling else []
    told += [f"one pass over {sizes[s]}" for s in fitting_sizes if size_rates[s] < MOST_NUMBERS]
    tried = [r for r in (*rates.values(), *size_rates.values()) if r < MOST_NUMBERS]
    return Explanations(
        told=tuple(told),
        is_any=bool(fitting or fitting_sizes),
        chance=1 - math.prod(1 - rate for rate in tried),
    )


def _rate(value: PrintedNumber, denominators: Sequence[int]) -> float:
    return min(1.0, math.fsum(random_pass_rate(value, size) for size in denominators))


def _either(passes: Sequence[int]) -> str:
    """Numbers in a sentence: `2`, `2 or 4`, `2, 4 or 6`."""
    *first, last = map(str, passes)
    return f"{', '.join(first)} or {last}" if first else last


def _other_sizes(
    stated: StatedNumber, ways: Sequence[Counting], registry: BenchmarkRegistry
) -> dict[int, str]:
    """Words for the other sizes under which the benchmark is scored, the smallest first.

    Its published subsets and sub-problems, as far as the registry names them, and the sets of
    which it is one.
    """
    benchmark = stated.benchmark
    if benchmark is None or scores_another_part(stated):
        return {}
    known = {way.denominator for way in ways}
    sizes: dict[int, str] = {}
    for other in registry.benchmarks:
        if other.id != benchmark.id and other.documents and _is_of_one_family(benchmark, other):
            sizes.setdefault(
                other.documents, f"the {other.documents} documents of {other.names[0]}"
            )
    for size in _sizes_in(benchmark.note):
        sizes.setdefault(size, f"{size} documents, another size of {benchmark.names[0]} in use")
    return {size: words for size, words in sorted(sizes.items()) if size not in known}


def _is_of_one_family(first: Benchmark, second: Benchmark) -> bool:
    """Whether two benchmarks are sets of one dataset: `gpqa_main` and `gpqa_diamond`."""
    is_one = first.dataset is not None and first.dataset == second.dataset
    return is_one and second.score is ScoreKind.BINARY


def _sizes_in(note: str) -> tuple[int, ...]:
    if any(word in note.casefold() for word in _OTHER_SCORES):
        return ()
    found = (int(text.replace(",", "")) for text in _SIZE.findall(note))
    return tuple(size for size in found if size >= _FEWEST)
