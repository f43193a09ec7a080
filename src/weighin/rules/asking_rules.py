"""Whether the model was asked as the benchmark defines it: overrides, stop sequences, tools."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.counterparts import GIVE_A_REFERENCE, named, references
from weighin.rules.fact_rule import FactRule, fact_at_hand, fails, holds, outside, texts
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import claimed_records, for_each_record
from weighin.rules.wording import count, listed, literal

_STOPS = ("until", "stop", "stop_sequences", "stop_seqs", "stop_sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTaskOverride(FactRule):
    """No benchmark's own definition was replaced, beyond what is allowed.

    Why:
        An argument to a task can change its prompt, split or scorer while its name stays.

    How:
        Reads what the log says was passed to the task, beside its own definition.

    Fix:
        Score the task as it ships, or allow the override by name.

    Attributes:
        allowed: Overrides that may stand, as the log words them.
    """

    id: ClassVar[str] = "no-task-override"
    fact: ClassVar[FactName] = FactName.TASK_OVERRIDES
    unknown: ClassVar[str] = "it is not recorded whether the task's own definition was replaced"
    record_it: ClassVar[str] = (
        "give a log that holds the arguments of its tasks, as Inspect's do, or declare "
        "`task_overrides` of the benchmark"
    )
    fix: ClassVar[str] = "score the task as it ships, or allow the override with `allowed`"

    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met by an empty list, or one of allowed overrides."""
        if (overrides := texts(value)) is None:
            return self.shapeless(value)
        if odd := outside(overrides, self.allowed):
            return fails(
                f"{count(len(odd), 'override')} of the task's own definition: {listed(odd)}",
                expected=listed(self.allowed) or "none",
                found=value,
            )
        return holds("the task's own definition was not replaced beyond what is allowed", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsAsRequired(FactRule):
    """The model had the tools that are required, and no others.

    Why:
        A model that browses or runs code answers another exam than one that does not.

    How:
        Compares the names of the tools that the log says the model was given.

    Fix:
        Score again with the required tools.

    Attributes:
        required: Tools that it must have.
        allowed: Further tools that it may have.
    """

    id: ClassVar[str] = "tools-as-required"
    fact: ClassVar[FactName] = FactName.TOOLS
    unknown: ClassVar[str] = "it is not recorded which tools the model was given"
    record_it: ClassVar[str] = (
        "give a log that holds the calls, as Inspect's do, or declare `tools` of the benchmark"
    )
    fix: ClassVar[str] = "score it again with the required tools"

    required: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met by exactly the required tools, and any of the allowed ones."""
        if (tools := texts(value)) is None:
            return self.shapeless(value)
        expected = listed((*self.required, *(f"{tool} (allowed)" for tool in self.allowed)))
        if odd := outside(tools, (*self.required, *self.allowed)):
            return fails(
                f"the model was given tools beyond the required ones: {listed(odd)}",
                expected=expected or "no tools",
                found=value,
            )
        if lacking := outside(self.required, tools):
            return fails(
                f"the model was not given {listed(lacking)}", expected=expected, found=value
            )
        return holds(f"the model was given {listed(tools) or 'no tools'}, as required")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStopSequences:
    """Every benchmark was decoded with its own stop sequences.

    Why:
        A stop sequence cuts answers: with `.` among them no decimal number is ever complete, and
        a whole benchmark was withdrawn for it.

    How:
        Compares the stop sequences of the generation arguments, in any order, with the required
        ones; where none are required, with those of the reference records.

    Fix:
        Remove `until` from the decoding settings and score again.

    Attributes:
        stops: The benchmark's own stop sequences, by benchmark.
    """

    id: ClassVar[str] = "own-stop-sequences"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "benchmarks"

    stops: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: self._findings(case, record)
        )

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        if not record.observation(Facet.DECODING).applies:
            yield Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")
            return
        overridden = _overridden(case, record)
        if overridden is not None:
            yield overridden
            return
        found = stop_sequences(record)
        if found is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the stop sequences are not recorded",
                fix="score it with `weighin run`, which records all generation arguments",
            )
            return
        yield from self._compared(case, record, found)

    def _compared(self, case: Case, record: Record, found: tuple[str, ...]) -> Iterator[Finding]:
        sides: dict[str, tuple[str, ...]] = {}
        if (required := self.stops.get(record.asked.task)) is not None:
            sides["required"] = required
        else:
            for other in references(case, record):
                if (stops := stop_sequences(other)) is not None:
                    sides[f"in {named(case, other)}"] = stops
        if not sides:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement="the benchmark's own stop sequences are not known",
                found=literal(list(found)),
                fix=f"set `stops` of {self.id}, or {GIVE_A_REFERENCE}",
            )
        odd = {side: stops for side, stops in sides.items() if set(stops) != set(found)}
        for side, stops in odd.items():
            yield Finding(
                outcome=Outcome.VIOLATED,
                statement=f"the stop sequences are other than {side}",
                expected=literal(list(stops)),
                found=literal(list(found)),
                fix="remove them from the decoding settings, and score it again",
            )
        if sides and not odd:
            yield Finding(
                outcome=Outcome.MET,
                statement="the stop sequences are the benchmark's own",
                found=literal(list(found)),
            )


def stop_sequences(record: Record) -> tuple[str, ...] | None:
    """The stop sequences of the generation arguments; `None` if they are not recorded."""
    for name in _STOPS:
        value = record.asked.decoding.get(name)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and (found := texts(value)) is not None:
            return found
    return None


def _overridden(case: Case, record: Record) -> Finding | None:
    """The finding that an override of the task names stop sequences; `None` if none does."""
    at_hand = fact_at_hand(case, record, FactName.TASK_OVERRIDES)
    overrides = () if at_hand is None else texts(at_hand.fact.value) or ()
    odd = tuple(text for text in overrides if text.partition("=")[0].strip() in _STOPS)
    if at_hand is None or not odd:
        return None
    return Finding(
        outcome=Outcome.VIOLATED,
        statement=f"the benchmark's own stop sequences were replaced: {listed(odd)}",
        expected="the benchmark's own",
        found=listed(odd),
        where=(at_hand.where,),
        fix="score it again without the override",
    )


ASKING_RULES: tuple[type[Rule], ...] = (NoTaskOverride, OwnStopSequences, ToolsAsRequired)
