"""Reports in files: each whole or not at all, and the one of the last time replaced at once."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from weighin.errors import UsageError
from weighin.files.written import translated_errors

_NO_EVIDENCE: Final = frozenset({".html", ".txt", ".xml", ".sarif", ".svg"})
# A model card is evidence; a report begins with a mark and an outcome in capitals.
_MARKDOWN: Final = re.compile("#{1,3} (. [A-Z]{3,}|No answer)")
_REPORT: Final = re.compile(
    rb'\s*\{\s*"format": "weighin\.(verdict|error|validation|inspection|verification|compare|'
    rb'scorecard-report|imports|export|fingerprint)/|\s*\{\s*"\$schema": "https://docs\.oasis-open\.org'
    rb'|\s*\[\s*(\]|\{\s*"description": )'
)
_LONGEST_START: Final = 200


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


def require_no_input(path: Path, inputs: Iterable[str]) -> None:
    """Refuse to write a report over what is read.

    In a folder that is read, a file may be replaced that is a report, or can be no evidence.

    Args:
        path: The report.
        inputs: Files and folders that are read.

    Raises:
        UsageError: It is one of them, or evidence in one of them.
    """
    place = os.path.realpath(path)
    for given in inputs:
        read = os.path.realpath(given)
        is_below = place.startswith(read.rstrip(os.sep) + os.sep)
        if place == read or (is_below and Path(place).is_file() and not _is_report(Path(place))):
            raise UsageError(
                f"{path}: expected a place for a report, found what is read as {given}; name "
                "another place"
            )


def remove_old(paths: Iterable[Path]) -> None:
    """Remove the reports of the last time: whatever becomes of this command, none stands for it.

    Raises:
        UsageError: One cannot be removed.
        InfrastructureError: The disk is full or failing.
    """
    for path in paths:
        if _is_replaced(path):
            with _report_errors(path):
                Path(os.path.realpath(path)).unlink(missing_ok=True)


def _is_report(path: Path) -> bool:
    if path.suffix.lower() in _NO_EVIDENCE:
        return True
    with _report_errors(path), path.open("rb") as file:
        start = file.read(_LONGEST_START)
    if path.suffix.lower() == ".md":
        return _MARKDOWN.match(start.decode("utf-8", "replace")) is not None
    return _REPORT.match(start) is not None


def write_file(path: Path, text: str | Iterator[str], *, is_for_runner: bool = False) -> None:
    """Write a report to a file, whole or not at all.

    Args:
        path: The file.
        text: The report; or some lines of it at a time.
        is_for_runner: Whether lines of it command a runner of CI on purpose.

    Raises:
        UsageError: It cannot be written there.
        InfrastructureError: The disk is full or failing.
    """
    from weighin.reports.shared.foreign_text import unobeyed

    pieces = iter((text,)) if isinstance(text, str) else text
    told = pieces if is_for_runner else map(unobeyed, pieces)
    if not _is_replaced(path):
        with _report_errors(path), path.open("w", encoding="utf-8") as file:
            file.writelines(told)
        return
    with _report_errors(path):
        # A link stays a link.
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target)
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.writelines(told)
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
