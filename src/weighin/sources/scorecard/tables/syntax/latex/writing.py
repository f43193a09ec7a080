"""The nodes of LaTeX written one after another as the text that they print."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from weighin.sources.scorecard.tables.syntax.latex.names import (
    BOLD,
    BOLD_SWITCHES,
    FRACTIONS,
    PRINTED,
    SILENT,
    SPACES,
    STRUCK,
    TAGS,
    ding,
    is_known,
    sign_of,
)

NAME_START, NAME_END = "\ue010", "\ue011"
"""Signs of nobody's around the name of a macro that is not known."""

_DEEPEST = 80
_OPTION = re.compile(r"\s*\[[^\[\]]{0,80}\]\s*")
_FORMAT = re.compile(
    r"[clrtbsmp|]{0,3}|-?[0-9.]{1,6}\s?(?:pt|em|ex|cm|mm|in)|[a-zA-Z]{3,20}(?:![0-9a-zA-Z!.]{0,30})?"
    r"|[0-9A-F]{6}"
)
_TBLR_SPAN = re.compile(r"([rc])\s?=\s?([0-9]{1,3})")
_NUMBER_FIRST = re.compile(r"\s*\.?[0-9]")
_WITH_POINT = re.compile(r"\.[0-9]{1,20}$")
_SMALLER = frozenset(("tiny", "scriptsize", "footnotesize", "small", "scriptstyle"))
_STACKED = frozenset(("stackrel", "overset", "underset"))
_OF_ONE_NUMBER = frozenset(
    ("textbf", "mathbf", "text", "mathrm", "textrm", "mbox", "hbox", "ensuremath", "num", "bm")
)
"""What is written in them may go on with a number that began before."""
_SPECIALS = {"~": " ", "--": "–", "---": "—"}


