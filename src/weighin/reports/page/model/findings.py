"""Statements of fact by outcome, and what stands below them."""

from collections.abc import Sequence
from dataclasses import dataclass

from weighin.reports.page.model.blocks import Fact, Weight
from weighin.reports.page.model.words import Run
from weighin.rules.interface import Level, Outcome


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepts what is not met, why (foreign), and the last day that holds (ISO 8601)."""

    owner: str
    reason: str
    expires: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of fact without a full stop, what stands below it, and who accepts it if any.

    Attributes:
        sentence: The sentence.
        facts: What stands below it, where there is room.
        acceptance: Who accepts it; `None` if nobody does.
        beside: What belongs to it however short it is told, for example what the source of a
            number says of it itself; each in a sentence without a full stop.
        in_short: What facts add, for where they are not told, likewise.
    """

    sentence: Run
    facts: tuple[Fact, ...] = ()
    acceptance: Acceptance | None = None
    beside: tuple[Run, ...] = ()
    in_short: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Statements of one outcome.

    Attributes:
        rule: The rule that they are by; empty if each says so itself.
        outcome: The outcome that they have, or whose mark and colour they wear.
        level: How much it counts.
        statements: At least one.
        is_disputed: Whether they are undecided because two things disagree.
        in_brief: The same in fewer statements without facts, which are enough unless all are asked
            for; empty if there are none.
        shown: As many statements as are enough, unless all are asked for; `None` for all.
        is_told_in_brief: Whether a brief text has it, too, though nothing in it speaks against
            anything.
    """

    rule: str
    outcome: Outcome
    statements: Sequence[Statement]
    level: Level = Level.ERROR
    is_disputed: bool = False
    in_brief: tuple[Statement, ...] = ()
    shown: int | None = None
    is_told_in_brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Statements in groups.

    Attributes:
        groups: The groups, worst first.
        title: Of its own, where a printer has room for more titles than that of the section.
        weight: How early statements are cut.
    """

    groups: tuple[Group, ...]
    title: str = ""
    weight: Weight | None = None
