"""The rule `claim-against-rerun`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from weighin.evidence.scorecard import ScorecardNumber
from weighin.rules.scorecard.counting.denominators import is_certain
from weighin.rules.scorecard.counting.standard_errors import (
    error_of,
    is_of_a_group,
    known_documents,
)
from weighin.rules.scorecard.interface import MeasuredScore, ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import (
    StatedNumber,
    grouped,
    in_points,
    numbers_of,
    source_words,
    stated_numbers,
)
from weighin.rules.scorecard.one_artifact import are_one
from weighin.statistics.claims import ClaimComparison, ClaimVerdict, compare_claim
from weighin.statistics.printed_numbers import PrintedNumber
from weighin.statistics.standard_errors import largest_standard_error

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAgainstRerun:
    """A published score is what another run of the same artifact gives.

    Why:
        That a re-run is "not significantly different" says little: on 198 questions nothing is.
        What counts is whether the claim is shown to be right within a margin, or shown to be wrong.

    How:
        Two one-sided tests (TOST): the claim is confirmed where the re-run is shown to lie within
        the margin of it, overstated where the re-run is lower by more than chance explains, and
        unresolved otherwise, with the documents that a confirmation would need. Half a unit of the
        last digit of both is given to both sides. Without a printed error the largest that so many
        documents can have is taken; a size that nobody counted decides nothing.

    Fix:
        Run the benchmark on more documents, or several times; or correct the claim.
    """

    id: ClassVar[str] = "claim-against-rerun"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every claim and re-run of one artifact on one benchmark."""
        shares = [s for s in stated_numbers(case) if s.is_share]
        reruns = [s for s in shares if not s.is_claim]
        by_subject = grouped(reruns, lambda s: s.subject)
        for claim in _once(s for s in shares if s.is_claim):
            for rerun in by_subject.get(claim.subject, ()):
                if are_one(claim.artifact, rerun.artifact) and _is_same_question(claim, rerun):
                    found = _held(case, claim, rerun)
                    words = "" if found.run is None else f"likewise by {found.run.words}"
                    yield replace(found, about=f"re-runs of {claim.cited}", in_short=words)


def held_against(
    case: ScorecardCase,
    claim: StatedNumber,
    run: MeasuredScore,
    others: Sequence[StatedNumber] = (),
) -> ScorecardFinding:
    """The finding on a claim and a run of the same artifact.

    Args:
        case: Gives the margin and alpha.
        claim: The claim.
        run: What was measured.
        others: Numbers of the scorecard that the run is told in.
    """
    numbers = numbers_of((claim, *others))
    rounding = float(claim.value.rounding) + run.rounding
    margin = in_points(case.margin)
    if claim.value.value > 1:
        # That it is impossible is told by itself.
        return ScorecardFinding(
            word=Word.UNRESOLVED,
            statement=f"{claim.cited} is more than all documents: no run can confirm it, and "
            f"{run.words} is not held against it",
            numbers=numbers,
            run=run,
            fix="say what the number counts in, if it is no share of documents",
        )
    if run.standard_error is None or run.standard_error <= 0:
        return ScorecardFinding(
            word=Word.UNRESOLVED,
            statement=f"{claim.cited} is not resolved by {run.words}: its standard error is not "
            "known",
            arithmetic=run.arithmetic,
            numbers=numbers,
            run=run,
            fix="state the documents or the standard error of the re-run",
        )
    if rounding >= case.margin:
        return ScorecardFinding(
            word=Word.VOID,
            statement=f"{claim.cited} is printed too coarsely to confirm it within ±{margin}",
            arithmetic=f"rounding alone may be {in_points(rounding)}",
            numbers=numbers,
            run=run,
            fix="print more digits",
        )
    compared = compare_claim(
        claimed=float(claim.value.value),
        measured=run.score,
        standard_error=run.standard_error,
        margin=case.margin,
        rounding=rounding,
        alpha=case.alpha,
    )
    return _answer(case, claim, run, compared, numbers)


