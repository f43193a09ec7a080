"""What a file was that no state showed to be other is not known once that file has moved.

A page of a map that is dirty already is written to without a sign. Whoever touches, removes or
replaces the file before it is read again, takes away what a reading would have found.
"""

import mmap
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.making.checkpoints.reading import let_rest
from tests.making.rules.builders import gsm8k_with, with_record
from tests.making.runs.scene import requirements_file

from weighin.errors import CheckpointError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.ledger import now
from weighin.harness.local.disk import files
from weighin.harness.local.disk.files import CheckpointFiles
from weighin.identity.fingerprint import hashed_files
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Outcome
from weighin.rules.runs.weights_unchanged_during_run import WeightsUnchangedDuringRun

WEIGHTS = "model.safetensors"
RUN, LATER_RUN = "run-1", "run-2"


def nothing(_weights: Path, _good: bytes) -> None:
    pass


def touched(weights: Path, _good: bytes) -> None:
    weights.touch()


def removed(weights: Path, _good: bytes) -> None:
    weights.unlink()


def put_back(weights: Path, good: bytes) -> None:
    weights.unlink()
    weights.write_bytes(good)


def replaced(weights: Path, good: bytes) -> None:
    other = weights.with_name(".other")
    other.write_bytes(good[:-1] + bytes([good[-1] ^ 2]))
    other.replace(weights)


def written_back(weights: Path, good: bytes) -> None:
    with weights.open("r+b") as stream:
        stream.write(good)


def copied_to_another_machine(weights: Path, good: bytes) -> None:
    """As a machine of the same name has it, where it lies in a folder of the same name."""
    state = weights.stat()
    folder, kept = weights.parent, weights.parent.with_name("kept")
    folder.rename(kept)
    shutil.copytree(kept, folder)
    put_back(weights, good)
    os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))


MOVES: dict[str, Callable[[Path, bytes], None]] = {
    move.__name__: move
    for move in (
        nothing,
        touched,
        removed,
        put_back,
        replaced,
        written_back,
        copied_to_another_machine,
    )
}


@dataclass(frozen=True)
class Opened:
    """A checkpoint that a process has hashed, with a map of it that is dirty."""

    folder: Path
    good: bytes
    mapped: mmap.mmap
    files: CheckpointFiles

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS


def opened_again(folder: Path) -> CheckpointFiles:
    file = requirements_file(folder.parent, folder)
    requirements = load_requirements(file, rule_shapes())
    return CheckpointFiles(requirements, folder, None, lambda _done, _total: None)


@pytest.fixture(scope="module")
def resting(tiny_checkpoint, tmp_path_factory) -> Iterator[Callable[[], Opened]]:
    """Copies in memory alone, where a page that is dirty is never clean again."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        pytest.skip("needs /dev/shm")
    above = memory / f"weighin-{tmp_path_factory.getbasetemp().name}-{os.getpid()}"
    made: list[tuple[Path, bytes, mmap.mmap]] = []
    for number in range(4 * len(MOVES) + 2):
        folder = above / str(number) / "checkpoint"
        shutil.copytree(tiny_checkpoint, folder)
        with (folder / WEIGHTS).open("r+b") as stream:
            mapped = mmap.mmap(stream.fileno(), 0)
        mapped[-1] = mapped[-1]
        made.append((folder, bytes(mapped), mapped))
    let_rest(*(folder for folder, _, _ in made))
    left = iter(made)

    def opened() -> Opened:
        folder, good, mapped = next(left)
        return Opened(folder, good, mapped, opened_again(folder))

    yield opened
    for _, _, mapped in made:
        mapped.close()
    shutil.rmtree(above)


def outcome(checkpoint: Opened, *, amid, before_reading, is_killed: bool) -> Outcome:
    """The outcome of a benchmark in a process that may be killed before it reads the files again.

    Args:
        checkpoint: What the process has hashed.
        amid: What happens during the benchmark.
        before_reading: What happens between its record and the next reading of all files.
        is_killed: Whether another process is the next to read them.
    """
    opened = checkpoint.files
    amid()
    look = opened.look()
    finished = now()
    before_reading(checkpoint.weights, checkpoint.good)
    readings: list[FilesHashed] = []
    try:
        hashed = opened_again(checkpoint.folder).hashed if is_killed else opened.hash_again()
        readings.append(hashed.model_copy(update={"run_id": LATER_RUN if is_killed else RUN}))
    except CheckpointError:
        pass
    assert look.state, "the file was read after the benchmark"
    judged = gsm8k_with("loaded.files_state", look.state)
    for path, value in {
        "loaded.files_changed_during_run": look.changes,
        "run.finished": finished,
        "run.run_id": RUN,
        "run.host": opened.hashed.host,
        "location": opened.location,
        "checkpoint_id": opened.manifest.checkpoint_id,
    }.items():
        judged = with_record(judged, path, value)
    found = WeightsUnchangedDuringRun().check(replace(judged, files_hashed=tuple(readings)))
    (first, *more) = {f.outcome for f in found if not f.benchmarks or "gsm8k" in f.benchmarks}
    assert not more
    return first


@pytest.mark.parametrize("is_killed", [False, True], ids=["to the end", "killed"])
@pytest.mark.parametrize("move", MOVES)
def test_a_write_that_no_state_shows_is_never_met(resting, move, is_killed):
    checkpoint = resting()

    def write() -> None:
        checkpoint.mapped[-1] ^= 1

    found = outcome(checkpoint, amid=write, before_reading=MOVES[move], is_killed=is_killed)
    assert found is not Outcome.MET


@pytest.mark.parametrize("is_killed", [False, True], ids=["to the end", "killed"])
@pytest.mark.parametrize("move", MOVES)
def test_without_one_only_files_that_nobody_moved_are_met(resting, move, is_killed):
    found = outcome(resting(), amid=lambda: None, before_reading=MOVES[move], is_killed=is_killed)
    assert found is (Outcome.MET if move == "nothing" else Outcome.UNDECIDED)


@pytest.mark.parametrize("is_killed", [False, True], ids=["to the end", "killed"])
def test_a_file_that_is_put_back_while_it_is_read_settles_nothing(resting, is_killed, monkeypatch):
    checkpoint = resting()

    def put_back_first(read):
        def reading(*arguments, **settings):
            put_back(checkpoint.weights, checkpoint.good)
            return read(*arguments, **settings)

        return reading

    for module, name in ((hashed_files, "changed_files"), (files, "fingerprint")):
        monkeypatch.setattr(module, name, put_back_first(getattr(module, name)))

    def write() -> None:
        checkpoint.mapped[-1] ^= 1

    found = outcome(checkpoint, amid=write, before_reading=nothing, is_killed=is_killed)
    assert found is Outcome.UNDECIDED
