"""Runs first in every Python process of a witnessed command: a copy is its `sitecustomize`.

It imports the standard library alone, and lets a `sitecustomize` of the user's own run as Python
would. It tells of what happens in lines of JSON in a file of this process's own, each written when
it happens, so that what was seen outlives whatever ends the process.
"""

import json
import os
import sys
import time
from _thread import RLock, get_ident
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

FOLDER = "WEIGHIN_WITNESS"
"""Names the folder of the witness in the environment."""
EVENTS, CODE = "events", "code"
"""Folders in it: of the events, and with the package of weighin for who has none installed."""
MOST_FILES = 20_000
"""More written files than that are not told of."""

# The modules of which something is noted once they are imported, and who does it.
_HOOKED = {
    "transformers.modeling_utils": "hook_models",
    "transformers.tokenization_utils_base": "hook_tokenizers",
    "peft.peft_model": "hook_adapters",
    "torch._dynamo.eval_frame": "hook_compiled",
}
# What computes answers without a model of transformers in this process, as far as is known.
_ENGINES = frozenset({"vllm", "sglang", "llama_cpp", "mlx_lm", "ctranslate2", "onnxruntime_genai"})
_NOT_TOLD = ("/dev/", "/proc/", "/sys/")
_COMPILED = (".pyc", ".pyo")
_AGAIN_SECONDS = 0.25


class Events:
    """The lines of this process. What cannot be written leaves a gap in their numbers."""

    def __init__(self, folder: str) -> None:
        """Write into a new file in a folder."""
        self.folder = folder
        self._file, self._pid, self._number = -1, 0, 0
        self._lock = RLock()
        self._own: set[int] = set()

    def is_own(self) -> bool:
        """Whether this thread writes for the witness."""
        return get_ident() in self._own

    def __enter__(self) -> None:
        """What this thread writes from here on is the witness's own."""
        self._own.add(get_ident())

    def __exit__(self, *_error: object) -> None:
        """What it writes from here on is the program's."""
        self._own.discard(get_ident())

    def forked(self) -> None:
        """Go on in a child: a thread that is not in it may have held the lock."""
        self._lock = RLock()
        self._own.clear()

    def tell(self, event: str, **what: object) -> None:
        """Write one line."""
        with self._lock:
            if self.is_own():
                self._tell(event, what)
            else:
                with self:
                    self._tell(event, what)

    def _tell(self, event: str, what: dict[str, object]) -> None:
        if self._pid != os.getpid():
            self._file, self._pid, self._number = -1, os.getpid(), 0
        number, self._number = self._number, self._number + 1
        told = {"event": event, "number": number, "time": time.time(), **what}
        line = json.dumps(told, default=str).encode("utf-8", "replace") + b"\n"
        try:
            if self._file < 0:
                name = f"{self._pid}-{time.time_ns()}.jsonl"
                path = os.path.join(self.folder, EVENTS, name)  # noqa: PTH118  # pathlib costs time
                # Not one of the numbers that a program expects its own files to have.
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
                self._file = os.open(path, flags, 0o600)
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError:
            # The disk is full, or somebody closed the file: the number that is missing tells it.
            self._file = -1


