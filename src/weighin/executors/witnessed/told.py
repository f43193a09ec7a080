"""What the processes of a command told of themselves. Their word is foreign until it is parsed."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from weighin.evidence.records import LoadedWeights, Observation
from weighin.evidence.watched import Watch, WatchedChange
from weighin.files.bounded import read_foreign_file
from weighin.files.strict_model import StrictModel
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest

_MAX_BYTES = 1 << 30
_MOST_TOLD = 20


class Templates(StrictModel):
    """The chat templates that a process applied: how often, and what was seen of them."""

    calls: int
    observed: tuple[Observation, ...]


class Weighing(StrictModel):
    """One weighing of a model, as a process tells of it.

    Attributes:
        model: Which model of the process.
        when: In words.
        time: Seconds since 1970.
        passes: Passes before it.
        prompts: Rows of these that held more than one token.
        checkpoint_id: Of the files that it was loaded from; `None` if they are not known.
        location: Where they lie; `None` likewise.
        attached: Where the adapter lies that was attached; `None` for none.
        revision: `org/name@<40-hex>` of a hub's snapshot; `None` if it is none.
        why_not: Why the files are not known; empty if they are.
        observations: The facets.
        loaded: The tensors since the first weighing; `None` where there are no files.
        digest: Weights digest of the tensors in memory.
        watch: What was seen so far.
        files: Digests of the files.
        versions: Of the packages that matter.
        engine: The inference engine with its version.
        templates: Chat templates that its process applied before; `None` where no tokenizer of
            transformers was seen, so that nothing is known of it.
    """

    model: int
    when: str
    time: float
    passes: int
    prompts: int
    checkpoint_id: str | None
    location: str | None
    attached: str | None
    revision: str | None
    why_not: str
    observations: tuple[Observation, ...]
    loaded: LoadedWeights | None
    digest: str
    watch: Watch
    files: tuple[CheckpointFileDigest, ...]
    versions: dict[str, str]
    engine: str
    templates: Templates | None


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a process started.

    Attributes:
        time: When, in seconds since 1970.
        program: The program.
        arguments: All of its arguments, its own name first.
        has_witness: Whether the witness was in the environment that it was given.
    """

    time: float
    program: str
    arguments: tuple[str, ...]
    has_witness: bool


@dataclass(slots=True)
class SeenModel:
    """A model of a process.

    Attributes:
        number: Which one of its process.
        kind: Its class.
        how: How it came to be: `from_pretrained`, or `unknown`.
        source: From where, as typed.
        folder: The folder that it was loaded from; empty if that is not known.
        adapter: What was attached; empty for nothing.
        is_inherited: Whether the process has it from the one that it was forked off.
        passes: (time, passes so far, prompts so far), in order.
        weighings: In order.
        changes: What changed, also if no weighing came after it.
        problem: Why it could not be weighed; empty if it could.
    """

    number: int
    kind: str = ""
    how: str = ""
    source: str = ""
    folder: str = ""
    adapter: str = ""
    is_inherited: bool = False
    passes: list[tuple[float, int, int]] = field(default_factory=list)
    weighings: list[Weighing] = field(default_factory=list)
    changes: list[WatchedChange] = field(default_factory=list)
    problem: str = ""

    def passes_at(self, moment: float, slack: float = 0.0) -> int:
        """The passes that it had made by then, at least; what it told of so soon after counts."""
        return max((passes for passes, _ in self._told_by(moment, slack)), default=0)

    def prompts_at(self, moment: float, slack: float = 0.0) -> int:
        """The prompts that it was given by then, likewise."""
        return max((prompts for _, prompts in self._told_by(moment, slack)), default=0)

    def _told_by(self, moment: float, slack: float) -> Iterator[tuple[int, int]]:
        before = 0
        for time, passes, prompts in self.passes:
            # One pass more is told of where it begins; of several it is not known when.
            if time > moment and (time > moment + slack or passes <= before + 1):
                return
            yield passes, prompts
            if time > moment:
                return
            before = passes

    @property
    def all_passes(self) -> int:
        """The passes that it made, at least."""
        return max((number for _, number, _ in self.passes), default=0)


@dataclass(slots=True)
class SeenProcess:
    """A Python process of the command.

    Attributes:
        file: Its events.
        pid: Its number.
        parent: That of its parent.
        python: The interpreter.
        arguments: Its command line.
        started: When it began to tell, in seconds since 1970.
        models: By number.
        written: Files that it opened for writing, with the last moment of each.
        programs: What it started.
        engines: Engines that were imported which nobody watches.
        unwatched: Why parts of it were not watched.
        failures: What went wrong in the witness.
        meddled: Files of the witness that the program itself wrote.
        lost: Lines that are missing.
        has_ended: Whether it told of its end.
    """

    file: str
    pid: int = 0
    parent: int = 0
    python: str = ""
    arguments: tuple[str, ...] = ()
    started: float = 0.0
    models: dict[int, SeenModel] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)
    unwatched: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    meddled: list[str] = field(default_factory=list)
    lost: int = 0
    has_ended: bool = False


