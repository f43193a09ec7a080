"""A job is a pure function of plan, job id and store: where it runs changes nothing of it."""

import base64
import json
import os
import shutil
from pathlib import Path

import jsonschema
import pytest
from tests.making.checkpoints.reading import let_rest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    change_tensor,
    copied_tasks,
    edit_text,
    requirements_file,
)
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin import api
from weighin.errors import (
    EvidenceError,
    InfrastructureError,
    RunError,
    UsageError,
    WeighinError,
)
from weighin.evidence.jobs.claims import claim
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.evidence.store import COMMIT_NAME, RECORD_NAME, Store, read_record
from weighin.executors.events import SilentListener
from weighin.executors.planned.document import PlanDocument
from weighin.executors.planned.given import GivenPlan, given_plan
from weighin.executors.planned.worker import PlannedWorker
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas import schema_of
from weighin.reports.evidence.jobs import job_json, plan_json
from weighin.reports.evidence.jobs.plan_page import plan_page
from weighin.reports.page import markdown
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def planned(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory):
    """A plan, made in a folder that is gone, and the store that holds it."""
    made = tmp_path_factory.mktemp("made")
    store = tmp_path_factory.mktemp("store")
    tasks = copied_tasks(made / "tasks")
    requirements = requirements_file(made, tiny_checkpoint, task_folder=tasks)
    found = api.plan(requirements, results=store)
    kept = tmp_path_factory.mktemp("kept") / "requirements.yaml"
    shutil.copy(requirements, kept)
    shutil.rmtree(made)
    return found, store, kept


@pytest.fixture
def scored_by_jobs(planned, tmp_path: Path):
    """A copy of the store, for one test."""
    found, store, kept = planned
    return found, Path(shutil.copytree(store, tmp_path / "results")), kept


def records(results: Path):
    return [read_record(path)[0] for path in sorted(results.rglob(RECORD_NAME))]


def test_jobs_run_where_nothing_is_but_the_store(scored_by_jobs, monkeypatch, tmp_path):
    found, results, kept = scored_by_jobs
    monkeypatch.chdir(tmp_path)
    before = Path.cwd()
    for index, job in enumerate(found.jobs):
        done = api.job(found.plan_id, index=index, results=results)
        assert (done.label, done.recorded.record.run.job_id) == (job.label, job.job_id)
    assert Path.cwd() == before
    assert {record.run.run_id for record in records(results)} == {
        json.loads((results / found.key).read_text())["run_id"]
    }
    verdict = api.check(kept, [results])
    assert verdict.outcome is Outcome.MET, verdict


def test_a_run_and_jobs_are_of_the_same_ids(scored_by_jobs, tiny_checkpoint, tmp_path):
    found, _, _ = scored_by_jobs
    requirements = requirements_file(tmp_path, tiny_checkpoint)
    api.run(requirements, results=tmp_path / "run", only=[CHOICE])
    (record,) = records(tmp_path / "run")
    assert record.run.job_id == next(j.job_id for j in found.jobs if j.label == CHOICE)
    again = api.plan(requirements, results=tmp_path / "run")
    assert {job.label: job.is_reused for job in again.jobs} == {CHOICE: True, GENERATE: False}
    assert "nothing of it is recorded" in {job.label: job.why for job in again.jobs}[GENERATE]


def test_other_weights_are_refused_by_name_and_leave_nothing(
    scored_by_jobs, tiny_checkpoint, tmp_path
):
    found, results, _ = scored_by_jobs
    other = Path(shutil.copytree(tiny_checkpoint, tmp_path / "other"))
    change_tensor(other)
    with pytest.raises(RunError) as refused:
        api.job(found.plan_id, index=0, results=results, checkpoint=other)
    told = str(refused.value)
    assert all(
        text in told for text in ("subject.checkpoint.weights", "other", found.jobs[0].job_id[:12])
    )
    assert refused.value.exit_code == 3
    assert records(results) == []
    assert not (results / "ledger.jsonl").exists()


def test_other_layouts_of_the_same_weights_are_not(scored_by_jobs, tiny_checkpoint, tmp_path):
    found, results, _ = scored_by_jobs
    other = Path(shutil.copytree(tiny_checkpoint, tmp_path / "other"))
    (other / "README.md").write_text("another file\n")
    done = api.job(found.plan_id, index=0, results=results, checkpoint=other)
    assert done.recorded.record.run.job_id == found.jobs[0].job_id


