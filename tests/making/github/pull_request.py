"""A scratch repository with a pull request, on which the action is played."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.making.github import hostile
from tests.making.github.composite import Played, Runner
from tests.making.places import ROOT, TESTS

DEMO = ROOT / "results" / "demo"
NAME = "SmolLM2-135M-Instruct"
TASKS = ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")
FAKE_GH = TESTS / "making" / "github" / "gh.py"


class PullRequest:
    """A scratch repository with a pull request, and what GitHub keeps of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repository = folder, folder / "repository"
        self.state = folder / "gh.json"
        self._write({"comments": [], "calls": [], "refuses": "nothing", "words": ""})
        programs = folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE_GH}" "$@"\n')
        (programs / "gh").chmod(0o755)
        self.repository.mkdir()
        shutil.copy(DEMO / "requirements.yaml", self.repository)
        for act in ("act-1", "act-2"):
            shutil.copytree(DEMO / act, self.repository / "results" / act)
        self._git("init", "-q", "-b", "main")
        self.honest()

    def honest(self) -> None:
        """Give the evidence of act 1: one checkpoint on every benchmark."""
        self._give("results/act-1")

    def swapped(self) -> None:
        """Give the evidence of act 2: one benchmark is of another checkpoint."""
        honest = (f"results/act-1/{NAME}/{task}" for task in TASKS if task != "demo_elements")
        self._give(*honest, f"results/act-2/{NAME}")

    def _give(self, *evidence: str) -> None:
        self.evidence = "\n".join(evidence)
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "evidence")

    def _git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.test")
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=self.repository,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def _write(self, state: dict[str, object]) -> None:
        self.state.write_text(json.dumps(state))

    @property
    def head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def set(self, **changes: object) -> None:
        self._write({**json.loads(self.state.read_text()), **changes})

    @property
    def comments(self) -> list[dict[str, object]]:
        return json.loads(self.state.read_text())["comments"]

    def check(self, *, is_installed: bool = True, **inputs: str) -> Played:
        """Run the action as a workflow of the pull request would."""
        commit = self.head
        runner = Runner(
            ROOT,
            self.repository,
            self.folder / "temporary",
            github={
                "action_repository": "weighin/weighin",
                "action_ref": "v1",
                "token": "t0k3n",
                "event": {"pull_request": {"number": 7, "head": {"sha": commit}}},
            },
            environment={
                "PATH": f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                "GITHUB_REPOSITORY": "owner/name",
                "GITHUB_SERVER_URL": "https://github.test",
                "FAKE_GH_STATE": str(self.state),
                # As a workflow may say for its own steps: the checkout itself.
                "PYTHONPATH": ".",
            },
            replaced={"install": {"weighin": str(self.weighin())} if is_installed else {}},
        )
        return runner.play(**{"evidence": self.evidence, **inputs})

    def weighin(self) -> Path:
        """The weighin of this environment, where an installed one would lie."""
        place = self.folder / "bin" / "weighin"
        place.write_text(hostile.program(sys.executable, ROOT / "src"))
        place.chmod(0o755)
        return place
