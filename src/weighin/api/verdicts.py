"""Score what is required, and judge what was recorded."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from weighin.api.differences.runs import told_anew
from weighin.api.row_comparisons import row_comparisons
from weighin.errors import UsageError
from weighin.evidence.collected import Evidence
from weighin.evidence.records import Record
from weighin.evidence.store import Store
from weighin.executors.begun import RunResult
from weighin.executors.events import RunListener, SilentListener
from weighin.executors.here import run_here
from weighin.executors.plan import RunOptions
from weighin.executors.ray.address import RayOptions, ray_address
from weighin.files.collector import without_collector
from weighin.files.stores.opening import is_url
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import (
    RemoteRevision,
)
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Case, Verdict
from weighin.rules.judging.judge import judge
from weighin.rules.judging.partial import as_partial
from weighin.rules.shared.facets.commits import commits_to_settle
from weighin.rules.shared.row import is_of_model, row_of
from weighin.sources.checkpoints.given import named_by_id
from weighin.sources.checkpoints.named import (
    AtHand,
    declared_checkpoint,
    listed_commits,
    released_checkpoint,
)
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.collecting.staged import staged
from weighin.sources.scorecard.benchmark_registry import registered_benchmark

PathLike = str | Path


def run(
    requirements: PathLike,
    *,
    results: PathLike = "results",
    only: Sequence[str] = (),
    max_samples: int | None = None,
    new_attempt: bool = False,
    compress_samples: bool = False,
    checkpoint: PathLike | None = None,
    waivers: bool = True,
    on: str | None = None,
    gpus_per_job: int | None = None,
    cpus_per_job: int | None = None,
    listener: RunListener | None = None,
    command: str = "weighin.run(...)",
    overrides: Sequence[str] = (),
) -> Verdict:
    """Score every required benchmark that is not recorded yet, then judge.

    Args:
        requirements: The requirements file.
        results: The results folder.
        only: Tasks to score. The verdict is then at best `partial`: `check` judges the file.
        max_samples: Only the first documents of every benchmark; recorded as partial, and the
            verdict is at best `partial`.
        new_attempt: Score again what is recorded already. Every attempt is kept and counted.
        compress_samples: Write samples files as `.jsonl.gz`.
        checkpoint: Folder of the checkpoint, where the requirements name it by its id.
        waivers: Whether waivers apply.
        on: Where jobs run: `ray`, `ray:local`, `ray:auto`, `ray:HOST:6379` or `ray://HOST:10001`;
            `None` for this process.
        gpus_per_job: GPUs of each worker on Ray; `None` for one where there are any.
        cpus_per_job: CPUs of each worker on Ray; `None` for one beside a GPU, else half of a
            node's.
        listener: Hears of progress.
        command: What the record says was called.
        overrides: What is stated otherwise than in the file, each as `model.dtype=float32`; told
            above the verdict.

    Returns:
        The verdict on all that lies in the results folder, as `check` gives it.

    Raises:
        WeighinError: Nothing could be scored or judged at all. A benchmark that fails alone makes
            the verdict `undecided` and is named in `Verdict.ignored`.
    """
    loaded = load_requirements(Path(requirements), rule_shapes(), overrides)
    options = RunOptions(
        results=results if is_url(results) else Path(results),
        only=tuple(only),
        max_samples=max_samples,
        new_attempt=new_attempt,
        compress_samples=compress_samples,
        command=command,
        checkpoint=None if checkpoint is None else Path(checkpoint),
    )
    hearing = listener or SilentListener()
    result = _run(
        loaded,
        options,
        _ray_options(on, gpus_per_job, cpus_per_job),
        hearing,
    )
    with without_collector(), staged([options.results]) as local:
        evidence = read_evidence(
            local.paths,
            skip_unreadable=True,
            is_wanted=partial(is_of_model, loaded),
            apart=[Path(requirements)],
        )
        for line in told_anew(evidence, result.anew, result.run_id):
            hearing.noted(local.named(line))
        known = None
        if result.manifest is not None and _is_the_declared(loaded, result.manifest):
            known = AtHand(manifest=result.manifest, files=result.checkpoint_files)
        notes = (*(f"not scored: {error}" for error in result.failures), *result.notes)
        verdict = local.named(
            _judge(
                loaded,
                evidence,
                (),
                known=known,
                notes=notes,
                waivers=waivers,
                run_id=result.run_id,
            )
        )
    if not only and max_samples is None:
        return verdict
    return as_partial(verdict, result.wanted, has_failed=bool(result.failures))


def _ray_options(
    on: str | None, gpus_per_job: int | None, cpus_per_job: int | None
) -> RayOptions | None:
    """How Ray is asked for; `None` if jobs run in this process."""
    if on is not None:
        return RayOptions(on=ray_address(on), gpus_per_job=gpus_per_job, cpus_per_job=cpus_per_job)
    if (gpus_per_job, cpus_per_job) != (None, None):
        raise UsageError("--gpus-per-job and --cpus-per-job: expected --on, found none")
    return None


def _run(
    requirements: Requirements,
    options: RunOptions,
    on_ray: RayOptions | None,
    listener: RunListener,
) -> RunResult:
    if on_ray is None:
        return run_here(requirements, options, listener)
    from weighin.executors.ray.run import run_on_ray

    return run_on_ray(requirements, options, on_ray, listener)


def _is_the_declared(requirements: Requirements, scored: Manifest) -> bool:
    """Whether what was scored is what the requirements name by where it lies, or by its id."""
    named = named_by_id(requirements)
    return named is None or named == scored.checkpoint_id


@without_collector()
def check(
    requirements: PathLike,
    evidence: Iterable[PathLike] = ("results",),
    *,
    reference: Iterable[PathLike] = (),
    keep_comparisons: PathLike | None = None,
    online: bool = False,
    keep_revision: PathLike | None = None,
    on_hub_answer: Callable[[str], None] | None = None,
    on_hashing: Callable[[int, int], None] | None = None,
    skip_unreadable: bool = False,
    every: bool = False,
    waivers: bool = True,
    today: date | None = None,
    overrides: Sequence[str] = (),
) -> Verdict:
    """Judge what was recorded. Needs no torch, no lm-eval and, unless `online`, no network.

    Args:
        requirements: The requirements file.
        evidence: Files and folders: weighin's records, what it imported, and logs of other
            harnesses.
        reference: Further evidence that is not judged, to compare with, of whatever model: the
            declared checkpoint's own scores, or a baseline.
        keep_comparisons: A results folder in which measured differences between checkpoints are
            kept, so that the check can be repeated where the checkpoints are not at hand.
        online: Ask the hub what it publishes as `model.released`, if that names a revision that is
            not in the hub cache, and what it lists of commits that logs name beside another one of
            the same repository. No weights are downloaded.
        keep_revision: A results folder in which the answer of the hub, or of its cache, is kept
            with its time, so that the check can be repeated without either. Whoever can write there
            can change it, so a verdict that rests on it names the file.
        on_hub_answer: Called with a sentence on where an answer was kept, or that it was not.
        on_hashing: Called with bytes hashed and bytes in all, of a checkpoint that requirements
            name by its folder.
        skip_unreadable: Name files that cannot be read as evidence in `Verdict.ignored` instead of
            raising.
        every: Judge every record, also those that depart from a setting that the file states where
            others are as stated.
        waivers: Whether waivers apply.
        today: The day on which waivers must hold; the current day (UTC) by default.
        overrides: What is stated otherwise than in the file, each as `model.dtype=float32`; told
            above the verdict.

    Raises:
        WeighinError: The requirements or the evidence cannot be read.
    """
    loaded = load_requirements(Path(requirements), rule_shapes(), overrides)
    with staged(evidence) as local, staged(reference) as beside:
        collected, known = (
            read_evidence(
                paths,
                skip_unreadable=skip_unreadable,
                is_wanted=is_wanted,
                apart=[Path(requirements)],
            )
            # The other side of a comparison may be another model.
            for paths, is_wanted in (
                (local.paths, partial(is_of_model, loaded)),
                (beside.paths, None),
            )
        )
        verdict = _checked(
            loaded,
            collected,
            known,
            keep_comparisons=keep_comparisons,
            online=online,
            keep_revision=keep_revision,
            on_hub_answer=on_hub_answer,
            on_hashing=on_hashing,
            every=every,
            waivers=waivers,
            today=today,
        )
        return beside.named(local.named(verdict))


def _checked(
    loaded: Requirements,
    collected: Evidence,
    known: Evidence,
    *,
    keep_comparisons: PathLike | None,
    online: bool,
    keep_revision: PathLike | None,
    on_hub_answer: Callable[[str], None] | None,
    on_hashing: Callable[[int, int], None] | None,
    every: bool,
    waivers: bool,
    today: date | None,
) -> Verdict:
    released = released_checkpoint(
        loaded,
        {**known.manifests, **collected.manifests},
        collected.revisions,
        online=online,
        on_hashing=on_hashing,
    )
    if released.revision is not None:
        _keep_answer(released.revision, folder=keep_revision, tell=on_hub_answer)
    return _judge(
        loaded,
        replace(
            collected,
            manifests={**known.manifests, **collected.manifests},
            comparisons={**known.comparisons, **collected.comparisons},
        ),
        known.records,
        released=released,
        online=online,
        on_revision=partial(_keep_answer, folder=keep_revision, tell=on_hub_answer),
        on_hashing=on_hashing,
        keep_in=None if keep_comparisons is None else Store(keep_comparisons),
        every=every,
        waivers=waivers,
        today=today,
    )


def _judge(
    requirements: Requirements,
    evidence: Evidence,
    reference: tuple[Record, ...],
    *,
    known: AtHand | None = None,
    notes: tuple[str, ...] = (),
    released: AtHand | None = None,
    online: bool = False,
    on_revision: Callable[[RemoteRevision], None] | None = None,
    on_hashing: Callable[[int, int], None] | None = None,
    keep_in: Store | None = None,
    every: bool = False,
    waivers: bool = True,
    today: date | None = None,
    run_id: str = "",
) -> Verdict:
    row = row_of(requirements, evidence)
    if released is None:
        released = released_checkpoint(
            requirements, evidence.manifests, evidence.revisions, online=False
        )
    needs_files = released.manifest is None and released.revision is not None
    declared = known or declared_checkpoint(
        requirements, evidence.manifests, with_files=needs_files, on_hashing=on_hashing
    )
    revisions, unsettled = listed_commits(
        commits_to_settle(requirements, (read.record for read in row.read_records)),
        evidence.revisions,
        online=online,
    )
    if on_revision is not None:
        for revision in revisions.values():
            on_revision(revision)
    case = Case(
        requirements=requirements,
        read_records=row.read_records,
        revisions=revisions,
        manifests=evidence.manifests,
        declared=declared.manifest,
        declared_why_not=declared.why_not,
        declared_files=declared.files,
        released=released.manifest,
        released_why_not=released.why_not,
        released_revision=released.revision if needs_files else None,
        broken_files=row.broken_files,
        interrupted_attempts=row.interrupted_attempts,
        finished_attempts=row.finished_attempts,
        answered_attempts=row.answered_attempts,
        unvouched_attempts=evidence.unvouched_attempts,
        retired=evidence.retired,
        files_hashed=evidence.files_hashed,
        comparisons=row_comparisons(
            requirements,
            [read.record for read in row.read_records],
            declared.manifest,
            evidence,
            keep_in,
        ),
        reference=reference,
        other_records=row.other_records,
        declarations=row.declarations,
        registered=registered_benchmark,
    )
    ignored = (*notes, *unsettled, *evidence.notes, *_other_models(row.other_records))
    verdict = judge(
        case,
        today=today or datetime.now(UTC).date(),
        ignored=ignored,
        every=every,
        waivers=waivers,
        run_id=run_id,
    )
    return replace(verdict, head=replace(verdict.head, renamed=row.renamed))


def _keep_answer(
    revision: RemoteRevision, *, folder: PathLike | None, tell: Callable[[str], None] | None
) -> None:
    if revision.kept_in:
        return
    sentence = ""
    if folder is not None:
        path = Store(folder).keep_revision(revision)
        sentence = f"{revision.reference}, {revision.statement}: kept in {path}"
    elif revision.source == "hub":
        sentence = (
            f"{revision.reference}: the answer of {revision.endpoint} is not kept; "
            "--keep-revision RESULTS keeps it for checks without a network"
        )
    if sentence and tell is not None:
        tell(sentence)


def _other_models(records: Sequence[Record]) -> tuple[str, ...]:
    others = sorted({record.model for record in records})
    if not others:
        return ()
    sentence = (
        f"records of other models were not judged: {', '.join(others)}; name them in "
        "model.aliases if they are this model"
    )
    return (sentence,)
