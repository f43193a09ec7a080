"""One number in several places, or versions of one: what each says of how it was made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.scorecard import Protocol
from weighin.rules.scorecard_interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard_numbers import (
    StatedNumber,
    grouped,
    in_short,
    numbers_of,
    source_key,
    stated_numbers,
    version_words,
)
from weighin.rules.wording import listed

_IN_WORDS = {"shots": "number of shots", "passes": "number of passes", "votes": "number of votes"}
_SYNONYMS = {"accuracy": "acc", "exact_match": "em"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDrift:
    """The same number has the same label in every version.

    Why:
        A metric, a number of shots or a split that changes from one version of a card to the next
        while the value stays was wrong in one of them.

    How:
        Numbers of one artifact on one benchmark that are printed alike in different sources, or
        versions of one, and declare different metrics, splits, shots, passes, votes, averaging or
        tools.

    Fix:
        Say which label holds, and score again where the value belongs to the other one.
    """

    id: ClassVar[str] = "label-drift"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every label that differs between two sources, with all its numbers."""
        drifts: dict[tuple[object, ...], list[_Drift]] = {}
        for alike in _printed_alike(case):
            for drift in _drifts(alike):
                drifts.setdefault(drift.kind, []).append(drift)
        for same in drifts.values():
            yield _drifted(same)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEverywhere:
    """What one source declares of a number, the others that print it declare, too.

    Why:
        Readers of a table do not see the footnote of a blog. A number that needs several passes,
        votes or a tool is another number without that remark.

    How:
        Numbers of one artifact on one benchmark that are printed alike in different sources, of
        which one declares passes, votes, shots, temperature, effort, tools or a subset and another
        does not.

    Fix:
        Repeat the declaration wherever the number is printed.
    """

    id: ClassVar[str] = "declared-everywhere"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for everything that some sources declare and others do not."""
        gaps: dict[tuple[str, ...], list[tuple[StatedNumber, Mapping[str, StatedNumber]]]] = {}
        for alike in _printed_alike(case):
            for stated in alike:
                if missing := _missing(stated, alike):
                    gaps.setdefault(tuple(_declarations(missing)), []).append((stated, missing))
        for same in gaps.values():
            yield _left_out(same)


def _printed_alike(case: ScorecardCase) -> Iterator[tuple[StatedNumber, ...]]:
    """Numbers that several sources print of one artifact on one benchmark."""
    claims = [s for s in stated_numbers(case) if s.is_claim]
    by_value = grouped(claims, lambda s: (s.artifact.name, s.subject, s.value, s.number.unit))
    for alike in by_value.values():
        if len({source_key(s.number.source) for s in alike}) > 1:
            yield alike


def declared(protocol: Protocol) -> Mapping[str, str]:
    """What a protocol declares, by the word for it."""
    found = {
        "shots": protocol.shots,
        "passes": protocol.passes,
        "votes": protocol.votes,
        "temperature": None if protocol.temperature is None else f"{protocol.temperature:g}",
        "effort": protocol.effort or None,
        "tools": protocol.tools or None,
        "subset": protocol.subset or None,
        "averaging": protocol.averaging or None,
    }
    return {field: str(value) for field, value in found.items() if value is not None}


def _missing(stated: StatedNumber, alike: Sequence[StatedNumber]) -> Mapping[str, StatedNumber]:
    """What others declare of a number and it does not: who says it, by the word for it."""
    ours = declared(stated.number.protocol)
    missing: dict[str, StatedNumber] = {}
    for other in alike:
        for field in declared(other.number.protocol).keys() - ours.keys():
            missing.setdefault(field, other)
    return missing


def _declarations(missing: Mapping[str, StatedNumber]) -> Iterator[str]:
    for field, other in sorted(missing.items()):
        value = declared(other.number.protocol)[field]
        yield f"{field} {value} in {version_words(other.number.source)}"


def _left_out(
    same: Sequence[tuple[StatedNumber, Mapping[str, StatedNumber]]],
) -> ScorecardFinding:
    """The finding on numbers of which some sources declare what others leave out."""
    missing = same[0][1]
    silent = tuple(dict.fromkeys(stated.number.source.title for stated, _ in same))
    telling = tuple(dict.fromkeys(other.number.source.title for other in missing.values()))
    numbers = numbers_of(stated for stated, _ in same)
    others = numbers_of(other for _, found in same for other in found.values())
    return ScorecardFinding(
        word=Word.UNDECLARED,
        statement=f"{in_short(numbers)}: {listed(tuple(sorted(missing)))} declared in "
        f"{listed(telling)}, not in {listed(silent)}",
        arithmetic="; ".join(_declarations(missing)),
        numbers=tuple(dict.fromkeys((*numbers, *others))),
        fix=f"repeat the declaration in {listed(silent)}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drift:
    """One number, and the sources that label it differently in one respect.

    Attributes:
        field: What differs.
        labels: The numbers that have each label; both in the order of their dates.
    """

    field: str
    labels: Mapping[str, tuple[StatedNumber, ...]]

    @property
    def kind(self) -> tuple[object, ...]:
        """What numbers have in common that one decision labelled anew."""
        first = next(iter(self.labels.values()))[0]
        return (first.number.benchmark, self.field, tuple(sorted(tuple(self.labels)[-2:])))


def _drifts(alike: Sequence[StatedNumber]) -> Iterator[_Drift]:
    by_field: dict[str, dict[str, tuple[StatedNumber, ...]]] = {}
    for stated in sorted(alike, key=lambda s: s.number.source.date):
        for field, value in _label(stated).items():
            labels = by_field.setdefault(field, {})
            known = next((label for label in labels if _is_same_label(value, label)), value)
            labels[known] = (*labels.get(known, ()), stated)
    for field, labels in by_field.items():
        if len(labels) > 1:
            yield _Drift(field=field, labels=labels)


def _label(stated: StatedNumber) -> Mapping[str, str]:
    named = {"metric": stated.number.metric, "split": stated.number.split}
    found = {field: value for field, value in named.items() if value}
    return {**found, **declared(stated.number.protocol)}


def _is_same_label(first: str, second: str) -> bool:
    """Whether two labels say the same, or one says it with less: `em` and `average/em`."""
    ours, theirs = (_SYNONYMS.get(text.casefold(), text.casefold()) for text in (first, second))
    return ours == theirs or ours.endswith(f"/{theirs}") or theirs.endswith(f"/{ours}")


def _drifted(same: Sequence[_Drift]) -> ScorecardFinding:
    """The finding on numbers that were labelled anew in one way."""
    found: dict[str, list[StatedNumber]] = {}
    for drift in same:
        for label, stated in drift.labels.items():
            found.setdefault(label, []).extend(stated)
    labels = sorted(found.items(), key=lambda item: item[1][0].number.source.date)
    told = "; ".join(
        f"{label} in " + ", ".join(dict.fromkeys(version_words(s.number.source) for s in stated))
        for label, stated in labels
    )
    numbers = tuple(dict.fromkeys(numbers_of(s for _, stated in labels for s in stated)))
    field = _IN_WORDS.get(same[0].field, same[0].field)
    return ScorecardFinding(
        word=Word.UNDECLARED,
        statement=f"{in_short(numbers_of(next(iter(d.labels.values()))[0] for d in same))}: the "
        f"{field} changed from source to source, the value did not: "
        + ", ".join(label for label, _ in labels),
        arithmetic=told,
        numbers=numbers,
        fix="say which label holds",
    )
