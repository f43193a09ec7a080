"""Digests of what a benchmark asks: its configuration, its documents, and all of it as one job."""

import hashlib
import json
from collections.abc import Iterable, Mapping

import numpy as np
from lm_eval.api.task import Task
from lm_eval.utils import handle_non_serializable, hash_string
from pydantic import JsonValue

from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.json.foreign import without_addresses
from weighin.requirements.model import BenchmarkRequirement
from weighin.sources.formats.lm_eval.results import combined, config_digest


def job_digest(
    leaves: Mapping[str, Task],
    code: Mapping[str, tuple[str, ...]],
    benchmark: BenchmarkRequirement,
) -> str:
    """Digest of the configurations, the files of the code that they call, and the documents.

    A dataset's own fingerprint depends on paths and times, not on content.
    """
    num_fewshot = benchmark.num_fewshot
    # Only what is stated, so that what was recorded before these could be is found again.
    parts: dict[str, JsonValue] = {
        f"stated {key}": value
        for key, value in (
            ("repeats", benchmark.repeats),
            ("seed", benchmark.seed),
            ("fewshot_seed", benchmark.fewshot_seed),
        )
        if value is not None
    }
    for name, task in leaves.items():
        dumped: JsonValue = json.loads(json.dumps(task.dump_config(), default=_as_json))
        shots = num_fewshot if num_fewshot is not None else task.get_config("num_fewshot")
        parts[name] = {
            "config": config_digest(dumped if isinstance(dumped, dict) else {}),
            "code": list[JsonValue](code[name]),
            "documents": _documents_digest(task.eval_docs),
            "fewshot_documents": _documents_digest(task.fewshot_docs() or ()) if shots else "",
        }
    return sha256_hex(canonical_json(parts))


def asked_config_digest(leaves: Mapping[str, Task], benchmark: BenchmarkRequirement) -> str | None:
    """The digest that a record will hold: of the configurations with what the file sets in them."""
    digests: dict[str, str] = {}
    for name, task in leaves.items():
        config = json.loads(json.dumps(task.dump_config(), default=handle_non_serializable))
        # As `simple_evaluate` of lm-eval does.
        if config.get("num_fewshot") is None:
            config["num_fewshot"] = 0
        if benchmark.num_fewshot is not None and task.get_config("num_fewshot") != 0:
            config["num_fewshot"] = benchmark.num_fewshot
        if benchmark.decoding and config.get("output_type") == "generate_until":
            own = config.get("generation_kwargs") or {}
            config["generation_kwargs"] = {**own, **benchmark.decoding}
        if benchmark.repeats is not None:
            config["repeats"] = benchmark.repeats
        digests[name] = config_digest(config)
    return combined(digests)


def document_hashes(task: Task) -> tuple[str, ...]:
    """lm-eval's hash of each document, in the order in which they are asked."""
    return tuple(
        hash_string(
            json.dumps(document, indent=2, default=handle_non_serializable, ensure_ascii=False)
        )
        for document in task.eval_docs
    )


def asked_documents_digest(
    hashes: Mapping[str, tuple[str, ...]], max_samples: int | None
) -> str | None:
    """The digest that a record will hold: of the documents that are asked.

    Args:
        hashes: lm-eval's hash of each document of each task.
        max_samples: Only the first documents of each; `None` for all.
    """
    return combined(
        {
            name: sha256_hex("\n".join(sorted(of_task[:max_samples])).encode())
            for name, of_task in hashes.items()
        }
    )


def fewshot_digest(leaves: Mapping[str, Task], num_fewshot: int | None) -> str:
    """Digest of the documents from which the shots are drawn; empty if there are no shots."""
    found: dict[str, JsonValue] = {}
    for name, task in leaves.items():
        shots = num_fewshot if num_fewshot is not None else task.get_config("num_fewshot")
        if shots:
            found[name] = _documents_digest(task.fewshot_docs() or ())
    return sha256_hex(canonical_json(found)) if found else ""


def _documents_digest(documents: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        text = json.dumps(document, default=_as_json, sort_keys=True)
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()


def _as_json(value: object) -> object:
    """What JSON has no form for, alike in every process: sets have no order, objects an address."""
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, np.ndarray):
        # Unlike its text, which leaves out what is in the middle.
        return value.tolist()
    if callable(to_bytes := getattr(value, "tobytes", None)) and not isinstance(value, np.generic):
        # An image, whose text says nothing of what it shows.
        return [type(value).__name__, sha256_hex(to_bytes())]
    found = handle_non_serializable(value)
    return without_addresses(found) if isinstance(found, str) else found
