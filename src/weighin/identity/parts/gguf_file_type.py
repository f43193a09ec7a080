"""What `general.file_type` of a GGUF file says of its tensors, and whether they are that.

Source:
    llama.cpp, llama.h (`enum llama_ftype`) and llama-quant.cpp (`llama_ftype_get_default_type`:
    the type that most matrices get; rows that are no multiple of its block get another).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from weighin.files.canonical import strict_json
from weighin.identity.containers.gguf.types import ggml_block

FILE_TYPE: Final = "general.file_type"
_ALL_F32: Final = 0
_GUESSED: Final = 1024
_MATRIX: Final = 2
_NAMES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        0: ("F32", "F32"),
        1: ("F16", "F16"),
        2: ("Q4_0", "Q4_0"),
        3: ("Q4_1", "Q4_1"),
        4: ("Q4_1, some F16", "Q4_1"),
        5: ("Q4_2", "Q4_2"),
        6: ("Q4_3", "Q4_3"),
        7: ("Q8_0", "Q8_0"),
        8: ("Q5_0", "Q5_0"),
        9: ("Q5_1", "Q5_1"),
        10: ("Q2_K", "Q2_K"),
        11: ("Q3_K_S", "Q3_K"),
        12: ("Q3_K_M", "Q3_K"),
        13: ("Q3_K_L", "Q3_K"),
        14: ("Q4_K_S", "Q4_K"),
        15: ("Q4_K_M", "Q4_K"),
        16: ("Q5_K_S", "Q5_K"),
        17: ("Q5_K_M", "Q5_K"),
        18: ("Q6_K", "Q6_K"),
        19: ("IQ2_XXS", "IQ2_XXS"),
        20: ("IQ2_XS", "IQ2_XS"),
        21: ("Q2_K_S", "Q2_K"),
        22: ("IQ3_XS", "IQ3_S"),
        23: ("IQ3_XXS", "IQ3_XXS"),
        24: ("IQ1_S", "IQ1_S"),
        25: ("IQ4_NL", "IQ4_NL"),
        26: ("IQ3_S", "IQ3_S"),
        27: ("IQ3_M", "IQ3_S"),
        28: ("IQ2_S", "IQ2_XS"),
        29: ("IQ2_M", "IQ2_S"),
        30: ("IQ4_XS", "IQ4_XS"),
        31: ("IQ1_M", "IQ1_M"),
        32: ("BF16", "BF16"),
        33: ("Q4_0_4_4", "Q4_0_4_4"),
        34: ("Q4_0_4_8", "Q4_0_4_8"),
        35: ("Q4_0_8_8", "Q4_0_8_8"),
        36: ("TQ1_0", "TQ1_0"),
        37: ("TQ2_0", "TQ2_0"),
        38: ("MXFP4_MOE", "MXFP4"),
        39: ("NVFP4", "NVFP4"),
        40: ("Q1_0", "Q1_0"),
        41: ("Q2_0", "Q2_0"),
    }
)
"""Of each file type what llama.cpp calls it, and the type of most of its matrices."""

_Tensor = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file says of its tensors.

    Attributes:
        words: The same in words, with what speaks against it; empty if it says nothing.
        is_contradicted: Whether no tensor is what it says.
    """

    words: str = ""
    is_contradicted: bool = False


def file_type(metadata: Mapping[str, str], tensors: Iterable[_Tensor]) -> FileType:
    """The file type that a GGUF file states, held against its tensors.

    Args:
        metadata: Canonical JSON of each value by key, as in the header of the file.
        tensors: Dtype and shape of each tensor of the checkpoint.
    """
    stated = strict_json(metadata[FILE_TYPE]) if FILE_TYPE in metadata else None
    if stated is None:
        return FileType()
    words = f"file type {str(stated)[:20]}"
    if not isinstance(stated, int) or isinstance(stated, bool) or stated < 0:
        return FileType(f"{words}, which is no number of one", is_contradicted=True)
    guess = ", guessed by its writer" if stated & _GUESSED else ""
    number = stated & ~_GUESSED
    if number not in _NAMES:
        return FileType(f"{words}, which is not known{guess}")
    name, main = _NAMES[number]
    if number == _ALL_F32:
        others = sorted({dtype for dtype, _ in tensors} - {main})
        against = f", but some are {', '.join(others)}" if others else ""
        return FileType(f"{words} (all {name}{guess}){against}", is_contradicted=bool(others))
    words = f"{words} (mostly {name}{guess})"
    found = list(tensors)
    if any(dtype == main for dtype, _ in found):
        return FileType(words)
    block, _ = ggml_block(main)
    if any(len(shape) >= _MATRIX and shape[-1] % block == 0 for _, shape in found):
        return FileType(f"{words}, but no tensor is {main}", is_contradicted=True)
    return FileType(f"{words}; no row is a multiple of the {block} numbers of a block of {main}")
