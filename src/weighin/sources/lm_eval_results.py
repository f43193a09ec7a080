"""What lm-eval writes: results files and samples files, read without importing lm-eval."""

import gzip
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import Asked, Score
from weighin.identity.canonical import canonical_json, sha256_hex

Json = Mapping[str, JsonValue]

_STDERR = "_stderr"
_NOT_METRICS = frozenset({"alias", "name", "sample_len", "sample_count", "samples"})
# Keys of a task configuration that differ between machines or models, not between tasks.
_FLOATING_METADATA = frozenset({"config_source", "pretrained", "model", "dtype", "tokenizer"})
# lm-eval 0.4.13: the aggregation that a metric has where the configuration names none.
_DEFAULT_AGGREGATION = {
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
}


@dataclass(slots=True)
class SampleContent:
    """What a samples file holds.

    Attributes:
        documents: Distinct document ids.
        values: By (metric, filter): one entry a document, in the order of the file.
        document_hashes: lm-eval's `doc_hash` by document id.
        prompt_lines: By document id: its hash with the digest of all arguments of its requests.
            lm-eval's own `prompt_hash` covers the first context only, neither choices nor
            generation arguments.
        documents_by_filter: Document ids by filter.
        duplicates: Document ids that stand twice under one filter.
    """

    documents: set[str] = field(default_factory=set)
    documents_by_filter: dict[str, set[str]] = field(default_factory=dict)
    values: dict[tuple[str, str], list[JsonValue]] = field(default_factory=dict)
    document_hashes: dict[str, str] = field(default_factory=dict)
    prompt_lines: dict[str, str] = field(default_factory=dict)
    duplicates: set[str] = field(default_factory=set)

    @property
    def documents_digest(self) -> str | None:
        """SHA-256 over the sorted document hashes; `None` if a document has none."""
        return _digest_of_lines(self.document_hashes, self.documents)

    @property
    def prompts_digest(self) -> str | None:
        """SHA-256 over the sorted (document, arguments) digests; `None` if one is missing."""
        return _digest_of_lines(self.prompt_lines, self.documents)


def _digest_of_lines(lines: Mapping[str, str], documents: set[str]) -> str | None:
    if not documents or set(lines) != documents:
        return None
    return sha256_hex("\n".join(sorted(lines.values())).encode())


def as_mapping(value: JsonValue) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: JsonValue) -> str | None:
    """The value if it is a non-empty text, else `None`."""
    return value if isinstance(value, str) and value else None


