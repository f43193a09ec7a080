"""A plot that grows downwards: lines of text and lanes with an axis, one below the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.reports.scorecard.plots import svg
from weighin.reports.scorecard.plots.svg import (
    EDGE,
    WIDTH,
    Element,
    clipped_to,
    text_width,
    wrapped,
)
from weighin.reports.shared.foreign_text import clipped

LEFT: Final = EDGE + 8
RIGHT: Final = WIDTH - EDGE - 8
LANE: Final = 26

_TEXT_WIDTH: Final = WIDTH - 2 * EDGE
_LINE: Final = 20
_ASCENT: Final = 15
_SYMBOL: Final = 34
_SPACE: Final = 12
_BETWEEN_TICKS: Final = 20
_AIR: Final = 0.04
_LEAST_AIR: Final = 1e-6
_LONGEST_TOLD: Final = 300


@dataclass(frozen=True, slots=True)
class Axis:
    """A horizontal axis.

    Attributes:
        low: Value at its left end.
        high: Value at its right end, above `low`.
    """

    low: float
    high: float

    @classmethod
    def around(cls, values: Sequence[float]) -> "Axis":
        """An axis on which all of some values stand, with some air; at least one value."""
        low, high = min(values), max(values)
        # Values that hardly differ, or not at all, still need an axis that has a width.
        air = max((high - low) * _AIR, max(abs(low), abs(high)) * _LEAST_AIR, _LEAST_AIR)
        return cls(low - air, high + air)

    def at(self, value: float) -> float:
        """Where a value stands; values beyond an end stand at it."""
        share = (value - self.low) / (self.high - self.low)
        return LEFT + min(1.0, max(0.0, share)) * (RIGHT - LEFT)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Round values with their labels, as many as fit side by side."""
        exponent = math.floor(math.log10(self.high - self.low)) - 1
        for power in range(exponent, exponent + 3):
            for digit in (1, 2, 5):
                found = self._multiples(digit, power)
                widest = max((text_width(label) for _, label in found), default=0.0)
                if len(found) * (widest + _BETWEEN_TICKS) <= RIGHT - LEFT:
                    return found
        return ()

    def _multiples(self, digit: int, power: int) -> tuple[tuple[float, str], ...]:
        step = digit * 10.0**power
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        decimals = max(0, -power)
        return tuple((n * step, f"{n * step:.{decimals}f}") for n in range(first, last + 1))


class Sheet:
    """What is drawn so far, and how far down it reaches."""

    def __init__(self) -> None:
        self._elements: list[Element] = []
        self._told: list[str] = []
        self.y = float(EDGE)

    def write(
        self, words: str, *, right: str = "", is_strong: bool = False, most_lines: int = 2
    ) -> None:
        """Write a paragraph; `right` stands at the right end of its first line, in bold."""
        self._tell(" ".join(part for part in (words, right) if part))
        style = "strong" if is_strong else ""
        room = float(_TEXT_WIDTH)
        if right:
            label = clipped_to(right, room, is_strong=True)
            room -= text_width(label, is_strong=True) + _SPACE
            self._elements.append(
                svg.text(WIDTH - EDGE, self.y + _ASCENT, label, anchor="end", style="strong")
            )
        for words_of_line in wrapped(words, room, most_lines, is_strong=is_strong) or [""]:
            if words_of_line:
                self._elements.append(svg.text(EDGE, self.y + _ASCENT, words_of_line, style=style))
            self.y += _LINE

    def explain(self, symbol: Sequence[Element], words: str, *, instead: str = "") -> None:
        """Write what a symbol stands for.

        Args:
            symbol: Drawn around (0, 0), at most 14 to each side.
            words: Beside it.
            instead: What the description says, where the words need the symbol.
        """
        self._tell(instead or words)
        group = Element(
            "g", {"transform": f"translate({EDGE + _SYMBOL / 2 - 3:g} {self.y + _LINE / 2:g})"}
        )
        group.extend(symbol)
        self._elements.append(group)
        for told in wrapped(words, _TEXT_WIDTH - _SYMBOL, 2):
            self._elements.append(svg.text(EDGE + _SYMBOL, self.y + _ASCENT, told))
            self.y += _LINE

    def _tell(self, words: str) -> None:
        if words:
            self._told.append(clipped(words, _LONGEST_TOLD))

    def draw(self, *elements: Element) -> None:
        """Draw elements in front of the others."""
        self._elements.extend(elements)

    def skip(self, height: float) -> None:
        """Leave room."""
        self.y += height

    def write_axis(self, axis: Axis, words: str) -> None:
        """Write an axis below the lane above it, and what it counts."""
        top = self.y
        self.draw(svg.line(LEFT, top, RIGHT, top, "ink fine"))
        for value, label in axis.ticks():
            x = axis.at(value)
            half = text_width(label) / 2
            middle = min(max(x, EDGE + half), WIDTH - EDGE - half)
            self.draw(
                svg.line(x, top, x, top + 5, "ink fine"),
                svg.text(middle, top + 5 + _ASCENT, label, anchor="middle"),
            )
        self.y += 5 + _LINE
        self._tell(words)
        for told in wrapped(words, _TEXT_WIDTH, 2):
            self.draw(svg.text(WIDTH / 2, self.y + _ASCENT, told, anchor="middle"))
            self.y += _LINE

    def finished(self, name: str, title: str) -> str:
        """The SVG file; its description is all the text, in order."""
        return svg.document(name, title, ". ".join(self._told), self.y + EDGE, self._elements)


def grid_lines(axis: Axis, top: float) -> list[Element]:
    """Faint lines through a lane at the ticks of its axis."""
    return [
        svg.line(axis.at(value), top, axis.at(value), top + LANE, "faint fine")
        for value, _ in axis.ticks()
    ]


def whisker(axis: Axis, low: float, high: float, y: float, style: str) -> list[Element]:
    """An interval; an end beyond the axis has no cap."""
    left, right = axis.at(low), axis.at(high)
    caps = [
        svg.line(x, y - 5, x, y + 5, f"{style} bold")
        for x, value in ((left, low), (right, high))
        if axis.low <= value <= axis.high
    ]
    return [svg.line(left, y, right, y, f"{style} bold"), *caps]
