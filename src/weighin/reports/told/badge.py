"""An answer as a badge: one SVG of ASCII, without a script, a font of its own or a request."""

from typing import Final
from xml.etree import ElementTree as ET

from weighin.reports.page.model import Page
from weighin.reports.page.references import References
from weighin.reports.shared.foreign_text import clipped, in_ascii, visible
from weighin.rules.interface import Outcome

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_WORD: Final = "weighin"
_NO_ANSWER: Final = "no answer"
# White letters on each of these, and on the grey, have a contrast of 4.5 or more (WCAG 2 AA).
_GREY: Final = "#4a4f57"
_COLOURS: Final = {
    Outcome.MET: "#1a7f37",
    Outcome.WAIVED: "#8a5a00",
    Outcome.PARTIAL: "#57606a",
    Outcome.UNDECIDED: "#8a5a00",
    Outcome.VIOLATED: "#b42318",
    Outcome.NOT_APPLICABLE: "#57606a",
}
_HEIGHT: Final = 20
_BASELINE: Final = 14
_PADDING: Final = 7
# Of a character of 11 px in common sans-serif fonts; `textLength` makes it so in every other.
_ADVANCE: Final = 6.4
_LONGEST_NAME: Final = 80
_FONT: Final = "Verdana, DejaVu Sans, Geneva, sans-serif"


def render(page: Page) -> str:
    """The badge of a page as SVG in ASCII, with a line break at the end.

    It says the outcome in a word, how much was judged, and the weakest evidence; colour only
    repeats the word. What the page is about, which is foreign, stands in the title alone. Without
    an outcome it says that there is no answer: the badge of the last time must not stand for one.
    """
    answer = _NO_ANSWER if page.outcome is None else page.outcome.value
    if page.reservation:
        answer = f"{answer}, {page.reservation}"
    evidence = "" if page.evidence is None else page.evidence[0].value
    says = in_ascii(" | ".join(filter(None, (answer, page.extent, evidence))))
    subject = in_ascii(visible(clipped(References().phrase(page.title), _LONGEST_NAME)))
    known = f"weakest evidence: {evidence}" if evidence else ""
    about = ", ".join(filter(None, (subject, in_ascii(page.extent), known)))
    title = f"{_WORD}: {answer}: {about}"
    is_plain = page.outcome is not Outcome.MET or not page.reservation
    told_as = page.outcome if is_plain else Outcome.WAIVED
    colour = _GREY if told_as is None else _COLOURS[told_as]
    left, right = _width(_WORD), _width(says)
    svg = ET.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "width": f"{left + right:g}",
            "height": str(_HEIGHT),
            "viewBox": f"0 0 {left + right:g} {_HEIGHT}",
            "role": "img",
            "aria-label": title,
        },
    )
    ET.SubElement(svg, "title").text = title
    # Corners are drawn, not clipped: an id could be that of another picture in the same page.
    grounds = (
        (f"M3 0H{left:g}V20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z", _GREY),
        (f"M{left:g} 0h{right - 3:g}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left:g}z", colour),
    )
    for path, fill in grounds:
        ET.SubElement(svg, "path", {"d": path, "fill": fill})
    words = ET.SubElement(svg, "g", {"fill": "#ffffff", "font-family": _FONT, "font-size": "11"})
    for start, word in ((0.0, _WORD), (left, says)):
        ET.SubElement(
            words,
            "text",
            {
                "x": f"{start + _PADDING:g}",
                "y": str(_BASELINE),
                "textLength": f"{_width(word) - 2 * _PADDING:g}",
            },
        ).text = word
    text: str = ET.tostring(svg, encoding="us-ascii").decode("ascii")
    return f"{text}\n"


def _width(word: str) -> float:
    return round(len(word) * _ADVANCE + 2 * _PADDING, 1)
