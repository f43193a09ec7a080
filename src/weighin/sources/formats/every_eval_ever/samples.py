"""The samples file beside an aggregate of Every Eval Ever."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import orjson
from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Score
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.json.foreign import Json, as_count, as_mapping, as_number, as_text
from weighin.files.json.keys_twice import KeyTwice, keys_twice

_DIGESTS = {"sha256": hashlib.sha256, "md5": hashlib.md5}  # as stated
# Of these the score is the mean over the samples; of others the file does not say.
_LONGEST_FILE_NAME = 255
_MEANS = frozenset({"accuracy", "exact_match", "pass_rate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFile:
    """A samples file.

    Attributes:
        path: Where it lies.
        contradiction: What the aggregate says of it, and what it is; empty if the two agree.
        values: Value of each sample by the names of its evaluation.
        problem: Why it cannot be read; empty if it can.
        twice: Keys that stand twice in a row, by its line.
    """

    path: Path
    contradiction: tuple[str, str] | tuple[()]
    values: dict[str, list[float | None]]
    problem: str = ""
    twice: tuple[tuple[int, KeyTwice], ...] = ()

    def recompute(self, scores: Sequence[Score]) -> Recomputed:
        """The scores of a record, computed again from the samples."""
        values: dict[ScoreKey, float] = {}
        documents: dict[ScoreKey, int] = {}
        why_not: dict[ScoreKey, str] = {}
        for score in scores:
            key = (score.task, score.metric, score.filter)
            found = self._recomputed(score, is_alone=len(scores) == 1)
            if isinstance(found, str):
                why_not[key] = found
            else:
                values[key], documents[key] = found
        return Recomputed(values=values, documents=documents, why_not=why_not)

    def _recomputed(self, score: Score, *, is_alone: bool) -> tuple[float, int] | str:
        if self.problem or self.contradiction:
            return self.problem or "the samples file is not the one of the aggregate"
        if score.metric not in _MEANS:
            return f"the aggregate does not say how {score.metric} comes from its samples"
        found = self.values.get(score.filter) or (self.values.get(score.task) if is_alone else None)
        if not found:
            return f"the samples hold none of {score.task}"
        numbers = [value for value in found if value is not None]
        if len(numbers) < len(found):
            return f"{len(found) - len(numbers)} samples have no finite score"
        return math.fsum(numbers) / len(numbers), len(numbers)


def instances_of(path: Path, document: Json) -> InstanceFile | None:
    """The samples file of an aggregate; `None` if it names none, or none lies beside it.

    Only the last part of the path that the aggregate names is used: a foreign file must not make
    us read elsewhere.
    """
    reference = as_mapping(document.get("detailed_evaluation_results"))
    written = as_text(reference.get("file_path"))
    name = PurePosixPath(written or "").name
    if not name.endswith(".jsonl") or "\0" in name or len(name.encode()) > _LONGEST_FILE_NAME:
        return None
    place = path.parent / name
    if not place.is_file() or place.is_symlink():
        return None
    try:
        content = read_foreign_file(place, max_bytes=MAX_RESULTS_BYTES)
        twice: list[tuple[int, KeyTwice]] = []
        rows = [as_mapping(row) for row in _rows(content, place, twice)]
    except EvidenceError as error:
        return InstanceFile(path=place, contradiction=(), values={}, problem=str(error))
    values: dict[str, list[float | None]] = {}
    for row in rows:
        number = score_of_row(row)
        for key in names_of_row(row):
            values.setdefault(key, []).append(number)
    return InstanceFile(
        path=place,
        contradiction=_contradiction(reference, content, len(rows)),
        values=values,
        twice=tuple(twice),
    )


def _rows(content: bytes, place: Path, twice: list[tuple[int, KeyTwice]]) -> Iterator[JsonValue]:
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            try:
                row: JsonValue = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise EvidenceError(f"{place}:{number}: expected JSON, found {error}") from error
            twice.extend((number, key) for key in keys_twice(line, row))
            yield row


def names_of_row(row: Json) -> frozenset[str]:
    """Names of the evaluation that a row belongs to."""
    keys = (as_text(row.get("evaluation_result_id")), as_text(row.get("evaluation_name")))
    return frozenset(key for key in keys if key is not None)


def score_of_row(row: Json) -> float | None:
    """The score of a row; `None` if it is no finite number."""
    return _number(as_mapping(row.get("evaluation")).get("score"))


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, bool) else as_number(value)


def _contradiction(reference: Json, content: bytes, rows: int) -> tuple[str, str] | tuple[()]:
    digest = _DIGESTS.get(as_text(reference.get("hash_algorithm")) or "sha256")
    checksum = as_text(reference.get("checksum"))
    if digest is not None and checksum is not None:
        found = digest(content).hexdigest()
        if found != checksum.lower():
            return checksum, found
    total = as_count(reference.get("total_rows"))
    if total is not None and total != rows:
        return f"{total} rows", f"{rows} rows"
    return ()
