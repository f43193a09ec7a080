"""Other ways of counting in use, and which of them give a number that one pass does not."""

import re
from collections.abc import Sequence

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry, ScoreKind
from weighin.rules.scorecard.counting.denominators import scores_another_part
from weighin.rules.scorecard.counting.ways import Counting
from weighin.rules.scorecard.numbers import StatedNumber
from weighin.statistics.printed_numbers import attainable_counts

_PASSES_IN_USE = (2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64)
_SIZE = re.compile(r"(?<![\w.@-])\d{1,3}(?:,\d{3})+(?![\w.])|(?<![\w.,@-])\d{2,7}(?![\w,]|\.\d)")
_FEWEST = 50
_OTHER_SCORES = ("f1", "mark", "pass", "rubric", "win rate")


def passes_that_fit(stated: StatedNumber, ways: Sequence[Counting]) -> tuple[int, ...]:
    """The numbers of passes in use whose mean can be a number, over the documents of some ways."""
    return tuple(
        passes
        for passes in _PASSES_IN_USE
        if any(attainable_counts(stated.value, way.denominator * passes) for way in ways)
    )


def passes_in_words(passes: Sequence[int]) -> str:
    """Numbers of passes in a sentence: `3 passes`, `2, 4 passes`, `3, 5 passes or more`."""
    tails = (i for i in range(len(passes)) if tuple(passes[i:]) == _from(passes[i]))
    last = next(tails, len(passes))
    if len(passes) - last <= 2:  # noqa: PLR2004  # two are named
        return f"{', '.join(map(str, passes))} passes"
    return f"{', '.join(map(str, passes[: last + 1]))} passes or more"


def _from(first: int) -> tuple[int, ...]:
    found = tuple(p for p in _PASSES_IN_USE if p >= first)
    return found or (first,)


def other_sizes(
    stated: StatedNumber, ways: Sequence[Counting], registry: BenchmarkRegistry
) -> tuple[str, ...]:
    """The other sizes under which the benchmark is scored that can give a number, in words.

    Its published subsets and sub-problems, as far as the registry names them, and the sets of
    which it is one.
    """
    benchmark = stated.benchmark
    if benchmark is None or scores_another_part(stated):
        return ()
    known = {way.denominator for way in ways}
    sizes: dict[int, str] = {}
    for other in registry.benchmarks:
        if other.id != benchmark.id and other.documents and _is_of_one_family(benchmark, other):
            sizes.setdefault(
                other.documents, f"the {other.documents} documents of {other.names[0]}"
            )
    for size in _sizes_in(benchmark.note):
        sizes.setdefault(size, f"{size} documents, another size of {benchmark.names[0]} in use")
    return tuple(
        words
        for size, words in sorted(sizes.items())
        if size not in known and attainable_counts(stated.value, size)
    )


def _is_of_one_family(first: Benchmark, second: Benchmark) -> bool:
    """Whether two benchmarks are sets of one dataset: `gpqa_main` and `gpqa_diamond`."""
    is_one = first.dataset is not None and first.dataset == second.dataset
    return is_one and second.score is ScoreKind.BINARY


def _sizes_in(note: str) -> tuple[int, ...]:
    if any(word in note.casefold() for word in _OTHER_SCORES):
        return ()
    found = (int(text.replace(",", "")) for text in _SIZE.findall(note))
    return tuple(size for size in found if size >= _FEWEST)
