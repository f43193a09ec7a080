"""The rule `stderr-possible`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from weighin.rules.scorecard.counting.denominators import is_certain
from weighin.rules.scorecard.counting.standard_errors import (
    FEWEST_DOCUMENTS,
    error_of,
    is_count,
    is_of_a_group,
    known_documents,
)
from weighin.rules.scorecard.interface import ScorecardCase, ScorecardFinding, Word
from weighin.rules.scorecard.numbers import StatedNumber, shown, stated_numbers
from weighin.statistics.printed_numbers import PrintedNumber
from weighin.statistics.standard_errors import documents_at, largest_standard_error


@dataclass(frozen=True, slots=True, kw_only=True)
class StderrPossible:
    """A printed standard error is one that such a score can have.

    Why:
        An error that was divided by the square root of n once too often looks ten times better
        than it is; one that is too large comes from fewer documents than are stated.

    How:
        Scores from 0 to 1 with mean p have a standard error of at most sqrt(p (1 - p) / (n - 1))
        (Bhatia and Davis), and exactly that where each is 0 or 1. The printed error must not
        exceed it, and must not be that divided by sqrt(n). The error of a group of tasks is left
        out: lm-eval before 0.4.2 combined it by another formula, and a table says no version.

    Fix:
        Print the standard error of the mean, and the number of documents.
    """

    id: ClassVar[str] = "stderr-possible"

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """A finding for every share with an error and a known number of documents."""
        for stated in stated_numbers(case):
            if stated.is_share and stated.number.standard_error:
                yield from _possible(stated)


def _possible(stated: StatedNumber) -> Iterator[ScorecardFinding]:
    documents = known_documents(stated)
    if is_of_a_group(stated):
        yield _of_a_group(stated)
        return
    if documents is None or documents < FEWEST_DOCUMENTS or not 0 < stated.value.value < 1:
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
        most = 1 + math.floor(documents_at(stated.value.value, Fraction(low)) - 1) if low > 0 else 0
        word = Word.IMPOSSIBLE if is_stated else Word.UNDECLARED
        yield ScorecardFinding(
            word=word if certain else Word.UNRESOLVED,
            statement=f"{stated.cited}: {printed} is more than {documents} documents can vary; at "
            f"most {most} documents are behind it",
            arithmetic=arithmetic,
            numbers=(stated.number,),
            fix="state how many documents were scored",
        )
    elif is_count(stated) and high < min(errors) <= high * root and low * root <= largest:
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


def _of_a_group(stated: StatedNumber) -> ScorecardFinding:
    return ScorecardFinding(
        word=Word.VOID,
        statement=f"{stated.cited}: the standard error of a group of tasks says nothing, for "
        "lm-eval before 0.4.2 combined those of its tasks by another formula, and the version is "
        "not known",
        numbers=(stated.number,),
        fix="give the log itself, which says its version",
    )


def _shares(value: PrintedNumber) -> tuple[Fraction, ...]:
    """The ends of what was printed, and one half if it lies between."""
    low, high = value.value - value.rounding, value.value + value.rounding
    half = Fraction(1, 2)
    return (low, high, half) if low <= half <= high else (low, high)
