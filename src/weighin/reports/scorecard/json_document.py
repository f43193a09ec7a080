"""A report on a scorecard as one JSON document, complete."""

from textwrap import indent
from typing import Final, Literal

from weighin.evidence.scorecard import ScorecardNumber
from weighin.files.strict_model import StrictModel
from weighin.reports.scorecard.facts import tested
from weighin.reports.scorecard.wording import headline, title
from weighin.reports.shared.json_text import json_text
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word

REPORT_FORMAT: Final = "weighin.scorecard-report/2"


class ScorecardEntry(StrictModel):
    """A scorecard that was checked."""

    title: str
    file: str
    sha256: str
    numbers: int


class FindingEntry(StrictModel):
    """What one check says.

    Attributes:
        check: Id of the check.
        word: The answer.
        statement: One sentence.
        arithmetic: The calculation.
        power: How much the test could have found.
        fix: What would settle it.
        p_value: After correction for all tests of the report; `None` for exact checks.
        about: What it has in common with other findings of the same fact; empty if it is alone.
        numbers: The numbers that it is about.
    """

    check: str
    word: Word
    statement: str
    arithmetic: str
    power: str
    fix: str
    p_value: float | None
    about: str
    numbers: tuple[ScorecardNumber, ...]


class ScorecardReportDocument(StrictModel):
    """What all checks say of some scorecards.

    Attributes:
        format: Always `weighin.scorecard-report/2`.
        title: For a heading.
        headline: One sentence.
        worst: The firmest word.
        margin: The largest difference between a claim and a re-run that does not matter, a share.
        alpha: Chance of a false alarm over all statistical tests together.
        scorecards: What was checked.
        tested: How many numbers some check with power could test.
        findings: In the order of the checks.
    """

    format: Literal["weighin.scorecard-report/2"]
    title: str
    headline: str
    worst: Word
    margin: float
    alpha: float
    scorecards: tuple[ScorecardEntry, ...]
    tested: int
    findings: tuple[FindingEntry, ...]


def render(report: ScorecardReport) -> str:
    """The report as a JSON document in ASCII, with a line break at the end.

    Findings become text one by one: thousands of them are large as objects, and small as text.
    """
    head = json_text(_document(report))
    entries = (json_text(_entry(check, finding)).rstrip("\n") for check, finding in report.findings)
    told = ",\n".join(indent(entry, "    ") for entry in entries)
    if not told:
        return head
    before, _, after = head.rpartition("[]")
    return f"{before}[\n{told}\n  ]{after}"


def _document(report: ScorecardReport) -> ScorecardReportDocument:
    """The document without its findings, which are the last of it."""
    return ScorecardReportDocument(
        format=REPORT_FORMAT,
        title=title(report),
        headline=headline(report),
        worst=report.worst,
        margin=report.case.margin,
        alpha=report.case.alpha,
        scorecards=tuple(
            ScorecardEntry(
                title=scorecard.title,
                file=scorecard.file,
                sha256=scorecard.sha256,
                numbers=len(scorecard.numbers),
            )
            for scorecard in report.case.scorecards
        ),
        tested=tested(report)[0],
        findings=(),
    )


def _entry(check: str, finding: ScorecardFinding) -> FindingEntry:
    return FindingEntry(
        check=check,
        word=finding.word,
        statement=finding.statement,
        arithmetic=finding.arithmetic,
        power=finding.power,
        fix=finding.fix,
        p_value=finding.p_value,
        about=finding.about,
        numbers=finding.numbers,
    )
