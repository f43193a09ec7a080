"""What results of EvalPlus and BigCodeBench say, and what they do not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.mutations import hostile, mutated
from tests.making.logs.tested import evalplus, evalplus_of_2023, evalplus_written

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.evalplus.reader import EvalPlusReader
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of


def logged(folder: Path, content: object = None, **given: str) -> tuple[LoggedRecord, ...]:
    return tuple(EvalPlusReader().read(evalplus_written(folder, content, **given)).records)


def told(read: tuple[LoggedRecord, ...]) -> list[tuple[str, str, float, int | None]]:
    return [
        (one.record.asked.task, score.metric, score.value, score.documents)
        for one in read
        for score in one.record.scores
    ]


def test_the_tests_of_the_benchmark_and_all_tests_are_two_benchmarks(tmp_path: Path):
    assert isinstance(reader_of(evalplus_written(tmp_path)), EvalPlusReader)
    assert told(logged(tmp_path)) == [
        ("humaneval", "pass@1", 0.75, 4),
        ("humaneval+", "pass@1", 0.5, 4),
    ]
    assert [task for task, *_ in told(logged(tmp_path, evalplus("Mbpp")))] == ["mbpp", "mbpp+"]


def test_what_the_file_is_named_after_is_the_model(tmp_path: Path):
    record = logged(tmp_path)[0].record
    assert (record.model, record.run.engine) == ("acme/coder-7b", "vllm")
    assert record.asked.decoding == {"temperature": 0.0}
    grades = {o.facet: o.grade for o in record.observations if o.grade is not Grade.ABSENT}
    assert grades == {
        Facet.WEIGHTS: Grade.NAMED,
        Facet.ENGINE: Grade.NAMED,
        Facet.DECODING: Grade.DECLARED,
        Facet.TEST_TIME_COMPUTE: Grade.DECLARED,
    }


@pytest.mark.parametrize(
    ("name", "model", "engine"),
    [
        ("acme--c_hf_temp_0.8.eval_results.json", "acme/c", "hf"),
        ("acme--c_hf_temp_0.8_eval_results.json", "acme/c", "hf"),
        ("acme--c_hf_temp_0.8-sanitized_eval_results.json", "acme/c", "hf"),
        ("c_temp_0.0/eval_results.json", "c", ""),
        ("samples_eval_results.json", "samples", ""),
        ("results.json", "not named", ""),
    ],
)
def test_a_model_is_named_in_several_ways_or_not(name: str, model: str, engine: str, tmp_path):
    record = logged(tmp_path / "evalplus_results", name=name)[0].record
    assert (record.model, record.run.engine) == (model, engine)


def test_scores_that_were_not_saved_follow_from_the_outcomes(tmp_path: Path):
    # Of two answers each, one and two pass the tests of the benchmark, one and one all of them.
    assert told(logged(tmp_path, evalplus_of_2023())) == [
        ("humaneval", "pass@1", 0.75, 2),
        ("humaneval+", "pass@1", 0.5, 2),
    ]


def test_without_tests_of_evalplus_there_is_one_benchmark(tmp_path: Path):
    document = evalplus()
    del document["pass_at_k"]["plus"]
    for answers in document["eval"].values():
        answers[0]["plus_status"] = None
    assert told(logged(tmp_path, document)) == [("humaneval", "pass@1", 0.75, 4)]


def test_scores_are_computed_again_and_one_of_another_value_is_seen(tmp_path: Path):
    document = evalplus()
    document["pass_at_k"]["plus"]["pass@1"] = 0.75
    base, plus = logged(tmp_path, document)
    assert base.recompute is not None
    assert plus.recompute is not None
    assert list(base.recompute().values.values()) == [0.75]
    assert list(plus.recompute().values.values()) == [0.5]
    assert plus.record.scores[0].value == 0.75


def test_bigcodebench_is_read_likewise(tmp_path: Path):
    document = {
        "date": "2026-02-21 16:56",
        "eval": {
            f"BigCodeBench/{n}": [
                {"task_id": f"BigCodeBench/{n}", "solution": "", "status": status, "details": {}}
            ]
            for n, status in enumerate(["pass", "fail", "timeout", "fail"])
        },
    }
    name = (
        "acme--coder-7b--main--bigcodebench-instruct--vllm-0.0-1-sanitized_calibrated"
        "_eval_results.json"
    )
    read = logged(tmp_path, document, name=name)
    assert told(read) == [("bigcodebench", "pass@1", 0.25, 4)]
    assert read[0].record.model == "acme/coder-7b"
    assert read[0].record.run.harness.startswith("BigCodeBench")


SCORES = {
    "pass@1": 0.311,
    "model": "acme--coder-7b",
    "split": "instruct",
    "subset": "hard",
    "calibrated": True,
    "gt_pass_rate": 0.99,
    "failed_tasks": [],
}
OF_BIGCODEBENCH = "acme--coder-7b--bigcodebench-hard-instruct--vllm-0-1-sanitized_calibrated"


def test_scores_of_bigcodebench_are_read_where_they_lie_alone(tmp_path: Path):
    read = logged(tmp_path, SCORES, name=f"{OF_BIGCODEBENCH}_pass_at_k.json")
    assert told(read) == [("bigcodebench_hard", "pass@1", 0.311, None)]
    (one,) = read
    assert (one.record.model, one.record.run.settings["split"]) == ("acme/coder-7b", "instruct")


def test_scores_of_bigcodebench_beside_its_results_are_those(tmp_path: Path):
    outcome = [{"task_id": "BigCodeBench/0", "solution": "", "status": "pass", "details": {}}]
    results = {"date": "2026-02-21 16:56", "eval": {"BigCodeBench/0": outcome}}
    evalplus_written(tmp_path, results, name=f"{OF_BIGCODEBENCH}_eval_results.json")
    assert logged(tmp_path, SCORES, name=f"{OF_BIGCODEBENCH}_pass_at_k.json") == ()


@hostile
@given(content=mutated(SCORES))
def test_any_mutation_of_scores_is_read_or_refused(content: object, tmp_path: Path):
    file = evalplus_written(tmp_path, content, name="a_pass_at_k.json")
    if EvalPlusReader().recognises(file):
        with suppress(EvidenceError):
            EvalPlusReader().read(file)


def test_the_answers_beside_it_are_known_and_not_opened(tmp_path: Path):
    file = evalplus_written(tmp_path)
    answers = file.name.removesuffix(".eval_results.json")
    for ending in (".jsonl", ".raw.jsonl"):
        (tmp_path / f"{answers}{ending}").write_text('{"task_id": "HumanEval/0"}')
    evidence = read_evidence([tmp_path])
    assert len(evidence.records) == 2
    assert evidence.notes == ()


@pytest.mark.parametrize(
    "content", [{"date": "x", "eval": {}}, {"date": "x", "eval": {"a": [{}]}}, {"eval": {}}, []]
)
def test_other_json_is_not_taken(content: object, tmp_path: Path):
    assert reader_of(evalplus_written(tmp_path, content)) is None


@hostile
@given(content=mutated(evalplus()))
def test_any_mutation_is_read_or_refused(content: object, tmp_path: Path):
    file = evalplus_written(tmp_path, content)
    if EvalPlusReader().recognises(file):
        with suppress(EvidenceError):
            for read in EvalPlusReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record
                assert read.recompute is not None
                read.recompute()


def test_a_file_that_is_not_there_is_not_taken(tmp_path: Path):
    assert not EvalPlusReader().recognises(ForeignFile(tmp_path / "a.json", "a.json"))
