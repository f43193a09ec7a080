"""What a server's responses must look like, and what they say of who answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.errors import RunError
from weighin.harness.observed.model_calls import UNKNOWN, ModelCalls
from weighin.harness.observed.sent import SentSoFar

JsonObject = Mapping[str, JsonValue]
_DESCRIBING = ("model", "system_fingerprint", "provider")
# Longer than any name or fingerprint; cutting one would make two of them one.
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfDescription:
    """What one response says of who answered; `None` for what it leaves out.

    Attributes:
        model: The `model` field.
        system_fingerprint: The `system_fingerprint` field.
        provider: The `provider` field, which routers add.
    """

    model: str | None = None
    system_fingerprint: str | None = None
    provider: str | None = None

    def as_json(self) -> dict[str, JsonValue]:
        """The fields that are stated."""
        found: dict[str, JsonValue] = {}
        for name in _DESCRIBING:
            value = getattr(self, name)
            if value is not None:
                found[name] = value
        return found


@dataclass(slots=True)
class Heard:
    """What was sent and heard in one benchmark.

    Attributes:
        answers: Number of responses by what they say of who answered.
        calls: The tokens of the first prompts that were sent as tokens, the generated answers, and
            what was sent.
        untold_tokens: Responses with text that do not say of how many tokens it is.
    """

    answers: dict[SelfDescription, int] = field(default_factory=dict)
    calls: ModelCalls = field(default_factory=ModelCalls)
    untold_tokens: int = 0

    def note_answer(self, answer: SelfDescription) -> None:
        """Count one response."""
        self.answers[answer] = self.answers.get(answer, 0) + 1

    @property
    def sent(self) -> SentSoFar:
        """What was sent."""
        return self.calls.sent

    def note_texts(self, body: JsonObject) -> None:
        """Keep why the texts of a response ended, and of how many tokens they are."""
        choices = body.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            reason = choice.get("finish_reason") if isinstance(choice, dict) else None
            is_told = isinstance(reason, str) and 0 < len(reason) <= _LONGEST_NAME
            self.calls.note_answer(str(reason) if is_told else UNKNOWN, tokens=0)
            self.sent.note_answers("generate_until", 1)
        usage = body.get("usage")
        tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
        if type(tokens) is int and tokens >= 0:
            self.calls.tokens += tokens
        else:
            self.untold_tokens += 1


def self_description(body: JsonObject, place: str) -> SelfDescription:
    """What a response says of who answered.

    Args:
        body: The response.
        place: For errors.

    Raises:
        RunError: A field that describes the server is no text.
    """
    found: dict[str, str | None] = {}
    for name in _DESCRIBING:
        match body.get(name):
            case None | "":
                found[name] = None
            case str(text) if len(text) <= _LONGEST_NAME:
                found[name] = text
            case value:
                raise RunError(
                    f"{place}: expected a text of at most {_LONGEST_NAME} characters as "
                    f"{name!r} of the response, found {_kind(value)}"
                )
    return SelfDescription(**found)


def require_texts(body: JsonObject, expected: int, *, chat: bool, place: str) -> None:
    """Refuse a response that does not hold one text for each prompt.

    lm-eval fills in empty answers where it finds none, which would be scored.

    Raises:
        RunError: The response holds something else.
    """
    for index, choice in enumerate(_choices(body, expected, place)):
        where = f"choices[{index}].message.content" if chat else f"choices[{index}].text"
        message = choice.get("message") if chat else choice
        value = _MISSING
        if isinstance(message, dict):
            value = message.get("content" if chat else "text", _MISSING)
        # A chat server answers null where it stopped before any text, for example while thinking.
        if not isinstance(value, str) and not (chat and value is None):
            raise RunError(f"{place}: expected text at {where}, found {_kind(value)}")


def require_log_likelihoods(
    body: JsonObject, prompts: Sequence[Sequence[int]], context_lengths: Sequence[int], place: str
) -> None:
    """Refuse a response without a log-probability for each token of each prompt.

    lm-eval sums what it finds: nothing at all gives a perfect log-likelihood of 0.

    Args:
        body: The response.
        prompts: The tokens that were sent.
        context_lengths: How many of them are context, by prompt.
        place: For errors.

    Raises:
        RunError: The response holds something else.
    """
    choices = _choices(body, len(prompts), place)
    for tokens, start, choice in zip(prompts, context_lengths, choices, strict=True):
        logprobs = choice.get("logprobs")
        found = logprobs if isinstance(logprobs, dict) else {}
        each, best = found.get("token_logprobs"), found.get("top_logprobs")
        expected = len(tokens) + 1
        if not isinstance(each, list) or not isinstance(best, list):
            raise RunError(
                f"{place}: expected logprobs.token_logprobs and logprobs.top_logprobs, found none; "
                "serve the model with an interface that gives log-probabilities of the prompt"
            )
        if len(each) != expected or len(best) != expected:
            raise RunError(
                f"{place}: expected {expected} log-probabilities ({len(tokens)} tokens of the "
                f"prompt, 1 generated), found {len(each)}; the server must honour `echo`"
            )
        for number, top in zip(each[start:-1], best[start:-1], strict=True):
            if not _is_number(number) or not isinstance(top, dict) or not top:
                raise RunError(
                    f"{place}: expected a number for every token of the continuation, found "
                    f"{_kind(number)}"
                )
            if not all(map(_is_number, top.values())):
                raise RunError(f"{place}: expected numbers in logprobs.top_logprobs")


_MISSING: JsonValue = {"missing": True}


def _choices(body: JsonObject, expected: int, place: str) -> list[dict[str, JsonValue]]:
    """The choices in the order of the prompts."""
    choices = body.get("choices")
    found = [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []
    ordered = {c.get("index"): c for c in found if type(c.get("index")) is int}
    if set(ordered) != set(range(expected)) or len(found) != expected:
        raise RunError(
            f"{place}: expected a choice for each of {expected} prompts, with its index, found "
            f"{len(found)}"
        )
    return [ordered[index] for index in range(expected)]


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: JsonValue) -> str:
    match value:
        case None:
            return "null"
        case str():
            return f"a text of {len(value)} characters"
        case dict():
            return "nothing" if value is _MISSING else "an object"
        case list():
            return "a list"
        case _:
            return str(value)
