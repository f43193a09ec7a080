"""What a record says was asked of what, in words, by which people tell jobs apart."""

from collections.abc import Iterator

from weighin.evidence.records import Record
from weighin.files.canonical import canonical_json
from weighin.identity.facets import Facet, Kind

EFFECTS = frozenset({"prompts", "documents digest"})
"""Settings that other settings make: told to people only where no cause is known."""

_DIGITS = 12


def stated_settings(record: Record) -> dict[str, str]:
    """The settings of a record's job by their names; those that are not known are left out.

    Causes come before their effects: another template makes other prompts.
    """
    return {name: words for name, words in _settings(record) if words}


def weights_digest(record: Record) -> str | None:
    """Digest of the tensors that answered, on disk if it is known, else in memory."""
    seen = {i.kind: i.value for i in record.observation(Facet.WEIGHTS).identifiers}
    value = seen.get(Kind.TENSORS)
    if isinstance(value, str):
        return value
    return None if record.loaded is None else record.loaded.digest_after


def _settings(record: Record) -> Iterator[tuple[str, str]]:
    asked = record.asked
    yield "shots", _number(asked.num_fewshot)
    yield "repeats", _number(asked.repeats)
    is_told = record.is_partial and asked.documents_total is not None
    total = f" of {asked.documents_total}" if is_told else ""
    yield "documents", f"{_number(asked.documents_scored)}{total}"
    for facet in Facet:
        seen = record.observation(facet)
        if seen.applies and seen.identifiers:
            yield facet.value.replace("_", " "), seen.summary
    if record.in_force is not None:
        yield "longest input", _number(record.in_force.max_length)
    yield "seeds", ", ".join(f"{name} {seed}" for name, seed in sorted(asked.seeds.items()))
    yield "task version", asked.task_version or ""
    yield "dataset revision", asked.dataset_revision or ""
    yield "task configuration", _short(asked.config_digest)
    yield "documents digest", _short(asked.documents_digest)
    yield "prompts", _short(asked.prompts_digest)
    if asked.decoding:
        yield "generation", canonical_json(asked.decoding).decode()
    yield "harness", record.run.harness


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _short(digest: str | None) -> str:
    return "" if digest is None else digest[:_DIGITS]
