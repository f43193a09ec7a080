"""Findings as facts: what several checks see of one thing is told once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.reports.shared.wording import counted
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word
from weighin.rules.scorecard.numbers import in_short

_FEWEST_ALIKE = 4
_FEWEST_OF_A_RUN = 2
_SHOWN_NUMBERS = 6
_SHOWN_BESIDE = 6
_LONGEST_SAID = 400
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
        """What tells it."""
        return self.finding.statement

    @property
    def beside(self) -> tuple[str, ...]:
        """What the sources of its numbers say of them themselves."""
        said = self.finding.disclosed
        return tuple(_first(tuple(map(_clipped, said)), "remark")) if said else ()

    @property
    def in_short(self) -> tuple[str, ...]:
        """What the findings below add, in a few words each."""
        if not self.below:
            return ()
        more = tuple(dict.fromkeys(f.in_short for _, f in self.below if f.in_short))
        return tuple(_first(more, "finding"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Many numbers on one benchmark of which one check says the same.

    Attributes:
        sentence: What tells them.
        facts: At least one.
    """

    sentence: str
    facts: tuple[Fact, ...]

    @property
    def beside(self) -> tuple[str, ...]:
        """What the sources say beside all of them."""
        return self.facts[0].beside

    @property
    def in_short(self) -> tuple[str, ...]:
        """What the findings below each of them add."""
        return self.facts[0].in_short


def facts_of(report: ScorecardReport) -> tuple[Fact, ...]:
    """Every finding once: alone, or below the one that tells the same.

    The firmest come first, and of these what the most checks see.

    Findings of one `about` and word are one fact, told by the one that names the numbers whose
    artifact nobody can obtain, else by the first. What follows from the findings of a fact alone
    stands below the first of them.
    """
    order = {word: place for place, word in enumerate(Word)}
    groups: dict[object, list[CheckedFinding]] = {}
    for place, (check, finding) in enumerate(_once(report.findings)):
        key = (finding.about, finding.word) if finding.about else place
        groups.setdefault(key, []).append((check, finding))
    _put_below(groups)
    found = [_fact(members) for members in groups.values()]
    return tuple(sorted(found, key=lambda f: (order[f.finding.word], -len(f.below))))


def _once(findings: Iterable[CheckedFinding]) -> Iterator[CheckedFinding]:
    """Findings with one sentence as one, on all their numbers: a claim that is printed twice."""
    said: dict[tuple[object, ...], CheckedFinding] = {}
    for check, finding in findings:
        key = (check, finding.word, finding.statement, finding.arithmetic, finding.about)
        if (first := said.get(key)) is not None:
            numbers = (*first[1].numbers, *finding.numbers)
            said[key] = (check, replace(first[1], numbers=numbers))
        else:
            said[key] = (check, finding)
    yield from said.values()


def _put_below(groups: dict[object, list[CheckedFinding]]) -> None:
    """Put groups that say but what follows from another below it."""
    first = {key: members[0][1] for key, members in groups.items()}
    tells: dict[tuple[str, Word], object] = {}
    for key, finding in sorted(first.items(), key=lambda one: not one[1].is_headline):
        for fact in finding.tells:
            tells.setdefault((fact, finding.word), key)
    for key, finding in first.items():
        above = tells.get((finding.follows_from, finding.word), key)
        if above != key:
            groups[above].extend(groups.pop(key))


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_SAID else f"{text[:_LONGEST_SAID].rstrip()} …"


def _first(told: Sequence[str], noun: str) -> Sequence[str]:
    """The first of some lines, and how many more there are."""
    more = len(told) - _SHOWN_BESIDE
    return told if more <= 0 else (*told[:_SHOWN_BESIDE], f"and {counted(more, f'more {noun}')}")


def _fact(members: Sequence[CheckedFinding]) -> Fact:
    head = next((m for m in members if m[1].is_headline), members[0])
    below = tuple(m for m in members if m is not head) if len(members) > 1 else ()
    return Fact(check=head[0], finding=head[1], below=below)


def alike(facts: Iterable[Fact]) -> Iterator[Alike | Fact]:
    """Facts in order, many of one kind and benchmark together, where the first of them stood."""
    groups: dict[object, list[Fact]] = {}
    for place, fact in enumerate(facts):
        finding = fact.finding
        is_one_of_many = bool(finding.kind and finding.numbers)
        same = (fact.check, finding.kind, _of_one(finding), fact.beside, fact.in_short)
        key = same if is_one_of_many else place
        groups.setdefault(key, []).append(fact)
    for members in groups.values():
        is_of_one_run = members[0].finding.run is not None
        if len(members) >= (_FEWEST_OF_A_RUN if is_of_one_run else _FEWEST_ALIKE):
            yield Alike(sentence=_words(members), facts=tuple(members))
        else:
            yield from members


def _of_one(finding: ScorecardFinding) -> str:
    """What findings of one kind must share to be told together: who ran it, or a benchmark."""
    if finding.run is not None:
        return finding.run.by
    return finding.numbers[0].benchmark if finding.numbers else ""


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
