"""Findings that are on one contradiction, whichever rules they are of, without a look at pairs."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from weighin.rules.interface import Finding, JudgedFinding


@dataclass(slots=True)
class _Groups:
    """What was put together so far, and where each kind of finding would belong.

    Attributes:
        members: The findings of each contradiction, the first first.
        rules: Ids of the rules that found each.
        standing: Numbers of the groups whose first finding has a key, in their order.
        taken: How many groups of a key have a finding of a rule already, from the first on.
    """

    members: list[list[JudgedFinding]] = field(default_factory=list)
    rules: list[set[str]] = field(default_factory=list)
    standing: dict[Hashable, list[int]] = field(default_factory=dict)
    taken: dict[tuple[Hashable, str], int] = field(default_factory=dict)

    def add(self, judged: JudgedFinding) -> None:
        """Put a finding to the first group that is on the same, or into one of its own."""
        place = min(self._places(judged), default=len(self.members))
        if place == len(self.members):
            self.members.append([])
            self.rules.append(set())
            for key in (*_own(judged), *_of_others(judged.finding)):
                self.standing.setdefault(key, []).append(place)
        self.members[place].append(judged)
        self.rules[place].add(judged.rule)

    def _places(self, judged: JudgedFinding) -> Iterator[int]:
        for key in _own(judged):
            yield from self.standing.get(key, ())[:1]
        for key in _of_others(judged.finding):
            # A group that has a finding of this rule will have it for ever.
            groups = self.standing.get(key, [])
            first = self.taken.get((key, judged.rule), 0)
            while first < len(groups) and judged.rule in self.rules[groups[first]]:
                first += 1
            self.taken[key, judged.rule] = first
            yield from groups[first : first + 1]


def agreeing(found: Iterable[JudgedFinding]) -> list[list[JudgedFinding]]:
    """Findings of one contradiction together.

    They are if they have their cause in common. Those of one rule are, too, unless they are on a
    facet: each group of benchmarks that differs in one differs in its own way. Those of several
    rules are if they show the same values, or are on one facet of the same benchmarks.
    """
    groups = _Groups()
    for judged in found:
        groups.add(judged)
    return groups.members


def _own(judged: JudgedFinding) -> Iterator[Hashable]:
    """What two findings have in common that are on one contradiction whatever their rules."""
    if judged.finding.cause is not None:
        yield judged.finding.cause
    if judged.finding.facet is None:
        yield judged.rule


def _of_others(finding: Finding) -> Iterator[Hashable]:
    """What two findings of different rules have in common that are on one contradiction."""
    benchmarks = frozenset(finding.benchmarks)
    if finding.found:
        yield (finding.found, finding.expected, benchmarks)
    if finding.facet is not None and finding.cause is None:
        yield (finding.facet, benchmarks)