def _answer(
    case: ScorecardCase,
    claim: StatedNumber,
    run: MeasuredScore,
    compared: ClaimComparison,
    numbers: tuple[ScorecardNumber, ...],
) -> ScorecardFinding:
    needed, margin = compared.documents_needed, in_points(case.margin)
    unresolved = (
        f"{claim.cited} is neither confirmed within ±{margin} nor refuted by {run.words}; some "
        f"{needed:,} documents would confirm a true claim"
    )
    word, statement = Word.UNRESOLVED, unresolved
    match compared.verdict:
        case ClaimVerdict.CONFIRMED:
            word = Word.CONSISTENT
            statement = f"{claim.cited} is confirmed within ±{margin} by {run.words}"
        case ClaimVerdict.OVERSTATED:
            word = Word.OVERSTATED
            statement = (
                f"{claim.cited} is above {run.words} by {in_points(compared.difference)}, more "
                "than chance and rounding explain"
            )
        case ClaimVerdict.UNRESOLVED:
            pass
    return ScorecardFinding(
        word=word,
        statement=statement,
        unresolved=unresolved,
        arithmetic=_arithmetic(claim, run, compared),
        numbers=numbers,
        run=run,
        p_value=min(compared.equivalence_p_value, compared.overstatement_p_value),
        kind=""
        if word is Word.OVERSTATED
        else f"neither confirmed within ±{margin} nor refuted by the re-runs of {run.by}",
        fix=_fix(word, needed),
    )


def _fix(word: Word, needed: int) -> str:
    if word is Word.CONSISTENT:
        return ""
    if word is Word.OVERSTATED:
        return "correct the claim, or publish the run that gave it"
    return f"score about {needed:,} documents of the benchmark, or fewer several times"


def _arithmetic(claim: StatedNumber, run: MeasuredScore, compared: ClaimComparison) -> str:
    rounding = float(claim.value.rounding) + run.rounding
    sign = "+" if compared.difference >= 0 else "-"
    return (
        f"run minus claim {sign}{in_points(compared.difference)}, standard error "
        f"{in_points(run.standard_error or 0.0)} ({run.arithmetic}), rounding "
        f"{in_points(rounding, 4)}; p = {compared.equivalence_p_value:.2g} against a difference of "
        f"the margin or more, p = {compared.overstatement_p_value:.2g} against no overstatement"
    )


def _once(claims: Iterator[StatedNumber]) -> Iterator[StatedNumber]:
    """Claims that several sources print alike once."""
    seen: set[tuple[str, str, PrintedNumber]] = set()
    for claim in claims:
        key = (claim.artifact.name, claim.subject, claim.value)
        if key not in seen:
            seen.add(key)
            yield claim


def _is_same_question(claim: StatedNumber, rerun: StatedNumber) -> bool:
    ours, theirs = claim.number, rerun.number
    has_one_subset = ours.protocol.subset == theirs.protocol.subset
    shots = {ours.protocol.shots, theirs.protocol.shots} - {None}
    splits = {ours.split, theirs.split} - {""}
    return (
        claim.subject == rerun.subject and has_one_subset and len(shots) < 2 and len(splits) < 2  # noqa: PLR2004  # two differ
    )


def _held(case: ScorecardCase, claim: StatedNumber, rerun: StatedNumber) -> ScorecardFinding:
    error, origin = _error(rerun)
    by = rerun.number.by or source_words(rerun.number.source)
    run = MeasuredScore(
        score=float(rerun.value.value),
        rounding=float(rerun.value.rounding),
        standard_error=error,
        words=f"the re-run with {rerun.short.partition(' on ')[0]} ({by})",
        by=by,
        arithmetic=origin,
    )
    return held_against(case, claim, run, (rerun,))


def _error(rerun: StatedNumber) -> tuple[float | None, str]:
    printed = float(error_of(rerun).value) if rerun.number.standard_error else None
    if printed is not None and not is_of_a_group(rerun):
        return printed, "as printed"
    documents = known_documents(rerun)
    is_counted = rerun.number.documents is not None or is_certain(rerun)
    if printed is not None and (documents is None or documents < _FEWEST or not is_counted):
        return None, "the printed error is of a group of tasks, by a formula that is not known"
    if documents is None or documents < _FEWEST:
        return None, "no number of documents is known"
    if not is_counted:
        return None, "nobody counted the documents of the benchmark for the registry"
    share = min(1.0, float(rerun.value.value))
    return largest_standard_error(share, documents), f"of {documents} documents"
