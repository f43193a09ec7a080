"""The rule `exactly-one-bos`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet
from weighin.rules.cause import CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.fact_rule import FactAtHand, fact_at_hand
from weighin.rules.shared.per_record import RecordRule
from weighin.rules.shared.wording import count

_TOKEN = "begin-of-sequence token"  # noqa: S105  # a token of text
_RECORD_TOKENS = "declare bos_tokens and expected_bos_tokens, as the ids of the first prompt show"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactlyOneBos(RecordRule):
    """Each prompt begins with as many begin-of-sequence tokens as the model expects.

    Why:
        Without its BOS a model can score a hundredth of what it scores with it; a BOS from the
        tokenizer before the one that the chat template writes costs points, and nothing warns.

    How:
        Compares the tokens at the start of the first prompt with what the model expects. More than
        one is wrong for every model.

    Fix:
        Set `model.add_bos_token`, or let only one of template and tokenizer add it.
    """

    id: ClassVar[str] = "exactly-one-bos"
    lack: ClassVar[CauseKind | None] = CauseKind.NO_SAMPLES
    anchor: ClassVar[str] = "model.add_bos_token"

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the tokens at the start of the first prompt."""
        at_hand = fact_at_hand(case, record, FactName.BOS_TOKENS)
        found = _whole(at_hand)
        if at_hand is None or found is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"how many {_TOKEN}s the prompts begin with is not recorded",
                facet=Facet.SPECIAL_TOKENS,
                fix=_RECORD_TOKENS,
            )
            return
        expected = _whole(fact_at_hand(case, record, FactName.EXPECTED_BOS_TOKENS))
        outcome = Outcome.UNDECIDED
        statement = f"{count(found, _TOKEN)}; whether the model expects one is not recorded"
        if found > 1:
            outcome, statement = Outcome.VIOLATED, f"the prompts begin with {count(found, _TOKEN)}"
        elif expected is not None and found == expected:
            outcome, statement = Outcome.MET, f"the prompts begin with {count(found, _TOKEN)}"
        elif expected is not None:
            outcome = Outcome.VIOLATED
            statement = (
                f"the prompts begin with {count(found, _TOKEN)}, the model expects {expected}"
            )
        fix = (
            "set model.add_bos_token, or let only one of chat template and tokenizer add the token"
        )
        yield Finding(
            outcome=outcome,
            facet=Facet.SPECIAL_TOKENS,
            statement=statement,
            expected="" if expected is None else str(expected),
            found=str(found),
            where=(at_hand.where,),
            fix={Outcome.VIOLATED: fix, Outcome.UNDECIDED: _RECORD_TOKENS}.get(outcome, ""),
        )


def _whole(at_hand: FactAtHand | None) -> int | None:
    value: JsonValue = None if at_hand is None else at_hand.fact.value
    is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_whole and isinstance(value, int) else None
