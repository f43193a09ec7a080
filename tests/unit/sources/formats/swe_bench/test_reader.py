"""What a report of SWE-bench says, and what it does not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.mutations import hostile, mutated
from tests.making.logs.tested import swe_bench, swe_bench_written

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import NOT_NAMED, Record
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of
from weighin.sources.formats.swe_bench.reader import SweBenchReader


def logged(folder: Path, content: object = None, **given: str) -> LoggedRecord:
    (read,) = SweBenchReader().read(swe_bench_written(folder, content, **given)).records
    return read


def test_the_score_is_the_share_of_all_instances_that_were_resolved(tmp_path: Path):
    assert isinstance(reader_of(swe_bench_written(tmp_path)), SweBenchReader)
    record = logged(tmp_path).record
    (score,) = record.scores
    assert (score.task, score.metric, score.value, score.documents) == (
        "swe_bench",
        "resolved",
        0.4,
        5,
    )
    assert (record.asked.documents_total, record.asked.documents_scored) == (5, 5)


def test_the_model_is_in_the_name_of_the_file_before_the_run(tmp_path: Path):
    record = logged(tmp_path).record
    assert (record.model, record.run.settings["run_name"]) == ("acme__coder-2.5", "run-1")
    grades = {o.facet: o.grade for o in record.observations if o.grade is not Grade.ABSENT}
    assert grades == {Facet.WEIGHTS: Grade.NAMED}
    assert logged(tmp_path, name="report.json").record.model == "not named"


@pytest.mark.parametrize("run", ["run-1", "coder-2.5-run", "a__b"])
def test_a_report_of_the_service_names_data_and_no_model(run: str, tmp_path: Path):
    found = logged(tmp_path, name=f"swe-bench_verified__test__{run}.json").record
    assert found.model == NOT_NAMED
    assert found.run.settings["run_name"] == f"swe-bench_verified__test__{run}"


def test_more_submitted_than_there_are_does_not_make_more_documents(tmp_path: Path):
    found = logged(tmp_path, swe_bench(submitted_instances=9, total_instances=4)).record
    assert (found.asked.documents_scored, found.asked.documents_total) == (4, 4)
    assert not found.is_partial


def test_an_instance_that_failed_counts_as_wrong(tmp_path: Path):
    facts = {fact.name: fact.value for fact in logged(tmp_path).record.facts}
    assert facts[FactName.ERRORS] == {"errors": 1, "counted_as_wrong": True}


def test_fewer_submitted_than_there_are_is_a_part(tmp_path: Path):
    content = swe_bench(submitted_instances=4, incomplete_ids=["c-1"])
    record = logged(tmp_path, content).record
    assert record.is_partial
    assert {f.name: f.value for f in record.facts}[FactName.MISSING_DOCUMENTS] == ["c-1"]
    # The denominator stays: it is all instances.
    assert record.scores[0].value == 0.4


def test_a_report_of_schema_1_does_not_say_how_many_there_are(tmp_path: Path):
    content = {k: v for k, v in swe_bench().items() if "submitted" not in k}
    record = logged(tmp_path, content).record
    assert (record.asked.documents_total, record.asked.documents_scored) == (None, 5)
    assert not record.is_partial


def test_the_score_is_computed_again_from_the_list(tmp_path: Path):
    read = logged(tmp_path, swe_bench(resolved_instances=4))
    assert read.record.scores[0].value == 0.8
    assert read.recompute is not None
    assert list(read.recompute().values.values()) == [0.4]


PREDICTION = {"instance_id": "a-1", "model_patch": "diff", "model_name_or_path": "acme/coder"}


@pytest.mark.parametrize(
    "content",
    [
        {"a-1": {"patch_exists": True, "patch_successfully_applied": True, "resolved": True}},
        {"dataset": "org/d", "split": "test", "task_repo": None, "created_at": "2026-08-20"},
        {"a-1": PREDICTION, "a-2": PREDICTION},
        [PREDICTION],
    ],
)
def test_what_lies_beside_a_report_is_known_and_no_evidence(content: object, tmp_path: Path):
    swe_bench_written(tmp_path)
    swe_bench_written(tmp_path, content, name="logs/run-1/acme/a-1/beside.json")
    evidence = read_evidence([tmp_path])
    assert len(evidence.records) == 1
    assert [note for note in evidence.notes if "beside.json" in note] == []


def test_lines_of_predictions_are_refused_with_what_to_give(tmp_path: Path):
    line = '{"instance_id": "a__b-1", "model_patch": "", "model_name_or_path": "acme/a-1"}'
    (tmp_path / "preds.jsonl").write_text(f"{line}\n", "utf-8")
    with pytest.raises(EvidenceError, match=r"predictions of SWE-bench.*<model>\.<run>\.json"):
        read_evidence([tmp_path])


@pytest.mark.parametrize(
    "content", [{}, [], {"resolved_ids": []}, {"a": {"resolved": True}}, {"total_instances": 1}]
)
def test_other_json_is_not_taken(content: object, tmp_path: Path):
    assert reader_of(swe_bench_written(tmp_path, content)) is None


@hostile
@given(content=mutated(swe_bench()))
def test_any_mutation_is_read_or_refused(content: object, tmp_path: Path):
    file = swe_bench_written(tmp_path, content)
    if SweBenchReader().recognises(file):
        with suppress(EvidenceError):
            for read in SweBenchReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record
                assert read.recompute is not None
                read.recompute()
