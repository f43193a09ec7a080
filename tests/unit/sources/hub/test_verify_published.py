"""`weighin verify` against what a hub publishes: 0 unchanged, 10 changed, 11 unknown."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tests.making.hub.release import FIRST, MAIN, PINNED, SECOND, change_a_bit
from tests.making.hub.server import COMMIT, REPOSITORY, Hub

from weighin import api
from weighin.errors import CheckpointError
from weighin.identity.published.verification import PublishedAnswer


@pytest.fixture
def saved(weighin, tmp_path: Path) -> Path:
    path = tmp_path / "release.json"
    assert weighin("fingerprint", PINNED, "--save", path).code == 0
    return path


def test_downloaded_copy_is_what_is_published(weighin, scored: Path, hub: Hub):
    told = weighin("verify", PINNED, scored)

    assert (told.code, told.errors) == (0, "")
    assert told.output.startswith(f"{scored} held against {PINNED}\n")
    assert "\npublished: the folder is what is published\n" in told.output
    assert f"{PINNED}, as {hub.url} lists it" in told.output
    assert "same: all 2 weight files are equal by sha256" in told.output


def test_saved_description_needs_no_hub_and_is_named(weighin, scored: Path, saved: Path, hub: Hub):
    hub.requests.clear()

    told = weighin("verify", saved, scored)

    assert told.code == 0
    assert f"kept in {saved}" in told.output
    assert hub.requests == []


def test_no_weights_are_asked_for(weighin, scored: Path, hub: Hub):
    weighin("verify", PINNED, scored)

    assert all("range" in h for _, path, h in hub.requests if path.startswith("/content/"))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tokenizer.json", "changed"),
        ("tokenizer.json", "missing"),
        ("modeling_tiny.py", "appeared"),
        ("generation_config.json", "appeared"),
        ("config.json", "changed"),
    ],
)
def test_file_that_a_loader_reads_and_that_is_not_the_published_one_is_a_change(
    weighin, scored: Path, saved: Path, name, change
):
    if change == "missing":
        (scored / name).unlink()
    else:
        (scored / name).write_text('{"model_type": "tiny", "hidden_size": 5}')

    found = weighin("verify", saved, scored)

    assert found.code == 10
    assert "published: the folder is not what is published" in found.output
    assert f"- {name}: {change}\n" in found.output
    assert found.output.count("  - ") == 1


@pytest.mark.parametrize("name", ["README.md", "docs/card.md", "notes.txt"])
def test_file_that_no_loader_reads_may_differ(weighin, scored: Path, saved: Path, name):
    (scored / name).write_text("other")

    assert weighin("verify", saved, scored).code == 0


def test_one_bit_in_a_tensor_is_unknown_since_other_files_may_hold_the_same_tensors(
    weighin, scored: Path, saved: Path
):
    change_a_bit(scored / SECOND)

    told = weighin("verify", saved, scored)

    assert told.code == 11
    assert "only their bytes could tell" in told.output
    assert f"    - {SECOND}\n" in told.output
    assert FIRST not in told.output
    assert f"hf download {REPOSITORY} --revision {COMMIT}, and `weighin compare`" in told.output


def test_tensor_of_another_shape_is_a_change_and_is_named(weighin, scored: Path, saved: Path):
    tensors = load_file(scored / SECOND)
    save_file({**tensors, "norm.weight": np.zeros(5, np.float32)}, scored / SECOND)

    told = weighin("verify", saved, scored)

    assert told.code == 10
    assert "- norm.weight\n" in told.output
    assert "layers.0.weight" not in told.output


def test_branch_never_shows_that_a_folder_is_what_is_published(weighin, scored: Path):
    told = weighin("verify", MAIN, scored)

    assert told.code == 11
    assert "a branch or tag may move, so that it names no one artifact" in told.output
    assert f"commit             {COMMIT}" in told.output


def test_json_document_holds_the_answer(weighin, scored: Path, saved: Path):
    (scored / "tokenizer.json").unlink()

    document = json.loads(weighin("verify", saved, scored, "--json").output)

    assert (document["manifest"], document["exit_code"]) == (None, 10)
    assert document["published"]["files"] == [{"path": "tokenizer.json", "change": "missing"}]
    assert document["published"]["commit"] == COMMIT


def test_names_that_a_hub_gave_are_no_orders_to_the_terminal(weighin, scored: Path, hub: Hub):
    name = "a\x1b[2J.py"
    hub.files[name] = type(hub.files[FIRST])(name, b"pass")

    told = weighin("verify", PINNED, scored)

    assert told.code == 10
    assert "\x1b" not in told.output
    assert "a\\x1b[2J.py: missing" in told.output


@pytest.mark.parametrize(
    ("status", "expected"), [((503, ""), 75), ((404, "RevisionNotFound"), 3), ((401, "Gated"), 3)]
)
def test_hub_that_does_not_answer_is_an_error_and_no_change(
    weighin, scored: Path, hub: Hub, status, expected
):
    hub.status["/api/"] = status

    told = weighin("verify", PINNED, scored)

    assert (told.code, told.output) == (expected, "")


def test_folder_that_is_no_checkpoint_is_an_error(saved: Path, tmp_path: Path):
    with pytest.raises(CheckpointError):
        api.verify_published(saved, tmp_path / "nowhere")


def test_python_function_takes_a_reference_or_a_file(scored: Path, saved: Path):
    answers = {api.verify_published(stated, scored).answer for stated in (PINNED, saved)}

    assert answers == {PublishedAnswer.UNCHANGED}
