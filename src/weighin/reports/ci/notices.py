"""Notices: what an answer has to say at a line of a file, whatever machine shows it there."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from weighin.reports.page.model import Acceptance
from weighin.rules.interface import Level, Outcome

_FINGERPRINT: Final = "weighin/1"
_DIGITS_OF_FINGERPRINT: Final = 32
_NOT_GREEN: Final = frozenset({Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.NOT_APPLICABLE})
_BEFORE: Final = {Outcome.UNDECIDED: "undecided", Outcome.PARTIAL: "partial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere in a file.

    Attributes:
        file: As given: relative to the working directory, or absolute.
        line: From 1; `None` if it is not known.
        column: In characters, from 1; `None` if it is not known.
        pointer: JSON pointer or words that name the place; empty if it is the file or line.
    """

    file: str
    line: int | None = None
    column: int | None = None
    pointer: str = ""

    @property
    def words(self) -> str:
        """The place as people write it: `file:line:column`, or `file:pointer`."""
        at = (self.line, self.column) if self.pointer == "" else (self.pointer,)
        return ":".join((self.file, *(str(part) for part in at if part is not None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHelp:
    """What a rule says of itself.

    Attributes:
        id: Its id.
        sentence: What holds where it is met.
        why: Why it matters.
        how: How it is decided, and from what.
        fix: What to do where it does not hold.
        address: Of its page: an https URL, or a place in weighin's repository; empty for none.
        level: How much it counts unless the requirements say otherwise.
    """

    id: str
    sentence: str
    why: str = ""
    how: str = ""
    fix: str = ""
    address: str = ""
    level: Level = Level.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that a person has to know.

    Attributes:
        rule: Id of the rule, one of those of its notices.
        level: How much it counts here; what is waived is a note.
        outcome: The answer.
        statement: One sentence of fact, without a full stop.
        place: Where it is required, or said.
        fingerprint: The same in every run in which it is said of the same; once in a run.
        subjects: What it is about, for example benchmarks; empty if it is about the whole.
        contradicts: Whether two things disagree, and it is not that one is missing.
        word: What says in a word what it is; empty where the outcome does.
        details: What else there is to say, such as what was expected and found: a label of one
            word and foreign words; left out where these are empty.
        fix: What to do.
        where: Where in the evidence.
        cause: What is behind it and others; empty for its rule.
        acceptance: Who accepts it; `None` if nobody does.
        listings: Details too long for a message, in the same way.
        is_answer: Whether it is the answer itself, which no other notice accounts for.
        is_head: Whether it sums up what stands above the answer.
    """

    rule: str
    level: Level
    outcome: Outcome
    statement: str
    place: Place
    fingerprint: str = ""
    subjects: tuple[str, ...] = ()
    contradicts: bool = False
    word: str = ""
    details: tuple[tuple[str, str], ...] = ()
    fix: str = ""
    where: tuple[Place, ...] = ()
    cause: str = ""
    acceptance: Acceptance | None = None
    listings: tuple[tuple[str, str], ...] = ()
    is_answer: bool = False
    is_head: bool = False

    @property
    def sentence(self) -> str:
        """The statement, which says first what else could be taken for a violation."""
        if (accepted := self.acceptance) is not None:
            by = f"accepted by {accepted.owner} until {accepted.expires}: {accepted.reason}"
            return f"waived: {self.statement} ({by})"
        word = self.word or _BEFORE.get(self.outcome, "")
        return f"{word}: {self.statement}" if word else self.statement

    @property
    def untold(self) -> tuple[tuple[str, str], ...]:
        """The details that the statement does not say itself."""
        return tuple(
            (label, words) for label, words in self.details if words and words not in self.statement
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a rule had no fault to find with, told where passed tests are.

    Attributes:
        rule: Id of the rule.
        subjects: What it is about; empty if it is about the whole.
        statement: One sentence of fact.
        is_judged: Whether it was judged at all.
    """

    rule: str
    subjects: tuple[str, ...]
    statement: str
    is_judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """An answer, and its notices.

    Attributes:
        kind: What kind of answer it is, in a word: `verdict`, `scorecard`, `verification`.
        title: What it is about.
        outcome: The answer.
        exit_code: With which the command ends.
        summary: The answer in a sentence without a full stop.
        place: The file that was judged.
        rules: The rules of the notices, by id.
        notices: Worst first; empty only where nothing is wrong.
        passed: What no notice is about.
        closing: What the answer does not say, without a full stop.
        head: What everybody should read before the notices, each a sentence.
        properties: What else is known of the whole: names of one word, and foreign words.
        whole: What stands for the subject of a notice that is about the whole.
        is_failure: Whether there is no answer, for something failed.
    """

    kind: str
    title: str
    outcome: Outcome
    exit_code: int
    summary: str
    place: Place
    rules: Mapping[str, RuleHelp]
    notices: tuple[Notice, ...]
    passed: tuple[Passed, ...] = ()
    closing: str = ""
    head: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    whole: str = "all of it"
    is_failure: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """A notice without its fingerprint, and what it is about in words that stay the same.

    Attributes:
        notice: The notice.
        about: For example the facet and the kind of fault. Never a number, time or path: these
            differ from run to run.
    """

    notice: Notice
    about: tuple[str, ...] = ()


def fingerprinted(kind: str, notices: Iterable[Identified]) -> Iterator[Notice]:
    """Notices with their fingerprints: of kind, rule, outcome, subjects and what it is about.

    Of the outcome, so that who dismissed a waived or undecided one sees it once it is worse. Where
    several agree in all of that, they are counted in their order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for identified in notices:
        notice = identified.notice
        about = (notice.rule, notice.outcome.value, *identified.about)
        words = (kind, *about, "", *sorted(notice.subjects))
        told = json.dumps([_FINGERPRINT, *words, seen[words]]).encode("ascii")
        seen[words] += 1
        yield replace(notice, fingerprint=sha256(told).hexdigest()[:_DIGITS_OF_FINGERPRINT])


def worst_first(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Notices by level and outcome, what contradicts before what is missing.

    Of each rank, one of every cause comes first: who sees only some of them sees the most.
    """
    levels, outcomes = tuple(Level), tuple(Outcome)
    seen: Counter[tuple[str, int, int, bool]] = Counter()
    ranked: list[tuple[tuple[int, int, bool, int], Notice]] = []
    for notice in notices:
        level, outcome = levels.index(notice.level), outcomes.index(notice.outcome)
        key = (notice.cause or notice.rule, level, outcome, notice.contradicts)
        ranked.append(((level, outcome, not notice.contradicts, seen[key]), notice))
        seen[key] += 1
    return tuple(notice for _, notice in sorted(ranked, key=lambda pair: pair[0]))


def never_green(notices: Notices, rule: RuleHelp) -> Notices:
    """Notices of which one is on the answer itself, where no other says that it is not met.

    Args:
        notices: All of them.
        rule: The rule under which the answer is told.
    """
    is_told = any(notice.level is Level.ERROR for notice in notices.notices)
    if is_told or notices.outcome not in _NOT_GREEN | {Outcome.PARTIAL}:
        return notices
    is_partial = notices.outcome is Outcome.PARTIAL
    is_judged = notices.outcome is not Outcome.NOT_APPLICABLE
    itself = Notice(
        rule=rule.id,
        level=Level.WARNING if is_partial else Level.ERROR,
        outcome=notices.outcome if is_judged else Outcome.UNDECIDED,
        statement=notices.summary,
        place=notices.place,
        is_answer=True,
    )
    found = fingerprinted(notices.kind, [Identified(itself, ("the answer itself",))])
    rules = {rule.id: rule, **notices.rules}
    return replace(notices, notices=(*found, *notices.notices), rules=rules)
