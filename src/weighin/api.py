"""The three things that weighin does, as functions: run, check, fingerprint."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from weighin.errors import CheckpointError
from weighin.evidence.collected import Evidence
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.events import RunListener, SilentListener
from weighin.executors.here import run_here
from weighin.executors.plan import RunOptions
from weighin.identity.checkpoint import fingerprint as fingerprint_folder
from weighin.identity.checkpoint import load_manifest
from weighin.identity.compare import Comparison, compare_manifests
from weighin.identity.distance import with_distances
from weighin.identity.manifest import Manifest
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Case, Verdict
from weighin.rules.judge import judge
from weighin.sources.evidence_files import read_evidence

PathLike = str | Path

_HUB = "hf://"
_ID = "sha256:"


def fingerprint(
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """The manifest of a checkpoint folder; its `checkpoint_id` is what everything else refers to.

    Args:
        folder: What transformers would load: a folder of safetensors or a hub snapshot.
        adapter: Folder of a PEFT adapter to attach.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The checkpoint is missing, malformed or of an unknown format.
    """
    return fingerprint_folder(
        Path(folder), adapter=None if adapter is None else Path(adapter), on_progress=on_progress
    )


def run(
    requirements: PathLike,
    *,
    results: PathLike = "results",
    only: Sequence[str] = (),
    max_samples: int | None = None,
    new_attempt: bool = False,
    compress_samples: bool = False,
    listener: RunListener | None = None,
    command: str = "weighin.run(...)",
) -> Verdict:
    """Score every required benchmark that is not recorded yet, then judge.

    Args:
        requirements: The requirements file.
        results: The results folder.
        only: Tasks to score; the others must be recorded already for a verdict of `met`.
        max_samples: Only the first documents of every benchmark; recorded as partial.
        new_attempt: Score again what is recorded already. Every attempt is kept and counted.
        compress_samples: Write samples files as `.jsonl.gz`.
        listener: Hears of progress.
        command: What the record says was called.

    Returns:
        The verdict on the records of all required benchmarks of these requirements.

    Raises:
        WeighinError: Nothing could be scored or judged at all. A benchmark that fails alone makes
            the verdict `undecided` and is named in `Verdict.ignored`.
    """
    loaded = load_requirements(Path(requirements), rule_shapes())
    options = RunOptions(
        results=Path(results),
        only=tuple(only),
        max_samples=max_samples,
        new_attempt=new_attempt,
        compress_samples=compress_samples,
        command=command,
    )
    result = run_here(loaded, options, listener or SilentListener())
    evidence = read_evidence(result.evidence)
    failures = tuple(f"not scored: {error}" for error in result.failures)
    return _judge(loaded, evidence, (), known=result.manifest, notes=failures)


def check(
    requirements: PathLike,
    evidence: Iterable[PathLike] = ("results",),
    *,
    reference: Iterable[PathLike] = (),
    keep_comparisons: PathLike | None = None,
    today: date | None = None,
) -> Verdict:
    """Judge what was recorded. Needs no torch, no lm-eval and no network.

    Args:
        requirements: The requirements file.
        evidence: Files and folders: weighin's records, results files of lm-eval.
        reference: Further evidence that is not judged, to compare scores with, for example the
            declared checkpoint's own.
        keep_comparisons: A results folder in which measured differences between checkpoints are
            kept, so that the check can be repeated where the checkpoints are not at hand.
        today: The day on which waivers must hold; the current day (UTC) by default.

    Raises:
        WeighinError: The requirements or the evidence cannot be read.
    """
    loaded = load_requirements(Path(requirements), rule_shapes())
    collected = read_evidence([Path(path) for path in evidence])
    known = read_evidence([Path(path) for path in reference])
    return _judge(
        loaded,
        replace(
            collected,
            manifests={**known.manifests, **collected.manifests},
            comparisons={**known.comparisons, **collected.comparisons},
        ),
        known.records,
        keep_in=None if keep_comparisons is None else Store(Path(keep_comparisons)),
        today=today,
    )


def _judge(
    requirements: Requirements,
    evidence: Evidence,
    reference: tuple[Record, ...],
    *,
    known: Manifest | None = None,
    notes: tuple[str, ...] = (),
    keep_in: Store | None = None,
    today: date | None = None,
) -> Verdict:
    records = tuple(r for r in evidence.records if _is_of_model(requirements, r.model))
    declared, why_not = known, ""
    if declared is None:
        declared, why_not = _manifest_of(
            requirements, "model.checkpoint", requirements.model.checkpoint, evidence.manifests
        )
    released, released_why_not = _manifest_of(
        requirements, "model.released", requirements.model.released, evidence.manifests
    )
    case = Case(
        requirements=requirements,
        records=records,
        manifests=evidence.manifests,
        recompute=evidence.recompute,
        declared=declared,
        declared_why_not=why_not,
        released=released,
        released_why_not=released_why_not,
        broken_files=tuple(
            broken
            for broken in evidence.broken_files
            if not broken.model or _is_of_model(requirements, broken.model)
        ),
        interrupted_attempts={
            task: count
            for (model, task), count in evidence.interrupted_attempts.items()
            if model == requirements.model.name
        },
        finished_attempts=_finished_attempts(evidence, records),
        comparisons=_comparisons(requirements, records, declared, evidence, keep_in),
        reference=reference,
    )
    ignored = (*notes, *evidence.notes, *_other_records(requirements, evidence.records))
    return judge(case, today=today or datetime.now(UTC).date(), ignored=ignored)


def _finished_attempts(evidence: Evidence, records: Sequence[Record]) -> Mapping[str, int]:
    """Attempts by benchmark that ledgers know of, for the jobs whose records are judged."""
    jobs = {(record.asked.task, record.run.job_id) for record in records}
    counts: dict[str, int] = {}
    for task, job_id in jobs:
        counts[task] = counts.get(task, 0) + evidence.finished_attempts.get(job_id, 0)
    return counts


def _is_of_model(requirements: Requirements, name: str) -> bool:
    """Whether a name is the model's: exactly, by an alias, or as the last part of a path."""
    names = {requirements.model.name, *requirements.model.aliases}
    return name in names or Path(name).name in names


