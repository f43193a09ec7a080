"""What is enough for a first look at a page: some points, and as much of each as there is room."""

from dataclasses import dataclass

from weighin.rules.interface import Outcome


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a person has to know.

    Attributes:
        outcome: The outcome whose mark it wears.
        words: A sentence without a full stop; foreign.
        below: What else there is to say, the most important first; foreign.
        is_disputed: Whether it is undecided because two things disagree.
    """

    outcome: Outcome
    words: str
    below: tuple[str, ...] = ()
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Things of one kind, the most important first.

    Attributes:
        title: What they are, in a word or two.
        noun: What one is called.
        points: All of them.
        closing: What all of them have in common; foreign, empty if nothing.
        is_aside: Whether they move no verdict.
    """

    title: str
    noun: str
    points: tuple[Point, ...]
    closing: str = ""
    is_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is enough for a first look.

    Attributes:
        figures: What was measured, in a row; foreign.
        parts: The points, in groups, the most important first.
        tally: How much more there is, and how to see it.
        closing: What the page does not say, in a sentence without a full stop.
        longest: Lines at 100 columns, at most.
    """

    figures: tuple[str, ...]
    parts: tuple[Points, ...]
    tally: str
    closing: str
    longest: int
