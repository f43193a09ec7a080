"""What required benchmarks are called: their task, and what else it takes to tell them apart."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic import JsonValue

from weighin.files.canonical import sha256_hex
from weighin.identity.facets import normalised
from weighin.requirements.model import BenchmarkRequirement

DECODING = "decoding."
METRIC = "metric"
SHOTS = "num_fewshot"
REPEATS = "repeats"

# What makes a benchmark another one where a task is required several times. How many of the
# documents are asked is not among it: a part of a benchmark is an attempt at it.
TELLING_KEYS = (
    SHOTS,
    "task_version",
    "chat_template",
    "system_prompt",
    REPEATS,
    "seed",
    "fewshot_seed",
    "documents",
    METRIC,
)
_DIGITS = 8


def stated_settings(entry: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings that an entry of `benchmarks` states and that can tell it from another."""
    found = {key: entry[key] for key in TELLING_KEYS if entry.get(key) is not None}
    metric = found.get(METRIC)
    if isinstance(metric, str) and "," not in metric:
        found[METRIC] = f"{metric},none"
    decoding = entry.get("decoding")
    if isinstance(decoding, Mapping):
        found |= {f"{DECODING}{key}": value for key, value in decoding.items()}
    return found


def telling_keys(entries: Sequence[Mapping[str, JsonValue]]) -> tuple[str, ...]:
    """The settings that all entries of one task state, and not all alike; none for one entry.

    What only some of them state tells nothing apart: an entry that leaves it open is met by all.
    """
    return tuple(
        key
        for key in (entries[0] if entries else ())
        if all(key in entry for entry in entries) and len({_spelled(e[key]) for e in entries}) > 1
    )


def values_of(entry: Mapping[str, JsonValue], keys: Sequence[str]) -> tuple[str, ...]:
    """The values of some settings, for comparison."""
    return tuple(_spelled(entry[key]) for key in keys)


def _spelled(value: JsonValue) -> str:
    return json.dumps(normalised(value), sort_keys=True)


class RequiredBenchmarks:
    """The benchmarks of some requirements, and what tells those of one task apart."""

    def __init__(self, benchmarks: Sequence[BenchmarkRequirement]) -> None:
        """The benchmarks, in the order of the requirements."""
        places: dict[str, list[int]] = {}
        for number, benchmark in enumerate(benchmarks):
            places.setdefault(benchmark.task, []).append(number)
        labels = [benchmark.task for benchmark in benchmarks]
        several: dict[str, tuple[int, ...]] = {}
        telling: dict[str, tuple[str, ...]] = {}
        for task, found in places.items():
            if len(found) == 1:
                continue
            entries = [_settings(benchmarks[number]) for number in found]
            several[task], telling[task] = tuple(found), telling_keys(entries)
            for number, entry in zip(found, entries, strict=True):
                labels[number] = labelled(task, {key: entry[key] for key in telling[task]})
        self.labels = tuple(labels)
        """What each is called, no two alike: its task where that is required once."""
        self.several: Mapping[str, tuple[int, ...]] = several
        """The places of the benchmarks of each task that is required several times."""
        self.telling: Mapping[str, tuple[str, ...]] = telling
        """By such a task: the settings that tell its benchmarks apart."""


def _settings(benchmark: BenchmarkRequirement) -> dict[str, JsonValue]:
    return stated_settings(benchmark.model_dump(include={*TELLING_KEYS, "decoding"}))


def labelled(task: str, settings: Mapping[str, JsonValue]) -> str:
    """A task with the settings that make it another benchmark: `arc (25 shots)`."""
    return called(task, [told_setting(key, value) for key, value in settings.items()])


def called(task: str, told: Sequence[str]) -> str:
    """A task with what makes it another benchmark, in words."""
    return f"{task} ({', '.join(told)})" if told else task


_NOUNS: Mapping[str, str] = MappingProxyType({SHOTS: "shot", REPEATS: "repeat"})
_NAMES: Mapping[str, str] = MappingProxyType(
    {"task_version": "version", "fewshot_seed": "few-shot seed"}
)


def told_setting(key: str, value: JsonValue) -> str:
    """A setting and its value in a few words: `25 shots`, `temperature 0.6`."""
    if (noun := _NOUNS.get(key)) is not None:
        return f"{value} {noun}" if str(value) == "1" else f"{value} {noun}s"
    match key:
        case "chat_template":
            return "chat template" if value is True else "no chat template"
        case "system_prompt":
            return f"system prompt {sha256_hex(str(value).encode('utf-8'))[:_DIGITS]}"
        case "documents":
            return f"documents {str(value).rpartition(':')[2][:_DIGITS]}"
        case "metric":
            return str(value).removesuffix(",none")
    name = _NAMES.get(key, key.removeprefix(DECODING))
    text = value if isinstance(value, str) and value.isprintable() else json.dumps(value)
    return f"{name} {text}"
