"""What a piece of LaTeX prints, on one line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pylatexenc.latexwalker import LatexNode
    from pylatexenc.macrospec import LatexContextDb

_ARGUMENTS = {
    "multicolumn": "{{{", "multirow": "[{[{[{", "cellcolor": "[{", "textcolor": "[{{",
    "colorbox": "{{", "fcolorbox": "{{{", "rotatebox": "[{{", "raisebox": "{{", "scalebox": "{{",
    "resizebox": "{{{", "makecell": "*[{", "shortstack": "[{", "thead": "[{", "parbox": "[{{",
    "num": "[{", "SI": "[{[{", "qty": "[{[{", "si": "[{", "unit": "[{", "href": "{{", "url": "{",
    "citep": "*[[{", "citet": "*[[{", "cite": "*[[{", "citeauthor": "*[[{", "citealp": "*[[{",
    "ref": "{", "label": "{", "footnote": "[{", "footnotemark": "[", "tablefootnote": "[{",
    "textsuperscript": "{", "textsubscript": "{", "vspace": "*{", "hspace": "*{", "hphantom": "{",
    "phantom": "{", "vphantom": "{", "includegraphics": "[{", "tnote": "{", "textbf": "{",
    "mathbf": "{", "boldsymbol": "{", "bm": "{", "mathrm": "{", "text": "{", "textrm": "{",
    "color": "[{", "fontsize": "{{", "setlength": "{{", "underline": "{", "uline": "{",
    "diagbox": "[{{", "backslashbox": "{{", "texttt": "{", "textsc": "{", "mathit": "{",
}  # fmt: skip
_SILENT = frozenset(
    ("citep", "citet", "cite", "citealp", "ref", "label", "footnote", "tablefootnote", "vspace",
     "hspace", "hphantom", "phantom", "vphantom", "includegraphics", "cellcolor", "color",
     "fontsize", "setlength", "toprule", "bottomrule", "midrule", "hline", "endhead",
     "endfirsthead", "endfoot", "endlastfoot", "centering", "small", "footnotesize", "scriptsize",
     "tiny", "normalsize", "large", "raggedright", "raggedleft", "arraybackslash", "rm", "it",
     "em", "tt", "sf", "displaystyle", "textstyle", "scriptstyle",
     "scriptscriptstyle", "xspace", "noindent", "hfill", "hfil", "left",
     "right", "strut", "protect", "relax", "url", "bfseries", "bf", "itshape", "rmfamily",
     "selectfont", "caption", "unskip", "smash", "ensuremath", "mathsurround", "emph", "textit",
     "textsl", "textup", "textmd", "mbox", "hbox", "allowbreak")
)  # fmt: skip
_TRANSPARENT = frozenset(("smash", "ensuremath", "emph", "textit", "textsl", "textup", "textmd",
                          "mbox", "hbox"))  # fmt: skip
_SPACES = frozenset((",", ";", ":", " ", "!", "quad", "qquad", "space", "enspace", "thinspace",
                     "newline", "linebreak", "\\", "/", "par"))  # fmt: skip
_SIGNS = {
    "pm": "±", "uparrow": "↑", "downarrow": "↓", "Uparrow": "↑", "Downarrow": "↓",
    "rightarrow": "→", "dagger": "†", "ddagger": "‡", "dag": "†", "ddag": "‡", "times": "×",
    "checkmark": "✓", "cmark": "✓", "ding": "✓", "xmark": "✗", "Delta": "Δ", "ast": "*",
    "star": "*", "cdot": "·", "tau": "τ",
    "alpha": "\N{GREEK SMALL LETTER ALPHA}", "beta": "β", "%": "%", "&": "&", "#": "#",
    "_": "_", "$": "$", "{": "{", "}": "}", "textpm": "±", "textemdash": "—", "textendash": "–",
    "ldots": "...", "dots": "...", "sim": "~", "approx": "~", "textasciitilde": "~", "leq": "≤",
    "geq": "≥", "textdagger": "†", "textdaggerdbl": "‡", "S": "§", "P": "¶", "infty": "∞",
    "percent": "%", "triangle": "Δ", "textuparrow": "↑", "textdownarrow": "↓",
}  # fmt: skip
# The argument that prints, of those that have several.
_PRINTED = {"multicolumn": 2, "multirow": 5, "textcolor": 2, "colorbox": 1, "fcolorbox": 2,
            "rotatebox": 2, "raisebox": 1, "scalebox": 1, "resizebox": 2, "href": 1,
            "parbox": 2}  # fmt: skip
_BOLD = frozenset(("textbf", "mathbf", "boldsymbol", "bm"))
_BOLD_SWITCHES = frozenset(("bf", "bfseries"))
_DEEPEST = 80
_SPECIALS = {"~": " ", "--": "–", "---": "—"}
_TAGS = {"textsuperscript": "sup", "tnote": "sup", "footnotemark": "sup", "textsubscript": "sub"}


@dataclass(frozen=True, slots=True)
class Template:
    """What a macro prints: texts, and the numbers of its arguments, from 0, between them.

    Attributes:
        pieces: They, in order.
        arguments: How many it takes.
    """

    pieces: tuple[str | int, ...]
    arguments: int


Words: TypeAlias = dict[str, "str | Template"]
_PLACES = "\ue001\ue002\ue003\ue004"
"""Signs of nobody's, one for each argument while the body of a macro is read."""


