"""Scores rows as variations say, hands the evidence over as they say, and judges it.

A process that computes as another machine would is forked by a server for each processor: torch
reads `ATEN_CPU_CAPABILITY` when it is imported, and what is forked does as its server.
"""

import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from tests.making.places import TINY_TASKS
from tests.making.runs.honest import (
    APART,
    AT_ONCE,
    EXPERIMENT,
    IN_ONE,
    KILLED,
    PROCESSORS,
    PROFILES,
    WHOLE,
    Machine,
    Variation,
)
from tests.making.runs.layouts import AS_SAVED, laid_out
from tests.making.runs.runs import Run, Server, wait_until

from weighin import api
from weighin.evidence.ledger import LEDGER_NAME
from weighin.rules.interface import Outcome, Verdict

_FLAGS = {"avx2": {"avx2", "fma"}, "avx512": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}}
# What else is another on another machine.
_HABITS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {},
        "default": {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
        "avx2": {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles"},
        "avx512": {"PYTHONHASHSEED": "3", "TZ": "Pacific/Auckland"},
    }
)
_DONE = {0, 12}


@dataclass(frozen=True)
class Outcomes:
    """What came of one variation.

    Attributes:
        verdict: Of the check.
        violated: Rules, of any level, with a finding that something is violated.
        undecided: Those of level `error` with one that something is undecided.
    """

    verdict: Outcome
    violated: tuple[str, ...]
    undecided: tuple[str, ...]


TWO_ATTEMPTS = "rules:\n  one-attempt: {level: error, limit: 2}\n"


def is_there(processor: str) -> bool:
    """Whether this machine can do what a processor can."""
    listed = Path("/proc/cpuinfo")
    told = set(listed.read_text().split()) if listed.is_file() else set()
    return _FLAGS.get(processor, set()) <= told


class Scene:
    """The checkpoint in every layout, the servers, and the stores that many variations share."""

    def __init__(self, checkpoint: Path, folder: Path) -> None:
        """Set what is scored, and a folder for all that is made of it."""
        self._checkpoint = checkpoint
        self._folder = folder
        self._layouts: dict[str, Path] = {}
        self._servers: dict[str, Server] = {}
        self._stores: dict[Variation, tuple[Path, ...]] = {}
        self._tries = 0

    def laid_out(self, layout: str) -> Path:
        """The checkpoint in a layout."""
        if layout not in self._layouts:
            parent = self._folder / f"layout {len(self._layouts)}"
            self._layouts[layout] = laid_out(self._checkpoint, layout, parent)
        return self._layouts[layout]

    def server(self, processor: str) -> Server:
        """The server of a processor, or of the best one below it that this machine has."""
        below = PROCESSORS[: PROCESSORS.index(processor) + 1] if processor else ("",)
        name = [each for each in below if is_there(each)][-1]
        if name not in self._servers:
            folder = self._folder / f"server {len(self._servers)}"
            folder.mkdir()
            asked = requirements_file(
                folder, self.laid_out(AS_SAVED), Variation(PROFILES[0], "", "", IN_ONE), Machine()
            )
            capability = {"ATEN_CPU_CAPABILITY": name} if name else {}
            self._servers[name] = Server(asked, folder, {**capability, **_HABITS[name]})
        return self._servers[name]

    def scored(self, varied: Variation) -> tuple[Path, ...]:
        """The results folders of a variation; no trial may change them."""
        store = APART[0] if varied.is_apart else WHOLE[0]
        key = replace(varied, profile=PROFILES[0], layout=AS_SAVED, store=store)
        if key not in self._stores:
            self._tries += 1
            folder = self._folder / f"store {self._tries}"
            folder.mkdir()
            self._stores[key] = _score(self, key, folder)
        return self._stores[key]

    def close(self) -> None:
        """End the servers."""
        for server in self._servers.values():
            server.close()


def trial(scene: Scene, varied: Variation, folder: Path) -> Outcomes:
    """Score a row as a variation says, or take what was, and judge it."""
    folder.mkdir()
    evidence = _given(varied.store, scene.scored(varied), folder)
    asked = requirements_file(folder, scene.laid_out(varied.layout), varied, varied.machines[1])
    outcomes = _outcomes(api.check(asked, evidence))
    shutil.rmtree(folder)
    return outcomes


def requirements_file(
    folder: Path, checkpoint: Path, varied: Variation, machine: Machine, *, dtype: str = ""
) -> Path:
    """What is required of a row."""
    path = folder / f"requirements-{len(list(folder.glob('requirements-*')))}.yaml"
    stated, rules = f"  dtype: {dtype}\n" if dtype else "", ""
    if varied.order == EXPERIMENT:
        stated = f"  dtype: {dtype or 'float32'}\n"
        # An experiment is an attempt, and told as one: who makes it allows two, in the open.
        rules = TWO_ATTEMPTS
    elif varied.order == KILLED:
        # It may have been killed after it had answered: whoever starts it again allows for that.
        rules = TWO_ATTEMPTS
    benchmarks = "".join(f"  - task: {task}\n" for task in varied.tasks)
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: '{checkpoint}'\n"
        f"  batch_size: {machine.batch_size}\n{stated}"
        f"profile: {varied.profile}\ntasks: ['{TINY_TASKS}']\n"
        f"benchmarks:\n{benchmarks}{rules}"
    )
    return path


