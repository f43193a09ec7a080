"""The tensors that a pickle of PyTorch describes, read without executing anything.

A pickle is a program. This is a machine for the few of its instructions that a mapping from names
to tensors needs. It holds no reference to any function of Python or PyTorch that a pickle could
name, so there is nothing to call: a name is compared with a short list, and what is not on it ends
the reading. It never walks into a value, so deep or shared nesting costs nothing.

Source:
    The standard library's `pickle`; `torch/_utils.py` and `torch/serialization.py`.
"""

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from weighin.errors import CheckpointError
from weighin.identity.containers.torch.pickle_opcodes import opcodes
from weighin.identity.containers.torch.tensor_layout import (
    DTYPE_OF_STORAGE,
    DTYPES,
    PickledTensor,
    RawTensor,
    Storage,
    pickled_tensor,
)

MAX_OPCODES = 2_000_000

_PUSHED = (
    "BINFLOAT", "BININT", "BININT1", "BININT2", "BINUNICODE", "BINUNICODE8", "LONG1",
    "SHORT_BINUNICODE",
)  # fmt: skip
_LEARNABLE = ("BF", "C", "F")
_PROTOCOLS = range(2, 6)
_WAY_OUT = "save the state dict alone, best as safetensors"


class _Known(StrEnum):
    """The other names that a pickle of tensors holds."""

    UNTYPED = "torch.storage.UntypedStorage"
    ORDERED_DICT = "collections.OrderedDict"
    TENSOR = "torch._utils._rebuild_tensor_v2"
    TENSOR_WITH_DTYPE = "torch._utils._rebuild_tensor_v3"
    PARAMETER = "torch._utils._rebuild_parameter"


_ALLOWED = frozenset({*_Known, *DTYPE_OF_STORAGE, *DTYPES})