@dataclass(slots=True, kw_only=True)
class LatexText:
    """What a piece of LaTeX prints.

    Attributes:
        text: On one line; raised text stands in `<sup>`, lowered text in `<sub>`.
        is_bold: Whether all of it is bold.
        rows: Rows that it spans.
        columns: Columns that it spans.
        place: Where its first sign stands; `None` if it prints nothing.
    """

    text: str
    is_bold: bool
    rows: int
    columns: int
    place: int | None


def parsed(text: str) -> "Sequence[LatexNode]":
    """The nodes of LaTeX, whose depth must be bounded."""
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        nodes, _, _ = LatexWalker(
            text, latex_context=_context(), tolerant_parsing=True
        ).get_latex_nodes()
    except LatexWalkerError:
        return ()
    return tuple(nodes)


@cache
def _context() -> "LatexContextDb":
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import MacroSpec

    context = get_default_latex_context_db()
    context.add_context_category(
        "tables", macros=[MacroSpec(n, a) for n, a in _ARGUMENTS.items()], prepend=True
    )
    return context


def latex_text(nodes: Sequence[object], words: Words) -> LatexText:
    """What nodes print.

    Args:
        nodes: Of a cell.
        words: What macros of the file's own stand for.
    """
    writing = _Writing(words=words)
    writing.add_all(nodes, 0)
    return LatexText(
        text=" ".join("".join(writing.parts).split()),
        is_bold=writing.bold > 0 and not writing.plain,
        rows=writing.rows,
        columns=writing.columns,
        place=writing.place,
    )


def template_of(body: str, arguments: int, words: Words) -> Template:
    """What a macro with arguments prints.

    Args:
        body: What it is defined as, with `#1` for its first argument.
        arguments: How many it takes.
        words: What macros without arguments stand for.
    """
    for number, sign in enumerate(_PLACES, start=1):
        body = body.replace(f"#{number}", sign)
    pieces = re.split(f"([{_PLACES}])", latex_text(parsed(body), words).text)
    return Template(
        tuple(_PLACES.index(p) if p and p in _PLACES else p for p in pieces if p), arguments
    )


