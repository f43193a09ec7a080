"""Documents that a task cannot score."""

from pathlib import Path

import pytest
from tests.making.runs.plain import evaluate_plainly
from tests.making.runs.scene import CHOICE, copied_tasks, findings, requirements_file

import weighin

pytestmark = pytest.mark.model

SCORING = '''

def some(document, results):
    """A score for the documents whose first number is not 2."""
    if document["question"].startswith("2"):
        return {%s}
    return {"acc": 1.0, "acc_norm": 1.0}
'''


@pytest.mark.parametrize(
    ("given", "stated"),
    # lm-eval states 18 as if it had been asked for 18, or the 24 that one metric has.
    [("", 18), ('"acc": 1.0', 24)],
    ids=["without any metric", "without one of two metrics"],
)
def test_documents_without_a_score_violate_all_documents_scored(
    given: str, stated: int, checkpoint: Path, tmp_path: Path
):
    tasks = copied_tasks(tmp_path / "tasks")
    with (tasks / "load.py").open("a") as stream:
        stream.write(SCORING % given)
    with (tasks / "tiny_choice.yaml").open("a") as stream:
        stream.write("process_results: !function load.some\n")
    plain = evaluate_plainly(checkpoint, tmp_path / "plain", task_folder=tasks)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), task_folder=tasks)
    verdict = weighin.run(file, results=tmp_path / "results")

    assert plain.document["n-samples"] == {CHOICE: {"original": 24, "effective": stated}}
    (finding,) = findings(verdict, "all-documents-scored")
    # Six of the 24 sums start with a 2.
    assert (finding.expected, finding.found) == ("24 documents", "18 documents")
