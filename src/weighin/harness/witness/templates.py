"""What chat templates were applied in this process, and what they were given."""

from typing import Any

from pydantic import JsonValue

# Of a call, what changes no text, or is noted under another name.
_NOT_ARGUMENTS = frozenset(
    {
        "tokenize", "add_generation_prompt", "continue_final_message", "padding", "truncation",
        "max_length", "return_tensors", "return_dict", "return_assistant_tokens_mask",
        "tokenizer_kwargs", "chat_template", "conversation",
    }
)  # fmt: skip
_WRITES_THE_DATE = "strftime_now"


class Templates:
    """The calls of `apply_chat_template` so far.

    Attributes:
        calls: How many there were.
    """

    def __init__(self) -> None:
        """Begin without one."""
        from weighin.harness.observed.sent import SentSoFar

        self.calls = 0
        self._sent = SentSoFar()
        self._texts: set[str] = set()

    def note(
        self, tokenizer: Any, arguments: tuple[Any, ...], settings: dict[str, Any], found: object
    ) -> None:
        """Note one call, and what came of it."""
        self.calls += 1
        given = settings.get("chat_template") or getattr(tokenizer, "chat_template", None)
        self._texts.add(given if isinstance(given, str) else repr(given))
        conversation = arguments[0] if arguments else settings.get("conversation")
        passed_on = {
            name: value
            for name, value in settings.items()
            if name not in _NOT_ARGUMENTS and value is not None
        }
        for messages in _conversations(conversation):
            # Of token ids it is not asked what the template left out.
            text = found if isinstance(found, str) else str(messages)
            self._sent.note_rendering(messages, text, _plain(passed_on))
        if _WRITES_THE_DATE in str(given):
            from datetime import datetime

            self._sent.template_dates.add(datetime.now().astimezone().date().isoformat())

    def told(self) -> dict[str, JsonValue]:
        """How many calls there were, and the facets of prompting that they show."""
        from weighin.harness.observed.told import observed_prompting
        from weighin.identity.facets import Facet

        observed = []
        if len(self._texts) <= 1:
            text = next(iter(self._texts), None)
            found = observed_prompting(
                self._sent,
                chat_template=text,
                system_prompt=None,
                output_types=frozenset({"generate_until"}),
            )
            # Without a template the system prompt may be text in any prompt.
            observed = [
                one for one in found if text is not None or one.facet is Facet.CHAT_TEMPLATE
            ]
        return {"calls": self.calls, "observed": [o.model_dump(mode="json") for o in observed]}


def _conversations(conversation: Any) -> list[Any]:
    """One conversation or several."""
    listed = list(conversation or ())
    if listed and isinstance(listed[0], list | tuple):
        return listed
    return [listed]


def _plain(arguments: dict[str, Any]) -> dict[str, JsonValue]:
    import json

    found: dict[str, JsonValue] = json.loads(json.dumps(arguments, default=str, sort_keys=True))
    return found
