"""A report on a scorecard as one JSON document, complete."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from weighin.evidence.scorecard import ScorecardNumber
from weighin.files.strict_model import StrictModel
from weighin.reports.scorecard.facts import tested
from weighin.reports.scorecard.wording import headline, title
from weighin.reports.shared.json_text import json_text
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word

REPORT_FORMAT: Final = "weighin.scorecard-report/3"
_NUMBERS_A_PIECE: Final = 500


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
        disclosed: What the sources of its numbers say beside them themselves.
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
    disclosed: tuple[str, ...]
    numbers: tuple[ScorecardNumber, ...]


class ScorecardReportDocument(StrictModel):
    """What all checks say of some scorecards.

    Attributes:
        format: Always `weighin.scorecard-report/3`.
        title: For a heading.
        headline: One sentence.
        worst: The firmest word.
        margin: The largest difference between a claim and a re-run that does not matter, a share.
        alpha: Chance of a false alarm over all statistical tests together.
        scorecards: What was checked.
        tested: How many numbers some check with power could test.
        findings: In the order of the checks.
    """

    format: Literal["weighin.scorecard-report/3"]
    title: str
    headline: str
    worst: Word
    margin: float
    alpha: float
    scorecards: tuple[ScorecardEntry, ...]
    tested: int
    findings: tuple[FindingEntry, ...]


def render(report: ScorecardReport) -> str:
    """The report as a JSON document in ASCII, with a line break at the end."""
    return "".join(pieces(report))


def pieces(report: ScorecardReport) -> Iterator[str]:
    """The same text, some lines at a time: that of thousands of findings fills the memory."""
    head = json_text(_document(report))
    if not report.findings:
        yield head
        return
    before, _, after = head.rpartition("[]")
    yield f"{before}[\n"
    texts = _Texts({})
    last = len(report.findings) - 1
    for place, (check, finding) in enumerate(report.findings):
        yield from texts.of_finding(check, finding, "," if place < last else "")
    yield f"  ]{after}"


@dataclass(frozen=True, slots=True)
class _Texts:
    """Numbers and findings as text; most numbers stand below several findings.

    Attributes:
        of_numbers: Of those that were told, by the identity of the number.
    """

    of_numbers: dict[int, str]

    def of_finding(self, check: str, finding: ScorecardFinding, end: str) -> Iterator[str]:
        """An entry of the list of findings, with what ends it."""
        entry = _indented(json_text(_entry(check, finding)), 4)
        if not finding.numbers:
            yield f"{entry}{end}\n"
            return
        # Keys are in their order, so that the empty list is the last of it.
        before, _, after = entry.rpartition("[]")
        told = f"{before}[\n"
        for start in range(0, len(finding.numbers), _NUMBERS_A_PIECE):
            some = finding.numbers[start : start + _NUMBERS_A_PIECE]
            comma = "," if start + len(some) < len(finding.numbers) else ""
            yield told + ",\n".join(map(self.of_number, some)) + f"{comma}\n"
            told = ""
        yield f"      ]{after}{end}\n"

    def of_number(self, number: ScorecardNumber) -> str:
        """An entry of the numbers of a finding."""
        text = self.of_numbers.get(id(number))
        if text is None:
            text = self.of_numbers[id(number)] = _indented(json_text(number), 8)
        return text


def _indented(text: str, spaces: int) -> str:
    margin = " " * spaces
    return margin + text.rstrip("\n").replace("\n", f"\n{margin}")


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
    """A finding without its numbers, which are the last of it."""
    return FindingEntry(
        check=check,
        word=finding.word,
        statement=finding.statement,
        arithmetic=finding.arithmetic,
        power=finding.power,
        fix=finding.fix,
        p_value=finding.p_value,
        about=finding.about or finding.follows_from,
        disclosed=finding.disclosed,
        numbers=(),
    )
