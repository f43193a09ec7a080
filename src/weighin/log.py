"""The log of a command, where one is kept: what happens, what libraries say, why something failed.

Nothing is kept unless a command is asked to. What looks like a secret is masked in every line.
"""

import logging
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOBase
from pathlib import Path
from typing import Final

LOG: Final = logging.getLogger("weighin")
MASK: Final = "[masked]"

# What they log is what a person who looks for a fault wants to see.
_LIBRARIES: Final = (
    "lm_eval", "transformers", "datasets", "accelerate", "peft", "huggingface_hub", "py.warnings",
)  # fmt: skip
_NAMES_OF_SECRETS: Final = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|(^|_)(API_?)?KEY(_|$)|(^|_)PAT$", re.IGNORECASE
)
_WITH_USER: Final = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
_SECRETS: Final = re.compile(
    r"\bhf_[A-Za-z0-9]{16,}|\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{16,}"
    r"|\bglpat-[A-Za-z0-9_-]{16,}|\bAKIA[A-Z0-9]{12,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
    r"|(?<=[Bb]earer )[^\s'\"]+"
    r"|(?<=[?&])(?i:[\w-]{0,64}(?:token|key|secret|signature|password)[\w-]{0,64})=[^\s&'\"]+"
)
# A shorter value stands in other words, too.
_SHORTEST_SECRET: Final = 6
_ENDPOINT: Final = "HF_ENDPOINT"
_PUBLIC_ENDPOINT: Final = "https://huggingface.co"

_told: set[str] = set()


def is_kept() -> bool:
    """Whether a log is kept."""
    # Whoever embeds weighin may listen to its logger, too.
    return bool(_kept)


def keep_out(secret: str) -> None:
    """Mask a text in every line from now on."""
    if len(secret) >= _SHORTEST_SECRET:
        _told.add(secret)


def mask_libraries() -> None:
    """Mask what libraries log from now on, whoever listens: they name the address that they ask."""
    if logging.getLogRecordFactory() is logging.LogRecord:
        logging.setLogRecordFactory(_Masked)


def masked(line: str, environment: Mapping[str, str] = os.environ) -> str:
    """A line without what looks like a secret, and without values of variables that hold one."""
    values = {
        value
        for name, value in environment.items()
        if len(value) >= _SHORTEST_SECRET
        and (
            _NAMES_OF_SECRETS.search(name)
            or (name == _ENDPOINT and value != _PUBLIC_ENDPOINT)
            or (name.upper().endswith("_PROXY") and "@" in value)
        )
    }
    for secret in sorted(values | _told, key=len, reverse=True):
        line = line.replace(secret, MASK)
    return _SECRETS.sub(MASK, _WITH_USER.sub(MASK, line))


def begin(path: Path | None, *, is_debug: bool) -> None:
    """Keep a log until it is ended; a file that is there goes on.

    Args:
        path: The file; `None` for standard error.
        is_debug: Whether to keep what only helps to find a fault, too.

    Raises:
        OSError: The file cannot be opened.
    """
    end()
    handler = _Handler(path)
    handler.setFormatter(_Lines())
    _kept.append(handler)
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG if is_debug else logging.INFO)
    LOG.propagate = False


def end() -> None:
    """Keep no log from now on."""
    while _kept:
        handler = _kept.pop()
        LOG.removeHandler(handler)
        handler.close()
        LOG.propagate = True
        LOG.setLevel(logging.NOTSET)
    _told.clear()


@contextmanager
def listening() -> Iterator[None]:
    """Let the log, if one is kept, hear what libraries say; what they print stays as it was."""
    if not is_kept():
        yield
        return
    kept, level_of_log = tuple(_kept), LOG.level
    loggers = [logging.getLogger(name) for name in _LIBRARIES]
    levels = [logger.level for logger in loggers]
    others = [(h, h.level) for logger in loggers for h in logger.handlers if h not in kept]
    # Where somebody listens already, that goes on afterwards.
    deaf = [(logger, h) for logger in loggers for h in kept if h not in logger.handlers]
    logging.captureWarnings(capture=True)
    try:
        for handler, level in others:
            handler.setLevel(max(level, logging.ERROR))
        for logger in loggers:
            logger.setLevel(level_of_log)
        for logger, heard_by in deaf:
            logger.addHandler(heard_by)
        yield
    finally:
        logging.captureWarnings(capture=False)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        for logger, heard_by in deaf:
            logger.removeHandler(heard_by)
        for handler, level in others:
            handler.setLevel(level)


class Printed(TextIOBase):
    """Takes the place of standard output: each line that is printed is one of the log."""

    def __init__(self) -> None:
        """Nothing is printed yet."""
        self._begun = ""

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Log the lines that end with this text; a bar that is drawn anew is its last state."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if told := line.rpartition("\r")[2].strip():
                LOG.info("printed: %s", told)
        return len(text)


class _Masked(logging.LogRecord):
    """What is logged; what a library says, without what looks like a secret."""

    def getMessage(self) -> str:  # noqa: N802  # as the standard library calls it
        told = super().getMessage()
        return masked(told) if self.name.partition(".")[0] in _LIBRARIES else told


class _Lines(logging.Formatter):
    """Every line, of a traceback too, with its time and level; none commands a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        head = f"{stamp}.{record.msecs:03.0f}Z {record.levelname:<7} {record.name}: "
        told = record.getMessage()
        if record.exc_info:
            told += f"\n{self.formatException(record.exc_info)}"
        lines = (masked(line) for line in told.split("\n"))
        return "\n".join(head + "".join(map(_shown, line)) for line in lines)


class _Handler(logging.Handler):
    """Adds lines to a file, or to standard error. Where that fails, it says so once and stops."""

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        # Unbuffered: what a full disk does not take is not tried again at the end.
        self._file = None if path is None else path.open("ab", buffering=0)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = f"{self.format(record)}\n"
            if self._file is None:
                sys.stderr.write(text)
            else:
                self._file.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            end()
            sys.stderr.write(f"weighin: the log ends here: {error}\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()


_kept: list[_Handler] = []


def _shown(character: str) -> str:
    return character if character.isprintable() else f"<U+{ord(character):04X}>"
