"""What is sent to a server, and what is observed of it."""

import hashlib
import json
from collections import Counter

import pytest
from tests.making.runs.scene import record_of, samples_of
from tests.making.tiny.checkpoint import TEMPLATE
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, served

import weighin.api
from weighin.executors.events import SilentListener
from weighin.identity.facets import Facet, Grade

pytestmark = pytest.mark.model

ALL = "  - task: tiny_choice\n  - task: tiny_generate\n  - task: tiny_rolling\n"


class Heard(SilentListener):
    def __init__(self):
        self.progress = {}

    def benchmark_started(self, benchmark):
        self.progress[benchmark] = []

    def requests(self, benchmark, done, total):
        self.progress[benchmark].append((done, total))


def _run(tmp_path, server, listener=None, **settings):
    path = endpoint_requirements(tmp_path, server, **settings)
    return weighin.api.run(path, results=tmp_path / "results", listener=listener)


def _endpoint(checkpoint, concurrent_requests=1):
    return f"    tokenizer: {checkpoint}\n    concurrent_requests: {concurrent_requests}\n"


def _real_log_probabilities(checkpoint):
    import torch
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM.from_pretrained(checkpoint).eval()

    def of(tokens):
        with torch.no_grad():
            logits = model(torch.tensor([tokens])).logits[0]
        each = torch.log_softmax(logits, dim=-1)
        following = [*tokens[1:], 0]
        return [float(each[i, token]) for i, token in enumerate(following)]

    return of


def test_log_likelihoods_of_a_server_are_those_of_the_model_behind_it(
    tmp_path, tiny_checkpoint, write_requirements
):
    benchmarks = "  - task: tiny_choice\n"
    here = weighin.api.run(
        write_requirements(tiny_checkpoint, benchmarks=benchmarks, name="here.yaml"),
        results=tmp_path / "here",
    )
    server = TinyServer(log_probabilities=_real_log_probabilities(tiny_checkpoint))
    with served(server):
        there = _run(tmp_path, server, benchmarks=benchmarks, endpoint=_endpoint(tiny_checkpoint))
    ours, theirs = (
        [float(r[0][0]) for s in samples_of(folder, v.records[0]) for r in s["resps"]]
        for folder, v in ((tmp_path / "here", here), (tmp_path / "results", there))
    )
    assert theirs == pytest.approx(ours, abs=1e-4)
    assert [s.value for s in there.records[0].scores] == [s.value for s in here.records[0].scores]


@pytest.mark.parametrize("concurrent_requests", [1, 4])
def test_progress_counts_every_request_up_to_all(tmp_path, tiny_checkpoint, concurrent_requests):
    heard = Heard()
    with served(TinyServer()) as server:
        _run(
            tmp_path,
            server,
            heard,
            benchmarks=ALL,
            endpoint=_endpoint(tiny_checkpoint, concurrent_requests),
        )
    assert heard.progress == {
        task: [(done, total) for done in range(1, total + 1)]
        for task, total in (("tiny_choice", 96), ("tiny_generate", 24), ("tiny_rolling", 24))
    }


def test_concurrent_requests_are_under_way_together(tmp_path):
    with served(TinyServer(), together=4) as server:
        _run(tmp_path, server, endpoint="    concurrent_requests: 4\n")
    assert len(server.requests) == 4


def test_what_is_asked_does_not_depend_on_how_many_requests_are_under_way(
    tmp_path, tiny_checkpoint
):
    asked = []
    for concurrent_requests in (1, 4):
        folder = tmp_path / str(concurrent_requests)
        folder.mkdir()
        with served(TinyServer()) as server:
            _run(
                folder,
                server,
                benchmarks=ALL,
                endpoint=_endpoint(tiny_checkpoint, concurrent_requests),
            )
        asked.append(Counter(json.dumps(body, sort_keys=True) for body in server.bodies))
    assert asked[0] == asked[1]


def test_chat_template_that_is_applied_here_is_measured(tmp_path, tiny_checkpoint):
    with served(TinyServer()) as server:
        verdict = _run(
            tmp_path,
            server,
            endpoint=_endpoint(tiny_checkpoint),
            model="  chat_template: true\n  system_prompt: Be brief.\n",
        )
    record = record_of(verdict, "tiny_generate")
    template = record.observation(Facet.CHAT_TEMPLATE)
    (identifier,) = template.identifiers
    assert template.grade is Grade.MEASURED
    assert identifier.value == {
        "applied": True,
        "sha256": hashlib.sha256(TEMPLATE.encode()).hexdigest(),
    }


def test_chat_template_of_a_chat_server_is_no_more_than_named(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, api="chat")
    template = record_of(verdict, "tiny_generate").observation(Facet.CHAT_TEMPLATE)
    assert template.grade is Grade.NAMED


def test_system_prompt_is_measured_as_it_was_sent(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, api="chat", model="  system_prompt: Be brief.\n")
    assert {body["messages"][0]["content"] for body in server.bodies} == {"Be brief."}
    prompt = record_of(verdict, "tiny_generate").observation(Facet.SYSTEM_PROMPT)
    assert prompt.grade is Grade.MEASURED
    assert prompt.identifiers[0].value == {"sha256": hashlib.sha256(b"Be brief.").hexdigest()}


def test_decoding_is_observed_as_it_was_sent(tmp_path):
    benchmarks = "  - {task: tiny_generate, samples: 2, decoding: {temperature: 0.7, top_p: 0.9}}\n"
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, benchmarks=benchmarks)
    sent = {k: server.bodies[0][k] for k in ("temperature", "top_p", "seed")}
    decoding = record_of(verdict, "tiny_generate").observation(Facet.DECODING)
    assert sent["temperature"] == 0.7
    in_force, as_first_recorded = decoding.identifiers
    assert in_force.value == {"in_force": [sent]}
    assert as_first_recorded.value == {"sent": [sent]}


def test_facet_that_a_server_does_not_show_says_how_it_would_be_recorded(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server)
    record = record_of(verdict, "tiny_generate")
    absent = [o for f in Facet if (o := record.observation(f)).grade is Grade.ABSENT]
    assert {Facet.DTYPE, Facet.QUANTIZATION, Facet.ENGINE} <= {o.facet for o in absent}
    assert all("model.checkpoint" in o.how_to_record for o in absent)


def test_record_of_a_served_model_holds_no_checkpoint(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server)
    record = record_of(verdict, "tiny_generate")
    assert (record.checkpoint_id, record.location, record.loaded) == (None, None, None)


def test_another_tokenizer_is_another_job(tmp_path, tiny_checkpoint, checkpoint):
    config = checkpoint / "tokenizer_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "add_bos_token": True}))
    with served(TinyServer()) as server:
        jobs = {
            _run(tmp_path, server, endpoint=_endpoint(folder)).records[-1].run.job_id
            for folder in (tiny_checkpoint, checkpoint)
        }
    assert len(jobs) == 2
