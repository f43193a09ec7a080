"""What `.eval_results/*.yaml` of a model repository claims."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.claims import EVAL_RESULTS, eval_results
from tests.making.logs.inspect import read
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.claims.hub_eval_results import HubEvalResultsReader
from weighin.sources.formats.registry import reader_of


def test_a_result_is_a_record_of_the_repository(tmp_path: Path):
    records = [found.record for found in read(eval_results(tmp_path)).records]
    assert [(r.model, r.asked.task, r.scores[0].value) for r in records] == [
        ("tiny", "cais/hle/default", 20.9),
        ("tiny", "Idavidrein/gpqa/gpqa_diamond", 0.412),
    ]
    assert records[0].asked.dataset_revision == "5503434ddd753f426f4b38109466949a1217c2bb"
    assert records[0].run.settings["notes"] == "no-tools"


def test_the_weights_are_only_a_name(tmp_path: Path):
    grades = {o.facet: o.grade for o in read(eval_results(tmp_path)).records[0].record.observations}
    assert grades.pop(Facet.WEIGHTS) is Grade.NAMED
    assert set(grades.values()) == {Grade.ABSENT}


def test_the_folder_is_searched_though_its_name_begins_with_a_dot(tmp_path: Path):
    eval_results(tmp_path)
    assert len(read_evidence([tmp_path]).records) == 2


def test_other_yaml_is_not_recognised(tmp_path: Path):
    path = tmp_path / "config.yaml"
    path.write_text("dataset: x\n")
    assert reader_of(ForeignFile(path, path.name)) is None


def test_results_elsewhere_are_recognised_by_their_start(tmp_path: Path):
    path = tmp_path / "eval_results.yaml"
    path.write_text("# results\n" + EVAL_RESULTS)
    assert isinstance(reader_of(ForeignFile(path, path.name)), HubEvalResultsReader)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("- dataset: {id: a/b}\n  value: 1\n", "without dataset and task_id"),
        ("- dataset: {id: a/b, task_id: c}\n  value: high\n", "its value is no number: high"),
        ("- 7\n", "without dataset and task_id"),
    ],
)
def test_what_is_no_result_is_passed_over_and_named(text: str, note: str, tmp_path: Path):
    reading = read(eval_results(tmp_path, text))
    assert reading.records == ()
    assert note in reading.notes[0]


@pytest.mark.parametrize("text", ["", "a: 1\n", "- &a 1\n- *a\n", "\ttab\n", "- [\n"])
def test_what_is_no_list_of_plain_values_is_refused(text: str, tmp_path: Path):
    with pytest.raises(EvidenceError, match="expected"):
        read(eval_results(tmp_path, text))


@hostile
@given(cut=st.integers(0, len(EVAL_RESULTS)), junk=st.text(max_size=12))
def test_no_text_makes_the_reader_fail_with_another_error(cut: int, junk: str, tmp_path: Path):
    path = eval_results(tmp_path)
    path.write_bytes(
        (EVAL_RESULTS[:cut] + junk + EVAL_RESULTS[cut:]).encode("utf-8", "surrogatepass")
    )
    with contextlib.suppress(EvidenceError):
        HubEvalResultsReader().read(ForeignFile(path, path.name))
