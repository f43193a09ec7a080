"""What a witnessed command left, in sentences beside its own output."""

from collections.abc import Iterator

from weighin.identity.facets import spelling_apart
from weighin.reports.evidence.witness.witness_json import WitnessDocument, WitnessedModel

_DIGITS = 12
_SHOWN = 5


def sentences(document: WitnessDocument) -> Iterator[str]:
    """What was seen, what was recorded, and what was not seen."""
    yield from map(_of_model, document.models)
    for one in document.recorded:
        scores = ", ".join(f"{metric} {value:.4g}" for metric, value in one.scores.items())
        job = f"job {one.job_id[:_DIGITS]}, attempt {one.attempt_id}"
        told = f"{one.benchmark}: {scores or 'no score'}: recorded, {job}"
        yield told if one.watch == "held" else f"{told}; what answered: {one.watch}"
        if not _is_alike(one.model, one.named):
            yield f"{one.benchmark}: claimed as {one.model}, and its log is of {one.named}"
    for log in document.unbound:
        what = ", ".join(log.benchmarks) or "nothing that can be read"
        yield f"{log.file}: {what}: not recorded: {log.why}"
    for reason in document.unread[:_SHOWN]:
        yield f"not read: {reason}"
    if len(document.unread) > _SHOWN:
        yield f"not read: {len(document.unread) - _SHOWN} more files"
    for sentence in document.not_seen:
        yield f"not seen: {sentence}"


def _is_alike(claimed: str, named: str) -> bool:
    """Whether a name that is claimed may be that of a log, which may be a path."""
    last = (spelling_apart(name.rstrip("/").rpartition("/")[2]) for name in (claimed, named))
    return not named or len(set(last)) == 1


def _of_model(model: WitnessedModel) -> str:
    source = model.source or "an unknown place"
    weighed = (
        f"checkpoint {model.checkpoint_id[:_DIGITS]}"
        if model.checkpoint_id
        else "of unknown files"
        if model.passes
        else "never called"
    )
    passes = "1 pass" if model.passes == 1 else f"{model.passes} passes"
    adapter = f" with the adapter {model.adapter}" if model.adapter else ""
    problem = f"; {model.problem}" if model.problem else ""
    return f"{model.kind} from {source}{adapter}: {weighed}, {passes}{problem}"
