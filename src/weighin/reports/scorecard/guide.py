"""What explains a report on a scorecard to who meets weighin for the first time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from weighin.reports.page.model import Drawing, Gist, Guide, Meaning, ReadFile, RuleNote, ours
from weighin.reports.scorecard.exit_code import scorecard_outcome
from weighin.reports.scorecard.facts import Fact, tested
from weighin.reports.scorecard.plots.all_plots import plots
from weighin.reports.scorecard.wording import counted_number
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import counted
from weighin.rules.interface import Outcome
from weighin.rules.scorecard.catalogue import check_explanation
from weighin.rules.scorecard.interface import ScorecardReport, Word

LIMITS: Final = (
    "what anybody intended: a slip of the pen and a row of another model look alike from here",
    "that a number was measured: where nothing speaks against it, it is consistent, and no more",
)
_MAY_BE_WRITTEN: Final = {
    Word.IMPOSSIBLE: "no whole number of right answers gives this number as it is declared",
    Word.DIFFERENT_ARTIFACT: "numbers of different models stand under one name, or a number is of "
    "another model than that row",
    Word.OVERSTATED: "a second run of it is lower than chance and rounding explain",
    Word.UNDECLARED: "the source does not say something that the number needs",
    Word.UNUSUAL: "worth a question, and nothing else",
    Word.UNRESOLVED: "the evidence is too small to tell",
    Word.NOTE: "the source says so itself; nothing speaks against a number here",
    Word.VOID: "this test can say nothing here",
    Word.CONSISTENT: "nothing speaks against it; not that it is true",
}
_FIRM: Final = {
    Word.IMPOSSIBLE: "what is printed cannot come from what is declared",
    Word.DIFFERENT_ARTIFACT: "numbers that stand under one name are declared, rated or "
    "logged as those of different models",
    Word.OVERSTATED: "a second run is lower than chance and rounding explain",
}
_SOFT: Final = {
    Word.UNDECLARED: "the source does not say something that a number needs",
    Word.UNUSUAL: "something is worth a question, and proves nothing",
    Word.UNRESOLVED: "the evidence is too small to tell",
}
_ANSWERS: Final = {
    Outcome.VIOLATED: "Not all of them.",
    Outcome.UNDECIDED: "That is open: no contradiction was found, and not everything is told.",
    Outcome.NOT_APPLICABLE: "Nothing here could be tested.",
    Outcome.MET: "Nothing speaks against them, which does not show that they were measured.",
}


def guide_of(
    report: ScorecardReport, facts: Sequence[Fact], command: tuple[str, ...] = ()
) -> Guide:
    """What explains a report.

    Args:
        report: What is told.
        facts: Its facts.
        command: What came to it, with its arguments; made up from what was judged if empty.
    """
    cards = report.case.scorecards
    files = tuple(card.file for card in cards)
    words = Counter(finding.word for _, finding in report.findings)
    outcome = scorecard_outcome(report)
    return Guide(
        answer=Gist(
            question="Do the printed numbers hold, and are they of the model whose name they bear?",
            answer=ours(
                _ANSWERS[outcome], Outcome.NOT_APPLICABLE if outcome is Outcome.MET else outcome
            ),
            why=tuple(_why(report, facts)),
        ),
        drawings=tuple(Drawing(title=plot.title, svg=plot.content) for plot in plots(report)),
        meanings=tuple(
            Meaning(word=word, words=_MAY_BE_WRITTEN[word], extent=counted(words[word], "finding"))
            for word in Word
            if words[word]
        ),
        limits=LIMITS,
        command=command or ("weighin", "scorecard", *files),
        files=tuple(
            ReadFile(path=card.file, role=card.title, sha256=card.sha256) for card in cards
        ),
        rules=tuple(_notes(report)),
    )


def _why(report: ScorecardReport, facts: Sequence[Fact]) -> Iterator[str]:
    is_firm = report.worst in _FIRM
    for word, what in (_FIRM if is_firm else _SOFT).items():
        found = [fact.finding for fact in facts if fact.finding.word is word]
        if found:
            numbers = len({number for finding in found for number in finding.numbers})
            about = f" on {counted_number(numbers)}" if numbers else ""
            yield f"In {counted(len(found), 'finding')}{about}, {what}."
    could, every = tested(report)
    if could < every:
        yield f"Of {counted_number(every - could)} the tests can say nothing."


def _notes(report: ScorecardReport) -> Iterator[RuleNote]:
    for check in dict.fromkeys(check for check, _ in report.findings):
        told = check_explanation(check)
        if told is not None:
            yield RuleNote(
                rule=check,
                sentence=told.sentence,
                why=told.why,
                fix=told.fix,
                address=rule_address(check),
            )
