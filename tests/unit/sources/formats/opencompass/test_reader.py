"""What a summary table of OpenCompass says, and what it does not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.mutations import hostile
from tests.making.logs.opencompass import NAME, TABLE, written

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import FACETS_OF_LOGS, Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.opencompass.reader import OpenCompassReader
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of


def reading(folder: Path, table: str = TABLE) -> Reading:
    return OpenCompassReader().read(written(folder, table))


def records(folder: Path, table: str = TABLE) -> dict[tuple[str, str], Record]:
    return {(r.record.model, r.record.asked.task): r.record for r in reading(folder, table).records}


def test_a_summary_is_recognised_by_its_columns(tmp_path: Path):
    assert isinstance(reader_of(written(tmp_path)), OpenCompassReader)
    assert isinstance(reader_of(written(tmp_path, "\ufeff" + TABLE)), OpenCompassReader)


@pytest.mark.parametrize("table", ["model,score\na,1\n", "dataset,version,metric\n", ""])
def test_another_table_is_not_taken(table: str, tmp_path: Path):
    assert reader_of(written(tmp_path, table)) is None


def test_every_model_and_dataset_with_a_number_is_a_record(tmp_path: Path):
    assert set(records(tmp_path)) == {
        ("solver-7b-hf", "sums"),
        ("solver-7b-hf", "proofs"),
        ("solver-7b-hf", "maths"),
        ("solver-7b-vllm", "sums"),
        ("solver-7b-vllm", "maths"),
    }


def test_metrics_of_one_dataset_are_scores_of_one_record(tmp_path: Path):
    scores = records(tmp_path)["solver-7b-hf", "sums"].scores
    assert {score.metric: score.value for score in scores} == {
        "accuracy": 57.2,
        "extract_rate": 99.0,
    }


def test_the_version_is_that_of_the_prompts_and_a_group_has_none(tmp_path: Path):
    found = records(tmp_path)
    assert found["solver-7b-hf", "sums"].asked.task_version == "a1b2c3"
    assert found["solver-7b-hf", "maths"].asked.task_version is None


def test_a_cell_that_is_no_number_is_listed(tmp_path: Path):
    record = records(tmp_path)["solver-7b-vllm", "maths"]
    assert record.scores == ()
    assert record.run.settings["scores_not_finite"] == ["naive_average: nan"]


def test_cells_without_a_score_are_counted(tmp_path: Path):
    assert reading(tmp_path).notes == (f"{NAME}: 1 cells of the table have no score",)


def test_the_model_is_an_abbreviation_and_nothing_else_is_recorded(tmp_path: Path):
    record = records(tmp_path)["solver-7b-hf", "sums"]
    assert sorted(o.facet for o in record.observations) == sorted(FACETS_OF_LOGS)
    grades = {o.facet: o.grade for o in record.observations if o.grade is not Grade.ABSENT}
    assert grades == {Facet.WEIGHTS: Grade.NAMED}
    assert all("configs/*.py" in o.how_to_record for o in record.observations)


def test_decoding_has_no_bearing_in_perplexity_mode(tmp_path: Path):
    found = records(tmp_path)
    assert not found["solver-7b-hf", "proofs"].observation(Facet.DECODING).applies
    assert found["solver-7b-hf", "sums"].observation(Facet.DECODING).applies


def test_a_record_says_in_which_line_it_stands(tmp_path: Path):
    assert records(tmp_path)["solver-7b-hf", "proofs"].origin.pointer == "/5"


def test_what_opencompass_wrote_beside_it_is_known_and_never_executed(tmp_path: Path):
    run = tmp_path / "20260221_165608"
    written(run / "summary")
    trace = tmp_path / "executed"
    for place, content in (
        ("summary/summary_20260221_165608.txt", "tabulate format"),
        ("configs/20260221_165608.py", f"open({str(trace)!r}, 'w')"),
        ("results/solver-7b-hf/sums.json", '{"accuracy": 57.2}'),
        ("predictions/solver-7b-hf/sums.json", "{}"),
    ):
        path = run / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    evidence = read_evidence([run])
    assert len(evidence.records) == 5
    assert [note for note in evidence.notes if "no known format" in note] == []
    assert not trace.exists()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("dataset,version,metric,mode,a,a\nx,1,acc,gen,1,2\n", "each named once"),
        ("dataset,version,metric,mode,a\nx,1,acc,gen\n", ":2: expected 5 cells, found 4"),
        (
            "dataset,version,metric,mode,a\nx,1,acc,gen,1\nx,1,acc,gen,2\n",
            ":3: expected each metric",
        ),
        ("dataset,version,metric,mode,a\nx,-,-,-,-\n", "at least one score, found none"),
    ],
)
def test_a_damaged_table_is_refused_with_its_line(table: str, message: str, tmp_path: Path):
    with pytest.raises(EvidenceError, match=message):
        reading(tmp_path, table)


@hostile
@given(tail=st.text(max_size=80), cells=st.lists(st.text(max_size=6), max_size=12))
def test_any_table_is_read_or_refused(tail: str, cells: list[str], tmp_path: Path):
    path = tmp_path / NAME
    table = "dataset,version,metric,mode,a,b\n" + ",".join(cells) + "\n" + tail
    path.write_bytes(table.encode("utf-8", "surrogatepass"))
    file = ForeignFile(path, NAME)
    with suppress(EvidenceError):
        for read in OpenCompassReader().read(file).records:
            assert Record.model_validate_json(read.record.model_dump_json()) == read.record


@hostile
@given(tail=st.binary(max_size=60))
def test_any_bytes_after_the_header_are_read_or_refused(tail: bytes, tmp_path: Path):
    path = tmp_path / NAME
    path.write_bytes(b"dataset,version,metric,mode," + tail)
    file = ForeignFile(path, NAME)
    assert OpenCompassReader().recognises(file)
    with suppress(EvidenceError):
        OpenCompassReader().read(file)
