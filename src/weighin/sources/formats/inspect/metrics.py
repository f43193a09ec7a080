"""The metrics of the scorers in an Inspect log: how each is named, and which are no scores."""

import re
from collections import Counter
from collections.abc import Iterator

from pydantic import JsonValue

from weighin.files.json.foreign import Json, as_list, as_mapping, as_number, as_text
from weighin.sources.formats.inspect.samples import ONLY_SCORER

_STDERR = "stderr"
ERRORS = (_STDERR, "bootstrap_stderr")
"""Metrics that are the standard error of a mean; the second gives it by drawing anew."""

# Arguments of a metric that gives the ends of an interval, which older logs leave without a group.
_OF_INTERVAL = frozenset({"level", "method"})
_ENDS = frozenset({"lower", "upper"})
_UPPER_OF = {"lower": "upper", "low": "high", "lo": "hi", "lb": "ub"}
_WORD = re.compile(r"[a-z]+|[^a-z]+")
# Alone they may be groups or answers of documents; what says that they are ends.
_ALSO_CATEGORIES = frozenset({"low", "lo"})
_SAYS_INTERVAL = re.compile(r"(?:.*[^a-z])?(?:ci|conf|confidence|interval|bootstrap)(?:[^a-z].*)?")
_OF_CATEGORIES = frozenset({"grouped", "frequency"})
# A metric that applies another to groups of documents, or to one field of their scores.
_APPLIED = ("metric", "agg")
UNREDUCED = "unreduced"
"""What stands for the reducer of metrics over single answers, where others are reduced."""

MEANS = frozenset({"accuracy", "mean"})
"""Metrics that are the mean over documents."""


def entries_of(results: Json) -> Iterator[Json]:
    """One for each scorer and reducer; logs of version 1 have one scorer beside the metrics.

    Where a scorer has metrics of reduced answers, those that name no reducer are of each answer.
    """
    entries = [as_mapping(entry) for entry in as_list(results.get("scores"))]
    reduced = {_scorer(entry) for entry in entries if as_text(entry.get("reducer")) is not None}
    for entry in entries:
        is_of_each = as_text(entry.get("reducer")) is None and _scorer(entry) in reduced
        yield {**entry, "reducer": UNREDUCED} if is_of_each else entry
    if "scores" not in results and isinstance(results.get("metrics"), dict):
        yield {
            "name": as_mapping(results.get("scorer")).get("name"),
            "scorer": ONLY_SCORER,
            "metrics": results.get("metrics"),
        }


def _scorer(entry: Json) -> tuple[str | None, str | None]:
    return as_text(entry.get("name")), as_text(entry.get("scorer"))


def name_of(key: str, metric: JsonValue) -> str:
    """Name of a metric, without that of the package that brings it."""
    return (as_text(as_mapping(metric).get("name")) or key).rpartition("/")[2] or key


def error_of(entry: Json) -> Json:
    """The standard error among the metrics of a scorer."""
    metrics = as_mapping(entry.get("metrics"))
    return next((as_mapping(metrics[name]) for name in ERRORS if name in metrics), {})


def intervals_of(log: Json) -> Iterator[str]:
    """Sentences, without a stop, on the intervals among the metrics: an interval is no score."""
    for entry in entries_of(as_mapping(log.get("results"))):
        metrics = as_mapping(entry.get("metrics"))
        ends = ends_of(metrics)
        name = as_text(entry.get("name")) or "the scorer"
        for of_one in dict.fromkeys(ends.values()):
            values = [
                str(as_mapping(metrics[key]).get("value"))[:40]
                for key, interval in ends.items()
                if interval == of_one
            ]
            yield f"{name}: an interval from {' to '.join(values)} is no score; passed over"


def ends_of(metrics: Json) -> dict[str, tuple[str, str]]:
    """The metrics of a scorer that are ends of an interval, each with what tells the interval.

    A metric of several values names them; two of its names that differ only in a word like
    `lower` and `upper` are the ends of one.
    """
    found: dict[str, tuple[str, str]] = {}
    named: dict[tuple[str, str], str] = {}
    for key, metric in metrics.items():
        told = as_mapping(metric)
        name, group = as_text(told.get("name")) or "", as_text(told.get("group"))
        if group is not None and group.rpartition("/")[2] not in _OF_CATEGORIES:
            named[group, name.casefold()] = key
        elif name in _ENDS and _arguments(told).keys() >= _OF_INTERVAL:
            found[key] = ("", "")
    for (group, name), key in named.items():
        for other in _as_upper_end(name, group.casefold()):
            if (group, other) in named:
                found[key] = found[named[group, other]] = (group, name)
    return {key: found[key] for key in metrics if key in found}


def _as_upper_end(name: str, group: str) -> Iterator[str]:
    """What the upper end is named, for each word of a name that says that it is the lower one."""
    says = any(_SAYS_INTERVAL.fullmatch(text) for text in (name, group))
    words = _WORD.findall(name)
    for place, word in enumerate(words):
        if word in _UPPER_OF and (says or word not in _ALSO_CATEGORIES):
            yield "".join((*words[:place], _UPPER_OF[word], *words[place + 1 :]))


def _arguments(metric: Json) -> Json:
    """The arguments of a metric, which older logs call options."""
    return as_mapping(metric.get("params")) or as_mapping(metric.get("options"))


def _applied(metric: JsonValue) -> str:
    """Name of the metric that another applies; empty if it is none such."""
    params = _arguments(as_mapping(metric))
    for key in _APPLIED:
        inner = params.get(key)
        name = as_text(inner) or as_text(as_mapping(inner).get("name"))
        if name is not None:
            return name.rpartition("/")[2]
    return ""


def is_error_of_part(metric: JsonValue) -> bool:
    """Whether it is the standard error of a group or a field."""
    return _applied(metric) in ERRORS


def part_of(key: str, metric: JsonValue) -> tuple[str, str] | None:
    """What another metric is applied to: a group, or a field; `None` if it is not such a metric."""
    told = as_mapping(metric)
    if not _applied(metric):
        return None
    field = as_text(_arguments(told).get("key"))
    return ("field", field) if field is not None else ("group", as_text(told.get("name")) or key)


def errors_of_parts(metrics: Json) -> Iterator[tuple[tuple[str, str] | None, float]]:
    """The standard errors of groups and fields, each with what it is of, as in `part_of`."""
    for key, metric in metrics.items():
        error = as_number(as_mapping(metric).get("value"))
        if is_error_of_part(metric) and error is not None:
            yield part_of(key, metric), error


def labels_of(metrics: Json) -> dict[str, str]:
    """Names of the metrics of a scorer by their keys, each told from the others.

    One of several values of a metric has that metric's name before its own.
    """
    names = Counter(name_of(key, metric) for key, metric in metrics.items())
    return {key: _label(key, metric, names) for key, metric in metrics.items()}


def _label(key: str, metric: JsonValue, names: Counter[str]) -> str:
    group = as_text(as_mapping(metric).get("group"))
    if group is not None:
        return f"{group.rpartition('/')[2] or group}/{key}"
    name = name_of(key, metric)
    return name if names[name] == 1 else key
