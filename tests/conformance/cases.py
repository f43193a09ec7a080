"""The cases of this folder, as they lie on disk."""

import json
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE / "cases"

EXIT_CODES = {"met": 0, "violated": 10, "undecided": 11}


@dataclass(frozen=True)
class ExpectedFinding:
    """A finding of level `error` that is neither met nor without bearing.

    Attributes:
        rule: Its rule.
        outcome: `violated` or `undecided`.
        benchmarks: What it is about.
        words: Texts that its statement, `expected`, `found` or `fix` must hold.
    """

    rule: str
    outcome: str
    benchmarks: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class ConformanceCase:
    """A folder `<NN-incident>__<what>__<expected>`.

    Attributes:
        folder: The folder.
        arguments: What stands on the command line after the evidence.
        tiny_run: Name of the run that makes the evidence; empty if it lies in the folder.
        findings: All findings of level `error` that are neither met nor without bearing.
        met: Rules of level `error` that must be met.
    """

    folder: Path
    arguments: tuple[str, ...]
    tiny_run: str
    findings: tuple[ExpectedFinding, ...]
    met: tuple[str, ...]

    @property
    def incident(self) -> int:
        """Number of the incident."""
        return int(self.folder.name.partition("-")[0])

    @property
    def outcome(self) -> str:
        """The verdict that is expected, as the folder's name says it."""
        return self.folder.name.rpartition("__")[2]

    @property
    def title(self) -> str:
        """First line of the case's README: `# <incident>: <what>`."""
        return self.readme.partition("\n")[0].removeprefix("# ")

    @property
    def readme(self) -> str:
        """Its README."""
        return (self.folder / "README.md").read_text(encoding="utf-8")


def all_cases() -> tuple[ConformanceCase, ...]:
    """Every folder with a case, in order."""
    return tuple(_read(path.parent) for path in sorted(FOLDER.glob("*/expected.json")))


def _read(folder: Path) -> ConformanceCase:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    case = ConformanceCase(
        folder=folder,
        arguments=tuple(expected.pop("arguments", ())),
        tiny_run=expected.pop("tiny_run", ""),
        findings=tuple(
            ExpectedFinding(
                rule=finding.pop("rule"),
                outcome=finding.pop("outcome"),
                benchmarks=tuple(finding.pop("benchmarks", ())),
                words=tuple(finding.pop("words")),
            )
            for finding in expected.pop("findings")
            if finding
        ),
        met=tuple(expected.pop("met")),
    )
    exit_code = expected.pop("exit_code")
    if expected or EXIT_CODES.get(case.outcome) != exit_code:
        raise ValueError(f"{folder.name}: unknown keys or another exit code than its name says")
    return case
