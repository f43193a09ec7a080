"""The API key goes to the server and nowhere else."""

import logging

import pytest
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, refusal, served

import weighin.api
from weighin.errors import InfrastructureError, KeyRefusedError, UsageError
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

KEY = "sk-weighin-0123456789abcdef"
NAME = "WEIGHIN_TEST_KEY"
WITH_KEY = f"    api_key_env: {NAME}\n"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv(NAME, KEY)
    return KEY


def _run(tmp_path, server, endpoint=WITH_KEY, **settings):
    path = endpoint_requirements(tmp_path, server, endpoint=endpoint, **settings)
    return weighin.api.run(path, results=tmp_path / "results")


def _headers(server):
    return [{k.lower(): v for k, v in headers.items()} for _, headers, _ in server.requests]


@pytest.mark.parametrize("concurrent_requests", [1, 2])
def test_key_is_sent_and_stands_in_no_file_log_or_verdict(
    tmp_path, key, caplog, capfd, concurrent_requests
):
    caplog.set_level(logging.DEBUG)
    endpoint = f"{WITH_KEY}    concurrent_requests: {concurrent_requests}\n"
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, endpoint)
    assert {h["authorization"] for h in _headers(server)} == {f"Bearer {key}"}
    assert verdict.outcome is Outcome.MET
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not any(key.encode() in path.read_bytes() for path in files)
    assert key not in repr(verdict)
    assert key not in caplog.text
    assert key not in "".join(capfd.readouterr())


@pytest.mark.parametrize(("status", "padding"), [(401, 0), (401, 285), (503, 0)])
def test_key_that_a_server_repeats_in_an_error_is_not_shown(tmp_path, key, status, padding):
    body = {"error": {"message": "x" * padding + f" wrong key {key}"}, "model": key}
    told = ""
    with served(TinyServer(refuses=lambda _number: refusal(status, body))) as server:
        try:
            told = " ".join(_run(tmp_path, server).ignored)
        except (InfrastructureError, KeyRefusedError) as error:
            told = str(error)
    assert f"HTTP {status}" in told
    assert key[:8] not in told
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(key.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize("field", ["model", "text"])
def test_response_that_repeats_the_key_is_not_recorded(tmp_path, key, field):
    def alters(response):
        response["choices"][0]["text"] = key if field == "text" else ""
        return {**response, "model": key if field == "model" else "tiny-1"}

    with served(TinyServer(alters=alters)) as server:
        verdict = _run(tmp_path, server)
    assert any("repeats the API key" in reason for reason in verdict.ignored)
    assert key not in repr(verdict)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(key.encode() in path.read_bytes() for path in files)


def test_key_that_a_server_repeats_with_escapes_in_an_error_is_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv(NAME, f"{KEY}/rest")
    page = 403, {}, f'{{"no": "{KEY}\\/rest"}}'.encode()
    with served(TinyServer(refuses=lambda _number: page)) as server:
        (told,) = _run(tmp_path, server).ignored
    assert "HTTP 403" in told
    assert KEY not in told


def test_response_that_repeats_the_key_with_escapes_is_not_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv(NAME, f"{KEY}/rest")
    body = f'{{"model": "{KEY}\\/rest", "choices": [{{"index": 0, "text": ""}}]}}'
    with served(TinyServer(alters=lambda _response: body.encode())) as server:
        verdict = _run(tmp_path, server)
    assert any("repeats the API key" in reason for reason in verdict.ignored)


@pytest.mark.parametrize("concurrent_requests", [1, 2])
def test_without_api_key_env_no_key_of_the_environment_is_sent(
    tmp_path, monkeypatch, concurrent_requests
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with served(TinyServer()) as server:
        _run(tmp_path, server, f"    concurrent_requests: {concurrent_requests}\n")
    assert not any("authorization" in headers for headers in _headers(server))


def test_login_of_netrc_does_not_replace_the_key(tmp_path, key, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with served(TinyServer()) as server:
        _run(tmp_path, server)
    assert {h["authorization"] for h in _headers(server)} == {f"Bearer {key}"}


@pytest.mark.parametrize("value", [None, "", f"{KEY}\n", f" {KEY}", "clé-0123456789abcdef"])
def test_key_that_is_missing_or_cannot_be_sent_is_refused(tmp_path, monkeypatch, value):
    if value is None:
        monkeypatch.delenv(NAME, raising=False)
    else:
        monkeypatch.setenv(NAME, value)
    with served(TinyServer()) as server, pytest.raises(UsageError) as caught:
        _run(tmp_path, server)
    assert f"environment variable {NAME}" in str(caught.value)
    assert "requirements.yaml:" in str(caught.value)
    assert "0123456789" not in str(caught.value)
    assert server.requests == []
