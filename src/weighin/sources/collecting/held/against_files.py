"""Whether a record says what the files of the harness beside it say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Asked, Record, Score
from weighin.evidence.store import attempt_file
from weighin.files.canonical import canonical_json
from weighin.files.json.foreign import Json, as_mapping, read_json
from weighin.sources.formats.lm_eval.results import asked_of, documents_of, leaves_of, scores_of
from weighin.sources.formats.lm_eval.samples import SampleContent
from weighin.sources.store.stored_record import StoredRecord, few

_ONE = "one results file of lm-eval"
_NOTHING = "nothing"
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class _Difference:
    """A field of a record that the files say otherwise."""

    field: str
    in_files: JsonValue
    in_record: JsonValue


def contradictions(
    stored: StoredRecord, samples: Mapping[str, SampleContent]
) -> Iterator[BrokenFile]:
    """What a record says of question and scores that its own files do not, field by field.

    Both are read from lm-eval's files when a record is written; so they are again. How a metric was
    aggregated is the record's to say: results files do not name every function.

    Args:
        stored: The record; its files lie in its folder and hold what their digests say.
        samples: What the samples files hold, by task.
    """
    record = stored.record
    files = [file for file in record.files if file.role == "results"]
    if not files:
        return
    if len(files) > 1:
        paths = [file.path for file in files]
        yield stored.broken(expected=_ONE, found=f"{len(paths)}: {few(paths)}", field="files")
        return
    name = files[0].path
    try:
        results = as_mapping(
            read_json(attempt_file(stored.folder, files[0]) or stored.folder / name)
        )
        found = list(_differences(record, results, samples))
    except (EvidenceError, ValueError, RecursionError) as error:
        yield stored.broken(
            expected=_ONE,
            found=" ".join(str(error).split())[:_LONGEST_VALUE],
            field="files",
        )
        return
    for difference in found:
        yield stored.broken(
            expected=f"{_text(difference.in_files)}, as {name} and its samples say",
            found=_text(difference.in_record),
            field=difference.field,
        )


def _differences(
    record: Record, results: Json, samples: Mapping[str, SampleContent]
) -> Iterator[_Difference]:
    task = record.asked.task
    leaves = leaves_of(results, task)
    asked = asked_of(results, task, {leaf: samples[leaf] for leaf in leaves if leaf in samples})
    in_files, in_record = (of.model_dump(mode="json") for of in (asked, record.asked))
    # What an older version could not record says nothing against the files.
    fields = record.asked.model_fields_set if record.is_older else Asked.model_fields
    for name in Asked.model_fields:
        if name in fields and canonical_json(in_files[name]) != canonical_json(in_record[name]):
            yield _Difference(f"asked.{name}", in_files[name], in_record[name])
    total, asked_for = documents_of(results, task)
    is_partial = total is not None and asked_for is not None and asked_for < total
    if is_partial and not record.is_partial:
        yield _Difference("is_partial", in_files=True, in_record=False)
    yield from _score_differences(record.scores, _scores(record, results, (task, *leaves)))


def _scores(record: Record, results: Json, names: Sequence[str]) -> list[Score]:
    found: list[Score] = []
    for name in dict.fromkeys(names):
        stated = {
            score.metric: score.aggregation
            for score in record.scores
            if score.task == name and score.aggregation is not None
        }
        found.extend(scores_of(results, name, stated)[0])
    return found


def _score_differences(stated: Sequence[Score], found: Sequence[Score]) -> Iterator[_Difference]:
    in_record = {(s.task, s.metric, s.filter): s for s in stated}
    in_files = {(s.task, s.metric, s.filter): s for s in found}
    for key in dict.fromkeys((*in_record, *in_files)):
        field = f"scores of {key[0]}: {key[1]},{key[2]}"
        left, right = in_files.get(key), in_record.get(key)
        if left is None or right is None:
            yield _Difference(
                field,
                in_files=None if left is None else left.value,
                in_record=None if right is None else right.value,
            )
            continue
        for name in ("value", "stderr", "documents"):
            theirs, ours = getattr(left, name), getattr(right, name)
            if theirs != ours:
                yield _Difference(f"{field}: {name}", theirs, ours)


def _text(value: JsonValue) -> str:
    if value is None:
        return _NOTHING
    return canonical_json(value).decode()[:_LONGEST_VALUE]
