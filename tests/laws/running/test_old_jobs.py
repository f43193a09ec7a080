"""A job is what is asked of which content: by whatever formula its id was made."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.making.places import ROOT

from weighin.evidence.store import Store
from weighin.executors.plan import Plan, RunOptions, plan_run
from weighin.executors.planned.recorded import RecordedJob, other_harness, recorded_job
from weighin.files.json.foreign import Json
from weighin.identity.manifest import Manifest
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes

pytestmark = pytest.mark.model

DEMO = ROOT / "results/demo"
ACTS = {
    "act-1": ("requirements.yaml",
              ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")),
    "act-2": ("act-2-variant.yaml", ("demo_elements",)),
    "act-3": ("act-3-template.yaml", ("demo_opposites",)),
}  # fmt: skip
DESCRIPTION: Json = {
    "dtype": "float32",
    "max_length": None,
    "add_bos_token": None,
    "remote_code": [],
}


def required(act: str) -> Requirements:
    return load_requirements(ROOT / "tasks/demo" / ACTS[act][0], rule_shapes())


def manifest_of(act: str) -> Manifest:
    (path,) = (DEMO / act / "checkpoints").glob("*.json")
    found = Store(DEMO / act).manifest(path.stem)
    assert found is not None
    return found


def found_in(
    act: str,
    requirements: Requirements,
    manifest: Manifest | None = None,
    *,
    max_samples: int | None = None,
    **described: object,
) -> dict[str, RecordedJob | None]:
    """What stands for the jobs of requirements in the committed results of an act."""
    from weighin.harness.tasks.loading import load_benchmarks

    loaded = {b.requirement.task: b for b in load_benchmarks(requirements, ACTS[act][1])}
    scored = manifest or manifest_of(act)
    plan: Plan = plan_run(
        requirements,
        RunOptions(results=DEMO / act, max_samples=max_samples),
        subject={"checkpoint_id": scored.checkpoint_id, **DESCRIPTION, **described},
        manifest=scored,
        task_digests={task: benchmark.digest for task, benchmark in loaded.items()},
    )
    store = Store(DEMO / act)
    return {job.task: recorded_job(plan, job, store, loaded[job.task], scored) for job in plan.jobs}


def with_benchmarks(requirements: Requirements, **update: object) -> Requirements:
    changed = tuple(b.model_copy(update=update) for b in requirements.benchmarks)
    return requirements.model_copy(update={"benchmarks": changed})


@pytest.mark.parametrize("act", ACTS)
def test_what_was_recorded_under_the_old_formula_is_reused(act):
    found = found_in(act, required(act))

    assert set(found) == set(ACTS[act][1])
    assert None not in found.values()


@pytest.mark.parametrize("act", ACTS)
def test_a_checkpoint_in_other_files_is_asked_the_same_jobs(act):
    whole = manifest_of(act)
    cut = whole.model_copy(
        update={"files": tuple(f.model_copy(update={"path": f"x-{f.path}"}) for f in whole.files)}
    )
    assert cut.checkpoint_id != whole.checkpoint_id

    found = found_in(act, required(act), cut)

    assert None not in found.values()


@pytest.mark.parametrize(
    "described",
    [{"dtype": "bfloat16"}, {"max_length": 512}, {"add_bos_token": True},
     {"remote_code": ["modeling.py"]}],
    ids=str,
)  # fmt: skip
def test_a_checkpoint_that_is_loaded_otherwise_is_another_job(described):
    assert set(found_in("act-1", required("act-1"), **described).values()) == {None}


@pytest.mark.parametrize(
    "update",
    [{"weights": "0" * 64}, {"config": "0" * 64}, {"generation_config": None},
     {"tokenizer": "0" * 64}, {"special_tokens": "0" * 64}, {"quantization": "awq"},
     {"chat_template": "0" * 64}],
    ids=str,
)  # fmt: skip
def test_another_content_of_the_checkpoint_is_another_job(update):
    other = manifest_of("act-1").model_copy(update=update)
    assert set(found_in("act-1", required("act-1"), other).values()) == {None}


@pytest.mark.parametrize(
    "update",
    [{"num_fewshot": 1}, {"seed": 1}, {"fewshot_seed": 1}],
    ids=str,
)
def test_another_question_is_another_job(update):
    found = found_in("act-1", with_benchmarks(required("act-1"), **update))
    assert set(found.values()) == {None}


def test_another_number_of_answers_is_another_job():
    sampled = {"decoding": {"do_sample": True, "temperature": 0.5}, "repeats": 2}
    found = found_in("act-2", with_benchmarks(required("act-2"), **sampled))
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    "update", [{"chat_template": False}, {"system_prompt": "Be brief."}], ids=str
)
def test_another_prompt_is_another_job_wherever_it_has_a_bearing(update):
    found = found_in("act-1", with_benchmarks(required("act-1"), **update))
    assert {task for task, job in found.items() if job is not None} <= {"demo_passages"}


def test_another_decoding_is_another_job():
    changed = required("act-2")
    changed = with_benchmarks(changed, decoding={"max_gen_toks": 3})
    only = tuple(b for b in changed.benchmarks if b.task == "demo_elements")
    found = found_in("act-2", changed.model_copy(update={"benchmarks": only}))
    assert found == {"demo_elements": None}


def test_fewer_documents_are_another_job():
    assert set(found_in("act-1", required("act-1"), max_samples=5).values()) == {None}


def test_what_was_scored_with_another_harness_is_told():
    record = next(iter(found_in("act-1", required("act-1")).values())).record
    assert other_harness(record) == "files of lm-eval that are not recorded"
    versions = {**record.run.versions, "lm_eval": "0.4.9", "gone": "1"}
    older = record.model_copy(update={"run": record.run.model_copy(update={"versions": versions})})
    assert other_harness(older).startswith("lm_eval 0.4.9 instead of ")


def test_what_is_to_be_scored_again_is_not_looked_for(tmp_path: Path):
    from weighin.harness.tasks.loading import load_benchmarks

    requirements = required("act-1")
    (loaded, *_) = load_benchmarks(requirements, ["demo_animals"])
    manifest = manifest_of("act-1")
    plan = plan_run(
        requirements,
        RunOptions(results=tmp_path),
        subject={"checkpoint_id": manifest.checkpoint_id, **DESCRIPTION},
        manifest=manifest,
        task_digests={"demo_animals": loaded.digest},
    )
    again = replace(plan, new_attempt=True)
    store = Store(DEMO / "act-1")
    assert recorded_job(plan, plan.jobs[0], store, loaded, manifest) is not None
    assert recorded_job(again, plan.jobs[0], store, loaded, manifest) is None
