"""The few SVG elements that plots are made of; text in them is shown, never obeyed."""

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final

from weighin.reports.shared.foreign_text import visible

Element = ET.Element

WIDTH: Final = 440
"""Of every plot, in its own units: 15 units of text are 11 px on a screen 320 px wide."""
EDGE: Final = 14
FONT_SIZE: Final = 15

# The paper is painted, so that text keeps its contrast on a page of the other colour.
_STYLE: Final = """
.weighin-plot{color:#1f2328;--paper:#fff;--band:#d8dee4;--claim:#bc4c00;--run:#0550ae}
@media (prefers-color-scheme:dark){
.weighin-plot{color:#e6edf3;--paper:#0d1117;--band:#343b45;--claim:#f0883e;--run:#79c0ff}}
.weighin-plot .paper{fill:var(--paper)}
.weighin-plot text{fill:currentColor;font:15px Arial,Helvetica,"Liberation Sans",sans-serif}
.weighin-plot .strong{font-weight:bold}
.weighin-plot .band{fill:var(--band)}
.weighin-plot .claim{fill:var(--claim);stroke:var(--claim)}
.weighin-plot .run{fill:var(--run);stroke:var(--run)}
.weighin-plot .ink{fill:currentColor;stroke:currentColor}
.weighin-plot .hollow{fill:var(--paper)}
.weighin-plot .faint{stroke:currentColor;stroke-opacity:.35}
.weighin-plot .fine{stroke-width:1}
.weighin-plot .bold{stroke-width:2}
"""

# In parts of the size of the font; on the wide side of Arial and the fonts of its width.
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]/ \u00a0-")
_WIDE: Final = frozenset("mwMW%@")
_NARROW_WIDTH, _USUAL_WIDTH, _CAPITAL_WIDTH, _WIDE_WIDTH = 0.36, 0.57, 0.73, 0.98
_BOLD: Final = 1.1


def text_width(words: str, *, is_strong: bool = False) -> float:
    """About the width of a text, seldom too small."""
    width = sum(_character_width(character) for character in words) * FONT_SIZE
    return width * _BOLD if is_strong else width


def _character_width(character: str) -> float:
    if character in _NARROW:
        return _NARROW_WIDTH
    if character in _WIDE or unicodedata.east_asian_width(character) in "WF":
        return _WIDE_WIDTH
    return _CAPITAL_WIDTH if character.isupper() else _USUAL_WIDTH


def clipped_to(words: str, width: float, *, is_strong: bool = False) -> str:
    """A text, or as much of its start as fits with `…` after it."""
    shown = visible(words)
    # Every character is at least this wide.
    shown = shown[: int(width / (_NARROW_WIDTH * FONT_SIZE)) + 2]
    if shown == visible(words) and text_width(shown, is_strong=is_strong) <= width:
        return shown
    while shown and text_width(f"{shown}…", is_strong=is_strong) > width:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"


def wrapped(words: str, width: float, most_lines: int, *, is_strong: bool = False) -> list[str]:
    """A text in lines of a width, broken at spaces; what is too long ends with `…`."""
    lines: list[str] = []
    rest = visible(words).split(" ")
    while rest and len(lines) < most_lines - 1:
        line = rest.pop(0)
        while rest and text_width(f"{line} {rest[0]}", is_strong=is_strong) <= width:
            line += f" {rest.pop(0)}"
        lines.append(clipped_to(line, width, is_strong=is_strong))
    if rest:
        lines.append(clipped_to(" ".join(rest), width, is_strong=is_strong))
    return lines


def coordinate(value: float) -> str:
    """A coordinate with two decimals at most, alike on every machine."""
    told = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told


def text(x: float, y: float, words: str, *, anchor: str = "start", style: str = "") -> Element:
    """Words whose baseline is at `y`; `anchor` is `start`, `middle` or `end`."""
    element = _element("text", style, x=x, y=y)
    if anchor != "start":
        element.set("text-anchor", anchor)
    element.text = visible(words)
    return element


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Element:
    """A straight line."""
    return _element("line", style, x1=x1, y1=y1, x2=x2, y2=y2)


def box(left: float, top: float, width: float, height: float, style: str) -> Element:
    """A filled rectangle."""
    return _element("rect", style, x=left, y=top, width=width, height=height)


def circle(x: float, y: float, radius: float, style: str) -> Element:
    """A filled circle."""
    return _element("circle", style, cx=x, cy=y, r=radius)


def polygon(points: Sequence[tuple[float, float]], style: str) -> Element:
    """A filled shape."""
    element = _element("polygon", style)
    element.set("points", " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points))
    return element


def _element(tag: str, style: str, **places: float) -> Element:
    element = Element(tag, {name: coordinate(place) for name, place in places.items()})
    if style:
        element.set("class", style)
    return element


def document(
    name: str, title: str, description: str, height: float, elements: Sequence[Element]
) -> str:
    """The elements as an SVG file.

    Args:
        name: Of letters, digits and `-`; tells it from other plots on one page.
        title: What it shows.
        description: Everything that it shows, in words, for people who do not see it.
        height: In the units of `WIDTH`.
        elements: From the back to the front.
    """
    size = {"width": str(WIDTH), "height": coordinate(height)}
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {coordinate(height)}",
            **size,
            "style": "max-width:100%;height:auto",
            "class": "weighin-plot",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-description",
        },
    )
    for tag, words in (("title", title), ("desc", description)):
        told = ET.SubElement(root, tag)
        told.set("id", f"{name}-{'title' if tag == 'title' else 'description'}")
        told.text = visible(words)
    ET.SubElement(root, "style").text = _STYLE
    ET.SubElement(root, "rect", {"class": "paper", **size})
    root.extend(elements)
    ET.indent(root, space="")
    return ET.tostring(root, encoding="unicode") + "\n"
