"""What a log of Inspect says of a run, and what it does not."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.inspect import (
    MODEL,
    call,
    document,
    fact,
    header,
    read,
    record_of,
    sample,
    three_of_four,
    written,
)
from tests.making.logs.mutations import hostile, mutated

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import (
    FACETS_OF_LOGS,
    SHOW_DIFFERENCES_ONLY,
    Agreement,
    Facet,
    Grade,
    agreement,
)
from weighin.sources.formats.inspect.reader import InspectReader


def compared(left, right, facet: Facet) -> Agreement:
    return agreement(
        left.observation(facet).identifiers, right.observation(facet).identifiers, Grade.NAMED
    )


def with_samples(samples, **evaluation):
    return header(len(samples), **evaluation) | {"samples": samples}


def test_every_facet_is_observed_and_says_what_would_record_it(tmp_path: Path):
    found = record_of(document(), tmp_path).observations
    assert [observation.facet for observation in found] == list(FACETS_OF_LOGS)
    assert all(observation.how_to_record for observation in found)


def test_nothing_in_a_log_is_measured_or_pinned(tmp_path: Path):
    grades = {observation.grade for observation in record_of(document(), tmp_path).observations}
    assert grades <= {Grade.DECLARED, Grade.NAMED, Grade.ABSENT}


def test_weights_are_the_name_that_answered_not_the_alias_that_was_asked_for(tmp_path: Path):
    record = record_of(document(), tmp_path)
    identifiers = record.observation(Facet.WEIGHTS).identifiers
    (weights,) = (i for i in identifiers if i.kind not in SHOW_DIFFERENCES_ONLY)
    assert (record.model, weights.value, weights.grade) == (
        MODEL,
        "gpt-2030-01-01",
        Grade.NAMED,
    )
    assert fact(record, FactName.REQUESTED_MODEL) == MODEL


def test_calls_are_counted_by_who_answered(tmp_path: Path):
    events = [
        call(provider="Novita", fingerprint="fp_1"),
        call(provider="Baidu", fingerprint="fp_1", answered="gpt-2031-01-01"),
        call(provider="Baidu", fingerprint="fp_2"),
    ]
    record = record_of(with_samples([sample(1, events=events)]), tmp_path)
    assert fact(record, FactName.ANSWERED_MODELS) == {"gpt-2030-01-01": 2, "gpt-2031-01-01": 1}
    assert fact(record, FactName.PROVIDERS) == {"Baidu": 2, "Novita": 1}
    assert fact(record, FactName.SYSTEM_FINGERPRINTS) == {"fp_1": 2, "fp_2": 1}


def test_calls_to_a_grader_do_not_count(tmp_path: Path):
    events = [call(), call(model="openai/grader", answered="grader-1", provider="X")]
    record = record_of(with_samples([sample(1, events=events)]), tmp_path)
    assert fact(record, FactName.ANSWERED_MODELS) == {"gpt-2030-01-01": 1}
    assert record.fact(FactName.PROVIDERS) is None


def test_without_calls_the_samples_say_who_answered(tmp_path: Path):
    record = record_of(with_samples([sample(1, events=[]), sample(2, events=[])]), tmp_path)
    assert fact(record, FactName.ANSWERED_MODELS) == {"gpt-2030-01-01": 2}
    assert record.fact(FactName.TOOLS) is None


def test_tools_are_those_of_any_call(tmp_path: Path):
    events = [call(tools=["bash"]), call(tools=["bash", "python"])]
    record = record_of(with_samples([sample(1, events=events)]), tmp_path)
    assert fact(record, FactName.TOOLS) == ["bash", "python"]


def test_the_code_and_its_uncommitted_changes_are_facts(tmp_path: Path):
    record = record_of(document(), tmp_path)
    assert fact(record, FactName.HARNESS_COMMIT) == "36190055"
    assert fact(record, FactName.HARNESS_IS_DIRTY) is True


def test_a_log_that_does_not_say_dirty_is_not_clean(tmp_path: Path):
    log = document()
    del log["eval"]["revision"]["dirty"]
    assert record_of(log, tmp_path).fact(FactName.HARNESS_IS_DIRTY) is None


def test_finish_reasons_count_answers_and_limits(tmp_path: Path):
    samples = [
        sample(1),
        sample(2, stop="max_tokens"),
        sample(3, limit={"type": "message", "limit": 50}),
    ]
    record = record_of(with_samples(samples), tmp_path)
    assert fact(record, FactName.FINISH_REASONS) == {"max_tokens": 1, "message limit": 1, "stop": 1}


def test_documents_without_a_score_are_missing(tmp_path: Path):
    samples = [sample(1), sample(2, scores={}, error={"message": "timeout"})]
    record = record_of(with_samples(samples), tmp_path)
    assert fact(record, FactName.MISSING_DOCUMENTS) == ["2"]
    assert fact(record, FactName.ERRORS) == {"errors": 1, "counted_as_wrong": False}


def test_images_of_the_sandbox_are_counted_by_digest(tmp_path: Path):
    digest = "sha256:" + "a" * 64
    sandbox = {"type": "docker", "config": {"services": {"box": {"image": f"img@{digest}"}}}}
    record = record_of(with_samples([sample(1, sandbox=sandbox), sample(2)]), tmp_path)
    assert fact(record, FactName.IMAGES) == {digest: 1}


def test_seeds_and_overrides_are_facts(tmp_path: Path):
    log = with_samples([sample(1)], task_args={"fewshot": 5})
    log["plan"]["config"]["seed"] = 7
    record = record_of(log, tmp_path)
    assert fact(record, FactName.SEEDS) == {"generation": 7}
    assert fact(record, FactName.TASK_OVERRIDES) == ["fewshot=5"]
    assert record.asked.num_fewshot == 5


def test_the_score_has_the_standard_error_beside_it(tmp_path: Path):
    (score,) = record_of(document(), tmp_path).scores
    assert (score.key, score.value, score.stderr) == ("accuracy,match", 0.75, 0.25)


def test_times_are_in_utc(tmp_path: Path):
    run = record_of(document(), tmp_path).run
    assert (run.started, run.finished) == ("2030-01-02T02:04:06Z", "2030-01-02T02:05:06Z")


def test_a_score_that_is_no_number_is_named_not_read(tmp_path: Path):
    log = document()
    log["results"]["scores"][0]["metrics"]["accuracy"]["value"] = float("nan")
    record = record_of(log, tmp_path)
    assert record.scores == ()
    assert record.run.settings["scores_not_finite"] == ["accuracy: nan"]


def test_accuracy_is_recomputed_from_the_samples(tmp_path: Path):
    (found,) = read(written(document(), tmp_path)).records
    again = found.recompute()
    assert again.values == {("capitals", "accuracy", "match"): 0.75}
    assert again.documents == {("capitals", "accuracy", "match"): 4}


def test_epochs_are_averaged_by_document_first(tmp_path: Path):
    samples = [sample(1, epoch) for epoch in (1, 2)] + [sample(2, 1, value="I"), sample(2, 2)]
    log = header(2, config={"epochs": 2, "epochs_reducer": ["mean"]}) | {"samples": samples}
    log["results"] |= {"total_samples": 4, "completed_samples": 4}
    (found,) = read(written(log, tmp_path)).records
    assert list(found.recompute().values.values()) == [(1 + 0.5) / 2]
    assert found.record.asked.documents_scored == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"samples": three_of_four()[:3]}, "the log holds 3 samples and counts 4"),
        ({"eval": {"config": {"epochs": 1, "epochs_reducer": ["max"]}}}, "reduced by max"),
    ],
)
def test_what_cannot_be_recomputed_says_why(change: dict, reason: str, tmp_path: Path):
    log = document()
    log |= {"samples": change.get("samples", log["samples"])}
    log["eval"] |= change.get("eval", {})
    (found,) = read(written(log, tmp_path)).records
    again = found.recompute()
    assert again.values == {}
    assert reason in next(iter(again.why_not.values()))


@pytest.mark.parametrize(
    ("reducer", "answers", "aggregation"),
    [("mean", 1, "mean"), ("pass_at_4", 4, "pass@4"), ("mode", 4, "cons@4"), ("max", 4, "max@4")],
)
def test_averaged_epochs_are_no_more_compute_and_the_best_of_them_is(
    reducer: str, answers: int, aggregation: str, tmp_path: Path
):
    log = document()
    log["eval"]["config"] = {"epochs": 4, "epochs_reducer": [reducer]}
    record = record_of(log, tmp_path)
    (compute,) = record.observation(Facet.TEST_TIME_COMPUTE).identifiers
    assert compute.value == {"answers_per_document": answers}
    assert fact(record, FactName.AGGREGATION) == aggregation


def test_epochs_without_a_reducer_leave_the_compute_unknown(tmp_path: Path):
    log = document()
    log["eval"]["config"] = {"epochs": 4}
    assert record_of(log, tmp_path).observation(Facet.TEST_TIME_COMPUTE).identifiers == ()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"reasoning_effort": "high"}, {"reasoning_effort": "medium"}, Agreement.DIFFERENT),
        ({"reasoning_effort": "high"}, {"reasoning_effort": "high"}, Agreement.SAME),
        ({"reasoning_effort": "high"}, {}, Agreement.UNKNOWN),
    ],
)
def test_effort_set_against_unset_decides_nothing(
    left: dict, right: dict, expected: Agreement, tmp_path: Path
):
    records = []
    for config in (left, right):
        log = document()
        log["plan"]["config"] = config
        records.append(record_of(log, tmp_path))
    assert compared(*records, Facet.TEST_TIME_COMPUTE) is expected


def test_temperature_set_against_unset_decides_nothing(tmp_path: Path):
    other = document()
    del other["plan"]["config"]["temperature"]
    records = record_of(document(), tmp_path), record_of(other, tmp_path)
    assert compared(*records, Facet.DECODING) is Agreement.UNKNOWN


def test_a_schema_for_answers_in_one_log_alone_decides_nothing(tmp_path: Path):
    other = document()
    other["plan"]["config"]["response_schema"] = {"name": "x", "json_schema": {"type": "object"}}
    records = record_of(document(), tmp_path), record_of(other, tmp_path)
    assert compared(*records, Facet.DECODING) is Agreement.UNKNOWN


def test_the_system_prompt_is_its_digest(tmp_path: Path):
    (prompt,) = record_of(document(), tmp_path).observation(Facet.SYSTEM_PROMPT).identifiers
    # printf 'Be brief.' | sha256sum
    assert prompt.value == {
        "sha256": "213c22ed7234eb11116e1e88f314c73cb3a019b5c87fe224b6ce5665bd9ec50e"
    }


def test_a_prompt_that_differs_by_document_is_not_recorded(tmp_path: Path):
    samples = [sample(1), sample(2, messages=[{"role": "system", "content": "Other."}])]
    observation = record_of(with_samples(samples), tmp_path).observation(Facet.SYSTEM_PROMPT)
    assert (observation.identifiers, observation.summary) == ((), "several, by document")


def test_the_prompt_is_found_in_an_attachment(tmp_path: Path):
    attached = sample(1, attachments={"abc": "Be brief."})
    attached["messages"][0]["content"] = "attachment://abc"
    records = (
        record_of(with_samples([attached]), tmp_path),
        record_of(with_samples([sample(1)]), tmp_path),
    )
    assert compared(*records, Facet.SYSTEM_PROMPT) is Agreement.SAME


def test_a_commit_in_the_arguments_of_a_local_model_is_declared(tmp_path: Path):
    sha = "5503434ddd753f426f4b38109466949a1217c2bb"
    log = document()
    log["eval"] |= {"model": "hf/org/name", "model_args": {"revision": sha, "dtype": "bfloat16"}}
    record = record_of(log, tmp_path)
    weights = record.observation(Facet.WEIGHTS)
    assert (weights.identifiers[0].value, weights.grade) == (f"org/name@{sha}", Grade.DECLARED)
    assert record.observation(Facet.DTYPE).identifiers[0].value == "bfloat16"
    assert record.observation(Facet.ENDPOINT).identifiers[0].value == "in process"


@pytest.mark.parametrize(
    ("change", "is_partial"),
    [
        ({}, False),
        ({"config": {"limit": 2}}, True),
        ({"config": {"limit": 20000}}, False),
        ({"config": {"limit": [0, 2]}}, True),
        ({"config": {"sample_id": [1]}}, True),
    ],
)
def test_a_limit_below_the_dataset_is_partial(change: dict, *, is_partial: bool, tmp_path: Path):
    log = document()
    log["eval"] |= change
    assert record_of(log, tmp_path).is_partial is is_partial


def test_a_run_that_did_not_succeed_is_partial_and_named(tmp_path: Path):
    reading = read(written(document() | {"status": "error"}, tmp_path))
    assert reading.records[0].record.is_partial
    assert "the run did not end with success but with error" in reading.notes[0]


def test_a_log_of_version_1_is_read(tmp_path: Path):
    log = document() | {"version": 1}
    log["results"] = {
        "scorer": {"name": "match"},
        "metrics": {"accuracy": {"name": "accuracy", "value": 0.75}},
        "total_samples": 4,
        "completed_samples": 4,
    }
    for item in log["samples"]:
        item["score"] = item.pop("scores")["match"]
    (found,) = read(written(log, tmp_path)).records
    assert [score.key for score in found.record.scores] == ["accuracy,match"]
    assert list(found.recompute().values.values()) == [0.75]


def test_a_newer_version_is_refused_by_name(tmp_path: Path):
    with pytest.raises(EvidenceError, match="expected version 1 or 2 of Inspect's log, found '3'"):
        read(written(document() | {"version": 3}, tmp_path))


@hostile
@given(data=st.data())
def test_no_document_makes_the_reader_fail_with_another_error(data: st.DataObject, tmp_path: Path):
    original = deepcopy(header(2) | {"samples": [sample(1), sample(2)]})
    content = json.dumps(data.draw(mutated(original)))
    path = tmp_path / "run.json"
    path.write_text(content)
    file, reader = ForeignFile(path, path.name), InspectReader()
    try:
        if reader.recognises(file):
            for found in reader.read(file).records:
                found.recompute()
                found.record.model_dump_json()
    except EvidenceError:
        pass
