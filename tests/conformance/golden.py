"""A real evidence folder whose verdict is `met`, and ways to change one field of it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.conformance.tiny_runs import Workshop
from tests.making.checkpoints.reading import let_rest
from weighin.identity.facets import Facet

TASK = "tiny_generate"
REQUIREMENTS = f"""weighin: 1
model:
  name: tiny
  checkpoint: checkpoints/tiny
  released: checkpoints/tiny
  chat_template: true
  system_prompt: You are helpful.
tasks: [tasks]
profile: comparable
same: [{", ".join(Facet)}]
benchmarks:
  - task: tiny_choice
  - task: tiny_generate
    metric: exact_match,strict
    num_fewshot: 2
    task_version: "2.0"
    decoding: {{max_gen_toks: 4}}
"""


def make(folder: Path, checkpoints: Path) -> Path:
    """The bundle: requirements, checkpoint and evidence of one real run."""
    folder.mkdir()
    (folder / "requirements.yaml").write_text(REQUIREMENTS)
    (folder / "evidence").mkdir()
    workshop = Workshop(folder, checkpoints)
    workshop.put("tiny")
    # So that its records say the same whenever it is made.
    let_rest(folder / "checkpoints" / "tiny")
    workshop.score()
    return folder


def copied(bundle: Path, folder: Path) -> Path:
    """A copy of what a check reads. The checkpoint is linked: no check writes."""
    folder.mkdir()
    shutil.copy(bundle / "requirements.yaml", folder)
    shutil.copytree(bundle / "evidence", folder / "evidence")
    (folder / "checkpoints").symlink_to(bundle / "checkpoints", target_is_directory=True)
    return folder


def record_of(folder: Path, task: str = TASK) -> Path:
    """The record file of a benchmark."""
    (path,) = folder.glob(f"evidence/tiny/{task}/*/*/record.json")
    return path


def change(folder: Path, changed: Callable[[dict], None], *, is_sealed: bool) -> None:
    """Change a record, and if it is sealed, all digests of it: ledger and commit marker."""
    path = record_of(folder)
    before = path.read_bytes()
    record = json.loads(before)
    changed(record)
    after = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    path.write_bytes(after)
    if is_sealed:
        old, new = (hashlib.sha256(content).hexdigest() for content in (before, after))
        marker = path.parent.parent / "committed.json"
        marker.write_text(marker.read_text().replace(old, new))
        _seal(folder / "evidence" / "ledger.jsonl", old, new)


def _seal(ledger: Path, old: str, new: str) -> None:
    """Replace a digest in the ledger, and chain all its lines again."""
    lines: list[bytes] = []
    became: dict[str, str] = {}
    for line in ledger.read_bytes().splitlines():
        entry = json.loads(line.replace(old.encode(), new.encode()))
        entry["previous"] = became.get(entry["previous"], entry["previous"])
        for chain, digest in entry.get("heads", {}).items():
            entry["heads"][chain] = became.get(digest, digest)
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        lines.append(text.encode())
        became[hashlib.sha256(line).hexdigest()] = hashlib.sha256(lines[-1]).hexdigest()
    ledger.write_bytes(b"\n".join(lines) + b"\n")


def put(record: dict, path: str, value: object) -> None:
    """Replace the value at a dotted path."""
    *way, last = path.split(".")
    inner: object = record
    for part in way:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    if isinstance(inner, list):
        inner[int(last)] = value
    else:
        inner[last] = value
