"""Ratings of the artifacts of one name, snapshot by snapshot, and the gap between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from weighin.reports.scorecard.plots import svg
from weighin.reports.scorecard.plots.sheet import LANE, Axis, Sheet, grid_lines, whisker
from weighin.reports.scorecard.plots.svg import Element
from weighin.reports.shared.wording import counted
from weighin.rules.scorecard.interface import ScorecardCase
from weighin.rules.scorecard.numbers import StatedNumber, grouped, source_key, source_words
from weighin.rules.scorecard.ratings import (
    Choice,
    RatingGap,
    choice_behind,
    half_widths,
    rating_gaps,
    ratings_of,
)

_MOST_SNAPSHOTS: Final = 24
_MOST_ARTIFACTS: Final = 4
_STYLES: Final = ("claim", "run", "ink", "ink hollow")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedName:
    """The ratings under one name on one board.

    Attributes:
        name: The public name.
        board: As printed.
        snapshots: By what tells them apart, the oldest first; each at least one rating.
        gaps: The largest gap of a snapshot, where it rates two artifacts.
        choices: The choice behind the higher rating of that gap, where one is known.
    """

    name: str
    board: str
    snapshots: Mapping[tuple[str, ...], tuple[StatedNumber, ...]]
    gaps: Mapping[tuple[str, ...], RatingGap]
    choices: Mapping[tuple[str, ...], Choice]

    @property
    def title(self) -> str:
        """What the plot of it shows."""
        return f"{self.name} on {self.board}: rating gap"

    @property
    def artifacts(self) -> tuple[str, ...]:
        """Names of what was rated, in the order of the gaps: the higher first."""
        of_gaps = [(gap.high, gap.low) for gap in self.gaps.values()]
        rated = [one for pair in of_gaps for one in pair]
        rated += [one for ratings in self.snapshots.values() for one in ratings]
        return tuple(dict.fromkeys(one.artifact.name for one in rated))


def rated_names(case: ScorecardCase) -> tuple[RatedName, ...]:
    """Every name and board with a gap between two artifacts in some snapshot."""
    ratings = ratings_of(case)
    largest: dict[tuple[str, str], dict[tuple[str, ...], RatingGap]] = {}
    for gap in rating_gaps(case):
        of_name = largest.setdefault(_board(gap.high), {})
        known = of_name.get(_snapshot(gap.high))
        if known is None or gap.points > known.points:
            of_name[_snapshot(gap.high)] = gap
    by_board = grouped(ratings, _board)
    found: list[RatedName] = []
    for board, gaps in largest.items():
        snapshots = grouped(sorted(by_board[board], key=_date), _snapshot)
        choices = {key: choice_behind(gap, ratings) for key, gap in gaps.items()}
        first = by_board[board][0]
        found.append(
            RatedName(
                name=first.artifact.claimed_as,
                board=first.number.benchmark,
                snapshots=snapshots,
                gaps=gaps,
                choices={key: one for key, one in choices.items() if one is not None},
            )
        )
    return tuple(found)


def rating_gap(name: str, rated: RatedName) -> str:
    """The plot as SVG: a lane a snapshot, from the oldest to the latest."""
    drawn = tuple(rated.snapshots)[-_MOST_SNAPSHOTS:]
    names = rated.artifacts[:_MOST_ARTIFACTS]
    axis = _axis(rated, drawn, names)
    sheet = Sheet()
    sheet.write(rated.title, is_strong=True)
    for index, artifact in enumerate(names):
        sheet.explain(_symbol(index), artifact)
    for choice in tuple(rated.choices.values())[:1]:
        sheet.explain(
            [svg.box(-14, -8, 28, 16, "band")],
            f"what the luck of the best of {choice.variants} equal variants explains: "
            f"+{choice.inflation:.1f} points",
        )
    for key in drawn:
        sheet.skip(10)
        _lane(sheet, axis, rated, key, names)
    sheet.skip(4)
    sheet.write_axis(axis, "rating, 95 % interval; snapshots do not compare")
    _tell_the_rest(sheet, rated, len(drawn), len(names))
    return sheet.finished(name, rated.title)


def _tell_the_rest(sheet: Sheet, rated: RatedName, drawn: int, names: int) -> None:
    if rest := len(rated.snapshots) - drawn:
        sheet.write(f"{counted(rest, 'earlier snapshot')} not drawn")
    if rest := len(rated.artifacts) - names:
        sheet.write(f"{counted(rest, 'further artifact')} not drawn")


def _board(stated: StatedNumber) -> tuple[str, str]:
    return stated.artifact.claimed_as, stated.subject


def _snapshot(stated: StatedNumber) -> tuple[str, ...]:
    return (*source_key(stated.number.source), stated.number.metric)


def _date(stated: StatedNumber) -> str:
    return stated.number.source.date


def _axis(rated: RatedName, drawn: Sequence[tuple[str, ...]], names: Sequence[str]) -> Axis:
    ends: list[float] = []
    for key in drawn:
        for one in _of(rated.snapshots[key], names):
            above, below = half_widths(one)
            value = float(one.value.value)
            ends += [value - below, value + above]
    return Axis.around(ends)


def _of(ratings: Sequence[StatedNumber], names: Sequence[str]) -> list[StatedNumber]:
    """The ratings of some artifacts, in the order of their names."""
    known = [one for one in ratings if one.artifact.name in names]
    return sorted(known, key=lambda one: names.index(one.artifact.name))


def _lane(
    sheet: Sheet, axis: Axis, rated: RatedName, key: tuple[str, ...], names: Sequence[str]
) -> None:
    ratings, gap = _of(rated.snapshots[key], names), rated.gaps.get(key)
    if not ratings:
        return
    apart = "one artifact rated"
    if gap is not None:
        apart = f"{gap.points:.0f} ± {gap.error:.1f} points apart"
    source = ratings[0].number.source
    sheet.write(source.date or source_words(source), right=apart, is_strong=True, most_lines=1)
    for one in ratings:
        above, below = one.number.interval or ("", "")
        sheet.explain(
            _symbol(names.index(one.artifact.name)),
            f"{one.number.printed} ({above} {below})",
            instead=f"{one.artifact.name} {one.number.printed} ({above} {below})",
        )
    sheet.skip(3)
    sheet.draw(*_gap(axis, gap, rated.choices.get(key), sheet.y), *grid_lines(axis, sheet.y))
    for one in ratings:
        sheet.draw(*_rating(axis, one, names.index(one.artifact.name), sheet.y + LANE / 2))
    sheet.skip(LANE)


def _gap(axis: Axis, gap: RatingGap | None, choice: Choice | None, top: float) -> list[Element]:
    """The gap as a line, and how much of it luck explains as a band."""
    if gap is None:
        return []
    low, high = float(gap.low.value.value), float(gap.high.value.value)
    left, middle = axis.at(low), top + LANE / 2
    lead = svg.line(left, middle, axis.at(high), middle, "faint fine")
    if choice is None:
        return [lead]
    right = axis.at(low + choice.inflation)
    return [svg.box(left, top, right - left, LANE, "band"), lead]


def _rating(axis: Axis, stated: StatedNumber, index: int, y: float) -> list[Element]:
    above, below = half_widths(stated)
    value = float(stated.value.value)
    style = _STYLES[index].split(" ", maxsplit=1)[0]
    interval = whisker(axis, value - below, value + above, y, style)
    return [*interval, _marker(index, axis.at(value), y)]


def _symbol(index: int) -> list[Element]:
    return [_marker(index, 0, 0)]


def _marker(index: int, x: float, y: float) -> Element:
    """A shape of its own for every artifact, so that colour is not needed."""
    style = f"{_STYLES[index]} fine"
    shapes = (
        [(x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6)],
        None,
        [(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)],
        [(x - 6, y + 5), (x, y - 6), (x + 6, y + 5)],
    )
    points = shapes[index]
    return svg.circle(x, y, 5, style) if points is None else svg.polygon(points, style)
