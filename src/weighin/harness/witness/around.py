"""A model that somebody hands over, watched around what it answers in this process."""

from pathlib import Path
from typing import Any

from pydantic import JsonValue

from weighin.harness.witness.listening import Listener
from weighin.harness.witness.seen import prompts_in
from weighin.harness.witness.weighing import Loading, Scale

_LAST = "after its last answer"


class Around:
    """The watch of one model from here to the end of an evaluation.

    Attributes:
        source: What it was loaded from; empty if that is not known.
        passes: Calls of it so far.
        prompts: Rows of these that held more than one token.
    """

    def __init__(self, model: Any, tokenizer: Any, source: str, kept_in: Path) -> None:
        """Weigh it before its first answer.

        Args:
            model: A model of transformers or any module of torch.
            tokenizer: What makes its prompts; `None` if it is not known.
            source: The folder or the name that it was loaded from; empty if that is not known.
            kept_in: Folder in which its manifest is left.

        Raises:
            WeighinError: What it was loaded from cannot be read.
        """
        self._model = model
        self.source = source
        self.passes = self.prompts = 0
        loading = Loading(source, {}) if source else None
        if loading is not None:
            # What the loader did not find only the loader knew: here it is without a counterpart.
            loading.finish(model, {"missing_keys": (), "mismatched_keys": ()})
        # Before anything is held: the class of the tokenizer is among what is.
        self._listener = _listener(tokenizer)
        self._scale = Scale(model, tokenizer, loading, "", kept_in)
        self._scale.weigh(model, "before its first answer", 0.0)
        listener = self._before_pass
        self._scale.expect(listener)
        self._hook = model.register_forward_pre_hook(listener, with_kwargs=True)

    def _before_pass(self, _module: Any, arguments: tuple[Any, ...], settings: Any) -> None:
        self.passes += 1
        self.prompts += prompts_in(arguments, settings)
        self._scale.on_pass(self.passes, 0.0)

    def finish(self) -> dict[str, JsonValue]:
        """Weigh it after its last answer: the parts of a record that tell of it."""
        self.stop()
        weighed = self._scale.weigh(self._model, _LAST, 0.0)
        return {
            **weighed,
            "model": 1,
            "when": _LAST,
            "passes": self.passes,
            "prompts": self.prompts,
            "templates": self._templates(),
        }

    def _templates(self) -> JsonValue:
        """The templates that were applied; `None` if none: prompts may have been made before."""
        heard = None if self._listener is None else self._listener.templates
        return heard.told() if heard is not None and heard.calls else None

    def stop(self) -> None:
        """Look no more."""
        self._hook.remove()
        if self._listener is not None:
            self._listener.stop()


def _listener(tokenizer: Any) -> Listener | None:
    """Who hears of the templates of a tokenizer; `None` if it is none of transformers."""
    from transformers import PreTrainedTokenizerBase

    return Listener(tokenizer) if isinstance(tokenizer, PreTrainedTokenizerBase) else None
