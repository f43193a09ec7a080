"""What a summary table of OpenCompass says, and what it does not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.mutations import hostile
from tests.making.logs.opencompass import (
    CAPABILITIES,
    CIRCULAR,
    COUNTED,
    JUDGED,
    JUDGED_NAME,
    NAME,
    NEEDLES,
    TABLE,
    THREE_HEADERS,
    WIN_RATES,
    written,
)

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


HEADER = "dataset,version,metric,mode,a\n"


def numbers(read: Reading) -> list[tuple[str, str, str, float, int | None]]:
    return [
        (one.record.model, one.record.asked.task, score.key, score.value, score.documents)
        for one in read.records
        for score in one.record.scores
    ]


def test_a_row_that_stands_there_twice_is_one_and_said(tmp_path: Path):
    table = f"{HEADER}average,-,naive_average,gen,50.00\n,-,-,-,-\nsums,1,acc,gen,50.00\n"
    read = reading(tmp_path, f"{table}average,-,naive_average,gen,50.00\n")
    assert numbers(read) == [
        ("a", "average", "naive_average,none", 50.0, None),
        ("a", "sums", "acc,none", 50.0, None),
    ]
    assert read.notes == (
        f"{NAME}:5: average naive_average stands there again, with the same number",
    )


def test_two_numbers_of_one_dataset_and_mode_are_refused_with_both(tmp_path: Path):
    table = f"{HEADER}sums,1,acc,gen,50.00\nsums,1,acc,gen,51.00\n"
    with pytest.raises(EvidenceError, match=r"acc of a again: 50\.00 in line 2, 51\.00 in line 3"):
        reading(tmp_path, table)


def test_two_modes_of_one_dataset_are_two_rows(tmp_path: Path):
    read = reading(tmp_path, f"{HEADER}sums,1,acc,gen,50.00\nsums,1,acc,ppl,51.00\n")
    assert numbers(read) == [
        ("a", "sums", "acc,gen", 50.0, None),
        ("a", "sums", "acc,ppl", 51.0, None),
    ]
    gen, ppl = (one.record.observation(Facet.DECODING).applies for one in read.records)
    assert (gen, ppl) == (True, False)


def test_counts_of_documents_are_no_model(tmp_path: Path):
    assert numbers(reading(tmp_path, COUNTED)) == [
        ("solver-7b", "sums", "accuracy,none", 82.03, 1319),
        ("solver-7b", "proofs", "accuracy,none", 40.5, 200),
        ("solver-7b", "maths", "naive_average,none", 61.27, None),
        ("solver-13b", "sums", "accuracy,none", 84.0, 25),
        ("solver-13b", "maths", "naive_average,none", 62.0, None),
    ]


@pytest.mark.parametrize(
    ("count", "cell", "documents"),
    [("246", "61.27", None), ("246", "61.27 (151.25/246.5)", None), ("2000", "61.27", 2000)],
)
def test_a_mean_of_counts_is_no_number_of_documents(count, cell, documents, tmp_path: Path):
    header = "dataset,version,metric,mode,total_count,a\nsums,1,acc,gen,1319,50.00\n"
    table = f"{header}all,-,naive_average,gen,{count},{cell}\n"
    group = numbers(reading(tmp_path, table))[1]
    assert group == ("a", "all", "naive_average,none", 61.27, documents)


def test_rows_on_the_checkpoint_and_differences_of_no_texts_are_no_scores(tmp_path: Path):
    above = "time,version,metric,mode,11/30 21:47\nmax_seq_len,version,metric,mode,8192\n"
    below = "sums,1,correct_bpb-incorrect_bpb,gen,-1.00\n"
    read = reading(tmp_path, f"{HEADER}{above}sums,1,acc,gen,50.00\n{below}")
    assert numbers(read) == [("a", "sums", "acc,none", 50.0, None)]


def test_tables_in_a_folder_of_their_own_know_what_lies_beside_the_summary(tmp_path: Path):
    result = tmp_path / "results" / "a" / "sums.json"
    result.parent.mkdir(parents=True)
    result.write_text('{"accuracy": 50.0}')
    tables = tmp_path / "summary" / "summary_20260101_101010"
    tables.mkdir(parents=True)
    (tables / "exam.csv").write_text(f"{HEADER}sums,1,acc,gen,50.00\n")
    assert len(read_evidence([tmp_path]).records) == 1


def test_a_column_of_that_name_with_scores_is_a_model(tmp_path: Path):
    table = "dataset,version,metric,mode,total_count,b\nsums,1,acc,gen,50.50,60.50\n"
    assert [model for model, *_ in numbers(reading(tmp_path, table))] == ["total_count", "b"]


def test_a_model_may_have_a_column_for_each_metric(tmp_path: Path):
    assert numbers(reading(tmp_path, CIRCULAR)) == [
        ("solver-7b", "sums", "acc_origin,none", 57.2, None),
        ("solver-7b", "sums", "perf_circular,none", 41.0, None),
        ("solver-13b", "sums", "acc_origin,none", 60.1, None),
    ]


def test_who_judged_tells_scores_apart(tmp_path: Path):
    assert numbers(reading(tmp_path, JUDGED)) == [
        ("solver-7b", "chats", "total,judged by judge-a", 7.31, None),
        ("solver-7b", "chats", "writing,judged by judge-a", 6.5, None),
        ("solver-13b", "chats", "total,judged by judge-a", 8.02, None),
        ("solver-13b", "chats", "writing,judged by judge-a", 7.75, None),
    ]
    file = written(tmp_path, f"{HEADER}chats,1,score,gen,7.31\n", JUDGED_NAME)
    assert numbers(OpenCompassReader().read(file)) == [
        ("a", "chats", "score,judged by judge-a", 7.31, None)
    ]


@pytest.mark.parametrize(
    ("name", "table", "told"),
    [
        (
            "judged-by--judge-a-capability.csv",
            CAPABILITIES,
            [
                ("solver-7b", "not named", "total,judged by judge-a", 7.31, None),
                ("solver-7b", "not named", "writing,judged by judge-a", 6.5, None),
                ("solver-13b", "not named", "total,judged by judge-a", 8.02, None),
                ("solver-13b", "not named", "writing,judged by judge-a", 7.75, None),
            ],
        ),
        (
            "Alignbench-judged-by--judge-a-capability.csv",
            THREE_HEADERS,
            [
                ("solver-7b", "Alignbench", f"{metric},judged by judge-a", value, None)
                for metric, value in (("总分", 5.42), ("中文推理总分", 4.63), ("逻辑推理", 4.75))
            ],
        ),
        (
            "arena_hard_leaderboard_judged-by--judge-a.csv",
            WIN_RATES,
            [("solver-7b", "arena_hard_leaderboard", "score,judged by judge-a", 50.2, None)],
        ),
        (
            NAME,
            NEEDLES,
            [
                ("solver-7b", "NeedleBench-Overall-Score-4K", "score,none", 61.2, None),
                ("solver-7b", "Length1000Depth10_origin_en_4k", "score,none", 99.5, None),
                ("solver-13b", "NeedleBench-Overall-Score-4K", "score,none", 66.1, None),
            ],
        ),
    ],
)
def test_the_name_of_a_file_explains_its_columns(name: str, table: str, told, tmp_path: Path):
    file = written(tmp_path, table, name)
    assert isinstance(reader_of(file), OpenCompassReader)
    assert numbers(OpenCompassReader().read(file)) == told


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("needles.csv", NEEDLES),  # any table of two columns might be named so
        (NAME, "dataset,solver-7b\nsums,57.20\n"),
        ("capability.csv", CAPABILITIES),
        (NAME, "ATC Experiment Type,solver-7b\nen,12\n"),  # needles found, and no score
    ],
)
def test_tables_that_neither_name_nor_columns_explain_are_not_taken(name, table, tmp_path: Path):
    assert reader_of(written(tmp_path, table, name)) is None


def test_a_judged_table_without_models_is_refused_with_its_columns(tmp_path: Path):
    file = written(tmp_path, "a,b\n1,2\n", "judged-by--judge-a.csv")
    with pytest.raises(EvidenceError, match="expected a column of models, found the columns 'a'"):
        OpenCompassReader().read(file)


def test_a_row_of_another_shape_does_not_take_the_others_along(tmp_path: Path):
    read = reading(tmp_path, f"{HEADER}sums,1,acc, strict,gen,50.00\nproofs,1,acc,gen,60.00\n")
    assert [task for _, task, *_ in numbers(read)] == ["proofs"]
    assert read.notes == (
        f"{NAME}:2: expected 5 cells, found 6; passed over: sums,1,acc, strict,gen,50.00",
    )


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
@given(
    header=st.sampled_from(
        [b"dataset,version,metric,mode,", b"dataset,version,mode,", b"model,judge_model,dataset,"]
    ),
    tail=st.binary(max_size=60),
)
def test_any_bytes_after_the_header_are_read_or_refused(header: bytes, tail: bytes, tmp_path: Path):
    path = tmp_path / NAME
    path.write_bytes(header + tail)
    file = ForeignFile(path, NAME)
    assert OpenCompassReader().recognises(file)
    with suppress(EvidenceError):
        OpenCompassReader().read(file)


@hostile
@given(
    name=st.sampled_from([NAME, "a-judged-by--b.csv"]),
    header=st.sampled_from([b"dataset,a\nneedle,1\n", b"model,total\n", b"0,1\nmodel,a\n"]),
    tail=st.binary(max_size=60),
)
def test_any_bytes_below_such_a_name_are_read_or_refused(name, header, tail, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(header + tail)
    file = ForeignFile(path, name)
    with suppress(EvidenceError):
        OpenCompassReader().read(file)
