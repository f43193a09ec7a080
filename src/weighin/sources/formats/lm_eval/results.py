"""What a results file of lm-eval says of its tasks: what was asked, and the scores.

Read without importing lm-eval, of every version: before 0.4 a score's key had no filter, and the
configurations of tasks, the counts of documents and the members of groups came in one by one.
"""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from weighin.evidence.records import Asked, Score
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_list,
    as_mapping,
    as_number,
    as_text,
    pointer_part,
    without_address,
)
from weighin.sources.formats.lm_eval.samples import SampleContent
from weighin.sources.formats.record import foreign_score

_STDERR = "_stderr"
_SEEDS = {
    "random": "random_seed",
    "numpy": "numpy_seed",
    "torch": "torch_seed",
    "fewshot": "fewshot_seed",
}
_LONGEST_ODD = 80
_LARGEST_SAFE_INTEGER = 2**53 - 1
_NOT_METRICS = frozenset({"alias", "name", "sample_len", "sample_count", "samples"})
# Under which an object holds the number of one metric.
_VALUES = frozenset({"mean", "score", "value"})
_LIKE_A_NUMBER = re.compile(r"\s*(?:[-+±~<>≈]+\s*)?(?:\d+(?:[.,]\d+)?|[.,]\d+)\s*(?:[%±(/]|$)")
# `2022-01-01-00-00-00` and the like, in whatever spelling.
_MOMENT = re.compile(r"\d{4}[-_/.]?\d{2}[-_/.]?\d{2}\b.*|\d{9,13}(?:\.\d+)?")
_DECIMAL = re.compile(r"-?\d{1,15}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?")
# Keys of a task configuration that differ between machines or models, not between tasks.
_FLOATING_METADATA = frozenset({"config_source", "pretrained", "model", "dtype", "tokenizer"})
DEFAULT_AGGREGATION = {
    "acc": "mean",
    "acc_norm": "mean",
    "acc_bytes": "mean",
    "acc_mutual_info": "mean",
    "exact_match": "mean",
    "likelihood": "mean",
    "perplexity": "perplexity",
    "word_perplexity": "weighted_perplexity",
    "byte_perplexity": "weighted_perplexity",
    "bits_per_byte": "bits_per_byte",
    "mcc": "matthews_corrcoef",
    "f1": "f1_score",
    "bleu": "bleu",
    "chrf": "chrf",
    "chrf++": "chrfpp",
    "ter": "ter",
    "brier_score": "brier_score",
}
"""The aggregation that a metric has where the configuration names none, in lm-eval 0.4.13."""


def scores_of(
    results: Json, task: str, aggregations: Mapping[str, str] | None = None
) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The scores of a task or group in a results document.

    Args:
        results: The whole document.
        task: Key under `results` (or `groups`).
        aggregations: Aggregation name by metric, where the caller knows better than the file.

    Returns:
        The scores, and `metric,filter: value` of those that are no finite number.
    """
    row = _row(results, task)
    known = _configured_aggregations(results, task) | dict(aggregations or {})
    is_group = task not in as_mapping(results.get("configs")) and bool(leaves_of(results, task))
    counts = as_mapping(row.get("sample_count"))
    documents = as_count(row.get("sample_len")) or documents_of(results, task)[1]
    scores: list[Score] = []
    odd: list[str] = []
    for key, said in row.items():
        value = _inner(said)
        metric, _, filter_name = key.partition(",")
        if key in _NOT_METRICS or metric.endswith(_STDERR) or not _is_said(value):
            continue
        number = _number(value)
        if number is None:
            odd.append(f"{key}: {value}"[:_LONGEST_ODD])
            continue
        stderr = row.get(f"{metric}{_STDERR},{filter_name}" if filter_name else f"{key}{_STDERR}")
        scores.append(
            foreign_score(
                task,
                metric,
                number,
                filter_name=filter_name or "none",
                stderr=_number(_inner(stderr)),
                aggregation=known.get(metric, "group" if is_group else None),
                documents=as_count(counts.get(key)) or documents,
            )
        )
    return tuple(scores), tuple(odd)


def _row(results: Json, task: str) -> Json:
    """What stands of a task: metrics, or all of them once more under the moment of the run."""
    row = as_mapping(as_mapping(results.get("results")).get(task)) or as_mapping(
        as_mapping(results.get("groups")).get(task)
    )
    said = {key: value for key, value in row.items() if key not in _NOT_METRICS}
    if len(said) == 1:
        ((outer, inner),) = said.items()
        if (
            isinstance(inner, dict)
            and _MOMENT.fullmatch(outer)
            and not _VALUES & inner.keys()
            and any(map(_is_said, inner.values()))
        ):
            return {**{k: v for k, v in row.items() if k in _NOT_METRICS}, **inner}
    return row


def passed_over_of(results: Json, task: str) -> str:
    """The first place of a task where something stands for a score and is none; else empty.

    Also where a task, other than a group, is left without any score.
    """
    stated = as_mapping(results.get("results")).get(task)
    place = f"/results/{pointer_part(task)}"
    if stated is not None and not isinstance(stated, dict):
        return f"{place}: no scores but {_shown(stated)}"
    row = _row(results, task)
    outer = next((key for key in as_mapping(stated) if key not in row), None)
    if outer is not None:
        place = f"{place}/{pointer_part(outer)}"
    scores, _ = scores_of(results, task)
    for key, value in row.items():
        if key in _NOT_METRICS or key.partition(",")[0].endswith(_STDERR):
            continue
        said = _inner(value)
        # Words beside scores are no score: the name of a prompt, of a subset.
        is_text = isinstance(said, str) and _LIKE_A_NUMBER.match(said) is not None
        is_odd = isinstance(said, dict | list) or is_text or not scores
        if is_odd and _number(said) is None and str(said).strip():
            return f"{place}/{pointer_part(key)}: no score but {_shown(said)}"
    is_group = bool(as_list(as_mapping(results.get("group_subtasks")).get(task)))
    return "" if scores or is_group else f"{place}: no score"


def _shown(value: JsonValue) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return str(value)[:_LONGEST_ODD]


def _inner(value: JsonValue) -> JsonValue:
    """The number of `{"value": 0.3}`; else the value itself."""
    if not isinstance(value, dict):
        return value
    return next(
        (value[key] for key in sorted(_VALUES) if as_number(value.get(key)) is not None), value
    )


def _number(value: JsonValue) -> float | None:
    """The number that a value is, also one written as text; `None` if it is none."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return as_number(float(value))
    return as_number(value)


