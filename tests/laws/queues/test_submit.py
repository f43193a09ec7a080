"""`weighin submit`: what it writes for a queue, and what comes of it on a real one."""

import json
import re
import shutil
import subprocess

import jsonschema
import pytest
import yaml
from tests.making.places import TINY_TASKS
from tests.making.queues.slurm import until
from tests.making.reports.schemas import published
from tests.making.runs.scene import change_tensor, copied_tasks, edit_text, requirements_file

from weighin import api
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.reports.documents.document import Document

pytestmark = pytest.mark.model

TASKS = ("tiny_choice", "tiny_generate", "tiny_rolling")
IMAGE = "registry.example/weighin@sha256:" + "0" * 64
# Waits amid a benchmark until Slurm starts the job a second time.
WAITING = """
import os, time

def results(doc, answers):
    if "SLURM_RESTART_COUNT" not in os.environ and "SLURM_ARRAY_TASK_ID" in os.environ:
        time.sleep(300)
    return {"exact_match": float(answers[0] == doc["choices"][0])}
"""


@pytest.fixture
def requirements(tmp_path, tiny_checkpoint):
    return requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS)


@pytest.fixture
def submit(weighin, requirements, tmp_path, monkeypatch):
    """Calls `weighin submit` from a folder of its own, where pytest's own path is no secret."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SBATCH_OUTPUT", raising=False)

    def call(*arguments, results="results"):
        return weighin("submit", requirements, "--results", results, *arguments)

    return call


@pytest.fixture
def on_slurm(slurm, submit, monkeypatch):
    """The same, on a real cluster; the document that it tells."""
    for name, value in slurm.variables.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: json.loads(submit("--slurm", "--json", *arguments).output)


def job_ids(document):
    return {job["benchmark"]: job["job_id"] for job in document["jobs"]}


def recorded(results):
    """The job of each task; a task with two records would be there twice."""
    records = [json.loads(path.read_text()) for path in results.rglob("record.json")]
    found = {record["asked"]["task"]: record["run"]["job_id"] for record in records}
    assert len(found) == len(records)
    return found


def test_the_script_is_printed_alone_and_nothing_is_submitted(submit, tmp_path):
    told = submit("--slurm", "--print-script", "--logs", "logs", "--gpus-per-job", "1")
    assert told.code == 0, told.errors
    subprocess.run(["bash", "-n"], input=told.output, text=True, check=True)
    (plan,) = (tmp_path / "results" / "plans").iterdir()
    assert f" job {plan}@{plan.stem} --index " in told.output
    assert f" --results {tmp_path}/results\n" in told.output
    assert "#SBATCH --array=0-2\n" in told.output
    assert "#SBATCH --gres=gpu:1\n" in told.output
    assert (tmp_path / "logs").is_dir()


def test_the_manifest_is_printed_alone(submit, tmp_path):
    line = ("--kubernetes", "--print-manifest", "--image", IMAGE, "--volume", f"pvc:w:{tmp_path}")
    told = submit(*line, "--mem", "64Gi", "--env", "HF_HOME=/models/hf")
    assert told.code == 0, told.errors
    assert "digest" not in told.errors
    manifest = yaml.safe_load(told.output)
    assert manifest["spec"]["completions"] == 3
    document = json.loads(submit(*line, "--json").output)
    jsonschema.validate(document, json.loads(published(Document.SUBMISSION).read_text("utf-8")))
    assert document["manifest"].startswith("apiVersion: batch/v1\n")
    assert document["queue"] == "kubernetes"
    assert document["is_submitted"] is False
    tagged = submit(*line[:3], "weighin:1.0", *line[4:])
    assert tagged.code == 0
    assert "name it by its digest" in tagged.errors


def test_what_is_recorded_already_is_not_handed_out_again(submit, requirements, tmp_path):
    api.run(requirements, results=tmp_path / "results", only=["tiny_choice"])
    told = json.loads(submit("--slurm", "--print-script", "--json").output)
    assert [job["is_reused"] for job in told["jobs"]] == [True, False, False]
    assert "#SBATCH --array=1-2\n" in told["script"]
    only = submit("--slurm", "--print-script", "--only", "tiny_choice")
    assert only.output.startswith("nothing to submit: all 1 jobs are recorded already")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "--slurm or --kubernetes"),
        ("--slurm --kubernetes", "--slurm or --kubernetes"),
        ("--slurm --image x", "--image: is for --kubernetes"),
        ("--kubernetes --partition x", "--partition: is for --slurm"),
        (f"--kubernetes --image {IMAGE}", "expected --print-manifest"),
        ("--kubernetes --print-manifest", "--image: expected a name of an image"),
        (f"--kubernetes --print-manifest --image {IMAGE}", "expected a store that pods see"),
        ("--slurm --print-script --partition a;b", "what --partition of sbatch takes"),
        ("--slurm --print-script --check later", "expected one of afterok, afterany, none"),
        ("--slurm --print-script --env NOT_SET_HERE", "expected a variable that is set here"),
        ("--slurm --print-script --sbatch-option=--array=1", "--only and --max-parallel"),
    ],
)
def test_what_cannot_be_meant_is_refused(submit, tmp_path, line, says):
    told = submit(*line.split())
    assert (told.code, told.output) == (2, "")
    assert says in told.errors
    assert not (tmp_path / "results").exists()


def test_a_machine_without_slurm_is_told_so_before_anything_is_planned(
    submit, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = submit("--slurm")
    assert told.code == 2
    assert "expected sbatch on this machine, found none" in told.errors
    assert not (tmp_path / "results").exists()


CANARY = "sk-canary-0123456789"


@pytest.mark.parametrize("queue", ["slurm", "kubernetes"])
def test_what_is_given_to_workers_is_in_no_plan_and_no_record(submit, tmp_path, monkeypatch, queue):
    for name in ("HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "SOME_TOKEN"):
        monkeypatch.setenv(name, f"{CANARY}-{name}")
    line = {
        "slurm": ("--slurm", "--print-script", "--sbatch-option", f"--export=ALL,B={CANARY}-b"),
        "kubernetes": (
            *("--kubernetes", "--print-manifest", "--image", IMAGE),
            *("--volume", f"pvc:w:{tmp_path}"),
        ),
    }[queue]
    told = submit(*line, "--only", TASKS[0], "--env", f"A={CANARY}-a", f"--env=C={CANARY}-c")
    assert told.code == 0, told.errors
    # As it is documented, and nothing else is.
    expected = {"a", "c", *({"b"} if queue == "slurm" else ())}
    assert set(re.findall(f"{CANARY}-([a-zA-Z_]+)", told.output)) == expected
    (plan,) = (tmp_path / "results" / "plans").glob("*.json")
    api.job(plan.stem, index=0, results=tmp_path / "results")
    files = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert any(path.name == "record.json" for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    (record,) = (json.loads(p.read_text()) for p in files if p.name == "record.json")
    assert "--env A=… --env=C=…" in record["run"]["command"].replace("'", "")


@pytest.mark.soak
def test_slurm_scores_what_a_run_scores(slurm, on_slurm, requirements, tmp_path):
    told = on_slurm()
    slurm.wait_until(told["array"], seconds=300)
    slurm.wait_until(told["check"])
    assert slurm.exit_codes(told["array"]) == {0: 0, 1: 0, 2: 0}
    assert slurm.exit_codes(told["check"]) == {0: 0}
    run = api.run(requirements, results=tmp_path / "here")
    assert run.outcome == api.check(requirements, ["results"]).outcome == "met"
    assert job_ids(told) == recorded(tmp_path / "here") == recorded(tmp_path / "results")
    (printed,) = tmp_path.glob("weighin-*-check-*.out")
    assert printed.read_text().startswith("✓ MET")
    nodes = {task["BatchHost"] for task in slurm.shown(told["array"])}
    assert nodes == {"weigh0", "weigh1"}
    # What Slurm began is gone on with here, and nothing is scored again.
    again = api.run(requirements, results=tmp_path / "results")
    assert again.outcome == "met"
    assert recorded(tmp_path / "results") == job_ids(told)


@pytest.mark.soak
def test_a_job_that_is_requeued_amid_a_benchmark_is_scored_again_and_the_attempt_is_told(
    weighin, slurm, on_slurm, requirements, tmp_path
):
    tasks = copied_tasks(tmp_path / "waiting")
    (tasks / "wait.py").write_text(WAITING)
    edit_text(
        tasks / "tiny_generate.yaml",
        "test_split: test\n",
        "test_split: test\nprocess_results: !function wait.results\n",
    )
    edit_text(requirements, str(TINY_TASKS), str(tasks))
    told = on_slurm("--only", "tiny_generate")
    ledger = tmp_path / "results" / LEDGER_NAME
    # Where it waits, it has answered: a score is the next thing that there would be.
    until(lambda: ledger.exists() and "benchmark-answered" in ledger.read_text())
    slurm.call("scontrol", "requeue", f"{told['array']}_0")
    slurm.wait_until(told["array"], seconds=300)
    assert slurm.exit_codes(told["array"]) == {0: 0}
    events = [line.event for line in read_ledger(ledger).lines]
    assert events.count("benchmark-started") == 2
    assert events.count("benchmark-finished") == 1
    verdict = api.run(requirements, results=tmp_path / "results")
    assert verdict.outcome == "met"
    told_of = weighin("check", requirements, "results", "--verbose").output
    assert "1 further attempt answered, and its score is not recorded" in " ".join(told_of.split())


@pytest.mark.soak
def test_a_worker_on_other_weights_is_refused_and_never_started_again(
    slurm, on_slurm, tmp_path, tiny_checkpoint
):
    copy = shutil.copytree(tiny_checkpoint, tmp_path / "other")
    change_tensor(copy)
    told = on_slurm("--checkpoint-there", str(copy), "--check", "afterany")
    slurm.wait_until(told["array"], seconds=300)
    slurm.wait_until(told["check"])
    assert slurm.exit_codes(told["array"]) == {0: 3, 1: 3, 2: 3}
    assert {task["Restarts"] for task in slurm.shown(told["array"])} == {"0"}
    printed = [path.read_text() for path in tmp_path.glob("weighin-*_*.out")]
    assert len(printed) == 3
    for text in printed:
        assert "checkpoint" in text
    assert slurm.exit_codes(told["check"]) == {0: 11}
    assert not recorded(tmp_path / "results")
