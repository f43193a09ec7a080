"""Whether samples are those of a results file in another order than lm-eval hashed them in."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from weighin.files.json.foreign import Json, as_mapping, as_text, parsed
from weighin.sources.formats.lm_eval.samples import lines_of

_MOST_FILTERS = 3
_MOST_PROCESSES = 16
_PARTS = ("doc", "prompt", "target")


@dataclass(frozen=True, slots=True)
class _Hashed:
    """The hashes of one sample, and where it stood when they were hashed."""

    document: int
    filter_name: str
    hashes: bytes


def is_reordered(path: Path, stated: str) -> bool:
    """Whether lm-eval's digest of a task is that of these samples as lm-eval had ordered them.

    It hashes filter by filter and within one by document; of several processes, each in its turn
    has the documents that its rank leaves.

    Args:
        path: A samples file that was read before.
        stated: `task_hashes` of the results file.

    Source:
        lm-eval 0.4.13, evaluator.py: `doc_iterator`, `islice` by rank, `task_hashes`.
    """
    samples = list(_hashed(path))
    return any(_digest(order) == stated for order in _orders(samples))


def _hashed(path: Path) -> Iterator[_Hashed]:
    for line in lines_of(path):
        if not line.strip():
            continue
        sample = as_mapping(parsed(line))
        number = sample.get("doc_id")
        # Without a number there is no order to go back to.
        if type(number) is not int:
            return
        hashes = "".join(as_text(sample.get(f"{p}_hash")) or "" for p in _PARTS)
        yield _Hashed(number, _filter(sample), hashes.encode())


def _filter(sample: Json) -> str:
    return json.dumps(sample.get("filter"), sort_keys=True)


def _orders(samples: Sequence[_Hashed]) -> Iterator[Sequence[_Hashed]]:
    filters = tuple(dict.fromkeys(sample.filter_name for sample in samples))
    orders = permutations(filters) if len(filters) <= _MOST_FILTERS else [filters]
    documents = {n: place for place, n in enumerate(sorted({s.document for s in samples}))}
    for order in orders:
        place = {name: n for n, name in enumerate(order)}
        for processes in range(1, min(len(documents), _MOST_PROCESSES) + 1):
            yield sorted(
                samples,
                key=lambda s: (
                    documents[s.document] % processes,
                    place[s.filter_name],
                    s.document,
                ),
            )


def _digest(samples: Sequence[_Hashed]) -> str:
    return hashlib.sha256(b"".join(sample.hashes for sample in samples)).hexdigest()
