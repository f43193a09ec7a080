"""Scores in running text, which are told as not read."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:[0-9]{1,3}(?:\.[0-9]{1,2})?\s?%|[0-9]{1,3}\.[0-9]{1,2})(?![\w%]|\.[0-9])"
)
_VERSION = re.compile(r"[A-Za-z][\w-]{0,20}\s$")
_LARGEST_VERSION = 10
_NAME = re.compile(r"(?<![\w-])[A-Z][\w+]{1,20}(?:[ -][A-Z0-9][\w.+]{0,20}){0,2}")
_NEAR = 60
_SHOWN = 24
_MOST_PARAGRAPHS, _MOST_SIGNS, _MOST_ASKED = 2_000, 4_000, 4_000


def scores_in_prose(
    prose: Sequence[tuple[int, str]], read: Collection[int], is_known: Callable[[str], bool]
) -> tuple[str, ...]:
    """A remark where running text tells scores on known benchmarks; none where it does not.

    Args:
        prose: Paragraphs, each with its line.
        read: Lines that are read in another way.
        is_known: Whether a label is the name of a benchmark of the registry.
    """
    found = list(_found([p for p in prose if p[0] not in read][:_MOST_PARAGRAPHS], is_known))
    if not found:
        return ()
    (line, shown), *others = found
    more = f", and {len(others)} more" if others else ""
    why = "scores in running text are not read; tables and lists are"
    return (f"line {line}{more}: {shown!r}: {why}",)


def _found(
    prose: Sequence[tuple[int, str]], is_known: Callable[[str], bool]
) -> Iterator[tuple[int, str]]:
    """Line and words of each paragraph with a number near the name of a benchmark."""
    asked: dict[str, bool] = {}
    for line, whole in prose:
        text = whole[:_MOST_SIGNS]
        for number in filter(_is_score, _NUMBER.finditer(text)):
            start = max(number.start() - _NEAR, 0)
            names = _NAME.finditer(text, start, number.end() + _NEAR)
            name = next((n for n in names if _is_benchmark(n[0], asked, is_known)), None)
            if name is not None:
                begin = min(name.start(), number.start())
                end = min(max(name.end(), number.end()), begin + _NEAR + _SHOWN)
                yield line, text[begin:end]
                break


def _is_score(number: re.Match[str]) -> bool:
    """Whether a number is none behind a name that is its version, such as `AlpacaEval 2.0`."""
    before = number.string[max(number.start() - _NEAR, 0) : number.start()]
    is_small = "%" not in number[0] and float(number[0]) < _LARGEST_VERSION
    return not (is_small and _VERSION.search(before) is not None)


def _is_benchmark(name: str, asked: dict[str, bool], is_known: Callable[[str], bool]) -> bool:
    """Whether words, or the first of them, are the name of a benchmark."""
    words = name.split(" ")
    for count in range(len(words), 0, -1):
        part = " ".join(words[:count])
        if part not in asked:
            if len(asked) > _MOST_ASKED:
                return False
            asked[part] = is_known(part)
        if asked[part]:
            return True
    return False
