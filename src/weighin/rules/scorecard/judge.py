"""Applies every check to a scorecard and corrects for their number. Doubt is never success."""

from collections.abc import Sequence
from dataclasses import replace

from weighin.errors import WeighinError
from weighin.files.collector import without_collector
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS
from weighin.rules.scorecard.declared.disclosed import Disclosures
from weighin.rules.scorecard.interface import (
    ScorecardCase,
    ScorecardCheck,
    ScorecardFinding,
    ScorecardReport,
    Word,
)
from weighin.rules.shared.wording import count
from weighin.statistics.multiplicity import holm

_SMALLEST_TOLD = 1e-15
_SPEAKS_AGAINST = frozenset(
    {Word.IMPOSSIBLE, Word.DIFFERENT_ARTIFACT, Word.OVERSTATED, Word.UNDECLARED, Word.UNUSUAL}
)


@without_collector()
def judge_scorecard(
    case: ScorecardCase, checks: Sequence[type[ScorecardCheck]] = SCORECARD_CHECKS
) -> ScorecardReport:
    """What all checks say of a scorecard.

    A finding with a p-value is held against the case's alpha after Holm's correction over all of
    them; one that does not survive it becomes UNRESOLVED, or
    what else its check says. Exact findings are not touched.

    Args:
        case: What is judged.
        checks: The checks.

    Raises:
        WeighinError: The scorecard contradicts itself, for example a number of no artifact.
    """
    found = [(check.id, finding) for check in checks for finding in _findings(check(), case)]
    disclosures = Disclosures(case.scorecards)
    adjusted = iter(holm([f.p_value for _, f in found if f.p_value is not None]))
    tests = sum(f.p_value is not None for _, f in found)
    return ScorecardReport(
        case=case,
        findings=tuple(
            (
                check,
                _with_disclosures(
                    finding
                    if finding.p_value is None
                    else _corrected(finding, next(adjusted), tests, case.alpha),
                    disclosures,
                ),
            )
            for check, finding in found
        ),
    )


def _with_disclosures(finding: ScorecardFinding, disclosures: Disclosures) -> ScorecardFinding:
    """The finding with what the sources say beside its numbers, where it speaks against them."""
    if finding.word not in _SPEAKS_AGAINST:
        return finding
    said = (*disclosures.sentences(finding.numbers), *finding.disclosed)
    return replace(finding, disclosed=tuple(dict.fromkeys(said))) if said else finding


def _findings(check: ScorecardCheck, case: ScorecardCase) -> list[ScorecardFinding]:
    """What a check found; that it failed, if it did."""
    found: list[ScorecardFinding] = []
    try:
        found.extend(check.check(case))
    except WeighinError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever stops a check, the others must be told
        found.append(
            ScorecardFinding(
                word=Word.UNRESOLVED,
                statement=f"the check failed: {type(error).__name__}: {error}",
                fix="report this with the scorecard: a check must decide or say nothing",
            )
        )
    return found


def _corrected(
    finding: ScorecardFinding, p_value: float, tests: int, alpha: float
) -> ScorecardFinding:
    """The finding with its adjusted p-value; UNRESOLVED where it does not survive."""
    told = f"p = {p_value:.2g}" if p_value >= _SMALLEST_TOLD else f"p < {_SMALLEST_TOLD:.0g}"
    corrected = f"{told} after correction for {count(tests, 'test')}"
    arithmetic = "; ".join(part for part in (finding.arithmetic, corrected) if part)
    changed = replace(finding, p_value=p_value, arithmetic=arithmetic)
    if p_value < alpha or finding.word is Word.UNRESOLVED:
        return changed
    return replace(
        changed, word=finding.otherwise, statement=finding.unresolved or finding.statement
    )