def _other_records(requirements: Requirements, records: Sequence[Record]) -> tuple[str, ...]:
    others = sorted({r.model for r in records if not _is_of_model(requirements, r.model)})
    if not others:
        return ()
    sentence = (
        f"records of other models were not judged: {', '.join(others)}; name them in "
        "model.aliases if they are this model"
    )
    return (sentence,)


def _manifest_of(
    requirements: Requirements,
    field: str,
    written: str | None,
    manifests: Mapping[str, Manifest],
) -> tuple[Manifest | None, str]:
    """The manifest of a checkpoint as named in the requirements, or why there is none."""
    where = f"{field} {written!r}"
    if written is None:
        return None, f"the requirements name no {field}"
    if written.startswith(_ID):
        found = manifests.get(written.removeprefix(_ID))
        return found, "" if found else f"{where}: the evidence holds no manifest of that id"
    if written.startswith(_HUB):
        return _cached_revision(written.removeprefix(_HUB), where)
    path = requirements.resolve(written)
    if not path.exists():
        return None, f"{where}: nothing is at {path}"
    if path.is_file():
        return load_manifest(path), ""
    adapter = requirements.model.adapter if field == "model.checkpoint" else None
    return fingerprint(path, adapter=adapter and requirements.resolve(adapter)), ""


def _cached_revision(reference: str, where: str) -> tuple[Manifest | None, str]:
    """The manifest of a hub revision that lies in the local hub cache; the network is not asked."""
    try:
        from huggingface_hub import snapshot_download  # optional, slow to import
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ModuleNotFoundError:
        return None, f"{where}: huggingface_hub is not installed; install weighin[hf]"
    name, _, revision = reference.rpartition("@")
    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        return None, f"{where}: that revision is not in the local hub cache"
    return fingerprint(folder), ""


def _comparisons(
    requirements: Requirements,
    records: Sequence[Record],
    declared: Manifest | None,
    evidence: Evidence,
    keep_in: Store | None,
) -> Mapping[tuple[str, str], Comparison]:
    """Comparisons of all checkpoints of a row: as recorded, or measured if both are at hand."""
    manifests = dict(evidence.manifests)
    ids = {str(r.checkpoint_id) for r in records if r.checkpoint_id in manifests}
    folders = {str(r.checkpoint_id): Path(r.location) for r in records if r.location is not None}
    if declared is not None:
        manifests[declared.checkpoint_id] = declared
        ids.add(declared.checkpoint_id)
        written = requirements.model.checkpoint or ""
        if not written.startswith((_HUB, _ID)):
            folders[declared.checkpoint_id] = requirements.resolve(written)
    found = dict(evidence.comparisons)
    ordered = sorted(ids)
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if (first, second) in found:
                continue
            comparison = compare_manifests(manifests[first], manifests[second])
            measure = partial(with_distances, comparison, manifests[first])
            if first in folders and second in folders:
                # A folder that moved or changed leaves the comparison of the manifests.
                with suppress(CheckpointError):
                    comparison = measure(folders[first], manifests[second], folders[second])
            if keep_in is not None and comparison.distances:
                keep_in.keep_comparison(comparison)
            found[first, second] = comparison
    return found