def as_count(value: JsonValue) -> int | None:
    """The value if it is a whole number from 0, else `None`."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def read_json(path: Path) -> JsonValue:
    """The JSON of a foreign file. NaN is read as such: lm-eval writes it.

    Raises:
        EvidenceError: The file cannot be read or is no JSON.
    """
    try:
        value: JsonValue = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected JSON, found {' '.join(str(error).split())}") from (
            error
        )
    return value


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A samples file for reading, decompressed if its name ends in `.gz`."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield stream  # type: ignore[misc]  # GzipFile is an IO[bytes] in all but name


def read_samples(path: Path) -> SampleContent:
    """The content of a samples file (`.jsonl` or `.jsonl.gz`), read line by line.

    Raises:
        EvidenceError: The file cannot be read, is torn, or a line is no sample.
    """
    content = SampleContent()
    number = 0
    try:
        with opened(path) as stream:
            for line in stream:
                number += 1
                if line.strip():
                    _add_sample(content, as_mapping(json.loads(line)))
    except KeyError as error:
        raise EvidenceError(f"{path}:{number}: expected a sample, found no key {error}") from error
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise EvidenceError(
            f"{path}:{number}: expected a sample, found {' '.join(str(error).split())[:200]}"
        ) from error
    return content


def _add_sample(content: SampleContent, sample: Json) -> None:
    document = json.dumps(sample["doc_id"])
    filter_name = str(sample.get("filter", "none"))
    of_filter = content.documents_by_filter.setdefault(filter_name, set())
    if document in of_filter:
        content.duplicates.add(document)
    of_filter.add(document)
    content.documents.add(document)
    metrics = sample.get("metrics")
    for name in metrics if isinstance(metrics, list) else sorted(set(sample) - _SAMPLE_KEYS):
        content.values.setdefault((str(name), filter_name), []).append(sample[str(name)])
    if (doc_hash := as_text(sample.get("doc_hash"))) is not None:
        content.document_hashes[document] = doc_hash
        arguments = json.dumps(sample.get("arguments"), sort_keys=True).encode()
        content.prompt_lines[document] = f"{doc_hash} {sha256_hex(arguments)}"


_SAMPLE_KEYS = frozenset(
    {
        "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics",
        "doc_hash", "prompt_hash", "target_hash",
    }
)  # fmt: skip


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
    row = as_mapping(as_mapping(results.get("results")).get(task)) or as_mapping(
        as_mapping(results.get("groups")).get(task)
    )
    known = _configured_aggregations(results, task) | dict(aggregations or {})
    is_group = task not in as_mapping(results.get("configs")) and bool(
        as_mapping(results.get("group_subtasks")).get(task)
    )
    counts = as_mapping(row.get("sample_count"))
    scores: list[Score] = []
    odd: list[str] = []
    for key, value in row.items():
        # Before 0.4 the keys had no filter.
        metric, _, filter_name = key.partition(",")
        if key in _NOT_METRICS or metric.endswith(_STDERR):
            continue
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            odd.append(f"{key}: {value}")
            continue
        stderr = row.get(f"{metric}{_STDERR},{filter_name}" if filter_name else f"{key}{_STDERR}")
        scores.append(
            Score(
                task=task,
                metric=metric,
                filter=filter_name or "none",
                value=float(value),
                stderr=float(stderr)
                if isinstance(stderr, int | float) and math.isfinite(stderr)
                else None,
                aggregation=known.get(metric, "group" if is_group else None),
                documents=as_count(counts.get(key))
                or as_count(row.get("sample_len"))
                or documents_of(results, task)[1],
            )
        )
    return tuple(scores), tuple(odd)


def _configured_aggregations(results: Json, task: str) -> dict[str, str]:
    config = as_mapping(as_mapping(results.get("configs")).get(task))
    if not config:
        return {}
    found: dict[str, str] = dict(_DEFAULT_AGGREGATION)
    metrics = config.get("metric_list")
    for entry in metrics if isinstance(metrics, list) else []:
        name = as_text(as_mapping(entry).get("metric"))
        aggregation = as_text(as_mapping(entry).get("aggregation"))
        if name is not None and aggregation is not None:
            # A callable is dumped as its source text, which names no aggregation.
            found[name] = aggregation if aggregation.isidentifier() else "custom"
    return found


def leaves_of(results: Json, task: str) -> tuple[str, ...]:
    """The tasks with samples behind a task or group, in order; the task itself if it is one."""
    if task in as_mapping(results.get("configs")):
        return (task,)
    children = as_mapping(results.get("group_subtasks")).get(task)
    found: list[str] = []
    for child in children if isinstance(children, list) else []:
        if isinstance(child, str) and child != task:
            found.extend(leaf for leaf in leaves_of(results, child) if leaf not in found)
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
        config_digest=_combined({leaf: config_digest(c) for leaf, c in configs.items() if c}),
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
    )


def _scored(content: SampleContent) -> int:
    """Documents that have every metric: a document without one leaves the denominator."""
    counts = [len(values) for values in content.values.values()]
    return min([len(content.documents), *counts])


def _version(value: JsonValue) -> str | None:
    return str(value) if isinstance(value, str | int | float) and value != "N/A" else None


def _shots(results: Json, task: str, leaves: tuple[str, ...]) -> int | None:
    shots = as_mapping(results.get("n-shot"))
    found = {as_count(shots.get(leaf)) for leaf in leaves} or {as_count(shots.get(task))}
    if found == {None}:
        return as_count(as_mapping(results.get("config")).get("num_fewshot"))
    return next(iter(found)) if len(found) == 1 else None


def _only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def config_digest(config: Json) -> str:
    """Digest of a task configuration without what depends on the machine or the model."""
    metadata = {
        key: value
        for key, value in as_mapping(config.get("metadata")).items()
        if key not in _FLOATING_METADATA
    }
    return sha256_hex(canonical_json({**config, "metadata": metadata}))


def _combined(digests: Mapping[str, str]) -> str | None:
    """One digest stays itself; several are bound to their task names."""
    if not digests:
        return None
    if len(digests) == 1:
        return next(iter(digests.values()))
    return sha256_hex(canonical_json(dict(digests)))


def _combined_optional(digests: Mapping[str, str | None], *, is_complete: bool) -> str | None:
    known = {task: digest for task, digest in digests.items() if digest is not None}
    return _combined(known) if is_complete and len(known) == len(digests) else None


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
