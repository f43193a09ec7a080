"""Quantised builds: how their tensors are packed, and what their configuration states of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.identity.containers.gguf.types import is_quantised
from weighin.identity.manifest import TensorEntry

_WORDS = (
    "quant_method", "quant_algo", "qformat_weight", "format", "fmt", "quant_type",
    "bnb_4bit_quant_type", "weights",
)  # fmt: skip
_BITS = ("bits", "num_bits", "w_bit", "nbits", "weight_bits")
_GROUPS = ("group_size", "q_group_size")
_BLOCKS = "weight_block_size"
# Where the numbers of weights stand below a configuration.
_BELOW = ("config_groups", "quantization", "weight_quant_params", "weights")
_MAX_WORD, _MAX_DEPTH, _MAX_FACTS = 40, 4, 16
_MAX_NUMBER = 1_000_000
_FLOAT_8 = ("F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ")


@dataclass(frozen=True, slots=True)
class _Sign:
    """Tensors of one layer that show how it is packed.

    Attributes:
        scheme: What they show.
        suffixes: Of their names, after the name of the layer.
        dtypes: That the last of them has; empty for any.
    """

    scheme: str
    suffixes: tuple[str, ...]
    dtypes: Collection[str] = ()


_SIGNS = (
    _Sign("bitsandbytes 4-bit", (".weight.absmax", ".weight.quant_map")),
    _Sign("bitsandbytes 8-bit", (".SCB", ".weight"), ("I8",)),
    _Sign("compressed-tensors integers", (".weight_scale", ".weight_packed"), ("I32",)),
    _Sign("fp4 with block scales", (".weight_scale", ".weight_packed"), ("U8", "F4")),
    _Sign("fp4 with block scales", (".weight_scale", ".weight"), ("U8", "F4")),
    _Sign("fp8 with block scales", (".weight_scale_inv", ".weight"), _FLOAT_8),
    _Sign("fp8 with scales", (".weight_scale", ".weight"), _FLOAT_8),
    _Sign("int8 with scales", (".weight_scale", ".weight"), ("I8",)),
    _Sign("mlx", (".biases", ".scales", ".weight"), ("U32",)),
    _Sign("mxfp4", ("_scales", "_blocks"), ("U8",)),
)
_FIRST_SUFFIXES = tuple({sign.suffixes[0] for sign in _SIGNS})
_PACKED_INTEGERS = ".qweight"
_FIRST_SUFFIXES = (_PACKED_INTEGERS, *(sign.suffixes[0] for sign in _SIGNS))


def packings(tensors: Iterable[TensorEntry]) -> tuple[str, ...]:
    """The schemes by which tensors are packed, as their names, dtypes and shapes show.

    Args:
        tensors: Of a checkpoint.

    Returns:
        In alphabetical order, for example `("gptq",)`; of a GGUF file the types of its blocks, for
        example `("Q4_1", "Q8_0")`. Empty if the tensors are plain numbers.
    """
    by_name = {tensor.name: tensor for tensor in tensors}
    found = {tensor.dtype for tensor in by_name.values() if is_quantised(tensor.dtype)}
    for name in by_name:
        if name.endswith(_FIRST_SUFFIXES):
            found.update(sign.scheme for sign in _SIGNS if _shows(sign, name, by_name))
        if name.endswith(".qweight"):
            found.update(_of_packed_integers(name, by_name))
    return tuple(sorted(found))


def _shows(sign: _Sign, name: str, by_name: Mapping[str, TensorEntry]) -> bool:
    first, last = sign.suffixes[0], sign.suffixes[-1]
    if not name.endswith(first):
        return False
    layer = name.removesuffix(first)
    return all(layer + suffix in by_name for suffix in sign.suffixes) and (
        not sign.dtypes or by_name[layer + last].dtype in sign.dtypes
    )


def _of_packed_integers(name: str, by_name: Mapping[str, TensorEntry]) -> Iterator[str]:
    if not name.endswith(_PACKED_INTEGERS):
        return
    packed, scales = by_name[name], by_name.get(f"{name.removesuffix(_PACKED_INTEGERS)}.scales")
    if packed.dtype == "I32" and packed.shape and scales is not None and scales.shape:
        # GPTQ packs rows, so its columns are those of the scales; AWQ packs columns.
        yield "gptq" if packed.shape[-1] == scales.shape[-1] else "awq"


def quantization_words(stated: Iterable[JsonValue], packed: Sequence[str]) -> str:
    """A quantised build in words: what is stated of it, and how its tensors are packed.

    Args:
        stated: What the configurations state of the quantisation.
        packed: As `packings` gives them.

    Returns:
        For example `gptq, 4 bits, group size 128; tensors packed as gptq`.
    """
    facts = list(dict.fromkeys(fact for part in stated for fact in _facts(part, _MAX_DEPTH)))
    return packed_words(", ".join(facts[:_MAX_FACTS]), packed)


def packed_words(said: str, packed: Sequence[str]) -> str:
    """What is stated of a build, and how its tensors are packed.

    Args:
        said: In words; empty for nothing.
        packed: As `packings` gives them.
    """
    return f"{said or 'nothing stated'}; tensors packed as {', '.join(packed) or 'plain numbers'}"


def _facts(stated: JsonValue, depth: int) -> Iterator[str]:
    if not isinstance(stated, dict):
        return
    for key in _WORDS:
        word = stated.get(key)
        if isinstance(word, str) and word:
            yield word[:_MAX_WORD]
    yield from _sizes(stated)
    if depth:
        for key in _BELOW:
            part = stated.get(key)
            groups = part.values() if isinstance(part, dict) and key == "config_groups" else (part,)
            for group in groups:
                yield from _facts(group, depth - 1)


def _sizes(stated: Mapping[str, JsonValue]) -> Iterator[str]:
    bits = [stated[key] for key in _BITS if _is_number(stated.get(key))]
    bits += [number for number in (4, 8) if stated.get(f"load_in_{number}bit") is True]
    yield from (f"{number} bits" for number in bits)
    kind = stated.get("type")
    if isinstance(kind, str) and kind in {"int", "float"}:
        yield kind
    for key in _GROUPS:
        if _is_number(stated.get(key)):
            yield f"group size {stated[key]}"
    block = stated.get(_BLOCKS)
    if isinstance(block, list) and block and all(map(_is_number, block)):
        yield f"blocks of {'x'.join(str(size) for size in block[:_MAX_DEPTH])}"
    if stated.get("bnb_4bit_use_double_quant") is True:
        yield "double quantization"


def _is_number(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _MAX_NUMBER
