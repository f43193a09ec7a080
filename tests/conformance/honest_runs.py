"""Runs as honest people make them: whatever they vary, nothing may come out as `violated`."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import TINY_TASKS
from weighin import api
from weighin.executors.events import SilentListener
from weighin.rules.interface import Outcome, Verdict

TASKS = ("tiny_choice", "tiny_generate", "tiny_rolling")
PROFILES = ("same-checkpoint", "comparable")
BATCH_SIZES = (1, 2, 3, 8, 32)
# A run hears of so many events until its last benchmark is recorded, counted on one.
LAST_EVENT = 170


@dataclass(frozen=True)
class Variation:
    """How one row of scores came to be.

    Attributes:
        profile: The profile under which it is judged.
        order: The benchmarks, in the order of the requirements.
        batch_sizes: Of the first command, and of those after it.
        threads: Likewise, threads of torch.
        interrupted_at: The event at which the first command is interrupted; `None` if it is not.
        commands: What each command is told to score: `--only`.
        is_checkpoint_moved: Whether commands after the first find the checkpoint elsewhere.
        reading: How the evidence is given to the check: as it lies, copied, moved, twice, or each
            benchmark by its own folder.
        times_read: How often it is checked.
    """

    profile: str
    order: tuple[str, ...]
    batch_sizes: tuple[int, int]
    threads: tuple[int, int]
    interrupted_at: int | None
    commands: tuple[tuple[str, ...], ...]
    is_checkpoint_moved: bool
    reading: str
    times_read: int

    @property
    def in_words(self) -> str:
        """What is varied, for a line of a report."""
        parts = [self.profile, " ".join(self.order), f"batch {self.batch_sizes}"]
        parts += [f"threads {self.threads}", f"{len(self.commands)} commands", self.reading]
        if self.interrupted_at is not None:
            parts.append(f"interrupted at event {self.interrupted_at}")
        return ", ".join([*parts, "checkpoint moved"] if self.is_checkpoint_moved else parts)


@dataclass(frozen=True)
class Outcomes:
    """What came of one variation.

    Attributes:
        verdicts: The outcome of every check.
        violated: Rules, of any level, with a finding that something is violated.
        undecided: Those of level `error` with one that something is undecided.
    """

    verdicts: tuple[Outcome, ...]
    violated: tuple[str, ...]
    undecided: tuple[str, ...]


def variation(seed: int) -> Variation:
    """The variation of a seed; equal seeds give equal ones."""
    chance = random.Random(seed)
    order = tuple(chance.sample(TASKS, len(TASKS)))
    split = chance.choice((0, 0, 1, 2))
    parts = [part for part in (order[:split], order[split:]) if part]
    return Variation(
        profile=chance.choice(PROFILES),
        order=order,
        batch_sizes=(chance.choice(BATCH_SIZES), chance.choice(BATCH_SIZES)),
        threads=(chance.choice((1, 2)), chance.choice((1, 2))),
        interrupted_at=chance.choice((None, chance.randrange(LAST_EVENT))),
        # The same command again, too, which finds all that is recorded.
        commands=(*parts, *([()] * chance.choice((0, 1)))),
        is_checkpoint_moved=chance.random() < 0.3,
        reading=chance.choice(("as it lies", "copied", "moved", "twice", "by benchmark")),
        times_read=chance.choice((1, 2)),
    )


def trial(varied: Variation, checkpoint: Path, folder: Path) -> Outcomes:
    """Score the tiny benchmarks as a variation says, and judge what is recorded."""
    import torch

    folder.mkdir()
    results = folder / "results of a run"
    commands = [varied.commands[0], *varied.commands]
    if varied.interrupted_at is None:
        commands.pop(0)
    for number, only in enumerate(commands):
        later = bool(number)
        torch.set_num_threads(varied.threads[later])
        place = _moved(checkpoint, folder) if later and varied.is_checkpoint_moved else checkpoint
        asked = _requirements(varied, place, varied.batch_sizes[later], folder)
        is_interrupted = varied.interrupted_at is not None and not later
        listener = _Interrupting(varied.interrupted_at if is_interrupted else None)
        try:
            api.run(asked, results=results, only=only, listener=listener)
        except KeyboardInterrupt:
            continue
    evidence = _given(varied.reading, results, folder)
    asked = _requirements(varied, checkpoint, varied.batch_sizes[0], folder)
    verdicts = [api.check(asked, evidence) for _ in range(varied.times_read)]
    return _outcomes(verdicts)


def _requirements(varied: Variation, checkpoint: Path, batch_size: int, folder: Path) -> Path:
    path = folder / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel:\n  name: tiny\n  checkpoint: '{checkpoint}'\n"
        f"  batch_size: {batch_size}\nprofile: {varied.profile}\ntasks: ['{TINY_TASKS}']\n"
        "benchmarks:\n" + "".join(f"  - task: {task}\n" for task in varied.order)
    )
    return path


def _moved(checkpoint: Path, folder: Path) -> Path:
    """A copy of the checkpoint in another folder, of equal bytes and other times."""
    place = folder / "another place" / "model"
    if not place.exists():
        shutil.copytree(checkpoint, place, copy_function=shutil.copyfile)
    return place


def _given(reading: str, results: Path, folder: Path) -> list[Path]:
    """The evidence, as it is given to the check."""
    elsewhere = folder / "elsewhere" / "evidence"
    match reading:
        case "copied":
            return [Path(shutil.copytree(results, elsewhere, copy_function=shutil.copyfile))]
        case "moved":
            elsewhere.parent.mkdir()
            results.rename(elsewhere)
            return [elsewhere]
        case "twice":
            return [results, Path(shutil.copytree(results, elsewhere))]
        case "by benchmark":
            return sorted(path for path in (results / "tiny").iterdir() if path.is_dir())
    return [results]


def _outcomes(verdicts: list[Verdict]) -> Outcomes:
    findings = [found for verdict in verdicts for found in verdict.findings]
    return Outcomes(
        verdicts=tuple(verdict.outcome for verdict in verdicts),
        violated=tuple(
            f"{f.rule}: {f.finding.statement}"
            for f in findings
            if f.finding.outcome is Outcome.VIOLATED
        ),
        undecided=tuple(
            f"{f.rule}: {f.finding.statement}"
            for f in findings
            if f.finding.outcome is Outcome.UNDECIDED and f.level.value == "error"
        ),
    )


class _Interrupting(SilentListener):
    """Interrupts a run as Ctrl-C would, at one of the events that it hears of."""

    def __init__(self, at: int | None) -> None:
        self._left = at

    def _count(self) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            raise KeyboardInterrupt

    def loading(self, name: str) -> None:
        del name
        self._count()

    def benchmark_started(self, benchmark: str) -> None:
        del benchmark
        self._count()

    def requests(self, benchmark: str, done: int, total: int) -> None:
        del benchmark, done, total
        self._count()
