"""Whether a record says of its checkpoint what the manifest of that checkpoint says."""

from collections.abc import Iterator

from pydantic import JsonValue

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Kind
from weighin.identity.manifest import Manifest
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.per_record import place
from weighin.rules.shared.wording import digest, literal

_NONE = "none"
_TEMPLATE_FILES = frozenset({"chat_template.jinja"})


def manifest_findings(case: Case, record: Record) -> Iterator[Finding]:
    """What keeps a record from being one of the checkpoint whose id it states.

    Compared is what was read from the same files. A tokenizer in memory is not: loaders build it
    anew, and what they build need not be what the file holds.

    Args:
        case: The case.
        record: A record with a checkpoint id.

    Yields:
        A violated finding for each facet that contradicts the manifest, an undecided one where
        manifest or observation is missing; nothing where all is as the manifest says.
    """
    checkpoint_id = record.checkpoint_id or ""
    manifest = next(
        (
            m
            for m in (case.manifests.get(checkpoint_id), case.declared, case.released)
            if m is not None and m.checkpoint_id == checkpoint_id
        ),
        None,
    )
    if manifest is None:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="without the manifest of its checkpoint a record cannot be held against it",
            facet=Facet.WEIGHTS,
            expected=f"the manifest of checkpoint {digest(checkpoint_id)}",
            found="not in the evidence",
            fix="give the folder that holds the manifest as evidence too",
            cause=Cause(CauseKind.NO_MANIFEST),
        )
        return
    weights = _values(record, Facet.WEIGHTS, Kind.TENSORS)
    if not weights:
        yield Finding(
            outcome=Outcome.UNDECIDED,
            statement="the record does not say which tensors lay on disk, so that it cannot be "
            "held against the manifest of its checkpoint",
            facet=Facet.WEIGHTS,
            expected=digest(manifest.weights),
            found="not recorded",
            fix=f"score it with `weighin run {case.requirements.as_given}`, which records it",
            cause=Cause(CauseKind.NOTHING_MEASURED),
        )
    yield from _contradiction(record, Facet.WEIGHTS, manifest.weights, weights)
    adapter: JsonValue = _NONE
    if manifest.adapter is not None:
        adapter = {"config": manifest.adapter.config_sha256, "weights": manifest.adapter.weights}
    for facet, expected in (
        (Facet.CONFIG, manifest.config or _NONE),
        (Facet.GENERATION_CONFIG, manifest.generation_config or _NONE),
        (Facet.ADAPTERS, adapter),
    ):
        yield from _contradiction(record, facet, expected, _values(record, facet, Kind.CONTENT))
    # Code that lies there and was not executed is none.
    executed = [v for v in _values(record, Facet.REMOTE_CODE, Kind.CONTENT) if v != _NONE]
    yield from _contradiction(record, Facet.REMOTE_CODE, manifest.remote_code or _NONE, executed)
    yield from _template_findings(record, manifest)


def _values(record: Record, facet: Facet, kind: Kind) -> list[JsonValue]:
    return [i.value for i in record.observation(facet).identifiers if i.kind is kind]


def _contradiction(
    record: Record,
    facet: Facet,
    expected: JsonValue,
    found: list[JsonValue],
    outcome: Outcome = Outcome.VIOLATED,
) -> Iterator[Finding]:
    other = [value for value in found if value != expected]
    if other:
        yield Finding(
            outcome=outcome,
            statement=f"the record contradicts the manifest of its checkpoint: {facet}",
            facet=facet,
            expected=f"{literal(expected)}, as the manifest of checkpoint "
            f"{digest(record.checkpoint_id or '')} says",
            found=literal(other[0]),
            where=(place(record, facet),),
            fix="restore the record from where it was written, or score the benchmark again",
        )


def _template_findings(record: Record, manifest: Manifest) -> Iterator[Finding]:
    applied = [
        value["sha256"]
        for value in _values(record, Facet.CHAT_TEMPLATE, Kind.CONTENT)
        if isinstance(value, dict) and value.get("applied") is True and "sha256" in value
    ]
    files = {file.path for file in manifest.files if file.role == "chat_template"}
    # Of several templates one was applied, and the manifest has one digest for all of them: where
    # it does not show that there is only one, nothing is contradicted.
    is_one = files == _TEMPLATE_FILES
    yield from _contradiction(
        record,
        Facet.CHAT_TEMPLATE,
        manifest.chat_template,
        applied,
        Outcome.VIOLATED if is_one else Outcome.UNDECIDED,
    )
