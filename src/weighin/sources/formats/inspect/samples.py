"""The samples of an Inspect log, taken in one by one: what answered, and what it scored."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.sources.formats.inspect.changes import ChangeTally, sample_value

SampleValue = tuple[str, JsonValue]
"""Id of a document, and what a scorer gave to one answer to it."""

ONLY_SCORER = ""
"""Name of the scorer in logs of version 1, which had one and did not name it in samples."""

_ATTACHMENT = "attachment://"
_IMAGE = re.compile(r"@(sha256:[0-9a-f]{64})\b")
_MOST_NAMES = 10_000


@dataclass(slots=True)
class SampleTally:
    """What the samples seen so far say together.

    Attributes:
        model: The model as it was asked for. Calls to others, such as graders, do not count.
        samples: Samples seen: one for each document and epoch.
        answered: Calls by the model that says it answered.
        providers: Calls by upstream provider.
        fingerprints: Calls by the fingerprint that the server gave.
        finish_reasons: Samples by why their last answer ended.
        tools: Names of the tools that the model was given in any call.
        calls: Calls to the model that the log holds.
        outputs: Digests of the last answers.
        answers: Samples with a last answer.
        output_tokens: Tokens of the last answers.
        counted_tokens: Samples whose tokens are known.
        errors: Samples that ended in an error.
        errors_scored: Those of them that have a score.
        errors_scored_zero: Those of them whose scores are all wrong or 0.
        images: Samples by digest of their sandbox image.
        system_prompts: Samples by SHA-256 of the first message, if that is the system's; `None`
            where there is no such message.
        values: By scorer, in the order of the log.
        seen: Ids of the documents.
        scored: Ids of the documents with a score.
        passed: Samples of which every score is right or 1.
        passed_with_messages: Those of them whose messages are logged.
        changes: What the samples say was changed or withdrawn after the run.
    """

    model: str
    samples: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    providers: Counter[str] = field(default_factory=Counter)
    fingerprints: Counter[str] = field(default_factory=Counter)
    finish_reasons: Counter[str] = field(default_factory=Counter)
    tools: set[str] = field(default_factory=set)
    calls: int = 0
    outputs: set[bytes] = field(default_factory=set)
    answers: int = 0
    output_tokens: int = 0
    counted_tokens: int = 0
    errors: int = 0
    errors_scored: int = 0
    errors_scored_zero: int = 0
    images: Counter[str] = field(default_factory=Counter)
    system_prompts: Counter[str | None] = field(default_factory=Counter)
    values: dict[str, list[SampleValue]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    scored: set[str] = field(default_factory=set)
    passed: int = 0
    passed_with_messages: int = 0
    changes: ChangeTally = field(default_factory=ChangeTally)

    def add(self, sample: Json, at: str) -> None:
        """Take in one sample, whose JSON pointer in the file is `at`."""
        self.samples += 1
        document = document_id(sample.get("id"))
        self.seen.add(document)
        scores = scores_of_sample(sample)
        places = {name: len(self.values.get(name, ())) for name in scores}
        self.changes.add(sample, document, scores, places, at)
        is_passed = self._add_scores(sample, document, scores)
        self._add_output(as_mapping(sample.get("output")), sample)
        has_calls = False
        # Logs of version 1 call them the transcript.
        events = sample.get("events") or as_mapping(sample.get("transcript")).get("events")
        for event in as_list(events):
            has_calls |= self._add_call(as_mapping(event))
        if not has_calls:
            _count(self.answered, as_mapping(sample.get("output")).get("model"))
        for digest in set(_IMAGE.findall(_texts(sample.get("sandbox")))):
            _count(self.images, digest)
        messages = as_list(sample.get("messages"))
        self.passed += is_passed
        self.passed_with_messages += is_passed and bool(messages)
        if messages:
            first = as_mapping(messages[0])
            text = text_of(first, as_mapping(sample.get("attachments")))
            is_system = first.get("role") == "system"
            self.system_prompts[_digest(text).hex() if is_system else None] += 1

    def _add_scores(self, sample: Json, document: str, scores: Json) -> bool:
        """Take in the scores; whether there are some and all are right."""
        values = {
            name: sample_value(as_mapping(score).get("value")) for name, score in scores.items()
        }
        for name, value in values.items():
            self.values.setdefault(name, []).append((document, value))
        if values:
            self.scored.add(document)
        if sample.get("error") is not None:
            self.errors += 1
            self.errors_scored += bool(values)
            self.errors_scored_zero += bool(values) and all(
                value in ("I", 0) for value in values.values()
            )
        return bool(values) and all(value in ("C", 1) for value in values.values())

    def _add_output(self, output: Json, sample: Json) -> None:
        limit = as_text(as_mapping(sample.get("limit")).get("type"))
        choices = as_list(output.get("choices"))
        choice = as_mapping(choices[0]) if choices else {}
        _count(self.finish_reasons, f"{limit} limit" if limit else choice.get("stop_reason"))
        if choices:
            self.answers += 1
            message = as_mapping(choice.get("message"))
            text = text_of(message, as_mapping(sample.get("attachments")))
            self.outputs.add(_digest(text))
        tokens = as_count(as_mapping(output.get("usage")).get("output_tokens"))
        if tokens is not None:
            self.output_tokens += tokens
            self.counted_tokens += 1

    def _add_call(self, event: Json) -> bool:
        """Take in an event; whether it is an answered call to the model under test."""
        output = as_mapping(event.get("output"))
        if (
            event.get("event") != "model"
            or event.get("model") != self.model
            or event.get("pending") is True
            or event.get("error") is not None
            or not as_list(output.get("choices"))
        ):
            return False
        self.calls += 1
        response = as_mapping(as_mapping(event.get("call")).get("response"))
        _count(self.answered, as_text(response.get("model")) or output.get("model"))
        _count(self.providers, response.get("provider"))
        _count(self.fingerprints, response.get("system_fingerprint"))
        for tool in as_list(event.get("tools")):
            name = as_text(as_mapping(tool).get("name"))
            if name is not None and len(self.tools) < _MOST_NAMES:
                self.tools.add(name)
        return True


def document_id(value: JsonValue) -> str:
    """The id of a document as text: Inspect has numbers and texts."""
    return value if isinstance(value, str) else str(value)[:200]


def scores_of_sample(sample: Json) -> Json:
    """The scores of a sample by their scorer."""
    scores = as_mapping(sample.get("scores"))
    if not scores and isinstance(sample.get("score"), dict):
        return {ONLY_SCORER: sample["score"]}
    return scores


def _count(counter: Counter[str], name: JsonValue) -> None:
    if isinstance(name, str) and name and (name in counter or len(counter) < _MOST_NAMES):
        counter[name] += 1


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def text_of(message: Json, attachments: Json) -> str:
    """The text of a message, which may be a list of parts or stand in an attachment."""
    content = message.get("content")
    if not isinstance(content, list):
        return _attached(content, attachments)
    return "".join(_attached(as_mapping(part).get("text"), attachments) for part in content)


def _attached(text: JsonValue, attachments: Json) -> str:
    if not isinstance(text, str):
        return ""
    if not text.startswith(_ATTACHMENT):
        return text
    return as_text(attachments.get(text.removeprefix(_ATTACHMENT))) or text


def _texts(value: JsonValue) -> str:
    """All texts within a value, a line each."""
    return "\n".join(_each_text(value))


def _each_text(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _each_text(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _each_text(item)
