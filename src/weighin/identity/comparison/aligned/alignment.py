"""Which tensor of one checkpoint answers to which of another: by name, by map, by content."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from weighin.identity.comparison.aligned.name_maps import has_rotary_rows, published_parts
from weighin.identity.comparison.aligned.other_prefixes import same_but_for_a_prefix
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.rows import matrix_shape

_Content = tuple[str, tuple[int, ...], str]


class Match(StrEnum):
    """How two tensors were found to answer to each other."""

    NAME = "name"
    """They have one name."""
    MAP = "published map"
    """A published map of names leads from one to the other, perhaps as part of a fused tensor."""
    PREFIX = "prefix"
    """Their names differ only in what stands before them."""
    CONTENT = "content"
    """They have other names and the same bytes, dtype and shape."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a tensor, or all.

    Attributes:
        entry: The tensor.
        begin: Number of the first row.
        rows: Number of rows.
        columns: Numbers in a row.
    """

    entry: TensorEntry
    begin: int
    rows: int
    columns: int

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the tensor."""
        return (self.rows, self.columns) == matrix_shape(self.entry.shape)

    @property
    def label(self) -> str:
        """Its name, with its rows if it is not all of the tensor."""
        if self.is_whole:
            return self.entry.name
        return f"{self.entry.name}[{self.begin}:{self.begin + self.rows}]"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parts that answer to each other.

    Attributes:
        name: What transformers calls them; the name that both have if they have one.
        first: Of the first checkpoint.
        second: Of the second checkpoint; as many rows and columns, unless rows were added.
        match: How they were found.
        rotary: Whether their rows may lie in another order of rotary halves.
    """

    name: str
    first: Part
    second: Part
    match: Match
    rotary: bool = False

    @property
    def is_resized(self) -> bool:
        """Whether one has more rows than the other."""
        return self.first.rows != self.second.rows

    @property
    def elements(self) -> int:
        """Number of elements that both have."""
        return min(self.first.rows, self.second.rows) * self.first.columns

    @property
    def is_equal(self) -> bool:
        """Whether both are whole tensors of the same dtype, shape and bytes."""
        return (
            self.first.is_whole
            and self.second.is_whole
            and _content(self.first.entry) == _content(self.second.entry)
        )


@dataclass(frozen=True, slots=True)
class Alignment:
    """What answers to what.

    Attributes:
        pairs: In order of their names.
        exchanged: Names whose tensors hold, byte for byte, what the first checkpoint holds under
            another name: of the second to the first.
        copies_in_first: Tensors of the first alone that repeat another of it, as tied heads do.
        copies_in_second: The same of the second.
        only_in_first: Tensors of the first to which nothing answers, copies aside.
        only_in_second: The same of the second.
        shapes_differ: Names of both whose shapes cannot be compared.
    """

    pairs: tuple[Pair, ...]
    exchanged: Mapping[str, str] = field(default_factory=dict)
    copies_in_first: tuple[str, ...] = ()
    copies_in_second: tuple[str, ...] = ()
    only_in_first: tuple[str, ...] = ()
    only_in_second: tuple[str, ...] = ()
    shapes_differ: tuple[str, ...] = ()


def align(first: Iterable[TensorEntry], second: Iterable[TensorEntry]) -> Alignment:
    """What answers to what in two checkpoints; nothing is read.

    Tensors of one name belong together. Of the others, those whose published names agree; of the
    rest, those whose names agree but for a prefix, and then those of equal content, as long as each
    has one counterpart.
    """
    ours = {entry.name: entry for entry in first}
    theirs = {entry.name: entry for entry in second}
    pairs: list[Pair] = []
    shapes_differ: list[str] = []
    for name in ours.keys() & theirs.keys():
        pair = _of_one_name(ours[name], theirs[name])
        if pair is None:
            shapes_differ.append(name)
        else:
            pairs.append(pair)
    mine = {name: entry for name, entry in ours.items() if name not in theirs}
    other = {name: entry for name, entry in theirs.items() if name not in ours}
    for answers in (_by_map, _by_prefix, _by_content):
        found = answers(mine, other)
        pairs.extend(found)
        _take_away(mine, (pair.first for pair in found))
        _take_away(other, (pair.second for pair in found))
    copies = _copies(mine, ours), _copies(other, theirs)
    return Alignment(
        pairs=tuple(sorted(pairs, key=lambda pair: pair.name)),
        exchanged=_exchanged([pair for pair in pairs if pair.match is Match.NAME]),
        copies_in_first=copies[0],
        copies_in_second=copies[1],
        only_in_first=tuple(sorted(mine.keys() - set(copies[0]))),
        only_in_second=tuple(sorted(other.keys() - set(copies[1]))),
        shapes_differ=tuple(sorted(shapes_differ)),
    )


def _content(entry: TensorEntry) -> _Content:
    return entry.dtype, entry.shape, entry.sha256


def _whole(entry: TensorEntry) -> Part:
    rows, columns = matrix_shape(entry.shape)
    return Part(entry, 0, rows, columns)


def _of_one_name(first: TensorEntry, second: TensorEntry, match: Match = Match.NAME) -> Pair | None:
    if first.shape[1:] != second.shape[1:] or len(first.shape) != len(second.shape):
        return None
    ours, theirs = _whole(first), _whole(second)
    if ours.columns != theirs.columns:
        return None
    return Pair(first.name, ours, theirs, match, rotary=has_rotary_rows(first.name))


def _by_prefix(
    mine: Mapping[str, TensorEntry], other: Mapping[str, TensorEntry]
) -> tuple[Pair, ...]:
    pairs = (
        _of_one_name(mine[ours], other[theirs], Match.PREFIX)
        for ours, theirs in same_but_for_a_prefix(mine, other)
    )
    return tuple(pair for pair in pairs if pair is not None)


def _take_away(entries: dict[str, TensorEntry], parts: Iterable[Part]) -> None:
    for part in parts:
        entries.pop(part.entry.name, None)


def _by_content(
    mine: Mapping[str, TensorEntry], other: Mapping[str, TensorEntry]
) -> tuple[Pair, ...]:
    """Pairs of equal content; where several tensors are equal, in the order of their names."""
    ours, theirs = _names_by_content(mine), _names_by_content(other)
    return tuple(
        Pair(left, _whole(mine[left]), _whole(other[right]), Match.CONTENT)
        for content, names in ours.items()
        if len(names) == len(theirs.get(content, ()))
        for left, right in zip(names, theirs[content], strict=True)
    )


def _names_by_content(entries: Mapping[str, TensorEntry]) -> Mapping[_Content, list[str]]:
    names: defaultdict[_Content, list[str]] = defaultdict(list)
    for name in sorted(entries):
        names[_content(entries[name])].append(name)
    return names


def _copies(
    left_over: Mapping[str, TensorEntry], entries: Mapping[str, TensorEntry]
) -> tuple[str, ...]:
    originals = {_content(entry) for name, entry in entries.items() if name not in left_over}
    return tuple(sorted(n for n, entry in left_over.items() if _content(entry) in originals))


def _exchanged(pairs: Iterable[Pair]) -> Mapping[str, str]:
    changed = [pair for pair in pairs if not pair.is_equal]
    contents = Counter(_content(pair.first.entry) for pair in changed)
    holders = {_content(pair.first.entry): pair.name for pair in changed}
    return {
        pair.name: holders[content]
        for pair in changed
        if contents[content := _content(pair.second.entry)] == 1 and holders[content] != pair.name
    }


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a published name lies: which of the parts of which tensor."""

    entry: TensorEntry
    names: tuple[str, ...]
    index: int


