"""Cells with several numbers whose heading names each, as in `EM / F1` above `85.0 / 79.2`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.sources.scorecard.tables.cells.table_cell import table_cell
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.no_scores import looks_like_score, says_nothing
from weighin.sources.scorecard.tables.layout.words import is_metric

_SIGNS = ("/", "|", "→", "->", "=>", ";", "&", " + ", ", ", " vs. ", " vs ")
_IN_BRACKETS = re.compile(r"(.*?)\s?[(\[]([^()\[\]]{3,80})[)\]]\s?(.{0,20})")
_IN_BEHIND = re.compile(r"(.{1,60}?)\s?[(\[]([^()\[\]]{1,40})[)\]]")
_NUMBER_BEHIND = re.compile(
    r"(\W{0,3}\d{1,4}(?:\.\d{1,6})?%?\W{0,3}?)\s?\((\d{1,4}(?:\.\d{1,6})?%?)\)\W{0,3}"
)
_FOR_ALL = re.compile(r"(.*\S)\s?([(\[][^()\[\]]{1,40}[)\]])")
_ENDS_WITH_DIGITS = re.compile(r"(.*?)\d{1,4}")
_WITHOUT = re.compile(r"\bw/o?\b|\bn/a\b", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,7}")
_MOST_PARTS = 4
_LONGEST = 120
_LONGEST_SAID = 2_000


@dataclass(frozen=True, slots=True)
class _Named:
    """What a heading names: what is above all, and each part."""

    outer: str
    parts: tuple[str, ...]


Row = tuple[Cell, ...]


def one_number_a_cell(
    header: Sequence[Row], body: Sequence[Row], said: Sequence[str]
) -> tuple[list[Row], list[Row], list[int]]:
    """A table whose columns and rows of several numbers a cell are as many columns and rows.

    Args:
        header: Rows of its header.
        body: Its other rows.
        said: What stands above and below it, which may name the parts.

    Returns:
        Header and body, and for each row of the body the number of the one that it is from.
    """
    head, rows = _columns(list(header), list(body), said)
    answer: list[Row] = []
    origins: list[int] = []
    for number, row in enumerate(rows):
        parts = list(_rows(row))
        answer += parts
        origins += [number] * len(parts)
    return head, answer, origins


def _columns(
    header: list[Row], body: list[Row], said: Sequence[str]
) -> tuple[list[Row], list[Row]]:
    if not header or not body:
        return header, body
    said = said if _are_all_of_several(body) else ()
    found: dict[int, _Named] = {}
    texts: dict[int, list[list[str]]] = {}
    for place in range(1, len(header[-1])):
        cells = [row[place].text for row in body]
        sign = _sign_of(cells)
        if sign is None:
            if (behind := _named_behind(header[-1][place].text, cells)) is not None:
                found[place] = behind
                texts[place] = [_with_behind(cell) for cell in cells]
            continue
        named = _named_above(header, place, sign, said)
        parts = [_parts(cell, sign) for cell in cells]
        count = Counter(map(len, parts)).most_common(1)[0][0]
        if named is None or len(named.parts) != max(count, 2) or _are_counts(parts, named):
            continue
        found[place] = named
        texts[place] = [
            own if len(own) == len(named.parts) else ([cell] + [""] * (len(named.parts) - 1))
            for own, cell in zip(parts, cells, strict=True)
        ]
    if not found:
        return header, body
    rows = [
        tuple(_spread(row, {place: texts[place][number] for place in found}))
        for number, row in enumerate(body)
    ]
    return _header(header, found), rows


def _named_behind(heading: str, cells: Sequence[str]) -> _Named | None:
    """What `HumanEval (+)` or `EM (F1)` names above cells most of which are as `60.4 (55.5)`."""
    named = _IN_BEHIND.fullmatch(heading)
    told = [cell for cell in cells if not says_nothing(cell)]
    behind = sum(_NUMBER_BEHIND.fullmatch(cell) is not None for cell in told)
    if named is None or behind * 2 <= len(told):
        return None
    if named[2] == "+":
        return _Named("", (named[1], f"{named[1]}+"))
    return _Named("", (named[1], named[2])) if all(map(is_metric, named.groups())) else None


def _with_behind(cell: str) -> list[str]:
    found = _NUMBER_BEHIND.fullmatch(cell)
    return [cell, ""] if found is None else [found[1], found[2]]


def _are_all_of_several(body: list[Row]) -> bool:
    """Whether all columns of numbers have several a cell, so that a caption speaks of all."""
    columns = [[row[place].text for row in body] for place in range(1, len(body[0]))]
    told = [cells for cells in columns if any(c.isdecimal() for cell in cells for c in cell)]
    return bool(told) and all(_sign_of(cells) is not None for cells in told)


def _header(header: list[Row], found: dict[int, _Named]) -> list[Row]:
    """The header with the names of parts below what is above all of them."""
    has_outer = any(named.outer for named in found.values())
    above = [_widened(row, found) for row in header[:-1]]
    last: list[Cell] = []
    inner: list[Cell] = []
    for place, cell in enumerate(header[-1]):
        named = found.get(place)
        if named is None:
            last.append(cell)
            inner.append(replace(cell, text=""))
            continue
        for number, part in enumerate(named.parts):
            outer = named.outer or part
            is_continued = bool(named.outer) and number > 0
            last.append(replace(cell, text=outer, is_continued=is_continued))
            inner.append(replace(cell, text=part if named.outer else "", is_continued=False))
    return [*above, tuple(last), *([tuple(inner)] if has_outer else [])]


def _widened(row: Row, found: dict[int, _Named]) -> Row:
    answer: list[Cell] = []
    for place, cell in enumerate(row):
        answer.append(cell)
        more = len(found[place].parts) - 1 if place in found else 0
        answer.extend(replace(cell, is_continued=True) for _ in range(more))
    return tuple(answer)


def _spread(row: Row, texts: dict[int, list[str]]) -> Iterator[Cell]:
    for place, cell in enumerate(row):
        for text in texts.get(place, [cell.text]):
            yield replace(cell, text=text)


def _rows(row: Row) -> Iterator[Row]:
    """The rows of one whose label names the parts of its cells."""
    cells = [cell.text for cell in row[1:] if looks_like_score(cell.text)]
    sign = _sign_of(cells) if cells else None
    named = None if sign is None else _named(row[0].text, sign)
    if sign is None or named is None:
        yield row
        return
    count = len(named.parts)
    texts = [_parts(cell.text, sign) for cell in row[1:]]
    told = [own for own in texts if len(own) == count]
    if len(told) * 2 <= len(cells) or _are_counts(told, named):
        yield row
        return
    for number, part in enumerate(named.parts):
        label = f"{named.outer} ({part})" if named.outer else part
        yield (
            replace(row[0], text=label),
            *(
                replace(
                    cell, text=own[number] if len(own) == count else "" if number else cell.text
                )
                for cell, own in zip(row[1:], texts, strict=True)
            ),
        )


def _sign_of(cells: Sequence[str]) -> str | None:
    """The sign between the numbers of most cells; `None` if most hold one, or no number."""
    told = [cell for cell in cells if any(map(str.isdecimal, cell))]
    # Most tables have one number a cell, and no sign stands in more than half of them.
    joined = "\n".join(told)
    found = [sign for sign in _SIGNS if sign.strip() in joined]
    likely = [s for s in found if sum(s.strip() in cell for cell in told) * 2 > len(told)]
    if not likely:
        return None
    counts = {sign: sum(len(_parts(cell, sign)) > 1 for cell in told) for sign in likely}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] * 2 > len(told) else None


def _parts(cell: str, sign: str) -> list[str]:
    """The numbers of a cell between signs; all of it alone where not each part is a number."""
    if len(cell) > _LONGEST or sign.strip() not in cell:
        return [cell]
    parts = [part.strip() for part in cell.split(sign)]
    if not 1 < len(parts) <= _MOST_PARTS or not any(map(looks_like_score, parts)):
        return [cell]
    is_each = all(
        says_nothing(part) or (any(c.isdecimal() for c in part) and _is_value(part))
        for part in parts
    )
    return parts if is_each else [cell]


def _is_value(text: str) -> bool:
    return (
        table_cell(text).number is not None
        or re.fullmatch(r"[~$<>]?[\d.,]+\s?\w{0,4}", text) is not None
    )


def _named_above(header: list[Row], place: int, sign: str, said: Sequence[str]) -> _Named | None:
    for row in reversed(header):
        if (named := _named(row[place].text, sign)) is not None:
            outer = named.outer or (header[-1][place].text if row is not header[-1] else "")
            return replace(named, outer=outer)
    own = header[-1][place].text
    for text in (header[0][0].text, *said) if said else ():
        # `Model (EM / F1)`, or a caption that says so.
        told = _named(text, sign)
        if told is not None and own and all(map(is_metric, told.parts)):
            return _Named(own, told.parts)
        metrics = _metrics_in(text, sign)
        if metrics and own:
            return _Named(own, metrics)
    return None


def _metrics_in(text: str, sign: str) -> tuple[str, ...]:
    """Metrics between signs within a sentence."""
    bare = sign.strip()
    for found in re.finditer(
        rf"(\S{{1,20}}) ?{re.escape(bare)} ?(\S{{1,20}})", text[:_LONGEST_SAID]
    ):
        parts = tuple(part.strip("(),.;:[]*_`") for part in found.groups())
        if all(map(is_metric, parts)):
            return parts
    return ()


def _named(heading: str, sign: str) -> _Named | None:
    """What a heading names with a sign between; `None` if it names one thing."""
    text = _WITHOUT.sub(" ", heading)
    bare = sign.strip()
    if len(heading) > _LONGEST or bare not in text:
        return None
    within = _IN_BRACKETS.fullmatch(heading)
    if within is not None and bare in within[2] and bare not in within[1]:
        parts = _split(within[2], sign)
        outer = f"{within[1].strip(' :-–')} {within[3] if within[3][-1:].isalnum() else ''}"
        return None if parts is None else _Named(outer.strip(), parts)
    behind = ""
    if (told := _FOR_ALL.fullmatch(heading)) is not None and bare not in told[2]:
        heading, behind = told[1], f" {told[2]}"
    parts = _split(heading, sign)
    if parts is None:
        return None
    outer, _, first = parts[0].rpartition(" ")
    if outer and not is_metric(parts[0]) and is_metric(first) and all(map(is_metric, parts[1:])):
        return _Named(
            outer.strip(" :-–"), (f"{first}{behind}", *(f"{p}{behind}" for p in parts[1:]))
        )
    return _Named("", tuple(f"{part}{behind}" for part in parts))


def _split(text: str, sign: str) -> tuple[str, ...] | None:
    parts = [part.strip() for part in text.split(sign)]
    if len(parts) < 2 and sign.strip() != sign:  # noqa: PLR2004  # words alone
        parts = [part.strip() for part in text.split(sign.strip())]
    if not 1 < len(parts) <= _MOST_PARTS or not all(any(c.isalnum() for c in p) for p in parts):
        return None
    # `pass@1/10` and `AIME 24/25` name the second by what is other.
    whole = _ENDS_WITH_DIGITS.fullmatch(parts[0])
    if whole is not None and whole[1] and all(_COUNT.fullmatch(p) for p in parts[1:]):
        parts = [parts[0], *(f"{whole[1]}{part}" for part in parts[1:])]
    if not all(any(c.isalpha() for c in part) for part in parts):
        return None
    return tuple(parts)


def _are_counts(parts: Sequence[Sequence[str]], named: _Named) -> bool:
    """Whether pairs are so many of so many, whose heading says `Correct / Total`."""
    pairs = [own for own in parts if len(own) == 2]  # noqa: PLR2004  # pairs
    return (
        bool(pairs)
        and not any(map(is_metric, named.parts))
        and all(_COUNT.fullmatch(text) for own in pairs for text in own)
        and all(int(a) <= int(b) for a, b in pairs)
        and len({b for _, b in pairs}) == 1
    )
