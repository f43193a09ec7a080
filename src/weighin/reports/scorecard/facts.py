"""Findings as facts: what several checks see of one thing is told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word
from weighin.rules.scorecard.numbers import in_short

_FEWEST_ALIKE = 4
_SHOWN_NUMBERS = 6
_OF_VALUES = frozenset(
    {
        "arena-gap",
        "attainable-score",
        "best-of-n-inflation",
        "claim-against-rerun",
        "claimed-against-logged",
        "orderings-hold",
        "score-and-stderr-give-n",
        "stderr-possible",
    }
)
"""Checks that hold a value against something; others compare names and declarations."""
_SAYS_NOTHING = frozenset({Word.VOID, Word.NOTE, Word.UNRESOLVED})

CheckedFinding = tuple[str, ScorecardFinding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one or several checks see of one thing.

    Attributes:
        check: Id of the check whose sentence tells it.
        finding: That sentence with its arithmetic.
        below: What else was found of the same, each with the id of its check.
    """

    check: str
    finding: ScorecardFinding
    below: tuple[CheckedFinding, ...] = ()

    @property
    def sentence(self) -> str:
        """What tells it, with what the findings below add in a few words."""
        more = dict.fromkeys(f.in_short for _, f in self.below if f.in_short)
        return "; ".join((self.finding.statement, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Many numbers on one benchmark of which one check says the same.

    Attributes:
        words: In a sentence.
        facts: At least one.
    """

    words: str
    facts: tuple[Fact, ...]


def facts_of(report: ScorecardReport) -> tuple[Fact, ...]:
    """Every finding once: alone, or below the one that tells the same; the firmest first.

    Findings of one `about` and word are one fact, told by the one that names the numbers whose
    artifact nobody can obtain, else by the first.
    """
    order = {word: place for place, word in enumerate(Word)}
    groups: dict[object, list[CheckedFinding]] = {}
    for place, (check, finding) in enumerate(report.findings):
        key = (finding.about, finding.word) if finding.about else place
        groups.setdefault(key, []).append((check, finding))
    found = [_fact(members) for members in groups.values()]
    return tuple(sorted(found, key=lambda fact: order[fact.finding.word]))


def _fact(members: Sequence[CheckedFinding]) -> Fact:
    head = next((m for m in members if m[1].is_headline), members[0])
    below = tuple(m for m in members if m is not head)
    return Fact(check=head[0], finding=head[1], below=below)


def alike(facts: Sequence[Fact]) -> Iterator[Alike | Fact]:
    """Facts in order, many of one kind and benchmark together, where the first of them stood."""
    groups: dict[object, list[Fact]] = {}
    for place, fact in enumerate(facts):
        finding = fact.finding
        is_one_of_many = bool(finding.kind and finding.numbers) and not fact.below
        key = (fact.check, finding.kind, _benchmark(finding)) if is_one_of_many else place
        groups.setdefault(key, []).append(fact)
    for members in groups.values():
        if len(members) >= _FEWEST_ALIKE:
            yield Alike(words=_words(members), facts=tuple(members))
        else:
            yield from members


def _benchmark(finding: ScorecardFinding) -> str:
    names = {number.benchmark for number in finding.numbers[:1]}
    return names.pop() if len(names) == 1 else ""


def _words(members: Sequence[Fact]) -> str:
    first = [fact.finding.numbers[0] for fact in members]
    models = len({number.artifact for number in first})
    shown = in_short(first[:_SHOWN_NUMBERS])
    more = f" and {len(members) - _SHOWN_NUMBERS:,} more" if len(members) > _SHOWN_NUMBERS else ""
    told = f"{len(members):,} numbers of {models:,} name{'' if models == 1 else 's'}"
    return f"{told} are {members[0].finding.kind}: {shown}{more}"


def tested(report: ScorecardReport) -> tuple[int, int]:
    """How many numbers some check with power could test, and how many there are."""
    if report.tested is not None:
        return report.tested
    numbers = [n for card in report.case.scorecards for n in card.numbers]
    said = {
        id(number)
        for check, finding in report.findings
        if check in _OF_VALUES and finding.has_power and finding.word not in _SAYS_NOTHING
        # Of a mean and its parts, or of a group and its tasks, the first alone is tested.
        for number in finding.numbers[: len(finding.numbers) if len(finding.numbers) < 3 else 1]  # noqa: PLR2004  # a pair
    }
    return sum(id(number) in said for number in numbers), len(numbers)