def _by_map(mine: Mapping[str, TensorEntry], other: Mapping[str, TensorEntry]) -> tuple[Pair, ...]:
    ours, theirs = _slots(mine.values()), _slots(other.values())
    common = ours.keys() & theirs.keys()
    rows = _row_counts(ours, theirs)
    pairs: list[Pair] = []
    for name in common:
        left, right = ours[name], theirs[name]
        if left.names == right.names and len(left.names) > 1:
            if left.index == 0:
                pairs.extend(_fitting(name, _whole(left.entry), _whole(right.entry)))
            continue
        first, second = _part(left, rows), _part(right, rows)
        if first is not None and second is not None:
            pairs.extend(_fitting(name, first, second))
    return tuple(pairs)


def _slots(entries: Iterable[TensorEntry]) -> Mapping[str, _Slot]:
    slots: dict[str, _Slot] = {}
    twice: set[str] = set()
    for entry in entries:
        names = published_parts(entry.name, entry.shape)
        for index, name in enumerate(names):
            if name in slots:
                twice.add(name)
            slots[name] = _Slot(entry, names, index)
    return {name: slot for name, slot in slots.items() if name not in twice}


def _row_counts(*sides: Mapping[str, _Slot]) -> Mapping[str, int]:
    """Rows of the published names that are a tensor of their own on one side."""
    return {
        name: matrix_shape(slot.entry.shape)[0]
        for side in sides
        for name, slot in side.items()
        if len(slot.names) == 1
    }


def _part(slot: _Slot, rows: Mapping[str, int]) -> Part | None:
    """The rows of one published name; `None` if it is not known which they are."""
    total, columns = matrix_shape(slot.entry.shape)
    counts = [rows.get(name, 0) for name in slot.names]
    if len(counts) == 1:
        counts = [total]
    if not all(counts) and total % len(counts) == 0:
        counts = [total // len(counts)] * len(counts)
    if sum(counts) != total:
        return None
    return Part(slot.entry, sum(counts[: slot.index]), counts[slot.index], columns)


def _fitting(name: str, first: Part, second: Part) -> Iterator[Pair]:
    if (first.rows, first.columns) == (second.rows, second.columns):
        yield Pair(name, first, second, Match.MAP, rotary=has_rotary_rows(name))
