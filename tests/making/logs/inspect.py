"""Logs of Inspect in small, as it writes them: header, samples, archive."""

import json
import sys
from copy import deepcopy
from pathlib import Path

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of

if sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile

MODEL = "openai/gpt-latest"
METHODS = {"stored": 0, "deflated": 8, "zstd": 93}


def call(*, answered="gpt-2030-01-01", provider=None, fingerprint=None, model=MODEL, tools=()):
    """A call to a model, with what its server answered."""
    response = {"model": answered}
    if provider is not None:
        response["provider"] = provider
    if fingerprint is not None:
        response["system_fingerprint"] = fingerprint
    return {
        "event": "model",
        "model": model,
        "tools": [{"name": name} for name in tools],
        "config": {},
        "output": {"model": answered, "choices": [{"stop_reason": "stop"}]},
        "call": {"request": {}, "response": response},
    }


def sample(number, epoch=1, *, value="C", stop="stop", events=None, **fields):
    """One answer to one document."""
    answer = {"role": "assistant", "content": f"answer {number}"}
    return {
        "id": number,
        "epoch": epoch,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "?"},
            answer,
        ],
        "output": {
            "model": "gpt-2030-01-01",
            "choices": [{"message": answer, "stop_reason": stop}],
            "usage": {"output_tokens": 4},
        },
        "scores": {"match": {"value": value}},
        "events": [call()] if events is None else events,
    } | fields


def header(samples=4, *, accuracy=0.75, **evaluation):
    """What stands before the samples of a run of `samples` documents with one answer each."""
    return {
        "version": 2,
        "status": "success",
        "eval": {
            "created": "2030-01-02T03:04:05+01:00",
            "task": "capitals",
            "task_version": 3,
            "task_args": {},
            "dataset": {
                "name": "capitals",
                "location": "org/capitals",
                "samples": samples,
                "sample_ids": list(range(1, samples + 1)),
            },
            "model": MODEL,
            "model_args": {},
            "config": {"epochs": 1, "epochs_reducer": ["mean"]},
            "revision": {"type": "git", "commit": "36190055", "dirty": True},
            "packages": {"inspect_ai": "0.3.138"},
        }
        | evaluation,
        "plan": {"config": {"temperature": 0.5, "max_tokens": 64}},
        "results": {
            "total_samples": samples,
            "completed_samples": samples,
            "scores": [
                {
                    "name": "match",
                    "scorer": "match",
                    "metrics": {
                        "accuracy": {"name": "accuracy", "value": accuracy},
                        "stderr": {"name": "stderr", "value": 0.25},
                    },
                }
            ],
        },
        "stats": {
            "started_at": "2030-01-02T03:04:06+01:00",
            "completed_at": "2030-01-02T03:05:06+01:00",
        },
    }


def three_of_four():
    """Samples of which three of four are right."""
    return [sample(1), sample(2), sample(3, value="I"), sample(4)]


def document():
    """A whole log as one JSON document."""
    return deepcopy(header() | {"samples": three_of_four()})


def archive(folder: Path, log, samples, *, method="zstd", name="run.eval", start_only=False):
    """The log as Inspect writes it into an archive; without its header if it was cancelled."""
    path = folder / name
    with zipfile.ZipFile(path, "w", METHODS[method]) as writer:
        start = {key: log[key] for key in ("version", "eval", "plan")}
        writer.writestr("_journal/start.json", json.dumps(start))
        for item in samples:
            member = f"samples/{item['id']}_epoch_{item['epoch']}.json"
            writer.writestr(member, json.dumps(item))
        if not start_only:
            writer.writestr("header.json", json.dumps(log))
    return path


def written(log, folder: Path, name="run.json") -> Path:
    """The log as JSON."""
    path = folder / name
    path.write_text(json.dumps(log))
    return path


def read(path: Path) -> Reading:
    """What the reader that recognises a file finds in it."""
    file = ForeignFile(path, path.name)
    reader = reader_of(file)
    assert reader is not None
    return reader.read(file)


def record_of(log, folder: Path):
    """The one record of a log."""
    (found,) = read(written(log, folder)).records
    return found.record


def fact(record, name):
    """The value of a fact; `None` if there is none."""
    found = record.fact(name)
    return None if found is None else found.value
