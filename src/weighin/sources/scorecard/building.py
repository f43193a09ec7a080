"""From what a scorecard file says to a scorecard, with every problem kept for the end."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from weighin.evidence.scorecard import (
    Artifact,
    JoinedFigures,
    Role,
    ScorecardNumber,
    Source,
    Unit,
)
from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import Keys, Problem, shown_text, way_out
from weighin.sources.scorecard.format import ScorecardDocument, Stated
from weighin.sources.scorecard.number import StatedNumber
from weighin.sources.scorecard.tables.cells.printed_cell import PrintedCell, printed_cell

_UNITS = ", ".join(Unit)
_MOST = {Unit.PERCENT: 100, Unit.SHARE: 1}
_HALF_WIDTH = re.compile(r"[-+\u2212]?([0-9]{1,12}(?:\.[0-9]{0,30})?)")


@dataclass(slots=True)
class ScorecardBuilding:
    """A file on its way to a scorecard.

    Attributes:
        read: The file.
        document: The same with its places.
        unit: Of numbers for which the file states none.
        problems: What was found wrong.
    """

    read: ScorecardDocument
    document: Document
    unit: Unit | None
    problems: list[Problem] = field(default_factory=list)

    def add(self, keys: Keys, text: str) -> None:
        """Note a problem."""
        self.problems.append(self.document.problem(keys, text))

    def missing(self, at: Keys, key: str, what: str) -> None:
        """Note that a key is missing."""
        self.add((*at, key), f"missing; write {key}: {what}")

    def known_artifact(self, keys: Keys, name: str) -> None:
        """Note it unless there is an artifact of a name."""
        self._known(keys, "artifact", name, [entry.name for entry in self.read.artifacts])

    def artifacts(self) -> Iterator[Artifact]:
        """Everything that was scored."""
        seen: set[str] = set()
        for index, entry in enumerate(self.read.artifacts):
            at: Keys = ("artifacts", index)
            if entry.name in seen:
                self.add((*at, "name"), f"{shown_text(entry.name)} stands twice; name each once")
            seen.add(entry.name)
            known = [
                self._known((*at, "sources", number), "source", key, self.read.sources)
                for number, key in enumerate(entry.sources)
            ]
            if all(known):
                yield entry.artifact(self.read.sources)

    def joined(self) -> Iterator[JoinedFigures]:
        """Figures of two artifacts that a source joins."""
        for index, entry in enumerate(self.read.joined):
            at: Keys = ("joined", index)
            self.known_artifact((*at, "first"), entry.first)
            self.known_artifact((*at, "second"), entry.second)
            source = self._source(at, Stated(source=entry.source, place=entry.place))
            if source is not None:
                yield JoinedFigures(
                    first=entry.first,
                    first_figure=entry.first_figure,
                    second=entry.second,
                    second_figure=entry.second_figure,
                    source=source,
                    quote=entry.quote,
                )

    def numbers(self, stated: Iterable[StatedNumber]) -> Iterator[ScorecardNumber]:
        """The numbers, without cells that say that there is none."""
        for number in stated:
            try:
                cell = printed_cell(number.entry.printed)
            except ValueError as error:
                self.add(number.place.at, str(error))
                continue
            if cell is not None and cell.has_sign and self.read.weighin_scorecard == 1:
                way = "write weighin_scorecard: 2, which has numbers below zero"
                text = f"expected a number without a sign, found {cell.number}; {way}"
                self.add(number.place.at, text)
                continue
            if cell is not None and (made := self._number(number, cell)) is not None:
                yield made

    def _number(self, number: StatedNumber, cell: PrintedCell) -> ScorecardNumber | None:
        before = len(self.problems)
        at, said_at = number.place.at, number.place.said_at
        stated, entry = number.stated(), number.entry
        unit = Unit.PERCENT if cell.is_percentage else stated.unit or self.unit
        if unit is None:
            self.add(at, f"percent or share? write unit: one of {_UNITS}, here or before")
        elif float(cell.number) > _MOST.get(unit, float("inf")):
            self.add(at, f"expected at most {_MOST[unit]} with unit {unit}, found {cell.number}")
        notes = tuple(dict.fromkeys((*number.notes, *cell.marks, *cell.notes)))
        for note in notes:
            self._known(at, "footnote", note, self.read.footnotes)
        source = self._source(said_at, stated)
        interval = self._interval(said_at, entry.interval or cell.interval)
        error = self._standard_error(said_at, entry.standard_error)
        if len(self.problems) > before or unit is None or source is None:
            return None
        place = self.document.place(at)
        return ScorecardNumber(
            printed=cell.number,
            unit=unit,
            artifact=number.artifact,
            benchmark=number.benchmark,
            registered_as=entry.registered_as or "",
            split=stated.split or "",
            metric=stated.metric or "",
            protocol=stated.protocol,
            documents=entry.documents,
            standard_error=error,
            interval=interval,
            role=stated.role or Role.CLAIM,
            by=stated.by or "",
            source=source,
            footnotes=notes,
            row=number.row,
            pointer=f"line {place.line}, column {place.column}",
        )

    def _source(self, at: Keys, stated: Stated) -> Source | None:
        known = self.read.sources
        if stated.source is not None:
            if not self._known((*at, "source"), "source", stated.source, known):
                return None
            source = known[stated.source]
        elif len(known) > 1:
            self.missing(at, "source", f"one of {', '.join(known)}, here or before")
            return None
        else:
            source = next(iter(known.values()), Source(title=self.read.title))
        return source if stated.place is None else source.model_copy(update={"place": stated.place})

    def _interval(self, at: Keys, interval: tuple[str, str] | None) -> tuple[str, str] | None:
        if interval is None:
            return None
        upper, lower = (_HALF_WIDTH.fullmatch(width) for width in interval)
        if upper is None or lower is None:
            self.add((*at, "interval"), "expected two half-widths such as [+13, -12]")
            return None
        return f"+{upper[1]}", f"-{lower[1]}"

    def _standard_error(self, at: Keys, text: str | None) -> str:
        if text is None:
            return ""
        found = _HALF_WIDTH.fullmatch(text.removesuffix("%").strip())
        if found is None or text.startswith(("-", "\u2212")):
            self.add((*at, "standard_error"), f"expected a number, found {shown_text(text)}")
            return ""
        return found[1]

    def _known(self, keys: Keys, what: str, name: str, known: Collection[str]) -> bool:
        if name in known:
            return True
        way = way_out(name, tuple(known)) if known else f"the file has no {what}s; write them"
        self.add(keys, f"unknown {what} {shown_text(name)}; {way}")
        return False
