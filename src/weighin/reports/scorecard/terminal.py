"""A report on a scorecard for a person at a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from weighin.reports.page.pen import STYLES, Pen
from weighin.reports.scorecard.view import (
    IS_QUIET,
    MEANINGS,
    OUTCOMES,
    REMARKS,
    SAYS_NOTHING_OF_MOTIVES,
    ScorecardSection,
    Sources,
    headline,
    remarks,
    rerun_sentence,
    sections,
    statements,
    title,
    told_together,
)
from weighin.reports.shared.wording import counted
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word

_SHOWN_FINDINGS: Final = 12
_SHOWN_LINES: Final = 20


def render(
    report: ScorecardReport, *, verbose: bool = False, brief: bool = False
) -> RenderableType:
    """A report as a renderable for `rich.console.Console.print`.

    Args:
        report: What is told.
        verbose: Whether every finding is printed, each with its arithmetic.
        brief: Whether only the sentences are printed, without those of tests without power.
    """
    return _ScorecardView(report, verbose, brief)


@dataclass(frozen=True, slots=True)
class _ScorecardView:
    report: ScorecardReport
    verbose: bool
    brief: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = Pen(options.ascii_only)
        yield pen.text(title(self.report), "bold")
        yield pen.text(headline(self.report))
        if reruns := rerun_sentence(self.report):
            yield pen.text(reruns)
        sources = Sources()
        for section in sections(self.report):
            yield Text()
            style = STYLES[OUTCOMES[section.word]]
            yield pen.line(
                pen.text(section.word, f"bold {style}"), pen.text(f"  {MEANINGS[section.word]}")
            )
            if self.brief and section.word is Word.VOID:
                yield _more(len(section.findings), pen)
            elif self.brief or (section.word in IS_QUIET and not self.verbose):
                yield from _in_brief(section, pen)
            else:
                yield from _section(section, pen, sources, verbose=self.verbose)
        yield from _ending(self.report, pen, sources)


def _in_brief(section: ScorecardSection, pen: Pen) -> Iterator[RenderableType]:
    lines = told_together(section) if section.word in IS_QUIET else statements(section)
    for line in lines[:_SHOWN_LINES]:
        sentence = pen.line(pen.mark(OUTCOMES[section.word]), pen.text(f" {line}"))
        yield Padding(sentence, (0, 0, 0, 2), expand=False)
    if (rest := len(lines) - _SHOWN_LINES) > 0:
        yield _more(rest, pen)


def _section(
    section: ScorecardSection, pen: Pen, sources: Sources, *, verbose: bool
) -> Iterator[RenderableType]:
    shown = len(section.findings) if verbose else _SHOWN_FINDINGS
    for check, finding in section.findings[:shown]:
        sentence = pen.line(pen.mark(OUTCOMES[section.word]), pen.text(f" {finding.statement}"))
        yield Text()
        yield Padding(sentence, (0, 0, 0, 2), expand=False)
        yield Padding(_details(check, finding, pen, sources), (0, 0, 0, 4), expand=False)
    if (rest := len(section.findings) - shown) > 0:
        yield _more(rest, pen)


def _more(rest: int, pen: Pen) -> RenderableType:
    more = f"{counted(rest, 'further finding')}: --verbose prints them, --json too"
    return Padding(pen.text(more), (0, 0, 0, 2), expand=False)


def _details(check: str, finding: ScorecardFinding, pen: Pen, sources: Sources) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in (
        ("arithmetic", finding.arithmetic),
        ("power", finding.power),
        ("read in", sources.of(finding)),
        ("would help", finding.fix),
        ("check", check),
    ):
        if words:
            grid.add_row(pen.text(label, "dim"), pen.text(words))
    return grid


def _ending(report: ScorecardReport, pen: Pen, sources: Sources) -> Iterator[RenderableType]:
    if sources.told:
        yield Text()
        yield pen.text("sources", "bold")
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(overflow="fold")
        for number, told in enumerate(sources.told, start=1):
            grid.add_row(pen.text(f"[{number}]"), pen.text(told))
        yield Padding(grid, (0, 0, 0, 2), expand=False)
    if said := remarks(report):
        yield Text()
        yield pen.text(REMARKS, "bold")
        for remark in said:
            yield Padding(pen.text(remark), (0, 0, 0, 2), expand=False)
    yield Text()
    yield pen.text(SAYS_NOTHING_OF_MOTIVES, "dim")
