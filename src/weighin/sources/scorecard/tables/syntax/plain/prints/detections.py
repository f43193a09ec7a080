"""Lines in which the COCO tools print precision and recall of detections."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from weighin.sources.scorecard.tables.syntax.plain.prints.printed import Print, Value

_LINE = re.compile(
    r".{0,60}?\bAverage (?:Precision|Recall)\s{0,8}\((AP|AR)\) @\["
    r" ?IoU=([0-9.:]{1,12})\s{0,12}\| area=\s{0,6}(\w{1,10})\s{0,6}"
    r"\| maxDets=\s{0,6}([0-9]{1,5}) ?\] = (-?[0-9]\.[0-9]{1,8})\s{0,8}"
)


def detections(lines: Sequence[str]) -> Iterator[Print]:
    """The precisions and recalls in a text; lines that follow each other are one print."""
    found = [
        (number, match)
        for number, line in enumerate(lines, start=1)
        if "@[" in line and (match := _LINE.fullmatch(line)) is not None
    ]
    for _, group in groupby(enumerate(found), lambda entry: entry[1][0] - entry[0]):
        block = [entry for _, entry in group]
        # What is below zero says that there was nothing to detect.
        values = tuple(_value(number, m) for number, m in block if not m[5].startswith("-"))
        if values:
            yield Print(start=block[0][0], end=block[-1][0] + 1, values=values)


def _value(number: int, match: re.Match[str]) -> Value:
    name = f"{match[1]} (IoU={match[2]} area={match[3]} maxDets={match[4]})"
    return Value(line=number, value=match[5], benchmark=name)
