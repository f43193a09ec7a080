"""Rotary frequencies that transformers computes anew for long prompts, and what they may be."""

from collections.abc import Iterator, Mapping

import torch
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

_FREQUENCIES = "inv_freq"
_KEPT = f"original_{_FREQUENCIES}"
_ANEW = (_FREQUENCIES, "max_seq_len_cached", "attention_scaling")


def is_recomputed(module: torch.nn.Module, attribute: str) -> bool:
    """Whether transformers itself computes an attribute anew while the model answers.

    Source:
        transformers.modeling_rope_utils.dynamic_rope_update.
    """
    if not attribute.endswith(_ANEW) or attribute.endswith(_KEPT):
        return False
    return any(_is_dynamic(kind) for kind in _kinds(module).values())


def other_than_computed(modules: Mapping[str, torch.nn.Module]) -> Iterator[str]:
    """Names of frequencies that are none of those that transformers would compute."""
    for name, module in modules.items():
        for layer_type, kind in _kinds(module).items():
            if _is_dynamic(kind) and not _is_as_computed(module, layer_type, str(kind)):
                yield f"{name}.{_prefix(layer_type)}{_FREQUENCIES}"


def _kinds(module: torch.nn.Module) -> dict[str | None, object]:
    found = vars(module).get("rope_type")
    return dict(found) if isinstance(found, dict) else {None: found}


def _is_dynamic(kind: object) -> bool:
    return isinstance(kind, str) and ("dynamic" in kind or kind == "longrope")


def _prefix(layer_type: str | None) -> str:
    return "" if layer_type is None else f"{layer_type}_"


def _is_as_computed(module: torch.nn.Module, layer_type: str | None, kind: str) -> bool:
    prefix = _prefix(layer_type)
    found, kept = (getattr(module, f"{prefix}{name}", None) for name in (_FREQUENCIES, _KEPT))
    if not isinstance(found, torch.Tensor) or not isinstance(kept, torch.Tensor):
        return True
    if torch.equal(found, kept.to(found.device)):
        return True
    if kind == "longrope":
        length = int(module.config.rope_parameters["original_max_position_embeddings"]) + 1
    else:
        length = getattr(module, f"{prefix}max_seq_len_cached", module.max_seq_len_cached)
    settings = {} if layer_type is None else {"layer_type": layer_type}
    expected, _ = ROPE_INIT_FUNCTIONS[kind](module.config, found.device, seq_len=length, **settings)
    return bool(torch.equal(found, expected.to(found.dtype)))
