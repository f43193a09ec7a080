"""Three harnesses as their users type them, each with a benchmark of its own on local documents."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.making.places import DOCS, ROOT

BENCHMARKS = Path(__file__).parent / "benchmarks"
NAME = "SmolLM2-135M-Instruct"
DEMO = ROOT / "checkpoints" / "demo"
# Nothing here may depend on a hub, nor on how many threads compute.
_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
_LM_EVAL_VOLATILE = (
    "date", "start_time", "end_time", "total_evaluation_time_seconds",
    # It has the frequency of the processor at that moment in it.
    "pretty_env_info",
)  # fmt: skip
_INSPECT_VOLATILE = (
    "created", "started_at", "completed_at", "timestamp", "completed", "working_start",
    "working_time", "total_time", "time",
)  # fmt: skip
# What a state was changed to, in Inspect's logs.
_TIME_ADDED = rb'("/output/time","value":)[0-9.e-]+'
# As Inspect draws them for evaluations, messages and events.
_DRAWN_NAME = rb'"[A-Za-z0-9]{22}"'
_LIGHTEVAL_VOLATILE = ("start_time", "end_time", "total_evaluation_time_secondes")


@dataclass(frozen=True)
class Harness:
    """A harness.

    Attributes:
        name: As people call it, and as the page names it.
        variable: Names an interpreter that has it, in the environment.
        folder: Of the environment that `./run soak` makes for it; empty for that of the tests.
        logged: What its log calls the benchmark.
        volatile: Fields of its files that hold times.
    """

    name: str
    variable: str
    folder: str
    logged: str
    volatile: tuple[str, ...]

    @property
    def python(self) -> Path | None:
        """An interpreter that has it; `None` if there is none."""
        if not self.folder:
            return Path(sys.executable)
        made = ROOT / self.folder / "bin" / "python"
        named = os.environ.get(self.variable)
        return Path(named) if named else made if made.is_file() else None

    def typed(self, model: str) -> tuple[str, ...]:
        """The command of the page, without the witness, for a model of this name."""
        words = shlex.split(_COMMANDS[self.name].replace("\\\n", " ").replace(_MODEL, model))
        before, command = words[: words.index("--")], words[words.index("--") + 1 :]
        if before != ["weighin", "witness", "--name", model]:
            raise ValueError(f"{_PAGE}: {self.name}: expected a witnessed command, found {before}")
        return tuple(command)


_PAGE = DOCS / "witness.md"
_MODEL = "my-model"
_TEXT = _PAGE.read_text(encoding="utf-8")
_COMMANDS = dict(re.findall(r"<!-- harness: (\S+) -->\n```sh\n(.*?)```\n", _TEXT, re.DOTALL))
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", _TEXT, re.DOTALL))
LM_EVAL = Harness("lm-eval", "", "", "animals", _LM_EVAL_VOLATILE)
INSPECT = Harness(
    "Inspect", "WEIGHIN_INSPECT_PYTHON", ".venv-inspect", "elements", _INSPECT_VOLATILE
)
LIGHTEVAL = Harness(
    "LightEval", "WEIGHIN_LIGHTEVAL_PYTHON", ".venv-lighteval", "opposites|0", _LIGHTEVAL_VOLATILE
)
HARNESSES = (LM_EVAL, INSPECT, LIGHTEVAL)


@dataclass(frozen=True)
class Scored:
    """What a harness left in its folder."""

    harness: Harness
    folder: Path
    code: int
    output: str
    errors: str

    @property
    def told(self) -> dict[str, object]:
        """The document of the witness."""
        return json.loads((self.folder / "told.json").read_text())

    def files(self) -> dict[str, bytes]:
        """What it wrote by name, without times and drawn names in both."""
        found: dict[str, bytes] = {}
        for path in sorted((self.folder / "out").rglob("*")):
            if path.is_file():
                name = _without_times(path.relative_to(self.folder).as_posix())
                found |= {
                    f"{name}{member}": self._lasting(content) for member, content in _contents(path)
                }
        return found

    def _lasting(self, content: bytes) -> bytes:
        fields = b"|".join(name.encode() for name in self.harness.volatile)
        value = rb'("(?:[^"\\]|\\.)*"|[^\s,}\]"]+)'
        content = re.sub(rb'("(?:' + fields + rb')": ?)' + value, rb"\1null", content)
        content = re.sub(_TIME_ADDED, rb"\1null", content)
        return re.sub(_DRAWN_NAME, b"null", content).replace(str(self.folder).encode(), b"")


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix != ".eval":
        yield "", path.read_bytes()
        return
    # With zstd, which the standard library reads from Python 3.14 on only.
    from backports.zstd import zipfile

    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.namelist()):
            # How many summaries are written at once depends on the time; all are in another.
            if member.startswith("_journal/summaries/"):
                continue
            yield f"/{member}", archive.read(member)


def _without_times(name: str) -> str:
    name = re.sub(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(\.\d+|-\d\d-\d\d)?", "TIME", name)
    return re.sub(r"_[A-Za-z0-9]{22}\.eval$", ".eval", name)


def scored(
    harness: Harness,
    folder: Path,
    checkpoint: Path,
    *,
    results: Path | None,
    name: str = NAME,
) -> Scored:
    """Run a harness in a new folder, as it is or under the witness.

    Args:
        harness: The harness; its interpreter must be there.
        folder: Made here; the checkpoint has its name in it.
        checkpoint: What is scored.
        results: The results folder of the witness; `None` runs the harness without.
        name: Of the checkpoint.
    """
    folder.mkdir(parents=True)
    (folder / name).symlink_to(checkpoint)
    for path in BENCHMARKS.iterdir():
        (folder / path.name).symlink_to(path)
    witness = (
        *(sys.executable, "-m", "weighin", "witness", "--name", name),
        *("--results", str(results), "--format", "json=told.json", "--"),
    )
    program, *arguments = harness.typed(name)
    if harness.python is None:
        raise LookupError(f"{harness.name} is not here")
    command = (str(harness.python.with_name(program)), *arguments)
    done = subprocess.run(
        [*(() if results is None else witness), *command],
        cwd=folder,
        # Of another environment: what this one has in PYTHONPATH is not for it.
        env={**os.environ, **_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    return Scored(harness, folder, done.returncode, done.stdout, done.stderr)


def requirements(folder: Path, checkpoint: Path) -> Path:
    """What must hold of a row of which each harness scored one benchmark, as on the page."""
    (folder / _MODEL).symlink_to(checkpoint)
    path = folder / "requirements.yaml"
    path.write_text(FILES[path.name].replace(f"name: {_MODEL}", f"name: {NAME}"))
    return path
