"""What is said of a scorecard: its title, its headline, and findings that say the same in one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.reports.scorecard.facts import Alike, Fact, alike, facts_of, tested
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
    Word.NOTE: "worth knowing, and said by the source itself",
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
    Word.NOTE: Outcome.NOT_APPLICABLE,
    Word.VOID: Outcome.NOT_APPLICABLE,
    Word.CONSISTENT: Outcome.NOT_APPLICABLE,
}
"""The outcome whose mark and colour a word wears; no tick, for nothing here shows a number true."""
_MOST_BENCHMARKS: Final = 12
_TOLD: Final = frozenset(Word) - {Word.VOID, Word.NOTE, Word.CONSISTENT}
_RERUN_CHECKS: Final = frozenset({"claim-against-rerun", "claimed-against-logged"})
_PHRASES: Final = {
    Word.IMPOSSIBLE: "impossible as declared",
    Word.DIFFERENT_ARTIFACT: "on a different artifact",
    Word.OVERSTATED: "overstated",
    Word.UNDECLARED: "undeclared",
    Word.UNUSUAL: "unusual",
    Word.UNRESOLVED: "unresolved",
    Word.NOTE: "note",
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


def headline(report: ScorecardReport, facts: Sequence[Fact] | None = None) -> str:
    """One sentence: what speaks against the numbers, each fact once, and how many were tested.

    Args:
        report: The report.
        facts: Its facts, where they are at hand.
    """
    words = Counter(f.finding.word for f in (facts_of(report) if facts is None else facts))
    could, numbers = tested(report)
    told = [f"{words[word]:,} {_PHRASES[word]}" for word in Word if word in _TOLD and words[word]]
    extent = (
        f"{could:,} of {counted_number(numbers)} could be tested, {numbers - could:,} could not"
    )
    if told:
        return f"{', '.join(told)}; {extent}"
    if not could:
        return f"nothing could be tested: none of {counted_number(numbers)}"
    return f"nothing speaks against it: {extent}"


def counted_number(numbers: int) -> str:
    """A count of numbers in a sentence: `1 number`, `43,014 numbers`."""
    return f"{numbers:,} number{'' if numbers == 1 else 's'}"


def rerun_sentence(report: ScorecardReport) -> str:
    """One sentence: what became of the claims that somebody scored again; empty if none was.

    A claim that several re-runs confirm is one claim, and one that some re-run refutes is
    overstated whatever the others say.
    """
    words: dict[tuple[object, ...], set[Word]] = {}
    for check, finding in report.findings:
        if finding.run is not None and check in _RERUN_CHECKS:
            words.setdefault(_claim_of(finding), set()).add(finding.word)
    if not words:
        return ""
    overstated = sum(Word.OVERSTATED in said for said in words.values())
    confirmed = sum(
        Word.CONSISTENT in said and Word.OVERSTATED not in said for said in words.values()
    )
    told = (
        (confirmed, f"confirmed within ±{report.case.margin * 100:g} points"),
        (overstated, "overstated"),
        (len(words) - confirmed - overstated, "unresolved"),
    )
    return f"{counted(len(words), 'claim')} held against a re-run: " + ", ".join(
        f"{number or 'none'} {what}" for number, what in told
    )


def _claim_of(finding: ScorecardFinding) -> tuple[object, ...]:
    claim = finding.numbers[0]
    return (claim.artifact, claim.benchmark, claim.printed, claim.protocol.subset)


def told_together(facts: Sequence[Fact]) -> tuple[Alike | Fact, ...]:
    """Facts of one word, those that say the same of several numbers together.

    Returns:
        Statistical answers first, for they are the rarer ones.
    """
    kinds = tuple(alike(f for f in facts if f.finding.kind and f.finding.run is None))
    others = [f for f in facts if not f.finding.kind or f.finding.run is not None]
    others += [one for one in kinds if isinstance(one, Fact)]
    lines: dict[object, list[Fact]] = {}
    for fact in sorted(others, key=lambda fact: fact.finding.p_value is None):
        key = (_rest(fact.finding), fact.beside, fact.in_short)
        lines.setdefault(key, []).append(fact)
    told = [
        Alike(
            sentence=_line(_rest(same[0].finding), [fact.finding for fact in same]),
            facts=tuple(same),
        )
        for same in lines.values()
    ]
    return (*told, *(one for one in kinds if isinstance(one, Alike)))


def _rest(finding: ScorecardFinding) -> str:
    """What a statement says of its one number, without the number; else the statement."""
    if len(told := {cited(number) for number in finding.numbers}) == 1:
        return finding.statement.removeprefix(told.pop())
    return finding.statement


def _line(rest: str, same: list[ScorecardFinding]) -> str:
    if len(same) == 1 or rest == same[0].statement:
        return same[0].statement
    numbers = in_short((f.numbers[0] for f in same if f.numbers), _MOST_BENCHMARKS)
    return f"{numbers}{rest}" if rest.startswith(":") else f"{numbers}: each{rest}"
