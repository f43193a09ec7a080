"""Scales that serving stacks keep beside the weights: of activations, and of the cache.

They say how numbers are rounded that a model computes, and are no weights. They are set aside
where only one of two checkpoints has them, or both have the same; where both have them and they
differ, they are compared like any tensor.

Source:
    Model-Optimizer, export/unified_export_hf.py and export/postprocess.py (`k_proj.k_scale`,
    `v_proj.v_scale`, `input_scale`); vLLM, model_loader/weight_utils.py
    (`maybe_remap_kv_scale_name`: `kv_scale`, `attn.k_scale`) and
    layers/quantization/compressed_tensors and quark (`get_cache_scale`: `k_proj.output_scale`,
    `prob_output_scale`); compressed-tensors, quantization/lifecycle/initialize.py (`input_scale`,
    `input_global_scale`, `output_scale`, and their zero points); transformers,
    integrations/finegrained_fp8.py (`activation_scale`); Mistral's own files (`qscale_act`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from weighin.identity.comparison.report import NotMeasured
from weighin.identity.containers.safetensors import element_count
from weighin.identity.manifest import TensorEntry
from weighin.identity.numbers.derivation import Logical

_KINDS: Final = r"(?:_global)?_(?:scale(?:_inv)?|zero_point)"
_OF_CACHE = re.compile(
    rf".*\.(?:(?:[qkv]|kv|prob|prob_output|[kv]_cache|kv_cache){_KINDS}|[qkv]_proj\.output{_KINDS})",
    re.DOTALL,
)
_OF_ACTIVATIONS = re.compile(
    rf".*[._](?:input|activation|act){_KINDS}|.*_proj\.output{_KINDS}|.*\.qscale_act", re.DOTALL
)
_MOST_NUMBERS: Final = 65_536
"""Of a head, a layer or an expert each; more is no scale of these."""


def what_it_scales(entry: TensorEntry) -> str:
    """`the cache` or `activations`, by the name of a tensor; empty if it scales neither."""
    if element_count(entry.shape) > _MOST_NUMBERS:
        return ""
    if _OF_CACHE.fullmatch(entry.name):
        return "the cache"
    return "activations" if _OF_ACTIVATIONS.fullmatch(entry.name) else ""


def without_serving_scales(
    first: Logical, second: Logical, named: tuple[str, str]
) -> tuple[Logical, Logical, tuple[NotMeasured, ...]]:
    """Two checkpoints without the scales that say nothing of their weights, and which they were.

    Args:
        first: One of them.
        second: The other.
        named: What the user calls them.
    """
    ours, theirs = _scales(first), _scales(second)
    both = ours.keys() & theirs.keys()
    kept = {name for name in both if _content(ours[name]) != _content(theirs[name])}
    reasons = [
        NotMeasured(name=name, reason=f"by its name a scale of {what}, no weight; only in {owner}")
        for side, owner in ((ours, named[0]), (theirs, named[1]))
        for name, what in _alone(side, both)
    ]
    return (
        first.without(ours.keys() - kept),
        second.without(theirs.keys() - kept),
        tuple(sorted(reasons, key=lambda entry: entry.name)),
    )


def _scales(logical: Logical) -> Mapping[str, TensorEntry]:
    return {
        name: entry
        for name, entry in logical.entries.items()
        if name not in logical.sources and what_it_scales(entry)
    }


def _alone(side: Mapping[str, TensorEntry], both: set[str]) -> Iterator[tuple[str, str]]:
    return ((name, what_it_scales(entry)) for name, entry in side.items() if name not in both)


def _content(entry: TensorEntry) -> tuple[str, tuple[int, ...], str]:
    return entry.dtype, entry.shape, entry.sha256
