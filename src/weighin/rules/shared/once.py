"""What many rules ask of a case, found out once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from weighin.rules.interface import Case

T = TypeVar("T")


def once_a_case(of: Callable[[Case], T]) -> Callable[[Case], T]:
    """A function of a case alone whose answer is kept with the case, which never changes."""
    name = f"{of.__module__}.{of.__qualname__}"

    @wraps(of)
    def kept(case: Case) -> T:
        if name not in case.answers:
            case.answers[name] = of(case)
        return cast("T", case.answers[name])

    return kept
