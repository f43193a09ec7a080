"""A results folder as a run leaves it, without a model."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.making.rules.builders import DECLARED, FILTERS, METRICS, VALUES, VARIANT, record

from weighin.evidence.ledger import Ledger
from weighin.evidence.records import Record
from weighin.evidence.store import RECORD_NAME, Attempt, Store, file_digest
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import Json
from weighin.identity.digests.merkle import weights_digest
from weighin.identity.manifest import Manifest
from weighin.sources.formats.lm_eval.results import asked_of, scores_of
from weighin.sources.formats.lm_eval.samples import read_samples


def _digested(manifest: Manifest) -> Manifest:
    return manifest.model_copy(update={"weights": weights_digest(manifest.tensors)})


MANIFEST, OTHER_MANIFEST = _digested(DECLARED), _digested(VARIANT)
SAMPLES = '{"doc_id": 0, "filter": "none", "metrics": ["acc"], "acc": 1.0}\n'


@dataclass(frozen=True)
class Written:
    """A record that was written, and where."""

    record: Record
    folder: Path
    counts: bool

    @property
    def path(self) -> Path:
        return self.folder / RECORD_NAME

    @property
    def job(self) -> tuple[str, str, str]:
        return (self.record.model, self.record.asked.task, self.record.run.job_id)


def results_of(task: str) -> Json:
    """A results file of lm-eval with the score of the records of `tests.making.rules.builders`."""
    key = f"{METRICS[task]},{FILTERS[task]}"
    return {
        "results": {task: {"alias": task, key: VALUES[task], "sample_len": 1}},
        "configs": {task: {"task": task, "output_type": "multiple_choice"}},
        "versions": {task: "3.0"},
        "n-shot": {task: 5},
        "n-samples": {task: {"original": 1, "effective": 1}},
    }


def started(
    root: Path, task: str = "gsm8k", *, model: str = "tiny", run_id: str = "run-1"
) -> tuple[Attempt, Ledger]:
    """An attempt that has begun and left nothing else."""
    job_id = record(task).run.job_id
    ledger = Ledger(root, run_id=run_id, model=model)
    attempt = Store(root).new_attempt(model, task, job_id)
    ledger.append("benchmark-started", benchmark=task, job_id=job_id, attempt_id=attempt.attempt_id)
    return attempt, ledger


def finished(
    root: Path, task: str = "gsm8k", *, model: str = "tiny", run_id: str = "run-1"
) -> Written:
    """An attempt that was scored, recorded and written down in the ledger."""
    store = Store(root)
    store.prepare()
    store.keep_manifest(MANIFEST)
    store.keep_plan(sha256_hex(b"{}"), b"{}")
    attempt, ledger = started(root, task, model=model, run_id=run_id)
    native = attempt.folder / "lm-eval"
    native.mkdir()
    samples = native / f"samples_{task}_1.jsonl"
    samples.write_text(SAMPLES)
    results = native / "results_1.json"
    told_by_lm_eval = results_of(task)
    results.write_text(json.dumps(told_by_lm_eval))
    base = record(task, scored=MANIFEST)
    told = base.model_copy(
        update={
            "model": model,
            # As a run takes them from the files.
            "asked": asked_of(told_by_lm_eval, task, {task: read_samples(samples)}),
            "scores": scores_of(told_by_lm_eval, task)[0],
            "files": (
                file_digest(results, role="results", relative_to=attempt.folder),
                file_digest(samples, role="samples", task=task, relative_to=attempt.folder),
            ),
            "run": base.run.model_copy(update={"attempt_id": attempt.attempt_id}),
        }
    )
    committed = store.commit(attempt, told)
    ledger.append(
        "benchmark-finished",
        benchmark=task,
        job_id=told.run.job_id,
        attempt_id=attempt.attempt_id,
        detail={"record_sha256": committed.record_sha256},
    )
    return Written(told, attempt.folder, committed.is_first)
