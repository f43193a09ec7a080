"""The rule `errors-count-as-wrong`."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Outcome
from weighin.rules.shared.fact_rule import FactRule, fails, holds
from weighin.rules.shared.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsCountAsWrong(FactRule):
    """Documents that ended in an error or a timeout count as wrong.

    Why:
        A score over the documents that happened to work leaves out the hard ones.

    How:
        Reads how many documents failed, and whether they are in the score as 0.

    Fix:
        Score the failed documents again in the same run, or count them as wrong.
    """

    id: ClassVar[str] = "errors-count-as-wrong"
    fact: ClassVar[FactName] = FactName.ERRORS
    unknown: ClassVar[str] = "it is not recorded how many documents ended in an error"
    declare_it: ClassVar[str] = "declare `errors` of the benchmark"
    fix: ClassVar[str] = "count failed documents as wrong, and report that score"

    def judge(self, value: JsonValue) -> Finding:
        """Met without errors, or by errors that count as wrong."""
        errors = value.get("errors") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(errors, int) or errors < 0:
            return self.shapeless(value)
        if not errors:
            return holds("no document ended in an error")
        told = f"{count(errors, 'document')} ended in an error"
        counted = value.get("counted_as_wrong")
        if counted is True:
            return holds(f"{told}, counted as wrong")
        if counted is False:
            return fails(
                f"{told} and {'is' if errors == 1 else 'are'} not in the score",
                expected="counted as wrong",
                found=value,
            )
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"{told}; whether they count as wrong is not recorded",
            expected="counted as wrong",
            fix=self.record_it(),
        )
