"""Scores computed again from the samples that lie beside a record."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import Recomputed, ScoreKey
from weighin.evidence.records import Record, Score
from weighin.sources.lm_eval_results import SampleContent, read_samples
from weighin.statistics.aggregation import PAIR_AGGREGATIONS, SCALAR_AGGREGATIONS, mean

WEIGHTED_GROUP = "mean weighted by documents"
UNWEIGHTED_GROUP = "mean of tasks"

# A child process, so that checking never imports lm-eval: it would take seconds and run code
# that registers itself.
_THROUGH_LM_EVAL = """
import json, sys
import lm_eval.api.metrics, lm_eval.api.registry as registry
request = json.load(sys.stdin)
functions = {f.__name__: f for f in registry.AGGREGATION_REGISTRY.values()}
functions |= dict(registry.AGGREGATION_REGISTRY.items())
function = functions.get(request["aggregation"])
values = [tuple(v) if isinstance(v, list) else v for v in request["values"]]
print(json.dumps(None if function is None else float(function(values))))
"""
_CHILD_SECONDS = 300


def recompute(record: Record, folder: Path) -> Recomputed:
    """Recompute every score of a record from the samples files that it names.

    Means and perplexities are computed here; other aggregations by lm-eval's own function in a
    child process, where lm-eval is installed.

    Args:
        record: The record.
        folder: The folder that its files are relative to.
    """
    contents: dict[str, SampleContent] = {}
    problems: dict[str, str] = {}
    for file in record.files:
        if file.role == "samples":
            try:
                contents[file.task] = read_samples(folder / file.path)
            except EvidenceError as error:
                problems[file.task] = str(error)
    values: dict[ScoreKey, float] = {}
    documents: dict[ScoreKey, int] = {}
    why_not: dict[ScoreKey, str] = {}
    leaves_first = sorted(record.scores, key=lambda score: score.task not in contents)
    for score in leaves_first:
        key = (score.task, score.metric, score.filter)
        try:
            if score.task in contents:
                scored = _values(contents[score.task], score)
                documents[key] = len(scored)
                values[key] = _aggregate(score, scored)
            else:
                _refuse_unreadable(problems.get(score.task))
                values[key] = _group(score, values, documents)
                documents[key] = sum(documents[k] for k in _members(score, values))
        except _CannotRecomputeError as reason:
            why_not[key] = str(reason)
    return Recomputed(values=values, documents=documents, why_not=why_not)


def _refuse_unreadable(problem: str | None) -> None:
    if problem is not None:
        raise _CannotRecomputeError(problem)


class _CannotRecomputeError(Exception):
    """Why a score cannot be recomputed; never leaves this module."""


def _values(content: SampleContent, score: Score) -> list[JsonValue]:
    found = content.values.get((score.metric, score.filter))
    if found is None:
        raise _CannotRecomputeError(f"the samples hold no {score.key}")
    if content.duplicates:
        raise _CannotRecomputeError(
            f"{len(content.duplicates)} documents stand twice in the samples"
        )
    return found


def _aggregate(score: Score, values: Sequence[JsonValue]) -> float:
    name = score.aggregation
    if name is None:
        raise _CannotRecomputeError("the record does not say how documents were aggregated")
    try:
        if name in SCALAR_AGGREGATIONS:
            return SCALAR_AGGREGATIONS[name]([_number(value) for value in values])
        if name in PAIR_AGGREGATIONS:
            return PAIR_AGGREGATIONS[name]([_pair(value) for value in values])
    except (ValueError, OverflowError) as error:
        raise _CannotRecomputeError(f"the samples cannot be aggregated: {error}") from error
    return _through_lm_eval(name, values)


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


def _through_lm_eval(name: str, values: Sequence[JsonValue]) -> float:
    if find_spec("lm_eval") is None:
        raise _CannotRecomputeError(
            f"aggregation {name!r} is lm-eval's own and lm-eval is not installed; "
            "install weighin[hf] to recompute it"
        )
    try:
        finished = subprocess.run(
            [sys.executable, "-c", _THROUGH_LM_EVAL],
            input=json.dumps({"aggregation": name, "values": values}),
            capture_output=True,
            text=True,
            timeout=_CHILD_SECONDS,
            check=False,
        )
        result: JsonValue = json.loads(finished.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        raise _CannotRecomputeError(f"lm-eval's aggregation {name!r} failed") from error
    if not isinstance(result, float):
        raise _CannotRecomputeError(f"lm-eval has no aggregation {name!r}")
    return result


def _members(score: Score, values: Mapping[ScoreKey, float]) -> list[ScoreKey]:
    return [
        key for key in values if key[1:] == (score.metric, score.filter) and key[0] != score.task
    ]


def _group(
    score: Score, values: Mapping[ScoreKey, float], documents: Mapping[ScoreKey, int]
) -> float:
    members = _members(score, values)
    if not members:
        raise _CannotRecomputeError(f"no samples of the tasks behind {score.task}")
    sizes = [documents[key] for key in members]
    weighted = sum(values[k] * n for k, n in zip(members, sizes, strict=True)) / sum(sizes)
    if score.aggregation == WEIGHTED_GROUP:
        return weighted
    unweighted = mean([values[key] for key in members])
    if score.aggregation == UNWEIGHTED_GROUP:
        return unweighted
    for candidate in (weighted, unweighted):
        if abs(candidate - score.value) <= 1e-9 * max(1.0, abs(candidate)):
            return candidate
    raise _CannotRecomputeError(f"how the tasks behind {score.task} were averaged is not recorded")
