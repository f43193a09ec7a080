"""Doubt is never success."""

import pytest

from weighin.reports.shared.exit_code import exit_code
from weighin.rules.interface import Outcome


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("met", 0), ("waived", 0), ("violated", 10), ("undecided", 11), ("not-applicable", 11)],
)
def test_exit_codes_are_those_of_the_design(outcome, code):
    assert exit_code(Outcome(outcome)) == code
