"""Progress of comparing checkpoints: first all bytes are hashed, then tensors are measured."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from weighin.cli.command import COMMAND
from weighin.cli.terminal.output import console, is_plain
from weighin.cli.terminal.progress.hashing import hashing_progress

OnTensor: TypeAlias = Callable[[int, int, str], None]
OnBytes: TypeAlias = Callable[[int, int], None]
_GB = 1e9


@contextmanager
def comparing_progress() -> Iterator[tuple[OnTensor | None, OnBytes | None]]:
    """Functions to call with the tensor that is measured, and with the bytes that are hashed.

    A terminal has one line for both. Logs stay free of tensors, and hear of hashing by the minute.
    """
    if is_plain() or COMMAND.is_quiet:
        with hashing_progress() as on_hashing:
            yield None, on_hashing
        return
    from rich.markup import escape

    from weighin.reports.shared.foreign_text import visible

    with console(sys.stderr).status("reading") as status:

        def tell_tensor(done: int, total: int, name: str) -> None:
            status.update(f"measuring {done + 1} of {total}: {escape(visible(name))}")

        def tell_bytes(done: int, total: int) -> None:
            status.update(f"reading: {done / _GB:.1f} of {total / _GB:.1f} GB")

        yield tell_tensor, tell_bytes
