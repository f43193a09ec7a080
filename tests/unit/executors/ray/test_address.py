"""What a person may write as `--on`."""

import pytest

from weighin.errors import UsageError
from weighin.executors.ray.address import ray_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ray", "local"),
        ("ray:local", "local"),
        ("ray:auto", "auto"),
        ("ray:head.cluster:6379", "head.cluster:6379"),
        ("ray:10.0.0.1:6379", "10.0.0.1:6379"),
        ("ray:[fd00::1]:6379", "[fd00::1]:6379"),
        ("ray://head:10001", "ray://head:10001"),
    ],
)
def test_an_address_is_what_users_of_ray_know(text, address):
    found = ray_address(text, {})
    assert found.address == address
    assert found.is_local is (address == "local")


@pytest.mark.parametrize("named", ["auto", "head:6379", "ray://head:10001", "local"])
def test_ray_alone_is_the_cluster_that_the_environment_names(named):
    environment = {"RAY_ADDRESS": named}
    assert ray_address("ray", environment).address == named
    assert ray_address("ray:local", environment).address == "local"


@pytest.mark.parametrize(
    "text", ["", "slurm", "ray:", "ray:head", "ray://", "ray://head", "ray:/tmp/x", "http://h:1"]
)
def test_anything_else_is_refused_with_what_there_is(text):
    with pytest.raises(UsageError, match=r"--on .*: expected ray \(.*ray:auto"):
        ray_address(text, {})


def test_a_variable_that_names_no_cluster_is_named():
    with pytest.raises(UsageError, match="--on head: expected"):
        ray_address("ray", {"RAY_ADDRESS": "head"})
