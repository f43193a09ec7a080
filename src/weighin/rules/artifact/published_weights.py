"""Whether what was scored is what a hub publishes, where the published bytes are not at hand."""

from collections.abc import Iterator
from dataclasses import replace

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet, Grade
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, are_files_of
from weighin.identity.manifest import Manifest
from weighin.identity.published.matched import PublishedComparison, compare_with_published
from weighin.identity.published.revision import HubReference, RemoteRevision, download_command
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.wording import digest


def published_finding(case: Case, record: Record, revision: RemoteRevision) -> Finding:
    """The answer for one record with a checkpoint id.

    Args:
        case: The case.
        record: The record.
        revision: What is published as `model.released`.
    """
    expected = revision.reference
    found = f"checkpoint {digest(record.checkpoint_id or '')}"
    if not revision.grade.at_least(Grade.PINNED):
        return Finding(
            outcome=Outcome.UNDECIDED,
            statement="the released revision is a branch or tag, which may move, so that it names "
            "no one artifact",
            expected=expected,
            found=found,
            fix=f"pin it: hf://{revision.repository}@{revision.commit}",
        )
    scored = _manifest(case, record)
    if scored is None or scored.checkpoint_id != record.checkpoint_id:
        what = "is not in the evidence" if scored is None else "is that of another checkpoint"
        return Finding(
            outcome=Outcome.UNDECIDED if scored is None else Outcome.VIOLATED,
            statement=f"the manifest of the scored checkpoint {what}",
            expected=expected,
            found=found,
            fix="give the folder that holds the manifest as evidence too",
        )
    finding = _finding(case, _closest(case, record, scored, revision), revision, found)
    if not revision.kept_in:
        return finding
    return replace(
        finding,
        statement=f"{finding.statement}; this rests on {revision.kept_in}, which whoever can write "
        "there can change, and the hub was not asked",
    )


def _manifest(case: Case, record: Record) -> Manifest | None:
    if case.declared is not None and case.declared.checkpoint_id == record.checkpoint_id:
        return case.declared
    return case.manifests.get(record.checkpoint_id or "")


def _closest(
    case: Case, record: Record, scored: Manifest, revision: RemoteRevision
) -> PublishedComparison:
    """The comparison of the folder that decides, among all that hold this checkpoint.

    A checkpoint id stands for the tensors, so one folder with it that has the published files
    shows that the published tensors are those of every other.
    """
    known = [files for files in _file_digests(case, record) if are_files_of(files, scored)]
    comparisons = [compare_with_published(scored, files, revision) for files in (known or [()])]
    same = (c for c in comparisons if c.weights is Agreement.SAME)
    return next(same, comparisons[0])


def _file_digests(case: Case, record: Record) -> Iterator[tuple[CheckpointFileDigest, ...]]:
    checkpoint_id = record.checkpoint_id
    yield record.checkpoint_files
    if case.declared is not None and case.declared.checkpoint_id == checkpoint_id:
        yield case.declared_files
    for other in case.records:
        if other.checkpoint_id == checkpoint_id:
            yield other.checkpoint_files


def _finding(
    case: Case, comparison: PublishedComparison, revision: RemoteRevision, found: str
) -> Finding:
    match comparison.weights:
        case Agreement.DIFFERENT:
            return Finding(
                outcome=Outcome.VIOLATED,
                statement="a different artifact was scored than the one released: "
                + comparison.reason,
                facet=Facet.WEIGHTS,
                expected=_published(revision),
                found=found,
                fix="score the released checkpoint, or release the one that was scored",
                tensors=comparison.tensors,
            )
        case Agreement.UNKNOWN:
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement="whether the released weights were scored is unknown: "
                + comparison.reason,
                facet=Facet.WEIGHTS,
                expected=_published(revision),
                found=found,
                fix=_way_to_know(revision),
            )
        case Agreement.SAME:
            return _on_released_weights(case, comparison, revision, found)


def _published(revision: RemoteRevision) -> str:
    moved = f", kept there as {revision.moved_to} now" if revision.moved_to else ""
    return f"{revision.reference} ({revision.grade}, {revision.statement}{moved})"


def _way_to_know(revision: RemoteRevision) -> str:
    download = _download(revision)
    online = "" if revision.tensors is not None else "check with --online, or "
    return (
        f"{online}download the release (`{download}`) and check again where the declared "
        "checkpoint lies"
    )


def _download(revision: RemoteRevision) -> str:
    return download_command(HubReference(revision.repository, revision.commit))


def _on_released_weights(
    case: Case, comparison: PublishedComparison, revision: RemoteRevision, found: str
) -> Finding:
    same = set(case.requirements.same)
    differing = tuple(f for f in comparison.facets if f in same)
    unknown = tuple(f for f in comparison.facets_unknown if f in same)
    about = differing or unknown
    parts = [f"scored on the released weights: {comparison.reason}"]
    if comparison.facets:
        parts.append(f"{', '.join(comparison.facets)} in only one of the two")
    if comparison.facets_unknown:
        parts.append(f"{', '.join(comparison.facets_unknown)} not in the same files")
    return Finding(
        outcome=Outcome.VIOLATED if differing else Outcome.UNDECIDED if unknown else Outcome.MET,
        statement="; ".join(parts),
        facet=about[0] if len(about) == 1 else None,
        expected=_published(revision),
        found=found,
        fix=f"score the release as it is, or {_download(revision)} so that the facets can be "
        "compared"
        if about
        else "",
    )
