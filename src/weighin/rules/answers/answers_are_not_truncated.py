"""The rule `answers-are-not-truncated`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.answers.fact_of_text import FactOfText, Share
from weighin.rules.interface import Finding, Outcome, Weaker
from weighin.rules.shared.fact_rule import counts, fails, holds
from weighin.rules.shared.wording import count, literal

_CUT = frozenset({"length", "max_tokens", "max_length", "model_length", "token_limit"})
_ENDED = frozenset(
    {
        "stop", "eos", "end_turn", "stop_sequence", "stop_sequences", "endoftext", "completed",
        "tool_calls", "tool_use", "function_call", "content_filter", "refusal", "safety",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersAreNotTruncated(FactOfText):
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
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType({"share": Weaker.HIGHER})
    fact: ClassVar[FactName] = FactName.FINISH_REASONS
    unknown: ClassVar[str] = "it is not recorded why answers ended"
    declare_it: ClassVar[str] = "declare `finish_reasons` of the benchmark"
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
                fix=self.record_it(),
            )
        return holds(f"{cut} of {count(answers, 'answer')} cut off by the limit on their length")
