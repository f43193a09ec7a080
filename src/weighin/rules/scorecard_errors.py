"""What a printed standard error says of the documents behind a score."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from weighin.evidence.benchmarks import ScoreKind
from weighin.rules.scorecard_denominators import (
    is_certain,
    registered_countings,
    scores_another_part,
    why_no_count,
)
from weighin.rules.scorecard_interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard_numbers import StatedNumber, read_number, shown, stated_numbers
from weighin.rules.wording import listed
from weighin.statistics.printed_numbers import (
    PrintedNumber,
    attainable_counts,
    documents_from_standard_error,
)
from weighin.statistics.standard_errors import largest_standard_error

_FEWEST = 2
_MOST_CANDIDATES = 10_000
_SHOWN_CANDIDATES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAndStderrGiveN:
    """A score and its standard error belong to the number of documents that is stated.

    Why:
        A run over a few documents, with a limit that nobody declares, prints a score like any
        other. Its standard error gives it away.

    How:
        Where a document scores 0 or 1, the error is sqrt(p (1 - p) / (n - 1)); the two printed
        numbers bound n, and n must also be able to give the score. It is held against the
        documents that are stated, else against the registry's. One document more or less is let
        pass, for some harnesses divide by n.

    Fix:
        Score all documents, or state how many were scored.
    """

    id: ClassVar[str] = "score-and-stderr-give-n"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every share with an error whose documents score 0 or 1 once."""
        for stated in stated_numbers(case):
            if not stated.is_share or not stated.number.standard_error:
                continue
            if _is_one_count(stated):
                yield _documents_of(stated)


