"""A file of documents that is swapped between two runs; the tiny model and lm-eval are real."""

import json
import shutil
from pathlib import Path

import pytest
from tests.making.logs.lm_eval import modern
from tests.making.runs.scene import (
    CHOICE,
    copied_tasks,
    edit_text,
    findings,
    requirements_file,
    violated_rules,
)

import weighin
from weighin.cli.terminal.progress import listener as progress
from weighin.evidence.benchmarks import Benchmark
from weighin.rules.interface import Outcome
from weighin.sources.scorecard.benchmark_registry import registered_benchmark

PINNED = "documents: sha256:"


@pytest.mark.model
def test_swapped_documents_are_told_beside_those_before_and_by_a_file_that_pins_them(
    checkpoint: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(progress, "is_plain", lambda: True)
    tasks = copied_tasks(tmp_path / "tasks")
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), task_folder=tasks)
    before, another_day = tmp_path / "before", tmp_path / "another day"
    with progress.progress_listener() as listener:
        first = weighin.run(file, results=before, listener=listener)
    (told,) = (line for line in capsys.readouterr().err.splitlines() if PINNED in line)

    pinned = tmp_path / "pinned.yaml"
    shutil.copy(file, pinned)
    edit_text(pinned, f"- task: {CHOICE}\n", f"- task: {CHOICE}\n    {told.partition(': ')[2]}\n")
    assert violated_rules(weighin.check(pinned, [before])) == violated_rules(first)

    # Of the 24 sums 12 are left, and 6 of those are others.
    edit_text(tasks / "load.py", "range(1, 5)", "(1, 9)")
    swapped = weighin.run(pinned, results=another_day)
    (finding,) = findings(swapped, "as-required")
    assert "documents is sha256:" in finding.statement
    assert finding.expected in told
    assert findings(swapped, "same-documents") == ()

    both = weighin.check(file, [before, another_day])
    (finding,) = findings(both, "same-documents")
    assert finding.statement.endswith(": 0 added, 12 lost, 6 changed")
    assert findings(both, "as-required") == ()


def log_of(folder: Path, benchmark: Benchmark, total: int, revision: str | None) -> Path:
    """A log of lm-eval of a benchmark of the registry, on so many documents."""
    (task, *_) = benchmark.lm_eval
    kwargs = {} if revision is None else {"revision": revision}
    of_arc = modern()
    document = {
        **of_arc,
        "results": {task: {**of_arc["results"]["arc"], "alias": task}},
        "group_subtasks": {task: []},
        "configs": {
            task: {
                **of_arc["configs"]["arc"],
                "task": task,
                "dataset_path": benchmark.dataset,
                "dataset_kwargs": kwargs,
            }
        },
        "versions": {task: 1.0},
        "n-shot": {task: 0},
        "n-samples": {task: {"original": total, "effective": total}},
    }
    path = folder / "results_2026-02-21T16-56-08.780608.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("task", ["arc_challenge", "winogrande", "gsm8k", "ifeval"])
@pytest.mark.parametrize(
    ("more", "is_pinned", "outcome"),
    [(-1, True, Outcome.VIOLATED), (1, True, Outcome.VIOLATED), (-1, False, Outcome.UNDECIDED)],
)
def test_a_log_with_another_size_of_a_registered_split_is_violated_at_a_known_commit_alone(
    *, tmp_path: Path, task: str, more: int, is_pinned: bool, outcome: Outcome
):
    known = registered_benchmark(task)
    assert known is not None
    assert known.documents is not None
    log = log_of(tmp_path, known, known.documents + more, known.revisions[0] if is_pinned else None)
    file = requirements_file(tmp_path, "org/model", benchmarks=(task,))
    edit_text(file, "name: tiny", "name: org/model")
    verdict = weighin.check(file, [log])
    (told,) = (
        finding.statement
        for finding in findings(verdict, "all-documents-scored", outcome)
        if "registry" in finding.statement
    )
    assert f"{known.documents + more} documents, in the registry of benchmarks" in told
    assert f" {known.documents}" in told
