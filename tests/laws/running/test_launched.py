"""Several processes of one launch answer together, as accelerate and torchrun start them.

They are real: forked from one that has imported torch, and they talk over loopback. No launcher
looks after them, so that what ends a launch is seen to end by itself.
"""

import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.making.runs.runs import TASKS, Run, Server, require_sound, wait_until
from tests.making.runs.scene import UP_PROJECTION, copied_tasks, edit_text, requirements_file

import weighin
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.rules.interface import Outcome, Verdict

pytestmark = [pytest.mark.model, pytest.mark.child]

CHOICE, GENERATE, ROLLING = TASKS


def launch(
    server: Server,
    requirements: Path,
    results: Path,
    *options: str,
    preludes: Sequence[str] = ("", ""),
) -> list[Run]:
    """Start a process for each prelude, as one launch."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {
        "WORLD_SIZE": str(len(preludes)),
        "LOCAL_WORLD_SIZE": str(len(preludes)),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "GLOO_SOCKET_IFNAME": "lo",
    }
    return [
        server.command(
            *("run", str(requirements), "--results", str(results), *options),
            environment=shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            prelude=prelude,
        )
        for rank, prelude in enumerate(preludes)
    ]


def ended(runs: list[Run]) -> list[int]:
    return [run.wait() for run in runs]


def of_task(verdict: Verdict, task: str):
    return next(record for record in verdict.records if record.asked.task == task)


def test_two_processes_score_what_one_scores(server, tiny_checkpoint, tmp_path):
    # One at a time: which prompts are padded together moves an answer of so small a model. And in
    # a process of its own: what other tests left in this one may move it, too.
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS, model="  batch_size: 1\n")
    runs = launch(server, file, tmp_path / "two")
    assert ended(runs) == [0, 0], runs[0].told + runs[1].told
    by_itself = server.command("run", str(file), "--results", str(tmp_path / "one"))
    assert by_itself.wait() == 0, by_itself.told
    one = weighin.check(file, [tmp_path / "one"])
    two = weighin.check(file, [tmp_path / "two"])
    assert two.outcome is Outcome.MET
    for task in TASKS:
        alone, together = of_task(one, task), of_task(two, task)
        assert together.run.job_id == alone.run.job_id
        assert together.asked == alone.asked
        for mine, other in zip(together.scores, alone.scores, strict=True):
            assert mine.value == pytest.approx(other.value, rel=1e-6)
        assert together.loaded == alone.loaded.model_copy(
            update={"files_state": together.loaded.files_state}
        )
        # Some are asked of both, so that both have as many.
        assert sum(together.sent.requests.values()) >= sum(alone.sent.requests.values())
        assert together.sent.requests == together.sent.answers
        assert together.watch.looks.passes >= alone.watch.looks.passes
    # The first one alone writes and tells.
    require_sound(tmp_path / "two")
    assert "MET" in runs[0].told
    assert not [line for line in runs[1].told.splitlines() if not line.startswith("[")]


def loads(change: str) -> str:
    """Has the model that this process loads changed by some code."""
    return f"""
from transformers import AutoModelForCausalLM
load = AutoModelForCausalLM.from_pretrained
def other(*arguments, **settings):
    loaded = load(*arguments, **settings)
    model = loaded[0]
    {change}
    return loaded
AutoModelForCausalLM.from_pretrained = other
"""


OTHERS = {
    "a tensor": (
        loads(f"model.get_parameter({UP_PROJECTION!r}).data.add_(0.5)"),
        f"another tensor in memory: {UP_PROJECTION}",
    ),
    "a version": (
        """
