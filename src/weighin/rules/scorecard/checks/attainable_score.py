"""The rule `attainable-score`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from weighin.rules.scorecard.counting.denominators import (
    Fit,
    countings,
    counts_by_name,
    fewest_passes,
    fit,
    is_certain,
    may_be_negative,
    why_count_unsaid,
    why_not_counted,
)
from weighin.rules.scorecard.counting.explanations import (
    MOST_NUMBERS,
    Explanations,
    explanations,
)
from weighin.rules.scorecard.counting.steps import counted, steps
from weighin.rules.scorecard.counting.ways import Counting
from weighin.rules.scorecard.declared.disclosed import Disclosures
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    declared_passes,
    passes_in,
    shown,
    stated_numbers,
    version_words,
)
from weighin.rules.scorecard.rows.mixed_units import mixed_units
from weighin.statistics.printed_numbers import (
    Attainability,
    Power,
    is_above_all,
    power_of,
)

_UNLESS = ", unless what stands beside it does"
"""Where footnotes may say what is not declared in words that are understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttainableScore:
    """Every printed score is a whole number of right answers over the documents.

    Why:
        With 198 questions, a score moves in steps of one in 198. A number between two steps was
        not made in the declared way: several passes were averaged, other documents were scored,
        or it was mistyped.

    How:
        GRIM on the printed digits, with exact fractions and halves rounded either way: is there a
        whole number of right answers that gives the number? Every way of averaging that the
        registry knows, and the number of documents that is stated, are tried first; then several
        passes, up to `most_passes`; what explains a number names every number of passes in use and
        every published subset that gives it, but none that gives most numbers. How often a number
        at random would fit is printed with it; where nearly all do, the answer is VOID. Sizes that
        nobody counted never accuse, nor does a last 0 that was added to a rounded number.

    Fix:
        Declare the documents, passes and averaging beside the number, or publish the counts.

    Attributes:
        most_passes: The largest number of passes that is tried where it is not declared.
    """

    id: ClassVar[str] = "attainable-score"
    most_passes: int = 64

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every number that is a share."""
        everything = stated_numbers(case)
        yield from mixed_units(everything)
        seen = _Seen(case=case, said=Disclosures(case.scorecards))
        for stated in everything:
            if stated.is_below_none:
                yield _below_none(stated)
            elif stated.is_share:
                yield self._of(stated, seen)

    def _of(self, stated: StatedNumber, seen: "_Seen") -> ScorecardFinding:
        if is_above_all(stated.value):
            is_known = stated.benchmark is not None or counts_by_name(stated)
            told = "impossible: it is more than all documents"
            if not is_known:
                told = "more than all, and nothing says that it is a part of any documents"
            return ScorecardFinding(
                word=Word.IMPOSSIBLE if is_known else Word.UNDECLARED,
                statement=f"{stated.cited} is {told}",
                kind=told.replace(": it is", ":", 1),
                arithmetic=f"{shown(stated.value.value, stated)} > {shown(1.0, stated)}",
                numbers=(stated.number,),
                fix="say what the number counts in, if it is no share of documents",
            )
        if why_not := why_not_counted(stated):
            return ScorecardFinding(
                word=Word.VOID,
                statement=f"{stated.cited}: counting says nothing, for {why_not}",
                numbers=(stated.number,),
                power="none",
                fix=""
                if not stated.is_share
                else "state the number of documents, or add the "
                "benchmark to a registry of your own",
            )
        ways = countings(stated)
        passes = stated.number.protocol.passes
        if passes == "several":
            return self._several(stated, ways)
        found = fit(stated.value, ways, passes or 1)
        if found.attainability is Attainability.ROUNDED:
            return _fitting(stated, found)
        return self._not_fitting(stated, ways, found, seen)

    def _several(self, stated: StatedNumber, ways: Sequence[Counting]) -> ScorecardFinding:
        found = fewest_passes(stated.value, ways, range(2, self.most_passes + 1))
        if found is not None:
            return ScorecardFinding(
                word=Word.CONSISTENT,
                statement=f"{stated.cited} fits several passes, as declared: {found.passes} of "
                "them at least",
                arithmetic=counted(stated, found),
                numbers=(stated.number,),
                has_power=False,
                power="none beyond that: with enough passes every number fits",
                fix="declare how many passes there were",
            )
        word = Word.IMPOSSIBLE if is_certain(stated, ways) else Word.UNRESOLVED
        return ScorecardFinding(
            word=word,
            statement=f"{stated.cited} fits no number of passes up to {self.most_passes}"
            + _doubt(stated, ways),
            arithmetic=steps(stated, ways, 1),
            numbers=(stated.number,),
            fix="declare documents, passes and averaging",
        )

    def _not_fitting(
        self, stated: StatedNumber, ways: Sequence[Counting], found: Fit, seen: "_Seen"
    ) -> ScorecardFinding:
        within = f"in {_passes(found.passes)} {_ways(ways)}"
        more = None
        if stated.number.protocol.passes is None:
            more = fewest_passes(stated.value, ways, range(2, self.most_passes + 1))
        arithmetic = steps(stated, ways, found.passes)
        if more is not None:
            arithmetic += f"; {counted(stated, more)}"
        statement, kind = f"{stated.cited} is impossible {within}", f"impossible {within}"
        word, power, follows_from = Word.IMPOSSIBLE, _power(found), ""
        if _fits_before_its_zero(stated, ways, found.passes):
            word, kind = Word.UNUSUAL, f"padded with a 0, if they are of {within[3:]}"
            statement = (
                f"{stated.cited} fits {within} only if its last 0 was added to a number that was "
                "rounded before"
            )
        elif found.attainability is Attainability.TRUNCATED:
            word, kind = Word.UNUSUAL, f"cut off or rounded up, if they are of {within[3:]}"
            statement = (
                f"{stated.cited} fits {within} only if it was cut off or rounded up, not rounded "
                "to the nearest"
            )
        else:
            is_open = stated.number.protocol.passes is None
            explained = seen.explanations(stated, ways, self.most_passes if is_open else 1)
            power = _power(found, explained)
            if explained.is_any or more is not None:
                kind += ", and nothing else is declared"
                statement += f"; {_explained(explained, more)}"
                if is_open:
                    word = Word.UNDECLARED
                    elsewhere = _elsewhere(stated, seen.case)
                    unless = _UNLESS if seen.said.says_something(stated.number) else ""
                    statement += f"; this source declares none of these{unless}{elsewhere}"
                    follows_from = elsewhere and passes_in(stated.number.source, stated.subject)
            elif is_open and (doubt := why_count_unsaid(stated)):
                word, statement = Word.UNDECLARED, f"{statement}; but {doubt}"
        if not is_certain(stated, ways):
            word, follows_from, statement = Word.UNRESOLVED, "", statement + _doubt(stated, ways)
        return ScorecardFinding(
            word=word,
            statement=statement,
            arithmetic=arithmetic,
            numbers=(stated.number,),
            power=power,
            follows_from=follows_from,
            tells=(passes_in(stated.number.source, stated.subject),),
            in_short=f"{stated.number.printed} on {stated.number.benchmark} is impossible {within}",
            kind=kind,
            fix="declare the documents, passes and averaging beside the number, or publish the "
            "number of right answers",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is looked up once for all numbers.

    Attributes:
        case: What is judged.
        said: What stands beside its numbers.
        explained: Explanations of numbers that are printed alike on one benchmark.
    """

    case: ScorecardCase
    said: Disclosures
    explained: dict[object, Explanations] = field(default_factory=dict)

    def explanations(
        self, stated: StatedNumber, ways: Sequence[Counting], most_passes: int
    ) -> Explanations:
        """Other ways of counting that give a number; in large tables many are printed alike."""
        number = stated.number
        of = (number.documents, number.protocol.subset, number.split, most_passes)
        key = (stated.subject, stated.value, *of)
        if key not in self.explained:
            registry = self.case.registry
            self.explained[key] = explanations(stated, ways, registry, most_passes)
        return self.explained[key]


