"""A page for a person at a terminal: wrapped to its width, in colour, in ASCII where need be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from weighin.reports.page.brief import Brief
from weighin.reports.page.model import (
    Bars,
    Block,
    Fact,
    Facts,
    Findings,
    Group,
    Lines,
    Matrix,
    Page,
    Part,
    Phrase,
    Run,
    Section,
    Statement,
    Table,
    foreign,
    is_empty,
    ours,
)
from weighin.reports.page.pen import STYLES, Pen
from weighin.reports.page.references import References
from weighin.reports.page.terminal.grids import bars_grid, facts_grid, numbered_grid, table_grids
from weighin.reports.page.terminal.matrix import MatrixView
from weighin.reports.page.text_brief import BriefView
from weighin.reports.shared.wording import counted
from weighin.rules.interface import Level, Outcome

_SHOWN_IN_BRIEF: Final = 20
_ALL: Final = 10**9
_LONGEST_TITLE: Final = 40


def render(
    page: Page, *, verbose: bool = False, brief: bool = False, full: bool = True
) -> RenderableType:
    """A page as a renderable for `rich.console.Console.print`.

    It adapts to the console's width and, where the stream's encoding is not UTF-8, to ASCII.
    Sentences are never shortened. Foreign text is shown literally.

    Args:
        page: What is told.
        verbose: Whether everything is told: folded sections, lists in full, and evidence also
            below what is undecided.
        brief: Whether only the sentences of findings are told, and none of tests without power.
        full: Whether all of a page is told that has a first look.
    """
    return _PageView(page, verbose, brief, full or verbose)


@dataclass(frozen=True, slots=True)
class _PageView:
    page: Page
    verbose: bool
    brief: bool
    full: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        del console
        pen = Pen(options.ascii_only)
        printer = _Printer(pen, options.max_width, self.verbose, self.brief, self.full)
        yield from printer.page(self.page)


@dataclass(frozen=True, slots=True)
class _Printer:
    """Prints one page once: it numbers the sources as it comes to them."""

    pen: Pen
    width: int
    verbose: bool
    brief: bool
    full: bool
    references: References = field(default_factory=References)

    def page(self, page: Page) -> Iterator[RenderableType]:
        if page.brief is not None and not self.full:
            yield from self._first_look(page, page.brief)
            return
        yield from self._head(page)
        for block in page.lead:
            yield from self._block(block)
        for section in page.sections:
            if not section.is_empty and (self.verbose or not section.is_folded):
                yield from self._section(section)
        yield from self._end(page)

    def _first_look(self, page: Page, brief: Brief) -> Iterator[RenderableType]:
        source = self._phrase(page.source, "dim")
        title = self._first_line(page, longest=_LONGEST_TITLE)
        yield from BriefView(self.pen, self.width).told(page, brief, title, source)

    def _first_line(self, page: Page, longest: int = _ALL) -> Text:
        title, pen = self._phrase(page.title, "bold"), self.pen
        if len(title) > longest:
            # What stands behind the name must be seen, too.
            title = pen.line(title[:longest], pen.text("…", "bold"))
        if page.outcome is None:
            return title
        style = STYLES[page.outcome]
        evidence = f"weakest evidence: {page.evidence[0]}" if page.evidence else ""
        return pen.line(
            pen.mark(page.outcome),
            pen.text(f" {page.outcome.upper()}  ", f"bold {style}"),
            title,
            *(pen.text(f" · {words}") for words in (page.extent, evidence) if words),
        )

    def _head(self, page: Page) -> Iterator[RenderableType]:
        pen = self.pen
        if page.outcome is None:
            yield from (self._first_line(page),) if page.title else ()
            yield from (pen.text(sentence.text) for sentence in page.sentences)
            return
        style = STYLES[page.outcome]
        yield self._first_line(page)
        yield from (_indented(pen.text(sentence.text, style)) for sentence in page.sentences)
        if page.source:
            yield _indented(self._phrase(page.source, "dim"))

    def _end(self, page: Page) -> Iterator[RenderableType]:
        if self.references.told:
            yield Text()
            yield self.pen.text("sources", "bold")
            yield _indented(numbered_grid(self.references.told, self.pen))
        if page.quotes:
            yield Text()
            yield self.pen.text(page.quoted_from, "bold")
            yield from (_indented(self.pen.text(quote)) for quote in page.quotes)
        counts = f"findings: {page.tally}" if page.counts else ""
        ending = [self.pen.text(words, "dim") for words in (counts, page.closing) if words]
        yield from (Text(), *ending) if ending else ()

    def _section(self, section: Section) -> Iterator[RenderableType]:
        if section.title or section.blocks:
            yield Text()
        if section.title:
            yield self._title(section)
        told = (block for block in section.blocks if not is_empty(block))
        for number, block in enumerate(told):
            if number and isinstance(block, Findings):
                yield Text()
            yield from self._block(block)
        shown = self._shown(section.shown)
        for part in section.parts[:shown]:
            yield from self._section(part)
        if (rest := len(section.parts) - shown) > 0:
            yield Text()
            yield self._more(rest, section.noun)

    def _title(self, section: Section) -> Text:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        is_cut = any(len(table.rows) > self._shown(table.shown) for table in tables)
        told = (section.title_of_some if is_cut else ()) or section.title
        words = (self.pen.text(f"  {section.label}", "dim"),) if section.label else ()
        if section.meaning:
            words = (*words, self.pen.text(f"  {section.meaning}"))
        title = self._phrase(told, "bold")
        return self.pen.line(title, *words) if words else title

    def _block(self, block: Block) -> Iterator[RenderableType]:
        match block:
            case Lines():
                shown = self._shown(block.shown)
                mark = (ours("- "),) if block.is_list else ()
                yield from (_indented(self._phrase((*mark, *ln))) for ln in block.lines[:shown])
                if (rest := len(block.lines) - shown) > 0:
                    words = f"and {rest} more, which --verbose and --json name"
                    yield _indented(self.pen.text(words))
            case Facts():
                yield from self._facts(block.facts)
            case Table():
                yield from self._table(block)
            case Bars():
                yield _indented(bars_grid(block, self.pen, self.width))
            case Matrix():
                yield MatrixView(block)
            case Findings():
                yield from self._findings(block)

    def _table(self, table: Table) -> Iterator[RenderableType]:
        shown = self._shown(table.shown)
        for piece in table_grids(table.columns, table.rows[:shown], self.pen, self.width - 2):
            yield Padding(piece, (0, 0, 0, 2), expand=bool(table.columns[0].title))
        if table.noun and (rest := len(table.rows) - shown) > 0:
            yield _indented(self.pen.text(f"and {counted(rest, f'further {table.noun}')}"))

    def _facts(self, facts: Iterable[Fact], indent: int = 2) -> Iterator[RenderableType]:
        told = [(fact.label, self._fact(fact)) for fact in facts]
        if rows := [(label, words) for label, words in told if words]:
            yield _indented(facts_grid(rows, self.pen), indent)

    def _fact(self, fact: Fact) -> str:
        words = self._words(fact.words)
        return words if fact.grade is None else f"{fact.grade}: {words}"

    def _findings(self, block: Findings) -> Iterator[RenderableType]:
        for number, group in enumerate(block.groups):
            if group.rule:
                if number:
                    yield Text()
                yield from self._group(group)
            elif self.brief or (group.in_brief and not self.verbose):
                yield from self._in_brief(group)
            else:
                yield from self._statements(group)

    def _group(self, group: Group) -> Iterator[RenderableType]:
        level = "" if group.level is Level.ERROR else f", {group.level}"
        yield self.pen.line(
            self.pen.disputed() if group.is_disputed else self.pen.mark(group.outcome),
            self.pen.text(f" {group.rule} ", f"bold {STYLES[group.outcome]}"),
            self.pen.text(f"{group.outcome}{level}", "dim"),
        )
        fixes = {f for s in group.statements for f in s.facts if f.part is Part.FIX}
        is_shared = len(group.statements) > 1 and len(fixes) == 1
        for statement in group.statements:
            yield _indented(self.pen.text(statement.sentence.text))
            yield from self._facts(self._below(statement, group, has_fix=not is_shared), 4)
        if is_shared and group.outcome is not Outcome.MET:
            yield from self._facts(fixes, 4)

    def _below(self, statement: Statement, group: Group, *, has_fix: bool) -> Iterator[Fact]:
        """What stands below a statement; where evidence is missing, little: there is none."""
        outcome = group.outcome
        has_evidence = outcome is not Outcome.UNDECIDED or group.is_disputed
        for fact in statement.facts:
            is_told = {
                Part.EVIDENCE: self.verbose or has_evidence,
                Part.FIX: has_fix and outcome is not Outcome.MET,
            }
            if is_told.get(fact.part, True):
                yield fact
        if accepted := statement.acceptance:
            yield Fact(ours("owner"), (foreign(accepted.owner),))
            yield Fact(ours("reason"), (foreign(accepted.reason),))
            yield Fact(ours("expires"), (ours(accepted.expires),))

    def _statements(self, group: Group) -> Iterator[RenderableType]:
        shown = self._shown(group.shown)
        for statement in group.statements[:shown]:
            yield Text()
            yield from self._marked(group.outcome, statement, statement.beside)
            yield from self._facts(statement.facts, 4)
        if (rest := len(group.statements) - shown) > 0:
            yield _indented(self._more(rest, "finding"))

    def _in_brief(self, group: Group) -> Iterator[RenderableType]:
        is_told = group.is_told_in_brief or group.outcome is not Outcome.NOT_APPLICABLE
        if self.brief and not is_told:
            yield _indented(self._more(len(group.statements), "finding"))
            return
        told = group.in_brief or group.statements
        for statement in told[:_SHOWN_IN_BRIEF]:
            beside = (*statement.beside, *statement.in_short)
            yield from self._marked(group.outcome, statement, beside)
        if (rest := len(told) - _SHOWN_IN_BRIEF) > 0:
            yield _indented(self._more(rest, "finding"))

    def _marked(
        self, outcome: Outcome, statement: Statement, beside: Iterable[Run]
    ) -> Iterator[RenderableType]:
        """A sentence with its mark, and what belongs to it in lines of their own."""
        sentence = self.pen.text(f" {statement.sentence.text}")
        yield _indented(self.pen.line(self.pen.mark(outcome), sentence))
        yield from (_indented(self.pen.text(run.text), 6) for run in beside)

    def _more(self, rest: int, noun: str) -> Text:
        words = counted(rest, f"further {noun}")
        return self.pen.text(f"{words}: --verbose prints them, --json too")

    def _shown(self, shown: int | None) -> int:
        return _ALL if shown is None or self.verbose else shown

    def _words(self, phrase: Phrase) -> str:
        return self.references.phrase(phrase, is_whole=self.verbose)

    def _phrase(self, phrase: Phrase, style: str = "") -> Text:
        """A phrase in the colour of its outcome; one that has several in none."""
        outcomes = {piece.outcome for piece in phrase if isinstance(piece, Run)}
        outcome = outcomes.pop() if len(outcomes) == 1 else None
        colour = STYLES[outcome] if outcome else ""
        return self.pen.text(self._words(phrase), f"{style} {colour}".strip())


def _indented(told: RenderableType, columns: int = 2) -> Padding:
    return Padding(told, (0, 0, 0, columns), expand=False)