class Witness:
    """What is seen in this process.

    Attributes:
        events: Where it is told.
        models: What looks at models, once transformers is there; `None` before.
    """

    def __init__(self, folder: str) -> None:
        """See what happens from now on."""
        self.events = Events(folder)
        self.models: Any = None
        self._files: dict[str, float] = {}
        self._telling: set[int] = set()

    def begin(self, **how: object) -> None:
        """Tell of this process."""
        self.events.tell(
            "process",
            pid=os.getpid(),
            parent=os.getppid(),
            python=sys.executable,
            version=sys.version.split()[0],
            arguments=list(getattr(sys, "orig_argv", [])),
            folder=_current_folder(),
            **how,
        )

    def forked(self) -> None:
        """Go on in a child, which has what its parent had."""
        self._telling.clear()
        self.events.forked()
        self.begin(forked=True)
        if self.models is not None:
            self.models.forked()

    def end(self) -> None:
        """Look at what is left, and tell that the process ends as it should."""
        if self.models is not None:
            self.models.end()
        self.events.tell("ended")

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear of an event that Python audits; nothing that goes wrong here reaches the program."""
        if event not in _HEARD or get_ident() in self._telling:
            return
        self._telling.add(get_ident())
        try:
            _HEARD[event](self, *arguments)
        except Exception as error:  # noqa: BLE001  # the program goes on whatever happens here
            self.events.tell("failed", where=event, why=repr(error))
        finally:
            self._telling.discard(get_ident())

    def opened(self, path: object, _mode: object, flags: int) -> None:
        """A file is opened; only those that may be written matter."""
        if flags & (os.O_WRONLY | os.O_RDWR) and isinstance(path, str | bytes | os.PathLike):
            self.wrote(os.fsdecode(path))

    def renamed(self, _source: object, target: object, *_folders: object) -> None:
        """A file gets another name, as what was written under a temporary one does."""
        if isinstance(target, str | bytes | os.PathLike):
            self.wrote(os.fsdecode(target))

    def wrote(self, path: str) -> None:
        """A file is about to be written."""
        path = os.path.join(_current_folder(), path)  # noqa: PTH118  # pathlib costs time
        if path.startswith(self.events.folder):
            if not self.events.is_own():
                self.events.tell("meddled", path=path)
            return
        if path.startswith(_NOT_TOLD) or path.endswith(_COMPILED):
            return
        now = time.monotonic()
        if now - self._files.get(path, -1.0) < _AGAIN_SECONDS or len(self._files) > MOST_FILES:
            return
        if self.models is not None:
            self.models.before_write(path)
        self._files[path] = time.monotonic()
        self.events.tell("wrote", path=path)

    def started(self, program: object, arguments: object, *others: object) -> None:
        """Another program is started."""
        environment = others[-1] if others else None
        self.events.tell(
            "started",
            program=_text(program),
            arguments=[_text(one) for one in arguments]
            if isinstance(arguments, list | tuple)
            else [_text(arguments)],
            # An empty one is one of its own.
            has_witness=_has_witness(os.environ if environment is None else environment),
        )

    def ran(self, command: object) -> None:
        """A command is given to a shell."""
        self.events.tell(
            "started",
            program="sh",
            arguments=["sh", "-c", _text(command)],
            has_witness=_has_witness(os.environ),
        )


_HEARD: dict[str, Any] = {
    "open": Witness.opened,
    "os.rename": Witness.renamed,
    "os.link": Witness.renamed,
    "subprocess.Popen": Witness.started,
    "os.posix_spawn": Witness.started,
    "os.exec": Witness.started,
    "os.system": Witness.ran,
}


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # pathlib costs time
    except OSError:  # it was removed
        return ""


def _text(value: object) -> str:
    if isinstance(value, str | bytes | os.PathLike):
        return os.fsdecode(value)
    return repr(value)


def _has_witness(environment: Any) -> bool:
    names = {os.fsencode(name) for name in environment}
    return FOLDER.encode() in names and b"PYTHONPATH" in names


class _Finder:
    """Waits for the modules of which something is noted; all others it leaves to Python."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._waiting = dict(_HOOKED)
        self._engines = set(_ENGINES)

    def find_spec(self, name: str, path: Any = None, _target: object = None) -> ModuleSpec | None:
        if name in self._engines:
            self._engines.discard(name)
            self._witness.events.tell("engine", engine=name)
        hook = self._waiting.get(name)
        if hook is None:
            return None
        del self._waiting[name]
        spec = next(
            (
                found
                for finder in sys.meta_path
                if finder is not self and (found := finder.find_spec(name, path)) is not None
            ),
            None,
        )
        loader: Any = None if spec is None else spec.loader
        if loader is None:
            return spec
        execute = loader.exec_module

        def executed(module: object) -> None:
            execute(module)
            _hook(self._witness, hook, module)

        loader.exec_module = executed
        return spec


def _hook(witness: Witness, hook: str, module: object) -> None:
    try:
        getattr(_hooks(witness), hook)(module, witness)
    except Exception as error:  # noqa: BLE001  # the program goes on whatever happens here
        python = f"{sys.executable}: {type(error).__name__}: {error}"
        witness.events.tell("unwatched", what=getattr(module, "__name__", hook), why=python)


def _hooks(witness: Witness) -> Any:
    """The part of weighin that knows transformers; of the witness's own copy if none is there."""
    try:
        from weighin.harness.witness import hooks
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("weighin"):
            raise
        place = os.path.join(witness.events.folder, CODE)  # noqa: PTH118  # pathlib costs time
        sys.path.append(place)
        try:
            from weighin.harness.witness import hooks
        finally:
            sys.path.remove(place)
    return hooks


def begin(folder: str) -> Witness:
    """See what happens in this process from now on."""
    import atexit

    witness = Witness(folder)
    witness.begin()
    sys.meta_path.insert(0, _Finder(witness))
    for name, hook in _HOOKED.items():
        # In a notebook it may be there already.
        if (module := sys.modules.get(name)) is not None:
            _hook(witness, hook, module)
    sys.addaudithook(witness.heard)
    os.register_at_fork(after_in_child=witness.forked)
    atexit.register(witness.end)
    return witness


def run_next(here: str) -> None:
    """Run the `sitecustomize` that Python would have run, if there is one."""
    sys.path[:] = [place for place in sys.path if os.path.realpath(place) != here or not place]
    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if __name__ == "sitecustomize":
    _FOLDER = os.environ.get(FOLDER)
    if _FOLDER:
        begin(_FOLDER)
    run_next(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120  # starts early
