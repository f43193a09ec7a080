"""The rule `outputs-vary`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.answers.fact_of_text import FactOfText, Share
from weighin.rules.interface import Finding, Outcome, Weaker
from weighin.rules.shared.fact_rule import fails, holds, share
from weighin.rules.shared.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsVary(FactOfText):
    """The outputs depend on what was asked.

    Why:
        A constant text won 86.5% of an automatic comparison without reading a question.

    How:
        Counts distinct outputs. Answers of one letter are few by nature, so by default only one
        and the same output for all documents is refused.

    Fix:
        Look at the outputs: the prompt may not reach the model.

    Attributes:
        distinct: The least number of distinct outputs.
        share: The least share of outputs that are distinct.
    """

    id: ClassVar[str] = "outputs-vary"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType(
        {"distinct": Weaker.LOWER, "share": Weaker.LOWER}
    )
    fact: ClassVar[FactName] = FactName.DISTINCT_OUTPUTS
    unknown: ClassVar[str] = "it is not recorded how much the outputs vary"
    declare_it: ClassVar[str] = "declare `distinct_outputs` of the benchmark"
    fix: ClassVar[str] = "look at the outputs, and whether the prompts reached the model"

    distinct: Annotated[int, Field(ge=2)] = 2
    share: Share = 0.0

    def judge(self, value: JsonValue) -> Finding:
        """Met where there are enough distinct outputs; one output alone cannot vary."""
        counted = share(value, "distinct", "outputs")
        if counted is None or not counted[0]:
            return self.shapeless(value)
        distinct, outputs = counted
        told = f"{count(outputs, 'output')}, of which {distinct} distinct"
        if outputs < self.distinct:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"{count(outputs, 'output')} cannot show that outputs vary",
                expected=f"at least {self.distinct} distinct",
                fix="score more documents",
            )
        if distinct < self.distinct or distinct < self.share * outputs:
            least = f"at least {self.distinct} distinct"
            if self.share:
                least += f", and {self.share:.3g} of the outputs"
            return fails(told, expected=least, found=distinct)
        return holds(told)