def processes_in(folder: Path) -> tuple[SeenProcess, ...]:
    """All processes that told of themselves, in the order in which they began."""
    found = [_process(path) for path in sorted(folder.glob("*.jsonl"))]
    return tuple(sorted(found, key=lambda process: (process.started, process.file)))


def _process(path: Path) -> SeenProcess:
    process = SeenProcess(path.name)
    expected = 0
    for event in _events(path):
        number = event.get("number")
        if isinstance(number, int) and number >= expected:
            process.lost += number - expected
            expected = number + 1
        try:
            _note(process, event)
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            process.failures.append(f"an event that is not understood: {_brief(error)}")
    return process


def _events(path: Path) -> Iterator[dict[str, Any]]:
    try:
        content = read_foreign_file(path, max_bytes=_MAX_BYTES)
    except (OSError, ValueError):
        return
    # Who is killed while it writes leaves half a line.
    for line in content.split(b"\n"):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event


def _note(process: SeenProcess, event: dict[str, Any]) -> None:
    if (note := _NOTED.get(str(event["event"]))) is not None:
        note(process, event)


def _note_process(process: SeenProcess, event: dict[str, Any]) -> None:
    process.pid, process.parent = int(event["pid"]), int(event["parent"])
    process.python, process.started = str(event["python"]), float(event["time"])
    process.arguments = tuple(map(str, event["arguments"]))


def _note_model(process: SeenProcess, event: dict[str, Any]) -> None:
    model = _model(process, event)
    model.kind, model.how = str(event["kind"]), str(event["how"])
    model.source, model.folder = str(event["source"]), str(event["folder"])
    model.adapter = str(event["adapter"])
    model.is_inherited = bool(event["inherited"])


def _note_adapter(process: SeenProcess, event: dict[str, Any]) -> None:
    _model(process, event).adapter = str(event["source"])


def _note_passes(process: SeenProcess, event: dict[str, Any]) -> None:
    told = (float(event["time"]), int(event["passes"]), int(event["prompts"]))
    _model(process, event).passes.append(told)


def _note_weighing(process: SeenProcess, event: dict[str, Any]) -> None:
    told = {name: value for name, value in event.items() if name not in _OF_EVENTS}
    weighing = Weighing.model_validate_json(json.dumps({**told, "time": float(event["time"])}))
    model = _model(process, event)
    model.weighings.append(weighing)
    model.passes.append((weighing.time, weighing.passes, weighing.prompts))


def _note_change(process: SeenProcess, event: dict[str, Any]) -> None:
    change = WatchedChange.model_validate_json(json.dumps(event["change"]))
    _model(process, event).changes.append(change)


def _note_written(process: SeenProcess, event: dict[str, Any]) -> None:
    process.written[str(event["path"])] = float(event["time"])


def _note_program(process: SeenProcess, event: dict[str, Any]) -> None:
    arguments = tuple(map(str, event["arguments"]))
    process.programs.append(
        Program(float(event["time"]), str(event["program"]), arguments, bool(event["has_witness"]))
    )


def _note_engine(process: SeenProcess, event: dict[str, Any]) -> None:
    process.engines.append(str(event["engine"]))


def _note_unwatched(process: SeenProcess, event: dict[str, Any]) -> None:
    process.unwatched.append(f"{event['what']}: {event['why']}")


def _note_meddling(process: SeenProcess, event: dict[str, Any]) -> None:
    process.meddled.append(str(event["path"]))


def _note_end(process: SeenProcess, _event: dict[str, Any]) -> None:
    process.has_ended = True


_OF_EVENTS = frozenset({"event", "number", "time"})


def _model(process: SeenProcess, event: dict[str, Any]) -> SeenModel:
    number = int(event["model"])
    return process.models.setdefault(number, SeenModel(number))


def _note_failure(process: SeenProcess, event: dict[str, Any]) -> None:
    last = str(event["why"]).strip().rpartition("\n")[2][:400]
    told = f"{event['where']}: {last}"
    if "model" in event:
        # The first is why: what follows comes of it.
        _model(process, event).problem = _model(process, event).problem or told
    elif len(process.failures) < _MOST_TOLD:
        process.failures.append(told)


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


_NOTED: Final[Mapping[str, Callable[[SeenProcess, dict[str, Any]], None]]] = {
    "process": _note_process,
    "model": _note_model,
    "adapter": _note_adapter,
    "passes": _note_passes,
    "weighed": _note_weighing,
    "changed": _note_change,
    "wrote": _note_written,
    "started": _note_program,
    "engine": _note_engine,
    "unwatched": _note_unwatched,
    "failed": _note_failure,
    "meddled": _note_meddling,
    "ended": _note_end,
}
