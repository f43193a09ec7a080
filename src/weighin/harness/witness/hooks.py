"""What is set on the classes of transformers and PEFT, once these are imported; never on a model.

A model that carried something of ours would be saved, copied and sent with it.
"""

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weighin.harness.witness.models import Models
    from weighin.harness.witness.startup import Witness


def hook_models(module: Any, witness: "Witness") -> None:
    """See every model that transformers loads, calls or lets go."""
    kind = module.PreTrainedModel
    models = _models(witness)
    load, call, attach = kind.from_pretrained.__func__, kind.__call__, kind.load_adapter
    let_go = getattr(kind, "__del__", None)

    @functools.wraps(load)
    def from_pretrained(cls: type, *arguments: Any, **settings: Any) -> Any:
        return models.load(cls, load, arguments, settings)

    @functools.wraps(call)
    def called(self: Any, *arguments: Any, **settings: Any) -> Any:
        return models.call(self, call, arguments, settings)

    @functools.wraps(attach)
    def load_adapter(self: Any, *arguments: Any, **settings: Any) -> Any:
        found = attach(self, *arguments, **settings)
        models.attached(self, self, arguments[0] if arguments else settings.get("peft_model_id"))
        return found

    def deleted(self: Any) -> None:
        # Everything is still there: it dies after this.
        models.let_go(self)
        if let_go is not None:
            let_go(self)

    kind.from_pretrained = classmethod(from_pretrained)
    kind.__call__ = called
    kind.load_adapter = load_adapter
    kind.__del__ = deleted


def hook_tokenizers(module: Any, witness: "Witness") -> None:
    """See every tokenizer that transformers loads, and when a chat template is applied."""
    kind = module.PreTrainedTokenizerBase
    models = _models(witness)
    load, apply = kind.from_pretrained.__func__, kind.apply_chat_template

    @functools.wraps(load)
    def from_pretrained(cls: type, *arguments: Any, **settings: Any) -> Any:
        found = load(cls, *arguments, **settings)
        models.tokenizer_loaded(found, arguments[0] if arguments else None)
        return found

    @functools.wraps(apply)
    def apply_chat_template(self: Any, *arguments: Any, **settings: Any) -> Any:
        found = apply(self, *arguments, **settings)
        models.template_applied(self, arguments, settings, found)
        return found

    kind.from_pretrained = classmethod(from_pretrained)
    kind.apply_chat_template = apply_chat_template


def hook_adapters(module: Any, witness: "Witness") -> None:
    """See every adapter that PEFT attaches."""
    kind = module.PeftModel
    models = _models(witness)
    load, attach = kind.from_pretrained.__func__, kind.load_adapter

    @functools.wraps(load)
    def from_pretrained(cls: type, model: Any, *arguments: Any, **settings: Any) -> Any:
        found = load(cls, model, *arguments, **settings)
        models.attached(model, found, arguments[0] if arguments else settings.get("model_id"))
        return found

    @functools.wraps(attach)
    def load_adapter(self: Any, *arguments: Any, **settings: Any) -> Any:
        found = attach(self, *arguments, **settings)
        inner = self.get_base_model()
        models.attached(inner, self, arguments[0] if arguments else settings.get("model_id"))
        return found

    kind.from_pretrained = classmethod(from_pretrained)
    kind.load_adapter = load_adapter


def _models(witness: "Witness") -> "Models":
    if witness.models is None:
        from weighin.harness.witness.models import Models

        witness.models = Models(witness.events)
    models: Models = witness.models
    return models
