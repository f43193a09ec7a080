"""The rule `label-drift`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.declared.printed_alike import declared, printed_alike
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, in_short, numbers_of, version_words

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
        for alike in printed_alike(case):
            for drift in _drifts(alike):
                drifts.setdefault(drift.kind, []).append(drift)
        for same in drifts.values():
            yield _drifted(same)


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


_IN_WORDS = {
    "metric": "name of the metric",
    "shots": "number of shots",
    "passes": "number of passes",
    "votes": "number of votes",
}
