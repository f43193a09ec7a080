"""SHA-256 of tensors where they lie, chunk by chunk: no tensor is ever copied whole."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from weighin.errors import RunError
from weighin.identity.digests.hashing import usable_cores

CHUNK_BYTES = 4 << 20
MAX_WORKERS = 16
"""Each holds a chunk, and for a cast another one of up to eight times its size."""

# https://github.com/huggingface/safetensors#format: how safetensors spells a dtype.
_DTYPE_CODES: Mapping[torch.dtype, str] = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e4m3fnuz: "F8_E4M3FNUZ",
    torch.float8_e5m2: "F8_E5M2",
    torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
    torch.float8_e8m0fnu: "F8_E8M0",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.uint16: "U16",
    torch.uint32: "U32",
    torch.uint64: "U64",
    torch.bool: "BOOL",
    torch.complex64: "C64",
}
_DTYPES = {code: dtype for dtype, code in _DTYPE_CODES.items()}

_NO_THREADS = "after interpreter shutdown"

Item = TypeVar("Item")


def dtype_code(name: str, tensor: torch.Tensor) -> str:
    """The dtype of a tensor as safetensors spells it.

    Raises:
        RunError: safetensors has no such dtype.
    """
    code = _DTYPE_CODES.get(tensor.dtype)
    if code is None:
        raise RunError(f"tensor {name!r} in memory: expected a known dtype, found {tensor.dtype}")
    return code


def dtype_named(code: str) -> torch.dtype | None:
    """The dtype that safetensors spells so; `None` if torch has none or it has no name."""
    return _DTYPES.get(code)


def is_hashable(tensor: torch.Tensor) -> bool:
    """Whether the numbers of a tensor are in memory and of a dtype that has a name."""
    return tensor.device.type != "meta" and tensor.dtype in _DTYPE_CODES


def tensor_sha256(name: str, tensor: torch.Tensor) -> str:
    """Hex SHA-256 of the elements of a tensor, row-major, wherever and however they lie.

    Raises:
        RunError: The tensor is not in memory.
    """
    if tensor.device.type == "meta":
        raise RunError(
            f"tensor {name!r} is not in memory, and not where accelerate would keep it, so what "
            "is scored cannot be fingerprinted; use a device with more memory"
        )
    digest = hashlib.sha256()
    for chunk in chunks_of(tensor.detach()):
        digest.update(bytes_of(chunk))
    return digest.hexdigest()


def is_cast(source: str, target: str) -> bool:
    """Whether numbers of one dtype, as safetensors spells it, become another by a cast."""
    codes = (source, target)
    return all(code in _DTYPES and _DTYPES[code].is_floating_point for code in codes)


def cast_sha256(content: Iterable[memoryview], source: str, target: str) -> str:
    """Hex SHA-256 of numbers after a cast.

    Args:
        content: The bytes of the numbers, in pieces of any length.
        source: Their dtype as safetensors spells it.
        target: The dtype that they are cast to.
    """
    digest = hashlib.sha256()
    for piece in whole_elements(content, _DTYPES[source].itemsize):
        numbers = torch.frombuffer(piece, dtype=_DTYPES[source])
        digest.update(bytes_of(numbers.to(_DTYPES[target])))
    return digest.hexdigest()


def each_in_parallel(work: Callable[[Item], str], items: Sequence[Item]) -> tuple[str, ...]:
    """What some hashing gives for each item, in their order, on all cores."""
    workers = max(1, min(usable_cores(), len(items), MAX_WORKERS))
    with ThreadPoolExecutor(workers, thread_name_prefix="weighin-memory") as pool:
        try:
            return tuple(pool.map(work, items))
        except RuntimeError as error:
            # Where a process ends, Python starts no thread any more.
            if _NO_THREADS not in str(error):
                raise
            return tuple(map(work, items))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def chunks_of(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """Parts of a tensor in row-major order, each of at most 4 MiB or a single element."""
    size_bytes = tensor.numel() * tensor.element_size()
    if size_bytes <= CHUNK_BYTES:
        if size_bytes:
            yield tensor
        return
    if tensor.is_contiguous():
        # Rows of any length: one huge dimension must not become many small chunks.
        tensor = tensor.reshape(-1)
    rows = tensor.shape[0]
    at_once = CHUNK_BYTES // (size_bytes // rows)
    if at_once == 0:
        for row in tensor:
            yield from chunks_of(row)
        return
    for begin in range(0, rows, at_once):
        yield tensor[begin : begin + at_once]


def bytes_of(chunk: torch.Tensor) -> memoryview:
    """The bytes of a small tensor, row-major."""
    dense = chunk.contiguous()
    # Of one element, any stride counts as contiguous, and only a stride of 1 has a view as bytes.
    flat = dense.as_strided((dense.numel(),), (1,)).view(torch.uint8)
    return memoryview(flat.cpu().numpy())


def whole_elements(content: Iterable[memoryview], item_bytes: int) -> Iterator[bytearray]:
    """Bytes in pieces none of which ends within an element.

    Args:
        content: The bytes in pieces of any length.
        item_bytes: The size of an element.
    """
    rest = bytearray()
    for piece in content:
        rest += piece
        whole = len(rest) - len(rest) % item_bytes
        if whole:
            yield rest[:whole]
            rest = rest[whole:]
