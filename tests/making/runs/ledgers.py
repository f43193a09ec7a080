"""Ledgers as weighin writes them, as it wrote them before, and as somebody makes them fit."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from weighin.evidence.ledger import LEDGER_NAME
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.stores.interface import Storage

ZEROS = "0" * 64


class ObjectStorage:
    """An object store in memory: the verbs that are asked of one, and nothing of a folder."""

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})

    @property
    def place(self) -> str:
        return "memory://store"

    def prepare(self) -> None:
        pass

    def create(self, key: str, content: bytes) -> bool:
        return self.objects.setdefault(key, content) is content

    def read(self, key: str, *, max_bytes: int) -> bytes | None:
        content = self.objects.get(key)
        assert content is None or len(content) <= max_bytes
        return content

    def list(self, prefix: str) -> Iterator[str]:
        return iter(sorted(key for key in self.objects if key.startswith(prefix)))

    def put_blob(self, source: Path, sha256: str) -> None:
        self.objects.setdefault(f"blobs/{sha256}", source.read_bytes())

    def exists(self, key: str) -> bool:
        return key in self.objects


def is_storage(storage: ObjectStorage) -> Storage:
    """The types agree."""
    return storage


def old_lines(*events: str, run_id: str = "old-run", previous: str = ZEROS) -> list[bytes]:
    """Lines as weighin wrote them before events had a format, each bound to the one before."""
    lines: list[bytes] = []
    for event in events:
        line = canonical_json(
            {
                "time": "2026-01-01T00:00:00.000Z",
                "event": event,
                "run_id": run_id,
                "model": "tiny",
                "benchmark": "",
                "job_id": "",
                "attempt_id": "",
                "detail": {},
                "previous": previous,
            }
        )
        previous = sha256_hex(line)
        lines.append(line)
    return lines


def lines_of(folder: Path, name: str = LEDGER_NAME) -> list[bytes]:
    """The lines of a ledger, without their ends."""
    return (folder / name).read_bytes().split(b"\n")[:-1]


def write_lines(folder: Path, lines: Iterable[bytes], name: str = LEDGER_NAME) -> None:
    """A ledger with these lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))


def relinked(
    lines: Iterable[bytes], changed: Callable[[dict], None], *, heads: bool = True
) -> list[bytes]:
    """The lines of today, each changed, with all digests between them made to fit.

    Args:
        lines: A run's after those that its first event names.
        changed: What is changed in each.
        heads: Whether what runs saw of each other is made to fit, too.
    """
    became: dict[str, str] = {}
    made: list[bytes] = []
    for raw in lines:
        line = json.loads(raw)
        changed(line)
        line["previous"] = became.get(line["previous"], line["previous"])
        if heads and "heads" in line:
            line["heads"] = {c: became.get(sha, sha) for c, sha in line["heads"].items()}
        made.append(canonical_json(line))
        became[sha256_hex(raw)] = sha256_hex(made[-1])
    return made
