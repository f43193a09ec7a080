"""A run on two nodes of a Ray cluster, each with a host name, an address and mounts of its own."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.making.ray.world import ADDRESS, Command, World, why_no_world, world
from tests.making.runs.runs import TASKS, commits, require_sound, unrecorded, wait_until
from tests.making.runs.scene import requirements_file
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin import api
from weighin.evidence.ledger import LEDGER_NAME, LedgerLine, read_ledger
from weighin.evidence.records import Record
from weighin.evidence.store import RECORD_NAME, read_record
from weighin.rules.interface import Outcome

pytest.importorskip("ray")
pytestmark = [
    pytest.mark.model,
    pytest.mark.child,
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(why_no_world()), reason=f"no namespaces here: {why_no_world()}"),
]

KILLS, SEED = 15, 20261130
ON = f"ray:{ADDRESS}"


@dataclass
class Cluster:
    """Two nodes, and what both see.

    Attributes:
        world: Where they run.
        shared: Requirements on a checkpoint that is the same on both nodes.
        swapped: The same on one whose place holds another model on the second node.
        hidden: A results folder that is another folder on the second node.
        mount: The command that puts the other model there.
    """

    world: World
    shared: Path
    swapped: Path
    hidden: Path
    mount: str

    def start_second_node(self) -> None:
        self.world.node(2, before=f"{self.mount}; mount -t tmpfs none {self.hidden}")

    def run(self, requirements: Path, results: Path | str, *options: str) -> Command:
        name = f"run-{time.monotonic_ns()}"
        return self.world.weighin("run", requirements, "--results", results, *options, name=name)


@pytest.fixture(scope="module")
def cluster(tiny_checkpoint, tmp_path_factory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("ray")
    variant = save_tiny_checkpoint(folder / "variant", seed=1)
    place = save_tiny_checkpoint(folder / "place")
    hidden = folder / "hidden"
    files = []
    for checkpoint in (tiny_checkpoint, place):
        at = folder / f"requirements-{len(files)}"
        at.mkdir()
        files.append(requirements_file(at, checkpoint, benchmarks=TASKS))
    hidden.mkdir()
    # Paths of sockets have a bound that the folders of pytest exceed.
    with world(Path(f"/tmp/weighin-ray-{os.getpid()}")) as made:
        made.bucket()
        made.head()
        made.node(1)
        cluster = Cluster(made, *files, hidden, f"mount --bind {variant} {place}")
        cluster.start_second_node()
        yield cluster


def lines(results: Path) -> list[LedgerLine]:
    path = results / LEDGER_NAME
    return list(read_ledger(path).lines) if path.exists() else []


def events(results: Path) -> list[str]:
    return [line.event for line in lines(results)]


def records(results: Path) -> list[Record]:
    return [read_record(path)[0] for path in sorted(results.rglob(RECORD_NAME))]


def job_ids(results: Path) -> dict[str, str]:
    return {record.asked.task: record.run.job_id for record in records(results)}


def scores(results: Path) -> dict[str, float]:
    return {record.asked.task: record.scores[0].value for record in records(results)}


@pytest.fixture(scope="module")
def plain(cluster, tmp_path_factory) -> Path:
    results = tmp_path_factory.mktemp("plain") / "results"
    assert cluster.run(cluster.shared, results).wait() == 0
    return results


def test_two_nodes_score_the_same_jobs_to_the_same_verdict_as_one_process(cluster, plain, tmp_path):
    results = tmp_path / "results"
    run = cluster.run(cluster.shared, results, "--on", ON, "--json")
    assert run.wait() == 0, run.told
    assert json.loads(run.out.read_text())["outcome"] == "met"
    assert job_ids(results) == job_ids(plain)
    assert scores(results) == scores(plain)
    assert {record.run.host for record in records(results)} == {"node-1", "node-2"}
    assert len({record.run.run_id for record in records(results)}) == 1
    told = events(results)
    assert (told[0], told[-1]) == ("run-started", "run-finished")
    assert told.count("worker-started") == told.count("worker-finished") == 2
    assert api.check(cluster.shared, [results]).outcome is Outcome.MET
    for task in TASKS:
        assert f"{task}: started" in run.told


def test_a_worker_with_other_weights_is_refused_by_name_before_anything_is_scored(
    cluster, tmp_path
):
    results = tmp_path / "results"
    run = cluster.run(cluster.swapped, results, "--on", ON)
    assert run.wait() == 3, run.told
    assert "on node-2 (127.0.0.3): refused: " in run.told
    assert "checkpoint" in run.told.rpartition("refused")[2]
    assert records(results) == []
    assert "benchmark-started" not in events(results)


def test_results_that_a_node_does_not_see_are_refused(cluster):
    run = cluster.run(cluster.shared, cluster.hidden, "--on", ON)
    assert run.wait() == 2, run.told
    assert "on node-2" in run.told
    assert "name a folder that all nodes share" in run.told
    assert records(cluster.hidden) == []


def test_nodes_that_share_a_bucket_and_nothing_else_score_the_same_jobs(cluster, plain, tmp_path):
    pytest.importorskip("obstore")
    bucket = "s3://bucket/results"
    run = cluster.run(cluster.shared, bucket, "--on", ON)
    assert run.wait() == 0, run.told
    again = cluster.run(cluster.shared, bucket, "--on", ON)
    assert again.wait() == 0, again.told
    for task in TASKS:
        assert f"{task}: recorded already, reused" in again.told
    copy = tmp_path / "copy"
    options = ("export", bucket, "--to", "store", "--into", copy)
    export = cluster.world.weighin(*options, name="export")
    assert export.wait() == 0, export.told
    assert job_ids(copy) == job_ids(plain)
    assert {record.run.host for record in records(copy)} == {"node-1", "node-2"}
    assert api.check(cluster.shared, [copy]).outcome is Outcome.MET


def test_what_one_process_began_goes_on_on_ray(cluster, plain, tmp_path):
    results = tmp_path / "results"
    assert cluster.run(cluster.shared, results, "--only", TASKS[0]).wait() == 12
    run = cluster.run(cluster.shared, results, "--on", ON)
    assert run.wait() == 0, run.told
    assert f"{TASKS[0]}: recorded already, reused" in run.told
    assert job_ids(results) == job_ids(plain)
    assert len(records(results)) == len(TASKS)


def test_what_ray_began_goes_on_in_one_process(cluster, plain, tmp_path):
    results = tmp_path / "results"
    assert cluster.run(cluster.shared, results, "--on", ON, "--only", TASKS[1]).wait() == 12
    run = cluster.run(cluster.shared, results)
    assert run.wait() == 0, run.told
    assert job_ids(results) == job_ids(plain)
    assert len(records(results)) == len(TASKS)


def test_a_benchmark_of_a_killed_worker_is_scored_again_and_told(cluster, tmp_path):
    results = tmp_path / "results"
    run = cluster.run(cluster.shared, results, "--on", ON)
    wait_until(lambda: "benchmark-started" in events(results), seconds=300)
    for pid in cluster.world.workers():
        os.kill(pid, signal.SIGKILL)
    assert run.wait() == 0, run.told
    assert " was lost amid " in run.told
    require_sound(results)
    assert sorted(commits(results)) == sorted(TASKS)
    assert len(records(results)) == len(TASKS)
    counts = [events(results).count(f"benchmark-{what}") for what in ("started", "finished")]
    assert counts[0] > counts[1] == len(TASKS)
    verdict = api.check(cluster.shared, [results])
    assert verdict.outcome is Outcome.MET
    unrecorded(results).require_told(
        j.finding.statement for j in verdict.findings if j.rule == "one-attempt"
    )


def test_a_run_goes_on_without_a_node_that_is_gone(cluster, tmp_path):
    results = tmp_path / "results"
    run = cluster.run(cluster.shared, results, "--on", ON)
    wait_until(lambda: "benchmark-started" in events(results), seconds=300)
    cluster.world.end_node(2)
    try:
        assert run.wait() == 0, run.told
    finally:
        cluster.start_second_node()
    assert "on node-2 (127.0.0.3) was lost" in run.told
    require_sound(results)
    assert len(records(results)) == len(TASKS)
    assert api.check(cluster.shared, [results]).outcome is Outcome.MET


def test_a_cluster_of_this_machine_is_there_for_one_run_and_listens_to_nobody_else(
    cluster, plain, tmp_path
):
    results, heard = tmp_path / "results", set[str]()
    with world(Path(f"/tmp/weighin-ray-{os.getpid()}-alone")) as alone:
        options = ("run", cluster.shared, "--results", results, "--on", "ray:local")
        run = alone.weighin(*options, name="alone")
        while run.process.poll() is None:
            heard |= alone.listening()
            time.sleep(0.5)
        assert run.wait() == 0, run.told
        assert heard
        assert {address.rpartition(":")[0] for address in heard} == {"127.0.0.1"}
        wait_until(lambda: not alone.listening())
    assert job_ids(results) == job_ids(plain)


def test_an_interrupted_run_ends_its_workers_and_goes_on_later(cluster, tmp_path):
    results = tmp_path / "results"
    run = cluster.run(cluster.shared, results, "--on", ON)
    # Its benchmarks take less than a second each.
    wait_until(lambda: "worker-started" in events(results), seconds=300)
    run.interrupt()
    assert run.wait() == 130, run.told
    assert "Traceback" not in run.told
    assert events(results)[-1] == "run-interrupted"
    wait_until(lambda: cluster.world.workers() == [])
    assert cluster.run(cluster.shared, results, "--on", ON).wait() == 0
    assert len(records(results)) == len(TASKS)


def test_workers_that_are_killed_at_random_moments_lose_nothing_that_is_finished(cluster, tmp_path):
    moments = random.Random(SEED)
    for number in range(KILLS):
        results = tmp_path / str(number)
        run = cluster.run(cluster.shared, results, "--on", ON)
        wait_until(lambda at=results: "worker-started" in events(at), seconds=300)
        time.sleep(after := moments.uniform(0, 8))
        print(f"kill {number} of seed {SEED}: {after:.3f} s after the first worker loaded")
        for pid in moments.sample(found := cluster.world.workers(), min(1, len(found))):
            os.kill(pid, signal.SIGKILL)
        assert run.wait() == 0, run.told
        require_sound(results)
        assert sorted(commits(results)) == sorted(TASKS), run.told
        assert len(records(results)) == len(TASKS), run.told
        verdict = api.check(cluster.shared, [results])
        assert verdict.outcome is Outcome.MET, run.told
        unrecorded(results).require_told(
            j.finding.statement for j in verdict.findings if j.rule == "one-attempt"
        )
