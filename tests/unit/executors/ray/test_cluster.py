"""Clusters that cannot be reached."""

import socket

import pytest

from weighin.errors import InfrastructureError
from weighin.executors.ray.address import ray_address
from weighin.executors.ray.cluster import connected


@pytest.mark.parametrize("form", ["ray:127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_a_cluster_that_does_not_answer_may_answer_later(form):
    pytest.importorskip("ray")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    on = ray_address(form.format(port), {})
    with pytest.raises(InfrastructureError, match="no cluster answers"), connected(on):
        raise AssertionError
