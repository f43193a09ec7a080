"""A name of a hub is pinned by the commit that the hub says it is now."""

import pytest
from huggingface_hub import constants
from tests.making.hub.release import cache, hub, one_session, release  # noqa: F401  # fixtures
from tests.making.hub.server import COMMIT, REPOSITORY

from weighin import api
from weighin.api.first_files import pinning
from weighin.reports.requirements.first_files.text import render
from weighin.requirements.checks.locations import UNFILLED_COMMIT


@pytest.fixture(autouse=True)
def here(folder):
    return folder


@pytest.mark.parametrize(
    "command",
    [
        f"lm_eval --model_args pretrained={REPOSITORY} --tasks a",
        f"lm_eval --model_args pretrained={REPOSITORY},revision=main --tasks a",
        f"lighteval accelerate model_name={REPOSITORY} a",
        f"inspect eval a --model hf/{REPOSITORY}",
    ],
)
def test_a_name_is_pinned_by_the_commit_that_it_is_now(here, command):
    made = api.init(command=command)
    assert made.checkpoint == f"hf://{REPOSITORY}@{COMMIT}"
    assert made.to_fill == ()
    assert api.validate(["weighin.yaml"]).is_valid
    assert "# pinned by the commit that is main now" in (here / "weighin.yaml").read_text()


def test_flags_take_a_name_of_a_hub_too():
    assert api.init(checkpoint=f"hf://{REPOSITORY}", tasks=["a"]).pinned_by
    made = api.init(checkpoint=f"hf://{REPOSITORY}@{COMMIT}", tasks=["a"], output="b.yaml")
    assert made.pinned_by == "its commit"


def test_a_repository_that_is_not_there_is_left_to_fill_in(here):
    made = api.init(command="lm_eval --model_args pretrained=org/none --tasks a")
    (line,) = made.to_fill
    assert UNFILLED_COMMIT in made.checkpoint
    number = int(line.place.partition(":")[2])
    assert UNFILLED_COMMIT in (here / "weighin.yaml").read_text().splitlines()[number - 1]


def test_offline_the_hub_is_not_asked_and_a_commit_needs_no_answer(hub, monkeypatch):  # noqa: F811  # the fixture
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    before = len(hub.requests) if hasattr(hub, "requests") else 0
    made = api.init(checkpoint=f"hf://{REPOSITORY}", tasks=["a"])
    assert made.to_fill[0].what.startswith("write the commit that `weighin fingerprint hf://")
    made = api.init(checkpoint=f"hf://{REPOSITORY}@{COMMIT}", tasks=["a"], output="b.yaml")
    assert made.to_fill == ()
    assert (len(hub.requests) if hasattr(hub, "requests") else 0) == before


def test_a_name_without_an_owner_is_left_to_fill_in():
    made = api.init(command="lm_eval --model_args pretrained=gpt2 --tasks a")
    assert made.checkpoint == f"hf://<org>/gpt2@{UNFILLED_COMMIT}"
    (line,) = made.to_fill
    assert line.what.startswith("no folder gpt2 is here; give one, or for a name of the hub write ")
    assert render(made).endswith(f"next: fill in {line.place}, then weighin plan weighin.yaml\n")
    (validated,) = api.validate(["weighin.yaml"]).files
    assert len(validated.problems) == 1


def test_without_the_library_a_name_is_left_to_fill_in(monkeypatch):
    from weighin.errors import UsageError

    def missing():
        raise UsageError("huggingface_hub is not installed; install weighin[hub]")

    monkeypatch.setattr(pinning, "default_hub", missing)
    made = api.init(checkpoint=f"hf://{REPOSITORY}", tasks=["a"])
    assert "huggingface_hub is not installed" in made.to_fill[0].what
