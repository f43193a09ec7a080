"""Buffers that some versions of a library stored beside the weights, and every loader computes.

They are set aside where only one of two checkpoints has them, and only if they hold what is
computed: positions in order, the causal mask, the frequencies that the configuration states.

Source:
    transformers, modeling_llama.py (`rotary_emb.inv_freq`, stored before 4.32), modeling_gpt2.py
    and modeling_gpt_neox.py (`attn.bias` and `attn.masked_bias`, stored before 4.31),
    modeling_bert.py and modeling_clip.py (`position_ids`, stored before 4.31).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from weighin.identity.comparison.report import NotMeasured
from weighin.identity.containers.safetensors import element_count
from weighin.identity.numbers.decoding import FloatArray, is_decodable
from weighin.identity.numbers.derivation import Logical
from weighin.identity.numbers.rows import LocatedTensor
from weighin.identity.numbers.stored_blocks import all_numbers
from weighin.identity.parts.model_settings import ModelSettings

_MOST_NUMBERS: Final = 1 << 22
_MASK_DIMENSIONS: Final = 4
_MASKED: Final = -1e4
_ROUNDED: Final = 0.02
"""Of an exponent of frequencies that were rounded to 8 bits."""


def without_computed_buffers(
    first: Logical,
    second: Logical,
    settings: tuple[ModelSettings, ModelSettings],
    named: tuple[str, str],
) -> tuple[Logical, Logical, tuple[NotMeasured, ...]]:
    """Two checkpoints without the buffers of one alone, and which they were.

    Args:
        first: One of them.
        second: The other.
        settings: What the configuration of each states.
        named: What the user calls them.

    Raises:
        CheckpointError: A file is unreadable, or its bytes are not those of the manifest.
    """
    reasons: list[NotMeasured] = []
    left: list[Logical] = []
    for side, other, stated, owner in (
        (first, second, settings[0], named[0]),
        (second, first, settings[1], named[1]),
    ):
        alone = dict(_computed(side, other, stated))
        left.append(side.without(alone.keys()))
        reasons += [
            NotMeasured(name=name, reason=f"{what}, which every loader computes; only in {owner}")
            for name, what in alone.items()
        ]
    return left[0], left[1], tuple(sorted(reasons, key=lambda entry: entry.name))


def _computed(
    logical: Logical, other: Logical, settings: ModelSettings
) -> Iterator[tuple[str, str]]:
    """Names of the buffers of one checkpoint alone, and what each is."""
    for name, entry in logical.entries.items():
        if name in other.entries or element_count(entry.shape) > _MOST_NUMBERS:
            continue
        kind = next((kind for pattern, kind in _KINDS.items() if pattern.fullmatch(name)), None)
        tensor = None if logical.tensors is None else logical.tensors[name]
        if kind is None or not isinstance(tensor, LocatedTensor):
            continue
        what, holds = kind
        is_real = entry.dtype != "C64" and is_decodable(entry.dtype)
        if is_real and holds(all_numbers(tensor), settings):
            yield name, what


def _are_positions(numbers: FloatArray, _: ModelSettings) -> bool:
    row = numbers.reshape(-1)
    is_row = numbers.ndim <= 2 and row.size == (numbers.shape[-1] if numbers.ndim else 0)  # noqa: PLR2004  # a batch of one
    return is_row and bool(np.array_equal(row, np.arange(row.size)))


def _is_causal(numbers: FloatArray, _: ModelSettings) -> bool:
    if numbers.ndim != _MASK_DIMENSIONS or numbers.shape[:2] != (1, 1):
        return False
    rows, columns = numbers.shape[2:]
    return rows == columns and bool(np.array_equal(numbers[0, 0], np.tri(rows)))


def _is_masked(numbers: FloatArray, _: ModelSettings) -> bool:
    return numbers.size == 1 and float(numbers.reshape(-1)[0]) <= _MASKED


def _are_frequencies(numbers: FloatArray, settings: ModelSettings) -> bool:
    """Whether they fall from 1 by equal factors, as the base of the configuration makes them."""
    if numbers.ndim != 1 or not numbers.size or not settings.rotary_base or numbers.min() <= 0:
        return False
    wanted = np.arange(numbers.size) / numbers.size
    return bool(np.abs(-np.log(numbers) / np.log(settings.rotary_base) - wanted).max() < _ROUNDED)


_Kind = tuple[str, Callable[[FloatArray, ModelSettings], bool]]
_KINDS: Mapping[re.Pattern[str], _Kind] = {
    re.compile(r"(?:.*\.)?rotary_(?:pos_)?emb\.inv_freq", re.DOTALL): (
        "frequencies of rotary positions",
        _are_frequencies,
    ),
    re.compile(r"(?:.*\.)?position_ids", re.DOTALL): ("positions in order", _are_positions),
    re.compile(r"(?:.*\.)?attn\.bias|.*\.attention\.bias", re.DOTALL): (
        "a causal mask",
        _is_causal,
    ),
    re.compile(r"(?:.*\.)?(?:attn|attention)\.masked_bias", re.DOTALL): (
        "what masked positions are given",
        _is_masked,
    ),
}
