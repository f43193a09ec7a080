"""What pages that were saved from a browser write otherwise than with the tags of tables."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from weighin.sources.scorecard.tables.syntax.latex.latex_text import latex_text, parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPANS = {"ltx_tabular": "table", "ltx_thead": "thead", "ltx_tbody": "tbody", "ltx_tr": "tr",
          "ltx_td": "td", "ltx_th": "th"}  # fmt: skip
"""Converted papers write tables within lines as spans."""
_ROLES = {"table": "table", "grid": "table", "treegrid": "table", "row": "tr", "cell": "td",
          "gridcell": "td", "columnheader": "th", "rowheader": "th"}  # fmt: skip
"""Pages that are drawn by a program say by roles what their boxes are."""
_NOTE = "ltx_note"
_COVERED = re.compile(r"ltx_(col|row)span_([0-9]{1,4})\b")
_HIDDEN = frozenset(("katex-mathml", "MJX_Assistive_MathML", "mjx-assistive-mml"))
_CAPTION = re.compile(r"caption", re.IGNORECASE)
_LONGEST_MATH = 2_000
_NEAREST = 6
"""Elements between a table and the figure that holds it and its caption."""


def as_tables(root: "_Element") -> None:
    """Give the parts of tables that are written with other tags those of tables."""
    for element in root.iter("span", "div"):
        classes = (element.get("class") or "").split()
        if "tabbed-set" in classes:
            _name_tabs(element)
        if _NOTE in classes:
            _cut_note(element)
        tag = next((_SPANS[name] for name in classes if name in _SPANS), None)
        tag = tag or _ROLES.get((element.get("role") or "").strip())
        if tag is None:
            continue
        for found in _COVERED.finditer(element.get("class") or ""):
            element.set(f"{found[1]}span", found[2])
        element.tag = "th" if tag == "td" and "ltx_th" in classes else tag


def _name_tabs(tabs: "_Element") -> None:
    """Write the label of each of several tabs as a heading above what it shows."""
    labels = [label for found in _of_class(tabs, "tabbed-labels") for label in found]
    blocks = list(_of_class(tabs, "tabbed-block"))
    if len(labels) != len(blocks):
        return
    for label, block in zip(labels, blocks, strict=True):
        heading = block.makeelement("h6", {})
        heading.text = "".join(label.itertext())
        block.insert(0, heading)
        label.set("hidden", "")


def _of_class(element: "_Element", name: str) -> Iterator["_Element"]:
    return (e for e in element.iter("div") if name in (e.get("class") or "").split())


def _cut_note(note: "_Element") -> None:
    """Leave the mark of a footnote alone, whose text stands within the line."""
    for part in list(note):
        if part.tag != "sup":
            part.set("hidden", "")


def caption_of(table: "_Element") -> "_Element | None":
    """The caption of a table, in it or in the figure that holds it; `None` if there is none."""
    own = table.find("caption")
    if own is not None:
        return own
    element = table
    for _ in range(_NEAREST):
        parent = element.getparent()
        if parent is None or parent.tag in {"body", "article", "main"}:
            return None
        element = parent
        found = element.find("figcaption")
        if found is None:
            found = next(
                (
                    child
                    for child in element
                    if child.tag in {"div", "p", "span"}
                    and _CAPTION.search(child.get("class") or "")
                ),
                None,
            )
        if found is not None:
            return found
        if element.tag == "figure":
            return None
    return None


def written_math(math: "_Element") -> str:
    """What a formula prints; empty where what it prints stands beside it."""
    parent = math.getparent()
    if parent is not None and _HIDDEN & set((parent.get("class") or "").split()):
        return ""
    written = math.get("alttext") or ""
    if not written:
        notes = [n.text or "" for n in math.iter("annotation") if "tex" in n.get("encoding", "")]
        written = notes[0] if notes else ""
    if written and len(written) <= _LONGEST_MATH:
        return latex_text(parsed(f"${written.strip('$')}$")).text
    return "".join("".join(part.split()) for part in math.itertext())[:_LONGEST_MATH]
