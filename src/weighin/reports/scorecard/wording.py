"""What is said of a scorecard: its title, its headline, and findings that say the same in one."""

from dataclasses import dataclass
from typing import Final

from weighin.reports.shared.wording import counted
from weighin.rules.interface import Outcome
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word
from weighin.rules.scorecard.numbers import cited, in_short

MEANINGS: Final = {
    Word.IMPOSSIBLE: "arithmetic: the number cannot come from what is declared",
    Word.DIFFERENT_ARTIFACT: "identity: it belongs to another artifact than it seems",
    Word.OVERSTATED: "statistics: a re-run is lower by more than chance and rounding explain",
    Word.UNDECLARED: "protocol: something that the number needs is not said where it is printed",
    Word.UNUSUAL: "it does not fit its neighbours, which proves nothing",
    Word.UNRESOLVED: "the evidence is too small to say",
    Word.VOID: "the test has no power here and says nothing",
    Word.CONSISTENT: "nothing speaks against it",
}
OUTCOMES: Final = {
    Word.IMPOSSIBLE: Outcome.VIOLATED,
    Word.DIFFERENT_ARTIFACT: Outcome.VIOLATED,
    Word.OVERSTATED: Outcome.VIOLATED,
    Word.UNDECLARED: Outcome.UNDECIDED,
    Word.UNUSUAL: Outcome.UNDECIDED,
    Word.UNRESOLVED: Outcome.UNDECIDED,
    Word.VOID: Outcome.NOT_APPLICABLE,
    Word.CONSISTENT: Outcome.MET,
}
"""The outcome whose mark and colour a word wears."""
_MOST_BENCHMARKS: Final = 12
_RERUN_CHECKS: Final = frozenset({"claim-against-rerun", "claimed-against-logged"})
_PHRASES: Final = {
    Word.IMPOSSIBLE: "impossible as declared",
    Word.DIFFERENT_ARTIFACT: "on a different artifact",
    Word.OVERSTATED: "overstated",
    Word.UNDECLARED: "undeclared",
    Word.UNUSUAL: "unusual",
    Word.UNRESOLVED: "unresolved",
    Word.VOID: "not testable",
    Word.CONSISTENT: "consistent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardSection:
    """The findings of one word.

    Attributes:
        word: The word.
        findings: At least one, each with the id of its check.
    """

    word: Word
    findings: tuple[tuple[str, ScorecardFinding], ...]


def sections(report: ScorecardReport) -> tuple[ScorecardSection, ...]:
    """The findings by word, the firmest first; none for words that were not said."""
    by_word = {
        word: tuple(pair for pair in report.findings if pair[1].word is word) for word in Word
    }
    return tuple(
        ScorecardSection(word=word, findings=findings)
        for word, findings in by_word.items()
        if findings
    )


def title(report: ScorecardReport) -> str:
    """The title of a report: which scorecards were checked."""
    titles = dict.fromkeys(scorecard.title for scorecard in report.case.scorecards)
    return f"{', '.join(titles)}, checked"


def headline(report: ScorecardReport) -> str:
    """One sentence: how many findings there are of each word."""
    if not report.findings:
        return "no check has anything to say about these numbers"
    told = ", ".join(
        f"{len(section.findings)} {_PHRASES[section.word]}" for section in sections(report)
    )
    return f"{counted(len(report.findings), 'finding')}: {told}"


def rerun_sentence(report: ScorecardReport) -> str:
    """One sentence: what became of the claims that somebody scored again; empty if none was."""
    words = [f.word for check, f in report.findings if f.run is not None and check in _RERUN_CHECKS]
    if not words:
        return ""
    told = (
        (words.count(Word.CONSISTENT), f"confirmed within ±{report.case.margin * 100:g} points"),
        (words.count(Word.OVERSTATED), "overstated"),
        (len(words) - words.count(Word.CONSISTENT) - words.count(Word.OVERSTATED), "unresolved"),
    )
    return f"{counted(len(words), 'claim')} held against a re-run: " + ", ".join(
        f"{number or 'none'} {what}" for number, what in told
    )


def told_together(section: ScorecardSection) -> tuple[str, ...]:
    """The statements of a section, those that say the same of several numbers in one line.

    Returns:
        Statistical answers first, for they are the rarer ones.
    """
    lines: dict[str, list[ScorecardFinding]] = {}
    for _, finding in sorted(section.findings, key=lambda pair: pair[1].p_value is None):
        lines.setdefault(_rest(finding), []).append(finding)
    return tuple(_line(rest, same) for rest, same in lines.items())


def _rest(finding: ScorecardFinding) -> str:
    """What a statement says of its one number, without the number; else the statement."""
    if len(finding.numbers) == 1:
        return finding.statement.removeprefix(cited(finding.numbers[0]))
    return finding.statement


def _line(rest: str, same: list[ScorecardFinding]) -> str:
    if len(same) == 1:
        return same[0].statement
    numbers = in_short((f.numbers[0] for f in same if f.numbers), _MOST_BENCHMARKS)
    return f"{numbers}{rest}" if rest.startswith(":") else f"{numbers}: each{rest}"
