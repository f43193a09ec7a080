"""Results documents of LightEval of both eras, cut down to what is read."""

import copy
import json
from pathlib import Path

from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.lighteval.reader import LightEvalReader

COMMIT = "e1945c40cd546c78e41f1151f4db032b271faeaa"
STAMP = "2026-02-21T16-56-08.780608"
NAME = f"results_{STAMP}.json"
HASHES = {"hash_examples": "ddec8fc79d0a014b", "hash_full_prompts": "253167becf0dfed7"}


def of_2025() -> dict:
    """As LightEval 0.8 writes it: no model config, and nothing of the model but its name."""
    return {
        "config_general": {
            "lighteval_sha": "?",
            "num_fewshot_seeds": 1,
            "max_samples": None,
            "job_id": 0,
            "start_time": 2583924.18,
            "end_time": 2584537.17,
            "model_name": "acme/solver",
            "model_sha": "",
            "model_dtype": None,
            "model_size": None,
        },
        "results": {
            "custom|sums|0": {"extractive_match": 0.4, "extractive_match_stderr": 0.09},
            "all": {"extractive_match": 0.4, "extractive_match_stderr": 0.09},
        },
        "versions": {"custom|sums|0": 1},
        "config_tasks": {
            "custom|sums": {
                "name": "sums",
                "hf_repo": "acme/sums",
                "hf_revision": None,
                "metric": [
                    {"metric_name": "extractive_match", "category": "3", "corpus_level_fn": "mean"}
                ],
                "generation_size": 32768,
                "num_samples": None,
                "original_num_docs": 30,
                "effective_num_docs": 30,
                "version": 1,
            }
        },
        "summary_tasks": {"custom|sums|0": {"hashes": HASHES, "truncated": 0}},
    }


def modern() -> dict:
    """As LightEval 0.11 writes it: with the model config, and without counts of documents."""
    return {
        "config_general": {
            "lighteval_sha": "?",
            "num_fewshot_seeds": 1,
            "max_samples": None,
            "model_config": {
                "model_name": "acme/solver",
                "generation_parameters": {
                    "temperature": 0.6,
                    "top_p": 0.95,
                    "top_k": None,
                    "seed": None,
                    "max_new_tokens": 32768,
                },
                "system_prompt": None,
                "tokenizer": None,
                "revision": "step-1172",
                "dtype": "bfloat16",
                "tensor_parallel_size": 1,
                "gpu_memory_utilization": 0.85,
                "max_model_length": 32768,
                "quantization": None,
                "load_format": None,
                "seed": 1234,
                "trust_remote_code": False,
                "add_special_tokens": True,
                "subfolder": None,
                "override_chat_template": None,
                "api_key": "sk-secret",
            },
            "model_name": "acme/solver",
        },
        "results": {
            "lighteval|sums|2": {"pass@k_with_k&n": 0.2, "pass@k_with_k&n_stderr": 0.018},
            "all": {"pass@k_with_k&n": 0.2},
        },
        "versions": {},
        "config_tasks": {
            "lighteval|sums|2": {
                "name": "sums",
                "hf_repo": "acme/sums",
                "hf_revision": "v1.1",
                "metrics": [
                    {
                        "metric_name": "pass@k_with_k&n",
                        "category": "GENERATIVE",
                        "corpus_level_fn": "mean",
                    }
                ],
                "num_samples": None,
                "original_num_docs": -1,
                "effective_num_docs": -1,
                "num_fewshots": 2,
                "version": 2,
            }
        },
        "summary_tasks": {"lighteval|sums|2": {"hashes": HASHES}},
    }


def with_model(**changes: object) -> dict:
    """A modern document with other values in its model config."""
    document = copy.deepcopy(modern())
    document["config_general"]["model_config"] |= changes
    return document


def written(document: object, folder: Path, name: str = NAME) -> ForeignFile:
    """The document as a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return ForeignFile(path, name)


def records(document: object, folder: Path, name: str = NAME) -> list[Record]:
    """The records that are read from a document."""
    reading = LightEvalReader().read(written(document, folder, name))
    return [read.record for read in reading.records]


def record(document: object, folder: Path, name: str = NAME) -> Record:
    """The only record that is read from a document."""
    (only,) = records(document, folder, name)
    return only
