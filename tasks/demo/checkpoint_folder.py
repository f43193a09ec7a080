"""Write a checkpoint folder completely or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WEIGHTS = "model.safetensors"
CHAT_TEMPLATE = "chat_template.jinja"
FILES = (
    CHAT_TEMPLATE,
    "config.json",
    "generation_config.json",
    WEIGHTS,
    "tokenizer.json",
    "tokenizer_config.json",
)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that gets its name when the block ends without an error.

    Raises:
        FileExistsError: `target` exists already; an old checkpoint is never replaced.
    """
    if target.exists():
        raise FileExistsError(f"{target}: exists already; choose another folder or remove it")
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        building.chmod(0o755)
        yield building
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def missing_files(folder: Path) -> tuple[str, ...]:
    """Names of the files that a checkpoint of the demo needs and `folder` does not have."""
    return tuple(name for name in FILES if not (folder / name).is_file())


def link_or_copy(source: Path, target: Path) -> None:
    """Give the bytes of `source` a second name, or copy them where hard links are not possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def repeat_files(
    source: Path, target: Path, leave_out: str, repeat: Callable[[Path, Path], object]
) -> None:
    """Repeat in `target` every file of the checkpoint `source`, byte for byte, but one.

    Args:
        source: A complete checkpoint folder.
        target: An empty folder.
        leave_out: Name of the file that the caller writes itself.
        repeat: Makes one file of another: `shutil.copyfile` or `link_or_copy`.

    Raises:
        FileNotFoundError: `source` is not complete.
    """
    if missing := missing_files(source):
        raise FileNotFoundError(
            f"{source}: not a complete checkpoint; missing: {', '.join(missing)}"
        )
    for name in FILES:
        if name != leave_out:
            repeat(source / name, target / name)
