"""A checkpoint that the requirements name, as declared or as released, and a record beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import download_command, is_on_hub, parse_reference
from weighin.rules.artifact.held_against_manifest import manifest_findings
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import comparison_of
from weighin.rules.shared.wording import digest

_ID_PREFIX = "sha256:"
_NOT_AT_HAND = {
    "declared": CauseKind.DECLARED_NOT_AT_HAND,
    "released": CauseKind.RELEASED_NOT_AT_HAND,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheckpoint:
    """A checkpoint that records are held against.

    Attributes:
        which: `declared` or `released`.
        written: What the requirements file says: a place, or `sha256:<checkpoint id>`.
        checkpoint_id: Its id; `None` if it is not known.
        manifest: Its manifest; `None` if it is not at hand.
        why_not: Why not; empty if it is.
    """

    which: Literal["declared", "released"]
    written: str | None
    checkpoint_id: str | None = None
    manifest: Manifest | None = None
    why_not: str = ""


def declared_checkpoint(case: Case) -> NamedCheckpoint:
    """The checkpoint of `model.checkpoint`, as far as it is known."""
    named = NamedCheckpoint(
        which="declared",
        written=case.requirements.model.checkpoint,
        manifest=case.declared,
        why_not=case.declared_why_not,
    )
    return _with_its_id(case, named)


def released_checkpoint(case: Case) -> NamedCheckpoint:
    """The checkpoint of `model.released`, as far as it is known."""
    named = NamedCheckpoint(
        which="released",
        written=case.requirements.model.released,
        manifest=case.released,
        why_not=case.released_why_not,
    )
    return _with_its_id(case, named)


def _with_its_id(case: Case, named: NamedCheckpoint) -> NamedCheckpoint:
    if named.manifest is not None:
        return replace(named, checkpoint_id=named.manifest.checkpoint_id)
    if named.written is not None and named.written.startswith(_ID_PREFIX):
        known = named.written.removeprefix(_ID_PREFIX).lower()
        return replace(named, checkpoint_id=known, manifest=case.manifests.get(known))
    return named


def held_against(
    case: Case,
    record: Record,
    target: NamedCheckpoint,
    different: Callable[[Case, Record, Comparison], Finding],
) -> Iterator[Finding]:
    """Findings on a record beside a checkpoint that the requirements name.

    Args:
        case: The case.
        record: The record.
        target: The checkpoint.
        different: What is said where both are known and differ.

    Yields:
        What contradicts the manifest of the record's own checkpoint, then the answer; only one of
        the two where the checkpoints are the same.
    """
    if unknown := _unknown(case, record, target):
        yield unknown
        return
    contrary = tuple(manifest_findings(case, record))
    if record.checkpoint_id == target.checkpoint_id:
        yield from contrary or [
            Finding(
                outcome=Outcome.MET,
                statement=f"scored on the {target.which} checkpoint",
                found=f"checkpoint {digest(record.checkpoint_id or '')}",
            )
        ]
        return
    # That a manifest is missing is what the comparison of the two says itself.
    yield from (f for f in contrary if f.outcome is Outcome.VIOLATED)
    yield _compared(case, record, target, different)


def _unknown(case: Case, record: Record, target: NamedCheckpoint) -> Finding | None:
    """The undecided finding if one of the two checkpoint ids is not known."""
    if target.checkpoint_id is None:
        reason = f": {target.why_not}" if target.why_not else ""
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"the {target.which} checkpoint is not at hand{reason}",
            fix=_way_to_have(case, target),
            cause=Cause(_NOT_AT_HAND[target.which]),
        )
    if record.checkpoint_id is None:
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement="the record holds no checkpoint id",
            facet=Facet.WEIGHTS,
            expected=f"checkpoint {digest(target.checkpoint_id)}",
            found="not recorded",
            fix=f"score it with `weighin run {case.requirements.as_given}`, which records it",
            cause=Cause(CauseKind.NOTHING_MEASURED),
        )
    return None


def _way_to_have(case: Case, target: NamedCheckpoint) -> str:
    if target.written is None or not is_on_hub(target.written):
        return f"put the {target.which} checkpoint or its manifest where the requirements name it"
    download = download_command(parse_reference(target.written))
    if target.which == "declared":
        return f"download it (`{download}`) and check again"
    return (
        f"`weighin check {case.requirements.as_given} --online` asks the hub without a download of "
        f"weights (`weighin run` never asks it); or download the release: `{download}`"
    )


def _compared(
    case: Case,
    record: Record,
    target: NamedCheckpoint,
    different: Callable[[Case, Record, Comparison], Finding],
) -> Finding:
    """What differs; undecided if it cannot be told without a manifest."""
    scored = case.manifests.get(record.checkpoint_id or "")
    if scored is None or target.manifest is None:
        missing = record.checkpoint_id if scored is None else target.checkpoint_id
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"the checkpoint id is not the {target.which} one, and without the manifest "
            f"of checkpoint {digest(missing or '')} what differs is unknown: another id is not yet "
            "another checkpoint",
            expected=f"checkpoint {digest(target.checkpoint_id or '')}",
            found=f"checkpoint {digest(record.checkpoint_id or '')}",
            fix="give the folder that holds the manifest as evidence too, or what "
            "`weighin fingerprint FOLDER --save MANIFEST.json` saves of that checkpoint",
            cause=Cause(CauseKind.NO_MANIFEST),
        )
    comparison = comparison_of(case, scored, target.manifest)
    if record.checkpoint_id not in (comparison.first, comparison.second):
        return Finding(
            outcome=Outcome.VIOLATED,
            statement="the manifest in the evidence is not that of the record's checkpoint id",
            expected=f"checkpoint {digest(record.checkpoint_id or '')}",
            found=f"checkpoint {digest(scored.checkpoint_id)}",
            fix="restore the manifest from where it was written, or score the benchmark again",
        )
    return different(case, record, comparison)


def other_id(comparison: Comparison, record: Record) -> str:
    """The id of a comparison that is not the record's."""
    return comparison.second if comparison.first == record.checkpoint_id else comparison.first
