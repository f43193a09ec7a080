"""A server that fails, refuses or answers with something else than what it was asked for."""

import socket
import sys
import time

import pytest
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, refusal, served

import weighin.api
from weighin.errors import CheckpointError, InfrastructureError, RequirementsError, UsageError
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

CHOICE = "  - {task: tiny_choice, samples: 2}\n"
AT_ONCE = pytest.mark.parametrize("concurrent_requests", [1, 2])


def _run(tmp_path, server, **settings):
    path = endpoint_requirements(tmp_path, server, **settings)
    return weighin.api.run(path, results=tmp_path / "results")


def _concurrent(number):
    return f"    concurrent_requests: {number}\n"


def _not_scored(verdict):
    assert verdict.outcome is Outcome.UNDECIDED
    (reason,) = verdict.ignored
    return reason


@AT_ONCE
def test_refused_connection_is_infrastructure(tmp_path, concurrent_requests):
    server = TinyServer()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        server._port = taken.getsockname()[1]
        with pytest.raises(InfrastructureError) as caught:
            _run(tmp_path, server, endpoint=_concurrent(concurrent_requests))
    assert server.url("completions") in str(caught.value)
    assert "refused" in str(caught.value) or "connect" in str(caught.value)
    assert caught.value.exit_code == 75


@pytest.mark.parametrize(("status", "concurrent_requests"), [(500, 1), (503, 2), (429, 1)])
def test_server_that_keeps_failing_is_infrastructure(tmp_path, status, concurrent_requests):
    failing = TinyServer(refuses=lambda _n: refusal(status, {"error": {"message": "no GPU"}}))
    with served(failing) as server, pytest.raises(InfrastructureError) as caught:
        _run(
            tmp_path,
            server,
            benchmarks="  - {task: tiny_generate, samples: 1}\n",
            endpoint=_concurrent(concurrent_requests),
        )
    assert f"{server.url('completions')}: HTTP {status}: no GPU" in str(caught.value)
    assert len(server.requests) == 3


@AT_ONCE
def test_server_that_does_not_answer_in_time_is_infrastructure(
    tmp_path, monkeypatch, concurrent_requests
):
    from weighin.harness.served import connection as endpoint_connection

    monkeypatch.setattr(endpoint_connection, "ANSWER_SECONDS", 0.05)
    slow = TinyServer(refuses=lambda _number: time.sleep(0.15))
    with served(slow) as server, pytest.raises(InfrastructureError, match="no answer within"):
        _run(tmp_path, server, endpoint=_concurrent(concurrent_requests))


def test_server_that_fails_once_is_asked_again(tmp_path):
    def refuses(number):
        return refusal(429, **{"Retry-After": "0"}) if number == 1 else None

    with served(TinyServer(refuses=refuses)) as server:
        verdict = _run(tmp_path, server)
    assert len(server.requests) == 5
    assert verdict.outcome is Outcome.MET


@pytest.mark.parametrize(
    ("status", "concurrent_requests"),
    [(307, 1), (307, 2), (400, 1), (403, 1), (403, 2), (404, 1)],
)
def test_refused_request_is_not_repeated_and_says_why(tmp_path, status, concurrent_requests):
    body = {"error": {"message": "model\n`tiny`\x1b[31m " + "very " * 200 + "unknown"}}
    refusing = TinyServer(refuses=lambda _number: refusal(status, body))
    with served(refusing) as server:
        verdict = _run(
            tmp_path,
            server,
            benchmarks="  - {task: tiny_generate, samples: 1}\n",
            endpoint=_concurrent(concurrent_requests),
        )
    reason = _not_scored(verdict)
    assert f"tiny_generate: {server.url('completions')}: HTTP {status}: model `tiny`" in reason
    assert "\x1b" not in reason
    assert len(reason) < 700
    assert len(server.requests) == 1


@AT_ONCE
def test_a_refused_key_is_one_sentence_and_no_report(tmp_path, weighin, concurrent_requests):
    body = {"error": {"message": "invalid api key"}}
    with served(TinyServer(refuses=lambda _number: refusal(401, body))) as server:
        path = endpoint_requirements(
            tmp_path,
            server,
            benchmarks="".join(
                f"  - {{task: tiny_generate, samples: 1, seed: {n}}}\n" for n in (1, 2)
            ),
            endpoint=_concurrent(concurrent_requests),
        )
        told = weighin("run", path, "--results", tmp_path / "results")
    assert (told.code, told.output) == (3, "")
    (line,) = (one for one in told.errors.splitlines() if "401" in one)
    assert line.startswith("weighin: tiny_generate")
    assert f"{server.url('completions')}: HTTP 401: invalid api key; " in line
    assert line.endswith("name the environment variable that holds the key in api_key_env")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"<html>", "expected JSON, found '<html>'"),
        (b'{"model": "a", "model": "b"}', "key 'model' stands twice"),
        (b"\xff\xfe", "expected JSON"),
        (b"[]", "expected a JSON object"),
        (b"{}", "expected a choice for each of 1 prompts"),
        (b'{"choices": [{"index": 0}, {"index": 1}]}', "expected a choice for each of 1 prompts"),
        (b'{"choices": [{"index": 0}]}', "expected text at choices[0].text, found nothing"),
        (b'{"choices": [{"index": 0, "text": null}]}', "found null"),
        (b'{"model": 7, "choices": [{"index": 0, "text": ""}]}', "as 'model' of the response"),
    ],
)
def test_response_that_is_no_answer_is_not_scored(tmp_path, sent, expected):
    with served(TinyServer(alters=lambda _response: sent)) as server:
        verdict = _run(tmp_path, server)
    assert expected in _not_scored(verdict)


