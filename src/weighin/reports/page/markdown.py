"""A page as GitHub-flavoured Markdown: a document, or a comment on a pull request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from weighin.reports.page.brief import Brief, Point
from weighin.reports.page.model import (
    OUTCOME_OF,
    Bars,
    Block,
    Cell,
    CellState,
    Citations,
    Column,
    Fact,
    Facts,
    Findings,
    Group,
    Items,
    Lines,
    Matrix,
    MatrixRow,
    Page,
    Part,
    Phrase,
    Run,
    Section,
    Statement,
    Table,
    Voice,
    ours,
)
from weighin.reports.page.references import References
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.markdown_text import as_alternative, as_code, as_prose, in_html, joined
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import DISPUTED, MARKS, counted, listed
from weighin.rules.interface import Level, Outcome

Piece = Run | Items | Citations

LONGEST_BYTES: Final = 64 * 1024 - 512
"""What GitHub takes for one comment, less the lines by which whoever posts it knows it again."""

_BYTES_TO_SAY_WHAT_IS_CUT: Final = 1024
_LONGEST_NAME: Final = 200
_LONGEST_SENTENCE: Final = 800
_SHOWN_POINTS: Final = 12
_SHOWN_SENTENCES: Final = 5
_ORDER_OF_REMARKS: Final = 5
_LONGEST_POINT: Final = 300
_NEVER: Final = -1
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)


def document(page: Page) -> str:
    """A page as a document of its own, with a line break at the end.

    Foreign text is shown literally: it makes no link, mention, image, table cell or HTML.
    """
    printer = _Printer(is_comment=False)
    told = [printer.opening(page)]
    told += (f"\n![{as_alternative(f.title)}]({f.target})\n" for f in page.figures)
    told += (f"{c.opening}{''.join(c.pieces)}{c.closing}" for c in printer.chunks(page) if c.pieces)
    if sources := printer.references.told:
        told.append("\n## Sources\n\n")
        told += (f"{number}. {as_prose(source)}\n" for number, source in enumerate(sources, 1))
    if page.quotes:
        told.append(f"\n*{as_prose(page.quoted_from)}*\n")
        told += (f"\n> {as_prose(quote)}\n" for quote in page.quotes)
    if page.closing:
        told.append(f"\n---\n\n{as_prose(page.closing)}.\n")
    checked = "  \n".join(f"Checked: {printer.phrase(file)}" for file in page.checked)
    return "".join((*told, f"\n{checked}")).strip() + "\n"


def comment(page: Page, *, longest_bytes: int = LONGEST_BYTES) -> str:
    """A page as a comment below 64 KiB of UTF-8, with a line break at the end.

    Foreign text is shown literally, as in a document. Where it does not all fit, the lightest
    blocks are cut first, and the comment says how many of what were cut.

    Args:
        page: What is told.
        longest_bytes: How long it may be, if there is room for more or less.
    """
    printer = _Printer(is_comment=True)
    opening, chunks = printer.opening(page), tuple(printer.chunks(page))
    closing = f"\n<sub>{as_prose(page.closing)}.</sub>\n" if page.closing else ""
    left = longest_bytes - _size(opening) - _size(closing) - _BYTES_TO_SAY_WHAT_IS_CUT
    return opening + _fitted(chunks, left) + closing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """A block, of pieces that stand or are cut one by one.

    Attributes:
        noun: What one piece is called when it is cut.
        order: The lower, the later it is cut.
        opening: Stands before the pieces; left out if no piece is left.
        pieces: Each ends with a line break.
        closing: Stands after the pieces.
    """

    noun: str
    order: int
    opening: str
    pieces: tuple[str, ...]
    closing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printer:
    """Prints the blocks of one page: it numbers the sources as it comes to them.

    Attributes:
        is_comment: Whether it stands among other comments, and has to be short.
    """

    is_comment: bool
    references: References = field(default_factory=References)

    def opening(self, page: Page) -> str:
        outcome = "" if page.outcome is None else f"{MARKS[page.outcome]} {page.outcome.upper()}"
        evidence = f"weakest evidence: **{page.evidence[1]}**" if page.evidence else ""
        title = _joined((outcome, self.phrase(page.title), page.extent))
        heading = f"{self._marks} {title}" if title else ""
        shown = page.sentences[:_SHOWN_SENTENCES] if self.is_comment else page.sentences
        sentences = list(map(self._sentence, shown))
        if rest := len(page.sentences) - len(shown):
            sentences.append(f"and {counted(rest, 'more remark')} below")
        told = (heading, *sentences, _joined((self.phrase(page.source), evidence)))
        return "\n\n".join(filter(None, told)) + "\n"

    def chunks(self, page: Page) -> Iterator[_Chunk]:
        if page.brief is not None:
            yield from self._brief(page.brief)
        if self.is_comment and (rest := page.sentences[_SHOWN_SENTENCES:]):
            pieces = tuple(f"- {self._sentence(sentence)}\n" for sentence in rest)
            opening = f"\n{self._marks}# Remarks\n\n"
            yield _Chunk(noun="remark", order=_ORDER_OF_REMARKS, opening=opening, pieces=pieces)
        yield from (self._block(block, "") for block in page.lead)
        for section in sorted(page.sections, key=lambda section: section.is_aside):
            yield from self._section(section, f"{self._marks}#")

    def _brief(self, brief: Brief) -> Iterator[_Chunk]:
        for part in brief.parts:
            if not part.points:
                continue
            shown = part.points[:_SHOWN_POINTS]
            lines = [line for point in shown for line in self._point(point)]
            if rest := len(part.points) - len(shown):
                lines.append(f"- and {counted(rest, f'more {part.noun}')}\n")
            closing = f"\n{as_prose(part.closing)}\n" if part.closing else ""
            opening = f"\n{self._marks}# {part.title}\n\n"
            yield _Chunk(
                noun="", order=_NEVER, opening=opening, pieces=tuple(lines), closing=closing
            )

    def _point(self, point: Point) -> Iterator[str]:
        mark = DISPUTED if point.is_disputed else MARKS[point.outcome]
        yield f"- {mark} {as_prose(clipped(point.words, _LONGEST_POINT))}\n"
        for words in point.below:
            yield f"  - {as_prose(clipped(words, _LONGEST_POINT))}\n"

    @property
    def _marks(self) -> str:
        return "###" if self.is_comment else "#"

    def _sentence(self, run: Run) -> str:
        if self.is_comment:
            return as_prose(clipped(run.text, _LONGEST_SENTENCE))
        return as_prose(f"{run.text}.")

    def phrase(self, phrase: Phrase) -> str:
        return joined(map(self._piece, phrase))

    def _piece(self, piece: Piece, *, in_cell: bool = False) -> str:
        match piece:
            case Run(text, Voice.NAME):
                return self._name(text, in_cell=in_cell)
            case Run(text, Voice.OURS):
                return text
            case Run():
                return as_prose(piece.text, in_cell=in_cell)
            case Items():
                runs = (self._piece(run, in_cell=in_cell) for run in piece.runs)
                return listed(runs, piece.shown)
            case Citations():
                words = self.references.words(piece, is_whole=True)
                return as_prose(words, in_cell=in_cell)

    def _name(self, name: str, *, in_cell: bool = False) -> str:
        shown = clipped(name, _LONGEST_NAME) if self.is_comment else name
        return as_code(shown, in_cell=in_cell)

    def _row(self, pieces: Iterable[Piece]) -> str:
        return _row(self._piece(piece, in_cell=True) for piece in pieces)

    def _section(self, section: Section, marks: str) -> Iterator[_Chunk]:
        title = _joined((self.phrase(section.title), as_prose(section.label)))
        heading = f"\n{marks} {title}\n" if title else ""
        if section.meaning:
            heading += f"\n*{as_prose(section.meaning)}*\n"
        if heading and not section.blocks:
            yield _Chunk(noun="", order=_NEVER, opening="", pieces=(heading,))
        for block in section.blocks:
            own_title = block.title if isinstance(block, Findings) else ""
            if section.is_folded:
                words = own_title or self.references.phrase(section.title, is_whole=True)
                opening = f"\n<details><summary>{in_html(words)}</summary>\n"
                yield self._block(block, opening, closing="\n</details>\n")
            elif own_title:
                yield self._block(block, f"\n{marks} {own_title}\n")
            else:
                chunk = self._block(block, heading)
                heading = "" if chunk.pieces else heading
                yield chunk
        for part in section.parts:
            yield from self._section(part, f"{marks}#")

    def _block(self, block: Block, heading: str, closing: str = "") -> _Chunk:
        weight = block.weight if isinstance(block, Lines | Matrix | Findings) else None
        return _Chunk(
            noun=weight.noun if weight else "",
            order=weight.order if weight else _NEVER,
            opening=f"{heading}\n{_table_head(block)}",
            pieces=tuple(self._pieces(block)),
            closing=closing,
        )

    def _pieces(self, block: Block) -> Iterator[str]:
        match block:
            case Lines():
                yield from (f"- {self.phrase(line)}\n" for line in block.lines)
            case Facts():
                yield from (f"- {fact}\n" for fact in self._facts(block.facts, is_list=True))
            case Table():
                yield from map(self._row, block.rows)
            case Bars():
                yield from (self._row((b.name, ours(b.value), ours(b.remark))) for b in block.bars)
            case Matrix():
                yield from map(self._matrix_row, block.rows)
            case Findings():
                yield from (piece for group in block.groups for piece in self._group(group))

    def _matrix_row(self, row: MatrixRow) -> str:
        values = (self._piece(value, in_cell=True) for value in row.values)
        return _row((self._name(row.name, in_cell=True), *values, *map(self._cell, row.cells)))

    def _cell(self, cell: Cell) -> str:
        value = f" {self._name(cell.summary, in_cell=True)}" if cell.has_value else ""
        mark = DISPUTED if cell.state is CellState.DISPUTED else MARKS[_outcome_of(cell)]
        return f"{mark}{value} {cell.grade_word}".rstrip()

    def _group(self, group: Group) -> Iterator[str]:
        if group.in_brief:
            for statement in group.in_brief:
                yield f"- {self._piece(statement.sentence)}\n"
                yield from (
                    f"  - {self._piece(run)}\n" for run in (*statement.beside, *statement.in_short)
                )
            return
        for number, statement in enumerate(group.statements):
            if group.rule:
                yield self._item(group, statement)
            else:
                yield "\n" * bool(number) + self._paragraph(statement)

    def _item(self, group: Group, statement: Statement) -> str:
        is_fine = group.outcome in _IS_FINE
        level = "" if group.level is Level.ERROR else f" ({group.level})"
        rule, sentence = _linked(group.rule), self._piece(statement.sentence)
        mark = DISPUTED if group.is_disputed else MARKS[group.outcome]
        lines = [f"- {mark} {rule}{level}: {sentence}"]
        told = [fact for fact in statement.facts if not is_fine or fact.part is Part.SCOPE]
        lines += (f"  - {fact}" for fact in self._facts(told))
        if (accepted := statement.acceptance) and not is_fine:
            owner, reason = as_prose(accepted.owner), as_prose(accepted.reason)
            lines.append(f"  - waived: by {owner} until {accepted.expires}: {reason}")
        return "\n".join(lines) + "\n"

    def _paragraph(self, statement: Statement) -> str:
        facts = (f"- {fact}\n" for fact in self._facts(statement.facts, is_list=True))
        beside = (f"- {self._piece(run)}\n" for run in statement.beside)
        return "".join((f"**{self._piece(statement.sentence)}.**\n\n", *beside, *facts))

    def _facts(self, facts: Iterable[Fact], *, is_list: bool = False) -> Iterator[str]:
        """Labels and what they stand for; in a list of their own, they start with a capital."""
        for fact in facts:
            label, words = self._label(fact.label), self.phrase(fact.words)
            if fact.grade is not None:
                words = f"{fact.grade}: {words}"
            if is_list:
                label = label[:1].upper() + label[1:]
            if words:
                yield f"{label} {words}"

    def _label(self, label: Run) -> str:
        # Of `:tada` and a colon GitHub would make a picture.
        if label.voice is Voice.FOREIGN:
            return as_prose(f"{label.text}:")
        return f"{self._piece(label)}:"


def _outcome_of(cell: Cell) -> Outcome:
    return Outcome.NOT_APPLICABLE if cell.is_alone else OUTCOME_OF[cell.state]


def _linked(rule: str) -> str:
    """The name of a rule; a link where its page has an address of its own."""
    address = rule_address(rule)
    name = f"**{as_prose(rule)}**"
    return f"[{name}](<{address}>)" if address.startswith("https://") else name


def _joined(words: Iterable[str]) -> str:
    return " · ".join(filter(None, words))


def _table_head(block: Block) -> str:
    match block:
        case Table():
            columns = block.columns
        case Bars():
            columns = (Column(""), Column("", is_number=True), Column(""))
        case Matrix():
            titles = (block.title, *(column.title for column in block.columns), *block.facets)
            columns = tuple(map(Column, titles))
        case _:
            return ""
    ruler = "".join(" ---: |" if column.is_number else " --- |" for column in columns)
    return f"{_row(column.title for column in columns)}|{ruler}\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _fitted(chunks: Sequence[_Chunk], left: int) -> str:
    kept: dict[int, tuple[str, ...]] = {}
    for index, chunk in sorted(enumerate(chunks), key=lambda pair: pair[1].order):
        left -= _size(chunk.opening) + _size(chunk.closing)
        fitting = []
        for piece in chunk.pieces:
            if chunk.order == _NEVER or _size(piece) <= left:
                left -= _size(piece)
                fitting.append(piece)
        kept[index] = tuple(fitting)
    told = "".join(
        f"{chunk.opening}{''.join(kept[index])}{chunk.closing}"
        for index, chunk in enumerate(chunks)
        if kept[index]
    )
    missing = [(len(c.pieces) - len(kept[index]), c.noun) for index, c in enumerate(chunks)]
    cuts = ", ".join(counted(number, noun) for number, noun in missing if number)
    if not cuts:
        return told
    return f"{told}\n**Cut to fit: {cuts}.** The JSON report holds all of them.\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
