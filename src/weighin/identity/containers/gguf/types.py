"""How ggml packs the elements of a tensor: the block of each of its types.

A table of our own, so that a file can be hashed whose types the package gguf does not know yet.

Source:
    ggml, ggml.h (`enum ggml_type`) and ggml-common.h (the `block_*` structures, and the sizes that
    `static_assert` requires of them); the types that were removed: ggml.h of llama.cpp before
    2023-05 (`Q4_2`, `Q4_3`) and before 2024-12 (those packed for several rows at once).
"""

from collections.abc import Mapping
from types import MappingProxyType

from weighin.errors import CheckpointError

_TYPES: Mapping[int, tuple[str, int, int]] = MappingProxyType(
    {
        0: ("F32", 1, 4),
        1: ("F16", 1, 2),
        2: ("Q4_0", 32, 18),
        3: ("Q4_1", 32, 20),
        4: ("Q4_2", 16, 10),
        5: ("Q4_3", 16, 12),
        6: ("Q5_0", 32, 22),
        7: ("Q5_1", 32, 24),
        8: ("Q8_0", 32, 34),
        9: ("Q8_1", 32, 40),
        10: ("Q2_K", 256, 84),
        11: ("Q3_K", 256, 110),
        12: ("Q4_K", 256, 144),
        13: ("Q5_K", 256, 176),
        14: ("Q6_K", 256, 210),
        15: ("Q8_K", 256, 292),
        16: ("IQ2_XXS", 256, 66),
        17: ("IQ2_XS", 256, 74),
        18: ("IQ3_XXS", 256, 98),
        19: ("IQ1_S", 256, 50),
        20: ("IQ4_NL", 32, 18),
        21: ("IQ3_S", 256, 110),
        22: ("IQ2_S", 256, 82),
        23: ("IQ4_XS", 256, 136),
        24: ("I8", 1, 1),
        25: ("I16", 1, 2),
        26: ("I32", 1, 4),
        27: ("I64", 1, 8),
        28: ("F64", 1, 8),
        29: ("IQ1_M", 256, 56),
        30: ("BF16", 1, 2),
        31: ("Q4_0_4_4", 32, 18),
        32: ("Q4_0_4_8", 32, 18),
        33: ("Q4_0_8_8", 32, 18),
        34: ("TQ1_0", 256, 54),
        35: ("TQ2_0", 256, 66),
        36: ("IQ4_NL_4_4", 32, 18),
        37: ("IQ4_NL_4_8", 32, 18),
        38: ("IQ4_NL_8_8", 32, 18),
        39: ("MXFP4", 32, 17),
        40: ("NVFP4", 64, 36),
        41: ("Q1_0", 128, 18),
        42: ("Q2_0", 64, 18),
    }
)
"""Name, elements and bytes of a block by number; 4, 5, 31 to 33 and 36 to 38 were removed."""

GGML_BLOCKS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {name: (elements, size_bytes) for name, elements, size_bytes in _TYPES.values()}
)
"""Elements and bytes of a block by type, as `ggml.h` spells the types."""

MAX_DIMENSIONS = 4
_LARGEST_COUNT = 2**63 - 1


def ggml_type(number: int, place: str) -> str:
    """The name of a type by the number that GGUF files give it.

    Args:
        number: As in the file.
        place: Named in errors only.

    Raises:
        CheckpointError: No such type is known, so that where the tensor ends is not known either.
    """
    if number not in _TYPES:
        raise CheckpointError(
            f"{place}: expected a type of ggml from 0 to {max(_TYPES)}, found type {number}, which "
            "weighin does not know; a newer weighin may, unless it is of a fork of llama.cpp"
        )
    return _TYPES[number][0]


def ggml_block(dtype: str) -> tuple[int, int]:
    """How many elements of a row one block of a ggml type packs, and into how many bytes.

    Args:
        dtype: As ggml spells it, for example `Q4_1`; one element a block if it is not quantised.

    Raises:
        CheckpointError: ggml has no such type.
    """
    if dtype not in GGML_BLOCKS:
        raise CheckpointError(f"expected one of {', '.join(GGML_BLOCKS)}, found {dtype!r}")
    return GGML_BLOCKS[dtype]


def is_quantised(dtype: str) -> bool:
    """Whether a dtype is one of ggml's that packs several elements into a block."""
    return dtype in GGML_BLOCKS and GGML_BLOCKS[dtype][0] > 1


def packed_bytes(dtype: str, shape: tuple[int, ...], place: str) -> int:
    """Number of bytes of a tensor in a GGUF file.

    Args:
        dtype: As ggml spells it.
        shape: Row-major.
        place: Named in errors only.

    Raises:
        CheckpointError: ggml has no such type or shape, or a row is no whole number of blocks.
    """
    if dtype not in GGML_BLOCKS:
        raise CheckpointError(f"{place}: dtype: expected one of ggml, found {dtype!r}")
    if len(shape) > MAX_DIMENSIONS:
        raise CheckpointError(
            f"{place}: shape: expected at most {MAX_DIMENSIONS} dimensions, found {len(shape)}"
        )
    elements = 1
    for dimension in shape:
        elements *= dimension
        if elements > _LARGEST_COUNT:
            raise CheckpointError(
                f"{place}: shape: expected fewer than 2**63 elements, found {list(shape)}"
            )
    block_elements, block_bytes = GGML_BLOCKS[dtype]
    row = shape[-1] if shape else 1
    if row % block_elements:
        raise CheckpointError(
            f"{place}: shape: expected rows of a multiple of {block_elements} elements for "
            f"{dtype}, found {row}"
        )
    return elements // block_elements * block_bytes
