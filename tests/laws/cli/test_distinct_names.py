"""Two names, one checkpoint: what a check of both says."""

import json

import pytest

pytestmark = pytest.mark.model


def test_a_checkpoint_scored_under_two_names_is_a_warning(weighin, recorded, tmp_path):
    text = recorded.requirements.read_text().replace("name: tiny", "name: another")
    other = tmp_path / "another.yaml"
    other.write_text(text.replace("  - task: tiny_choice\n", ""))
    assert weighin("run", other, "--results", tmp_path / "another").code == 0

    told = weighin("check", recorded.requirements, recorded.results, tmp_path / "another", "--json")

    (finding,) = (
        f for f in json.loads(told.output)["findings"] if f["rule"] == "distinct-checkpoints-differ"
    )
    assert (told.code, finding["level"], finding["outcome"]) == (0, "warning", "violated")
    assert finding["statement"] == "tiny and another are two names of the same weights"
