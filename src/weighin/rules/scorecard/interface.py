"""What a check of a scorecard is, what it sees and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Protocol

from weighin.evidence.benchmarks import BenchmarkRegistry
from weighin.evidence.records import Record
from weighin.evidence.scorecard import Scorecard, ScorecardNumber

if TYPE_CHECKING:
    from weighin.rules.scorecard.numbers import StatedNumber


class Word(StrEnum):
    """What can be said of a number, from the firmest to the mildest. Facts, never motives."""

    IMPOSSIBLE = "IMPOSSIBLE"
    """Arithmetic: the number cannot come from what is declared."""
    DIFFERENT_ARTIFACT = "DIFFERENT ARTIFACT"
    """Identity: it belongs to another artifact than it seems."""
    OVERSTATED = "OVERSTATED"
    """Statistics: a re-run is lower by more than chance and rounding explain."""
    UNDECLARED = "UNDECLARED"
    """Protocol: something that the number needs is not said where it is printed."""
    UNUSUAL = "UNUSUAL"
    """It does not fit its neighbours; that proves nothing."""
    UNRESOLVED = "UNRESOLVED"
    """The evidence is too small to say."""
    NOTE = "NOTE"
    """Worth knowing, and said by the source itself."""
    VOID = "VOID"
    """The test has no power here: it says nothing."""
    CONSISTENT = "CONSISTENT"
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredScore:
    """What a run measured that a claim is held against.

    Attributes:
        score: A share.
        rounding: The most that its own rounding can have changed.
        standard_error: Of the score; `None` if nothing tells it.
        words: Who measured what, for a sentence.
        by: Who ran it, or the file that it is logged in.
        arithmetic: Where the standard error is from.
    """

    score: float
    rounding: float
    standard_error: float | None
    words: str
    by: str
    arithmetic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardFinding:
    """One answer of one check.

    Attributes:
        word: The answer.
        statement: One sentence of fact that a reader without statistics understands.
        arithmetic: The calculation behind it, so that a reader can repeat it by hand.
        numbers: The numbers that it is about.
        power: How much the test could have found, in words; empty where that is no question.
        fix: What would settle or mend it.
        p_value: Of a statistical test, before correction for many tests; `None` for exact ones.
        unresolved: The statement instead, where the p-value does not survive that correction.
        run: What the first of `numbers` was held against; `None` where it was no run.
        otherwise: The word where the p-value does not survive that correction.
        has_power: Whether the test could have found something, where it found nothing.
        about: What several findings of one fact have in common, for example the artifact whose
            rating stands under another's name; empty where a finding is a fact of its own.
        tells: Facts that it tells, from which others can follow.
        follows_from: The fact from which it follows, so that it is told below the one that tells
            it, if there is one; empty if it follows from none.
        in_short: What it adds to the fact, in a few words; empty if nothing.
        is_headline: Whether it tells that fact, and the others of it stand below.
        disclosed: What the sources of its numbers say beside them themselves, in sentences.
        kind: What findings of many numbers on one benchmark have in common, in a sentence that
            begins with them; empty where they are told one by one.
    """

    word: Word
    statement: str
    arithmetic: str = ""
    numbers: tuple[ScorecardNumber, ...] = ()
    power: str = ""
    fix: str = ""
    p_value: float | None = None
    unresolved: str = ""
    run: MeasuredScore | None = None
    otherwise: Word = Word.UNRESOLVED
    has_power: bool = True
    about: str = ""
    tells: tuple[str, ...] = ()
    follows_from: str = ""
    in_short: str = ""
    is_headline: bool = False
    disclosed: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardCase:
    """Everything that is judged.

    Attributes:
        scorecards: At least one; several are versions of one card, or sources on one model.
        registry: Benchmarks that are known.
        records: Logged runs of the artifacts, if any are at hand.
        margin: The largest difference between a claim and a re-run that does not matter, as a
            share.
        alpha: Chance of a false alarm that each report may have, over all its statistical tests.
    """

    scorecards: tuple[Scorecard, ...]
    registry: BenchmarkRegistry
    records: tuple[Record, ...] = ()
    margin: float = 0.02
    alpha: float = 0.05
    stated: "list[StatedNumber]" = field(
        default_factory=list, init=False, compare=False, repr=False
    )
    """The numbers as `stated_numbers` read them, so that they are read once for all checks."""
    several: "dict[tuple[str, str, Fraction], StatedNumber]" = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """Those for which several passes are declared, as `declared_passes` found them."""


class ScorecardCheck(Protocol):
    """A check: a frozen class whose docstring has a first sentence and Why, How and Fix.

    Attributes:
        id: For example `attainable-score`.
    """

    id: ClassVar[str]

    def check(self, case: ScorecardCase) -> Iterator[ScorecardFinding]:
        """The check's findings; none if it has nothing to say about these numbers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardReport:
    """What all checks say of a scorecard.

    Attributes:
        case: What was judged.
        findings: By id of the check, in the order of the catalogue; p-values adjusted.
        tested: How many numbers could be tested, and how many there are, where the scorecards hold
            only those that findings are about; `None` where they hold all.
    """

    case: ScorecardCase
    findings: tuple[tuple[str, ScorecardFinding], ...]
    tested: tuple[int, int] | None = None

    @property
    def worst(self) -> Word:
        """The firmest word of all; `VOID` if nothing could be said."""
        found = {finding.word for _, finding in self.findings}
        return next((word for word in Word if word in found), Word.VOID)
