"""A verdict for a person at a terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from weighin.reports.page.pen import STYLES, Pen
from weighin.reports.shared.facet_table import facet_table
from weighin.reports.shared.wording import (
    DOES_NOT_PROVE,
    FindingGroup,
    counted,
    counts,
    finding_groups,
    headline,
    is_aside,
    listed,
    names_every,
    place,
    weakest_evidence,
    weakest_grade,
)
from weighin.reports.verdict.terminal_table import FacetTableView
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict

_SHOWN_TENSORS: Final = 6
_SHOWN_PLACES: Final = 3
_SHOWN_IGNORED: Final = 30
_SHOWN_DIGEST: Final = 12
_NOT_MET: Final = (Outcome.VIOLATED, Outcome.UNDECIDED)
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)


def render(verdict: Verdict, *, verbose: bool = False) -> RenderableType:
    """A verdict as a renderable for `rich.console.Console.print`.

    It adapts to the console's width and, where the stream's encoding is not UTF-8, to ASCII.
    Statements are never shortened. Foreign text is shown literally.

    Args:
        verdict: What is told.
        verbose: Whether findings that are met are listed too, long lists in full, and expected,
            found and where also of findings whose evidence is missing.
    """
    return _VerdictView(verdict, verbose)


@dataclass(frozen=True, slots=True)
class _VerdictView:
    verdict: Verdict
    verbose: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = Pen(options.ascii_only)
        groups = finding_groups(self.verdict.findings)
        table = facet_table(self.verdict)
        yield from _opening(self.verdict, pen)
        if table.rows:
            yield Text()
            yield FacetTableView(table)
        for title, members in _sections(groups, verbose=self.verbose):
            yield Text()
            yield pen.text(title, "bold")
            for number, group in enumerate(members):
                if number:
                    yield Text()
                yield from _group(group, pen, verbose=self.verbose)
        yield from _closing(self.verdict, pen, verbose=self.verbose)


def _opening(verdict: Verdict, pen: Pen) -> Iterator[RenderableType]:
    style = STYLES[verdict.outcome]
    yield pen.line(
        pen.mark(verdict.outcome),
        pen.text(f" {verdict.outcome.upper()}  ", f"bold {style}"),
        pen.text(verdict.model, "bold"),
        pen.text(f" · {counted(len(verdict.scores), 'benchmark')}"),
        pen.text(f" · weakest evidence: {weakest_grade(verdict)}"),
    )
    yield Padding(pen.text(headline(verdict), style), (0, 0, 0, 2), expand=False)
    digest = verdict.requirements_sha256[:_SHOWN_DIGEST]
    source = f"{verdict.requirements_file} · profile {verdict.profile} · sha256 {digest}"
    yield Padding(pen.text(source, "dim"), (0, 0, 0, 2), expand=False)


def _sections(
    groups: tuple[FindingGroup, ...], *, verbose: bool
) -> Iterator[tuple[str, tuple[FindingGroup, ...]]]:
    sections = [
        ("What decides", [g for g in groups if g.outcome in _NOT_MET and g.level is Level.ERROR]),
        (
            "Warnings and notes, which do not move the verdict",
            [g for g in groups if is_aside(g)],
        ),
        ("Waived", [g for g in groups if g.outcome is Outcome.WAIVED]),
    ]
    if verbose:
        sections.append(("Met", [g for g in groups if g.outcome in _IS_FINE and not is_aside(g)]))
    return ((title, tuple(members)) for title, members in sections if members)


def _group(group: FindingGroup, pen: Pen, *, verbose: bool) -> Iterator[RenderableType]:
    level = "" if group.level is Level.ERROR else f", {group.level}"
    yield pen.line(
        pen.mark(group.outcome),
        pen.text(f" {group.rule} ", f"bold {STYLES[group.outcome]}"),
        pen.text(f"{group.outcome}{level}", "dim"),
    )
    fixes = {judged.finding.fix for judged in group.findings}
    is_shared = len(group.findings) > 1 and len(fixes) == 1
    for judged in group.findings:
        yield Padding(pen.text(judged.finding.statement), (0, 0, 0, 2), expand=False)
        yield from _grid(_details(judged, has_fix=not is_shared, verbose=verbose), pen)
    if is_shared and group.outcome is not Outcome.MET:
        yield from _grid((("fix", fix) for fix in fixes), pen)


def _grid(details: Iterable[tuple[str, str]], pen: Pen) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, words in details:
        if words:
            grid.add_row(pen.text(label, "dim"), pen.text(words))
    if grid.row_count:
        yield Padding(grid, (0, 0, 0, 4), expand=False)


def _details(judged: JudgedFinding, *, has_fix: bool, verbose: bool) -> Iterator[tuple[str, str]]:
    """What stands below a statement. Where evidence is missing, that is short: there is none."""
    finding, waiver = judged.finding, judged.waiver
    if not names_every(finding.statement, finding.benchmarks):
        yield "on", ", ".join(finding.benchmarks)
    if verbose or finding.outcome is not Outcome.UNDECIDED:
        yield "expected", finding.expected
        yield "found", finding.found
        yield "tensors", listed(finding.tensors, None if verbose else _SHOWN_TENSORS)
        places = [place(origin) for origin in finding.where]
        yield "where", listed(places, None if verbose else _SHOWN_PLACES)
    if has_fix and finding.outcome is not Outcome.MET:
        yield "fix", finding.fix
    yield "required at", judged.required_at
    if waiver is not None:
        yield "owner", waiver.owner
        yield "reason", waiver.reason
        yield "expires", waiver.expires.isoformat()


def _closing(verdict: Verdict, pen: Pen, *, verbose: bool) -> Iterator[RenderableType]:
    if verdict.ignored:
        yield Text()
        yield pen.text("Given, and not judged", "bold")
        shown = verdict.ignored if verbose else verdict.ignored[:_SHOWN_IGNORED]
        yield from (Padding(pen.text(words), (0, 0, 0, 2), expand=False) for words in shown)
        if rest := len(verdict.ignored) - len(shown):
            more = f"and {rest} more, which --verbose and --json name"
            yield Padding(pen.text(more), (0, 0, 0, 2), expand=False)
    yield Text()
    tally = " · ".join(f"{n} {outcome}" for outcome, n in counts(verdict).items() if n)
    yield pen.text(f"findings: {tally or 'none'}", "dim")
    yield pen.text(f"weakest evidence: {weakest_evidence(verdict)}; {DOES_NOT_PROVE}", "dim")
