from pathlib import Path

import pytest

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.folder.mistaken_places import meant_by


@pytest.mark.parametrize("name", ["google/gemma-2b", "HuggingFaceTB/SmolLM2-135M", "0x/a.b_c"])
def test_a_name_as_of_a_hub_is_asked_whether_it_is_one(name):
    assert f"hf://{name}@COMMIT" in meant_by(name)
    with pytest.raises(CheckpointError, match=f"found nothing there; .*hf://{name}"):
        fingerprint(Path(name))


def test_a_home_that_no_shell_has_seen_is_written_out():
    assert meant_by("~/models/x").endswith(f"write {Path.home()}/models/x")
    assert meant_by("~") != ""


@pytest.mark.parametrize(
    "name", ["gone", "./google/gemma", "/google/gemma", "a/b/c", "~other/x", "a b/c", "../a", ""]
)
def test_nothing_is_made_up_for_other_places(name):
    assert meant_by(name) == ""
