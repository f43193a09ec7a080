"""Whether what a file says makes sense, beyond the shape of its values."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import Keys, Problem, shown, shown_text, way_out
from weighin.requirements.benchmark_labels import (
    METRIC,
    SHOTS,
    labelled,
    stated_settings,
    telling_keys,
    values_of,
)
from weighin.requirements.decoding.refusals import refusals
from weighin.requirements.decoding.settings import OPENAI, TRANSFORMERS
from weighin.requirements.model import REQUIREMENTS_VERSION

_SEPARATORS = re.compile(r"[\s,]")
_PROSE = frozenset({"system_prompt", "reason"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_version(document: Document) -> Iterator[Problem]:
    """Whether the file is of a version of the format that is understood."""
    understood = f"this weighin understands version {REQUIREMENTS_VERSION}"
    root = document.root
    if not isinstance(root, dict) or "weighin" not in root:
        text = f"missing; write weighin: {REQUIREMENTS_VERSION} as the first line"
        yield document.problem(("weighin",), text)
        return
    match root["weighin"]:
        case bool():
            text = f"expected {REQUIREMENTS_VERSION}, found {shown(root['weighin'])}"
        case int(version) if version == REQUIREMENTS_VERSION:
            return
        case int(version) if version > REQUIREMENTS_VERSION:
            text = f"version {version} of the format is newer; {understood}; upgrade weighin"
        case found:
            text = f"expected {REQUIREMENTS_VERSION}, found {shown(found)}; {understood}"
    yield document.problem(("weighin",), text)


def is_newer(document: Document) -> bool:
    """Whether the file is of a later version, whose keys cannot be judged."""
    version = document.get("weighin")
    return type(version) is int and version > REQUIREMENTS_VERSION


def check_values(document: Document) -> Iterator[Problem]:
    """Absent values, blank texts, and one-line texts with characters that cannot be seen."""
    for keys, value in document.values():
        if _is_free(keys):
            continue
        if value is None:
            yield document.problem(keys, "no value; write one or remove the key")
        elif isinstance(value, str) and value and not value.strip():
            yield document.problem(keys, "expected text, found only spaces")
        elif isinstance(value, str) and not (value.isprintable() or _may_be_any_text(keys)):
            text = f"expected printable text on one line, found {shown_text(value)}"
            yield document.problem(keys, text)


def check_ambiguities(document: Document) -> Iterator[Problem]:
    """Unquoted texts that other readers take for a boolean, number or date."""
    for keys, otherwise in document.otherwise.items():
        value = document.get(*keys)
        if not isinstance(value, str) or _is_meant(keys, value):
            continue
        yield document.problem(
            keys,
            f"ambiguous: some YAML readers take {shown_text(value)[1:-1]} for {otherwise}; "
            f"quote it if it is text",
        )


def _may_be_any_text(keys: Keys) -> bool:
    """Whether a text is prose, or named by whoever wrote a log: some name metrics in paragraphs."""
    match keys:
        case ("benchmarks", int(), "metric") | ("benchmarks", int(), "aliases", int()):
            return True
        case _:
            return keys[-1] in _PROSE


def _is_free(keys: Keys) -> bool:
    """Whether any JSON may stand there: generation arguments, parameters of rules."""
    match keys:
        case ("rules", _, "level"):
            return False
        case ("benchmarks", int(), "decoding", _, *_) | ("rules", _, _, *_):
            return True
        case _:
            return False


def _is_meant(keys: Keys, value: str) -> bool:
    match keys:
        case ("rules", _) | ("rules", _, "level"):
            return value == "off"
        case ("waivers", _, "expires"):
            return _DATE.fullmatch(value) is not None
        case _:
            return False


def check_benchmarks(document: Document) -> Iterator[Problem]:
    """Tasks and metrics: one task an entry, none alike, a metric as lm-eval spells it."""
    of_task: dict[str, list[int]] = {}
    for index in range(document.length("benchmarks")):
        task_keys: Keys = ("benchmarks", index, "task")
        task = document.get(*task_keys)
        if isinstance(task, str):
            if _SEPARATORS.search(task):
                text = f"expected the name of one task, found {shown_text(task)}"
                yield document.problem(task_keys, f"{text}; write one entry a task")
            of_task.setdefault(task, []).append(index)
        metric = document.get("benchmarks", index, "metric")
        if isinstance(metric, str) and (text := _metric(metric)):
            yield document.problem(("benchmarks", index, "metric"), text)
    for task, places in of_task.items():
        if len(places) > 1:
            yield from _check_alike(document, task, places)


def _check_alike(document: Document, task: str, places: Sequence[int]) -> Iterator[Problem]:
    """Entries of one task must differ in what makes a benchmark another one."""
    entries = [_settings(document, index) for index in places]
    keys = telling_keys(entries)
    stated_by = Counter(key for entry in entries for key in entry)
    half = next((key for key in stated_by if stated_by[key] < len(entries)), "")
    first: dict[tuple[str, ...], int] = {}
    for index, entry in zip(places, entries, strict=True):
        task_keys: Keys = ("benchmarks", index, "task")
        before = first.setdefault(values_of(entry, keys), index)
        if before == index:
            continue
        line = document.place(("benchmarks", before, "task")).line
        text = f"task {shown_text(task)} is required on line {line} too"
        told = f"{text}; keep one, or tell them apart, for example by {SHOTS} or {METRIC}"
        if half:
            told = f"{text}; state {half} in every entry of it, or keep one"
        yield document.problem(task_keys, told)


def _settings(document: Document, index: int) -> dict[str, JsonValue]:
    entry = document.get("benchmarks", index)
    return stated_settings(entry) if isinstance(entry, dict) else {}


def check_decoding(document: Document) -> Iterator[Problem]:
    """Settings of decoding: each known, with the sort of value that it holds.

    A file may be held against logs of another way of answering than its own; what answers a run is
    asked once more when its tasks are loaded.
    """
    tables = (TRANSFORMERS, OPENAI)
    if document.get("model", "endpoint") is not None:
        tables = (OPENAI, TRANSFORMERS)
    for index in range(document.length("benchmarks")):
        decoding = document.get("benchmarks", index, "decoding")
        if isinstance(decoding, dict):
            for key, value in decoding.items():
                found = [list(refusals({key: value}, settings)) for settings in tables]
                if all(found):
                    yield document.problem(("benchmarks", index, "decoding", key), found[0][0][1])


def _metric(metric: str) -> str:
    """What is wrong with a metric; empty if nothing is.

    Harnesses name metrics as they like: `Accuracy on IFEval`, `F1, macro`.
    """
    if metric.count(",") == 1 and metric.endswith(","):
        return (
            "expected metric or metric,filter, for example exact_match,strict-match; found "
            f"{shown_text(metric)}"
        )
    return ""


def check_facets(document: Document) -> Iterator[Problem]:
    """Whether no facet is named twice in `same`."""
    seen: set[str] = set()
    for index in range(document.length("same")):
        facet = document.get("same", index)
        if isinstance(facet, str):
            if facet in seen:
                yield document.problem(("same", index), f"facet {facet} stands twice; remove one")
            seen.add(facet)


def check_profile(document: Document, profiles: Sequence[str]) -> Iterator[Problem]:
    """Whether the profile exists."""
    profile = document.get("profile")
    if isinstance(profile, str) and profile and profile not in profiles:
        text = f"unknown profile {shown_text(profile)}; {way_out(profile, profiles)}"
        yield document.problem(("profile",), text)


def check_waivers(document: Document) -> Iterator[Problem]:
    """Whether each waiver covers a benchmark that is required."""
    of_task: dict[str, list[int]] = {}
    for index in range(document.length("benchmarks")):
        if isinstance(task := document.get("benchmarks", index, "task"), str):
            of_task.setdefault(task, []).append(index)
    required: dict[str, None] = {}
    for task, places in of_task.items():
        required |= dict.fromkeys(_labels(document, task, places))
    for index in range(document.length("waivers")):
        keys: Keys = ("waivers", index, "benchmark")
        task = document.get(*keys)
        if not (isinstance(task, str) and task and required) or task in required:
            continue
        text = f"benchmark {shown_text(task)} is not required; {way_out(task, list(required))}"
        if len(places := of_task.get(task, [])) > 1:
            # A waiver never reaches farther than whoever wrote it meant.
            which = " or ".join(_labels(document, task, places))
            text = f"task {shown_text(task)} is required {len(places)} times; write {which}"
        yield document.problem(keys, text)


def _labels(document: Document, task: str, places: Sequence[int]) -> list[str]:
    entries = [_settings(document, index) for index in places]
    keys = telling_keys(entries)
    return [labelled(task, {key: entry[key] for key in keys}) for entry in entries]
