"""What passes between the harness and the model, noted as it passes."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from weighin.evidence.records import Sent
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.requirements.decoding.settings import OUTPUT_LIMIT, STOPS

# What is no setting of a request for text, or is noted under the name that lm-eval has for it.
_NOT_SETTINGS = frozenset({"model", "prompt", "messages", "stop", "max_tokens"})
# Of a call of a template, what is the same for every template: not what it is given.
_OF_THE_HARNESS = frozenset({"tokenize", "add_generation_prompt", "continue_final_message"})
_WRITES_THE_DATE = "strftime_now"
_SYSTEM = "system"


@dataclass(slots=True)
class SentSoFar:
    """What was sent in one benchmark so far, each different thing once.

    Attributes:
        models: Number of requests by the model that they asked for.
        generation: Settings with which text was asked for, by their canonical JSON.
        system_messages: Number of prompts by the system message that stands in them, `None` for
            those without.
        template_arguments: Arguments of the chat template beside the messages.
        template_dates: Days on which a template that writes the date was rendered.
        common_start: What all prompts begin with; `None` before the first.
        requests: Requests by request type of lm-eval.
        answers: Answers by request type, as they came out of the model.
        prompts_cut: Prompts that did not fit into the longest input.
    """

    models: Counter[str] = field(default_factory=Counter)
    generation: dict[bytes, dict[str, JsonValue]] = field(default_factory=dict)
    system_messages: Counter[str | None] = field(default_factory=Counter)
    template_arguments: dict[str, JsonValue] = field(default_factory=dict)
    template_dates: set[str] = field(default_factory=set)
    common_start: str | None = None
    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    prompts_cut: int = 0

    @property
    def settings(self) -> list[dict[str, JsonValue]]:
        """The different settings with which text was asked for, in canonical order."""
        return [self.generation[key] for key in sorted(self.generation)]

    def as_record(self) -> Sent:
        """All of it, as a record holds it."""
        messages = [message for message in self.system_messages if message is not None]
        return Sent(
            models=tuple(sorted(self.models)),
            generation=tuple(self.settings),
            system_messages=tuple(sorted(sha256_hex(message.encode()) for message in messages)),
            template_arguments=dict(sorted(self.template_arguments.items())),
            template_dates=tuple(sorted(self.template_dates)),
            requests=dict(sorted(self.requests.items())),
            answers=dict(sorted(self.answers.items())),
            prompts_cut=self.prompts_cut,
        )

    def note_generation(
        self, settings: Mapping[str, JsonValue], *, limit: JsonValue, stops: Sequence[str]
    ) -> None:
        """Keep the settings of one call for text.

        Args:
            settings: As they were passed on.
            limit: The most tokens that an answer may have.
            stops: Stop sequences, without the end of text, which the harness adds to every call.
        """
        noted = {**settings, OUTPUT_LIMIT: limit, STOPS: list[JsonValue](stops)}
        self.generation[canonical_json(noted)] = noted

    def note_payload(self, payload: Mapping[str, JsonValue], *, end: str | None) -> None:
        """Keep the settings of one request to a server for text.

        Args:
            payload: The body of the request.
            end: The end of text, which the harness adds to the stop sequences.
        """
        stop = payload.get("stop")
        listed = stop if isinstance(stop, list | tuple) else [stop]
        stops = [text for text in listed if isinstance(text, str)]
        self.note_generation(
            {name: value for name, value in payload.items() if name not in _NOT_SETTINGS},
            limit=payload.get("max_tokens"),
            stops=without_end(stops, end),
        )

    def note_model(self, payload: Mapping[str, JsonValue]) -> None:
        """Count one request by the model that it asks for."""
        model = payload.get("model")
        self.models[model if isinstance(model, str) else canonical_json(model).decode()] += 1

    def note_messages(self, messages: Iterable[object]) -> None:
        """Keep the system messages of a conversation that a server renders."""
        self.system_messages[_system_message(messages)] += 1

    def note_rendering(
        self, messages: Iterable[object], rendered: str, arguments: Mapping[str, JsonValue]
    ) -> None:
        """Keep what a chat template made of a conversation.

        Args:
            messages: The conversation that it was given.
            rendered: What it made of it. A system message that it left out was not sent.
            arguments: With what else it was called.
        """
        message = _system_message(messages)
        if message is not None and message.strip() not in rendered:
            message = None
        self.system_messages[message] += 1
        self.template_arguments |= arguments

    def note_requests(self, request_type: str, prompts: Sequence[object]) -> None:
        """Count requests, and keep what their prompts begin with."""
        self.requests[request_type] += len(prompts)
        texts = [prompt for prompt in prompts if isinstance(prompt, str)]
        if self.common_start is not None:
            texts.append(self.common_start)
        if texts:
            self.common_start = os.path.commonprefix(texts)  # noqa: RUF071  # texts, not paths

    def note_answers(self, request_type: str, number: int) -> None:
        """Count answers that came out of the model."""
        self.answers[request_type] += number


def _system_message(messages: Iterable[object]) -> str | None:
    texts = [
        str(message.get("content"))
        for message in messages
        if isinstance(message, Mapping) and message.get("role") == _SYSTEM
    ]
    return "\n\n".join(texts) if texts else None


def without_end(stops: Sequence[str], end: str | None) -> list[str]:
    """Stop sequences without the end of text that lm-eval puts behind them."""
    return list(stops[:-1] if end is not None and stops and stops[-1] == end else stops)


class RecordingTokenizer:
    """A tokenizer as it is, which notes what its chat template is given and makes of it.

    A call that raises is not noted: nothing of it is sent.
    """

    def __init__(self, tokenizer: object, sent: SentSoFar) -> None:
        """Note into `sent`."""
        self._tokenizer = tokenizer
        self._sent = sent

    def __getattr__(self, name: str) -> object:
        """Everything else is the tokenizer's."""
        return getattr(self._tokenizer, name)

    def apply_chat_template(self, conversation: Sequence[object], **settings: JsonValue) -> object:
        """As the tokenizer does."""
        rendered: object = getattr(self._tokenizer, "apply_chat_template")(  # noqa: B009  # any tokenizer
            conversation, **settings
        )
        if isinstance(rendered, str):
            arguments = {k: v for k, v in settings.items() if k not in _OF_THE_HARNESS}
            self._sent.note_rendering(conversation, rendered, arguments)
            if _WRITES_THE_DATE in str(getattr(self._tokenizer, "chat_template", "")):
                self._sent.template_dates.add(datetime.now().astimezone().date().isoformat())
        return rendered


class RecordingModel:
    """A model of transformers as it is, which notes the settings that `generate` is given."""

    # What lm-eval makes of the prompts, or sets alike for every model.
    _MADE_BY_HARNESS = frozenset(
        {"input_ids", "attention_mask", "stopping_criteria", "max_length", "pad_token_id"}
        | {"use_cache"}
    )

    def __init__(self, model: object, sent: SentSoFar, *, limit: int, stops: Sequence[str]) -> None:
        """Note into `sent`.

        Args:
            model: The model.
            sent: What was sent so far.
            limit: The most tokens that an answer may have.
            stops: Stop sequences, without the end of text.
        """
        self._model = model
        self._sent = sent
        self._limit = limit
        self._stops = stops

    def __getattr__(self, name: str) -> object:
        """Everything else is the model's."""
        return getattr(self._model, name)

    def generate(self, **settings: JsonValue) -> object:
        """As the model does."""
        self._sent.note_generation(
            {k: v for k, v in settings.items() if k not in self._MADE_BY_HARNESS},
            limit=self._limit,
            stops=self._stops,
        )
        generated: object = getattr(self._model, "generate")(**settings)  # noqa: B009  # any model
        return generated
