"""Turn the facts in `facts/` into the documents in `data/`, the same bytes on every machine.

Usage:
    python tasks/demo/make_tasks.py            write data/*.jsonl
    python tasks/demo/make_tasks.py --check    write nothing; exit 1 if a byte would change
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

Document: TypeAlias = Mapping[str, str | int | list[str]]
Fact: TypeAlias = Mapping[str, str]

FACTS = Path(__file__).resolve().parent / "facts"
DATA = Path(__file__).resolve().parent / "data"
DISTRACTORS = 3


def read_facts(name: str) -> tuple[Fact, ...]:
    """Rows of `facts/<name>.csv`, in file order."""
    with (FACTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


def shuffled(key: str, words: Iterable[str]) -> list[str]:
    """The distinct words in an order that depends on nothing but `key` and the words.

    Hashes, because `random.shuffle` may change its order between two versions of Python.
    """
    return sorted(set(words), key=lambda word: hashlib.sha256(f"{key}\n{word}".encode()).digest())


def animals() -> tuple[Document, ...]:
    """Animals, each with its kind among all the kinds."""
    facts = read_facts("animals")
    kinds = sorted({fact["kind"] for fact in facts})
    return tuple(
        {"animal": fact["animal"], "choices": kinds, "answer": kinds.index(fact["kind"])}
        for fact in facts
    )


def elements() -> tuple[Document, ...]:
    """Chemical elements, each with its symbol."""
    return tuple(
        {"element": fact["name"], "symbol": fact["symbol"]} for fact in read_facts("elements")
    )


def opposites(split: str) -> tuple[Document, ...]:
    """Words of one split (`dev` or `test`), each with its opposite among three unrelated words."""
    facts = tuple(fact for fact in read_facts("opposites") if fact["split"] == split)
    opposite_words = {fact["opposite"] for fact in facts}
    documents: list[Document] = []
    for fact in facts:
        word, opposite = fact["word"], fact["opposite"]
        unrelated = shuffled(f"distractors of {word}", opposite_words - {word, opposite})
        choices = shuffled(f"choices of {word}", [opposite, *unrelated[:DISTRACTORS]])
        documents.append({"word": word, "choices": choices, "answer": choices.index(opposite)})
    return tuple(documents)


def passages() -> tuple[Document, ...]:
    """Short passages of plain English, one a line of `facts/passages.txt`."""
    lines = (FACTS / "passages.txt").read_text(encoding="utf-8").splitlines()
    return tuple({"passage": line} for line in lines)


FILES: Mapping[str, Callable[[], tuple[Document, ...]]] = {
    "animals.test.jsonl": animals,
    "elements.test.jsonl": elements,
    "opposites.dev.jsonl": lambda: opposites("dev"),
    "opposites.test.jsonl": lambda: opposites("test"),
    "passages.test.jsonl": passages,
}


def encoded(documents: Iterable[Document]) -> bytes:
    """JSON Lines: UTF-8, one document a line, every line ended by a line feed."""
    return "".join(json.dumps(doc, ensure_ascii=False) + "\n" for doc in documents).encode()


def stale_files() -> tuple[str, ...]:
    """Names in `data/` whose bytes are not what the facts give, are missing, or have no facts."""
    expected = {name: encoded(make()) for name, make in FILES.items()}
    found = {path.name: path.read_bytes() for path in DATA.glob("*.jsonl")}
    names = sorted(expected.keys() | found.keys())
    return tuple(name for name in names if expected.get(name) != found.get(name))


def main() -> int:
    """Write the documents or check them.

    Returns:
        Exit status: 1 if `--check` found a file that differs, 0 otherwise.
    """
    parser = argparse.ArgumentParser(description="Make the documents of the demo benchmarks.")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    if parser.parse_args().check:
        stale = stale_files()
        for name in stale:
            print(f"data/{name}: not what the facts give; run make_tasks.py", file=sys.stderr)
        return 1 if stale else 0
    DATA.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (DATA / name).write_bytes(encoded(make()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