@dataclass(frozen=True, slots=True, kw_only=True)
class StderrPossible:
    """A printed standard error is one that such a score can have.

    Why:
        An error that was divided by the square root of n once too often looks ten times better
        than it is; one that is too large comes from fewer documents than are stated.

    How:
        Scores from 0 to 1 with mean p have a standard error of at most sqrt(p (1 - p) / (n - 1))
        (Bhatia and Davis), and exactly that where each is 0 or 1. The printed error must not
        exceed it, and must not be that divided by sqrt(n).

    Fix:
        Print the standard error of the mean, and the number of documents.
    """

    id: ClassVar[str] = "stderr-possible"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every share with an error and a known number of documents."""
        for stated in stated_numbers(case):
            if stated.is_share and stated.number.standard_error:
                yield from _possible(stated)


def error_of(stated: StatedNumber) -> PrintedNumber:
    """The printed standard error, in the unit of the number."""
    return read_number(
        stated.number.standard_error, stated.number.unit, f"{stated.cited}: standard error"
    )


def known_documents(stated: StatedNumber) -> int | None:
    """Documents behind a number: as stated, else as in the registry; `None` if neither says."""
    if stated.number.documents is not None:
        return stated.number.documents
    if stated.benchmark is None or scores_another_part(stated):
        return None
    return stated.benchmark.documents


def _is_one_count(stated: StatedNumber) -> bool:
    """Whether the score is one count over documents that are 0 or 1, scored once."""
    benchmark = stated.benchmark
    is_binary = benchmark is None or (
        benchmark.score is ScoreKind.BINARY
        and not benchmark.tasks
        and len(list(registered_countings(benchmark))) <= 1
    )
    has_size = benchmark is not None or stated.number.documents is not None
    return is_binary and has_size and _is_count(stated)


def _documents_of(stated: StatedNumber) -> ScorecardFinding:
    error = error_of(stated)
    try:
        bounds = documents_from_standard_error(stated.value, error)
    except ValueError:
        return ScorecardFinding(
            word=Word.VOID,
            statement=f"{stated.cited}: a standard error that rounds to 0 says nothing of n",
            numbers=(stated.number,),
            fix="print the standard error with more digits",
        )
    if len(bounds) > _MOST_CANDIDATES:
        return ScorecardFinding(
            word=Word.VOID,
            statement=f"{stated.cited}: a standard error with so few digits says nothing of n",
            numbers=(stated.number,),
            power=f"none: every n from {bounds.start} to {bounds.stop - 1} fits",
            fix="print the standard error with more digits",
        )
    candidates = [n for n in bounds if attainable_counts(stated.value, n)]
    return _held_against(stated, error, bounds, candidates)


def _held_against(
    stated: StatedNumber, error: PrintedNumber, bounds: range, candidates: list[int]
) -> ScorecardFinding:
    documents = known_documents(stated)
    printed = f"{stated.number.printed} ± {stated.number.standard_error}"
    recovered = listed([str(n) for n in candidates], _SHOWN_CANDIDATES) or "none"
    value = stated.value.value
    arithmetic = (
        f"1 + p (1 - p) / error² = {_n_at(value, error.value):.0f} for the printed digits; with "
        f"their rounding n is from {bounds.start} to {bounds.stop - 1}; of these, "
        f"{stated.number.printed} is a whole number of right answers over: {recovered}"
        if bounds
        else "no n gives these two numbers"
    )
    power = f"{len(candidates)} of all numbers of documents fit"
    if documents is not None and bounds.start - 1 <= documents <= bounds.stop:
        return ScorecardFinding(
            word=Word.CONSISTENT,
            statement=f"{stated.cited}: {printed} fits {documents} documents",
            arithmetic=arithmetic,
            numbers=(stated.number,),
            power=power,
        )
    is_stated = stated.number.documents is not None
    word = Word.IMPOSSIBLE if is_stated else Word.UNDECLARED
    if documents is None or not (is_stated or is_certain(stated)):
        word = Word.UNRESOLVED
    about = recovered if candidates else f"{bounds.start} to {bounds.stop - 1}"
    other = (
        ""
        if documents is None
        else f", not the {documents} " + ("that are stated" if is_stated else "of the benchmark")
    )
    return ScorecardFinding(
        word=word,
        statement=f"{stated.cited}: {printed} comes from {about} documents{other}",
        arithmetic=arithmetic,
        numbers=(stated.number,),
        power=power,
        fix="score all documents, or state how many were scored and which",
    )


def _n_at(value: Fraction, error: Fraction) -> float:
    return 1 + float(value * (1 - value) / error**2)


def _possible(stated: StatedNumber) -> Iterator[ScorecardFinding]:
    documents = known_documents(stated)
    if documents is None or documents < _FEWEST or not 0 < stated.value.value < 1:
        return
    error = error_of(stated)
    low, high = float(error.value - error.rounding), float(error.value + error.rounding)
    errors = [
        largest_standard_error(min(1.0, max(0.0, float(p))), documents)
        for p in _shares(stated.value)
    ]
    largest = max(errors)
    printed = f"{stated.number.printed} ± {stated.number.standard_error}"
    root = math.sqrt(documents)
    arithmetic = (
        f"sqrt(p (1 - p) / (n - 1)) with n = {documents} is {shown(largest, stated, 3)}; divided "
        f"by sqrt({documents}) it is {shown(largest / root, stated, 4)}"
    )
    is_stated = stated.number.documents is not None
    certain = is_stated or is_certain(stated)
    # With n instead of n - 1 the error is smaller, never larger.
    if low > largest:
        most = 1 + math.floor(_n_at(stated.value.value, Fraction(low)) - 1) if low > 0 else 0
        word = Word.IMPOSSIBLE if is_stated else Word.UNDECLARED
        yield ScorecardFinding(
            word=word if certain else Word.UNRESOLVED,
            statement=f"{stated.cited}: {printed} is more than {documents} documents can vary; at "
            f"most {most} documents are behind it",
            arithmetic=arithmetic,
            numbers=(stated.number,),
            fix="state how many documents were scored",
        )
    elif _is_count(stated) and high < min(errors) <= high * root and low * root <= largest:
        yield ScorecardFinding(
            word=Word.IMPOSSIBLE if certain else Word.UNRESOLVED,
            statement=f"{stated.cited}: {printed} is the standard error divided by the square root "
            "of n once too often",
            arithmetic=arithmetic,
            numbers=(stated.number,),
            fix=f"print {shown(largest, stated, 2)}",
        )
    else:
        yield ScorecardFinding(
            word=Word.CONSISTENT,
            statement=f"{stated.cited}: {documents} documents can have the error of {printed}",
            arithmetic=arithmetic,
            numbers=(stated.number,),
        )


def _is_count(stated: StatedNumber) -> bool:
    return not why_no_count(stated) and stated.number.protocol.passes in {None, 1}


def _shares(value: PrintedNumber) -> tuple[Fraction, ...]:
    """The ends of what was printed, and one half if it lies between."""
    low, high = value.value - value.rounding, value.value + value.rounding
    half = Fraction(1, 2)
    return (low, high, half) if low <= half <= high else (low, high)
