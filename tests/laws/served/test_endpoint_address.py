"""The path and query of a URL in a variable go to the server and nowhere else."""

import logging
import socket
import time

import pytest
import requests
from tests.making.runs.scene import findings, record_of, violated_rules
from tests.making.tiny.endpoint import (
    TinyServer,
    endpoint_requirements,
    refusal,
    says_its_name,
    served,
)

import weighin.api
from weighin.errors import RunError, UsageError
from weighin.harness.served import connection as asking
from weighin.identity.facets import Facet
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

NAME = "WEIGHIN_TEST_URL"
IN_PATH, IN_QUERY = "tenant-7f3a9c41b2d8e6", "q/5e1d8b07aa93c2%41"
QUERY = f"code={IN_QUERY}&version=1"
SECRETS = ("7f3a9c41b2d8e6", "5e1d8b07aa93c2")
FORMATS = ("json", "html", "markdown", "junit", "sarif", "github", "gitlab")
TWO = "  - {task: tiny_generate, samples: 2}\n  - {task: another, samples: 2}\n"
AT_ONCE = pytest.mark.parametrize("concurrent_requests", [1, 2])


def _secret(server, api="completions", tenant=IN_PATH):
    return f"{server.url(api).replace('/v1/', f'/{tenant}/v1/')}?{QUERY}"


def _file(tmp_path, server, monkeypatch, *, url=None, concurrent_requests=1, **settings):
    monkeypatch.setenv(NAME, url or _secret(server, settings.get("api", "completions")))
    settings.setdefault("benchmarks", "  - {task: tiny_generate, samples: 2}\n")
    more = f"    concurrent_requests: {concurrent_requests}\n"
    return endpoint_requirements(tmp_path, server, url_env=NAME, endpoint=more, **settings)


def _run(tmp_path, file, **settings):
    return weighin.api.run(file, results=tmp_path / "results", **settings)


def _shows(content: bytes) -> bool:
    return any(secret.encode() in content.lower() for secret in SECRETS)


