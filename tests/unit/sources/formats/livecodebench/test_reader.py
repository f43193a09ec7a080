"""What results of LiveCodeBench say, and what they do not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.mutations import hostile, mutated
from tests.making.logs.tested import (
    LIVECODEBENCH_NAME,
    livecodebench,
    livecodebench_graded,
    livecodebench_written,
)

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.livecodebench.reader import LiveCodeBenchReader
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of

GRADED_NAME = LIVECODEBENCH_NAME.replace("_eval.json", "_eval_all.json")


def logged(folder: Path, content: object = None, name: str = LIVECODEBENCH_NAME) -> LoggedRecord:
    (read,) = LiveCodeBenchReader().read(livecodebench_written(folder, content, name)).records
    return read


def numbers(record: Record) -> list[tuple[str, str, float, int | None]]:
    return [(s.task, s.metric, s.value, s.documents) for s in record.scores]


def test_metrics_are_a_record(tmp_path: Path):
    assert isinstance(reader_of(livecodebench_written(tmp_path)), LiveCodeBenchReader)
    record = logged(tmp_path).record
    assert numbers(record) == [("livecodebench/codegeneration", "pass@1", 0.25, 2)]
    assert (record.model, record.asked.decoding) == ("coder-7b", {"temperature": 0.2})
    grades = {o.facet: o.grade for o in record.observations if o.grade is not Grade.ABSENT}
    assert grades == {
        Facet.WEIGHTS: Grade.NAMED,
        Facet.DECODING: Grade.DECLARED,
        Facet.TEST_TIME_COMPUTE: Grade.DECLARED,
    }


def test_scores_are_computed_again_from_the_tests(tmp_path: Path):
    content = livecodebench()
    content[0]["pass@1"] = 0.5
    read = logged(tmp_path, content)
    assert read.recompute is not None
    again = read.recompute()
    assert list(again.values.values()) == [0.25]
    assert list(again.documents.values()) == [2]


def test_graded_answers_are_read_where_they_lie_alone(tmp_path: Path):
    assert numbers(logged(tmp_path, livecodebench_graded(), GRADED_NAME).record) == [
        ("livecodebench/codegeneration", "pass@1", 0.25, 2)
    ]
    livecodebench_written(tmp_path)
    evidence = read_evidence([tmp_path])
    assert [r.origin.file for r in evidence.records] == [str(tmp_path / LIVECODEBENCH_NAME)]
    assert evidence.notes == ()


def test_a_percentage_is_told_as_one(tmp_path: Path):
    content = [{"pass@1": 25.0}, livecodebench()[1]]
    name = "coder-7b/Scenario.codeexecution_2_0.2_cot_eval.json"
    read = logged(tmp_path, content, name)
    assert read.record.run.settings["units"] == {"pass@1": "%"}
    assert read.record.asked.decoding == {"temperature": 0.2, "cot": True}
    assert read.recompute is not None
    assert list(read.recompute().values.values()) == [25.0]


@pytest.mark.parametrize(
    ("name", "task", "model"),
    [
        ("m/codegeneration_10_0.2_eval.json", "livecodebench/codegeneration", "m"),
        ("m/Scenario.selfrepair_1_0_eval.json", "livecodebench/selfrepair", "m"),
        ("my_codegeneration_output_eval.json", "livecodebench/codegeneration", "my"),
        ("results.json", "livecodebench", "not named"),
    ],
)
def test_model_and_scenario_stand_in_names_or_nowhere(name, task, model, tmp_path: Path):
    record = logged(tmp_path, name=name).record
    assert (record.asked.task, record.model) == (task, model)


@pytest.mark.parametrize(
    "content", [[], [{}, {}], [{"pass@1": 1}, {"0": 1}], [{"pass@1": 1}], {"pass@1": 1}, [1, 2]]
)
def test_other_json_is_not_taken(content: object, tmp_path: Path):
    assert reader_of(livecodebench_written(tmp_path, content)) is None


@hostile
@given(content=mutated(livecodebench()) | mutated(livecodebench_graded()))
def test_any_mutation_is_read_or_refused(content: object, tmp_path: Path):
    file = livecodebench_written(tmp_path, content)
    if LiveCodeBenchReader().recognises(file):
        with suppress(EvidenceError):
            for read in LiveCodeBenchReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record
                assert read.recompute is not None
                read.recompute()