def edited_key(results: Path, found, **changes) -> str:
    """Where a plan lies that says something else, kept beside the first."""
    return f"plans/{edited(results, found, **changes)}.json"


def edited(results: Path, found, **changes) -> str:
    """The id of a plan that says something else, kept beside the first."""
    document = json.loads((results / found.key).read_text())
    content = canonical_json(document | changes)
    (results / "plans" / f"{sha256_hex(content)}.json").write_bytes(content)
    return sha256_hex(content)


def test_other_versions_are_refused_and_another_build_is_not(scored_by_jobs):
    found, results, _ = scored_by_jobs
    versions = json.loads((results / found.key).read_text())["versions"]
    other = edited(results, found, versions=versions | {"transformers": "1.2.3"})
    with pytest.raises(RunError, match=r"transformers .* instead of 1\.2\.3"):
        api.job(other, index=0, results=results)
    public = versions["torch"].partition("+")[0]
    build = edited(results, found, versions=versions | {"torch": f"{public}+cu999"})
    assert not api.job(build, index=0, results=results).recorded.is_reused


def test_what_is_recorded_is_not_scored_again(scored_by_jobs, tmp_path):
    found, results, _ = scored_by_jobs
    first = api.job(found.plan_id, job_id=found.jobs[0].job_id[:8], results=results)
    # Nothing is opened for it: no checkpoint need be there any more.
    again = api.job(found.plan_id, index=0, results=results, checkpoint=tmp_path / "gone")
    assert (first.recorded.is_reused, again.recorded.is_reused) == (False, True)
    assert len(records(results)) == 1


def test_a_job_at_which_another_worker_is_may_be_tried_again(scored_by_jobs):
    found, results, _ = scored_by_jobs
    store, job = Store(results), found.jobs[0]
    claim(
        store.storage,
        store.job_key(found.model, job.benchmark, job.job_id),
        worker="other",
        run_id="run",
    )
    with pytest.raises(InfrastructureError, match="worker other") as refused:
        api.job(found.plan_id, index=0, results=results)
    assert refused.value.exit_code == 75
    assert records(results) == []


def test_code_of_a_plan_runs_for_who_means_it(scored_by_jobs):
    found, results, _ = scored_by_jobs
    plan = results / found.key
    assert api.job(str(plan), index=0, results=results).label == found.jobs[0].label
    plan.parent.chmod(0o777)
    with pytest.raises(EvidenceError, match="others can write its folder") as refused:
        api.job(str(plan), index=0, results=results)
    assert refused.value.exit_code == 3
    assert f"{plan}@{found.plan_id}" in str(refused.value)
    assert api.job(f"{plan}@{found.plan_id}", index=0, results=results).recorded.is_reused
    plan.parent.chmod(0o755)
    plan.chmod(0o666)
    with pytest.raises(EvidenceError, match="others can write it"):
        api.job(str(plan), index=0, results=results)
    plan.write_bytes(plan.read_bytes().replace(b"tiny", b"tony"))
    with pytest.raises(EvidenceError, match="nothing was run"):
        api.job(f"{plan}@{found.plan_id}", index=0, results=results)


def test_a_plan_that_others_can_put_another_in_the_place_of_does_not(scored_by_jobs, tmp_path):
    found, results, _ = scored_by_jobs
    above = tmp_path / "above"
    copy = shutil.copytree(results, above / "deep" / "results")
    plan = copy / found.key
    link = tmp_path / "plan.json"
    link.symlink_to(plan)
    above.chmod(0o777)
    for named in (plan, link):
        with pytest.raises(EvidenceError, match=r"others can write the folder .*above above it"):
            api.job(str(named), index=0, results=results)
    # In such a folder as /tmp is one, nobody can move what is another's.
    above.chmod(0o1777)
    given_plan(str(plan), Store(results).storage)


def test_a_file_that_is_named_as_a_plan_is_that_plan(scored_by_jobs, tmp_path):
    found, results, _ = scored_by_jobs
    other = (results / edited_key(results, found, command="other")).read_bytes()
    for name in (f"{found.plan_id}.json", found.plan_id):
        (tmp_path / name).write_bytes(other)
        with pytest.raises(EvidenceError, match=f"expected plan {found.plan_id}, found") as refused:
            api.job(str(tmp_path / name), index=0, results=results)
        assert refused.value.exit_code == 3
    (tmp_path / "plan.json").write_bytes(other)
    given_plan(str(tmp_path / "plan.json"), Store(results).storage)
    assert records(results) == []


