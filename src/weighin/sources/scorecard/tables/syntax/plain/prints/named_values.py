"""Lines of a name and a value: `Accuracy: 0.92`, `gsm8k = 61.3`, `Math (Total 300): 252`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from weighin.sources.scorecard.tables.layout.words import is_metric, is_unbounded_metric
from weighin.sources.scorecard.tables.syntax.plain.lines import RULE_SIGNS, is_rule
from weighin.sources.scorecard.tables.syntax.plain.prints.printed import Print, Value

_LOGGED = re.compile(
    r"\s{0,8}\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.,]{5,15}\]?(?:\s?[|-])?"
    r"(?:\s?\[?[A-Z]{4,8}\]?:?)?(?:\s?[|-])?\s"
)
_ITEM = re.compile(
    r"[\s>*•#`+-]{0,16}(?P<label>[^\W_][^:\uff1a=|{}\t]{0,79}?)"
    r"(?:\s?\((?:total|n|of|out of)\s?[=:]?\s?(?P<documents>[0-9]{1,7})\))?"
    r"\s{0,40}[:\uff1a=]\s{0,40}"
    r"(?P<value>[0-9]{1,6}(?:\.[0-9]{1,20})?\s?%?(?:\s?(?:±|\+/-)\s?[0-9.]{1,10}\s?%?)?)"
    r"(?P<rest>\s{1,4}\([^()]{1,60}\))?\s{0,8}[.;,`]?\s{0,8}",
    re.IGNORECASE,
)
_OF_TESTS = re.compile(r"(?:humaneval|mbpp)\+? \(base(?: \+ extra)? tests\)", re.IGNORECASE)
"""What EvalPlus prints above each of its two scores."""
_LONGEST_TITLE, _MOST_WORDS, _FEWEST = 100, 7, 2


@dataclass(slots=True)
class _Group:
    """Lines of names and values that follow each other.

    Attributes:
        start: The first of them.
        title: What stands directly above them.
        outer: The headings between signs above that, by their sign.
        values: They.
        end: The line behind the last.
        is_parted: Whether headings stand among them.
    """

    start: int
    title: str
    outer: tuple[str, ...]
    values: list[Value] = field(default_factory=list)
    end: int = 0
    is_parted: bool = False

    def has(self, value: Value) -> bool:
        """Whether it has a value by the same name."""
        names = ((own.benchmark, own.metric) for own in self.values)
        return (value.benchmark, value.metric) in names


def named_values(lines: Sequence[str]) -> Iterator[Print]:
    """The values by name in a text; those that rules and empty lines part are one print."""
    reading = _Reading()
    for number, written in enumerate(lines, start=1):
        line = _LOGGED.sub("", written, count=1)
        if not line.strip() or is_rule(line):
            reading.is_near = reading.is_near and is_rule(line)
        elif (value := _value(number, line, reading.benchmark)) is not None:
            yield from reading.take(number, value)
        else:
            yield from reading.head(line)
    yield from reading.close()


@dataclass(slots=True)
class _Reading:
    """What was read so far of a text.

    Attributes:
        group: Lines of names and values that go on; `None` if none do.
        above: The last line that is none.
        is_near: Whether nothing but rules stands below that.
        benchmark: The one that a line above says the next values are on.
        headings: Those between signs, by their sign, from the outer to the inner.
    """

    group: _Group | None = None
    above: str = ""
    is_near: bool = False
    benchmark: str = ""
    headings: dict[str, str] = field(default_factory=dict)

    def take(self, number: int, value: Value) -> Iterator[Print]:
        """Take in a value; what ends before it is given back."""
        if self.group is not None and self.group.is_parted and self.group.has(value):
            yield from self.close()
        if self.group is None:
            title = self.above if self.is_near else ""
            self.group = _Group(number, title, tuple(self.headings.values()))
        self.group.values.append(value)
        self.group.end = number + 1

    def head(self, line: str) -> Iterator[Print]:
        """Take in a line without a value; what ends before it is given back."""
        text = line.strip(" #*>`:-=\t")
        sign = _sign_around(line)
        is_inner = bool(sign) and bool(self.headings) and sign != next(iter(self.headings))
        if sign and text:
            self._add_heading(sign, text)
        self.above, self.is_near = (text if len(text) <= _LONGEST_TITLE else ""), True
        if _OF_TESTS.fullmatch(text) is not None:
            self.benchmark = text
        elif self.group is not None and is_inner:
            self.group.is_parted = True
        else:
            self.benchmark = ""
            yield from self.close()

    def _add_heading(self, sign: str, text: str) -> None:
        """Note a heading between signs; those within the one of the same sign end."""
        signs = list(self.headings)
        for inner in signs[signs.index(sign) :] if sign in signs else ():
            del self.headings[inner]
        self.headings[sign] = text

    def close(self) -> Iterator[Print]:
        """The lines that go on, as a print if they may be one."""
        group, self.group = self.group, None
        if group is not None:
            yield from _print(group)


def _value(number: int, line: str, benchmark: str) -> Value | None:
    found = _ITEM.fullmatch(line)
    if found is None or len(found["label"].split()) > _MOST_WORDS:
        return None
    label = found["label"].strip()
    is_of_metric = is_metric(label) or is_unbounded_metric(label)
    return Value(
        line=number,
        value=f"{found['value']}{found['rest'] or ''}".strip(),
        benchmark=benchmark if is_of_metric else label,
        metric=label if is_of_metric else "",
        documents=found["documents"] or "",
    )


def _sign_around(line: str) -> str:
    """The sign that is drawn on both sides of a heading; empty if none is."""
    bare = line.strip()
    sign = bare[:1]
    is_drawn = sign in RULE_SIGNS and bare[:3] == sign * 3 and bare[-3:] == sign * 3
    return sign if is_drawn or (sign == "#" and bare[:3] == "###" and bare[-3:] == "###") else ""


def _print(group: _Group) -> Iterator[Print]:
    metrics = sum(bool(value.metric) for value in group.values)
    is_one = len(group.values) < _FEWEST
    if is_one and not metrics:
        return
    within = tuple(text for text in group.outer if text != group.title)
    yield Print(
        start=group.start,
        end=group.end,
        values=tuple(group.values),
        title=group.title or (within[-1] if within else ""),
        within=within if group.title else within[:-1],
        is_loose=not metrics or (metrics * 2 < len(group.values) and _are_counted(group)),
    )


def _are_counted(group: _Group) -> bool:
    """Whether it is said of how many documents each value is."""
    return all(value.documents for value in group.values)