@dataclass(frozen=True, slots=True)
class _Global:
    """A name that stands for something of Python; here it is only a name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class _Mapping:
    """Names and values in order. Not a dict: a pickle may hold a name twice."""

    items: list[tuple[str, object]]


def tensors_of(content: bytes, place: str) -> tuple[PickledTensor, ...]:
    """The tensors of a pickled mapping from names to tensors, in its order.

    Args:
        content: The pickle.
        place: Named in errors only.

    Raises:
        CheckpointError: The pickle holds anything else, is malformed, or would have run code. No
            code was run.
    """
    value = _Machine(place).run(content)
    if not isinstance(value, _Mapping):
        raise CheckpointError(
            f"{place}: expected a mapping from names to tensors, found {_kind(value)}; {_WAY_OUT}"
        )
    tensors: dict[str, PickledTensor] = {}
    for name, tensor in value.items:
        if not _is_text(name):
            raise CheckpointError(f"{place}: expected names of tensors, found {_kind(name)}")
        if not isinstance(tensor, RawTensor):
            raise CheckpointError(
                f"{place}: {name!r}: expected a tensor, found {_kind(tensor)}; {_WAY_OUT}"
            )
        if name in tensors:
            raise CheckpointError(f"{place}: tensor {name!r}: expected once, found twice")
        tensors[name] = pickled_tensor(name, tensor, f"{place}: tensor {name!r}")
    return tuple(tensors.values())


class _Machine:
    """Reads one pickle. The stack, its marks and the memo are those of `pickle`."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._stack: list[object] = []
        self._marks: list[list[object]] = []
        self._memo: dict[object, object] = {}
        self._storages: dict[str, Storage] = {}
        self._steps: Mapping[str, Callable[[object], None]] = {
            **dict.fromkeys(_PUSHED, self._push),
            "PROTO": self._protocol,
            "FRAME": lambda _: None,  # a hint for reading ahead
            "STOP": lambda _: None,
            "NONE": lambda _: self._push(None),
            "NEWTRUE": lambda _: self._push(True),  # noqa: FBT003  # a value, not a switch
            "NEWFALSE": lambda _: self._push(False),  # noqa: FBT003  # the same
            "EMPTY_DICT": lambda _: self._push(_Mapping([])),
            "EMPTY_LIST": lambda _: self._push([]),
            "EMPTY_TUPLE": lambda _: self._push(()),
            "MARK": self._mark,
            "TUPLE": lambda _: self._push(tuple(self._pop_mark())),
            "TUPLE1": lambda _: self._push_tuple(1),
            "TUPLE2": lambda _: self._push_tuple(2),
            "TUPLE3": lambda _: self._push_tuple(3),
            "BINPUT": self._put,
            "LONG_BINPUT": self._put,
            "MEMOIZE": lambda _: self._put(len(self._memo)),
            "BINGET": self._get,
            "LONG_BINGET": self._get,
            "APPEND": lambda _: self._extend([self._pop()]),
            "APPENDS": lambda _: self._extend(self._pop_mark()),
            "SETITEM": lambda _: self._set_items([self._pop(), self._pop()][::-1]),
            "SETITEMS": lambda _: self._set_items(self._pop_mark()),
            "GLOBAL": self._global,
            "INST": self._global,
            "STACK_GLOBAL": self._stack_global,
            "REDUCE": self._reduce,
            "BUILD": self._build,
            "BINPERSID": self._storage,
        }

    def run(self, content: bytes) -> object:
        """The value that the pickle stands for."""
        if not content.startswith(b"\x80"):
            raise self._refusal("a pickle of protocol 2 to 5", f"{content[:1]!r} at its start")
        for number, (name, argument) in enumerate(opcodes(content, self._place)):
            if number >= MAX_OPCODES:
                raise self._refusal(f"at most {MAX_OPCODES} opcodes", "more")
            self._steps[name](argument)
        value = self._pop()
        if self._stack or self._marks:
            raise self._refusal("one value", "several")
        return value

    def _protocol(self, version: object) -> None:
        if version not in _PROTOCOLS:
            raise self._refusal("a pickle of protocol 2 to 5", f"protocol {version}")

    def _push(self, value: object) -> None:
        self._stack.append(value)

    def _pop(self) -> object:
        if not self._stack:
            raise self._refusal("a pickle", "an opcode without its operand")
        return self._stack.pop()

    def _mark(self, _: object) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _pop_mark(self) -> list[object]:
        if not self._marks:
            raise self._refusal("a pickle", "an opcode without its mark")
        items, self._stack = self._stack, self._marks.pop()
        return items

    def _push_tuple(self, length: int) -> None:
        items = [self._pop() for _ in range(length)]
        self._push(tuple(reversed(items)))

    def _put(self, index: object) -> None:
        value = self._pop()
        self._push(value)
        self._memo[index] = value

    def _get(self, index: object) -> None:
        if index not in self._memo:
            raise self._refusal("a pickle", f"a use of value {index} before it was made")
        self._push(self._memo[index])

    def _extend(self, items: list[object]) -> None:
        target = self._pop()
        if not isinstance(target, list):
            raise self._refusal("items of a list", f"items of {_kind(target)}")
        target.extend(items)
        self._push(target)

    def _set_items(self, items: list[object]) -> None:
        target = self._pop()
        if not isinstance(target, _Mapping) or len(items) % 2:
            raise self._refusal("pairs of a mapping", f"{len(items)} items of {_kind(target)}")
        for name, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(name, str):
                raise self._refusal("names of tensors", f"{_kind(name)}; {_WAY_OUT}")
            target.items.append((name, value))
        self._push(target)

    def _global(self, argument: object) -> None:
        name = str(argument)
        if name not in _ALLOWED:
            raise self._refusal("tensors only", f"the global {name}, which was not executed")
        self._push(_Global(name))

    def _stack_global(self, _: object) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise self._refusal("the name of a global", _kind(name))
        self._global(f"{module}.{name}")

    def _reduce(self, _: object) -> None:
        arguments, function = self._pop(), self._pop()
        if not isinstance(function, _Global) or not isinstance(arguments, tuple):
            raise self._refusal("a call of a global", f"a call of {_kind(function)}")
        match function.name, arguments:
            case _Known.ORDERED_DICT, ():
                self._push(_Mapping([]))
            case _Known.PARAMETER, (RawTensor() as tensor, bool() as learns, _Mapping(items=[])):
                self._push_learnable(tensor, learns=learns)
            case _Known.TENSOR, (storage, offset, size, stride, *rest):
                self._push_tensor(storage, (offset, size, stride), None, rest)
            case _Known.TENSOR_WITH_DTYPE, (
                storage,
                offset,
                size,
                stride,
                requires_grad,
                hooks,
                _Global(name=dtype),
                *rest,
            ) if dtype in DTYPES:
                rest = [requires_grad, hooks, *rest]
                self._push_tensor(storage, (offset, size, stride), DTYPES[dtype], rest)
            case _:
                raise self._refusal(
                    "calls that make tensors",
                    f"a call of {function.name} with {len(arguments)} arguments that it does not "
                    "take, which was not executed",
                )

    def _push_tensor(
        self,
        storage: object,
        layout: tuple[object, object, object],
        dtype: str | None,
        rest: list[object],
    ) -> None:
        # What may follow the hooks says that the bytes stand for conjugate or negated numbers.
        match storage, rest:
            case (
                Storage(),
                [bool() as learns, _Mapping(items=[]) | None]
                | [bool() as learns, _Mapping(items=[]) | None, _Mapping(items=[]) | None],
            ):
                self._push_learnable(RawTensor(storage, *layout, dtype), learns=learns)
            case _:
                raise self._refusal(
                    "tensors that are a storage and its layout",
                    f"one of {_kind(storage)} with hooks or other attributes",
                )

    def _push_learnable(self, tensor: RawTensor, *, learns: bool) -> None:
        dtype = tensor.dtype or tensor.storage.dtype or ""
        if learns and not dtype.startswith(_LEARNABLE):
            raise self._refusal("gradients of real and complex numbers only", f"some of {dtype}")
        self._push(tensor)

    def _build(self, _: object) -> None:
        state, target = self._pop(), self._pop()
        # A state dict of torch.nn.Module carries the versions of its modules as an attribute.
        match target, state:
            case _Mapping(), _Mapping(items=[("_metadata", _Mapping())]):
                self._push(target)
            case _:
                raise self._refusal(
                    "tensors only",
                    f"attributes for {_kind(target)}: {_kind(state)}, which were not set",
                )

    def _storage(self, _: object) -> None:
        found = self._pop()
        match found:
            case (
                "storage",
                _Global(name=kind),
                str() as key,
                str() as location,
                int() as count,
            ) if isinstance(found, tuple) and (kind in DTYPE_OF_STORAGE or kind == _Known.UNTYPED):
                storage = Storage(key, DTYPE_OF_STORAGE.get(kind), count, location)
            case _:
                raise self._refusal("a storage as torch.save names it", _kind(found))
        if self._storages.setdefault(key, storage) != storage:
            raise self._refusal(f"storage {key!r} of one dtype and size", "two")
        self._push(storage)

    def _refusal(self, expected: str, found: str) -> CheckpointError:
        return CheckpointError(f"{self._place}: expected {expected}, found {found}")


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: object) -> str:
    match value:
        case None | bool() | int() | float() | str():
            return reprlib.repr(value)
        case _Global():
            return f"the global {value.name}, which was not executed"
        case _Mapping():
            return f"a mapping of {len(value.items)} entries"
        case list() | tuple():
            return f"a {type(value).__name__} of {len(value)} items"
        case RawTensor():
            return "a tensor"
        case _:
            return "a storage"
