"""What torch calls for an operation: modes that stand before its kernels, and the kernels."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

import torch

from weighin.harness.local.watch.state import Moved

# What a transformer computes an answer with, by the names of torch without their overloads. Any
# other kernel of Python is seen where it is registered in the public way.
_OPERATIONS = frozenset(
    {
        "_fused_rms_norm", "_log_softmax", "_safe_softmax", "_scaled_dot_product_attention_math",
        "_scaled_dot_product_efficient_attention", "_scaled_dot_product_flash_attention",
        "_scaled_dot_product_flash_attention_for_cpu", "_softmax", "_to_copy", "add", "add_",
        "addmm", "addmv", "arange", "argmax", "baddbmm", "bmm", "cat", "clone", "copy_", "cos",
        "cumsum", "div", "embedding", "eq", "exp", "expand", "gather", "gelu", "index",
        "index_select", "layer_norm", "linear", "log_softmax", "logsumexp", "lt", "masked_fill",
        "masked_fill_", "matmul", "max", "mean", "mm", "mul", "mul_", "multinomial", "mv",
        "native_layer_norm", "neg", "permute", "pow", "relu", "reshape", "rms_norm", "rsqrt",
        "scaled_dot_product_attention", "select", "sigmoid", "silu", "sin", "slice", "softmax",
        "sort", "sqrt", "sub", "sum", "tanh", "to", "topk", "transpose", "unsqueeze", "view",
        "where",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How torch finds what it calls.

    Attributes:
        modes: How many modes stand between code and torch's kernels.
        registered: How many kernels were registered from Python.
        python: The operations that somebody computes in Python, shapes alone aside.
        kernels: By operation: what torch says of all of its kernels.
    """

    modes: int
    registered: int
    python: frozenset[str]
    kernels: tuple[tuple[str, str], ...]

    @classmethod
    def now(cls) -> Self:
        """As it is now."""
        return cls(_modes(), len(_implemented()), _python(), tuple(_kernels()))

    def moved(self) -> Iterator[Moved]:
        """What is other than it was, and cheap to see: asked at every pass."""
        if (modes := _modes()) != self.modes:
            # A mode sees every call of torch, and may answer it.
            yield Moved("mode", "of torch", str(self.modes), str(modes))
        if len(_implemented()) != self.registered:
            for name in sorted(_python() - self.python):
                yield Moved("kernel", name, "that of torch", "one of Python")

    def moved_kernels(self) -> Iterator[Moved]:
        """Operations that have another kernel, however it was registered."""
        seen = tuple(self.moved())
        yield from seen
        if any(one.what == "kernel" for one in seen):
            return
        for (name, expected), (_, found) in zip(self.kernels, _kernels(), strict=True):
            if found != expected:
                yield Moved("kernel", name, "that of torch", "another")


def _modes() -> int:
    functions: int = torch._C._len_torch_function_stack()  # noqa: SLF001  # no public way
    dispatched: int = torch._C._len_torch_dispatch_stack()  # noqa: SLF001  # the same
    return functions + dispatched


def _implemented() -> set[str]:
    return torch.library._impls  # type: ignore[no-any-return]  # noqa: SLF001  # no public way


def _python() -> frozenset[str]:
    names = _implemented()
    return frozenset(n for n in names if n.startswith("aten/") and not n.endswith("/Meta"))


def _kernels() -> Iterator[tuple[str, str]]:
    for name in _names():
        yield name, torch._C._dispatch_dump(name)  # noqa: SLF001  # no public way


@cache
def _names() -> tuple[str, ...]:
    every = torch._C._dispatch_get_all_op_names()  # noqa: SLF001  # no public way
    prefix = "aten::"
    return tuple(
        sorted(
            name
            for name in every
            if name.startswith(prefix)
            and name.removeprefix(prefix).partition(".")[0] in _OPERATIONS
            and not name.endswith("out")
        )
    )
