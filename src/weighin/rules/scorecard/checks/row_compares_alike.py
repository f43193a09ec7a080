"""The rule `row-compares-alike`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weighin.rules.scorecard.counting.denominators import (
    countings,
    fit,
    is_certain,
    pass_rate,
    why_not_counted,
)
from weighin.rules.scorecard.declared.printed_alike import declared
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    numbers_of,
    passes_in,
    source_key,
    source_words,
    stated_numbers,
)
from weighin.rules.shared.wording import listed
from weighin.statistics.printed_numbers import Attainability, Power, power_of

_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RowComparesAlike:
    """The numbers that a table puts side by side were made in one way.

    Why:
        A mean of several passes beside a single pass, or five examples beside none, compares
        settings, not models.

    How:
        Numbers of several artifacts on one benchmark and metric in one place of one source: shots,
        passes and votes that differ as declared, or passes and votes that are declared for some
        alone; and, by counting, numbers of which one fits a single pass while another cannot come
        from one; that the first was made so is not shown.

    Fix:
        Score all of them in one way, or mark those that are not.
    """

    id: ClassVar[str] = "row-compares-alike"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every row whose numbers were made in different ways."""
        shares = [s for s in stated_numbers(case) if s.is_share and s.is_claim]
        for row in grouped(shares, _row_key).values():
            if len({s.artifact.name for s in row}) > 1:
                yield from _unlike(row)


def _row_key(stated: StatedNumber) -> tuple[object, ...]:
    number = stated.number
    return (source_key(number.source), number.source.place, stated.subject, number.metric)


def _unlike(row: Sequence[StatedNumber]) -> Iterator[ScorecardFinding]:
    where = f"the numbers on {row[0].number.benchmark} in {source_words(row[0].number.source)}"
    differing: list[str] = []
    in_short: list[str] = []
    of_each = [(stated.artifact.name, declared(stated.number.protocol)) for stated in row]
    for field in ("shots", "passes", "votes"):
        said = {name: protocol[field] for name, protocol in of_each if field in protocol}
        silent = [name for name, _ in of_each if name not in said]
        # No number of shots is no statement; but without passes or votes readers take one of each.
        is_told_of_some = field != "shots" and bool(silent) and set(said.values()) - {"1"}
        if len(set(said.values())) > 1 or is_told_of_some:
            values = listed(tuple(dict.fromkeys(said.values())), _SHOWN)
            alone = f", declared for {listed(tuple(said), _SHOWN)} alone" if silent else ""
            in_short.append(f"{field} {values}{alone}")
            differing.append(
                f"{field} "
                + ", ".join(
                    (
                        *(f"{value} for {name}" for name, value in said.items()),
                        *(f"not declared for {name}" for name in silent),
                    )
                )
            )
    if differing:
        yield ScorecardFinding(
            word=Word.UNDECLARED,
            statement=f"{where} are not declared to be made in one way: {'; '.join(in_short)}",
            arithmetic="; ".join(differing),
            numbers=numbers_of(row),
            fix="score all of them in one way, or mark those that are not",
        )
    single, several = _by_counting(row)
    if single and several:
        yield ScorecardFinding(
            word=Word.UNDECLARED,
            statement=f"{where} are not all of one pass, though some fit one; whether they were "
            "made in one way is not said",
            arithmetic=f"{', '.join(s.number.printed for s in single)} fit one pass, "
            f"{', '.join(s.number.printed for s in several)} cannot come from one",
            numbers=numbers_of(row),
            power="a number of several passes may fit one by chance",
            follows_from=passes_in(row[0].number.source, row[0].subject),
            fix="declare the passes of each",
        )


def _by_counting(
    row: Sequence[StatedNumber],
) -> tuple[tuple[StatedNumber, ...], tuple[StatedNumber, ...]]:
    """The numbers that fit one pass and those that cannot, where counting tells them apart."""
    single: list[StatedNumber] = []
    several: list[StatedNumber] = []
    for stated in row:
        ways = countings(stated)
        if why_not_counted(stated) or not is_certain(stated, ways):
            continue
        if power_of(pass_rate(stated.value, ways)) is not Power.STRONG:
            continue
        found = fit(stated.value, ways)
        if found.attainability is Attainability.ROUNDED:
            single.append(stated)
        elif found.attainability is Attainability.NONE:
            several.append(stated)
    return tuple(single), tuple(several)
