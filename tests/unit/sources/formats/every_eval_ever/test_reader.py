"""What an aggregate of Every Eval Ever says, and what its schema cannot say."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.every_eval_ever import SAMPLES, aggregate, result, with_samples, written
from tests.making.logs.inspect import fact, read
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
from weighin.sources.formats.every_eval_ever.reader import EveryEvalEverReader

SHA = "5503434ddd753f426f4b38109466949a1217c2bb"


def record_of(document, folder: Path):
    (found,) = read(written(document, folder)).records
    return found.record


def compared(left, right, facet: Facet) -> Agreement:
    return agreement(
        left.observation(facet).identifiers, right.observation(facet).identifiers, Grade.NAMED
    )


def test_a_benchmark_is_a_record_and_its_metrics_are_scores(tmp_path: Path):
    document = aggregate(result(), result(metric="f1", score=0.5), result("BBH", 0.3))
    records = [found.record for found in read(written(document, tmp_path)).records]
    assert [(r.asked.task, [s.metric for s in r.scores]) for r in records] == [
        ("IFEval", ["accuracy", "f1"]),
        ("BBH", ["accuracy"]),
    ]


def test_every_facet_is_observed_and_says_what_would_record_it(tmp_path: Path):
    found = record_of(aggregate(), tmp_path).observations
    assert [observation.facet for observation in found] == list(FACETS_OF_LOGS)
    assert all(observation.how_to_record for observation in found)


def test_weights_are_a_name_without_a_commit(tmp_path: Path):
    weights = record_of(aggregate(), tmp_path).observation(Facet.WEIGHTS)
    assert (weights.grade, weights.summary) == (Grade.NAMED, "only a name: org/model")


def test_a_commit_in_the_details_is_declared(tmp_path: Path):
    weights = record_of(aggregate(sha=SHA), tmp_path).observation(Facet.WEIGHTS)
    assert (weights.grade, weights.identifiers[0].value) == (Grade.DECLARED, f"org/model@{SHA}")


def test_a_base_and_an_adapter_on_it_are_not_the_same(tmp_path: Path):
    base = record_of(aggregate(sha=SHA), tmp_path)
    adapted = record_of(aggregate(sha=SHA, model_args="pretrained=b,peft=./lora"), tmp_path)
    assert compared(base, adapted, Facet.WEIGHTS) is Agreement.UNKNOWN


@pytest.mark.parametrize(
    ("precision", "dtype", "quantization"),
    [
        ("bfloat16", "bfloat16", Grade.ABSENT),
        ("torch.float16", "float16", Grade.ABSENT),
        ("GPTQ", None, Grade.NAMED),
        ("unknown", None, Grade.ABSENT),
    ],
)
def test_a_precision_is_a_dtype_or_a_quantization(
    precision: str, dtype: str | None, quantization: Grade, tmp_path: Path
):
    record = record_of(aggregate(precision=precision), tmp_path)
    identifiers = record.observation(Facet.DTYPE).identifiers
    values = [i.value for i in identifiers if i.kind not in SHOW_DIFFERENCES_ONLY]
    assert values == ([] if dtype is None else [dtype])
    assert record.observation(Facet.QUANTIZATION).grade is quantization


def test_two_precisions_under_one_name_differ(tmp_path: Path):
    """78 models of a public leaderboard have two aggregates, of two precisions."""
    half = record_of(aggregate(precision="float16"), tmp_path)
    brain = record_of(aggregate(precision="bfloat16"), tmp_path)
    assert compared(half, brain, Facet.DTYPE) is Agreement.DIFFERENT


def test_tools_of_an_agent_are_a_fact(tmp_path: Path):
    agent = {"agentic_eval_config": {"available_tools": [{"name": "bash"}, {"name": "browser"}]}}
    document = aggregate(result(generation_config={"generation_args": agent}))
    assert fact(record_of(document, tmp_path), FactName.TOOLS) == ["bash", "browser"]


def test_uncertainty_is_the_standard_error_and_the_documents(tmp_path: Path):
    details = {"score": 0.5, "uncertainty": {"standard_error": {"value": 0.02}, "num_samples": 9}}
    (score,) = record_of(aggregate(result(score_details=details)), tmp_path).scores
    assert (score.stderr, score.documents) == (0.02, 9)


def test_a_score_that_is_no_number_is_passed_over_and_named(tmp_path: Path):
    document = aggregate(result(score=float("nan")), result("BBH", 0.3))
    reading = read(written(document, tmp_path))
    assert [len(found.record.scores) for found in reading.records] == [0, 1]
    assert "/evaluation_results/0: passed over" in reading.notes[0]


@pytest.mark.parametrize("version", ["0.2.0", "0.2.2", "0.3.0"])
def test_known_versions_are_read(version: str, tmp_path: Path):
    reading = read(written(aggregate(version=version), tmp_path))
    assert reading.format == f"Every Eval Ever {version}"


@pytest.mark.parametrize("version", ["0.0.1", "0.1.0", "0.4.0", 3])
def test_other_versions_are_refused_by_name(version: object, tmp_path: Path):
    with pytest.raises(EvidenceError, match=rf"0\.2\.x or 0\.3\.0 .* found '{version}'"):
        read(written(aggregate(version=version), tmp_path))


def test_accuracy_is_recomputed_from_the_samples_beside_it(tmp_path: Path):
    reading = read(with_samples(tmp_path, [1, 1, 1, 0]))
    assert reading.companions == (tmp_path / SAMPLES,)
    assert list(reading.records[0].recompute().values.values()) == [0.75]


def test_other_metrics_are_not_recomputed(tmp_path: Path):
    (found,) = read(with_samples(tmp_path, [1, 0], metric="elo")).records
    again = found.recompute()
    assert again.values == {}
    assert "does not say how elo comes from its samples" in next(iter(again.why_not.values()))


def test_samples_of_another_checksum_are_broken_and_not_recomputed(tmp_path: Path):
    reading = read(with_samples(tmp_path, [1, 1], checksum="0" * 64))
    assert [broken.expected for broken in reading.broken] == ["0" * 64]
    assert reading.records[0].recompute().values == {}


@pytest.mark.parametrize("place", ["/etc/passwd.jsonl", "../../outside.jsonl", "data/a\0.jsonl"])
def test_no_path_in_an_aggregate_is_followed(place: str, tmp_path: Path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside.jsonl").write_text("{}\n")
    path = with_samples(tmp_path / "inside", [1], file_path=place)
    assert read(path).companions == ()


def test_identifiers_of_our_own_export_come_back_as_declared(tmp_path: Path):
    own = {"weights": [{"kind": "tensors", "value": "ab", "grade": "measured", "scope": ""}]}
    document = aggregate(**{"weighin.identifiers": json.dumps(own)})
    weights = record_of(document, tmp_path).observation(Facet.WEIGHTS)
    assert [(i.value, i.grade) for i in weights.identifiers] == [("ab", Grade.DECLARED)]


@hostile
@given(data=st.data())
def test_no_document_makes_the_reader_fail_with_another_error(data: st.DataObject, tmp_path: Path):
    own = {"weights": [{"kind": "tensors", "value": "ab", "grade": "measured", "scope": ""}]}
    details = {"sha": SHA, "precision": "float16", "weighin.identifiers": json.dumps(own)}
    original = deepcopy(aggregate(result(), result(metric="f1"), **details))
    original["detailed_evaluation_results"] = {"file_path": SAMPLES, "checksum": "0"}
    path = tmp_path / "aggregate.json"
    path.write_text(json.dumps(data.draw(mutated(original))))
    file, reader = ForeignFile(path, path.name), EveryEvalEverReader()
    try:
        if reader.recognises(file):
            for found in reader.read(file).records:
                found.record.model_dump_json()
    except EvidenceError:
        pass
