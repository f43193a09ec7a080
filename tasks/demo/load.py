"""Load the documents of the demo benchmarks from `data/`, wherever lm-eval was started."""

from __future__ import annotations

import json
from pathlib import Path

from datasets import Dataset, DatasetDict

DATA = Path(__file__).resolve().parent / "data"


def documents(benchmark: str, **_metadata: object) -> DatasetDict:
    """Every split of one benchmark, read from `data/<benchmark>.<split>.jsonl`.

    Built in memory: the `json` builder of `datasets` resolves paths against the current directory,
    and its cache serves old documents if a file changes while its modification time does not.

    Args:
        benchmark: Name of the benchmark, as in its file names.
        _metadata: What lm-eval adds to every call: the `metadata` of the task.

    Raises:
        FileNotFoundError: There is no such benchmark.
    """
    splits = {}
    for path in sorted(DATA.glob(f"{benchmark}.*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        splits[path.suffixes[0].removeprefix(".")] = Dataset.from_list(
            [json.loads(x) for x in lines]
        )
    if not splits:
        raise FileNotFoundError(f"{DATA}: no file {benchmark}.<split>.jsonl")
    return DatasetDict(splits)
