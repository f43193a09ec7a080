"""A finished benchmark is reused while its task stays as it is, and no longer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.runs.scene import requirements_file

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import RECORD_NAME, read_record
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

TASK = """\
task: mine
custom_dataset: !function load.sums
test_split: test
process_docs: !function load.cut
output_type: generate_until
doc_to_text: !function load.prompt
doc_to_target: target
process_results: !function load.judge
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 2
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
  note: '<not an address>'
"""
LOAD = """
import functools
import runpy
import sys
from pathlib import Path

from datasets import Dataset, DatasetDict

FOLDER = Path(__file__).parent
sys.path.insert(0, {shared!r})
from elsewhere_for_mine import factor
sys.path.pop(0)

judge_one = runpy.run_path(str(FOLDER / "judging.py"))["judge_one"]


def sums(**_metadata):
    rows = [dict(number=n, target=str(n)) for n in range(8)]
    return DatasetDict(dict(test=Dataset.from_list(rows)))


@functools.cache
def is_kept(number):
    return number < 4


def cut(documents):
    return documents.filter(lambda row: is_kept(row["number"]))


def prompt(document):
    return str(factor() * document["number"])


def judge(document, answers):
    return judge_one(document, answers)
"""
JUDGING = 'def judge_one(document, answers):\n    return {"acc": 0.0}\n'
ELSEWHERE = "def factor():\n    return 1\n"
PROGRAM = "import sys, weighin; weighin.run(sys.argv[1], results=sys.argv[2])"


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A task whose functions lie in three files, one of them in another folder."""
    folder, shared = tmp_path / "tasks", tmp_path / "shared"
    folder.mkdir()
    shared.mkdir()
    (folder / "mine.yaml").write_text(TASK)
    (folder / "load.py").write_text(LOAD.format(shared=str(shared)))
    (folder / "judging.py").write_text(JUDGING)
    (shared / "elsewhere_for_mine.py").write_text(ELSEWHERE)
    return folder


@pytest.fixture(autouse=True)
def _forgotten_imports():
    yield
    sys.modules.pop("elsewhere_for_mine", None)


def events(results: Path) -> list[str]:
    """What the ledger says of benchmarks, run by run."""
    lines = read_ledger(results / LEDGER_NAME).lines
    return [line.event for line in lines if line.benchmark]


SCORED = [
    "benchmark-started",
    "benchmark-answering",
    "benchmark-answered",
    "benchmark-finished",
]
REUSED = ["benchmark-reused"]


def test_an_unchanged_task_with_functions_is_reused_in_another_process_and_in_the_same(
    tasks: Path, tiny_checkpoint: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=("mine",), task_folder=tasks)
    results = tmp_path / "results"
    subprocess.run(
        [sys.executable, "-c", PROGRAM, file, results],
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        timeout=120,
    )
    assert events(results) == SCORED
    told = capfd.readouterr()
    assert "Filter" not in told.err + told.out

    weighin.run(file, results=results)
    verdict = weighin.run(file, results=results)
    doubts = [
        judged
        for judged in verdict.findings
        if judged.finding.outcome not in {Outcome.MET, Outcome.NOT_APPLICABLE}
    ]
    assert doubts == []
    assert events(results) == SCORED + REUSED + REUSED
    assert len(list(results.rglob(RECORD_NAME))) == 1


@pytest.mark.parametrize(
    "changed", ["tasks/load.py", "tasks/judging.py", "shared/elsewhere_for_mine.py"]
)
def test_a_change_of_code_that_a_task_imports_is_another_task(
    changed: str, tasks: Path, tiny_checkpoint: Path, tmp_path: Path
):
    from weighin.harness.tasks.loading import load_benchmarks
    from weighin.requirements.loading import load_requirements

    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=("mine",), task_folder=tasks)
    requirements = load_requirements(file, rule_shapes())

    def digest() -> str:
        (found,) = load_benchmarks(requirements, ("mine",))
        return found.digest

    first = digest()
    assert digest() == first
    path = tmp_path / changed
    path.write_text(path.read_text() + "\n# changed\n")
    assert digest() != first


def test_records_of_two_runs_of_one_task_with_functions_say_the_same_was_asked(
    tasks: Path, tiny_checkpoint: Path, tmp_path: Path
):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=("mine",), task_folder=tasks)
    for _ in range(2):
        # A function that is loaded anew gets another address.
        (tasks / "load.py").touch()
        weighin.run(file, results=tmp_path / "results", new_attempt=True)
    records = [read_record(path)[0] for path in (tmp_path / "results").rglob(RECORD_NAME)]
    assert len(records) == 2
    assert len({record.asked.config_digest for record in records}) == 1
    assert {record.run.settings["task_source"] for record in records} == {str(tasks)}
