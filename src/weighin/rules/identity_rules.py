"""Whether what was scored is the checkpoint that was declared and the one that was released."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.comparison.manifests import Comparison
from weighin.identity.facets import Facet
from weighin.identity.manifest import Manifest
from weighin.identity.published.revision import download_command, is_on_hub, parse_reference
from weighin.rules.difference import (
    comparison_of,
    facets_in_words,
    score_difference,
    tensors_of,
    weights_in_words,
)
from weighin.rules.held_against_manifest import manifest_findings
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.per_record import for_each_record, required_records
from weighin.rules.published_weights import published_finding
from weighin.rules.wording import digest

_ID_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIsDeclared:
    """Every benchmark was scored on the checkpoint that the requirements declare.

    Why:
        That all benchmarks agree does not say on what: they may all have been scored on another
        checkpoint than the one whose name stands over the row.

    How:
        Compares the checkpoint id of each record with that of `model.checkpoint`, and what the
        record says of its checkpoint with the manifest of that id. Where the ids differ, the
        manifests say which facets and which tensors.

    Fix:
        Declare the checkpoint that was scored, or score the benchmark on the declared one.
    """

    id: ClassVar[str] = "checkpoint-is-declared"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.checkpoint"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose checkpoint is another one or is not known."""
        written = case.requirements.model.checkpoint
        if written is None and case.declared is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements declare no checkpoint",
            )
            return
        target = _target(case.declared, written, case.manifests)
        yield from for_each_record(
            case, required_records(case), lambda record: _declared_findings(case, record, target)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedIsScored:
    """Every benchmark was scored on the weights that were released.

    Why:
        A score of an unreleased variant says nothing about what others can download, however
        alike the names are.

    How:
        Compares the weights digest of each record's checkpoint with that of `model.released`, and
        what the record says of its checkpoint with the manifest of its id.
        Another facet of the release counts where `same` names it, and is mentioned otherwise.
        Of a hub revision that is not in the hub cache, only what the hub lists is compared: the
        sha256 of the weight files, and names, dtypes and shapes of the tensors. Other files may
        hold the same tensors, so that they alone decide nothing. Xet hashes are not compared.
        Only `weighin check --online` asks the hub; its answer can be kept with the evidence, or
        saved and named as `model.released`. Nobody but the hub can vouch for such a file, so a
        finding that rests on one names it.

    Fix:
        Score the released checkpoint, or release the one that was scored.
    """

    id: ClassVar[str] = "released-is-scored"
    aliases: ClassVar[tuple[str, ...]] = ()
    level: ClassVar[Level] = Level.ERROR
    anchor: ClassVar[str] = "model.released"

    def check(self, case: Case) -> Iterator[Finding]:
        """Findings on every record whose weights are others than the released ones."""
        written = case.requirements.model.released
        if written is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements name no released checkpoint",
            )
            return
        target = _target(case.released, written, case.manifests)
        yield from for_each_record(
            case, required_records(case), lambda record: _released_findings(case, record, target)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """A checkpoint that records are held against.

    Attributes:
        checkpoint_id: Its id; `None` if it is not known.
        manifest: Its manifest; `None` if it is not at hand.
    """

    checkpoint_id: str | None
    manifest: Manifest | None


def _target(
    at_hand: Manifest | None, written: str | None, manifests: Mapping[str, Manifest]
) -> _Target:
    if at_hand is not None:
        return _Target(checkpoint_id=at_hand.checkpoint_id, manifest=at_hand)
    if written is not None and written.startswith(_ID_PREFIX):
        known = written.removeprefix(_ID_PREFIX).lower()
        return _Target(checkpoint_id=known, manifest=manifests.get(known))
    return _Target(checkpoint_id=None, manifest=None)


def _declared_findings(case: Case, record: Record, target: _Target) -> Iterator[Finding]:
    if unknown := _unknown(case, record, target, "declared", case.declared_why_not):
        yield unknown
        return
    contrary = tuple(manifest_findings(case, record))
    if record.checkpoint_id == target.checkpoint_id:
        yield from contrary or [
            Finding(
                outcome=Outcome.MET,
                statement="scored on the declared checkpoint",
                found=f"checkpoint {digest(record.checkpoint_id or '')}",
            )
        ]
        return
    # That a manifest is missing is what the comparison of the two says itself.
    yield from (f for f in contrary if f.outcome is Outcome.VIOLATED)
    yield _against(case, record, target, "declared", _different_from_declared)


def _released_findings(case: Case, record: Record, target: _Target) -> Iterator[Finding]:
    revision = case.released_revision
    if target.checkpoint_id is None and revision is not None and record.checkpoint_id is not None:
        contrary = tuple(manifest_findings(case, record))
        yield from contrary or [published_finding(case, record, revision)]
        return
    if unknown := _unknown(case, record, target, "released", case.released_why_not):
        yield unknown
        return
    contrary = tuple(manifest_findings(case, record))
    if record.checkpoint_id == target.checkpoint_id:
        yield from contrary or [
            Finding(
                outcome=Outcome.MET,
                statement="scored on the released checkpoint",
                found=f"checkpoint {digest(record.checkpoint_id or '')}",
            )
        ]
        return
    # That a manifest is missing is what the comparison of the two says itself.
    yield from (f for f in contrary if f.outcome is Outcome.VIOLATED)
    yield _against(case, record, target, "released", _different_from_released)


def _unknown(
    case: Case, record: Record, target: _Target, which: str, why_not: str
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


def _against(
    case: Case,
    record: Record,
    target: _Target,
    which: str,
    judge: Callable[[Case, Record, Comparison], Finding],
) -> Finding:
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


def _different_from_declared(case: Case, record: Record, comparison: Comparison) -> Finding:
    facets = (*comparison.facets, *comparison.facets_unknown)
    weights = Facet.WEIGHTS in facets
    parts = [f"scored on another checkpoint than the declared one: {facets_in_words(comparison)}"]
    if weights and (gained := score_difference(case, record)):
        parts.append(gained)
    return Finding(
        outcome=Outcome.VIOLATED,
        statement="; ".join(parts),
        facet=Facet.WEIGHTS if weights else facets[0] if len(facets) == 1 else None,
        expected=f"checkpoint {digest(_other_id(comparison, record))}",
        found=f"checkpoint {digest(record.checkpoint_id or '')}",
        fix="score it on the declared checkpoint, or declare the one that was scored",
        tensors=tensors_of(comparison),
    )


def _different_from_released(case: Case, record: Record, comparison: Comparison) -> Finding:
    expected = f"checkpoint {digest(_other_id(comparison, record))}"
    found = f"checkpoint {digest(record.checkpoint_id or '')}"
    if Facet.WEIGHTS in comparison.facets:
        return Finding(
            outcome=Outcome.VIOLATED,
            statement="a different artifact was scored than the one released: "
            + weights_in_words(comparison),
            facet=Facet.WEIGHTS,
            expected=expected,
            found=found,
            fix="score the released checkpoint, or release the one that was scored",
            tensors=tensors_of(comparison),
        )
    same = set(case.requirements.same)
    differing = tuple(f for f in comparison.facets if f in same)
    unknown = tuple(f for f in comparison.facets_unknown if f in same)
    about = differing or unknown
    return Finding(
        outcome=Outcome.VIOLATED if differing else Outcome.UNDECIDED if unknown else Outcome.MET,
        statement=f"scored on the released weights; {facets_in_words(comparison)}",
        facet=about[0] if len(about) == 1 else None,
        expected=expected,
        found=found,
        fix="score the release as it is, or release what was scored" if about else "",
    )


def _other_id(comparison: Comparison, record: Record) -> str:
    return comparison.second if comparison.first == record.checkpoint_id else comparison.first