def _is_said(value: JsonValue) -> bool:
    """Whether a value of a row can be meant as a score: the printed table leaves blank cells."""
    value = _inner(value)
    return not isinstance(value, dict | list) and bool(str(value).strip())


def _configured_aggregations(results: Json, task: str) -> dict[str, str]:
    config = as_mapping(as_mapping(results.get("configs")).get(task))
    if not config:
        return {}
    found: dict[str, str] = dict(DEFAULT_AGGREGATION)
    for entry in as_list(config.get("metric_list")):
        name = as_text(as_mapping(entry).get("metric"))
        aggregation = as_text(as_mapping(entry).get("aggregation"))
        if name is not None and aggregation is not None:
            # A callable is dumped as its source text, which names no aggregation.
            found[name] = aggregation if aggregation.isidentifier() else "custom"
    return found


def leaves_of(results: Json, task: str) -> tuple[str, ...]:
    """The tasks with samples behind a task or group, in order; the task itself if it is one."""
    configs = as_mapping(results.get("configs"))
    if task in configs:
        return (task,)
    subtasks = as_mapping(results.get("group_subtasks"))
    if task not in subtasks:
        return ()
    found: list[str] = []
    seen: set[str] = set()
    waiting = [task]
    while waiting:
        # Foreign groups may contain each other.
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in configs:
            found.append(name)
        else:
            children = as_list(subtasks.get(name))
            waiting.extend(child for child in reversed(children) if isinstance(child, str))
    return tuple(found)


def documents_of(results: Json, task: str) -> tuple[int | None, int | None]:
    """Documents of the split and documents that were asked, summed over the leaves."""
    counts = as_mapping(results.get("n-samples"))
    rows = [as_mapping(counts.get(leaf)) for leaf in leaves_of(results, task)]
    totals = [as_count(row.get("original")) for row in rows]
    effective = [as_count(row.get("effective")) for row in rows]
    return _sum(totals), _sum(effective)


def _sum(values: list[int | None]) -> int | None:
    present = [value for value in values if value is not None]
    return sum(present) if present and len(present) == len(values) else None


