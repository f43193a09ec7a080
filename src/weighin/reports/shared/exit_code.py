"""The exit code of an answer. Those of errors stand in `weighin.errors`, and nothing hides them."""

from typing import Final

from weighin.reports.shared.fail_on import FailOn
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


def failing_code(
    outcome: Outcome, fail_on: FailOn, *, has_warning: bool = False, has_waived: bool = False
) -> int:
    """Exit code of the worst of an answer that is asked for, and 0 where there is none of it.

    Args:
        outcome: The answer.
        fail_on: The least that is asked for; what is worse is, too.
        has_warning: Whether something is wrong that does not move the answer.
        has_waived: Whether somebody accepts something that is not met.

    Returns:
        10 violated, 11 undecided, 10 for a warning or what is waived, if that is asked for; 12 for
        what is partial and has none of these, whatever is asked for: it was not judged.
    """
    code = exit_code(outcome)
    codes = {
        FailOn.VIOLATED: code if code == _VIOLATED else _MET,
        FailOn.UNDECIDED: code if code == _UNDECIDED else _MET,
        FailOn.WARNING: _VIOLATED if has_warning else _MET,
        FailOn.WAIVED: _VIOLATED if has_waived else _MET,
    }
    order = tuple(FailOn)
    asked = order[: order.index(fail_on) + 1]
    rest = _PARTIAL if code == _PARTIAL else _MET
    return next((codes[level] for level in asked if codes[level]), rest)