from weighin.harness.local import model
found = model.installed_versions
model.installed_versions = lambda: {**found(), "torch": "0.0"}
""",
        '"torch":"0.0"',
    ),
    "a setting": (
        loads("model.generation_config.temperature = 0.5"),
        "generation config",
    ),
}


@pytest.mark.parametrize(
    "way",
    [
        "a tensor",
        *(pytest.param(way, marks=pytest.mark.soak) for way in OTHERS if way != "a tensor"),
    ],
)
def test_a_process_that_holds_something_else_is_refused_by_name(
    server, tiny_checkpoint, tmp_path, way
):
    prelude, words = OTHERS[way]
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,))
    runs = launch(server, file, tmp_path / "results", preludes=("", prelude))
    assert ended(runs)[0] == 3
    assert "rank 1: expected what rank 0 holds" in " ".join(runs[0].told.split())
    assert words in " ".join(runs[0].told.split())
    assert not list((tmp_path / "results").rglob("record.json"))


# Changed while it answers: in rank 1 alone, right before the answers of the second benchmark end.
WHILE_IT_ANSWERS = f"""
from weighin.harness.local.asked import moments
import os
first, last = [], moments.Moments.answered
def answered(self, request_type, number):
    if os.environ["RANK"] == "1" and request_type == "generate_until" and not first:
        import gc, torch
        from transformers import PreTrainedModel
        models = [m for m in gc.get_objects() if isinstance(m, PreTrainedModel)]
        for model in [m for m in models if hasattr(m, "lm_head")]:
            with torch.no_grad():
                model.get_parameter({UP_PROJECTION!r}).add_(0.5)
        first.append(1)
    return last(self, request_type, number)
moments.Moments.answered = answered
"""


@pytest.mark.soak
def test_a_process_that_changes_while_it_answers_is_refused_and_nothing_more_is_scored(
    server, tiny_checkpoint, tmp_path
):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS)
    runs = launch(server, file, tmp_path / "results", preludes=[WHILE_IT_ANSWERS] * 2)
    assert ended(runs)[0] == 3
    told = " ".join(runs[0].told.split())
    assert "rank 1: expected what rank 0 holds" in told
    assert f"found another tensor in memory: {UP_PROJECTION}" in told, told[-1500:]
    (record,) = (tmp_path / "results").rglob("record.json")
    assert CHOICE in str(record)


@pytest.mark.soak
@pytest.mark.parametrize("dead", [0, 1])
def test_a_process_that_dies_ends_the_launch_and_the_next_one_goes_on(
    server, tiny_checkpoint, tmp_path, dead
):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=TASKS)
    results = tmp_path / "results"
    slow = (
        "import time\nfrom weighin.harness.local.asked import moments\n"
        "last = moments.Moments.answered\n"
        "def answered(self, kind, number):\n"
        "    time.sleep(0.3 * (kind == 'generate_until'))\n"
        "    return last(self, kind, number)\n"
        "moments.Moments.answered = answered\n"
    )
    runs = launch(server, file, results, preludes=(slow, slow))
    wait_until(lambda: any(results.rglob(f"{GENERATE}/*/*")))
    time.sleep(0.5)
    runs[dead].kill(signal.SIGKILL)
    began = time.monotonic()
    codes = ended(runs)
    assert time.monotonic() - began < 60
    assert codes[dead] == -signal.SIGKILL
    # Another try may help.
    assert codes[1 - dead] == 75, runs[1 - dead].told
    again = launch(server, file, results)
    assert ended(again) == [0, 0], again[0].told
    events = [line.event for line in read_ledger(results / LEDGER_NAME).lines]
    assert events.count("benchmark-finished") == len(TASKS)


@pytest.mark.soak
def test_where_all_is_recorded_the_others_are_let_go(server, tiny_checkpoint, tmp_path):
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,))
    weighin.run(file, results=tmp_path / "results")
    assert ended(launch(server, file, tmp_path / "results")) == [0, 0]


@pytest.mark.soak
def test_a_benchmark_that_fails_ends_the_launch(server, tiny_checkpoint, tmp_path):
    tasks = copied_tasks(tmp_path / "tasks")
    edit_text(tasks / "tiny_choice.yaml", "{{question}}", "{{ question / 0 }}")
    file = requirements_file(
        tmp_path, tiny_checkpoint, benchmarks=(CHOICE, GENERATE), task_folder=tasks
    )
    runs = launch(server, file, tmp_path / "results")
    # A process that waits for another for ever is ended by its launcher; here each sees it itself.
    assert ended(runs) == [3, 3]


def test_processes_on_several_machines_are_refused():
    from weighin.errors import UsageError
    from weighin.harness.ranks import ranks_in

    assert ranks_in({}) == (0, 1)
    assert ranks_in({"RANK": "0", "WORLD_SIZE": "1"}) == (0, 1)
    assert ranks_in({"RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}) == (1, 2)
    with pytest.raises(UsageError, match="weighin job"):
        ranks_in({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2"})
    with pytest.raises(UsageError, match="whole number"):
        ranks_in({"RANK": "0", "WORLD_SIZE": "many"})