def test_what_lies_under_another_name_is_refused_by_name(scored_by_jobs):
    found, results, _ = scored_by_jobs
    (manifest,) = (results / "checkpoints").glob("*.json")
    content = manifest.read_bytes()
    for other in (b"", b"{}", content[:-1]):
        manifest.write_bytes(other)
        with pytest.raises(
            EvidenceError, match=f"{manifest.name}: expected sha256 {manifest.stem}"
        ):
            api.job(found.plan_id, index=0, results=results)
    manifest.write_bytes(content)
    folder = Store(results).job_folder(found.model, found.jobs[0].benchmark, found.jobs[0].job_id)
    folder.mkdir(parents=True)
    (folder / COMMIT_NAME).write_bytes(b"")
    with pytest.raises(EvidenceError, match="delete it, and this benchmark is scored again"):
        api.job(found.plan_id, index=0, results=results)
    (folder / COMMIT_NAME).unlink()
    assert not api.job(found.plan_id, index=0, results=results).recorded.is_reused


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_code_of_another_users_plan_does_not(scored_by_jobs, what):
    found, results, _ = scored_by_jobs
    plan = results / found.key
    os.chown(plan if what == "file" else plan.parent, 12345, 12345)
    with pytest.raises(EvidenceError, match="belongs to another user"):
        api.job(str(plan), index=0, results=results)


def text(content: str) -> dict[str, object]:
    return {
        "sha256": sha256_hex(content.encode()),
        "size_bytes": len(content),
        "content": base64.b64encode(content.encode()).decode(),
    }


