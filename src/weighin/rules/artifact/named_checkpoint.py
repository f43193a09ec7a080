"""A checkpoint that the requirements name, as declared or as released, and a record beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import download_command, is_on_hub, parse_reference
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.difference import (
    comparison_of,
)
from weighin.rules.shared.wording import digest

_ID_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheckpoint:
    """A checkpoint that records are held against.

    Attributes:
        checkpoint_id: Its id; `None` if it is not known.
        manifest: Its manifest; `None` if it is not at hand.
    """

    checkpoint_id: str | None
    manifest: Manifest | None


def named_checkpoint(
    at_hand: Manifest | None, written: str | None, manifests: Mapping[str, Manifest]
) -> NamedCheckpoint:
    """The checkpoint that the requirements name, as far as it is known.

    Args:
        at_hand: Its manifest, if its files are at hand.
        written: What the requirements file says: a place, or `sha256:<checkpoint id>`.
        manifests: Those in the evidence, by checkpoint id.
    """
    if at_hand is not None:
        return NamedCheckpoint(checkpoint_id=at_hand.checkpoint_id, manifest=at_hand)
    if written is not None and written.startswith(_ID_PREFIX):
        known = written.removeprefix(_ID_PREFIX).lower()
        return NamedCheckpoint(checkpoint_id=known, manifest=manifests.get(known))
    return NamedCheckpoint(checkpoint_id=None, manifest=None)


def unknown_checkpoint(
    case: Case, record: Record, target: NamedCheckpoint, which: str, why_not: str
) -> Finding | None:
    """The undecided finding if one of the two checkpoint ids is not known."""
    if target.checkpoint_id is None:
        reason = f": {why_not}" if why_not else ""
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"the {which} checkpoint is not at hand{reason}",
            fix=_way_to_have(case, which),
        )
    if record.checkpoint_id is None:
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement="the record holds no checkpoint id",
            facet=Facet.WEIGHTS,
            expected=f"checkpoint {digest(target.checkpoint_id)}",
            found="not recorded",
            fix=f"score it with `weighin run {case.requirements.source}`, which records it",
        )
    return None


def _way_to_have(case: Case, which: str) -> str:
    model = case.requirements.model
    written = model.released if which == "released" else model.checkpoint
    if written is None or not is_on_hub(written):
        return f"put the {which} checkpoint or its manifest where the requirements name it"
    download = download_command(parse_reference(written))
    if which == "declared":
        return f"download it (`{download}`) and check again"
    return (
        f"`weighin check {case.requirements.source} --online` asks the hub without a download of "
        f"weights (`weighin run` never asks it); or download the release: `{download}`"
    )


def held_against(
    case: Case,
    record: Record,
    target: NamedCheckpoint,
    which: str,
    judge: Callable[[Case, Record, Comparison], Finding],
) -> Finding:
    """What `judge` says of the difference; undecided if it cannot be told without a manifest."""
    scored = case.manifests.get(record.checkpoint_id or "")
    if scored is None or target.manifest is None:
        missing = record.checkpoint_id if scored is None else target.checkpoint_id
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement=f"the checkpoint id is not the {which} one, and without the manifest of "
            f"checkpoint {digest(missing or '')} what differs is unknown",
            expected=f"checkpoint {digest(target.checkpoint_id or '')}",
            found=f"checkpoint {digest(record.checkpoint_id or '')}",
            fix="give the folder that holds the manifest as evidence too",
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
    return judge(case, record, comparison)


def other_id(comparison: Comparison, record: Record) -> str:
    """The id of a comparison that is not the record's."""
    return comparison.second if comparison.first == record.checkpoint_id else comparison.first
