"""What of an answer an exit code tells. Apart, so that a command line is read quickly."""

from enum import StrEnum


class FailOn(StrEnum):
    """From where on an answer is told by an exit code other than 0, from worst to best.

    Attributes:
        VIOLATED: What is violated.
        UNDECIDED: What is undecided.
        WARNING: What a rule of level `warning` finds violated or undecided.
        WAIVED: What somebody accepts.
    """

    VIOLATED = "violated"
    UNDECIDED = "undecided"
    WARNING = "warning"
    WAIVED = "waived"
