"""A report on a scorecard in notices, each at the line of the number that it is about."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from weighin.evidence.scorecard import ScorecardNumber
from weighin.reports.ci.faults import fault
from weighin.reports.ci.notices import (
    Identified,
    Notice,
    Notices,
    Passed,
    Place,
    RuleHelp,
    fingerprinted,
    never_green,
    worst_first,
)
from weighin.reports.scorecard.exit_code import scorecard_outcome
from weighin.reports.scorecard.page import SAYS_NOTHING_OF_MOTIVES
from weighin.reports.scorecard.wording import headline, title
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.shared.rule_address import rule_address
from weighin.rules.interface import Level, Outcome
from weighin.rules.scorecard.catalogue import check_explanation
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word
from weighin.rules.scorecard.numbers import source_words

_KIND: Final = "scorecard"
_AT_A_LINE: Final = re.compile(r"line ([1-9]\d*)(?:, column ([1-9]\d*)$)?")
# What is undeclared or unresolved leaves the whole undecided, which one error says; what is
# unusual counts as a warning where the exit code is asked for warnings, so that it is one here.
_LEVELS: Final = {
    Word.IMPOSSIBLE: Level.ERROR,
    Word.DIFFERENT_ARTIFACT: Level.ERROR,
    Word.OVERSTATED: Level.ERROR,
    Word.UNDECLARED: Level.WARNING,
    Word.UNUSUAL: Level.WARNING,
    Word.UNRESOLVED: Level.WARNING,
}
_FIRMEST_FIRST: Final = tuple(Word)
_ITSELF: Final = RuleHelp(
    id="scorecard",
    sentence="Nothing that is printed is refuted, undeclared or unresolved.",
    why="A check that could not decide must not look like one that found nothing.",
    how="The answer is that of the firmest word of all checks; where nothing is consistent either, "
    "nothing could be tested.",
    fix="Declare what is undeclared beside the number, or give logged runs with --evidence.",
)


def scorecard_notices(report: ScorecardReport, *, code: int | None = None) -> Notices:
    """The notices of a report on a scorecard.

    Args:
        report: The report.
        code: The exit code that it is told by; by default that of its answer.
    """
    numbers = tuple(n for card in report.case.scorecards for n in card.numbers)
    files = {id(n): card.file for card in report.case.scorecards for n in card.numbers}
    whole = Place(file=report.case.scorecards[0].file, line=1)
    told = sorted(
        (pair for pair in report.findings if pair[1].word in _LEVELS),
        key=lambda pair: _FIRMEST_FIRST.index(pair[1].word),
    )
    names = {name for n in numbers for name in (n.artifact, n.benchmark)}
    notices = worst_first(
        fingerprinted(
            _KIND,
            (
                Identified(
                    _notice(check, found, files, whole),
                    (found.word.value, fault(found.kind or found.statement, names)),
                )
                for check, found in told
            ),
        )
    )
    outcome = scorecard_outcome(report)
    found = Notices(
        kind=_KIND,
        title=title(report),
        outcome=outcome,
        exit_code=exit_code(outcome) if code is None else code,
        summary=headline(report),
        place=whole,
        rules={check: _help(check) for check in dict.fromkeys(n.rule for n in notices)},
        notices=notices,
        passed=tuple(_passed(report)),
        closing=SAYS_NOTHING_OF_MOTIVES,
    )
    return never_green(found, _ITSELF)


def _help(check: str) -> RuleHelp:
    address = rule_address(check)
    if (told := check_explanation(check)) is None:
        return RuleHelp(id=check, sentence=f"The check {check} finds nothing.", address=address)
    return RuleHelp(
        id=check,
        sentence=told.sentence,
        why=told.why,
        how=told.how,
        fix=told.fix,
        address=address,
    )


def _passed(report: ScorecardReport) -> Iterator[Passed]:
    for check, finding in report.findings:
        if finding.word not in _LEVELS:
            is_judged = finding.word is Word.CONSISTENT
            yield Passed(
                rule=check,
                subjects=_subjects(finding),
                statement=finding.statement,
                is_judged=is_judged,
            )


def _notice(
    check: str, finding: ScorecardFinding, files: Mapping[int, str], whole: Place
) -> Notice:
    places = tuple(_place(number, files, whole) for number in finding.numbers)
    level = _LEVELS[finding.word]
    sources = dict.fromkeys(source_words(number.source) for number in finding.numbers)
    return Notice(
        rule=check,
        level=level,
        outcome=Outcome.VIOLATED if level is Level.ERROR else Outcome.UNDECIDED,
        word=finding.word.value,
        statement=finding.statement,
        place=places[0] if places else whole,
        subjects=_subjects(finding),
        details=(
            ("arithmetic", finding.arithmetic),
            ("power", finding.power),
            ("disclosed", "; ".join(finding.disclosed)),
            ("source", "; ".join(sources)),
        ),
        fix=finding.fix,
        where=places,
    )


def _subjects(finding: ScorecardFinding) -> tuple[str, ...]:
    """Of what the numbers are, without their digits, which may be mended."""
    return tuple(dict.fromkeys(f"{n.artifact}: {n.benchmark}" for n in finding.numbers))


def _place(number: ScorecardNumber, files: Mapping[int, str], whole: Place) -> Place:
    file, found = files.get(id(number), whole.file), _AT_A_LINE.match(number.pointer)
    if found is None:
        return Place(file=file, line=1, pointer=number.pointer)
    column = found.group(2)
    return Place(
        file=file,
        line=int(found.group(1)),
        column=int(column) if column else None,
    )
