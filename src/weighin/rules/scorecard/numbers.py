"""The numbers of a scorecard with what is known of each, and how findings name them."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from weighin.errors import EvidenceError
from weighin.evidence.benchmarks import Benchmark, plain_name
from weighin.evidence.scorecard import Artifact, Role, ScorecardNumber, Source, Unit
from weighin.rules.scorecard.counting.ways import Counting, distinct, registered_countings
from weighin.rules.scorecard.interface import ScorecardCase
from weighin.rules.shared.wording import listed
from weighin.statistics.printed_numbers import PrintedNumber, printed_number

_Key = TypeVar("_Key", bound=Hashable)
_HUNDRED = 100
_MINUS = "-"
_MOST_PRINTED = 12
_AVERAGE = re.compile(
    r"(overall|macro|micro)?(average|avg|mean|overall)(score)?(%|pct)?"
    r"|(总|總|综合)?(平均|均值)(分|分数|值|値|得分|成绩|准确率|精度)?|平均スコア|평균(점수)?"
    r"|durchschnitt|mittelwert|moyenne|promedio|media|média|średnia|trungbình|ortalama"
    r"|средн(ее|яя|ий)"  # noqa: RUF001  # Russian
)
_SHARES = (Unit.PERCENT, Unit.SHARE)
_OF_A_GROUP = re.compile(
    r"(?<![a-z])(?:avg|average)(?![a-z@]| ?@| (?:of|over) | ?\d|[_-][a-z0-9]{1,30}[_-])"
)
"""Of some columns: `Math Avg`; not `avg@64` or `average over 4 runs`, which are a protocol.

