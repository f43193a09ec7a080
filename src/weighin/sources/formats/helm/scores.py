"""The scores of a HELM run, and the same computed again from its statistics of each document."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Score
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_number, as_text
from weighin.sources.formats.record import foreign_score
from weighin.statistics.aggregation import mean

STATS = "stats.json"
PER_INSTANCE_STATS = "per_instance_stats.json"

_DOCUMENTS = "num_instances"
_FINISH_REASON = "finish_reason_"
_OUTPUT_TOKENS = "num_output_tokens"
# What HELM writes beside the scores: costs, lengths and counts.
_NOT_SCORES = (
    "num_", _FINISH_REASON, "training_", "inference_", "batch_size", "prompt_truncated",
)  # fmt: skip
_LONGEST_ODD = 80
# Parsed, a file takes some ten times its size.
MAX_PER_INSTANCE_BYTES = 256 << 20


@dataclass(slots=True)
class HelmScores:
    """What `stats.json` of a HELM run holds.

    Attributes:
        scores: The scores; the filter is the split, with the perturbation if there is one.
        not_finite: `metric,filter: value` of those that are no finite number.
        documents: Documents by split.
        finish_reasons: Answers by why they ended.
        output_tokens: Mean number of tokens of an answer; `None` if unknown.
    """

    scores: list[Score] = field(default_factory=list)
    not_finite: list[str] = field(default_factory=list)
    documents: dict[str, int] = field(default_factory=dict)
    finish_reasons: dict[str, int] = field(default_factory=dict)
    output_tokens: float | None = None


def helm_scores(stats: JsonValue, task: str, *, is_perturbed: bool) -> HelmScores:
    """The scores in a `stats.json`.

    Args:
        stats: The JSON of the file.
        task: The benchmark.
        is_perturbed: Whether documents were perturbed; where none was, HELM's perturbed scores
            repeat the others and are left out.
    """
    rows = [as_mapping(row) for row in as_list(stats)]
    plain = [row for row in rows if not _name(row).get("perturbation")]
    found = HelmScores()
    for row in plain:
        count = as_number(row.get("mean"))
        if as_text(_name(row).get("name")) == _DOCUMENTS and count is not None and count >= 0:
            found.documents[_split(row)] = round(count)
    _note_answers(plain, found)
    seen: set[tuple[str, str]] = set()
    for row in rows if is_perturbed else plain:
        metric = as_text(_name(row).get("name"))
        # Statistics of nothing, for example costs that no model has on record.
        if metric is None or metric.startswith(_NOT_SCORES) or row.get("count") == 0:
            continue
        filter_name = _filter(row)
        value = as_number(row.get("mean"))
        if value is None:
            found.not_finite.append(f"{metric},{filter_name}: {row.get('mean')}"[:_LONGEST_ODD])
        elif (metric, filter_name) not in seen:
            seen.add((metric, filter_name))
            found.scores.append(_score(task, metric, filter_name, value, found))
    return found


def _score(task: str, metric: str, filter_name: str, value: float, found: HelmScores) -> Score:
    # HELM's stddev is that over trials, and 0 where there is one: no standard error.
    return foreign_score(
        task,
        metric,
        value,
        filter_name=filter_name,
        documents=found.documents.get(filter_name),
    )


def _name(row: Json) -> Json:
    return as_mapping(row.get("name"))


def _split(row: Json) -> str:
    name = _name(row)
    parts = [as_text(name.get(key)) for key in ("split", "sub_split")]
    return "/".join(part for part in parts if part) or "none"


def _filter(row: Json) -> str:
    """The split, and what tells a perturbed score from others: `test/robustness worst`."""
    perturbation = as_mapping(_name(row).get("perturbation"))
    if not perturbation:
        return _split(row)
    name = as_text(perturbation.get("name")) or "perturbation"
    others = [
        value if key == "computed_on" else f"{key}={json.dumps(value)}"
        for key, value in sorted(perturbation.items())
        if key not in {"name", "robustness", "fairness"}
    ]
    return f"{_split(row)}/{' '.join([name, *map(str, others)])}"


def _note_answers(rows: list[Json], found: HelmScores) -> None:
    tokens: list[tuple[float, int]] = []
    for row in rows:
        metric = as_text(_name(row).get("name")) or ""
        value, documents = as_number(row.get("mean")), found.documents.get(_split(row))
        if value is None or documents is None:
            continue
        if metric == _OUTPUT_TOKENS:
            tokens.append((value, documents))
        elif metric.startswith(_FINISH_REASON) and 0 < value <= 1:
            reason = metric.removeprefix(_FINISH_REASON)
            answers = found.finish_reasons.get(reason, 0) + round(value * documents)
            found.finish_reasons[reason] = answers
    if weights := sum(documents for _, documents in tokens):
        found.output_tokens = sum(value * documents for value, documents in tokens) / weights


def recompute_scores(path: Path, scores: tuple[Score, ...]) -> Recomputed:
    """The scores again from `per_instance_stats.json`.

    A score of HELM is the mean over trials of the mean over documents. Scores that HELM computes
    from all documents together, such as calibration, are not in the file.

    Args:
        path: The file.
        scores: The scores of the run.
    """
    keys = [(score.task, score.metric, score.filter) for score in scores]
    if not path.is_file():
        return _none_of(keys, f"no {PER_INSTANCE_STATS} beside the run spec")
    file = ForeignFile(path, str(path), MAX_PER_INSTANCE_BYTES)
    try:
        sums = _sums(file.json())
    except EvidenceError as error:
        return _none_of(keys, str(error))
    if twice := [key.pointer for key in file.keys_twice() if not key.are_equal]:
        return _none_of(keys, f"{twice[0]} stands twice in {PER_INSTANCE_STATS}")
    values: dict[ScoreKey, float] = {}
    documents: dict[ScoreKey, int] = {}
    why_not: dict[ScoreKey, str] = {}
    for key in keys:
        trials = sums.trials.get(key[1:])
        if not trials:
            why_not[key] = f"{key[1]} is not in {PER_INSTANCE_STATS}: HELM derives it"
            continue
        values[key] = mean([total / count for total, count in trials.values()])
        documents[key] = len(sums.documents[key[2]])
    return Recomputed(values=values, documents=documents, why_not=why_not)


def _none_of(keys: list[ScoreKey], why: str) -> Recomputed:
    return Recomputed(values={}, documents={}, why_not=dict.fromkeys(keys, why))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Sums over documents.

    Attributes:
        trials: By (metric, filter), then trial: the sum and the count of values.
        documents: Ids of the documents by filter.
    """

    trials: Mapping[tuple[str, str], Mapping[int, tuple[float, int]]]
    documents: Mapping[str, set[str]]


def _sums(document: JsonValue) -> _Sums:
    trials: defaultdict[tuple[str, str], dict[int, tuple[float, int]]] = defaultdict(dict)
    documents: defaultdict[str, set[str]] = defaultdict(set)
    for instance in map(as_mapping, as_list(document)):
        trial = as_count(instance.get("train_trial_index")) or 0
        for metric, filter_name, total, count in values_of(instance):
            documents[filter_name].add(str(instance.get("instance_id")))
            known = trials[metric, filter_name].get(trial, (0.0, 0))
            trials[metric, filter_name][trial] = (known[0] + total, known[1] + count)
    return _Sums(trials=trials, documents=documents)


def values_of(instance: Json) -> Iterator[tuple[str, str, float, int]]:
    """Metric, filter, sum and count of every statistic of a document."""
    for stat in map(as_mapping, as_list(instance.get("stats"))):
        metric = as_text(_name(stat).get("name"))
        total, count = as_number(stat.get("sum")), as_count(stat.get("count"))
        if metric is not None and total is not None and count:
            yield metric, _filter(stat), total, count