def asked_of(results: Json, task: str, samples: Mapping[str, SampleContent]) -> Asked:
    """What was asked in one task or group of a results document.

    Args:
        results: The whole document.
        task: The task or group.
        samples: Content of the samples file of each leaf, as far as there are any.
    """
    leaves = leaves_of(results, task)
    configs = {leaf: as_mapping(as_mapping(results.get("configs")).get(leaf)) for leaf in leaves}
    contents = [samples[leaf] for leaf in leaves if leaf in samples]
    is_complete = bool(leaves) and len(contents) == len(leaves)
    total, asked_for = documents_of(results, task)
    scored = sum(_scored(content) for content in contents) if is_complete else asked_for
    return Asked(
        task=task,
        task_version=_version(as_mapping(results.get("versions")).get(task)),
        config_digest=combined({leaf: config_digest(c) for leaf, c in configs.items() if c}),
        dataset_path=_only({as_text(config.get("dataset_path")) for config in configs.values()}),
        dataset_revision=_only(
            {
                as_text(as_mapping(config.get("dataset_kwargs")).get("revision"))
                for config in configs.values()
            }
        ),
        documents_digest=_combined_optional(
            {leaf: samples[leaf].documents_digest for leaf in leaves if leaf in samples},
            is_complete=is_complete,
        ),
        prompts_digest=_combined_optional(
            {leaf: samples[leaf].prompts_digest for leaf in leaves if leaf in samples},
            is_complete=is_complete,
        ),
        num_fewshot=_shots(results, task, leaves),
        documents_total=total,
        documents_scored=scored,
        decoding=_decoding(configs),
        repeats=_repeats(configs.values()),
        seeds=_seeds(as_mapping(results.get("config"))),
    )


def _scored(content: SampleContent) -> int:
    """Documents that have every metric: a document without one leaves the denominator."""
    counts = [len(values) for values in content.values.values()]
    return min([len(content.documents), *counts])


def _version(value: JsonValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "N/A":
        return None
    return str(value)


def _shots(results: Json, task: str, leaves: tuple[str, ...]) -> int | None:
    shots = as_mapping(results.get("n-shot"))
    found = {as_count(shots.get(leaf)) for leaf in leaves} or {as_count(shots.get(task))}
    if found == {None}:
        return as_count(as_mapping(results.get("config")).get("num_fewshot"))
    return next(iter(found)) if len(found) == 1 else None


def _only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def config_digest(config: Json) -> str:
    """Digest of a task configuration without what depends on the process, machine or model."""
    metadata = {
        key: value
        for key, value in as_mapping(config.get("metadata")).items()
        if key not in _FLOATING_METADATA
    }
    return sha256_hex(canonical_json(_plain({**config, "metadata": metadata})))


def _plain(value: JsonValue) -> JsonValue:
    """The value without addresses, and `1` for `1.0`: one spelling in canonical JSON, and fast."""
    if isinstance(value, str):
        return without_address(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_SAFE_INTEGER:
        return int(value)
    return value


def combined(digests: Mapping[str, str]) -> str | None:
    """One digest stays itself; several are bound to their task names."""
    if not digests:
        return None
    if len(digests) == 1:
        return next(iter(digests.values()))
    return sha256_hex(canonical_json(dict(digests)))


def _combined_optional(digests: Mapping[str, str | None], *, is_complete: bool) -> str | None:
    known = {task: digest for task, digest in digests.items() if digest is not None}
    return combined(known) if is_complete and len(known) == len(digests) else None


def _repeats(configs: Iterable[Json]) -> int | None:
    """The most answers that a task draws for a document."""
    found = [as_count(config.get("repeats")) for config in configs]
    return max((number for number in found if number is not None), default=None)


def _seeds(config: Json) -> dict[str, int]:
    seeds = {name: config.get(key) for name, key in _SEEDS.items()}
    return {name: seed for name, seed in seeds.items() if type(seed) is int}


def decoding_of(results: Json, task: str) -> dict[str, JsonValue]:
    """Generation arguments of a benchmark; empty if its tasks do not share one set of them."""
    configs = as_mapping(results.get("configs"))
    leaves = {leaf: as_mapping(configs.get(leaf)) for leaf in leaves_of(results, task)}
    found = _decoding(leaves)
    return {} if found.keys() & leaves.keys() else found


def _decoding(configs: Mapping[str, Json]) -> dict[str, JsonValue]:
    """Generation arguments of the tasks that generate; by task where they are not all equal."""
    arguments = {
        leaf: dict(as_mapping(config.get("generation_kwargs")))
        for leaf, config in configs.items()
        if config.get("output_type") == "generate_until"
    }
    distinct = {canonical_json(value) for value in arguments.values()}
    if len(distinct) <= 1:
        return next(iter(arguments.values()), {})
    return dict(arguments)


def harness_of(results: Json) -> str:
    """lm-eval with its version, as far as the file says it."""
    version = as_text(results.get("lm_eval_version"))
    return f"lm-eval {version}" if version else "lm-eval (version not recorded)"
