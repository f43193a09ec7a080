"""Macros that a file defines for itself, written out where its tables use them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weighin.sources.scorecard.tables.syntax.latex.groups import group_at

_BEGIN = re.compile(
    r"\\(?:(?P<new>newcommand|renewcommand|providecommand|DeclareRobustCommand|newrobustcmd)"
    r"|(?P<operator>DeclareMathOperator)|(?P<document>(?:New|Renew|Provide|Declare)DocumentCommand)"
    r"|(?P<plain>[gex]?def)|(?P<let>let))"
    r"(?:\*|\s){0,4}(?:\{\s{0,4}\\(?P<braced>[a-zA-Z]{1,40})\s{0,4}\}|\\(?P<bare>[a-zA-Z]{1,40}))"
)
_COUNT = re.compile(r"\s{0,8}\[\s{0,4}([0-9])\s{0,4}\]")
_DEFAULT = re.compile(r"\s{0,8}\[([^\[\]]{0,80})\]")
_PARAMETERS = re.compile(r"\s{0,8}((?:#[1-9]){0,9})\s{0,8}(?=\{)")
_MEANT = re.compile(r"\s{0,8}=?\s{0,8}\\([a-zA-Z]{1,40})")
_KINDS = re.compile(r"m|o|s|O\{([^{}]{0,80})\}")
_USED = re.compile(r"\\([a-zA-Z]{1,40})")
_TOKEN = re.compile(r"\\[a-zA-Z]{1,40}|\\.|[^\s{}]")
_MOST_SPACE = 40
_OPTION = re.compile(r"\s{0,8}\[([^\[\]]{0,200})\]")
# What is computed is not printed as it stands; their arguments are.
_COMPUTES = re.compile(
    r"\\(?:pgf|if|fp|FP|edef|xdef|def|let|tikz|begin|end|csname|expandafter|foreach)"
)
_LONGEST_BODY = 400
_MOST_MACROS = 2_000
_MOST_PASSES = 5
_MOST_GROWTH = 400_000


@dataclass(frozen=True, slots=True)
class Macro:
    """What a file says that a macro stands for.

    Attributes:
        body: With `#1` for its first argument.
        arguments: How many it takes.
        default: Of its first argument, which may then be left out; `None` if it may not.
        is_starred: Whether a star may follow its name.
    """

    body: str
    arguments: int = 0
    default: str | None = None
    is_starred: bool = False


def macros_of(text: str) -> dict[str, Macro]:
    """The macros that a text defines, by name; of several definitions the last."""
    found: dict[str, Macro] = {}
    for match in _BEGIN.finditer(text):
        if len(found) >= _MOST_MACROS:
            break
        name = match["braced"] or match["bare"]
        macro = _defined(match, text)
        if macro is not None and _COMPUTES.search(macro.body) is None:
            found[name] = macro
        else:
            found.pop(name, None)
    return found


def expanded(text: str, macros: Mapping[str, Macro]) -> str:
    """A text with its macros written out, those in macros too, to a bound."""
    limit = len(text) + _MOST_GROWTH
    for _ in range(_MOST_PASSES if macros else 0):
        after = "".join(_pieces(text, macros, limit))
        if after == text or len(after) > limit:
            break
        text = after
    return text


def _defined(match: re.Match[str], text: str) -> Macro | None:
    place = match.end()
    if match["let"]:
        meant = _MEANT.match(text, place)
        return None if meant is None else Macro(f"\\{meant[1]}")
    arguments, default, is_starred = 0, None, False
    if match["plain"]:
        told = _PARAMETERS.match(text, place)
        if told is None:
            return None
        arguments, place = len(told[1]) // 2, told.end()
    elif match["document"]:
        kinds, place = group_at(text, _after_space(text, place))
        if kinds is None:
            return None
        told_kinds = list(_KINDS.finditer(kinds))
        is_starred = bool(told_kinds) and told_kinds[0][0] == "s"
        arguments = len(told_kinds)
        if not is_starred and told_kinds and told_kinds[0][0][0] in "oO":
            default = told_kinds[0][1] or ""
    elif (count := _COUNT.match(text, place)) is not None:
        arguments, place = int(count[1]), count.end()
        if (told := _DEFAULT.match(text, place)) is not None:
            default, place = told[1], told.end()
    body, _ = group_at(text, _after_space(text, place))
    if body is None or len(body) > _LONGEST_BODY:
        return None
    return Macro(" ".join(body.split("\n")), arguments, default, is_starred)


def _pieces(text: str, macros: Mapping[str, Macro], limit: int) -> Iterator[str]:
    """Parts of a text, with each of its macros written out once."""
    place, written = 0, 0
    for match in _USED.finditer(text):
        macro = macros.get(match[1])
        if macro is None or match.start() < place:
            continue
        if text[match.start() - 1 : match.start()] == "\\":
            continue
        given, end = _given(macro, text, match.end())
        if given is None:
            continue
        before = text[place : match.start()]
        body = _filled(macro, given)
        written += len(before) + len(body)
        if written > limit:
            break
        yield before
        yield body
        place = end
    yield text[place:]


def _given(macro: Macro, text: str, place: int) -> tuple[list[str] | None, int]:
    """The arguments that stand behind a macro, and the place behind them."""
    given: list[str] = []
    if macro.is_starred:
        given.append("*" if text[place : place + 1] == "*" else "")
        place += bool(given[0])
    if macro.default is not None and macro.arguments:
        option = _OPTION.match(text, place)
        given.append(macro.default if option is None else option[1])
        place = place if option is None else option.end()
    while len(given) < macro.arguments:
        start = _after_space(text, place)
        group, end = group_at(text, start)
        if group is None:
            token = _TOKEN.match(text, start)
            if token is None or token[0] == "&":
                return None, place
            group, end = token[0], token.end()
        given.append(group)
        place = end
    return given, place


def _filled(macro: Macro, given: list[str]) -> str:
    def argument(found: re.Match[str]) -> str:
        number = int(found[2]) - 1
        text = given[number] if number < len(given) else ""
        # The name of a macro ends where its argument begins.
        return f"{found[1]}{{{text}}}" if found[1] else text

    return re.sub(r"(\\[a-zA-Z]{1,40})?#([1-9])", argument, macro.body)


def _after_space(text: str, place: int) -> int:
    """Where a text goes on, after at most forty signs of white space."""
    end = min(place + _MOST_SPACE, len(text))
    while place < end and text[place].isspace():
        place += 1
    return place
