"""Who listens to chat templates that the tokenizer of a handed-over model applies.

The class is wrapped once a process and stays so: a watch that ends changes no function that another
one holds. Nothing is set on a tokenizer.
"""

import functools
from typing import Any
from weakref import WeakSet

from weighin.harness.witness.templates import Templates


class Listener:
    """Hears of one tokenizer.

    Attributes:
        templates: What it heard.
    """

    def __init__(self, tokenizer: Any) -> None:
        """Listen from now on, until nobody holds this any more."""
        self._tokenizer = tokenizer
        self.templates = Templates()
        _wrap()
        _LISTENERS.add(self)

    def stop(self) -> None:
        """Hear no more."""
        _LISTENERS.discard(self)

    def heard(self, tokenizer: Any, arguments: tuple[Any, ...], settings: Any, found: Any) -> None:
        """A template was applied by some tokenizer."""
        if tokenizer is self._tokenizer:
            self.templates.note(tokenizer, arguments, settings, found)


_LISTENERS: WeakSet[Listener] = WeakSet()


@functools.cache
def _wrap() -> None:
    from transformers import PreTrainedTokenizerBase as Tokenizer

    apply = Tokenizer.apply_chat_template

    @functools.wraps(apply)
    def apply_chat_template(self: Any, *arguments: Any, **settings: Any) -> Any:
        found = apply(self, *arguments, **settings)
        for listener in tuple(_LISTENERS):
            listener.heard(self, arguments, settings, found)
        return found

    Tokenizer.apply_chat_template = apply_chat_template
