"""Facts about the text of answers, which only benchmarks that generate have."""

from abc import ABC
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.fact_rule import FactRule, fact_at_hand
from weighin.rules.shared.per_record import bearing

Share = Annotated[float, Field(ge=0, le=1)]

NO_TEXT = Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOfText(FactRule, ABC):
    """A fact that a benchmark in which no text is generated cannot have."""

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding; not applicable where no text is generated."""
        if fact_at_hand(case, record, self.fact) is None and is_without_text(record):
            yield NO_TEXT
        else:
            yield from FactRule.findings(self, case, record)


def is_without_text(record: Record) -> bool:
    """Whether weighin itself saw that a benchmark compares likelihoods: it has no answers.

    A log of another harness only says so.
    """
    return bool(record.run.run_id) and not bearing((record,), Facet.DECODING)
