"""How many variants were tried, and whether it was fixed beforehand which attempt counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.rules.artifact_names import artifact_name, is_one_content
from weighin.rules.fact_rule import FactAtHand, fact_at_hand
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.moments import moment
from weighin.rules.per_record import for_each_record, nothing_recorded, required_records, tasks
from weighin.rules.wording import count, listed, literal

_DECLARE_VARIANTS = (
    "declare variants_tested: how many variants were scored before this one was chosen"
)
_DECLARE_SELECTION = (
    "declare selection_rule: {text: which attempt counts, registered: TIME}, before the first run"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsAtMost:
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
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.name"

    limit: Annotated[int, Field(ge=1)] = 1

    def check(self, case: Case) -> Iterator[Finding]:
        """One finding on the model."""
        records = required_records(case)
        if not records:
            yield nothing_recorded(case)
            return
        declared = [
            at_hand
            for record in case.records
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptIsChosenBeforehand:
    """Which attempt counts was fixed before the first attempt began.

    Why:
        A rule that is chosen after the scores are known chooses the score.

    How:
        Compares the time at which the rule was registered with the start of each benchmark. That
        the time is true is for whoever registered it to show.

    Fix:
        Register the rule where its time can be seen, then score the benchmarks.
    """

    id: ClassVar[str] = "attempt-is-chosen-beforehand"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every record."""
        yield from for_each_record(
            case, required_records(case), lambda record: _chosen(case, record)
        )


def _variants(at_hand: FactAtHand) -> int | None:
    value = at_hand.fact.value
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _artifacts(case: Case) -> tuple[str, ...]:
    """What tells the artifacts under the name apart, in the aspect that tells the most."""
    names = [artifact_name(case, record) for record in case.records]
    checkpoints = dict.fromkeys(f"checkpoint {n.checkpoint[:12]}" for n in names if n.checkpoint)
    labels = dict.fromkeys(n.label for n in names if n.label)
    if is_one_content(case.records):
        labels.clear()
    return tuple(checkpoints if len(checkpoints) >= len(labels) else labels)


def _chosen(case: Case, record: Record) -> Iterator[Finding]:
    at_hand = fact_at_hand(case, record, FactName.SELECTION_RULE)
    value = None if at_hand is None else at_hand.fact.value
    rule = value if isinstance(value, dict) else {}
    text, registered = rule.get("text"), moment(rule.get("registered"))
    started = moment(record.run.started)
    where = (record.origin if at_hand is None else at_hand.where,)
    if at_hand is None or not isinstance(text, str) or not text.strip() or registered is None:
        told = "which attempt counts was not registered"
        if at_hand is not None:
            told = "which attempt counts is registered in a shape that says nothing"
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement=told,
            found="" if at_hand is None else literal(value)[:80],
            where=where,
            fix=_DECLARE_SELECTION,
        )
    elif started is None:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="when the benchmark began is not recorded",
            expected=f"a start after {registered.isoformat()}",
            where=where,
            fix=f"score it with `weighin run {case.requirements.source}`, which records it",
        )
    else:
        is_before = registered <= started
        yield Finding(
            outcome=Outcome.MET if is_before else Outcome.VIOLATED,
            statement=f"which attempt counts was registered {'before' if is_before else 'after'} "
            "the benchmark began",
            expected=f"before {started.isoformat()}",
            found=f"{registered.isoformat()}: {text}",
            where=where,
            fix="" if is_before else "score it again, after the rule was registered",
        )


SELECTION_RULES: tuple[type[Rule], ...] = (VariantsAtMost, AttemptIsChosenBeforehand)
