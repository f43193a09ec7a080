"""Reads plots back: where things stand on the paper, and what the axis says of it."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"

# Adobe's metrics of Helvetica, in thousandths of the size; Arial and Liberation Sans have the same.
_HELVETICA = {
    **dict.fromkeys("ijl", 222),
    **dict.fromkeys(" !,./:;I[]ft\\\u00a0", 278),
    **dict.fromkeys("()-r", 333),
    **dict.fromkeys("Jckszvxy", 500),
    **dict.fromkeys("0123456789abdeghnopqu?$#_L", 556),
    **dict.fromkeys("+<=>~±", 584),
    **dict.fromkeys("FTZ", 611),
    **dict.fromkeys("&ABEKPSVXY", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("mM", 833),
    "'": 191,
    "%": 889,
    "W": 944,
    "…": 1000,
    "@": 1015,
}
_BOLD = 1.08
_SIZE = 15


def helvetica_width(words: str, *, is_bold: bool = False) -> float:
    width = sum(_HELVETICA.get(character, 600) for character in words) * _SIZE / 1000
    return width * _BOLD if is_bold else width


@dataclass(frozen=True)
class Words:
    text: str
    left: float
    right: float
    baseline: float

    def overlaps(self, other: "Words") -> bool:
        above = abs(self.baseline - other.baseline) < _SIZE
        return above and self.left < other.right and other.left < self.right


class Drawn:
    """A plot that was parsed again."""

    def __init__(self, content: str) -> None:
        self.root = ET.fromstring(content)  # fails unless it is well-formed
        self.width, self.height = (float(self.root.attrib[n]) for n in ("width", "height"))

    @property
    def tags(self) -> set[str]:
        return {element.tag.removeprefix(SVG) for element in self.root.iter()}

    @property
    def words(self) -> list[Words]:
        return [_words(element) for element in self.root.iter(f"{SVG}text")]

    @property
    def description(self) -> str:
        return self.root.findtext(f"{SVG}desc") or ""

    def data(self, tag: str, style: str) -> list[dict[str, str]]:
        """Elements of the lanes, not of the legend, whose class begins so."""
        found = self.root.findall(f"{SVG}{tag}")
        return [e.attrib for e in found if e.get("class", "").startswith(style)]

    def value_at(self, x: float) -> float:
        """What the axis says stands at a place, by its first and its last label."""
        below = max(w.baseline for w in self.words if _is_number(w.text))
        labels = [w for w in self.words if w.baseline == below and _is_number(w.text)]
        lines = self.data("line", "ink fine")
        # The axis itself is the first line across that is followed by ticks with labels.
        ticks = sorted(
            {float(a["x1"]) for a in lines if float(a["y2"]) == below - 15 and a["x1"] == a["x2"]}
        )
        assert len(ticks) == len(labels)
        first, last = (float(labels[n].text) for n in (0, -1))
        return first + (x - ticks[0]) / (ticks[-1] - ticks[0]) * (last - first)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _words(element: ET.Element) -> Words:
    text = element.text or ""
    width = helvetica_width(text, is_bold=element.get("class") == "strong")
    x = float(element.attrib["x"])
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
    left = x - share * width
    return Words(text, left, left + width, float(element.attrib["y"]))
