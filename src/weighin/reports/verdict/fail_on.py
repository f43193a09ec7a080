"""What of a verdict an exit code tells. Apart, so that a command line is read quickly."""

from enum import StrEnum


class FailOn(StrEnum):
    """From where on a verdict is told by an exit code other than 0; each includes those above it.

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