@dataclass(frozen=True)
class _Part:
    """A part of a row: where it is recorded, on which machine, of which layout, what is scored."""

    results: Path
    machine: Machine
    layout: str
    only: tuple[str, ...] = ()


def _score(scene: Scene, varied: Variation, folder: Path) -> tuple[Path, ...]:
    """Score a row, and return the results folders in which it is recorded."""
    first, second = folder / "one", folder / ("two" if varied.is_apart else "one")
    machines, layouts = varied.machines, varied.scored
    parts = [
        _Part(first, machines[0], layouts[0], varied.tasks[: varied.split]),
        _Part(second, machines[1], layouts[1], varied.tasks[varied.split :]),
    ]
    if not varied.is_apart and varied.order in {IN_ONE, KILLED, EXPERIMENT}:
        parts = [_Part(first, machines[1], layouts[1])]
    if varied.order == AT_ONCE:
        # Either scores all; who races with himself does so on one machine.
        parts = [_Part(part.results, machines[0], part.layout) for part in parts]
        gate = folder / "gate"
        runs = [_start(scene, varied, p, gate=gate, host=f"node{n}") for n, p in enumerate(parts)]
        for number in range(1, len(varied.tasks) + 1):
            opened = folder / f"{gate.name}.{number}"
            wait_until(lambda at=opened: len(list(folder.glob(f"{at.name}.*"))) == len(runs))
            opened.touch()
        for run in runs:
            # Who ends while the other still answers does not know yet how many attempts there are.
            _require(run, {*_DONE, 11})
        return tuple(dict.fromkeys((first, second)))
    if varied.order == EXPERIMENT:
        experiment = _Part(first, machines[0], layouts[0])
        _require(_start(scene, varied, experiment, dtype="bfloat16"), _DONE)
    for part in parts:
        if varied.order == KILLED:
            _require(_start(scene, varied, part, die_at=varied.die_at), {-signal.SIGKILL})
        _require(_start(scene, varied, part), _DONE)
    return tuple(dict.fromkeys((first, second)))


def _start(
    scene: Scene,
    varied: Variation,
    part: _Part,
    *,
    dtype: str = "",
    die_at: int | None = None,
    gate: Path | None = None,
    host: str = "",
) -> Run:
    """Start a run; with a host, one that takes a task of a queue for its own that another has."""
    checkpoint = scene.laid_out(part.layout)
    asked = requirements_file(part.results.parent, checkpoint, varied, part.machine, dtype=dtype)
    return scene.server(part.machine.processor).start(
        asked,
        part.results,
        *[word for task in part.only for word in ("--only", task)],
        die_at=die_at,
        gate=gate,
        environment={"SLURM_JOB_ID": "1"} if host else {},
        prelude=f"import socket; socket.gethostname = lambda: {host!r}" if host else "",
        threads=part.machine.threads,
    )


def _require(run: Run, codes: set[int]) -> None:
    code = run.wait()
    assert code in codes, f"exit {code}\n{run.said}"


def _given(store: str, scored: tuple[Path, ...], folder: Path) -> list[Path]:
    """The evidence, as it reaches the check."""
    if store in {"one folder", "two folders"}:
        return list(scored)
    one = folder / "evidence"
    for results in scored:
        shutil.copytree(results, one, copy_function=shutil.copyfile, dirs_exist_ok=True)
    ledgers = [(results / LEDGER_NAME).read_bytes() for results in scored]
    match store:
        case "moved":
            elsewhere = folder / "another place" / "of another name"
            elsewhere.parent.mkdir()
            one = one.rename(elsewhere)
        case "two ledgers" | "two ledgers, CRLF":
            (one / LEDGER_NAME).write_bytes(ledgers[0])
            (one / "ledger-two.jsonl").write_bytes(ledgers[1])
        case "ledgers joined with cat":
            (one / LEDGER_NAME).write_bytes(b"".join(ledgers))
    if store.endswith("CRLF"):
        for ledger in one.glob("ledger*.jsonl"):
            ledger.write_bytes(ledger.read_bytes().replace(b"\n", b"\r\n"))
    return [one]


def _outcomes(verdict: Verdict) -> Outcomes:
    told = {
        outcome: tuple(
            f"{judged.rule}: {judged.finding.statement}"
            for judged in verdict.findings
            if judged.finding.outcome is outcome
            and (outcome is Outcome.VIOLATED or judged.level.value == "error")
        )
        for outcome in (Outcome.VIOLATED, Outcome.UNDECIDED)
    }
    return Outcomes(verdict.outcome, told[Outcome.VIOLATED], told[Outcome.UNDECIDED])
