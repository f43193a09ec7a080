"""The exit code of an answer. Those of errors stand in `weighin.errors`."""

from typing import Final

from weighin.rules.interface import Outcome

_MET: Final = 0
_VIOLATED: Final = 10
_UNDECIDED: Final = 11
_PARTIAL: Final = 12


def exit_code(outcome: Outcome) -> int:
    """Exit code of an answer: 0 met or waived, 10 violated, 11 undecided, 12 partial.

    A verdict to which no rule applied demonstrates nothing, so `not-applicable` is 11 as well.
    """
    match outcome:
        case Outcome.MET | Outcome.WAIVED:
            return _MET
        case Outcome.VIOLATED:
            return _VIOLATED
        case Outcome.UNDECIDED | Outcome.NOT_APPLICABLE:
            return _UNDECIDED
        case Outcome.PARTIAL:
            return _PARTIAL