def _showing(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    return [path for path in files if _shows(path.read_bytes())]


@pytest.fixture
def told(weighin, tmp_path, caplog):
    """All that a run says and logs in every format, with nothing secret in it or in its files."""

    def run(file):
        caplog.set_level(logging.DEBUG)
        formats = [f"--format={name}={tmp_path / f'told.{name}'}" for name in FORMATS]
        told = weighin("run", file, "--results", tmp_path / "results", "--full", "-v", *formats)
        assert _showing(tmp_path) == []
        assert not _shows((told.output + told.errors + caplog.text).encode())
        return told

    return run


@pytest.mark.parametrize(
    ("api", "concurrent_requests"), [("completions", 1), ("completions", 2), ("chat", 1)]
)
def test_path_is_asked_and_stands_in_no_file_log_or_report(
    told, tmp_path, monkeypatch, api, concurrent_requests
):
    with served(TinyServer()) as server:
        file = _file(
            tmp_path, server, monkeypatch, api=api, concurrent_requests=concurrent_requests
        )
        said = told(file)
    assert said.code == 0
    path = server.url(api).split("/v1/")[1]
    (asked,) = {path for path, _, _ in server.requests}
    assert asked.startswith(f"/{IN_PATH}/v1/{path}?code=q/5e1d8b07aa93c2")
    (plan,) = (tmp_path / "results" / "plans").iterdir()
    assert f'"url":"http://127.0.0.1:{server._port}/${{{NAME}}}"' in plan.read_text()


def test_records_are_judged_without_the_variable(weighin, tmp_path, monkeypatch):
    with served(TinyServer()) as server:
        file = _file(tmp_path, server, monkeypatch)
        assert _run(tmp_path, file).outcome is Outcome.MET
    monkeypatch.delenv(NAME)
    assert weighin("check", file, tmp_path / "results").code == 0
    for log in (tmp_path / "results").rglob("results_*.json"):
        endpoint = f"http://127.0.0.1:{server._port}/${{{NAME}}}"
        assert endpoint in weighin("inspect", log, "--json").output


def _page(_number):
    page = f"<p>Cannot POST /{IN_PATH.upper()}/v1/completions?code={IN_QUERY}</p>"
    return 404, {"Content-Type": "text/html"}, page.encode()


FAILURES = {
    "404 with the path in JSON": {
        "refuses": lambda _n: refusal(404, {"detail": f"no deployment {IN_PATH}"})
    },
    "404 with the path in a page": {"refuses": _page},
    "401 with the decoded query": {
        "refuses": lambda _n: refusal(401, {"error": {"message": "code q/5e1d8b07aa93c2A is off"}})
    },
    "503 with the path": {"refuses": lambda _n: refusal(503, {"error": f"{IN_PATH} is busy"})},
    "307": {"refuses": lambda _n: refusal(307, {}, Location=f"/{IN_PATH}/v2?code={IN_QUERY}")},
    "no JSON": {"alters": lambda _r: f"{IN_PATH}: no worker".encode()},
    "a key twice": {"alters": lambda _r: f'{{"{IN_PATH}": 1, "{IN_PATH}": 2}}'.encode()},
    "a list": {"alters": lambda _r: f'["{IN_QUERY}"]'.encode()},
    "the path as its name": {"says": lambda _n: {"model": IN_PATH}},
    "the query as an answer": {
        "alters": lambda r: {**r, "choices": [{"index": 0, "text": f"<{IN_QUERY}>"}]}
    },
    "the path, escaped": {
        "alters": lambda _r: b'{"model": "\\u0074enant-7f3a9c41b2d8e6", "choices": []}'
    },
    "no text": {"alters": lambda r: {**r, "choices": [{"index": 0}]}},
}


@AT_ONCE
@pytest.mark.parametrize("failure", FAILURES)
def test_path_is_not_told_where_a_server_fails(
    told, tmp_path, monkeypatch, failure, concurrent_requests
):
    monkeypatch.setattr(asking, "_FIRST_WAIT_SECONDS", 0.0)
    with served(TinyServer(**FAILURES[failure])) as server:
        file = _file(tmp_path, server, monkeypatch, concurrent_requests=concurrent_requests)
        said = told(file)
    assert said.code in {3, 11, 75}
    assert f"http://127.0.0.1:{server._port}/${{{NAME}}}" in said.output + said.errors


@AT_ONCE
def test_path_is_not_told_where_nobody_listens(told, tmp_path, monkeypatch, concurrent_requests):
    monkeypatch.setattr(asking, "_FIRST_WAIT_SECONDS", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        server = TinyServer()
        server._port = taken.getsockname()[1]
        file = _file(tmp_path, server, monkeypatch, concurrent_requests=concurrent_requests)
        said = told(file)
    assert said.code == 75
    assert "refused" in said.errors or "connect" in said.errors


@AT_ONCE
def test_path_is_not_told_where_no_answer_comes_in_time(
    told, tmp_path, monkeypatch, concurrent_requests
):
    monkeypatch.setattr(asking, "_FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.05)
    with served(TinyServer(refuses=lambda _number: time.sleep(0.15))) as server:
        file = _file(tmp_path, server, monkeypatch, concurrent_requests=concurrent_requests)
        said = told(file)
    assert said.code == 75
    assert "no answer within" in said.errors


def test_path_is_not_logged_where_headers_cannot_be_read(told, tmp_path, monkeypatch):
    odd = {"X-Odd": "1\r\nno header"}  # of which urllib3 warns, with the URL
    with served(TinyServer(refuses=lambda _n: refusal(404, {}, **odd))) as server:
        said = told(_file(tmp_path, server, monkeypatch))
    assert said.code == 11


@pytest.mark.parametrize("error", [requests.exceptions.InvalidURL, RuntimeError])
def test_what_a_library_says_of_a_failure_is_not_told(told, tmp_path, monkeypatch, error):
    def fails(url, **_settings):
        raise error(url.upper())

    monkeypatch.setattr(asking, "_FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(requests, "post", fails)
    with served(TinyServer()) as server:
        said = told(_file(tmp_path, server, monkeypatch))
    assert error.__name__ in said.output + said.errors


def test_short_part_of_a_path_is_not_told_in_an_error(tmp_path, monkeypatch):
    body = {"error": {"message": "completions of Team_A are off"}}
    with served(TinyServer(refuses=lambda _number: refusal(404, body))) as server:
        url = _secret(server, tenant="team%5fa")
        verdict = _run(tmp_path, _file(tmp_path, server, monkeypatch, url=url))
    (reason,) = verdict.ignored
    assert f"a text that repeats a part of the URL in {NAME}" in reason
    assert f"check the URL in {NAME}, with its path" in reason


def test_path_that_names_the_model_may_be_in_its_answers(tmp_path, monkeypatch):
    said = {"model": "Org/Tiny-Instruct-0123456789"}
    with served(TinyServer(says=lambda _number: said)) as server:
        url = _secret(server, tenant="tiny-instruct-0123456789")
        file = _file(tmp_path, server, monkeypatch, url=url)
        text = file.read_text().replace("served_model: tiny", f"served_model: {said['model']}")
        file.write_text(text)
        verdict = _run(tmp_path, file)
    assert verdict.outcome is Outcome.MET


def test_error_that_repeats_nothing_secret_is_told(tmp_path, monkeypatch):
    body = {"error": {"message": "/v1/completions: chat is off"}}
    with served(TinyServer(refuses=lambda _number: refusal(400, body))) as server:
        verdict = _run(tmp_path, _file(tmp_path, server, monkeypatch))
    assert "HTTP 400: /v1/completions: chat is off" in verdict.ignored[0]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "secret-path/v1",
        "https://secret-user@host/v1",
        "https://user:secret@host/v1",
        "https://host/secret#part",
        "https://host/secret\n",
        " https://host/secret",
        "https://host/sécret",
        "https://host:0/secret",
        "https://host:99999/secret",
        "https://[::secret]/v1",
        "https://ho st/secret",
        "https:/secret/v1",
        "https://host\\@secret/v1",
        "ftp://host/secret",
    ],
)
def test_variable_without_a_url_is_refused_and_not_shown(tmp_path, monkeypatch, value):
    with served(TinyServer()) as server:
        file = _file(tmp_path, server, monkeypatch)
        if value is None:
            monkeypatch.delenv(NAME)
        else:
            monkeypatch.setenv(NAME, value)
        with pytest.raises(UsageError) as caught:
            _run(tmp_path, file)
    told = str(caught.value)
    assert f"environment variable {NAME}" in told
    assert "requirements.yaml:5: model.endpoint.url_env: expected" in told
    assert "secret" not in told.replace("host:8000/secret/v1", "")
    assert server.requests == []


def _copied(tmp_path):
    from tests.making.places import TINY_TASKS
    from tests.making.runs.scene import copied_tasks

    tasks = copied_tasks(tmp_path / "tasks")
    text = (TINY_TASKS / "tiny_generate.yaml").read_text()
    (tasks / "another.yaml").write_text(text.replace("tiny_generate", "another"))
    return str(TINY_TASKS), str(tasks)


def _two_readings(tmp_path, monkeypatch, server, second=None, second_path=IN_PATH):
    """A benchmark scored in a run, another in the next one, maybe at another server or path."""
    old, new = _copied(tmp_path)
    file = _file(tmp_path, server, monkeypatch, benchmarks=TWO)
    file.write_text(file.read_text().replace(old, new))
    _run(tmp_path, file, only=["tiny_generate"])
    monkeypatch.setenv(NAME, _secret(second or server, tenant=second_path))
    return _run(tmp_path, file)


def test_benchmarks_of_one_reading_are_known_to_be_of_one_endpoint(tmp_path, monkeypatch):
    old, new = _copied(tmp_path)
    with served(TinyServer()) as server:
        file = _file(tmp_path, server, monkeypatch, benchmarks=TWO)
        file.write_text(file.read_text().replace(old, new))
        verdict = _run(tmp_path, file)
    assert verdict.outcome is Outcome.MET


@pytest.mark.parametrize("second_path", [IN_PATH, "tenant-of-somebody-else"])
def test_benchmarks_of_two_readings_are_not_known_to_be_of_one_endpoint(
    tmp_path, monkeypatch, second_path
):
    with served(TinyServer()) as server:
        verdict = _two_readings(tmp_path, monkeypatch, server, second_path=second_path)
    assert len(server.requests) == 4  # nothing is asked twice: the jobs are the same
    (finding,) = findings(verdict, "same-endpoint", Outcome.UNDECIDED)
    assert finding.found.count("reading") == 2
    assert "in one run" in finding.fix
    assert violated_rules(verdict) == set()
    assert verdict.outcome is Outcome.UNDECIDED


def test_two_readings_of_which_the_server_says_another_name_violate(tmp_path, monkeypatch):
    def says(number):
        return {**says_its_name(number), "model": "tiny-1" if number < 2 else "tiny-2"}

    with served(TinyServer(says=says)) as server:
        verdict = _two_readings(tmp_path, monkeypatch, server)
    assert violated_rules(verdict) == {"same-endpoint", "answered-by-one-model"}


def test_two_readings_at_two_servers_violate(tmp_path, monkeypatch):
    with served(TinyServer()) as server, served(TinyServer()) as second:
        verdict = _two_readings(tmp_path, monkeypatch, server, second)
    assert "same-endpoint" in violated_rules(verdict)


def test_records_of_one_variable_are_known_by_scheme_host_and_port(tmp_path, monkeypatch):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, _file(tmp_path, server, monkeypatch))
    identifiers = record_of(verdict, "tiny_generate").observation(Facet.ENDPOINT).identifiers
    origin = f"http://127.0.0.1:{server._port}"
    assert [i.value["url"] for i in identifiers] == [f"{origin}/${{{NAME}}}", origin]


def test_error_of_a_secret_address_leads_back_to_no_error_that_shows_it(monkeypatch):
    from weighin.harness.served.address import secret_address

    address = secret_address("http://127.0.0.1:9/secret-path-0123456789", NAME, served_model="m")
    assert "secret-path" not in repr(address)
    connection = asking.Connection(address, None, None, served_model="m")

    def fails(url, **_settings):
        raise RuntimeError(url)

    monkeypatch.setattr(requests, "post", fails)
    with pytest.raises(RunError) as caught:
        connection.ask({})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
