"""A report on a scorecard as Markdown, for an article's appendix or a pull request."""

from collections.abc import Iterator, Sequence
from typing import Final

from weighin.reports.scorecard.plots.written_plots import PlotLink
from weighin.reports.scorecard.view import (
    IS_QUIET,
    MEANINGS,
    REMARKS,
    SAYS_NOTHING_OF_MOTIVES,
    ScorecardSection,
    Sources,
    headline,
    remarks,
    rerun_sentence,
    sections,
    title,
    told_together,
)
from weighin.reports.shared.markdown_text import as_code, as_prose
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport

_SHOWN_DIGEST: Final = 12


def render(report: ScorecardReport, plots: Sequence[PlotLink] = ()) -> str:
    """The report: every sentence with its arithmetic, its sources and what would settle it.

    Numbers that nothing speaks against, and tests without power, are told together where they are
    alike.

    Args:
        report: What is told.
        plots: Shown before the sentences.
    """
    lines = [f"# {as_prose(title(report))}", "", f"{as_prose(headline(report))}.", ""]
    if reruns := rerun_sentence(report):
        lines += [f"{as_prose(reruns)}.", ""]
    lines += [line for plot in plots for line in (f"![{as_prose(plot.title)}]({plot.target})", "")]
    sources = Sources()
    for section in sections(report):
        lines += [f"## {section.word}", "", f"*{as_prose(MEANINGS[section.word])}*", ""]
        lines += _section(section, sources)
    if sources.told:
        lines += ["## Sources", ""]
        lines += [f"{n}. {as_prose(told)}" for n, told in enumerate(sources.told, start=1)]
        lines.append("")
    if said := remarks(report):
        lines += [f"*{as_prose(REMARKS)}*", ""]
        lines += [line for remark in said for line in (f"> {as_prose(remark)}", "")]
    lines += ["---", "", f"{as_prose(SAYS_NOTHING_OF_MOTIVES)}.", ""]
    lines += [
        f"Checked: {as_prose(scorecard.title)}, {as_code(scorecard.file)}, "
        f"sha256 `{scorecard.sha256[:_SHOWN_DIGEST]}`  "
        for scorecard in report.case.scorecards
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(section: ScorecardSection, sources: Sources) -> Iterator[str]:
    if section.word in IS_QUIET:
        yield from (f"- {as_prose(line)}" for line in told_together(section))
        yield ""
        return
    for check, finding in section.findings:
        yield f"**{as_prose(finding.statement)}.**"
        yield ""
        yield from _details(check, finding, sources)
        yield ""


def _details(check: str, finding: ScorecardFinding, sources: Sources) -> Iterator[str]:
    for label, words in (
        ("Arithmetic", finding.arithmetic),
        ("Power", finding.power),
        ("Read in", sources.of(finding)),
        ("Would help", finding.fix),
        ("Check", check),
    ):
        if words:
            yield f"- {label}: {as_prose(words)}"
