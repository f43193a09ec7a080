"""The rule `variants-at-most`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.facts import FactName
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome, Rule, Weaker
from weighin.rules.shared.facets.artifact_names import artifact_name, is_one_content
from weighin.rules.shared.fact_rule import FactAtHand, fact_at_hand
from weighin.rules.shared.per_record import nothing_recorded, required_records, tasks
from weighin.rules.shared.wording import count, listed

_DECLARE_VARIANTS = (
    "declare variants_tested: how many variants were scored before this one was chosen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsAtMost(Rule):
    """No more variants of the model were scored than allowed before this one was chosen.

    Why:
        The best of 27 private variants beats the model that is published by chance alone, and
        nothing in the published score shows it.

    How:
        Reads how many variants are declared, and holds that against the checkpoints and labelled
        artifacts that the evidence has under the name. What was scored elsewhere, only a
        declaration can say.

    Fix:
        Declare every variant that was scored; allow more with `limit`, in the open.

    Attributes:
        limit: The most variants that may have been scored, the published one included.
    """

    id: ClassVar[str] = "variants-at-most"
    lack: ClassVar[CauseKind | None] = CauseKind.NOT_DECLARED
    anchor: ClassVar[str] = "model.name"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"limit": Weaker.HIGHER})

    limit: Annotated[int, Field(ge=1)] = 1

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding on the model."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        declared = [
            at_hand
            for record in case.all_records
            if (at_hand := fact_at_hand(case, record, FactName.VARIANTS_TESTED)) is not None
        ]
        numbers = [n for at_hand in declared if (n := _variants(at_hand)) is not None]
        seen = _artifacts(case)
        found = max([*numbers, len(seen)])
        limit = count(self.limit, "variant")
        if found > self.limit:
            outcome, told = Outcome.VIOLATED, f"{count(found, 'variant')} scored under the name"
            if found == len(seen) and seen:
                told += f": {listed(seen)}"
        elif not numbers or len(numbers) < len(declared):
            outcome, told = Outcome.UNDECIDED, "how many variants were scored is not declared"
        else:
            outcome, told = Outcome.MET, f"no more than {limit} scored"
        yield Finding(
            outcome=outcome,
            statement=told,
            benchmarks=tasks(records),
            expected=f"at most {limit}",
            found=count(found, "variant") if numbers or seen else "not recorded",
            where=tuple(dict.fromkeys(d.where for d in declared)) or (records[0].origin,),
            fix=""
            if outcome is Outcome.MET
            else _DECLARE_VARIANTS
            if outcome is Outcome.UNDECIDED
            else "declare all variants, or allow them with `limit`",
        )


def _variants(at_hand: FactAtHand) -> int | None:
    value = at_hand.fact.value
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _artifacts(case: Case) -> tuple[str, ...]:
    """What tells the artifacts under the name apart, in the aspect that tells the most."""
    names = [artifact_name(case, record) for record in case.all_records]
    checkpoints = dict.fromkeys(f"checkpoint {n.checkpoint[:12]}" for n in names if n.checkpoint)
    labels = dict.fromkeys(n.label for n in names if n.label)
    if is_one_content(case.all_records):
        labels.clear()
    return tuple(checkpoints if len(checkpoints) >= len(labels) else labels)
