"""The rule `score-and-stderr-give-n`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.benchmarks import ScoreKind
from weighin.rules.scorecard.counting.denominators import is_certain
from weighin.rules.scorecard.counting.standard_errors import (
    error_of,
    is_count,
    known_documents,
)
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, stated_numbers
from weighin.rules.shared.wording import listed
from weighin.statistics.printed_numbers import (
    PrintedNumber,
    attainable_counts,
    documents_from_standard_error,
)
from weighin.statistics.standard_errors import documents_at

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


def _is_one_count(stated: StatedNumber) -> bool:
    """Whether the score is one count over documents that are 0 or 1, scored once."""
    benchmark = stated.benchmark
    is_binary = benchmark is None or (
        benchmark.score is ScoreKind.BINARY and not benchmark.tasks and len(stated.registered) <= 1
    )
    has_size = benchmark is not None or stated.number.documents is not None
    return is_binary and has_size and is_count(stated)


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
        f"1 + p (1 - p) / error² = {documents_at(value, error.value):.0f} for the printed "
        f"digits; with their rounding n is from {bounds.start} to {bounds.stop - 1}; of these, "
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
