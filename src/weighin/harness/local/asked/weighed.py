"""What a record says of a benchmark, of what was in memory and on disk around its answers."""

from weighin.evidence.records import ComputedTensors, LoadedWeights, Observation
from weighin.harness.local.asked.state import Loaded
from weighin.harness.local.memory import DiskMatch, MemoryDigest, changed_tensors
from weighin.identity.facets import Identifier, Kind
from weighin.identity.fingerprint.hashed_files import FilesLook


def loaded_weights(
    model: Loaded,
    digests: tuple[MemoryDigest, MemoryDigest, MemoryDigest],
    match: DiskMatch,
    files: FilesLook,
    *,
    remembered_since: str,
) -> LoadedWeights:
    """The tensors in memory around the answers to a benchmark.

    Args:
        model: What was loaded.
        digests: Of what was in memory before, at the first request and after the last answer.
        match: How what was there at the first request relates to the disk.
        files: What the files of the checkpoint were seen to be afterwards.
        remembered_since: As `LoadedWeights.files_remembered`.
    """
    before, first, after = digests
    # What was put back since was another all the same.
    changed = {*changed_tensors(before, first), *changed_tensors(first, after)}
    not_saved = before.not_saved | first.not_saved | after.not_saved
    return LoadedWeights(
        loader=model.loader,
        digest_before=before.weights,
        digest_after=after.weights,
        tensors=len(before.tensors),
        tied=tuple(f"{alias} = {name}" for alias, name in before.tied.items()),
        exactly_on_disk=match.exactly,
        on_disk_after_cast=match.after_cast,
        not_saved=tuple(sorted(before.not_saved)),
        not_comparable=match.not_comparable,
        differ_from_disk=match.differ,
        not_in_checkpoint=model.missing_tensors,
        unused_on_disk=match.unused,
        changed_during_run=tuple(sorted(changed - not_saved)),
        files_changed_during_run=files.changes,
        files_state=files.state,
        files_remembered=remembered_since,
        computed=None
        if not not_saved
        else ComputedTensors(
            scope=model.stack,
            digest_before=before.computed,
            digest_after=after.computed,
            names=tuple(sorted(not_saved)),
            # What code computes at its first call was not there to be changed.
            changed_during_run=tuple(sorted(changed & (before.not_saved | first.not_saved))),
        ),
    )


def with_changes(
    before: tuple[Observation, ...], *later: tuple[Observation, ...]
) -> tuple[Observation, ...]:
    """The last observations of a benchmark, or the first ones marked with what they became.

    What no checkpoint stores may be computed at the first call: it counts as it was at last.
    """
    moments = [{o.facet: o for o in observations} for observations in later]
    found: list[Observation] = []
    for observation in before:
        others = [moment[observation.facet] for moment in moments]
        changed = [other for other in others if _stored(other) != _stored(observation)]
        found.append(
            observation.model_copy(
                update={"changed_during_run": changed[-1].summary or "something else"}
            )
            if changed
            else others[-1]
        )
    return tuple(found)


def _stored(observation: Observation) -> tuple[Identifier, ...]:
    return tuple(i for i in observation.identifiers if i.kind is not Kind.COMPUTED)
