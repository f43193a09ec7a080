"""How ggml packs the elements of a tensor: the block of each of its types."""

from collections.abc import Mapping
from types import MappingProxyType

from weighin.errors import CheckpointError

GGML_BLOCKS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "F32": (1, 4),
        "F16": (1, 2),
        "Q4_0": (32, 18),
        "Q4_1": (32, 20),
        "Q5_0": (32, 22),
        "Q5_1": (32, 24),
        "Q8_0": (32, 34),
        "Q8_1": (32, 40),
        "Q2_K": (256, 84),
        "Q3_K": (256, 110),
        "Q4_K": (256, 144),
        "Q5_K": (256, 176),
        "Q6_K": (256, 210),
        "Q8_K": (256, 292),
        "IQ2_XXS": (256, 66),
        "IQ2_XS": (256, 74),
        "IQ3_XXS": (256, 98),
        "IQ1_S": (256, 50),
        "IQ4_NL": (32, 18),
        "IQ3_S": (256, 110),
        "IQ2_S": (256, 82),
        "IQ4_XS": (256, 136),
        "I8": (1, 1),
        "I16": (1, 2),
        "I32": (1, 4),
        "I64": (1, 8),
        "F64": (1, 8),
        "IQ1_M": (256, 56),
        "BF16": (1, 2),
        "TQ1_0": (256, 54),
        "TQ2_0": (256, 66),
        "MXFP4": (32, 17),
        "NVFP4": (64, 36),
        "Q1_0": (128, 18),
    }
)
"""Elements and bytes of a block by type, as `ggml.h` spells the types."""

MAX_DIMENSIONS = 4
_LARGEST_COUNT = 2**63 - 1


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
