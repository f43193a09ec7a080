"""What a printed standard error says of the documents behind a score."""

from weighin.rules.scorecard.counting.denominators import scores_another_part, why_no_count
from weighin.rules.scorecard.numbers import StatedNumber, read_number
from weighin.statistics.printed_numbers import PrintedNumber

FEWEST_DOCUMENTS = 2


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


def is_of_a_group(stated: StatedNumber) -> bool:
    """Whether an error is of a benchmark of several tasks, so that its formula is not known.

    lm-eval before 0.4.2 combined the errors of a group by another formula than later ones, and a
    printed table does not say its version.
    """
    return stated.benchmark is not None and bool(stated.benchmark.tasks)


def is_count(stated: StatedNumber) -> bool:
    """Whether a number is a count of right answers over documents, one answer each."""
    return not why_no_count(stated) and stated.number.protocol.passes in {None, 1}
