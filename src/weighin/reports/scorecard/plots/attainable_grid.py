"""The scores that can be had around a printed one: the counts over the documents, by passes."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from weighin.evidence.scorecard import Unit
from weighin.reports.scorecard.plots import svg
from weighin.reports.scorecard.plots.sheet import LANE, LEFT, RIGHT, Axis, Sheet
from weighin.reports.scorecard.plots.svg import Element
from weighin.rules.scorecard.checks.attainable_score import AttainableScore
from weighin.rules.scorecard.counting.denominators import countings, fewest_passes
from weighin.rules.scorecard.counting.ways import Counting
from weighin.rules.scorecard.interface import ScorecardReport, Word
from weighin.rules.scorecard.numbers import StatedNumber, shown, source_words, stated_numbers
from weighin.statistics.printed_numbers import PrintedNumber, attainable_counts, closest_count

_PASSES: Final = (1, 2, 3, 4)
_WORDS: Final = tuple(Word)
_MOST_PASSES: Final = AttainableScore().most_passes
_STEPS_SHOWN: Final = Fraction(8, 5)
_ROUNDINGS_SHOWN: Final = 3
_EQUALS: Final = "\u00a0=\u00a0"  # a line never breaks there
_CLOSEST: Final = 3.0
"""Counts closer together are no longer told apart on paper."""
_LARGEST: Final = 1_000_000
"""Documents; with more of them nearly every number can be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedNumber:
    """A printed number with one count of documents behind it.

    Attributes:
        stated: The number.
        counting: How it is counted; every whole number of its parts is a score.
        word: What the check says of it.
    """

    stated: StatedNumber
    counting: Counting
    word: Word


def counted_numbers(report: ScorecardReport) -> tuple[CountedNumber, ...]:
    """The numbers that one pass does not give, or that are declared to be of several passes.

    Each printed value on a benchmark once, however many sources print it, as its firmest word says.
    """
    stated = {one.number: one for one in stated_numbers(report.case)}
    found: dict[tuple[str, Fraction, Fraction, int], CountedNumber] = {}
    for check, finding in report.findings:
        if check != AttainableScore.id:
            continue
        for number in finding.numbers:
            new = _counted(stated[number], finding.word)
            if new is None:
                continue
            value = new.stated.value
            key = (new.stated.subject, value.value, value.unit, new.counting.denominator)
            known = found.get(key)
            if known is None or _WORDS.index(new.word) < _WORDS.index(known.word):
                found[key] = new
    return tuple(found.values())


def _counted(stated: StatedNumber, word: Word) -> CountedNumber | None:
    """The number with its usual count, if looking at it tells something."""
    passes = stated.number.protocol.passes
    ways = countings(stated)
    if not ways or not ways[0].is_plain or ways[0].denominator > _LARGEST:
        return None
    if passes in {None, 1}:
        # A table whose zeros were cut has numbers that fit here, whatever the word.
        fits = bool(attainable_counts(stated.value, ways[0].denominator))
        if fits or word in {Word.CONSISTENT, Word.VOID}:
            return None
    return CountedNumber(stated=stated, counting=ways[0], word=word)


def attainable_grid(name: str, counted: CountedNumber) -> str:
    """The plot as SVG: a lane a number of passes, the printed number across all of them."""
    stated, documents = counted.stated, counted.counting.denominator
    title = grid_title(counted)
    axis = _axis(stated, documents)
    sheet = Sheet()
    sheet.write(stated.short, right=counted.word, is_strong=True)
    sheet.write(f"{stated.artifact.name}, {source_words(stated.number.source)}")
    sheet.skip(4)
    low, high = _ends(stated.value)
    sheet.explain(
        [svg.box(-6, -9, 12, 18, "band"), svg.line(0, -9, 0, 9, "claim bold")],
        f"{stated.number.printed} as printed stands for {shown(low, stated)} to "
        f"{shown(high, stated)}",
    )
    sheet.explain(
        [svg.line(x, -7, x, 7, "ink fine") for x in (-10, -3)] + [svg.circle(8, 0, 5, "run fine")],
        f"scores that can be had {counted.counting.words}; a dot where one rounds to the number",
    )
    for passes in _shown_passes(counted):
        sheet.skip(8)
        _lane(sheet, axis, counted, passes)
    sheet.skip(4)
    sheet.write_axis(axis, f"score{' in %' if stated.number.unit is Unit.PERCENT else ''}")
    return sheet.finished(name, title)


