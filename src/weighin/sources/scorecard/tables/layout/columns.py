"""What each column of a table holds, by its name and by its cells."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.grid import Cell
from weighin.sources.scorecard.tables.layout.beside.differences import (
    NEGATIVE,
    rows_below_zero,
)
from weighin.sources.scorecard.tables.layout.beside.others import with_others
from weighin.sources.scorecard.tables.layout.beside.versions import of_print
from weighin.sources.scorecard.tables.layout.column import (
    OF_WORDS,
    Column,
    are_counted_up,
    are_differences,
    are_flags,
    are_shots,
    are_signed,
    is_negative,
    is_remark,
    is_whole,
)
from weighin.sources.scorecard.tables.layout.header import Table
from weighin.sources.scorecard.tables.layout.header_rows import IsKnown
from weighin.sources.scorecard.tables.layout.kinds import Kind
from weighin.sources.scorecard.tables.layout.names import name_words
from weighin.sources.scorecard.tables.layout.no_scores import (
    content_kind,
    have_parts,
    have_plus,
    is_drop,
    is_left_out,
    looks_like_score,
    names_signed,
    no_score_of,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.no_scores.by_neighbours import by_neighbours
from weighin.sources.scorecard.tables.layout.words import is_metric, is_model, named_kind

_ABILITIES = frozenset(("reasoning", "thinking", "tools", "tool use", "training", "inference"))
"""Above words they are settings, above numbers scores."""
_OF_MODELS = frozenset(("base", "base model", "backbone", "judge", "language model"))
_MAY_BE_PARTS = frozenset(("words", "yes or no", "links", "licences", "names of people or houses"))
"""Below the name of a benchmark `Base` is no word of these."""
_NEVER_LABELS = frozenset(("ranks", "links", "dates", "ids"))
_SYMBOL = re.compile(r"\$?\\?[a-z\u03b1-\u03c9\u2113](?:_\w{1,2}|<sub>\w{1,4}</sub>)?\$?")
"""A letter by which papers name a depth, a length or another setting."""
_BITS = frozenset(("2", "3", "4", "6", "8", "16", "32", "64"))
_PRECISIONS = frozenset(("精度", "precision", "bits", "精度 bit"))
"""Above numbers of bits no accuracy, which the same words may name."""
_CHANGE = re.compile(
    r"[+\-−–±↑↓▲▼]\s?[0-9]{1,5}(?:\.[0-9]{1,8})?\s?(?:%|pp|pts?|points?|p\.p\.|x)?", re.IGNORECASE
)
_CORNER = re.compile(r"(\w[\w ]{0,30}?)\s?[\\/|]\s?(\w[\w ]{0,30})")
_ABOUT = re.compile(r"[~≈]\s?[0-9]")
_LONG_NUMBER = re.compile(r"#?[0-9]{5,40}")
_FEWEST_KNOWN = 2
"""Rows of known benchmarks that tell what columns hold, whatever facts stand in other rows."""
_WITH_NUMBERS = frozenset((Kind.DOCUMENTS, Kind.STANDARD_ERROR, Kind.SHOTS, Kind.INTERVAL))
_WHOLE = frozenset((Kind.DOCUMENTS, Kind.SHOTS))
"""What is counted, in whole numbers."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """The texts of a column, and some of them.

    Attributes:
        all: All.
        of_known: Those in rows of known benchmarks.
        of_scores: Those in rows that may be scores.
        of_bounded: Those of them that are of no metric whose numbers may lie below zero.
    """

    all: Sequence[str]
    of_known: Sequence[str]
    of_scores: Sequence[str]
    of_bounded: Sequence[str]


def columns_of(
    table: Table, is_known: IsKnown, corrected: Mapping[str, Kind]
) -> tuple[Column, ...]:
    """What each column of a table holds.

    Args:
        table: It.
        is_known: Whether a label is the name of a benchmark of the registry.
        corrected: Kinds that the user gives, by the name of a column.
    """
    known = table.rows_of_known(is_known)
    known = known if len(known) >= _FEWEST_KNOWN else ()
    others = table.differences | rows_below_zero(table.body)
    scored = [
        row
        for number, row in enumerate(table.body)
        if number not in others
        and no_score_of(_bare(row[0].text), [cell.text for cell in row[1:]]) is None
    ]
    bounded = [row for row in scored if not _is_signed(row, table.title)]
    found = [
        _column(
            place,
            _names(table, place),
            _Cells(
                _cells(table, place),
                [row[place].text for row in known],
                [row[place].text for row in scored],
                [row[place].text for row in bounded],
            ),
            is_known,
            corrected,
        )
        for place in range(table.grid.width)
    ]
    if (printed := of_print(found)) is not None:
        return tuple(printed)
    if not any(column.kind in {Kind.NUMBERS, Kind.VALUE} for column in found):
        # Scores under a name that elsewhere heads something else.
        found = [
            Column(place=c.place, names=c.names, kind=Kind.NUMBERS)
            if c.kind in _WITH_NUMBERS
            and c.kind is not Kind.SHOTS
            and not c.why
            and not c.name.startswith("#")
            else c
            for c in found
        ]
    return with_others(table, by_neighbours(found, is_known), is_known)


def _is_signed(row: Sequence[Cell], title: str) -> bool:
    """Whether a row has numbers below zero of a metric that has such, as it or the title says."""
    if not any(is_negative(cell.text) for cell in row[1:]):
        return False
    return names_signed(title) or any(names_signed(_bare(cell.text)) for cell in row[:2])


def _bare(text: str) -> str:
    """A label without its marks."""
    return label_and_marks(text)[0]


def _names(table: Table, place: int) -> tuple[str, ...]:
    rows = [row for row in table.header if place or not _names_its_row(table, row)]
    texts = (label_and_marks(row[place].text)[0] for row in rows)
    texts = (text if place else _of_rows(text) for text in texts)
    return tuple(dict.fromkeys(text for text in texts if text))


def _of_rows(corner: str) -> str:
    """What a corner says of the labels below it, where it names those beside it too."""
    found = _CORNER.fullmatch(corner)
    kinds = set() if found is None else {named_kind(found[1]), named_kind(found[2])}
    return corner if found is None or kinds != {Kind.MODEL, Kind.BENCHMARK} else found[1]


def _names_its_row(table: Table, row: tuple[Cell, ...]) -> bool:
    """Whether the corner of a row of the header names that row: `Metric` before `R@1`, `R@5`."""
    texts = [cell.text for cell in row[1:] if cell.text]
    is_of_metrics = named_kind(row[0].text) is Kind.METRIC
    return (
        len(table.header) > 1 and is_of_metrics and sum(map(is_metric, texts)) * 2 > len(texts) > 1
    )


def _cells(table: Table, place: int) -> list[str]:
    return [row[place].text for row in table.body]


def _column(
    place: int,
    names: tuple[str, ...],
    cells: "_Cells",
    is_known: IsKnown,
    corrected: Mapping[str, Kind],
) -> Column:
    kind = next((corrected[name] for name in reversed(names) if name in corrected), None)
    if kind is not None:
        return Column(place=place, names=names, kind=kind, why="as you say")
    told = [cell for cell in cells.all if not says_nothing(cell)]
    # Changes below a baseline say nothing of what the column holds.
    told = [
        cell
        for cell in told
        if looks_like_score(cell) or _CHANGE.fullmatch(cell.strip("*_` ()")) is None
    ] or told
    is_numeric = not _head_rows(place, names, told) and any(
        _are_scores([cell for cell in part if not says_nothing(cell)])
        for part in (told, cells.of_known, cells.of_scores if place else ())
    )
    if found_benchmarks := _are_benchmarks(names, told, is_known, is_numeric=is_numeric):
        return Column(place=place, names=names, kind=found_benchmarks)
    is_other = bool(names) and is_drop(names[-1], told)
    known = not is_other and (any(map(is_known, names)) or is_known(" ".join(names)))
    has_parts = have_parts(told)
    found = (
        None
        if known and is_numeric
        else _by_name(
            names,
            is_numeric=is_numeric,
            has_parts=has_parts,
            is_bits={*told} <= _BITS,
            has_signs=all(cell.rstrip("*_` ").endswith("%") for cell in told),
        )
    )
    if found is None and not known:
        found = _of_no_scores(place, names, told, is_numeric=is_numeric)
    if found is None and len(names) > 1 and not is_known(names[-1]):
        # Tokens below the name of a benchmark are no scores on it.
        inner = _of_no_scores(place, names[-1:], told, is_numeric=is_numeric)
        found = inner if inner is not None and inner[1] not in _MAY_BE_PARTS else None
    if found is None and names and names[-1].startswith(("~", "≈")):
        found = Kind.SKIPPED, "no exact numbers"
    if found is None and names and _SYMBOL.fullmatch(names[-1]) and all(map(is_whole, told)):
        found = Kind.SKIPPED, "settings of the run"
    has_digits = any(c.isdecimal() for cell in told for c in _bare(cell))
    if found is None and known and place and has_digits and not is_numeric:
        # Never silently: a benchmark whose cells are not understood.
        found = Kind.SKIPPED, "cells that are not understood as numbers"
    if found is None and not known and names and are_flags(names[-1], told):
        found = Kind.SKIPPED, "yes or no"
    if found is None and not names and not place and are_counted_up(told):
        found = Kind.SKIPPED, "ids"
    found = _by_remarks(place, found, told)
    kind, why = found or (
        _by_numbers(
            told,
            cells,
            may_be_negative=known or bool(cells.of_known),
            is_signed=any(map(names_signed, names)),
        )
        if is_numeric
        else _by_words(place, told, is_nameless=not names)
    )
    return Column(place=place, names=names, kind=kind, why=why)


def _head_rows(place: int, names: tuple[str, ...], told: Sequence[str]) -> bool:
    """Whether a first column has no heading, and words below it: classes, and their means."""
    return not place and not names and any(c.isalpha() for cell in told for c in cell)


def _are_benchmarks(
    names: tuple[str, ...], told: Sequence[str], is_known: IsKnown, *, is_numeric: bool
) -> Kind | None:
    """Whether a column that is called that of metrics names benchmarks all the same."""
    if is_numeric or not names or named_kind(names[-1]) is not Kind.METRIC:
        return None
    labels = {_bare(text) for text in told}
    known = sum(map(is_known, labels))
    return Kind.BENCHMARK if known * 2 >= len(labels) > 0 else None


def _are_scores(told: Sequence[str]) -> bool:
    scores = sum(map(looks_like_score, told))
    return scores * 2 >= len(told) and scores > 0


def _by_name(
    names: tuple[str, ...],
    *,
    is_numeric: bool,
    has_parts: bool = False,
    is_bits: bool = False,
    has_signs: bool = False,
) -> tuple[Kind, str] | None:
    """What a column holds whose name says it; `None` where its cells do not bear it out."""
    named = named_kind(names[-1]) if names else None
    if named is Kind.BENCHMARK and names[-1].endswith("?"):
        # `Open dataset?` asks something of models.
        return Kind.SKIPPED, "yes or no"
    if named in _WHOLE and is_numeric and has_parts:
        return None
    if names and name_words(names[-1]) in _PRECISIONS and is_bits:
        return Kind.SETTING, ""
    if named is Kind.GROUP and is_numeric:
        return Kind.SKIPPED, "numbers of no benchmark"
    is_so = (
        named in _WITH_NUMBERS
        or (is_numeric and named is Kind.VALUE)
        or (
            is_numeric
            and named is Kind.SETTING
            and name_words(names[-1]) not in _ABILITIES
            and not has_signs
            and not (has_parts and is_metric(names[-1]))
        )
        or (not is_numeric and named in OF_WORDS)
    )
    return (named, "") if named is not None and is_so else None


def _of_no_scores(
    place: int, names: tuple[str, ...], told: Sequence[str], *, is_numeric: bool
) -> tuple[Kind, str] | None:
    # `7B Model - 100B Tokens` above columns is a model, and none of its sizes.
    outer = [name for name in names[:-1] if not is_model(name)]
    is_named = len(outer) == len(names) - 1 and not "".join(names[1:]).startswith("/")
    # `/4000` below benchmarks says of how many documents each is, and makes no count of it.
    joined = (" ".join(names),) if is_named else ()
    reasons = (no_score_of(name, told) for name in (*names[-1:], *outer[::-1], *joined) if name)
    why = next((reason for reason in reasons if reason is not None), None)
    if why == "words" and is_numeric and any(name_words(n) in _OF_MODELS for n in names):
        # Base above numbers is a model or a kind of them, above words a column of facts.
        return None
    if why is None or (not place and not is_numeric and why not in _NEVER_LABELS):
        # A first column of words heads the rows, whatever it is called.
        return None
    return Kind.SKIPPED, why


def _by_numbers(
    told: Sequence[str], cells: "_Cells", *, may_be_negative: bool, is_signed: bool
) -> tuple[Kind, str]:
    is_signed = is_signed or (
        bool(cells.of_scores) and not any(map(looks_like_score, cells.of_bounded))
    )
    if are_signed(told) and (not is_signed or have_plus(told)):
        return Kind.SKIPPED, "differences"
    if not may_be_negative and not is_signed and are_differences(cells.of_bounded):
        return Kind.SKIPPED, NEGATIVE
    return Kind.NUMBERS, ""


def _by_remarks(
    place: int, found: tuple[Kind, str] | None, told: Sequence[str]
) -> tuple[Kind, str] | None:
    """What a column holds, where its cells are no names, or its remarks say shots."""
    if found == (Kind.BENCHMARK, "") and sum(map(is_remark, told)) * 2 > len(told):
        return Kind.SKIPPED, "words"
    if found == (Kind.SKIPPED, "words") and are_shots(told):
        return Kind.SHOTS, ""
    # A first column of splits heads the rows, as one of classes does.
    return None if found == (Kind.SPLIT, "") and not place else found


def _by_words(place: int, told: Sequence[str], *, is_nameless: bool) -> tuple[Kind, str]:
    if not told:
        return Kind.SKIPPED, "empty"
    if all(map(is_left_out, told)):
        return Kind.SKIPPED, "columns are left out here"
    why, count = Counter(map(content_kind, told)).most_common(1)[0]
    if why is not None and count * 2 > len(told) and (place or why not in {"sizes", "ids"}):
        return Kind.SKIPPED, why
    if told and all(_LONG_NUMBER.fullmatch(cell) for cell in told):
        return Kind.SKIPPED, "ids"
    if sum(_ABOUT.match(cell) is not None for cell in told) * 2 > len(told):
        return Kind.SKIPPED, "no exact numbers"
    if is_nameless and not any(c.isalnum() for cell in told for c in cell):
        return Kind.SKIPPED, "signs"
    if sum(map(is_metric, told)) * 2 > len(told) and place:
        return Kind.METRIC, ""
    if are_shots(told) and place:
        return Kind.SHOTS, ""
    # Words: of rows before the numbers, or passed over after them.
    return Kind.GROUP, "words"
