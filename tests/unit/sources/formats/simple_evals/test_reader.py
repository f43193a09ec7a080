"""What a metrics file of simple-evals says, and what it does not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.mutations import hostile, mutated
from tests.making.logs.simple_evals import METRICS, NAME, OF_GPT_OSS, SPREADS_ALONE, written

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import FACETS_OF_LOGS, Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.registry import reader_of
from weighin.sources.formats.simple_evals.reader import SimpleEvalsReader


def record(folder: Path, name: str = NAME, content: object = None) -> Record:
    (read,) = SimpleEvalsReader().read(written(folder, name, content)).records
    return read.record


@pytest.mark.parametrize(
    ("name", "task", "model"),
    [
        (NAME, "mmlu", "solver-7b_chat"),
        ("math_solver.json", "math", "solver"),
        ("healthbench_hard_solver_20260221_165608.json", "healthbench_hard", "solver"),
        ("mmlu_AR-XY_solver_20260221_165608.json", "mmlu_AR-XY", "solver"),
        ("gpqa_o3_high_20260221_165608_DEBUG.json", "gpqa", "o3_high"),
    ],
)
def test_benchmark_and_model_stand_in_the_name_of_the_file(
    name: str, task: str, model: str, tmp_path: Path
):
    assert isinstance(reader_of(written(tmp_path, name)), SimpleEvalsReader)
    found = record(tmp_path, name)
    assert (found.asked.task, found.model) == (task, model)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metrics.json", METRICS),
        ("mmlu.json", METRICS),
        ("mmluplus_solver.json", METRICS),
        ("math_homework.json", {"score": 3}),
        ("math_homework.json", {"score": 3, "note:std": "x"}),
        ("math_homework.json", [1, 2]),
        ("drop_table.json", {"rows:std": 1}),
    ],
)
def test_a_name_or_content_of_something_else_is_not_taken(
    name: str, content: object, tmp_path: Path
):
    assert reader_of(written(tmp_path, name, content)) is None


def test_the_score_comes_first_and_a_spread_is_none(tmp_path: Path):
    scores = record(tmp_path, OF_GPT_OSS, SPREADS_ALONE).scores
    assert [(s.metric, s.value, s.stderr) for s in scores] == [
        ("score", 0.4375, None),
        ("chars", 7000.5, None),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (OF_GPT_OSS, ("aime25", "acme__solver-20b", "high", 0.6)),
        ("gpqa_s-low_temp1.0_20260221_165608_DEBUG.json", ("gpqa", "s", "low", 1.0)),
        (
            "healthbench_hard_s-1-low_temp0_20260221_165608.json",
            ("healthbench_hard", "s-1", "low", 0),
        ),
        ("hmmt25_a_b-medium_temp1.0_20260221_165608.json", ("hmmt25", "a_b", "medium", 1.0)),
    ],
)
def test_gpt_oss_names_effort_and_temperature(
    name: str, said: tuple[str, str, str, float], tmp_path: Path
):
    task, model, effort, temperature = said
    found = record(tmp_path, name, SPREADS_ALONE)
    assert (found.asked.task, found.model) == (task, model)
    assert found.asked.decoding == {"temperature": temperature}
    (known,) = found.observation(Facet.TEST_TIME_COMPUTE).identifiers
    assert known.value == {"reasoning_effort": effort}
    assert found.run.harness.startswith("gpt-oss evals")


def test_efforts_of_one_call_are_runs_of_their_own(tmp_path: Path):
    stamps = {
        record(tmp_path, OF_GPT_OSS.replace("high", effort), SPREADS_ALONE).run.settings[
            "file_stamp"
        ]
        for effort in ("low", "high")
    }
    assert stamps == {
        "20260221_165608 low temperature 0.6",
        "20260221_165608 high temperature 0.6",
    }


def test_answers_without_the_metrics_beside_them_are_read(tmp_path: Path):
    metrics = {"chars": 1.5, "chars:std": 0.5, "score:std": 0.25}
    content = {"score": 0.5, "metrics": metrics, "htmls": [], "convos": [], "metadata": None}
    name = OF_GPT_OSS.replace(".json", "_allresults.json")
    found = record(tmp_path, name, content)
    assert [(s.metric, s.value) for s in found.scores] == [("score", 0.5), ("chars", 1.5)]
    written(tmp_path, OF_GPT_OSS, SPREADS_ALONE)
    assert [r.scores[0].value for r in read_evidence([tmp_path]).records] == [0.4375]


def test_healthbench_by_its_own_script_has_an_overall_score(tmp_path: Path):
    content = {"axis": 0.25, "overall_score": 0.5, "overall_score:n_samples": 5}
    name = "healthbench_solver_20260221_165608.json"
    first = record(tmp_path, name, content).scores[0]
    assert (first.metric, first.value, first.documents) == ("overall_score", 0.5, 5)


def test_a_score_has_its_bootstrap_error_and_not_the_spread_of_the_answers(tmp_path: Path):
    scores = {score.metric: score for score in record(tmp_path).scores}
    assert set(scores) == {"chars", "stem", "score"}
    assert (scores["score"].value, scores["score"].stderr, scores["score"].documents) == (
        0.572,
        0.031,
        250,
    )
    assert scores["stem"].stderr is None


def test_a_score_that_is_no_number_is_listed(tmp_path: Path):
    found = record(tmp_path, content=METRICS | {"stem": None})
    assert found.run.settings["scores_not_finite"] == ["stem: None"]


def test_only_the_weights_are_named_and_nothing_else_is_recorded(tmp_path: Path):
    found = record(tmp_path)
    assert sorted(o.facet for o in found.observations) == sorted(FACETS_OF_LOGS)
    grades = {o.facet: o.grade for o in found.observations if o.grade is not Grade.ABSENT}
    assert grades == {Facet.WEIGHTS: Grade.NAMED}
    assert all(o.how_to_record for o in found.observations)


def test_a_debug_run_is_a_part(tmp_path: Path):
    assert record(tmp_path, "mmlu_solver_DEBUG.json").is_partial
    assert not record(tmp_path).is_partial


def test_the_files_with_answers_beside_it_are_known_and_not_read(tmp_path: Path):
    written(tmp_path)
    (tmp_path / NAME.replace(".json", "_allresults.json")).write_text('{"convos": []}')
    (tmp_path / NAME.replace(".json", ".html")).write_text("<html>")
    for given_paths in ([tmp_path], sorted(tmp_path.glob("*.json"))):
        evidence = read_evidence(given_paths)
        assert len(evidence.records) == 1
        assert evidence.notes == ()


def test_a_broken_file_of_such_a_name_is_refused(tmp_path: Path):
    path = tmp_path / NAME
    path.write_text("{")
    file = ForeignFile(path, NAME)
    assert SimpleEvalsReader().recognises(file)
    with pytest.raises(EvidenceError, match="expected JSON"):
        SimpleEvalsReader().read(file)


@hostile
@given(content=mutated(METRICS))
def test_any_mutation_of_the_metrics_is_read_or_refused(content: object, tmp_path: Path):
    file = written(tmp_path, content=content)
    if SimpleEvalsReader().recognises(file):
        with suppress(EvidenceError):
            for read in SimpleEvalsReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record