@dataclass(slots=True, kw_only=True)
class Writing:
    """What nodes print, as far as they are written.

    Attributes:
        parts: The texts.
        bold: Letters and digits in bold.
        plain: Those that are not.
        rows: Rows that the cell spans.
        columns: Columns that it spans.
        place: Where its first sign stands; `None` if there is none yet.
        is_bold: Whether what follows is bold.
    """

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
        taken, smaller = 0, -1
        for number, node in enumerate(nodes):
            if node is None or number < taken:
                continue
            chars = getattr(node, "chars", None)
            if chars is not None:
                raised = self._chars(node, chars, raised, is_math=is_math)
                continue
            name = str(getattr(node, "macroname", ""))
            if name and not is_known(name) and sign_of(name) is None:
                taken = self._unknown(node, nodes, number, depth, is_math=is_math)
                continue
            if name in _SMALLER and smaller < 0 and self._is_after_digit():
                smaller = len(self.parts)
            if raised:
                self.parts.append(f"<{raised}>")
            self._node(node, depth, is_math=is_math)
            if raised:
                self.parts.append(f"</{raised}>")
                raised = ""
        if smaller >= 0:
            self._lower_digits(smaller)
        self.is_bold = outer

    def _unknown(
        self, node: object, nodes: Sequence[object], number: int, depth: int, *, is_math: bool
    ) -> int:
        """Write what stands behind a macro that nobody knows; returns where it ends."""
        following = number + 1
        option = getattr(nodes[following], "chars", "") if following < len(nodes) else ""
        if option and _OPTION.fullmatch(option) and _is_group(nodes, following + 1):
            following += 1
        groups: list[object] = []
        while _is_group(nodes, following):
            groups.append(nodes[following])
            following += 1
        if not any(getattr(group, "nodelist", None) for group in groups):
            # `\\name` or `\\name{}`, as papers write what they call their own.
            self._write(f"{NAME_START}{getattr(node, 'macroname', '')}{NAME_END}", node)
            self.parts.append("" if groups else str(getattr(node, "macro_post_space", "")))
            return following
        told = [group for group in groups if len(groups) == 1 or not _is_format(group)]
        start = len(self.parts)
        is_apart = self._is_after_digit()
        for place, group in enumerate(told):
            self.parts.append(" | " if place else "")
            self.add_all([group], depth + 1, is_math=is_math)
        if is_apart:
            self._lower_digits(start)
        return following

    def _is_after_digit(self) -> bool:
        before = next((part for part in reversed(self.parts) if part), "")
        return before[-1:].isdecimal()

    def _lower_digits(self, start: int) -> None:
        """Set a number apart that is printed otherwise than the one that it follows directly."""
        text = "".join(self.parts[start:])
        is_decimals = text[:1] == "." and _WITH_POINT.search("".join(self.parts[:start])) is None
        if not is_decimals and _NUMBER_FIRST.match(text) is not None:
            self.parts[start:] = [f"<sub>{text.strip()}</sub>"]

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

    def _node(self, node: object, depth: int, *, is_math: bool) -> None:
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
            self._macro(node, depth, is_math=is_math)

    def _macro(self, node: object, depth: int, *, is_math: bool) -> None:
        name = str(getattr(node, "macroname", ""))
        given = getattr(getattr(node, "nodeargd", None), "argnlist", None) or []
        self._span(name, given)
        if name in SPACES:
            self.parts.append(" ")
        elif name in BOLD_SWITCHES:
            self.is_bold = True
        elif name in TAGS:
            self._between(f"<{TAGS[name]}>", given, f"</{TAGS[name]}>", depth)
        elif name in STRUCK:
            self._between("~~", given, "~~", depth)
        elif name in FRACTIONS and len(given) > 1:
            self.add_all(given[-2:-1], depth + 1, is_math=is_math)
            self._between("/", given[-1:], "", depth)
        elif name in _STACKED and len(given) > 1:
            self.add_all(given[1:], depth + 1, is_math=is_math)
            self._between("<sup>", given[:1], "</sup>", depth)
        elif name == "ding" and given:
            self._write(ding(_chars_of(given[0])), node)
        elif (sign := None if given else sign_of(name)) is not None:
            self._write(sign, node)
        elif name not in SILENT:
            self._printing(name, given, depth, is_math=is_math or name == "ensuremath")

    def _printing(self, name: str, given: Sequence[object], depth: int, *, is_math: bool) -> None:
        """Write the arguments of a macro that sets them in some way."""
        outer, self.is_bold = self.is_bold, self.is_bold or name in BOLD
        start = len(self.parts)
        is_apart = name not in _OF_ONE_NUMBER and self._is_after_digit()
        self.add_all(_printed(name, given), depth + 1, is_math=is_math)
        if is_apart:
            self._lower_digits(start)
        self.is_bold = outer

    def _between(self, before: str, given: Sequence[object], after: str, depth: int) -> None:
        self.parts.append(before)
        self.add_all(given, depth + 1)
        self.parts.append(after)

    def _span(self, name: str, given: Sequence[object]) -> None:
        if name == "multirow" and len(given) > 1:
            self.rows = _count(given[1])
        elif name == "multicolumn" and given:
            self.columns = max(self.columns, _count(given[0]), 1)
        elif name == "SetCell" and given:
            told = dict(_TBLR_SPAN.findall(_chars_of(given[0]).strip("[]")))
            self.rows = int(told.get("r", self.rows))
            self.columns = max(self.columns, int(told.get("c", 1)), 1)

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
    place = PRINTED.get(name)
    if place is not None and len(given) > place:
        return [given[place]]
    return [g for g in given if getattr(g, "delimiters", ("",))[0] != "["]


def _is_group(nodes: Sequence[object], place: int) -> bool:
    return place < len(nodes) and type(nodes[place]).__name__ == "LatexGroupNode"


def _is_format(group: object) -> bool:
    """Whether a group says how another is set: an alignment, a colour or a length."""
    return _FORMAT.fullmatch(_chars_of(group)) is not None


def _chars_of(node: object) -> str:
    inner = getattr(node, "nodelist", None) or [node]
    return "".join(str(getattr(child, "chars", "")) for child in inner).strip()


def _count(node: object) -> int:
    text = _chars_of(node)
    return int(text) if re.fullmatch(r"-?[0-9]{1,3}", text) else 1
