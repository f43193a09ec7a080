"""The scores of an Inspect log, and what its samples give again."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Score
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_number, as_text
from weighin.sources.formats.inspect.metrics import (
    ERRORS,
    MEANS,
    UNREDUCED,
    ends_of,
    entries_of,
    error_of,
    errors_of_parts,
    is_error_of_part,
    labels_of,
    name_of,
    part_of,
)
from weighin.sources.formats.inspect.samples import ONLY_SCORER, SampleTally
from weighin.sources.formats.record import foreign_score

_GROUPED = "grouped"
# inspect_ai.scorer.value_to_float, as it is unless a task replaces it.
_FLOATS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectScore:
    """A score and where its documents stand.

    Attributes:
        score: The score.
        scorer: Name under which samples hold its values.
        field: Key within them, where a scorer gives several; `None` if it gives one.
        reducer: How several answers to a document became one; `None` if the log does not say.
        has_options: Whether the metric was set up in a way that is not recomputed here.
        has_error_options: Whether its standard error was, for example over clusters of documents.
    """

    score: Score
    scorer: str
    field: str | None
    reducer: str | None
    has_options: bool
    has_error_options: bool = False


def scores_of(
    log: Json, task: str, documents: int | None = None
) -> tuple[tuple[InspectScore, ...], tuple[str, ...]]:
    """The scores of a log, and those that are no finite number.

    Args:
        log: The log.
        task: Name of the benchmark.
        documents: Documents that have a score, where the log does not say it of each scorer.
    """
    found: list[InspectScore] = []
    odd: list[str] = []
    for entry in entries_of(as_mapping(log.get("results"))):
        metrics = as_mapping(entry.get("metrics"))
        stderr = as_number(error_of(entry).get("value"))
        errors, labels = dict(errors_of_parts(metrics)), labels_of(metrics)
        ends = ends_of(metrics)
        has_mean = any(name_of(key, metric) in MEANS for key, metric in metrics.items())
        for key, metric in metrics.items():
            name = labels[key]
            if (name in ERRORS and has_mean) or key in ends or is_error_of_part(metric):
                continue
            value = as_number(as_mapping(metric).get("value"))
            if value is None:
                odd.append(f"{name}: {str(as_mapping(metric).get('value'))[:40]}")
                continue
            error = stderr if name in MEANS else errors.get(part_of(key, metric))
            score = _score(
                log,
                entry,
                task,
                (name, value, error),
                as_mapping(metric),
                documents=documents,
            )
            found.append(score)
    return tuple(found), tuple(odd)


def _score(  # noqa: PLR0913  # what a score is of
    log: Json,
    entry: Json,
    task: str,
    numbers: tuple[str, float, float | None],
    metric: Json,
    *,
    documents: int | None,
) -> InspectScore:
    metric_name, value, stderr = numbers
    name = as_text(entry.get("name")) or "none"
    scorer = entry.get("scorer")
    scorer = name if not isinstance(scorer, str) else scorer
    is_field = scorer not in {name, ONLY_SCORER}
    reducer = as_text(entry.get("reducer"))
    shown = f"{scorer}/{name}" if is_field else name
    options, error = [metric.get("options"), metric.get("params")], error_of(entry)
    return InspectScore(
        score=foreign_score(
            task,
            metric_name,
            value,
            filter_name=shown if reducer in {None, "mean"} else f"{shown}/{reducer}",
            stderr=stderr,
            aggregation="mean" if metric_name in MEANS and reducer != UNREDUCED else None,
            documents=_documents(entry, metric, documents),
        ),
        scorer=scorer,
        field=name if is_field else None,
        reducer=reducer or only_reducer(log),
        has_options=any(options),
        has_error_options=stderr is not None and any((error.get("options"), error.get("params"))),
    )


def _documents(entry: Json, metric: Json, documents: int | None) -> int | None:
    """Documents behind a score; of a group of them the log does not say how many they are."""
    if metric.get("group") == _GROUPED:
        return None
    stated = as_count(entry.get("scored_samples"))
    return documents if stated is None else stated


def clustered_errors(scores: Sequence[InspectScore]) -> Iterator[str]:
    """Metric and filter of the scores whose error may be over clusters of documents."""
    yield from (item.score.key for item in scores if item.has_error_options)


def only_reducer(log: Json) -> str | None:
    """How several answers became one, if the log names one way; one answer is its own mean."""
    config = as_mapping(as_mapping(log.get("eval")).get("config"))
    reducers = [text for item in as_list(config.get("epochs_reducer")) if (text := as_text(item))]
    if len(reducers) == 1:
        return reducers[0]
    return "mean" if not reducers and as_count(config.get("epochs")) == 1 else None


def recompute(
    scores: Sequence[InspectScore], tally: SampleTally, expected: int | None
) -> Recomputed:
    """The scores, computed again from the samples that were seen.

    Args:
        scores: The scores.
        tally: The samples.
        expected: Samples that the log says it has, documents times epochs; `None` if unknown.
    """
    values: dict[ScoreKey, float] = {}
    documents: dict[ScoreKey, int] = {}
    why_not: dict[ScoreKey, str] = {}
    for item in scores:
        key = (item.score.task, item.score.metric, item.score.filter)
        found = _recomputed(item, tally, expected)
        if isinstance(found, str):
            why_not[key] = found
        else:
            values[key], documents[key] = found
    return Recomputed(values=values, documents=documents, why_not=why_not)


def _recomputed(
    item: InspectScore, tally: SampleTally, expected: int | None
) -> tuple[float, int] | str:
    """A value and its documents, or why there is none."""
    if expected is None or tally.samples != expected:
        return f"the log holds {tally.samples} samples and counts {expected or 'none'}"
    if item.score.metric not in MEANS or item.has_options:
        return f"the log does not say how {item.score.metric} comes from its documents"
    if item.reducer == UNREDUCED:
        return "scores of single answers are not recomputed"
    if item.reducer != "mean":
        return f"answers reduced by {item.reducer or 'an unknown way'} are not recomputed"
    by_document: dict[str, list[float]] = {}
    for document, value in tally.values.get(item.scorer, []):
        number = as_float(as_mapping(value).get(item.field) if item.field is not None else value)
        if number is None:
            return f"document {document} has a value that is no number: {str(value)[:40]}"
        by_document.setdefault(document, []).append(number)
    if not by_document:
        return f"the samples hold no scores of {item.scorer or 'the scorer'}"
    means = [math.fsum(answers) / len(answers) for answers in by_document.values()]
    return math.fsum(means) / len(means), len(means)


def scores_before_edits(
    scores: Sequence[InspectScore], tally: SampleTally, expected: int | None
) -> dict[str, float | None]:
    """By metric and filter: what a score was before the values of its documents were edited.

    Args:
        scores: The scores.
        tally: The samples.
        expected: As in `recompute`.

    Returns:
        The scores of which values were edited; `None` where the one before cannot be computed.
    """
    edits = tally.changes.edits
    scorers = {scorer for scorer, _ in edits}
    # A score that was added afterwards has no value before.
    values = {
        scorer: [
            (document, edits[scorer, place].before if (scorer, place) in edits else value)
            for place, (document, value) in enumerate(tally.values.get(scorer, ()))
        ]
        for scorer in scorers
    }
    before: dict[str, float | None] = {}
    for item in scores:
        if item.scorer in scorers:
            found = _recomputed(item, replace(tally, values=tally.values | values), expected)
            before[item.score.key] = None if isinstance(found, str) else found[0]
    return before


def as_float(value: JsonValue) -> float | None:
    """What a scorer gave as `value_to_float` of Inspect has it; `None` if that is no number."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        return _FLOATS.get(value)
    return as_number(value)


