"""Results documents of lm-eval in every shape that it had, cut down to what is read."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path

from weighin.evidence.collected import BrokenFile
from weighin.evidence.records import Observation, Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Agreement, Facet, Grade, agreement
from weighin.sources.formats.lm_eval.reader import LmEvalReader

COMMIT = "e1945c40cd546c78e41f1151f4db032b271faeaa"
STAMP = "2026-02-21T16-56-08.780608"

_MODERN = {
    "results": {
        "arc": {
            "alias": "arc",
            "acc,none": 0.5,
            "acc_stderr,none": 0.01,
            "acc_norm,none": 0.25,
            "acc_norm_stderr,none": "N/A",
            "sample_len": 4,
        }
    },
    "group_subtasks": {"arc": []},
    "configs": {
        "arc": {
            "task": "arc",
            "dataset_path": "allenai/ai2_arc",
            "output_type": "multiple_choice",
            "repeats": 1,
            "metric_list": [{"metric": "acc", "aggregation": "mean"}],
            "metadata": {"version": 1.0, "pretrained": "org/model"},
        }
    },
    "versions": {"arc": 1.0},
    "n-shot": {"arc": 25},
    "n-samples": {"arc": {"original": 4, "effective": 4}},
    "config": {
        "model": "hf",
        "model_args": "pretrained=org/model,dtype=bfloat16",
        "model_dtype": "torch.bfloat16",
        "model_revision": "main",
        "model_sha": COMMIT,
        "batch_size": 8,
        "limit": None,
        "random_seed": 0,
    },
    "date": 1763762400.25,
    "transformers_version": "5.23.0",
    "lm_eval_version": "0.4.13",
    "tokenizer_pad_token": ["<pad>", "0"],
    "tokenizer_eos_token": ["</s>", "2"],
    "tokenizer_bos_token": ["<s>", "1"],
    "task_hashes": {},
    "model_source": "hf",
    "model_name": "org/model",
    "system_instruction_sha": None,
    "chat_template_sha": None,
}


def modern(**replaced: object) -> dict:
    """A results document of lm-eval 0.4.13; `None` removes a key."""
    return _with(copy.deepcopy(_MODERN), replaced)


def with_config(**replaced: object) -> dict:
    """The same with keys of `config` replaced; `None` removes a key."""
    document = modern()
    _with(document["config"], replaced)
    if "model" in replaced:
        document["model_source"] = replaced["model"]
    return document


def _with(document: dict, replaced: dict) -> dict:
    for key, value in replaced.items():
        name = key.replace("__", "-")
        document[name] = value
        if value is None:
            del document[name]
    return document


def of_2022() -> dict:
    """A results document of lm-eval 0.2: no configurations, no filters, one number of shots."""
    return {
        "results": {"arc": {"acc": 0.5, "acc_stderr": 0.01, "acc_norm": 0.25}},
        "versions": {"arc": 0},
        "config": {
            "model": "hf-causal",
            "model_args": "pretrained=org/model,revision=step1000",
            "num_fewshot": 25,
            "limit": None,
            "no_cache": True,
        },
    }


def written(document: object, folder: Path, name: str = f"results_{STAMP}.json") -> Path:
    """The document in a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(document))
    return path


@dataclass(frozen=True)
class ReadLog:
    """All that is read of a results file: records with their folders, samples, what is broken."""

    records: tuple[tuple[Record, Path], ...]
    samples: tuple[Path, ...]
    broken: tuple[BrokenFile, ...]


def read_log(path: Path, shown: str) -> ReadLog:
    """What is read of a results file."""
    reading = LmEvalReader().read(ForeignFile(path, shown))
    found = tuple(reading.records)
    return ReadLog(
        records=tuple((read.record, read.folder) for read in found),
        samples=reading.companions,
        broken=tuple(broken for read in found for broken in read.broken),
    )


def read(document: object, folder: Path) -> ReadLog:
    """What is read of a document."""
    return read_log(written(document, folder), "log.json")


def record_of(document: object, folder: Path, task: str = "arc") -> Record:
    """The record of one task of a document."""
    (record,) = (r for r, _ in read(document, folder).records if r.asked.task == task)
    return record


def observed(document: object, folder: Path, facet: Facet, task: str = "arc") -> Observation:
    """What a document says of one facet."""
    return record_of(document, folder, task).observation(facet)


def compared(facet: Facet, first: dict, second: dict, folder: Path) -> Agreement:
    """Whether two documents agree on a facet, for whoever takes a name for evidence."""
    left, right = (
        observed(document, folder / str(n), facet).identifiers
        for n, document in enumerate((first, second))
    )
    return agreement(left, right, Grade.NAMED)