def _below_none(stated: StatedNumber) -> ScorecardFinding:
    """The finding on a percentage or share below zero."""
    if may_be_negative(stated):
        return ScorecardFinding(
            word=Word.VOID,
            statement=f"{stated.cited}: counting says nothing, for its metric counts no documents",
            numbers=(stated.number,),
            power="none",
            fix="say what the number counts in",
        )
    return ScorecardFinding(
        word=Word.IMPOSSIBLE,
        statement=f"{stated.cited} is impossible: it is less than no document",
        kind="impossible: less than no document",
        arithmetic=f"{shown(stated.value.value, stated)} < {shown(0.0, stated)}",
        numbers=(stated.number,),
        fix="say what the number counts in, if it is no share of documents",
    )


def _fits_before_its_zero(stated: StatedNumber, ways: Sequence[Counting], passes: int) -> bool:
    value = stated.value.without_last_zero
    return value is not None and fit(value, ways, passes).attainability is Attainability.ROUNDED


def _fitting(stated: StatedNumber, found: Fit) -> ScorecardFinding:
    """The finding on a number that some way of counting gives."""
    way = found.counting
    words = "" if way is None else way.words
    power = power_of(found.pass_rate)
    is_void = power is Power.VOID
    statement = f"{stated.cited} fits {_passes(found.passes)} {words}"
    if is_void:
        statement = (
            f"{stated.cited}: counting says nothing, for nearly every number of so few digits "
            f"fits {_passes(found.passes)} {words}"
        )
    word = Word.VOID if is_void else Word.CONSISTENT
    failed = [other for other in found.failed if other.is_plain or not is_void]
    if failed and way is not None:
        statement += f", not {_ways(failed)}"
        if any(other.is_stated for other in failed):
            word = Word.UNDECLARED
    if word is Word.CONSISTENT and power is Power.WEAK:
        statement += ", a weak test"
    return ScorecardFinding(
        word=word,
        has_power=power is Power.STRONG,
        statement=statement,
        arithmetic=counted(stated, found),
        numbers=(stated.number,),
        power=_power(found),
        fix="publish the number of right answers" if is_void else "",
    )


