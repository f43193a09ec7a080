"""Imports torch and lm-eval once, then forks a `weighin` command line for every request.

A request is a line of JSON on standard input, the answer a line of JSON on standard output:

    {"arguments": [...], "log": path, "die_at": n | null, "gate": path | null, "threads": n,
     "environment": {...}, "prelude": code}                  -> {"pid": n}
    {"wait": pid}                                            -> {"pid": n, "status": n}

`die_at` kills the process with SIGKILL right before its n-th change of a file or folder below the
results folder; every such change is written to the log. With a `gate`, the process waits before
its n-th attempt until the file `gate`.n is there, and says that it waits by `gate`.n.pid. Torch
computes with so many `threads`. Variables of the `environment` are set, and the code of the
`prelude` runs before the command.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

# What weighin changes on disk, by the names of Python's audit events.
_CHANGES = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.truncate"})
_WRITING = os.O_WRONLY | os.O_RDWR


def main() -> None:
    """Serve requests until standard input ends."""
    import torch

    torch.set_num_threads(1)
    warm_requirements, warm_results = sys.argv[1:]
    from weighin import api

    # A first run here, so that what is found out once a process is not found out in every child.
    api.run(warm_requirements, results=warm_results)
    _answer({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            pid, status = os.waitpid(request["wait"], 0)
            _answer({"pid": pid, "status": status})
        else:
            _answer({"pid": _fork(request)})


def _answer(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _fork(request: dict[str, object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 99
    try:
        code = _command_line(request)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command_line(request: dict[str, object]) -> int:
    import torch

    os.environ.update(request["environment"])  # type: ignore[call-overload]  # of texts
    torch.set_num_threads(int(str(request["threads"])))
    arguments, log = list(map(str, request["arguments"])), Path(str(request["log"]))
    with log.open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "RANK" in os.environ:
        _forget_launches()
    exec(str(request["prelude"]), {})  # of the test
    sys.argv = ["weighin", *arguments]
    results = arguments[arguments.index("--results") + 1]
    sys.addaudithook(_watcher(results, request.get("die_at"), request.get("gate")))
    from weighin.cli.application import run_application

    return run_application()


def _forget_launches() -> None:
    """Let accelerate find out anew whether there is a launch."""
    from accelerate.state import AcceleratorState, PartialState

    AcceleratorState._reset_state(reset_partial_state=True)
    PartialState._reset_state()


def _watcher(
    results: str, die_at: object, gate: object
) -> Callable[[str, tuple[object, ...]], None]:
    """An audit hook: it hears of every change of a file before it happens."""
    changes = 0
    attempts: list[str] = []

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        if not _is_change(event, arguments) or not str(arguments[0]).startswith(results):
            return
        changes += 1
        sys.stderr.write(f"change {changes}: {event} {arguments[0]}\n")
        if changes == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        name = Path(str(arguments[0])).name
        # It is tried twice where the folders above it are not there yet.
        if gate is not None and event == "os.mkdir" and "T" in name and name not in attempts:
            attempts.append(name)
            opened = Path(f"{gate}.{len(attempts)}")
            Path(f"{opened}.{os.getpid()}").touch()
            while not opened.exists():
                time.sleep(0.005)

    return hear


def _is_change(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & _WRITING)
    return event in _CHANGES


if __name__ == "__main__":
    main()
