"""Runs a command as it is, with the witness in its environment."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from weighin.errors import UsageError
from weighin.files.written import translated_errors

FOLDER = "WEIGHIN_WITNESS"
SITE, EVENTS, MANIFESTS, CODE = "site", "events", "manifests", "code"
_PATH = "PYTHONPATH"
_PACKAGE = Path(__file__).resolve().parents[2]
_STARTUP = _PACKAGE / "harness" / "witness" / "startup.py"
# What somebody sends to end or to stop a command is meant for it.
_PASSED_ON = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_WAY_OUT = "name a folder with more space in TMPDIR"


def kept_folder() -> Path:
    """A private folder for this process, removed when it ends."""
    folder = _new_folder()
    for name in (EVENTS, MANIFESTS):
        (folder / name).mkdir()
    # It is registered before the witness, which tells of the end, and so is called after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _new_folder() -> Path:
    with translated_errors(Path(tempfile.gettempdir()), "make a folder in it", way_out=_WAY_OUT):
        return Path(tempfile.mkdtemp(prefix="weighin-witness-")).resolve()


@contextmanager
def witness_folder() -> Iterator[Path]:
    """A private folder in which the processes of a command tell of themselves."""
    folder = _new_folder()
    try:
        with translated_errors(folder, "write", way_out=_WAY_OUT):
            for name in (SITE, EVENTS, MANIFESTS, CODE):
                (folder / name).mkdir()
            shutil.copyfile(_STARTUP, folder / SITE / "sitecustomize.py")
            (folder / CODE / "weighin").symlink_to(_PACKAGE)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_command(command: Sequence[str], folder: Path, meanwhile: Callable[[], object]) -> int:
    """Run a command to its end; what somebody types or sends meanwhile is for it.

    Args:
        command: The program and its arguments.
        folder: Of the witness.
        meanwhile: Called once it runs.

    Returns:
        Its exit code, or 128 and the number of the signal that ended it.

    Raises:
        UsageError: There is no such program, or it cannot be started.
    """
    environment = {
        **os.environ,
        FOLDER: str(folder),
        _PATH: os.pathsep.join(filter(None, (str(folder / SITE), os.environ.get(_PATH, "")))),
    }
    with _listening() as listening:
        try:
            process = subprocess.Popen(list(command), env=environment)
        except FileNotFoundError as error:
            raise UsageError(
                f"{command[0]}: expected a program, found none of that name; give the command as "
                "it is typed without weighin, after `--`"
            ) from error
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            raise UsageError(f"{command[0]}: cannot be started: {reason}") from error
        listening.append(process)
        meanwhile()
        code = process.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _listening() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Pass signals on to the processes in the list; Ctrl-C they get from the terminal itself."""
    processes: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        for process in processes:
            if process.poll() is None:
                process.send_signal(number)

    def leave(_number: int, _frame: FrameType | None) -> None:
        return

    known = {name: getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)}
    before = {one: signal.signal(one, pass_on) for one in known.values()}
    # A handler of Python is set back to the default in the program; to ignore it would not be.
    before[signal.SIGINT] = signal.signal(signal.SIGINT, leave)
    try:
        yield processes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