def _explained(explained: Explanations, more: Fit | None) -> str:
    """Every way of counting in use that gives a number and tells something, or that none does."""
    if explained.told:
        return f"it can be {', or '.join(explained.told)}"
    if more is not None and more.pass_rate < MOST_NUMBERS:
        return f"the fewest passes that can give it are {more.passes}"
    others = "other documents" if more is None else f"{more.passes} passes or more"
    return f"{others} can give it, as they can most numbers of so few digits"


def _power(found: Fit, explained: Explanations | None = None) -> str:
    chance = f"a number at random would fit with a chance of {found.pass_rate:.2g}"
    if explained is not None and explained.told:
        chance += f", and have an explanation of this kind with one of {explained.chance:.2g}"
    match power_of(found.pass_rate):
        case Power.VOID:
            return f"none: {chance}"
        case Power.WEAK:
            return f"weak: {chance}"
        case Power.STRONG:
            return chance


def _passes(passes: int) -> str:
    return "one pass" if passes == 1 else f"{passes} passes"


def _ways(ways: Sequence[Counting]) -> str:
    return " or ".join(way.words for way in ways)


def _doubt(stated: StatedNumber, ways: Sequence[Counting]) -> str:
    if is_certain(stated, ways):
        return ""
    return "; but nobody counted the documents of the benchmark for the registry"


def _elsewhere(stated: StatedNumber, case: ScorecardCase) -> str:
    """Where the same number is printed with its passes declared."""
    key = (stated.artifact.name, stated.subject, stated.value.value)
    other = declared_passes(case).get(key)
    if other is None:
        return ""
    notes = other.number.footnotes
    footnote = f" in footnote {', '.join(notes)}" if notes else ""
    where = version_words(other.number.source)
    return f"; {where} declares {other.number.protocol.passes} passes{footnote}"
