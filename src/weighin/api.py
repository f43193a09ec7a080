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
from weighin.identity.comparing import Given, Progress, compare_checkpoints
from weighin.identity.comparison_report import ComparisonReport
from weighin.identity.distance import with_distances
from weighin.identity.hub_revision import HUB_SCHEME, RemoteRevision, parse_reference
from weighin.identity.manifest import Manifest
from weighin.identity.verification import Verification, verify_checkpoint
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Case, Verdict
from weighin.rules.judge import judge
from weighin.sources.checkpoints_at_hand import (
    AtHand,
    declared_checkpoint,
    released_checkpoint,
)
from weighin.sources.evidence_files import read_evidence
from weighin.sources.model_signing import SignatureVerification
from weighin.sources.model_signing import verify_signature as verify_model_signature

PathLike = str | Path

_ID = "sha256:"


def fingerprint(
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Manifest:
    """The manifest of a checkpoint folder; its `checkpoint_id` is what everything else refers to.

    Args:
        folder: What transformers would load: a folder or hub snapshot; or a .gguf file.
        adapter: Folder of a PEFT adapter to attach.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The checkpoint is missing, malformed or of an unknown format.
    """
    return fingerprint_folder(
        Path(folder), adapter=None if adapter is None else Path(adapter), on_progress=on_progress
    )


def compare(
    first: PathLike,
    second: PathLike,
    *,
    parents: Iterable[PathLike] = (),
    on_progress: Progress | None = None,
) -> ComparisonReport:
    """How two checkpoints differ: which tensors, by how much, and what the differences look like.

    Neither is ever whole in memory, and every byte that is read is verified.

    Args:
        first: A checkpoint folder, a .gguf file, or a manifest (.json), of which only names and
            digests are compared.
        second: The same; changes are told as from the first to it.
        parents: Folders of checkpoints that the second may be a merge of.
        on_progress: Called before each tensor is read: done, in all, its name.

    Raises:
        CheckpointError: One is missing, malformed or of an unknown format, or changes while it is
            read.
    """
    return compare_checkpoints(
        _given(first),
        _given(second),
        parents=[_given(parent) for parent in parents],
        on_progress=on_progress,
    )


def _given(place: PathLike) -> Given:
    path = Path(place)
    if path.is_file() and path.suffix == ".json":
        return Given.at(str(place), load_manifest(path), None)
    return Given.at(str(place), fingerprint_folder(path), path)


def verify(
    manifest: PathLike,
    folder: PathLike,
    *,
    adapter: PathLike | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """What changed in a checkpoint since its manifest was made. Every byte is read again.

    Args:
        manifest: The file that `weighin fingerprint --save` wrote.
        folder: The folder that it should be the manifest of.
        adapter: Folder of the PEFT adapter that the manifest was made with.
        on_progress: Called with bytes hashed and bytes in all.

    Raises:
        CheckpointError: The manifest or the folder cannot be read, so that what changed is unknown.
    """
    return verify_checkpoint(
        load_manifest(Path(manifest)),
        Path(folder),
        adapter=None if adapter is None else Path(adapter),
        on_progress=on_progress,
    )


def verify_signature(
    signature: PathLike, public_key: PathLike, folder: PathLike
) -> SignatureVerification:
    """What an OpenSSF model-signing 1.x signature says of a folder, and what it does not cover.

    Args:
        signature: The bundle, usually `model.sig`.
        public_key: The signer's key, ECDSA as PEM.
        folder: The folder that was signed.

    Raises:
        EvidenceError: The bundle or key is malformed or of an unsupported kind.
        CheckpointError: The folder cannot be read.
        UsageError: The extra `sign` is not installed.
    """
    return verify_model_signature(Path(signature), Path(public_key), Path(folder))


def fingerprint_revision(reference: str) -> RemoteRevision:
    """What a hub publishes under `hf://org/name@REV`, without its weights.

    The names, sizes and digests of its files, and the names, dtypes and shapes of its tensors. The
    hub is asked, or with `HF_HUB_OFFLINE` the hub cache.

    Raises:
        UsageError: It is no such reference, or huggingface_hub is not installed.
        CheckpointError: It is not there or not for everybody, or what is said of it is malformed.
        InfrastructureError: The hub cannot be reached; trying again may help.
    """
    from weighin.sources.hub import published_revision  # rarely needed

    return published_revision(parse_reference(reference))


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
    notes = (*(f"not scored: {error}" for error in result.failures), *result.notes)
    known = None
    if result.manifest is not None:
        known = AtHand(manifest=result.manifest, files=result.checkpoint_files)
    return _judge(loaded, evidence, (), known=known, notes=notes)


def check(
    requirements: PathLike,
    evidence: Iterable[PathLike] = ("results",),
    *,
    reference: Iterable[PathLike] = (),
    keep_comparisons: PathLike | None = None,
    online: bool = False,
    today: date | None = None,
) -> Verdict:
    """Judge what was recorded. Needs no torch, no lm-eval and, unless `online`, no network.

    Args:
        requirements: The requirements file.
        evidence: Files and folders: weighin's records, results files of lm-eval.
        reference: Further evidence that is not judged, to compare scores with, for example the
            declared checkpoint's own.
        keep_comparisons: A results folder in which measured differences between checkpoints are
            kept, so that the check can be repeated where the checkpoints are not at hand.
        online: Ask the hub what it publishes as `model.released`, if that names a revision that is
            not in the hub cache. Its weights are not downloaded.
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
        online=online,
        keep_in=None if keep_comparisons is None else Store(Path(keep_comparisons)),
        today=today,
    )


def _judge(
    requirements: Requirements,
    evidence: Evidence,
    reference: tuple[Record, ...],
    *,
    known: AtHand | None = None,
    notes: tuple[str, ...] = (),
    online: bool = False,
    keep_in: Store | None = None,
    today: date | None = None,
) -> Verdict:
    records = tuple(r for r in evidence.records if _is_of_model(requirements, r.model))
    released = released_checkpoint(requirements, evidence.manifests, online=online)
    declared = known or declared_checkpoint(
        requirements, evidence.manifests, with_files=released.revision is not None
    )
    case = Case(
        requirements=requirements,
        records=records,
        manifests=evidence.manifests,
        recompute=evidence.recompute,
        declared=declared.manifest,
        declared_why_not=declared.why_not,
        declared_files=declared.files,
        released=released.manifest,
        released_why_not=released.why_not,
        released_revision=released.revision,
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
        finished_attempts=tuple(
            attempt
            for attempt in evidence.finished_attempts
            if _is_of_model(requirements, attempt.model)
        ),
        unvouched_attempts=evidence.unvouched_attempts,
        comparisons=_comparisons(requirements, records, declared.manifest, evidence, keep_in),
        reference=reference,
        other_records=tuple(r for r in evidence.records if not _is_of_model(requirements, r.model)),
    )
    ignored = (*notes, *evidence.notes, *_other_records(requirements, evidence.records))
    return judge(case, today=today or datetime.now(UTC).date(), ignored=ignored)


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
        if not written.startswith((HUB_SCHEME, _ID)):
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
