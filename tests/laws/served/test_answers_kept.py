"""A server that goes away while it answers: what it had answered is not asked again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.tiny.endpoint import Json, TinyServer, endpoint_requirements, refusal, served

import weighin.api
from weighin.errors import InfrastructureError
from weighin.evidence.ledger import KEPT, LEDGER_NAME, read_ledger
from weighin.evidence.store import JOURNAL_NAME
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

TASKS = "  - task: tiny_generate\n  - task: tiny_rolling\n"
# lm-eval's requests for 24 documents each, a text of which is one window.
WHOLE = 48


def gone_after(number: int) -> Callable[[int], tuple[int, dict[str, str], bytes] | None]:
    """Answers so many requests, then says that it is overloaded."""
    return lambda request: refusal(503, **{"Retry-After": "0"}) if request >= number else None


def bodies(server: TinyServer) -> list[Json]:
    return [{k: v for k, v in body.items() if k != "seed"} for body in server.bodies]


def outcomes(verdict: Verdict) -> set[tuple[str, str, Outcome]]:
    return {(j.rule, str(j.finding.facet or ""), j.finding.outcome) for j in verdict.findings}


@pytest.mark.parametrize("at_once", [pytest.param(1, marks=pytest.mark.soak), 4])
def test_what_a_server_had_answered_is_not_asked_again(
    tmp_path: Path, tiny_checkpoint: Path, at_once: int
):
    server = TinyServer()
    endpoint = f"    tokenizer: {tiny_checkpoint}\n    concurrent_requests: {at_once}\n"
    with served(server):
        file = endpoint_requirements(tmp_path, server, benchmarks=TASKS, endpoint=endpoint)
        whole = weighin.api.run(file, results=tmp_path / "whole")
        asked_in_whole = sorted(map(str, bodies(server)))
        server.requests.clear()

        server.refuses = gone_after(30)
        with pytest.raises(InfrastructureError):
            weighin.api.run(file, results=tmp_path / "ended")
        answered = bodies(server)[:30]
        server.requests.clear()

        server.refuses = gone_after(WHOLE)
        resumed = weighin.api.run(file, results=tmp_path / "ended")
    assert len(asked_in_whole) == WHOLE
    assert sorted(map(str, [*answered, *bodies(server)])) == asked_in_whole
    assert outcomes(resumed) == outcomes(whole)
    # The second benchmark was ended.
    taken = [record.taken for record in resumed.records]
    assert [len(one) for one in taken] == [0, 1]
    for record, other in zip(resumed.records, whole.records, strict=True):
        assert record.scores == other.scores
        assert record.facts == other.facts
        assert record.observations == other.observations
        assert {f.sha256 for f in record.files if f.role == "samples"} == {
            f.sha256 for f in other.files if f.role == "samples"
        }
    assert list((tmp_path / "ended").rglob(JOURNAL_NAME)) == []


def test_a_server_whose_answers_were_thrown_away_leaves_the_number_of_attempts_undecided(
    tmp_path: Path,
):
    server = TinyServer()
    with served(server):
        file = endpoint_requirements(
            tmp_path, server, benchmarks="  - task: tiny_generate\n", api="chat"
        )
        server.refuses = gone_after(20)
        with pytest.raises(InfrastructureError):
            weighin.api.run(file, results=tmp_path / "results")
        (journal,) = (tmp_path / "results").rglob(JOURNAL_NAME)
        journal.unlink()
        server.requests.clear()
        server.refuses = gone_after(WHOLE)
        verdict = weighin.api.run(file, results=tmp_path / "results")
    lines = read_ledger(tmp_path / "results" / LEDGER_NAME).lines
    kept = [line.detail["answers"] for line in lines if line.event == KEPT]
    assert 18 in kept
    (told,) = [j.finding for j in verdict.findings if j.rule == "one-attempt"]
    assert told.outcome is Outcome.UNDECIDED
    assert "1 further attempt was ended with answers that no record holds" in told.statement


def test_answers_under_a_secret_url_are_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    server = TinyServer()
    with served(server):
        file = endpoint_requirements(
            tmp_path, server, benchmarks="  - task: tiny_generate\n", api="chat"
        )
        url = server.url("chat")
        file.write_text(file.read_text().replace(f"url: {url}", "url_env: THE_URL"))
        monkeypatch.setenv("THE_URL", url)
        server.refuses = gone_after(20)
        with pytest.raises(InfrastructureError):
            weighin.api.run(file, results=tmp_path / "results")
        assert list((tmp_path / "results").rglob(JOURNAL_NAME)) == []