def grid_title(counted: CountedNumber) -> str:
    """What the plot of a number shows."""
    return f"{counted.stated.short}: what can be counted"


def _shown_passes(counted: CountedNumber) -> tuple[int, ...]:
    """One to four; then the declared number, and the fewest that fit where none of those does."""
    declared = counted.stated.number.protocol.passes
    passes = set(_PASSES)
    if isinstance(declared, int) and _of(counted, declared) <= _LARGEST:
        passes.add(declared)
    if not any(attainable_counts(counted.stated.value, _of(counted, n)) for n in _PASSES):
        more = range(1, _MOST_PASSES + 1)
        fit = fewest_passes(counted.stated.value, (counted.counting,), more)
        passes |= set() if fit is None else {fit.passes}
    return tuple(sorted(passes))


def _of(counted: CountedNumber, passes: int) -> int:
    return counted.counting.denominator * passes


def _ends(value: PrintedNumber) -> tuple[Fraction, Fraction]:
    return value.value - value.rounding, value.value + value.rounding


def _axis(stated: StatedNumber, documents: int) -> Axis:
    """Wide enough for a step of one pass on each side, and to see the rounding."""
    value = stated.value
    half = max(_STEPS_SHOWN / documents, _ROUNDINGS_SHOWN * value.unit)
    low, high = max(Fraction(0), value.value - half), min(Fraction(1), value.value + half)
    scale = _scale(stated)
    return Axis(float(low * scale), float(max(high, low + half) * scale))


def _scale(stated: StatedNumber) -> int:
    return 100 if stated.number.unit is Unit.PERCENT else 1


def _lane(sheet: Sheet, axis: Axis, counted: CountedNumber, passes: int) -> None:
    stated, denominator = counted.stated, _of(counted, passes)
    fitting = attainable_counts(stated.value, denominator)
    label = "1 pass" if passes == 1 else f"{passes} passes"
    if passes == stated.number.protocol.passes:
        label += " (declared)"
    sheet.write(label, right="fits" if fitting else "does not fit", most_lines=1)
    sheet.write(_counts(stated, denominator, fitting))
    sheet.skip(3)
    top, scale = sheet.y, _scale(stated)
    low, high = (axis.at(float(end * scale)) for end in _ends(stated.value))
    sheet.draw(svg.box(low, top, max(1.0, high - low), LANE, "band"))
    printed = axis.at(float(stated.value.value * scale))
    sheet.draw(svg.line(printed, top, printed, top + LANE, "claim bold"))
    sheet.draw(*_marks(axis, scale, denominator, fitting, top + LANE / 2))
    sheet.skip(LANE)


def _counts(stated: StatedNumber, denominator: int, fitting: range) -> str:
    """The count that fits, or the two on both sides of the number."""
    below = math.floor(stated.value.value * denominator)
    counts = [k for k in (below, below + 1) if k <= denominator]
    closest = closest_count(stated.value, denominator)
    if closest is not None:
        counts = [closest]
    told = ", ".join(
        f"{k}/{denominator}{_EQUALS}{shown(Fraction(k, denominator), stated).partition(' ')[0]}"
        for k in counts
    )
    if not told:
        return "no count is so high"
    return f"{told} and {len(fitting) - 1} more" if len(fitting) > 1 else told


def _marks(
    axis: Axis, scale: int, denominator: int, fitting: range, middle: float
) -> list[Element]:
    step = (RIGHT - LEFT) * scale / denominator / (axis.high - axis.low)
    if step < _CLOSEST:
        whole = svg.box(LEFT, middle - 4, RIGHT - LEFT, 8, "ink fine")
        return [whole, *(_dot(axis, scale, denominator, k, middle) for k in fitting[:1])]
    first = math.ceil(axis.low / scale * denominator - 1e-9)
    last = min(denominator, math.floor(axis.high / scale * denominator + 1e-9))
    places = [axis.at(k * scale / denominator) for k in range(first, last + 1)]
    ticks = [svg.line(x, middle - 7, x, middle + 7, "ink fine") for x in places]
    return [*ticks, *(_dot(axis, scale, denominator, k, middle) for k in fitting)]


def _dot(axis: Axis, scale: int, denominator: int, count: int, middle: float) -> Element:
    return svg.circle(axis.at(count * scale / denominator), middle, 5, "run fine")