Nor `average_word_embeddings`, which is a name.
"""
_UNITS = {Unit.PERCENT: " %", Unit.RATING: " points"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedNumber:
    """A number with its artifact and its benchmark.

    Attributes:
        number: As printed.
        artifact: What it is claimed of.
        benchmark: As in the registry; `None` if it does not know it.
        value: The printed number, read; a share where it was a percentage.
        subject: The benchmark under one name, however it is printed.
        registered: The ways in which the registry says that it is counted.
    """

    number: ScorecardNumber
    artifact: Artifact
    benchmark: Benchmark | None
    value: PrintedNumber
    subject: str
    registered: tuple[Counting, ...]

    @property
    def is_share(self) -> bool:
        """Whether it is a part of a whole, so that counting applies, and nobody need ask."""
        number = self.number
        return number.is_unit_sure and number.unit in _SHARES and number.printed[0] != _MINUS

    @property
    def is_below_none(self) -> bool:
        """Whether it is said to be a part of a whole, and lies below zero as none does."""
        number = self.number
        is_signed = number.printed[0] == _MINUS and self.value.value < 0
        return is_signed and number.is_unit_sure and number.unit in _SHARES

    @property
    def is_claim(self) -> bool:
        """Whether it was published of the model, and is no re-run."""
        return self.number.role is Role.CLAIM

    @property
    def is_average(self) -> bool:
        """Whether it is a mean of what stands beside it, and no benchmark."""
        if self.benchmark is not None:
            return False
        label = self.number.benchmark.casefold()
        return bool(_AVERAGE.fullmatch(self.subject) or _OF_A_GROUP.search(label))

    @property
    def cited(self) -> str:
        """The number in a sentence, with its benchmark and its source."""
        return cited(self.number)

    @property
    def short(self) -> str:
        """The number in a sentence, with its benchmark."""
        return _alone(self.number)


def stated_numbers(case: ScorecardCase) -> tuple[StatedNumber, ...]:
    """Every number of every scorecard, in their order.

    Raises:
        EvidenceError: A number is of an artifact that its scorecard does not list, or has no digit.
    """
    if not case.stated:
        case.stated.extend(_read(case))
        for stated in case.stated:
            if stated.number.protocol.passes not in {None, 1}:
                key = (stated.artifact.name, stated.subject, stated.value.value)
                case.several.setdefault(key, stated)
    return tuple(case.stated)


def _read(case: ScorecardCase) -> Iterator[StatedNumber]:
    benchmarks: dict[str, tuple[Benchmark | None, tuple[Counting, ...]]] = {}
    for scorecard in case.scorecards:
        artifacts = {artifact.name: artifact for artifact in scorecard.artifacts}
        for number in scorecard.numbers:
            place = f"{scorecard.file}: {number.pointer or number.benchmark}"
            if number.artifact not in artifacts:
                raise EvidenceError(
                    f"{place}: expected an artifact that the scorecard lists, found "
                    f"{number.artifact!r}; add it to its artifacts"
                )
            name = number.registered_as or number.benchmark
            if name not in benchmarks:
                known = case.registry.find(name)
                ways = () if known is None else distinct(registered_countings(known))
                benchmarks[name] = (known, ways)
            benchmark, registered = benchmarks[name]
            yield StatedNumber(
                number=number,
                artifact=artifacts[number.artifact],
                benchmark=benchmark,
                value=read_number(number.printed, number.unit, place),
                subject=plain_name(number.benchmark) if benchmark is None else benchmark.id,
                registered=registered,
            )


def declared_passes(case: ScorecardCase) -> Mapping[tuple[str, str, Fraction], StatedNumber]:
    """The numbers for which several passes are declared, by artifact, benchmark and value."""
    if not case.stated:
        stated_numbers(case)
    return case.several


def passes_in(source: Source, subject: str) -> str:
    """What findings have in common that are of the passes of a benchmark in one source."""
    return f"passes of {subject} in {version_words(source)}"


def read_number(text: str, unit: Unit, place: str) -> PrintedNumber:
    """A printed number or standard error in the unit of its column.

    Raises:
        EvidenceError: It has no digit.
    """
    try:
        return printed_number(text, is_percentage=unit is Unit.PERCENT)
    except ValueError as error:
        raise EvidenceError(f"{place}: {error}") from error


def grouped(
    numbers: Iterable[StatedNumber], key: Callable[[StatedNumber], _Key]
) -> Mapping[_Key, tuple[StatedNumber, ...]]:
    """Numbers by a key, in their order."""
    groups: dict[_Key, list[StatedNumber]] = {}
    for number in numbers:
        groups.setdefault(key(number), []).append(number)
    return {found: tuple(members) for found, members in groups.items()}


def source_key(source: Source) -> tuple[str, str, str, str]:
    """What tells one source or version of it from another; the place in it does not."""
    return (source.title, source.url, source.date, source.commit)


def source_words(source: Source) -> str:
    """A source in a sentence, with what tells its versions apart."""
    details = [source.date, source.place, source.commit[:10]]
    told = ", ".join(detail for detail in details if detail)
    return f"{source.title} ({told})" if told else source.title


def version_words(source: Source) -> str:
    """A version of a source in a sentence, whatever place in it is meant."""
    return source_words(source.model_copy(update={"place": ""}))


def shown(value: Fraction | float, like: StatedNumber, digits: int = 1) -> str:
    """A value in the unit of a number, with some digits more than it was printed with."""
    decimals = len(like.number.printed.partition(".")[2]) + digits
    scale = _HUNDRED if like.number.unit is Unit.PERCENT else 1
    return f"{float(value) * scale:.{decimals}f}{_UNITS.get(like.number.unit, '')}"


def in_points(share: float, digits: int = 2) -> str:
    """A difference of shares in percentage points, without trailing zeros."""
    told = f"{abs(share) * _HUNDRED:.{digits}f}".rstrip("0").rstrip(".")
    return f"{told} points"


def cited(number: ScorecardNumber) -> str:
    """A number in a sentence, with its benchmark, its artifact and its source."""
    return f"{_alone(number)} ({number.artifact}, {number.source.title})"


def _alone(number: ScorecardNumber) -> str:
    return f"{number.printed}{_unit(number)} on {number.benchmark}"


def _unit(number: ScorecardNumber) -> str:
    """Its unit behind a number; none where that is not sure."""
    return _UNITS.get(number.unit, "") if number.is_unit_sure else ""


def in_short(numbers: Iterable[ScorecardNumber], most: int = 6) -> str:
    """Numbers in a sentence, those of one benchmark together: `57.2, 69.8 % on GPQA Diamond`.

    Args:
        numbers: The numbers; equal ones are told once.
        most: The most benchmarks that are told.
    """
    told: dict[tuple[str, str], dict[str, None]] = {}
    for number in numbers:
        key = (number.benchmark, _unit(number))
        told.setdefault(key, {})[number.printed] = None
    parts = [f"{_first(tuple(printed))}{unit} on {on}" for (on, unit), printed in told.items()]
    return listed(parts, most)


def _first(printed: tuple[str, ...]) -> str:
    if len(printed) <= _MOST_PRINTED:
        return ", ".join(printed)
    return f"{', '.join(printed[:_MOST_PRINTED])} and {len(printed) - _MOST_PRINTED:,} more"


def numbers_of(stated: Iterable[StatedNumber]) -> tuple[ScorecardNumber, ...]:
    """The printed numbers, for a finding."""
    return tuple(one.number for one in stated)