def documents_of(log: Json, tally: SampleTally) -> tuple[int | None, int | None]:
    """Documents of the dataset, and those that have a score; `None` where unknown."""
    evaluation, results = as_mapping(log.get("eval")), as_mapping(log.get("results"))
    total = as_count(as_mapping(evaluation.get("dataset")).get("samples"))
    epochs = as_count(as_mapping(evaluation.get("config")).get("epochs"))
    completed = as_count(results.get("completed_samples"))
    scored = None
    if tally.samples and tally.samples == as_count(results.get("total_samples")):
        scored = len(tally.scored)
    elif completed is not None and epochs and completed % epochs == 0:
        scored = completed // epochs
    # A log that was cut has fewer ids than it has scores.
    return (None if scored is not None and (total or 0) < scored else total), scored


def is_partial(log: Json) -> bool:
    """Whether fewer documents were asked for than the dataset has, or the run did not end."""
    evaluation, results = as_mapping(log.get("eval")), as_mapping(log.get("results"))
    config, dataset = as_mapping(evaluation.get("config")), as_mapping(evaluation.get("dataset"))
    if log.get("status") != "success" or config.get("sample_id") is not None:
        return True
    completed, expected = results.get("completed_samples"), results.get("total_samples")
    if completed != expected:
        return True
    limit = config.get("limit")
    if limit is None:
        return False
    total = as_count(dataset.get("samples"))
    selected = as_count(limit)
    if isinstance(limit, list):
        selected = _span(limit)
    # A limit beyond the dataset limits nothing; it is as unknown as the size of the dataset.
    return total is None or selected is None or selected < total


def _span(limit: Sequence[JsonValue]) -> int | None:
    if len(limit) != 2:  # noqa: PLR2004  # from and to
        return None
    start, end = as_count(limit[0]), as_count(limit[1])
    return None if start is None or end is None else max(0, end - start)


def counted(values: Mapping[str, int]) -> dict[str, JsonValue] | None:
    """Counts by name in a stable order; `None` if there are none."""
    return {name: values[name] for name in sorted(values)} or None
