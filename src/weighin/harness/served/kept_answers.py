"""What of a benchmark need not be asked of a server again, and what is kept of its responses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.evidence.store.journals import AnswersKept, Found
from weighin.files.canonical import canonical_json, sha256_hex

_DESCRIBING = ("model", "system_fingerprint", "provider")


@dataclass(slots=True)
class KeptResponses:
    """The responses of one benchmark, of each as much as a score and a record are made of.

    Attributes:
        kept: The journal.
        taken: Prompts that were not asked again, by request type.
    """

    kept: AnswersKept
    taken: Counter[str] = field(default_factory=Counter)
    _waiting: dict[int, Found] = field(default_factory=dict)

    def find(self, payload: Mapping[str, JsonValue], *, is_text: bool, prompts: int) -> Found:
        """What is known of a request; its answer is a body, as a server would give it.

        Args:
            payload: The request.
            is_text: Whether it asks for text; else for log-likelihoods.
            prompts: How many prompts are in it.
        """
        request_type = "generate_until" if is_text else "loglikelihood"
        digest = sha256_hex(canonical_json(payload))
        (found,) = self.kept.find(request_type, [digest], answers_each=prompts)
        if isinstance(found.answer, dict):
            self.taken[request_type] += prompts
        return found

    def wait(self, found: Found, body: Mapping[str, JsonValue]) -> None:
        """A response came, of which it is not known yet whether it is one."""
        self._waiting[id(body)] = found

    def keep_texts(self, body: Mapping[str, JsonValue]) -> None:
        """Keep a response that holds texts."""
        self._keep(body, [_texts(choice) for choice in _choices(body)])

    def keep_log_likelihoods(
        self, body: Mapping[str, JsonValue], context_lengths: Sequence[int]
    ) -> None:
        """Keep a response that holds log-probabilities of prompts.

        Args:
            body: The response.
            context_lengths: How many tokens of each prompt are context.
        """
        ordered = sorted(_choices(body), key=lambda choice: int(str(choice["index"])))
        self._keep(
            body,
            [_numbers(c, start) for c, start in zip(ordered, context_lengths, strict=True)],
        )

    def _keep(self, body: Mapping[str, JsonValue], choices: list[JsonValue]) -> None:
        found = self._waiting.pop(id(body), None)
        if found is None:
            return
        usage = body.get("usage")
        tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
        said: dict[str, JsonValue] = {name: body[name] for name in _DESCRIBING if name in body}
        if tokens is not None:
            said["usage"] = {"completion_tokens": tokens}
        self.kept.keep([found.request], [{**said, "choices": choices}])


def _choices(body: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    choices = body.get("choices")
    return [c for c in choices if isinstance(c, dict)] if isinstance(choices, list) else []


def _texts(choice: Mapping[str, JsonValue]) -> JsonValue:
    message = choice.get("message")
    found = {name: choice[name] for name in ("index", "text", "finish_reason") if name in choice}
    if isinstance(message, dict):
        found["message"] = {"content": message.get("content")}
    return found


def _numbers(choice: Mapping[str, JsonValue], start: int) -> JsonValue:
    """Of the tokens after the context: their log-probabilities, and the best there."""
    logprobs = choice.get("logprobs")
    found = logprobs if isinstance(logprobs, dict) else {}
    each, best = found.get("token_logprobs"), found.get("top_logprobs")
    if not isinstance(each, list) or not isinstance(best, list):
        return None
    last = len(each) - 1
    return {
        "index": choice.get("index"),
        "logprobs": {
            "token_logprobs": [
                number if start <= place < last else None for place, number in enumerate(each)
            ],
            "top_logprobs": [
                {"": max(float(str(n)) for n in top.values())}
                if start <= place < last and isinstance(top, dict)
                else None
                for place, top in enumerate(best)
            ],
        },
    }
