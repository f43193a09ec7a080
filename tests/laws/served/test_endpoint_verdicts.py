"""What can and cannot be claimed of a model that is only served."""

import pytest
from tests.making.runs.scene import findings, record_of, violated_rules
from tests.making.tiny.endpoint import (
    TinyServer,
    endpoint_requirements,
    refusal,
    says_its_name,
    served,
)

import weighin.api
from weighin.identity.facets import Facet, Grade, Kind
from weighin.reports.shared.exit_code import exit_code
from weighin.reports.verdict.wording import weakest_evidence
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

TWO = "  - {task: tiny_generate, samples: 4}\n  - {task: tiny_choice, samples: 2, num_fewshot: 0}\n"
TWO_LENGTHS = "  - {task: tiny_generate, samples: 3}\n  - {task: tiny_choice, samples: 2}\n"
WITHOUT_LOADING = "rules: {weights-unchanged-during-run: off, loaded-is-on-disk: off}\n"

# A fingerprint changes with the server's configuration, too: by itself it is no other model.
RULES_ON = {
    "model": {"same-endpoint", "answered-by-one-model"},
    "provider": {"same-endpoint", "answered-by-one-model"},
    "system_fingerprint": {"same-endpoint"},
}


def _run(tmp_path, server, **settings):
    path = endpoint_requirements(tmp_path, server, **settings)
    return weighin.api.run(path, results=tmp_path / "results")


def _tokenizer(checkpoint):
    return f"    tokenizer: {checkpoint}\n"


def test_served_model_cannot_show_that_it_is_one_checkpoint(tmp_path, tiny_checkpoint):
    with served(TinyServer()) as server:
        verdict = _run(
            tmp_path, server, benchmarks=TWO, endpoint=_tokenizer(tiny_checkpoint), rest=""
        )
    assert violated_rules(verdict) == set()
    assert exit_code(verdict.outcome) == 11


def test_server_that_always_names_one_model_is_met_as_declared(tmp_path, tiny_checkpoint):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, benchmarks=TWO, endpoint=_tokenizer(tiny_checkpoint))
    assert exit_code(verdict.outcome) == 0
    assert weakest_evidence(verdict) == "declared (endpoint)"


def test_chat_server_that_always_names_one_model_is_met(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, api="chat")
    assert verdict.outcome is Outcome.MET


@pytest.mark.parametrize("evidence", ["declared", "pinned", "measured"])
def test_name_of_a_served_model_is_no_evidence_of_its_weights(tmp_path, evidence):
    rest = f"same: [weights]\nevidence: {evidence}\n{WITHOUT_LOADING}"
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server, rest=rest)
    assert findings(verdict, "same-weights", Outcome.UNDECIDED)
    assert verdict.outcome is Outcome.UNDECIDED


def test_weights_of_a_served_model_are_identified_by_a_name_only(tmp_path):
    with served(TinyServer()) as server:
        verdict = _run(tmp_path, server)
    weights = record_of(verdict, "tiny_generate").observation(Facet.WEIGHTS)
    assert [(i.kind, i.value, i.grade) for i in weights.identifiers] == [
        (Kind.NAME, "tiny-1", Grade.NAMED)
    ]


@pytest.mark.parametrize(
    ("field", "concurrent_requests"),
    [("model", 1), ("model", 2), ("system_fingerprint", 1), ("provider", 1)],
)
def test_server_that_changes_in_the_middle_of_a_benchmark_violates(
    tmp_path, field, concurrent_requests
):
    def says(number):
        return {**says_its_name(number), field: "before" if number < 2 else "after"}

    with served(TinyServer(says=says)) as server:
        verdict = _run(
            tmp_path, server, endpoint=f"    concurrent_requests: {concurrent_requests}\n"
        )
    assert violated_rules(verdict) == RULES_ON[field]
    assert exit_code(verdict.outcome) == 10


@pytest.mark.parametrize("field", ["model", "system_fingerprint", "provider"])
def test_server_that_changes_between_benchmarks_violates(tmp_path, tiny_checkpoint, field):
    def says(number):
        return {**says_its_name(number), field: "before" if number < 4 else "after"}

    with served(TinyServer(says=says)) as server:
        verdict = _run(tmp_path, server, benchmarks=TWO, endpoint=_tokenizer(tiny_checkpoint))
    (finding,) = findings(verdict, "same-endpoint")
    assert "during" not in finding.statement
    assert violated_rules(verdict) == RULES_ON[field]


def test_number_of_responses_does_not_make_two_benchmarks_differ(tmp_path, tiny_checkpoint):
    with served(TinyServer()) as server:
        verdict = _run(
            tmp_path, server, benchmarks=TWO_LENGTHS, endpoint=_tokenizer(tiny_checkpoint)
        )
    counts = {r.asked.task: r.run.settings["responses"][0]["responses"] for r in verdict.records}
    assert counts == {"tiny_generate": 3, "tiny_choice": 8}
    assert verdict.outcome is Outcome.MET


def test_retry_does_not_hide_what_a_failing_server_says_of_itself(tmp_path):
    def refuses(number):
        return refusal(503, {"model": "tiny-2", "error": "overloaded"}) if number == 1 else None

    with served(TinyServer(refuses=refuses)) as server:
        verdict = _run(tmp_path, server)
    assert violated_rules(verdict) == RULES_ON["model"]
    (finding,) = findings(verdict, "same-endpoint")
    assert "tiny-2" in finding.found


def test_field_that_the_server_leaves_out_at_times_is_unknown(tmp_path):
    def says(number):
        return {"model": "tiny-1", "system_fingerprint": "fp_1" if number else None}

    with served(TinyServer(says=says)) as server:
        verdict = _run(tmp_path, server)
    assert findings(verdict, "same-endpoint", Outcome.UNDECIDED)
    assert violated_rules(verdict) == set()
    assert verdict.outcome is Outcome.UNDECIDED


def test_field_that_the_server_states_on_one_benchmark_only_is_unknown(tmp_path, tiny_checkpoint):
    def says(number):
        return {"model": "tiny-1", "system_fingerprint": "fp_1" if number < 4 else None}

    with served(TinyServer(says=says)) as server:
        verdict = _run(tmp_path, server, benchmarks=TWO, endpoint=_tokenizer(tiny_checkpoint))
    assert findings(verdict, "same-endpoint", Outcome.UNDECIDED)
    assert violated_rules(verdict) == set()


def test_server_that_never_names_its_model_is_not_declared(tmp_path):
    with served(TinyServer(says=lambda _number: {})) as server:
        verdict = _run(tmp_path, server)
    endpoint = record_of(verdict, "tiny_generate").observation(Facet.ENDPOINT)
    assert endpoint.grade is Grade.NAMED
    assert verdict.outcome is Outcome.UNDECIDED


def test_benchmark_that_is_recorded_is_not_asked_again(tmp_path):
    with served(TinyServer()) as server:
        _run(tmp_path, server)
        verdict = _run(tmp_path, server)
    assert len(server.requests) == 4
    assert verdict.outcome is Outcome.MET
