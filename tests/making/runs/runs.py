"""Runs as processes that can be killed, and what a results folder holds afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import ROOT

from weighin.evidence.ledger import LEDGER_NAME, LedgerContent, read_ledger
from weighin.evidence.store import COMMIT_NAME, JOURNAL_NAME, RECORD_NAME, read_commit, read_record
from weighin.rules.interface import Outcome

TASKS = ("tiny_choice", "tiny_generate", "tiny_rolling")


@dataclass(frozen=True)
class Run:
    """A command of weighin in a process of its own."""

    pid: int
    log: Path
    server: "Server"

    def kill(self, with_signal: int = signal.SIGKILL) -> None:
        os.kill(self.pid, with_signal)

    def wait(self) -> int:
        """The exit code; minus the signal if one ended it."""
        return os.waitstatus_to_exitcode(int(self.server.ask({"wait": self.pid})["status"]))

    @property
    def told(self) -> str:
        return self.log.read_text()

    @property
    def said(self) -> str:
        """What weighin said, without what the process changed on disk."""
        lines = self.told.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("change "))

    @property
    def changes(self) -> list[str]:
        """What it changed on disk, in order."""
        lines = self.told.splitlines()
        return [line.partition(": ")[2] for line in lines if line.startswith("change ")]


class Server:
    """The process that forks them."""

    def __init__(
        self, requirements: Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start it with some variables of its own, and wait until it has imported all."""
        self._folder = folder
        self._number = 0
        self._log = (folder / "server.log").open("w")
        self._process = subprocess.Popen(
            [
                sys.executable,
                ROOT / "tests" / "making" / "runs" / "fork_server.py",
                requirements,
                folder / "warm",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=ROOT,
            env={
                **os.environ,
                "HF_HUB_OFFLINE": "1",
                "OMP_NUM_THREADS": "1",
                # Two threads on a busy machine would wait for each other at full speed.
                "OMP_WAIT_POLICY": "PASSIVE",
                "TOKENIZERS_PARALLELISM": "false",
                **(environment or {}),
            },
        )
        self._answer()

    def ask(self, request: dict[str, object]) -> dict[str, object]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self._folder / "server.log").read_text()
        return dict(json.loads(line))

    def start(
        self,
        requirements: Path,
        results: Path,
        *options: str,
        die_at: int | None = None,
        gate: Path | None = None,
        threads: int = 1,
        environment: Mapping[str, str] | None = None,
        prelude: str = "",
    ) -> Run:
        return self.command(
            *("run", str(requirements), "--results", str(results), *options),
            die_at=die_at,
            gate=gate,
            threads=threads,
            environment=environment,
            prelude=prelude,
        )

    def command(
        self,
        *arguments: str,
        die_at: int | None = None,
        gate: Path | None = None,
        threads: int = 1,
        environment: Mapping[str, str] | None = None,
        prelude: str = "",
    ) -> Run:
        """Start any command that has `--results`."""
        self._number += 1
        log = self._folder / f"run-{self._number}.log"
        answer = self.ask(
            {
                "arguments": list(arguments),
                "log": str(log),
                "die_at": die_at,
                "gate": None if gate is None else str(gate),
                "threads": threads,
                "environment": dict(environment or {}),
                "prelude": prelude,
            }
        )
        return Run(int(str(answer["pid"])), log, self)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # It has nothing to save, and takes its time to unload torch.
        self._process.kill()
        self._process.wait(timeout=60)
        self._process.stdin.close()
        self._process.stdout.close()
        self._log.close()


@dataclass(frozen=True)
class Unrecorded:
    """Attempts that began and left no record.

    Attributes:
        answered: Those whose score somebody may know.
        cut: The others.
    """

    answered: frozenset[str]
    cut: frozenset[str]

    @property
    def code(self) -> int:
        """What the run ends with that scores what is left, where one attempt is allowed."""
        return 11 if self.answered else 0

    @property
    def outcome(self) -> Outcome:
        """Its outcome."""
        return Outcome.UNDECIDED if self.answered else Outcome.MET

    def require_told(self, told: Iterable[str]) -> None:
        """Each of both kinds is told in its own words, and only those that there are."""
        all_told = " ".join(told)
        assert ("ended without a score" in all_told) is bool(self.cut), all_told
        assert ("answered, and its score is not recorded" in all_told) is bool(self.answered), (
            all_told
        )


def unrecorded(results: Path) -> Unrecorded:
    """What the ledger and the folders show of attempts without a record."""
    began: dict[str, bool] = {}
    of_others: dict[str, set[str]] = {}
    for line in read_ledger(results / LEDGER_NAME).lines:
        if line.event == "benchmark-answering":
            of_others[line.attempt_id] = {one["attempt_id"] for one in line.detail.get("taken", ())}
        elif line.event == "benchmark-answered" and line.detail.get("kept", 1):
            of_others.pop(line.attempt_id, None)
        if line.event in {"benchmark-started", "benchmark-answered"}:
            has_answered = line.event == "benchmark-answered"
            began[line.attempt_id] = began.get(line.attempt_id, False) or has_answered
    for folder in results.glob("*/*/*/*/"):
        if (folder / RECORD_NAME).exists():
            began.pop(folder.name, None)
            # What was gone on with is part of the record.
            taken = {part.attempt_id for part in read_record(folder / RECORD_NAME)[0].taken}
            # So is what had answers of these alone.
            again = {
                name
                for name, those in of_others.items()
                if began.get(name) and those and those <= taken
            }
            for name in taken | again:
                began.pop(name, None)
        elif folder.name in began and any(folder.rglob("results_*")):
            assert began[folder.name], f"{folder}: scores before anything says that it answered"
    return Unrecorded(
        frozenset(name for name, has_answered in began.items() if has_answered),
        frozenset(name for name, has_answered in began.items() if not has_answered),
    )


def wait_until(is_true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for another process; fail rather than hang."""
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.002)


def every_file(results: Path) -> dict[str, bytes]:
    """Content by path of what is there, drafts of dead writers aside."""
    return {
        str(path.relative_to(results)): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file() and path.suffix != ".draft"
    }


def finished_files(results: Path) -> dict[str, bytes]:
    """Content by path of all files of attempts that have a record, and of commit markers.

    Answers that are kept for the case of a kill go once they are recorded.
    """
    return {
        path: content
        for path, content in every_file(results).items()
        if not path.endswith(JOURNAL_NAME)
        if path.endswith(COMMIT_NAME) or any(map(_has_record(results), (results / path).parents))
    }


def _has_record(results: Path) -> Callable[[Path], bool]:
    return lambda folder: folder != results and (folder / RECORD_NAME).is_file()


def commits(results: Path) -> Iterator[str]:
    """The benchmarks that were committed, each checked."""
    for path in sorted(results.glob(f"*/*/*/{COMMIT_NAME}")):
        commit = read_commit(path)
        record, digest = read_record(path.parent / commit.attempt_id / RECORD_NAME)
        assert digest == commit.record_sha256
        yield record.asked.task


def require_sound(results: Path) -> LedgerContent:
    """No half record, no half commit, no break in the ledger."""
    for path in results.rglob(RECORD_NAME):
        read_record(path)
    assert len(set(commits(results))) == len(list(commits(results)))
    ledger = read_ledger(results / LEDGER_NAME)
    assert ledger.breaks == ()
    return ledger
