"""What is written down for a queue, or kept of it, where others may read."""

import pytest

from weighin.errors import UsageError
from weighin.executors.queues.handed_out import command_to_keep, taken_along
from weighin.executors.queues.slurm.options import SlurmOptions

CANARY = "sk-canary-0123456789"
SECRETS = ("OWN_KEY", "HF_ENDPOINT")


@pytest.mark.parametrize(
    "words",
    [
        ("--env", f"TOKEN={CANARY}"),
        (f"--env=TOKEN={CANARY}",),
        (f"--env=TOKEN=a={CANARY}",),
        ("--env", "--env", "--env", f"TOKEN={CANARY}"),
        ("--sbatch-option", f"--export=ALL,TOKEN={CANARY}"),
        (f"--sbatch-option=--export=ALL,TOKEN={CANARY}",),
        (f"--check-option=--export=TOKEN={CANARY}",),
    ],
)
def test_values_of_variables_are_in_no_command_that_is_kept(words):
    kept = command_to_keep(["submit", "r.yaml", *words, "--slurm"])
    assert CANARY not in kept
    assert kept.startswith("weighin submit r.yaml ")
    assert kept.endswith(" --slurm")


def test_all_else_of_a_command_is_kept():
    words = ["submit", "r.yaml", "--env", "HF_HOME", "--mem=64G", "--results", "s3://a/b=c"]
    assert (
        command_to_keep(words)
        == "weighin submit r.yaml --env HF_HOME --mem=64G --results s3://a/b=c"
    )


@pytest.mark.parametrize("given", ["OWN_KEY", f"OWN_KEY={CANARY}"])
@pytest.mark.parametrize(("is_same_machine", "way"), [(True, "sbatch hands"), (False, "--secret")])
def test_what_the_requirements_call_a_secret_is_handed_to_no_queue(given, is_same_machine, way):
    with pytest.raises(UsageError, match=way) as refused:
        taken_along(
            (given,),
            is_same_machine=is_same_machine,
            secrets=SECRETS,
            environment={"OWN_KEY": CANARY},
        )
    assert CANARY not in str(refused.value)
    with pytest.raises(UsageError, match="OWN_KEY"):
        SlurmOptions(others=(f"--export=ALL,OWN_KEY={CANARY}",)).require_without(SECRETS)
    SlurmOptions(others=("--export=ALL,OWN_KEY", "--gres=OWN_KEY")).require_without(SECRETS)


def test_nothing_of_a_secret_is_taken_along_by_itself():
    found = {"HF_ENDPOINT": CANARY, "HF_HUB_OFFLINE": "1", "HF_TOKEN": CANARY}
    assert taken_along((), is_same_machine=True, secrets=SECRETS, environment=found) == {
        "HF_HUB_OFFLINE": "1"
    }


def test_a_refusal_shows_no_value():
    with pytest.raises(UsageError, match="found no name") as refused:
        taken_along((f"a b={CANARY}",), is_same_machine=True)
    assert CANARY not in str(refused.value)
