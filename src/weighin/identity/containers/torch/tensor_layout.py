"""Where the numbers of a tensor of PyTorch lie in its storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from weighin.errors import CheckpointError
from weighin.identity.containers.safetensors import BITS_OF_DTYPE

DTYPE_OF_STORAGE: Mapping[str, str] = MappingProxyType(
    {
        "torch.BFloat16Storage": "BF16",
        "torch.BoolStorage": "BOOL",
        "torch.ByteStorage": "U8",
        "torch.CharStorage": "I8",
        "torch.ComplexFloatStorage": "C64",
        "torch.DoubleStorage": "F64",
        "torch.FloatStorage": "F32",
        "torch.HalfStorage": "F16",
        "torch.IntStorage": "I32",
        "torch.LongStorage": "I64",
        "torch.ShortStorage": "I16",
    }
)
# PyTorch keeps these in a storage without a dtype, and names the dtype in the tensor.
DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "torch.float8_e4m3fn": "F8_E4M3",
        "torch.float8_e4m3fnuz": "F8_E4M3FNUZ",
        "torch.float8_e5m2": "F8_E5M2",
        "torch.float8_e5m2fnuz": "F8_E5M2FNUZ",
        "torch.float8_e8m0fnu": "F8_E8M0",
        "torch.uint16": "U16",
        "torch.uint32": "U32",
        "torch.uint64": "U64",
    }
)

_LARGEST_COUNT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers that tensors are views of.

    Attributes:
        key: Name of its bytes in the file.
        dtype: As safetensors spells it; `None` for bytes whose dtype the tensor names.
        count: Number of elements; of bytes if there is no dtype.
        location: Device that it was on, for example `cpu`.
    """

    key: str
    dtype: str | None
    count: int
    location: str


@dataclass(frozen=True, slots=True)
class RawTensor:
    """A tensor as a pickle describes it; nothing is checked yet.

    Attributes:
        storage: What it is a view of.
        offset: Of its first element in the storage, in elements.
        shape: Its dimensions.
        stride: Distance of neighbours in each dimension, in elements.
        dtype: As safetensors spells it; `None` for the one of the storage.
    """

    storage: Storage
    offset: object
    shape: object
    stride: object
    dtype: str | None


@dataclass(frozen=True, slots=True)
class PickledTensor:
    """A tensor whose elements lie one after another in a storage.

    Attributes:
        name: As spelled in the pickle; never a path.
        dtype: As safetensors spells it.
        shape: Row-major.
        storage: Key of the storage.
        storage_bytes: Size that the storage must have.
        begin: Offset of its first byte in the storage.
        end: Offset after its last byte in the storage.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    storage: str
    storage_bytes: int
    begin: int
    end: int


def pickled_tensor(name: str, raw: RawTensor, place: str) -> PickledTensor:
    """A tensor whose layout was checked.

    Args:
        name: Its name.
        raw: As the pickle describes it.
        place: Named in errors only.

    Raises:
        CheckpointError: Its elements do not lie row by row without gaps inside its storage.
    """
    storage = raw.storage
    if (storage.dtype is None) == (raw.dtype is None):
        raise CheckpointError(
            f"{place}: expected one dtype, found {storage.dtype} for its storage and {raw.dtype} "
            "for itself"
        )
    if storage.location == "meta":
        raise CheckpointError(f"{place}: expected bytes, found a tensor without (device meta)")
    dtype = storage.dtype or raw.dtype or ""
    item_bytes = BITS_OF_DTYPE[dtype] // 8
    shape, stride = _counts(raw.shape, f"{place}: shape"), _counts(raw.stride, f"{place}: stride")
    ((offset,), (count,)) = (
        _counts((raw.offset,), f"{place}: offset"),
        _counts((storage.count,), f"{place}: storage size"),
    )
    elements = _element_count(shape, stride, place)
    storage_bytes = count if storage.dtype is None else count * item_bytes
    begin, end = offset * item_bytes, (offset + elements) * item_bytes
    if end > storage_bytes:
        raise CheckpointError(
            f"{place}: expected to end within the {storage_bytes} bytes of its storage "
            f"{storage.key!r}, found {end}"
        )
    return PickledTensor(name, dtype, shape, storage.key, storage_bytes, begin, end)


def _counts(value: object, place: str) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        raise CheckpointError(f"{place}: expected integers, found {type(value).__name__}")
    counts: list[int] = []
    for item in value:
        if type(item) is not int or not 0 <= item <= _LARGEST_COUNT:
            raise CheckpointError(
                f"{place}: expected integers from 0 to 2**63 - 1, found "
                f"{item if type(item) is int else type(item).__name__}"
            )
        counts.append(item)
    return tuple(counts)


def _element_count(shape: tuple[int, ...], stride: tuple[int, ...], place: str) -> int:
    """Number of elements of a tensor that lie row by row."""
    if len(shape) != len(stride):
        raise CheckpointError(
            f"{place}: expected a stride for each of {len(shape)} dimensions, found {len(stride)}"
        )
    elements = 1
    for dimension in shape:
        elements *= dimension
        # Checked at each step: a product of a million dimensions would take for ever.
        if elements > _LARGEST_COUNT:
            raise CheckpointError(f"{place}: shape: expected fewer than 2**63 elements, found more")
    step = 1
    for dimension, distance in zip(reversed(shape), reversed(stride), strict=True):
        # The stride of a single row, or of none, is never used.
        if elements and dimension != 1 and distance != step:
            raise CheckpointError(
                f"{place}: expected its elements row by row, found a view with the strides "
                f"{list(stride[:8])} for the shape {list(shape[:8])}; save it again after "
                "tensor.contiguous(), best as safetensors"
            )
        step *= dimension
    return elements
