"""Forest plot: how far each run is from the claim that it is held against."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.reports.scorecard.plots import svg
from weighin.reports.scorecard.plots.sheet import LANE, Axis, Sheet, grid_lines, whisker
from weighin.reports.scorecard.plots.svg import Element
from weighin.reports.shared.wording import counted
from weighin.rules.scorecard.interface import MeasuredScore, ScorecardReport, Word
from weighin.rules.scorecard.numbers import StatedNumber, in_points, shown, stated_numbers
from weighin.statistics.distributions import normal_quantile

TITLE: Final = "Claims against runs"

_HALF_OF_95: Final = normal_quantile(0.975)
_MOST_ROWS: Final = 20
_POINTS: Final = 100
_WORDS: Final = tuple(Word)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldClaim:
    """A claim, the run that it is held against, and what is said of both.

    Attributes:
        claim: The claim.
        run: The run.
        word: The answer.
    """

    claim: StatedNumber
    run: MeasuredScore
    word: Word

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the run, as shares; `None` if its standard error is not known."""
        if self.run.standard_error is None:
            return None
        half = _HALF_OF_95 * self.run.standard_error
        return max(0.0, self.run.score - half), min(1.0, self.run.score + half)

    def points_above(self, share: float) -> float:
        """By how many points a share is above the claim."""
        return (share - float(self.claim.value.value)) * _POINTS


def held_claims(report: ScorecardReport) -> tuple[HeldClaim, ...]:
    """The claims that were held against a run, the firmest word first.

    A claim that several sources print, and a run, once.
    """
    stated = {one.number: one for one in stated_numbers(report.case)}
    held = [
        HeldClaim(claim=stated[finding.numbers[0]], run=finding.run, word=finding.word)
        for _, finding in report.findings
        if finding.run is not None
    ]
    first: dict[tuple[object, ...], HeldClaim] = {}
    for one in sorted(held, key=lambda one: _WORDS.index(one.word)):
        claim = one.claim
        key = (claim.artifact.name, claim.subject, claim.value.value, claim.value.unit)
        first.setdefault((*key, one.run.score, one.run.by), one)
    return tuple(first.values())


def forest(name: str, claims: Sequence[HeldClaim], margin: float) -> str:
    """The plot as SVG: run minus claim, a row a claim.

    Args:
        name: Tells it from other plots on one page.
        claims: At least one; the first ones are drawn, and how many are not is told.
        margin: The largest difference that does not matter, a share.
    """
    by_artifact: dict[str, list[HeldClaim]] = {}
    for held in claims[:_MOST_ROWS]:
        by_artifact.setdefault(held.claim.artifact.name, []).append(held)
    drawn = [held for members in by_artifact.values() for held in members]
    axis = _axis(drawn, margin * _POINTS)
    sheet = Sheet()
    sheet.write(TITLE, is_strong=True)
    _explain(sheet, margin)
    for artifact, members in by_artifact.items():
        sheet.skip(14)
        sheet.write(artifact, is_strong=True, most_lines=1)
        for held in members:
            _row(sheet, axis, held, margin * _POINTS)
            sheet.skip(8)
    sheet.write_axis(axis, "run minus claim, in percentage points")
    if rest := len(claims) - len(drawn):
        sheet.skip(6)
        sheet.write(f"{counted(rest, 'further pair')} not drawn: the report tells them all")
    return sheet.finished(name, TITLE)


def _axis(claims: Sequence[HeldClaim], margin: float) -> Axis:
    ends = [-margin, margin]
    for held in claims:
        ends += [held.points_above(end) for end in held.interval or (held.run.score,)]
        ends.append(held.points_above(held.run.score))
    return Axis.around(ends)


def _explain(sheet: Sheet, margin: float) -> None:
    sheet.explain(_run_symbol(), "the run, with its 95 % interval")
    sheet.explain([svg.box(-2, -9, 4, 18, "claim fine")], "the claim, as wide as its rounding")
    sheet.explain(
        [svg.box(-14, -8, 28, 16, "band")], f"within {in_points(margin)}, which does not matter"
    )


def _run_symbol() -> list[Element]:
    caps = [svg.line(x, -5, x, 5, "run bold") for x in (-13, 13)]
    return [svg.line(-13, 0, 13, 0, "run bold"), *caps, svg.circle(0, 0, 5, "run fine")]


def _row(sheet: Sheet, axis: Axis, held: HeldClaim, margin: float) -> None:
    claim, run, interval = held.claim, held.run, held.interval
    reach = "error not known"
    if interval is not None:
        low, high = (shown(end, claim).partition(" ")[0] for end in interval)
        reach = f"{low} to {high}"
    score = shown(run.score, claim).partition(" ")[0]
    sheet.write(claim.number.benchmark, right=held.word)
    sheet.write(f"claim {claim.number.printed}, run {score} ({reach}), {run.by}")
    sheet.skip(3)
    top, middle = sheet.y, sheet.y + LANE / 2
    left, right = axis.at(-margin), axis.at(margin)
    sheet.draw(svg.box(left, top, right - left, LANE, "band"), *grid_lines(axis, top))
    rounding = float(claim.value.rounding) * _POINTS
    left, right = axis.at(-rounding), axis.at(rounding)
    sheet.draw(svg.box(left, top, max(1.0, right - left), LANE, "claim fine"))
    if interval is not None:
        low_end, high_end = (held.points_above(end) for end in interval)
        sheet.draw(*whisker(axis, low_end, high_end, middle, "run"))
    sheet.draw(svg.circle(axis.at(held.points_above(run.score)), middle, 5, "run fine"))
    sheet.skip(LANE)
