"""A results folder as a run leaves it, without a model."""

from dataclasses import dataclass
from pathlib import Path

from tests.rules.builders import DECLARED, VARIANT, record
from weighin.evidence.ledger import Ledger
from weighin.evidence.records import Record
from weighin.evidence.store import RECORD_NAME, Attempt, Store, file_digest
from weighin.identity.canonical import sha256_hex
from weighin.identity.manifest import Manifest
from weighin.identity.merkle import weights_digest


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


def started(root: Path, task: str = "gsm8k", *, model: str = "tiny") -> tuple[Attempt, Ledger]:
    """An attempt that has begun and left nothing else."""
    job_id = record(task).run.job_id
    ledger = Ledger(root, run_id="run-1", model=model)
    attempt = Store(root).new_attempt(model, task, job_id)
    ledger.append("benchmark-started", benchmark=task, job_id=job_id, attempt_id=attempt.attempt_id)
    return attempt, ledger


def finished(root: Path, task: str = "gsm8k", *, model: str = "tiny") -> Written:
    """An attempt that was scored, recorded and written down in the ledger."""
    store = Store(root)
    store.prepare()
    store.keep_manifest(MANIFEST)
    store.keep_plan(sha256_hex(b"{}"), b"{}")
    attempt, ledger = started(root, task, model=model)
    native = attempt.folder / "lm-eval"
    native.mkdir()
    samples = native / f"samples_{task}_1.jsonl"
    samples.write_text(SAMPLES)
    results = native / "results_1.json"
    results.write_text(f'{{"results": {{"{task}": {{}}}}, "configs": {{}}}}')
    base = record(task, scored=MANIFEST)
    told = base.model_copy(
        update={
            "model": model,
            "files": (
                file_digest(results, role="results", relative_to=attempt.folder),
                file_digest(samples, role="samples", task=task, relative_to=attempt.folder),
            ),
            "run": base.run.model_copy(update={"attempt_id": attempt.attempt_id}),
        }
    )
    counts = store.commit(attempt, told)
    ledger.append(
        "benchmark-finished",
        benchmark=task,
        job_id=told.run.job_id,
        attempt_id=attempt.attempt_id,
        detail={"record_sha256": sha256_hex((attempt.folder / RECORD_NAME).read_bytes())},
    )
    return Written(told, attempt.folder, counts)
