"""A number whose unit is asked for, and what is told of it."""

import shlex
from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark
from weighin.evidence.scorecard import Unit

ASKED = "percent, share, rating or other? nothing here says it; give the unit (--unit)"


def asked_beside(label: str) -> str:
    """The question for the unit of one benchmark, where those of others are told."""
    way = shlex.quote(f"{label}=other")
    return (
        "percent, share, rating or other? nothing here says it; give the unit "
        f"(--unit {way}, or whichever it is)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A number whose unit is asked for.

    Attributes:
        shown: Where it stands, for example `card.md: line 4, cell 3`.
        number: Its digits.
        is_percentage: Whether a percent sign says it.
        label: Its benchmark as printed.
        benchmark: The same in the registry; `None` if it is not known.
        unit: As its table states it; `None` if it does not.
        is_scored: Whether its metric is one whose scores are percentages where they are above 1.
        is_unbounded: Whether its metric is one without a largest value, such as a perplexity.
        around: As the words around its table state it; `None` if they do not.
        scale: The most on a scale of judges that its label or its table names; 0 if none is named.
        is_chance: Whether it is what answers would reach without a model.
        metric: As printed; empty if none is.
    """

    shown: str
    number: str
    is_percentage: bool
    label: str
    benchmark: Benchmark | None
    unit: Unit | None = None
    is_scored: bool = False
    is_unbounded: bool = False
    around: Unit | None = None
    scale: int = 0
    is_chance: bool = False
    metric: str = ""

    @property
    def group(self) -> str:
        """What its unit is told of with others: those on one benchmark by one metric."""
        return group_of(self.label, self.metric)


def group_of(label: str, metric: str) -> str:
    """What the unit of numbers on a benchmark by a metric is told of together."""
    return f"{label} {metric}".strip()


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the unit of a number.

    Attributes:
        unit: It; `None` if nothing tells it.
        is_sure: Whether it is; not where neighbours are percentages and it looks like a share.
        is_by_form: Whether nothing but the form of the numbers says it.
    """

    unit: Unit | None
    is_sure: bool = True
    is_by_form: bool = False