@dataclass(slots=True, kw_only=True)
class _Writing:
    words: Words
    parts: list[str] = field(default_factory=list)
    bold: int = 0
    plain: int = 0
    rows: int = 1
    columns: int = 1
    place: int | None = None
    is_bold: bool = False

    def add_all(self, nodes: Sequence[object], depth: int, *, is_math: bool = False) -> None:
        """Write nodes one after another."""
        if depth > _DEEPEST:
            return
        outer = self.is_bold
        raised = ""
        taken = 0
        for number, node in enumerate(nodes):
            if node is None or number < taken:
                continue
            template = self.words.get(str(getattr(node, "macroname", "")))
            if isinstance(template, Template):
                taken = number + 1 + template.arguments
                self._template(template, node, nodes[number + 1 : taken], depth)
                continue
            chars = getattr(node, "chars", None)
            if chars is not None:
                raised = self._chars(node, chars, raised, is_math=is_math)
                continue
            if raised:
                self.parts.append(f"<{raised}>")
            follower = nodes[number + 1] if number + 1 < len(nodes) else None
            self._node(node, follower, depth, is_math=is_math)
            if raised:
                self.parts.append(f"</{raised}>")
                raised = ""
        self.is_bold = outer

    def _template(
        self, template: Template, node: object, given: Sequence[object], depth: int
    ) -> None:
        """Write what a macro prints around its arguments."""
        for piece in template.pieces:
            if isinstance(piece, str):
                self._write(piece, node)
            elif piece < len(given):
                self.add_all([given[piece]], depth + 1)

    def _chars(self, node: object, chars: str, raised: str, *, is_math: bool) -> str:
        """Write plain signs; returns the tag that waits for what follows them."""
        if raised:
            # One sign alone is raised where no braces stand around it.
            self._write(f"<{raised}>{chars[:1]}</{raised}>", node)
            chars = chars[1:]
        if not is_math:
            self._write(chars, node)
            return ""
        pieces = re.split(r"([\^_])", chars)
        self._write(pieces[0], node)
        for sign, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            tag = "sup" if sign == "^" else "sub"
            if not piece:
                return tag
            self._write(f"<{tag}>{piece[0]}</{tag}>{piece[1:]}", node)
        return ""

    def _node(self, node: object, follower: object, depth: int, *, is_math: bool) -> None:
        kind = type(node).__name__
        if kind == "LatexMathNode":
            self.add_all(getattr(node, "nodelist", ()), depth + 1, is_math=True)
        elif kind == "LatexEnvironmentNode":
            for inner in getattr(node, "nodelist", ()):
                is_break = getattr(inner, "specials_chars", "") == "&"
                self.parts.append(" " if is_break else "")
                self.add_all(() if is_break else (inner,), depth + 1)
        elif kind == "LatexGroupNode":
            self.add_all(getattr(node, "nodelist", ()), depth + 1, is_math=is_math)
        elif kind == "LatexSpecialsNode":
            sign = str(getattr(node, "specials_chars", ""))
            self._write(_SPECIALS.get(sign, sign), node)
        elif kind == "LatexMacroNode":
            self._macro(node, follower, depth, is_math=is_math)

    def _macro(self, node: object, follower: object, depth: int, *, is_math: bool) -> None:
        name = str(getattr(node, "macroname", ""))
        given = getattr(getattr(node, "nodeargd", None), "argnlist", None) or []
        self._span(name, given)
        if name in _SIGNS:
            self._write(_SIGNS[name], node)
        elif name in _SPACES:
            self.parts.append(" ")
        elif name in _BOLD_SWITCHES:
            self.is_bold = True
        elif name in _TAGS:
            self.parts.append(f"<{_TAGS[name]}>")
            self.add_all(given, depth + 1)
            self.parts.append(f"</{_TAGS[name]}>")
        elif isinstance(word := self.words.get(name), str):
            self._write(word, node)
        elif name not in _SILENT - _TRANSPARENT:
            outer, self.is_bold = self.is_bold, self.is_bold or name in _BOLD
            self.add_all(_printed(name, given), depth + 1, is_math=is_math)
            self.is_bold = outer
            if not given and type(follower).__name__ != "LatexGroupNode" and name.isalpha():
                self._write(name, node)

    def _span(self, name: str, given: Sequence[object]) -> None:
        if name == "multirow" and len(given) > 1:
            self.rows = _count(given[1])
        elif name == "multicolumn" and given:
            self.columns = max(self.columns, _count(given[0]), 1)

    def _write(self, text: str, node: object) -> None:
        if not text:
            return
        count = sum(character.isalnum() for character in text)
        if count and self.place is None:
            self.place = int(getattr(node, "pos", 0)) + len(text) - len(text.lstrip())
        if self.is_bold:
            self.bold += count
        else:
            self.plain += count
        self.parts.append(text)


def _printed(name: str, given: Sequence[object]) -> Sequence[object]:
    """The arguments of a macro that print; options in brackets never do."""
    place = _PRINTED.get(name)
    if place is not None and len(given) > place:
        return [given[place]]
    return [g for g in given if getattr(g, "delimiters", ("",))[0] != "["]


def _count(node: object) -> int:
    inner = getattr(node, "nodelist", None) or [node]
    text = "".join(str(getattr(child, "chars", "")) for child in inner).strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,3}", text) else 1
