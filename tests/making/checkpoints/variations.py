"""Honest variations: one small checkpoint, saved, cut, moved or linked in another way."""

import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.making.checkpoints import savings
from tests.making.checkpoints.small import (
    Checkpoint,
    new_checkpoint,
    write_beside,
    write_original,
)

from weighin.identity.comparison.manifests import Relation, compare_manifests, facet_values
from weighin.identity.fingerprint.checkpoint import fingerprint

COUNT = 1000
SEED = 915


@dataclass(frozen=True)
class Kind:
    """One way to vary a checkpoint.

    Attributes:
        save: Writes it anew, into an existing folder; `None` to write it as it is.
        place: Puts a written folder elsewhere, and returns where; `None` to leave it.
        keeps_id: Whether the files that a loader reads stay the same, and with them the id.
        cores: How many the fingerprint may use; `None` for all.
    """

    save: Callable[[random.Random, Checkpoint, Path], None] | None = None
    place: Callable[[random.Random, Path], Path] | None = None
    keeps_id: bool = False
    cores: int | None = None


def varied(kind: Kind, seed: str, parent: Path) -> tuple[str, ...]:
    """What is not the same after a variation; empty if all that must be is.

    Args:
        kind: The variation.
        seed: Of the checkpoint and of the variation.
        parent: An empty folder.
    """
    chance = random.Random(seed)
    checkpoint = new_checkpoint(chance)
    original = write_original(checkpoint, parent / "original")
    if kind.save is None:
        folder = write_original(checkpoint, parent / "varied")
    else:
        folder = parent / "varied"
        folder.mkdir()
        write_beside(checkpoint, folder)
        kind.save(chance, checkpoint, folder)
    if kind.place is not None:
        folder = kind.place(chance, folder)
    before = fingerprint(original)
    with _cores(kind.cores):
        after = fingerprint(folder)
    found = []
    if before.weights != after.weights:
        found.append("weights digest")
    unequal = [f for f, value in facet_values(before).items() if facet_values(after)[f] != value]
    found.extend(f"facet {facet}" for facet in unequal)
    if compare_manifests(before, after).relation is not Relation.SAME_CHECKPOINT:
        found.append("relation")
    if kind.keeps_id and before.checkpoint_id != after.checkpoint_id:
        found.append("checkpoint id")
    return tuple(found)


def trial(name: str, count: int, parent: Path) -> tuple[str, ...]:
    """What `count` variations of a kind get wrong, each with its seed."""
    failures = []
    for number in range(count):
        seed = f"{SEED}/{name}/{number}"
        folder = parent / str(number)
        folder.mkdir()
        wrong = varied(KINDS[name], seed, folder)
        failures.extend(f"{name}, seed {seed!r}: {what}" for what in wrong)
        _writable(folder)
        shutil.rmtree(folder)
    return tuple(failures)


def shares(total: int) -> Mapping[str, int]:
    """How many of some variations fall to each kind."""
    each, rest = divmod(total, len(KINDS))
    return {name: each + (number < rest) for number, name in enumerate(KINDS)}


def _renamed(chance: random.Random, folder: Path) -> Path:
    name = chance.choice(["checkpoint-500", "with space", "Ω", ".hidden", "a.safetensors"])
    return folder.rename(folder.with_name(name))


def _linked_folder(chance: random.Random, folder: Path) -> Path:
    link = folder.with_name("link")
    link.symlink_to(folder if chance.random() < 0.5 else folder.name)
    return link


def _touched(chance: random.Random, folder: Path) -> Path:
    for file in folder.iterdir():
        when = chance.randint(0, 2 * 10**9)
        os.utime(file, (when, when))
    return folder


def _read_only(chance: random.Random, folder: Path) -> Path:
    for file in folder.iterdir():
        file.chmod(chance.choice([0o400, 0o444]))
    folder.chmod(0o555)
    return folder


