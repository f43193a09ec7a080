"""How much of a node a worker takes, and how many have room."""

import pytest

from weighin.errors import UsageError
from weighin.executors.ray.places import Needs, Node, memory_of, needs_of, places_for

GIB = 1 << 30


def node(cpus: int = 8, gpus: int = 0, gibibytes: int = 64) -> Node:
    return Node(host="n", cpus=cpus, gpus=gpus, memory_bytes=gibibytes * GIB)


def room(*nodes: Node, gpus: int | None = None, cpus: int | None = None, model: int = GIB) -> int:
    needs = needs_of(nodes, gpus_per_job=gpus, cpus_per_job=cpus, model_bytes=model)
    return places_for(nodes, needs)


@pytest.mark.parametrize(
    ("nodes", "workers"),
    [
        ([node(cpus=1)], 1),
        ([node(cpus=2)], 2),
        ([node(cpus=64)], 2),
        ([node(cpus=8), node(cpus=8)], 4),
        # A head on which nothing shall run.
        ([node(cpus=0), node(cpus=2)], 2),
        ([node(cpus=16, gpus=8)], 8),
        ([node(cpus=16, gpus=8), node(cpus=64)], 8),
    ],
)
def test_a_gpu_holds_a_worker_and_a_node_without_one_holds_two(nodes, workers):
    assert room(*nodes) == workers


def test_gpus_are_kept_together_on_a_node():
    assert room(node(gpus=8), node(gpus=3), gpus=2) == 5


def test_no_more_workers_than_the_memory_holds():
    assert room(node(gibibytes=64), model=30 * GIB) == 1
    assert room(node(gibibytes=64), model=30 * GIB, cpus=1) == 1
    assert memory_of(30 * GIB) == 61 * GIB


def test_a_model_that_may_not_fit_is_tried_all_the_same():
    needs = needs_of([node()], gpus_per_job=None, cpus_per_job=None, model_bytes=100 * GIB)
    assert needs == Needs(cpus=4, gpus=0, memory_bytes=0)
    assert "memory" not in needs.resources()


def test_no_gpus_is_an_answer():
    assert room(node(cpus=4, gpus=8), gpus=0) == 2


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"gpus": 4}, "--gpus-per-job 4: expected a node with as many, found 2 at most"),
        ({"cpus": 9}, "--cpus-per-job 9: expected a node with as many, found 8 at most"),
    ],
)
def test_more_than_any_node_has_is_refused(asked, words):
    with pytest.raises(UsageError, match=words):
        room(node(gpus=2), node(gpus=1), **asked)


def test_a_cluster_without_a_node_is_refused():
    with pytest.raises(UsageError, match="found 0 at most"):
        room()
