"""Reports in files: each whole or not at all, and the one of the last time replaced at once."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from weighin.errors import UsageError
from weighin.files.written import translated_errors


def require_writable(paths: Iterable[Path]) -> None:
    """Find out before hours of scoring whether the reports can be written after it.

    Raises:
        UsageError: A report cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    for path in paths:
        if _is_replaced(path):
            with _report_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                draft = _draft(path)
                draft.touch()
                draft.unlink()


def write_file(path: Path, text: str, *, is_for_runner: bool = False) -> None:
    """Write a report to a file, whole or not at all.

    Args:
        path: The file.
        text: The report.
        is_for_runner: Whether lines of it command a runner of CI on purpose.

    Raises:
        UsageError: It cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    from weighin.reports.shared.foreign_text import unobeyed

    text = text if is_for_runner else unobeyed(text)
    if not _is_replaced(path):
        with _report_errors(path):
            path.write_text(text, encoding="utf-8")
        return
    with _report_errors(path):
        # A link stays a link.
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target)
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def _report_errors(path: Path) -> Iterator[None]:
    with translated_errors(
        path, "write the report", way_out="give another place for it; the evidence is not touched"
    ):
        yield


def _is_replaced(path: Path) -> bool:
    """Whether a report becomes the file at a path, and is not written into a pipe or device."""
    with _report_errors(path):
        if path.is_dir():
            raise UsageError(f"{path}: expected a file to write a report to, found a folder")
        return path.is_file() or not path.exists()


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.draft")
