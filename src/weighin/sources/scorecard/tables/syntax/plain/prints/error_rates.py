"""Lines in which programs of speech print error rates: `%WER 4.52 [ 2376 / 52576, ... ]`."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from weighin.sources.scorecard.tables.syntax.plain.prints.printed import Print, Value

_RATE = re.compile(r"%(WER|CER|SER|PER|TER|MER|SRR)\s{1,8}([0-9]{1,4}(?:\.[0-9]{1,8})?)\s?%?")
_COUNTS = re.compile(r"\[\s?[0-9]{1,9} / [0-9]{1,9}[^\[\]]{0,120}\]")
_PATH = re.compile(
    r"(?:^|\s)((?:[\w.+-]{1,120}/){1,12})((?:decode|infer|test|dev|eval)[\w.+-]{0,160})"
)
_DECODED = re.compile(r"^(?:decode|inference)_")
_SIGNS = " \t:|,[]()`#*>-"
_LONGEST_NAME = 120


def error_rates(lines: Sequence[str]) -> Iterator[Print]:
    """The error rates in a text; lines that follow each other are one print."""
    found = [
        (number, values)
        for number, line in enumerate(lines, start=1)
        if "%" in line and (values := tuple(_values(number, line)))
    ]
    for _, group in groupby(enumerate(found), lambda entry: entry[1][0] - entry[0]):
        block = [entry for _, entry in group]
        values = tuple(value for _, own in block for value in own)
        yield Print(start=block[0][0], end=block[-1][0] + 1, values=values)


def _values(number: int, line: str) -> Iterator[Value]:
    rates = list(_RATE.finditer(line))
    if not rates:
        return
    before = line[: rates[0].start()].strip(_SIGNS)
    behind = line[rates[-1].end() :]
    counts = _COUNTS.search(behind)
    path = _PATH.search(behind) or _PATH.search(before)
    model = benchmark = ""
    if path is not None:
        model = path[1].strip("/").removeprefix("exp/")
        benchmark = _DECODED.sub("", path[2])
    elif len(before) <= _LONGEST_NAME:
        benchmark = before
    for rate in rates:
        yield Value(
            line=number,
            value=f"{rate[2]}%",
            benchmark=benchmark,
            metric=rate[1],
            model=model,
            counts="" if counts is None or rate is not rates[-1] else counts[0],
        )
