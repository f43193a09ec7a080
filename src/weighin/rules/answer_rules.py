"""What the answers look like: cut off, unreadable, or all alike."""

from abc import ABC
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.fact_rule import FactRule, counts, fact_at_hand, fails, holds, share
from weighin.rules.interface import Case, Finding, Level, Outcome, Rule
from weighin.rules.per_record import bearing, claimed_records, for_each_record
from weighin.rules.wording import count, literal

Share = Annotated[float, Field(ge=0, le=1)]
_CUT = frozenset({"length", "max_tokens", "max_length", "model_length", "token_limit"})
_ENDED = frozenset(
    {
        "stop", "eos", "end_turn", "stop_sequence", "stop_sequences", "endoftext", "completed",
        "tool_calls", "tool_use", "function_call", "content_filter", "refusal", "safety",
    }
)  # fmt: skip
_FROM_SAMPLES = (
    "log the samples (`lm-eval run --log_samples`; `weighin run` always does), or declare it"
)


_NO_TEXT = Finding(outcome=Outcome.NOT_APPLICABLE, statement="no text is generated")


@dataclass(frozen=True, slots=True, kw_only=True)
class _FactOfText(FactRule, ABC):
    """A fact that a benchmark in which no text is generated cannot have."""

    def _findings(self, case: Case, record: Record) -> Iterator[Finding]:
        if fact_at_hand(case, record, self.fact) is None and _is_without_text(record):
            yield _NO_TEXT
        else:
            yield from FactRule._findings(self, case, record)  # noqa: SLF001  # slots: no bare super


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersAreNotTruncated(_FactOfText):
    """Next to no answer was cut off by the limit on its length.

    Why:
        A reasoning model that is cut off before its answer scores like one that does not know it;
        the limit is then what was measured.

    How:
        Counts the answers that ended because of their length. Answers of which it is not known
        why they ended count as undecided.

    Fix:
        Raise the limit on generated tokens (`max_gen_toks`), for every model alike.

    Attributes:
        share: The largest share of answers that may be cut off.
    """

    id: ClassVar[str] = "answers-are-not-truncated"
    fact: ClassVar[FactName] = FactName.FINISH_REASONS
    unknown: ClassVar[str] = "it is not recorded why answers ended"
    record_it: ClassVar[str] = (
        "score it with `weighin run`, give a log that keeps why each answer ended (Inspect, HELM), "
        "or declare `finish_reasons`"
    )
    fix: ClassVar[str] = "raise the limit on generated tokens for every model, and score it again"

    share: Share = 0.01

    def judge(self, value: JsonValue) -> Finding:
        """Met where the share of cut answers is small, and known to be."""
        reasons = counts(value)
        answers = sum(reasons.values())
        if not answers:
            return self.shapeless(value)
        cut = sum(n for reason, n in reasons.items() if reason.lower() in _CUT)
        untold = sum(n for reason, n in reasons.items() if reason.lower() not in _CUT | _ENDED)
        most = f"at most {self.share:.3g} of the answers"
        if cut > self.share * answers:
            return fails(
                f"{cut} of {count(answers, 'answer')} cut off by the limit on their length",
                expected=most,
                found=f"{cut / answers:.3g}",
            )
        if cut + untold > self.share * answers:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"why {untold} of {count(answers, 'answer')} ended is not known",
                expected=most,
                found=literal(value)[:80],
                fix=self.record_it,
            )
        return holds(f"{cut} of {count(answers, 'answer')} cut off by the limit on their length")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersParse:
    """An answer could be extracted from nearly every output.

    Why:
        Where the scorer cannot read four answers in ten, the score measures the scorer: whole
        leaderboards were reshuffled by a better parser.

    How:
        Counts the answers from which nothing was extracted, by the filter of the claimed metric
        where the log tells filters apart.

    Fix:
        Look at the outputs that were not read; score with a parser that fits them, for every
        model alike.

    Attributes:
        share: The largest share of answers that may be unreadable.
    """

    id: ClassVar[str] = "answers-parse"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "benchmarks"

    share: Share = 0.05

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every claimed record."""
        yield from for_each_record(
            case, claimed_records(case), lambda record: (self._finding(case, record),)
        )

    def _finding(self, case: Case, record: Record) -> Finding:
        at_hand = fact_at_hand(case, record, FactName.UNPARSED_ANSWERS)
        if at_hand is None and _is_without_text(record):
            return _NO_TEXT
        if at_hand is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="it is not recorded from how many answers nothing could be extracted",
                fix=_FROM_SAMPLES,
            )
        value = _of_claimed_filter(case, record, at_hand.fact.value)
        counted = share(value, "unparsed", "answers")
        if counted is None:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="of the claimed metric it is not recorded from how many answers nothing "
                "could be extracted",
                found=literal(at_hand.fact.value)[:80],
                where=(at_hand.where,),
                fix=_FROM_SAMPLES,
            )
        unparsed, answers = counted
        is_met = unparsed <= self.share * answers
        return Finding(
            outcome=Outcome.MET if is_met else Outcome.VIOLATED,
            statement=f"nothing could be extracted from {unparsed} of {count(answers, 'answer')}",
            expected=f"at most {self.share:.3g} of the answers",
            found=f"{unparsed / answers:.3g}",
            where=(at_hand.where,),
            fix="" if is_met else "look at the outputs, and score with a parser that reads them",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsVary(_FactOfText):
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
    fact: ClassVar[FactName] = FactName.DISTINCT_OUTPUTS
    unknown: ClassVar[str] = "it is not recorded how much the outputs vary"
    record_it: ClassVar[str] = _FROM_SAMPLES
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


def _is_without_text(record: Record) -> bool:
    """Whether weighin itself saw that a benchmark compares likelihoods: it has no answers.

    A log of another harness only says so.
    """
    return bool(record.run.run_id) and not bearing((record,), Facet.DECODING)


def _of_claimed_filter(case: Case, record: Record, value: JsonValue) -> JsonValue:
    """The entry of the filter that the requirements claim, if the value tells filters apart."""
    by_filter = value.get("by_filter") if isinstance(value, dict) else None
    required = case.requirements.benchmark(record.asked.task)
    key = None if required is None else required.metric_key
    if key is None or not isinstance(by_filter, Mapping):
        return value
    return by_filter.get(key.rpartition(",")[2])


ANSWER_RULES: tuple[type[Rule], ...] = (
    AnswersAreNotTruncated,
    AnswersParse,
    OutputsVary,
)
