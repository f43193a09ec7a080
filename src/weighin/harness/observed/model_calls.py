"""What went into a model and came out of it in one benchmark, as weighin saw it."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from weighin.harness.observed.sent import SentSoFar

STOP, LENGTH, UNKNOWN = "stop", "length", "unknown"


@dataclass(slots=True)
class ModelCalls:
    """Tokens that a model was given and that it generated, counted as they pass.

    Attributes:
        first_prompts: By request type of lm-eval: the begin-of-sequence tokens at the start of its
            first prompt.
        finish_reasons: Generated answers by why they ended.
        tokens: Tokens of these answers, each up to the end of what stopped it.
        sent: What was sent, and how often.
    """

    first_prompts: dict[str, int] = field(default_factory=dict)
    finish_reasons: dict[str, int] = field(default_factory=dict)
    tokens: int = 0
    sent: SentSoFar = field(default_factory=SentSoFar)

    @property
    def answers(self) -> int:
        """Number of generated answers."""
        return sum(self.finish_reasons.values())

    def note_prompt(self, request_type: str, tokens: Sequence[int], bos: int | None) -> None:
        """Count the begin-of-sequence tokens of the first prompt of a request type."""
        if request_type not in self.first_prompts:
            self.first_prompts[request_type] = leading(tokens, bos)

    def note_answer(self, reason: str, tokens: int) -> None:
        """Count one generated answer."""
        self.finish_reasons[reason] = self.finish_reasons.get(reason, 0) + 1
        self.tokens += tokens


def leading(tokens: Sequence[int], bos: int | None) -> int:
    """How many tokens at the start are the begin-of-sequence token; 0 if there is no such token."""
    if bos is None:
        return 0
    return next((i for i, token in enumerate(tokens) if token != bos), len(tokens))


def how_it_ended(
    tokens: Sequence[int],
    *,
    room: int,
    end_tokens: Collection[int],
    stops: Collection[str],
    decode: Callable[[Sequence[int]], str],
) -> tuple[str, int]:
    """Why a generated answer ended, and after how many tokens.

    An answer in a batch goes on, or is padded, until the longest one ends: only what comes before
    the first end-of-text token or stop sequence is of the answer.

    Args:
        tokens: What was generated.
        room: The most tokens that could be generated.
        end_tokens: Tokens that end a text.
        stops: Stop sequences.
        decode: Text of tokens, special ones included.
    """
    ends = next((i + 1 for i, token in enumerate(tokens) if token in end_tokens), None)
    answer = tokens if ends is None else tokens[:ends]
    sought = [stop for stop in stops if stop]

    def is_stopped(length: int) -> bool:
        text = decode(answer[:length])
        return any(stop in text for stop in sought)

    if is_stopped(len(answer)):
        return STOP, bisect_left(range(len(answer)), x=True, key=is_stopped)
    if ends is not None:
        return STOP, ends
    return (LENGTH if len(tokens) >= room else UNKNOWN), len(tokens)