HOSTILE = {
    "above": {"files": [{"path": "../../x.py", **text("x")}]},
    "absolute": {"files": [{"path": "/tmp/x.py", **text("x")}]},
    "no text": {"files": [{"path": "a\0b", **text("x")}]},
    "another digest": {"files": [{"path": "x.py", **text("x"), "sha256": "0" * 64}]},
    "no base64": {"files": [{"path": "x.py", **text("x"), "content": "***"}]},
    "no blob": {"files": [{"path": "x.py", **text("x"), "content": None}]},
    "no digest": {
        "files": [
            {"path": "x.py", "sha256": "../../ledger.jsonl", "size_bytes": 9, "content": None}
        ]
    },
    "two contents": {"files": [{"path": "x.py", **text(c)} for c in "xy"]},
    "elsewhere": {"working_folder": "../.."},
    "requirements elsewhere": {"requirements": {"path": "../x", "sha256": "", "content": ""}},
    "another format": {"format": "weighin.plan/1"},
    "more": {"more": 1},
    "less": {"jobs": [{"benchmark": CHOICE}]},
    "another job": {
        "jobs": [{"benchmark": CHOICE, "label": CHOICE, "job_id": "0" * 64, "description": {}}]
    },
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_plan_that_is_none_is_refused_and_writes_nothing(scored_by_jobs, changes, tmp_path):
    found, results, _ = scored_by_jobs
    before = {path for path in tmp_path.rglob("*") if path.parent.name != "plans"}
    with pytest.raises(EvidenceError) as refused:
        api.job(edited(results, found, **changes), index=0, results=results)
    assert refused.value.exit_code == 3
    assert {path for path in tmp_path.rglob("*") if path.parent.name != "plans"} == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_plan_are_refused(tmp_path, content):
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(EvidenceError):
        api.job(f"{tmp_path / 'plan.json'}", index=0, results=tmp_path / "results")


@pytest.mark.parametrize(
    "asked",
    [{}, {"index": 0, "job_id": "0" * 12}, {"index": 99}, {"job_id": "0" * 12}, {"job_id": ""}],
)
def test_which_job_must_be_said(scored_by_jobs, asked):
    found, results, _ = scored_by_jobs
    with pytest.raises(UsageError):
        api.job(found.plan_id, results=results, **asked)


def test_data_that_a_task_names_travels(tiny_checkpoint, tmp_path, monkeypatch):
    """Relative to the current folder, as `datasets` reads it; too large for the plan itself."""
    here = tmp_path / "here"
    tasks = copied_tasks(here / "tasks")
    documents = [
        {"question": f"What is {n}?", "answer": str(n), "more": "x" * 4000} for n in range(100)
    ]
    (here / "data").mkdir()
    (here / "data" / "own.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (tasks / "own_task.yaml").write_text(
        "task: own_task\ndataset_path: json\ndataset_kwargs:\n  data_files:\n"
        "    test: data/own.jsonl\noutput_type: generate_until\ntest_split: test\n"
        "doc_to_text: '{{question}}'\ndoc_to_target: '{{answer}}'\n"
        "generation_kwargs: {do_sample: false, max_gen_toks: 2, until: ['.']}\n"
        "metric_list: [{metric: exact_match}]\n"
    )
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(here)
    requirements = requirements_file(
        here, tiny_checkpoint, benchmarks=("own_task",), task_folder=Path("tasks")
    )
    found = api.plan(requirements, results=tmp_path / "results", max_samples=3)
    assert (found.jobs[0].documents, found.jobs[0].requests) == (3, 3)
    assert found.elsewhere == ()
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(here)
    done = api.job(found.plan_id, index=0, results=tmp_path / "results")
    assert done.recorded.record.run.job_id == found.jobs[0].job_id
    assert done.recorded.record.is_partial


@pytest.mark.parametrize("named", ["data/own.jsonl", "../shared/own.jsonl"])
def test_data_beside_a_task_file_travels(tiny_checkpoint, tmp_path, monkeypatch, named):
    """Wherever it lies from there, and whatever lies under its name in the current folder."""
    tasks = tmp_path / "own" / "tasks"
    data = tasks / named
    for place, answer in ((data, "4"), (tmp_path / "here" / named, "5")):
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"question": "2+2?", "answer": answer}) + "\n")
    (tasks / "own_task.yaml").write_text(
        "task: own_task\ndataset_path: json\ndataset_kwargs:\n  data_files:\n"
        f"    test: {named}\noutput_type: generate_until\ntest_split: test\n"
        "doc_to_text: '{{question}}'\ndoc_to_target: '{{answer}}'\n"
        "generation_kwargs: {do_sample: false, max_gen_toks: 2, until: ['.']}\n"
        "metric_list: [{metric: exact_match}]\n"
    )
    (tmp_path / "asked").mkdir()
    requirements = requirements_file(
        tmp_path / "asked", tiny_checkpoint, benchmarks=("own_task",), task_folder=tasks
    )
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.chdir(tmp_path / "here")
    found = api.plan(requirements, results=tmp_path / "results")
    assert found.jobs[0].documents == 1
    assert not any(file.suffix == ".jsonl" for file in found.elsewhere)
    assert ["current folder" in note for note in found.notes] == [True]
    monkeypatch.chdir(tmp_path)
    for folder in ("own", "here", "asked"):
        shutil.rmtree(tmp_path / folder)
    done = api.job(found.plan_id, index=0, results=tmp_path / "results")
    assert done.recorded.record.run.job_id == found.jobs[0].job_id


def test_a_hidden_file_elsewhere_is_not_carried_away_as_data(
    tiny_checkpoint, tmp_path, monkeypatch
):
    """A task of somebody else may name whatever lies on this machine."""
    secret = tmp_path / "home" / ".keys" / "own.jsonl"
    tasks = tmp_path / "home" / "work" / "tasks"
    for folder in (secret.parent, tasks):
        folder.mkdir(parents=True)
    secret.write_text(json.dumps({"question": "2+2?", "answer": "4"}) + "\n")
    (tasks / "own_task.yaml").write_text(
        "task: own_task\ndataset_path: json\ndataset_kwargs:\n  data_files:\n"
        "    test: ../../.keys/own.jsonl\noutput_type: generate_until\ntest_split: test\n"
        "doc_to_text: '{{question}}'\ndoc_to_target: '{{answer}}'\n"
        "generation_kwargs: {do_sample: false, max_gen_toks: 2, until: ['.']}\n"
        "metric_list: [{metric: exact_match}]\n"
    )
    requirements = requirements_file(
        tasks.parent, tiny_checkpoint, benchmarks=("own_task",), task_folder=tasks
    )
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.chdir(tasks.parent)
    found = api.plan(requirements, results=tmp_path / "results")
    assert secret in found.elsewhere
    assert not any(
        b"own.jsonl" in path.read_bytes() for path in (tmp_path / "results").rglob("*.json")
    )


