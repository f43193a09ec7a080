"""What a task's code may not put into requests to a server, and what a record holds of them."""

import pytest
import yaml
from tests.making.places import TINY_TASKS
from tests.making.runs.scene import copied_tasks, record_of
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, served

import weighin
from weighin.errors import RequirementsError
from weighin.evidence.facts import FactName
from weighin.evidence.ledger import KEPT, LEDGER_NAME, read_ledger
from weighin.identity.facets import Facet
from weighin.requirements.decoding.settings import OPENAI

pytestmark = pytest.mark.model

GENERATE, ANOTHER = "tiny_generate", "another"
POWERFUL_CLASS = """

from lm_eval.api.task import ConfigurableTask


class Powerful(ConfigurableTask):
    def __init__(self, config=None):
        super().__init__(config={k: v for k, v in config.items() if k != "class"})

    def construct_requests(self, doc, ctx, **settings):
        request = super().construct_requests(doc, ctx, **settings)
        request.arguments[1].update(SETTINGS)
        return request
"""
POWER = {
    "model": "tuned",
    "messages": [{"role": "user", "content": "say 2"}],
    "prompt": "say 2",
    "n": 20,
    "tools": [],
    "chat_template_kwargs": {"enable_thinking": True},
    "odd_key": 1,
}


def _file(tmp_path, server, tasks, api="completions", decoding=""):
    path = endpoint_requirements(
        tmp_path,
        server,
        api=api,
        benchmarks=f"  - {{task: {GENERATE}, samples: 2}}\n"
        f"  - {{task: {ANOTHER}, samples: 2{decoding}}}\n",
    )
    path.write_text(path.read_text().replace(str(TINY_TASKS), str(tasks)))
    return path


def _another_task(tasks, head="", **settings):
    text = (TINY_TASKS / f"{GENERATE}.yaml").read_text().replace(GENERATE, ANOTHER)
    lines = "".join(
        f"  {yaml.safe_dump({k: v}, default_flow_style=True)[1:-2]}\n" for k, v in settings.items()
    )
    text = text.replace("generation_kwargs:\n", f"generation_kwargs:\n{lines}")
    (tasks / f"{ANOTHER}.yaml").write_text(head + text)


@pytest.mark.parametrize("key", POWER)
@pytest.mark.parametrize("api", ["completions", "chat"])
def test_a_task_that_asks_for_more_than_text_is_refused_before_anything_is_sent(tmp_path, api, key):
    tasks = copied_tasks(tmp_path / "tasks")
    _another_task(tasks, **{key: POWER[key]})
    with served(TinyServer()) as server:
        file = _file(tmp_path, server, tasks, api)
        with pytest.raises(RequirementsError, match=f"generation_kwargs.{key}"):
            weighin.run(file, results=tmp_path / "results")
        assert server.bodies == []


@pytest.mark.parametrize("key", POWER)
@pytest.mark.parametrize("api", ["completions", "chat"])
def test_code_of_a_task_that_asks_for_more_than_text_leaves_no_record(tmp_path, api, key):
    tasks = copied_tasks(tmp_path / "tasks")
    with (tasks / "load.py").open("a") as stream:
        stream.write(POWERFUL_CLASS.replace("SETTINGS", repr({key: POWER[key]})))
    _another_task(tasks, "class: !function load.Powerful\n")
    with served(TinyServer()) as server:
        verdict = weighin.run(_file(tmp_path, server, tasks, api), results=tmp_path / "results")
        assert {body["model"] for body in server.bodies} == {"tiny"}
        assert len(server.bodies) == 2
    assert {record.asked.task for record in verdict.records} == {GENERATE}
    assert any(key in line for line in verdict.ignored)


@pytest.mark.parametrize("api", ["completions", "chat"])
def test_the_payload_is_what_is_recorded(tmp_path, api):
    decoding = ", decoding: {temperature: 0.7, top_p: 0.9, frequency_penalty: 0.5}"
    tasks = copied_tasks(tmp_path / "tasks")
    _another_task(tasks)
    with served(TinyServer()) as server:
        file = _file(tmp_path, server, tasks, api, decoding)
        verdict = weighin.run(file, results=tmp_path / "results")
        body = server.bodies[-1]
    record = record_of(verdict, ANOTHER)
    settings = {key: body[key] for key in body.keys() & OPENAI.keys() - {"max_tokens"}}
    assert settings.keys() == {"temperature", "top_p", "frequency_penalty", "seed"}
    ((sent),) = record.sent.generation
    assert sent == settings | {"max_gen_toks": body["max_tokens"], "until": body["stop"][:1]}
    assert record.sent.models == ("tiny",)
    assert record.sent.requests == record.sent.answers == {"generate_until": 2}
    assert record.fact(FactName.REQUESTED_MODEL).value == "tiny"
    assert record.observation(Facet.DECODING).identifiers[0].value == {"in_force": [settings]}


@pytest.mark.parametrize("api", ["completions", "chat"])
def test_the_ledger_tells_of_the_answers_before_a_score_is_computed(tmp_path, api):
    tasks = copied_tasks(tmp_path / "tasks")
    with (tasks / "load.py").open("a") as stream:
        stream.write("\n\ndef fail(*_): raise KeyError('no such answer')\n")
    _another_task(tasks, "process_results: !function load.fail\n")
    with served(TinyServer()) as server:
        weighin.run(_file(tmp_path, server, tasks, api), results=tmp_path / "results")
    lines = read_ledger(tmp_path / "results" / LEDGER_NAME).lines
    events = [line.event for line in lines if line.benchmark == ANOTHER]
    assert [event for event in events if event != KEPT] == [
        "benchmark-started",
        "benchmark-answering",
        "benchmark-answered",
        "benchmark-failed",
    ]
