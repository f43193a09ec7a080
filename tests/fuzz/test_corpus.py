"""Every seed of the fuzzers, and some thousand changes of them, without `atheris`."""

import os
import pickle
import random
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from tests.fuzz.pickles import HOSTILE, MADE, PERSISTENT, Resolving, extension
from tests.fuzz.targets import CORPUS, TARGETS, is_accepted, target_of
from tests.fuzz.watching import only_reading
from tests.making.checkpoints.torch_files import write_archive

from weighin.errors import CheckpointError
from weighin.identity.containers.torch.header import read_header
from weighin.identity.fingerprint.checkpoint import fingerprint

SEEDS = [(name, seed) for name in TARGETS for seed in sorted((CORPUS / name).iterdir())]
_TORCH = ("parameter", "state-dict", "tied", "wide")
READABLE = {
    "fuzz_safetensors": {"empty", "numpy", "one"},
    "fuzz_torch_pickle": {
        "plain.zip", *(f"{name}{end}" for name in _TORCH for end in (".zip", "-2.pkl", "-4.pkl"))
    },
    "fuzz_gguf_paths": {"one", "real", "split"},
    "fuzz_index_json": {"real"},
    "fuzz_tokenizer": {"found-templates-of-one-name", "old", "real", "templates"},
    "fuzz_logs": {path.name for path in (CORPUS / "fuzz_logs").iterdir()}
    - {"no-json", "of-no-format"},
    "fuzz_tables": {path.name for path in (CORPUS / "fuzz_tables").iterdir()}
    - {"empty", "found-braces-of-no-literal", "found-groups-that-never-end",
       "found-half-a-character",
       "found-headings-joined-by-a-slash", "no-numbers"},
    "fuzz_cards": {"real", "several"},
    "fuzz_store": {"committed", "ledger", "record", "whole"},
    "fuzz_requirements": {"right", "short", "whole"},
    "fuzz_bundles": {"real", "statement"},
    "fuzz_hub": {"real", "two-pages"},
}  # fmt: skip
CHANGES = 400
# Each of their changes is a file, or some.
FEWER_CHANGES = {
    "fuzz_logs": 100, "fuzz_tables": 40, "fuzz_cards": 100, "fuzz_bundles": 200,
    "fuzz_requirements": 40,
}  # fmt: skip


@pytest.mark.parametrize(("name", "seed"), SEEDS, ids=lambda value: getattr(value, "name", value))
def test_a_seed_is_read_or_refused_by_name_and_nothing_else_happens(name, seed):
    accepted = is_accepted(target_of(name), seed.read_bytes())
    assert accepted == (seed.name in READABLE[name])


@pytest.mark.parametrize("name", TARGETS)
def test_changes_of_the_seeds_are_read_or_refused_by_name(name):
    target, chance = target_of(name), random.Random(name)
    seeds = [seed.read_bytes() for other, seed in SEEDS if other == name]
    outcomes = set()
    for _ in range(FEWER_CHANGES.get(name, CHANGES)):
        content = chance.choice(seeds)
        try:
            content = target.mutated(content, chance)
        except (ValueError, IndexError, RecursionError):
            continue  # a seed that has not the form that is changed
        outcomes.add(is_accepted(target, content))
    assert outcomes == {True, False}


@pytest.fixture
def working_folder(tmp_path, monkeypatch):
    """Where the programs make their folder; the archives lie elsewhere."""
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with extension():
        yield folder


def refused(folder: Path, program: bytes) -> str:
    """The message of the refusal, the same for the file and for its folder."""
    path = write_archive(folder / "pytorch_model.bin", program, {})
    with only_reading(), pytest.raises(CheckpointError) as by_file:
        read_header(path)
    with only_reading(), pytest.raises(CheckpointError) as by_folder:
        fingerprint(folder)
    assert str(by_file.value) == str(by_folder.value)
    return str(by_file.value).removeprefix(f"{path}: data.pkl: ")


@pytest.mark.parametrize("program", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_program_that_makes_a_folder_is_refused_and_makes_none(tmp_path, working_folder, program):
    pickle.loads(program)
    (working_folder / MADE).rmdir()
    message = refused(tmp_path, program)
    assert message.endswith("which was not executed") or "a pickle of protocol 2 to 5" in message
    assert list(working_folder.iterdir()) == []


@pytest.mark.parametrize("program", PERSISTENT.values(), ids=PERSISTENT.keys())
def test_a_persistent_id_is_resolved_by_nobody(tmp_path, working_folder, program):
    Resolving(BytesIO(program)).load()
    (working_folder / MADE).rmdir()
    message = refused(tmp_path, program)
    assert "which was not executed" in message or "a storage as torch.save names it" in message
    assert list(working_folder.iterdir()) == []


def test_the_corpus_holds_every_program():
    programs = {**HOSTILE, **PERSISTENT}
    folder = CORPUS / "fuzz_torch_pickle"
    found = {name: (folder / f"hostile-{name}.pkl").read_bytes() for name in programs}
    assert found == programs


NOTICED = {
    "a file that is written": lambda folder: (folder / "x").write_text(""),
    "a file that is written by descriptor": lambda folder: os.close(
        os.open(folder / "x", os.O_WRONLY | os.O_CREAT)
    ),
    "a folder that is made": lambda folder: (folder / "x").mkdir(),
    "a program that is started": lambda _: subprocess.run(["true"], check=True),
    "text that is evaluated": lambda _: eval("1"),
    "a name that a pickle looks up": lambda _: pickle.loads(b"cbuiltins\nlen\n."),
    "a module that is loaded": lambda _: __import__("weighin.not_there"),
}


@pytest.mark.parametrize("act", NOTICED.values(), ids=NOTICED.keys())
def test_the_watch_notices(tmp_path, act):
    with pytest.raises(AssertionError, match="did more than reading"), only_reading():
        act(tmp_path)