def test_why_a_job_is_not_reused_is_told(scored_by_jobs, tmp_path):
    found, results, kept = scored_by_jobs
    api.job(found.plan_id, index=0, results=results)
    label = found.jobs[0].label
    edit_text(
        kept_copy := Path(shutil.copy(kept, tmp_path / "r.yaml")),
        f"  - task: {label}\n",
        f"  - task: {label}\n    seed: 7\n",
    )
    tasks = copied_tasks(tmp_path / "tasks")
    kept_copy.write_text(
        "".join(
            f"tasks: ['{tasks}']\n" if line.startswith("tasks:") else line
            for line in kept_copy.read_text().splitlines(keepends=True)
        )
    )
    forecast = api.plan(kept_copy, results=results)
    (job,) = (job for job in forecast.jobs if job.label == label)
    assert not job.is_reused
    assert "seed: 7 instead of none" in job.why
    assert job.seconds is not None
    assert forecast.seconds is None


def test_plans_and_jobs_are_told(scored_by_jobs):
    found, results, _ = scored_by_jobs
    done = api.job(found.plan_id, index=0, results=results)
    told = {
        Document.PLAN_REPORT: plan_json.render(found),
        Document.JOB_REPORT: job_json.render(
            done.recorded.record,
            label=done.label,
            plan_id=done.plan_id,
            is_reused=False,
            is_first=True,
        ),
    }
    for document, content in told.items():
        jsonschema.Draft202012Validator(schema_of(document)).validate(json.loads(content))
    text = markdown.document(plan_page(found))
    assert found.plan_id in text
    assert all(job.job_id[:8] in text for job in found.jobs)


def test_a_worker_tells_the_ledger_what_it_read(scored_by_jobs):
    found, results, _ = scored_by_jobs
    given = GivenPlan(content=(results / found.key).read_bytes(), where="plan")
    with PlannedWorker(given, str(results), listener=SilentListener(), name="w") as worker:
        worker.open()
        for job in worker.document.jobs:
            worker.run(job.job_id)
        worker.finish()
    lines = [json.loads(line) for line in (results / "ledger.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == [
        "worker-started",
        *[
            "benchmark-started",
            "benchmark-answering",
            "benchmark-answered",
            "benchmark-finished",
        ]
        * len(found.jobs),
        "worker-finished",
    ]
    assert {line["detail"]["worker"] for line in lines if "worker" in line["event"]} == {"w"}
    PlanDocument.model_validate_json((results / found.key).read_bytes())


def test_errors_of_a_job_never_end_as_a_mistake_of_the_command_line(scored_by_jobs, tmp_path):
    found, results, _ = scored_by_jobs
    (tmp_path / "empty").mkdir()
    for checkpoint in (tmp_path / "none", tmp_path / "empty", Path(__file__)):
        with pytest.raises(WeighinError) as refused:
            api.job(found.plan_id, index=0, results=results, checkpoint=checkpoint)
        assert refused.value.exit_code == 3


def test_files_are_read_once_on_a_machine_and_again_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setenv("WEIGHIN_CACHE", str(tmp_path / "cache"))
    checkpoint = save_tiny_checkpoint(tmp_path / "checkpoint", hidden=128)
    let_rest(checkpoint)
    requirements = requirements_file(tmp_path, checkpoint)
    results = tmp_path / "results"
    first, again, anew = (
        api.plan(requirements, results=results, cache=cache) for cache in (True, True, False)
    )
    sizes = [found.checkpoint_bytes for found in (first, again, anew)]
    assert len(set(sizes)) == 1
    assert (first.remembered_bytes, anew.remembered_bytes) == (0, 0)
    assert again.remembered_bytes > 0.9 * sizes[0]
    for index in range(len(again.jobs)):
        api.job(again.plan_id, index=index, results=results)
    verdict = api.check(requirements, [results])
    assert verdict.outcome is Outcome.MET
    lines = read_ledger(results / LEDGER_NAME).lines
    read = [line.detail["files_hashed"]["remembered"] for line in lines if "worker" in line.event]
    assert [bool(files) for files in read] == [True, False] * len(again.jobs)
