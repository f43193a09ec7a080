"""The samples of an Inspect log as documents, each as it was asked, answered and scored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.differences.documents.logged import LoggedDocument
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.sources.formats.inspect.archive import open_archive
from weighin.sources.formats.inspect.changes import sample_value
from weighin.sources.formats.inspect.metrics import MEANS, UNREDUCED
from weighin.sources.formats.inspect.samples import document_id, scores_of_sample, text_of
from weighin.sources.formats.inspect.scores import InspectScore, as_float

_SCHEME = "input and target of Inspect"
_SAMPLES = "samples/"


def inspect_documents(
    path: Path, task: str, scores: Sequence[InspectScore]
) -> Iterator[LoggedDocument]:
    """The samples of a log, one for each document and epoch.

    Args:
        path: The log, JSON or `.eval`.
        task: The benchmark.
        scores: What its samples have values for.

    Returns:
        Nothing where the file can no longer be read.
    """
    means = [item for item in scores if item.score.metric in MEANS and item.reducer != UNREDUCED]
    try:
        for sample in _samples(path):
            yield _document(sample, task, means)
    except (EvidenceError, ValueError, RecursionError):
        return


def _samples(path: Path) -> Iterator[Json]:
    if path.suffix == ".json":
        log = as_mapping(ForeignFile(path, str(path)).json())
        yield from map(as_mapping, as_list(log.get("samples")))
        return
    with open_archive(path) as archive:
        for name in archive.entries:
            if name.startswith(_SAMPLES) and name.endswith(".json"):
                yield as_mapping(archive.json(name))


def _document(sample: Json, task: str, scores: Sequence[InspectScore]) -> LoggedDocument:
    values = {
        name: sample_value(as_mapping(score).get("value"))
        for name, score in scores_of_sample(sample).items()
    }
    found: dict[tuple[str, str], float] = {}
    for item in scores:
        value = values.get(item.scorer)
        of_field = as_mapping(value).get(item.field) if item.field is not None else value
        number = as_float(of_field)
        if number is not None:
            found[item.score.metric, item.score.filter] = number
    attachments = as_mapping(sample.get("attachments"))
    choices = as_list(as_mapping(sample.get("output")).get("choices"))
    answer = as_mapping(as_mapping(choices[0]).get("message")) if choices else {}
    asked: JsonValue = [sample.get(key) for key in ("input", "choices", "target")]
    return LoggedDocument(
        task=task,
        name=document_id(sample.get("id")),
        digest=sha256_hex(canonical_json(asked)),
        scheme=_SCHEME,
        prompt=_prompt(sample, attachments),
        answer=text_of(answer, attachments) if choices else None,
        scores=found,
        repeat=as_count(sample.get("epoch")) or 1,
    )


def _prompt(sample: Json, attachments: Json) -> str | None:
    """The messages before the first answer; the input, where they are not logged."""
    lines: list[str] = []
    for message in map(as_mapping, as_list(sample.get("messages"))):
        if message.get("role") == "assistant":
            break
        lines.append(f"{message.get('role')}: {text_of(message, attachments)}")
    return "\n".join(lines) or as_text(sample.get("input"))
