"""A drawing inside a page: an SVG file without what a page brings itself, or must not hold."""

import xml.etree.ElementTree as ET
from typing import Final

from markupsafe import Markup

from weighin.reports.page.model import Drawing

_SVG: Final = "{http://www.w3.org/2000/svg}"
_TAGS: Final = frozenset({"svg", "g", "title", "desc", "text", "line", "rect", "circle", "polygon"})
_ATTRIBUTES: Final = frozenset(
    {
        *("class", "id", "role", "aria-labelledby", "viewBox", "transform", "text-anchor"),
        *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "points"),
    }
)
_OF_FILE: Final = frozenset({"width", "height"})


def inlined(drawing: Drawing) -> Markup:
    """The drawing as markup: known shapes alone, in the colours of the page."""
    root = ET.fromstring(drawing.svg)  # noqa: S314  # it is ours
    for attribute in _OF_FILE:
        root.attrib.pop(attribute, None)
    _cleaned(root)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  # it is ours


def _cleaned(element: ET.Element) -> None:
    element.tag = element.tag.removeprefix(_SVG)
    for attribute in element.attrib.keys() - _ATTRIBUTES:
        del element.attrib[attribute]
    for child in list(element):
        if child.tag.removeprefix(_SVG) in _TAGS:
            _cleaned(child)
        else:
            element.remove(child)
