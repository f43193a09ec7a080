"""Digests of what a loaded benchmark will ask, as they will stand in its record."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from lm_eval.api.task import Task
from lm_eval.utils import handle_non_serializable, hash_string
from pydantic import JsonValue

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.foreign_json import Json, as_mapping
from weighin.harness.quiet import quiet
from weighin.harness.tasks.loading import LoadedBenchmark
from weighin.requirements.model import BenchmarkRequirement
from weighin.sources.formats.lm_eval.results import config_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDigests:
    """What `asked` of a record will say.

    Attributes:
        config: Of the configuration, with what the requirements put into it.
        documents: Of the documents that are asked.
    """

    config: str
    documents: str


def asked_digests(benchmark: LoadedBenchmark, max_samples: int | None) -> AskedDigests:
    """The digests of a benchmark that was not scored yet.

    Args:
        benchmark: The loaded benchmark.
        max_samples: Only the first documents of each of its tasks; `None` for all.
    """
    with quiet():
        leaves = benchmark.leaves.items()
        configs = {name: _config(task, benchmark.requirement) for name, task in leaves}
        documents = {
            name: _documents(islice(iter(task.eval_docs), max_samples)) for name, task in leaves
        }
    return AskedDigests(
        config=_of_leaves({name: config_digest(config) for name, config in configs.items()}),
        documents=_of_leaves(documents),
    )


def _config(task: Task, required: BenchmarkRequirement) -> Json:
    """The configuration as lm-eval dumps it after it wrote the settings into it."""
    dumped: JsonValue = json.loads(json.dumps(task.dump_config(), default=handle_non_serializable))
    config = dict(as_mapping(dumped))
    shots = required.num_fewshot
    config["num_fewshot"] = (config.get("num_fewshot") or 0) if shots is None else shots
    if required.decoding and config.get("output_type") == "generate_until":
        config["generation_kwargs"] = {
            **as_mapping(config.get("generation_kwargs")),
            **required.decoding,
        }
    if required.repeats is not None:
        config["repeats"] = required.repeats
    return config


def _documents(documents: Iterable[object]) -> str:
    hashes = sorted(
        hash_string(
            json.dumps(document, indent=2, default=handle_non_serializable, ensure_ascii=False)
        )
        for document in documents
    )
    return sha256_hex("\n".join(hashes).encode())


def _of_leaves(digests: Mapping[str, str]) -> str:
    """One digest stays itself; several are bound to their task names, as in a record."""
    if len(digests) == 1:
        return next(iter(digests.values()))
    return sha256_hex(canonical_json(dict(digests)))
