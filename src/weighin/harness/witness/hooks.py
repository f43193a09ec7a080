"""What is set on the classes of transformers and PEFT, once these are imported; never on a model.

A model that carried something of ours would be saved, copied and sent with it.
"""

import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weighin.harness.witness.models import Models
    from weighin.harness.witness.startup import Witness


def hook_models(module: Any, witness: "Witness") -> None:
    """See every model that transformers loads, calls or lets go."""
    from torch.compiler import is_compiling

    kind = module.PreTrainedModel
    models = _models(witness)
    load, attach = kind.from_pretrained.__func__, kind.load_adapter
    own_call = vars(kind).get("__call__")
    let_go = getattr(kind, "__del__", None)

    @functools.wraps(load)
    def from_pretrained(cls: type, *arguments: Any, **settings: Any) -> Any:
        return models.load(cls, load, arguments, settings)

    def call(self: Any, *arguments: Any, **settings: Any) -> Any:
        # Looked up at each call: a profiler may have put something else there.
        if own_call is not None:
            return own_call(self, *arguments, **settings)
        return super(kind, self).__call__(*arguments, **settings)

    @functools.wraps(kind.__call__)
    def called(self: Any, *arguments: Any, **settings: Any) -> Any:
        # What is compiled is looked at before it is entered: no graph has anything of ours in it.
        if is_compiling():
            return call(self, *arguments, **settings)
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


def hook_compiled(module: Any, witness: "Witness") -> None:
    """See every call of a model that `torch.compile` wraps."""
    kind = module.OptimizedModule
    models = _models(witness)
    call = kind.__call__

    @functools.wraps(call)
    def called(self: Any, *arguments: Any, **settings: Any) -> Any:
        inner = _model_in(self._orig_mod)
        if inner is None or module.torch.compiler.is_compiling():
            return call(self, *arguments, **settings)
        return models.call(self, call, arguments, settings, within=inner)

    kind.__call__ = called


def _model_in(compiled: Any) -> Any:
    """The model of transformers that is compiled, alone or in what wraps it."""
    models = sys.modules.get("transformers.modeling_utils")
    kind = getattr(models, "PreTrainedModel", ())
    if isinstance(compiled, kind):
        return compiled
    return next((one for one in compiled.modules() if isinstance(one, kind)), None)


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