def _hard_links(chance: random.Random, folder: Path) -> Path:
    linked = folder.with_name("linked")
    linked.mkdir()
    for file in folder.iterdir():
        os.link(file, linked / file.name)
    if chance.random() < 0.5:
        shutil.rmtree(folder)
    return linked


def _copied(chance: random.Random, folder: Path) -> Path:
    copy = folder.with_name("copy")
    copy.mkdir()
    for file in chance.sample(sorted(folder.iterdir()), len(list(folder.iterdir()))):
        shutil.copyfile(file, copy / file.name)
    return copy


def _with_documents(chance: random.Random, folder: Path) -> Path:
    """Files that no loader reads, in the folder and below it."""
    names = [
        "README.md", "LICENSE", ".gitattributes", "loss.png", "figures/curve.svg", "optimizer.pt",
        "trainer_state.json", "runs/1/events.out.tfevents", "eval/results.json", "notes é.txt",
    ]  # fmt: skip
    for name in chance.sample(names, chance.randint(1, len(names))):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chance.randbytes(chance.randint(0, 200)))
    return folder


def _hub_cache(*, is_shared: bool) -> Callable[[random.Random, Path], Path]:
    """A snapshot of links to blobs; if shared, those are links to the blobs of the whole cache."""

    def place(chance: random.Random, folder: Path) -> Path:
        repository = folder.with_name("hub") / "models--org--name"
        snapshot = repository / "snapshots" / f"{chance.getrandbits(160):040x}"
        snapshot.mkdir(parents=True)
        (repository / "blobs").mkdir()
        for file in folder.iterdir():
            name = f"{chance.getrandbits(256):064x}"
            blob = repository / "blobs" / name
            if is_shared:
                store = repository.parent / "blobs" / name[:2]
                store.mkdir(parents=True, exist_ok=True)
                file.rename(store / name)
                blob.symlink_to(f"../../blobs/{name[:2]}/{name}")
            else:
                file.rename(blob)
            (snapshot / file.name).symlink_to(f"../../blobs/{name}")
        return snapshot

    return place


@contextmanager
def _cores(count: int | None) -> Iterator[None]:
    """Lets this process use only so many cores."""
    if count is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(usable)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


def _writable(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        Path(path).chmod(0o755)


KINDS: Mapping[str, Kind] = {
    "saved again": Kind(keeps_id=True),
    "tensors in another order": Kind(savings.other_order),
    "other metadata": Kind(savings.other_metadata),
    "other spelling and padding of the header": Kind(savings.other_header),
    "saved by the safetensors library": Kind(savings.library),
    "cut into shards": Kind(savings.shards),
    "shards of any name": Kind(savings.shards_of_any_name),
    "shards in a hub cache": Kind(savings.shards, _hub_cache(is_shared=True)),
    "one file of torch.save": Kind(savings.torch_file),
    "shards of torch.save": Kind(savings.torch_shards),
    "shards of torch.save in a hub cache": Kind(savings.torch_shards, _hub_cache(is_shared=False)),
    "views of larger storages": Kind(savings.torch_views),
    "parameters": Kind(savings.torch_parameters),
    "torch.save under another name": Kind(savings.torch_any_name),
    "JSON files spelled otherwise": Kind(savings.other_json),
    "saved by another version": Kind(savings.other_save),
    "folder renamed": Kind(place=_renamed, keeps_id=True),
    "folder linked": Kind(place=_linked_folder, keeps_id=True),
    "hub cache, one link": Kind(place=_hub_cache(is_shared=False), keeps_id=True),
    "hub cache, two links": Kind(place=_hub_cache(is_shared=True), keeps_id=True),
    "hard links": Kind(place=_hard_links, keeps_id=True),
    "copied": Kind(place=_copied, keeps_id=True),
    "touched": Kind(place=_touched, keeps_id=True),
    "read only": Kind(place=_read_only, keeps_id=True),
    "documents and training state beside": Kind(place=_with_documents, keeps_id=True),
    "one core": Kind(keeps_id=True, cores=1),
    "shards on one core": Kind(savings.shards, cores=1),
}
