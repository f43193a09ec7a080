"""Names under which one source prints two numbers of one benchmark."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from weighin.evidence.benchmarks import plain_name
from weighin.evidence.scorecard import Unit
from weighin.rules.scorecard.declared.printed_alike import declared
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    in_short,
    numbers_of,
    source_key,
    source_words,
    stated_numbers,
)
from weighin.rules.scorecard.rows.kept_apart import STAGE
from weighin.rules.shared.wording import listed

_SETTING = re.compile(
    r"(?:\w{1,8}[- _])?shots?\b|\bcot\b|chain.of.thought|\b(?:pass|maj|avg|cons)@"
    r"|\bvot(?:es?|ing)\b|temperature"
    r"|greedy|sampl(?:ed|ing)|\btools?\b|prompt(?:s|ing)?\b|effort|budget|\bmode\b|settings?\b"
    r"|quanti[sz]\w*|\b(?:int|fp|nf|w|q)\d\w*|\bbf16\b|\d[- ]?bits?\b|awq|gptq|gguf|\d{1,4} ?k\b"
    r"|\bdev\b|\b(?:validation|test) (?:set|split)\b|ablat\w+|\bsteps?\b|epochs?\b|without\b|\bw/"
    r"|score eval|log-?prob\w*|likelihood|generative|multiple.choice|exact.match|\bf1\b"
    r"|样本|少样|零样|量化|消融|提示|设置|模式",
    re.IGNORECASE,
)
"""What a heading says where a model is scored in several ways; a category is no setting."""
_DECLARED = re.compile(
    r"\s{0,4}\([^()]{0,40}?\b(shots?|pass|maj|avg|mean|cons)\b[^()]{0,40}\)$", re.IGNORECASE
)
"""Behind a label: `(5-shot)`, `(avg@32)`, which are read as its protocol."""
_SPELLING = re.compile(r"[\s_-]")
_SHOWN = 6


def names_with_two_numbers(case: ScorecardCase) -> Iterator[ScorecardFinding]:
    """A finding for every name of which one place prints numbers that are not one rounded."""
    everything = [s for s in stated_numbers(case) if s.is_claim]
    averages = Counter(_row(s) for s in everything if s.is_average)
    # A row of several groups of benchmarks has an average of each.
    claims = [s for s in everything if not s.is_average or averages[_row(s)] == 1]
    twice: dict[tuple[str, object], list[StatedNumber]] = {}
    for alike in grouped(claims, _question).values():
        if len(alike) > 1 and not _are_one_rounded(alike):
            name, place = alike[0].artifact.name, _place(alike[0])
            twice.setdefault((name, place), []).extend(alike)
    for (name, _), stated in twice.items():
        yield ScorecardFinding(
            word=Word.UNDECLARED,
            statement=f"{name} is one name with two numbers in "
            f"{source_words(stated[0].number.source)}: {in_short(numbers_of(stated))}; what tells "
            "them apart is not said",
            numbers=numbers_of(stated),
            fix="give each its own name, or say in which setting each was scored",
            kind="printed twice, with two values",
        )


def names_with_numbers_apart(case: ScorecardCase) -> Iterator[ScorecardFinding]:
    """A finding for every name of which two places, or two sources, print different numbers.

    Headings that name the stage of a model are told by `headed_apart`.
    """
    # A rating moves with every vote.
    claims = [
        s
        for s in stated_numbers(case)
        if s.is_claim and not s.is_average and s.number.unit is not Unit.RATING
    ]
    found: dict[tuple[str, str], dict[str, StatedNumber]] = {}
    unsaid: set[tuple[str, str]] = set()
    for alike in grouped(claims, _question_anywhere).values():
        for one, other in _differing(alike):
            name = (_name(one), one.number.by)
            for s in (one, other):
                found.setdefault(name, {})[f"{_place(s)} {s.number.pointer}"] = s
            if _settings(one) == _settings(other):
                unsaid.add(name)
    for name, numbers in found.items():
        stated = tuple(numbers.values())
        told = listed(tuple(f"{s.short} {_where(stated, s)}" for s in stated), _SHOWN)
        yield ScorecardFinding(
            word=Word.UNDECLARED if name in unsaid else Word.NOTE,
            statement=f"{_spelt(stated)} has different numbers: {told}; "
            + (
                "what tells them apart is not said"
                if name in unsaid
                else "the headings speak of settings"
            ),
            numbers=numbers_of(stated),
            fix="give each its own name, or say in which setting each was scored",
            kind="printed in two places, with two values",
        )


def _name(stated: StatedNumber) -> str:
    """The name without what is spelt in one way here and in another there."""
    return _SPELLING.sub("", stated.artifact.name.casefold())


def _spelt(stated: Sequence[StatedNumber]) -> str:
    """The name in each of its spellings."""
    return " or ".join(dict.fromkeys(s.artifact.name for s in stated))


def _where(stated: Sequence[StatedNumber], one: StatedNumber) -> str:
    """What tells the place of one of some numbers from those of the others."""
    source = one.number.source
    if len({source_key(s.number.source) for s in stated}) > 1:
        return f"in {source_words(source)}"
    return f"under {source.place!r}" if source.place else "under no heading"


_MOST_COMPARED = 64
"""Of one name on one benchmark: more tables than that are a log, and the first ones show it."""


def _differing(alike: Sequence[StatedNumber]) -> Iterator[tuple[StatedNumber, StatedNumber]]:
    """Pairs from two places, of which nothing that both declare differs, and the values do."""
    if len({_place(s) for s in alike}) < 2:  # noqa: PLR2004  # nothing to hold it against
        return
    for one, other in combinations(alike[:_MOST_COMPARED], 2):
        if (
            _place(one) != _place(other)
            and not any(map(STAGE.search, _headings((one, other))))
            and _may_be_declared_alike(one, other)
            and not _are_one_rounded((one, other))
        ):
            yield one, other


def _headings(stated: Sequence[StatedNumber]) -> tuple[str, ...]:
    return tuple(s.number.source.place for s in stated)


def _settings(stated: StatedNumber) -> frozenset[str]:
    """What the heading of a number says of the setting in which it was scored."""
    return frozenset(word[0].casefold() for word in _SETTING.finditer(stated.number.source.place))


def _may_be_declared_alike(one: StatedNumber, other: StatedNumber) -> bool:
    first, second = declared(one.number.protocol), declared(other.number.protocol)
    return all(second.get(field, value) == value for field, value in first.items())


def _question_anywhere(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    asked = (number.metric, number.split, number.unit, number.is_unit_sure)
    return (_name(stated), number.by, _label(stated), asked)


def _label(stated: StatedNumber) -> str:
    """The label without what is declared of shots, passes and votes in parentheses behind it."""
    return plain_name(_DECLARED.sub("", stated.number.benchmark))


def _row(stated: StatedNumber) -> tuple[object, ...]:
    line = stated.number.pointer.partition(",")[0]
    return (stated.artifact.name, _place(stated), stated.number.row, line)


def _place(stated: StatedNumber) -> tuple[object, ...]:
    return (source_key(stated.number.source), stated.number.source.place, stated.number.by)


def _question(stated: StatedNumber) -> tuple[object, ...]:
    number, protocol = stated.number, stated.number.protocol
    said = (
        protocol.shots,
        protocol.passes,
        protocol.votes,
        protocol.temperature,
        protocol.averaging,
        protocol.tools,
        protocol.effort,
        protocol.subset,
    )
    # Two labels that the registry takes for one benchmark may still be two settings of it.
    asked = (number.benchmark, number.metric, number.split, number.unit, number.is_unit_sure)
    return (stated.artifact.name, _place(stated), asked, said)


def _are_one_rounded(alike: Sequence[StatedNumber]) -> bool:
    """Whether all can be one value that was printed with more or fewer digits."""
    low = max(s.value.value - s.value.rounding for s in alike)
    high = min(s.value.value + s.value.rounding for s in alike)
    return low <= high