def test_response_that_is_no_answer_is_not_scored_among_concurrent_requests(tmp_path):
    with served(TinyServer(alters=lambda _response: b"{}")) as server:
        verdict = _run(tmp_path, server, endpoint=_concurrent(2))
    assert "expected a choice for each of 1 prompts" in _not_scored(verdict)


def test_chat_response_without_a_message_is_not_scored(tmp_path):
    sent = b'{"model": "tiny-1", "choices": [{"index": 0, "message": {}}]}'
    with served(TinyServer(alters=lambda _response: sent)) as server:
        verdict = _run(tmp_path, server, api="chat")
    assert "choices[0].message.content" in _not_scored(verdict)


def _without_echo(response):
    for choice in response["choices"]:
        choice["logprobs"] = {"token_logprobs": [-0.5], "top_logprobs": [{"x": -0.5}]}
    return response


def _without_log_probabilities(response):
    for choice in response["choices"]:
        choice["logprobs"] = None
    return response


def _with_null(response):
    for choice in response["choices"]:
        choice["logprobs"]["token_logprobs"][-2] = None
    return response


@AT_ONCE
@pytest.mark.parametrize(
    ("alters", "expected"),
    [
        (_without_echo, "the server must honour `echo`"),
        (_without_log_probabilities, "expected logprobs.token_logprobs"),
        (_with_null, "expected a number for every token of the continuation, found null"),
    ],
)
def test_log_likelihood_of_a_part_of_the_tokens_is_not_scored(
    tmp_path, tiny_checkpoint, alters, expected, concurrent_requests
):
    with served(TinyServer(alters=alters)) as server:
        verdict = _run(
            tmp_path,
            server,
            benchmarks=CHOICE,
            endpoint=f"    tokenizer: {tiny_checkpoint}\n" + _concurrent(concurrent_requests),
        )
    assert expected in _not_scored(verdict)


def test_log_likelihoods_of_a_chat_server_are_refused_before_anything_is_asked(tmp_path):
    benchmarks = "  - {task: tiny_generate, samples: 2}\n" + CHOICE
    with served(TinyServer()) as server, pytest.raises(RequirementsError) as caught:
        _run(tmp_path, server, api="chat", benchmarks=benchmarks)
    assert "benchmarks.1.task: 'tiny_choice'" in str(caught.value)
    assert "chat interfaces give no log-likelihoods" in str(caught.value)
    assert server.requests == []


def test_log_likelihoods_without_a_tokenizer_are_refused(tmp_path):
    with (
        served(TinyServer()) as server,
        pytest.raises(RequirementsError, match=r"model\.endpoint\.tokenizer"),
    ):
        _run(tmp_path, server, benchmarks=CHOICE)


def test_chat_server_without_a_chat_template_is_refused(tmp_path):
    with (
        served(TinyServer()) as server,
        pytest.raises(RequirementsError, match="write chat_template: true"),
    ):
        _run(tmp_path, server, api="chat", model="  chat_template: false\n")


def test_chat_template_without_a_tokenizer_to_render_it_is_refused(tmp_path):
    with (
        served(TinyServer()) as server,
        pytest.raises(RequirementsError, match=r"expected model\.endpoint\.tokenizer"),
    ):
        _run(tmp_path, server, model="  chat_template: true\n")


@pytest.mark.parametrize("exists", [False, True])
def test_folder_without_a_tokenizer_is_refused(tmp_path, exists):
    folder = tmp_path / "tokenizer"
    if exists:
        folder.mkdir()
    with served(TinyServer()) as server, pytest.raises(CheckpointError, match=str(folder)):
        _run(tmp_path, server, endpoint=f"    tokenizer: {folder}\n")


def test_missing_package_of_the_extra_is_named_with_the_extra(tmp_path, monkeypatch):
    for name in [n for n in sys.modules if n.startswith("weighin.harness.served.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with served(TinyServer()) as server, pytest.raises(UsageError) as caught:
        _run(tmp_path, server)
    assert "needs aiohttp" in str(caught.value)
    assert "weighin[api]" in str(caught.value)
