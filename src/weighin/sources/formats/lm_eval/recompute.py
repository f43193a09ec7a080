"""Scores computed again from the samples that lie beside a record."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Record, Score
from weighin.evidence.store import attempt_file
from weighin.sources.formats.lm_eval.aggregation import aggregate_through_lm_eval
from weighin.sources.formats.lm_eval.samples import SampleContent, read_samples
from weighin.statistics.aggregation import (
    PAIR_AGGREGATIONS,
    SCALAR_AGGREGATIONS,
    mean,
    weighted_mean,
)

WEIGHTED_GROUP = "mean weighted by documents"
UNWEIGHTED_GROUP = "mean of tasks"

_CLOSE = 1e-9


@dataclass(slots=True)
class _Progress:
    """What has been recomputed so far; the fields are those of `Recomputed`."""

    values: dict[ScoreKey, float] = field(default_factory=dict)
    documents: dict[ScoreKey, int] = field(default_factory=dict)
    why_not: dict[ScoreKey, str] = field(default_factory=dict)


class _CannotRecomputeError(Exception):
    """Why a score cannot be recomputed; never leaves this module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What the samples files of a record hold.

    Attributes:
        contents: By task.
        problems: By task: why its samples cannot be read.
    """

    contents: Mapping[str, SampleContent]
    problems: Mapping[str, str]


def recompute(record: Record, folder: Path, samples: Samples | None = None) -> Recomputed:
    """Recompute every score of a record from the samples files that it names.

    Means and perplexities are computed here; other aggregations by lm-eval's own function in one
    child process, where lm-eval is installed; scores of groups from those of their tasks.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.
        samples: Its samples, if they were read before.
    """
    outside = [file.path for file in record.files if attempt_file(folder, file) is None]
    if outside:
        why = f"{outside[0]!r} is not a plain file in the record's folder"
        return Recomputed(
            values={}, documents={}, why_not=dict.fromkeys(map(_key, record.scores), why)
        )
    read = samples_of(record, folder) if samples is None else samples
    contents, problems = read.contents, read.problems
    progress = _Progress()
    for_lm_eval: list[tuple[Score, list[JsonValue]]] = []
    groups: list[Score] = []
    for score in record.scores:
        if score.task in problems:
            progress.why_not[_key(score)] = problems[score.task]
        elif score.task not in contents:
            groups.append(score)
        else:
            try:
                values = _values(contents[score.task], score)
                progress.documents[_key(score)] = len(values)
                value = _closed_form(_aggregation(score), values)
                if value is None:
                    for_lm_eval.append((score, values))
                else:
                    progress.values[_key(score)] = value
            except _CannotRecomputeError as reason:
                progress.why_not[_key(score)] = str(reason)
    _recompute_through_lm_eval(for_lm_eval, progress)
    for score in groups:
        try:
            members = _members(score, record.scores, progress)
            progress.values[_key(score)] = _group_value(score, members, progress)
            progress.documents[_key(score)] = sum(progress.documents[_key(m)] for m in members)
        except _CannotRecomputeError as reason:
            progress.why_not[_key(score)] = str(reason)
    return Recomputed(
        values=progress.values, documents=progress.documents, why_not=progress.why_not
    )


def _key(score: Score) -> ScoreKey:
    return score.task, score.metric, score.filter


def samples_of(record: Record, folder: Path) -> Samples:
    """What the samples files that a record names hold.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.
    """
    contents: dict[str, SampleContent] = {}
    problems: dict[str, str] = {}
    for file in record.files:
        if file.role == "samples":
            try:
                contents[file.task] = read_samples(attempt_file(folder, file) or folder / file.path)
            except EvidenceError as error:
                problems[file.task] = str(error)
    return Samples(contents=contents, problems=problems)


def _values(content: SampleContent, score: Score) -> list[JsonValue]:
    found = content.values.get((score.metric, score.filter))
    if found is None:
        raise _CannotRecomputeError(f"the samples hold no {score.key}")
    if content.duplicates:
        raise _CannotRecomputeError(
            f"documents that stand twice in the samples: {len(content.duplicates)}"
        )
    return found


def _aggregation(score: Score) -> str:
    if score.aggregation is None:
        raise _CannotRecomputeError("the record does not say how documents were aggregated")
    return score.aggregation


def _closed_form(aggregation: str, values: Sequence[JsonValue]) -> float | None:
    """The aggregated value; `None` if the aggregation is none of those with a closed form."""
    try:
        if aggregation in SCALAR_AGGREGATIONS:
            value = SCALAR_AGGREGATIONS[aggregation]([_number(value) for value in values])
        elif aggregation in PAIR_AGGREGATIONS:
            value = PAIR_AGGREGATIONS[aggregation]([_pair(value) for value in values])
        else:
            return None
    except (ValueError, OverflowError) as error:
        raise _CannotRecomputeError(f"the samples cannot be aggregated: {error}") from error
    if not math.isfinite(value):
        raise _CannotRecomputeError(f"the samples aggregate to {value}")
    return value


def closed_form(aggregation: str, values: Sequence[JsonValue]) -> float | None:
    """The aggregated value of some documents.

    Returns:
        `None` if the aggregation has no closed form here, or the values cannot be aggregated so.
    """
    try:
        return _closed_form(aggregation, values)
    except _CannotRecomputeError:
        return None


def _number(value: JsonValue) -> float:
    if not isinstance(value, bool | int | float):
        raise ValueError(  # noqa: TRY004  # foreign content, not a wrong call
            f"expected a number a document, found {str(value)[:40]!r}"
        )
    return float(value)


def _pair(value: JsonValue) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  # a pair has two
        raise ValueError(f"expected a pair a document, found {str(value)[:40]!r}")
    return _number(value[0]), _number(value[1])


def _recompute_through_lm_eval(
    scored: Sequence[tuple[Score, list[JsonValue]]], progress: _Progress
) -> None:
    answers = aggregate_through_lm_eval([(_aggregation(score), values) for score, values in scored])
    for (score, _), answer in zip(scored, answers, strict=True):
        if answer.value is None:
            progress.why_not[_key(score)] = answer.why_not
        else:
            progress.values[_key(score)] = answer.value


def _members(score: Score, scores: Sequence[Score], progress: _Progress) -> list[Score]:
    """The scores behind that of a group; a missing one would change the mean unnoticed."""
    members = [
        other
        for other in scores
        if (other.metric, other.filter) == (score.metric, score.filter) and other.task != score.task
    ]
    if missing := [m.task for m in members if _key(m) not in progress.values]:
        raise _CannotRecomputeError(
            f"{len(missing)} of {len(members)} tasks behind {score.task} cannot be recomputed, "
            f"among them {missing[0]}: {progress.why_not.get(_key(members[0]), 'no samples')}"
        )
    if not members:
        raise _CannotRecomputeError(f"no samples of {score.task}")
    return members


def _group_value(score: Score, members: Sequence[Score], progress: _Progress) -> float:
    values = [progress.values[_key(member)] for member in members]
    # lm-eval weighs a task by its documents, those that could not be scored included.
    sizes = [member.documents or progress.documents[_key(member)] for member in members]
    weighted = weighted_mean(list(zip(values, map(float, sizes), strict=True)))
    if score.aggregation == WEIGHTED_GROUP:
        return weighted
    unweighted = mean(values)
    if score.aggregation == UNWEIGHTED_GROUP:
        return unweighted
    # A foreign log does not say which of the two it is; both stand in no doubt if one is right.
    for candidate in (weighted, unweighted):
        if math.isclose(candidate, score.value, rel_tol=_CLOSE, abs_tol=_CLOSE):
            return candidate
    raise _CannotRecomputeError(
        f"how the tasks behind {score.task} were averaged is not recorded: by documents it would "
        f"be {weighted!r}, by tasks {unweighted!r}"
    )
