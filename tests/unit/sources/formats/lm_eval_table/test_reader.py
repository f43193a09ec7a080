"""What lm-eval prints at the end of a run says of it, and what it does not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.lm_eval_table import NAME, RUN, RUN_OF_2026, TABLES, written
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.lm_eval_table.reader import LmEvalTableReader
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of

COMMIT = "d" * 40


def reading(folder: Path, text: str = f"{RUN}\n{TABLES}") -> Reading:
    return LmEvalTableReader().read(written(folder, text))


def records(folder: Path, text: str = f"{RUN}\n{TABLES}") -> dict[str, Record]:
    return {one.record.asked.task: one.record for one in reading(folder, text).records}


def test_every_task_and_group_is_a_record(tmp_path: Path):
    assert isinstance(reader_of(written(tmp_path)), LmEvalTableReader)
    found = records(tmp_path)
    assert [(task, [s.value for s in r.scores]) for task, r in found.items()] == [
        ("gsm8k", [0.75, 0.625]),
        ("mmlu", [0.5]),
        ("humanities", [0.45]),
        ("formal_logic", [0.4]),
        ("mmlu/humanities/other", [0.48]),
        ("mmlu/other", [0.55]),
        ("wikitext", [0.7012]),
    ]


def test_filters_shots_and_versions_are_those_of_the_columns(tmp_path: Path):
    found = records(tmp_path)
    assert [(s.key, s.stderr) for s in found["gsm8k"].scores] == [
        ("exact_match,flexible-extract", 0.0125),
        ("exact_match,strict-match", 0.015),
    ]
    assert found["gsm8k"].asked.num_fewshot == 5
    # 3 and 3.0 are printed alike.
    assert found["gsm8k"].asked.task_version is None
    assert found["wikitext"].asked.task_version == "2.1"
    assert found["mmlu"].asked.num_fewshot is None
    assert found["wikitext"].scores[0].stderr is None
    assert found["mmlu"].scores[0].aggregation == "group"


@pytest.mark.parametrize(
    "run",
    [
        RUN,
        RUN_OF_2026,
        f"2026-02-21:16:56:08 INFO [main:1] {RUN}",
    ],
)
def test_the_line_above_names_the_model_and_its_arguments(run: str, tmp_path: Path):
    record = records(tmp_path, f"some words\n{run}\n{TABLES}")["gsm8k"]
    assert (record.model, record.run.engine, record.is_partial) == ("org/model", "hf", False)
    assert record.observation(Facet.DTYPE).identifiers[0].value == "bfloat16"
    assert record.observation(Facet.WEIGHTS).grade is Grade.NAMED


def test_a_revision_that_is_a_commit_is_one_and_a_limit_is_a_part(tmp_path: Path):
    run = RUN.replace("bfloat16", f"bfloat16,revision={COMMIT}").replace("limit: None", "limit: 8")
    record = records(tmp_path, f"{run}\n{TABLES}")["gsm8k"]
    assert record.observation(Facet.WEIGHTS).identifiers[0].value == f"org/model@{COMMIT}"
    assert record.is_partial


def test_without_that_line_the_model_is_not_named(tmp_path: Path):
    record = records(tmp_path, TABLES)["gsm8k"]
    assert record.model == "not named"
    assert {o.grade for o in record.observations} == {Grade.ABSENT}


def test_tables_of_two_runs_are_told_apart(tmp_path: Path):
    other = TABLES.replace("0.7500", "0.2500").replace("0.6250", "0.1250")
    text = f"{RUN}\n{TABLES}\n{RUN.replace('org/model', 'org/other')}\n{other}"
    told = [
        (one.record.model, one.record.scores[0].value)
        for one in reading(tmp_path, text).records
        if one.record.asked.task == "gsm8k"
    ]
    assert told == [("org/model", 0.75), ("org/other", 0.25)]


def test_a_table_of_2023_is_read(tmp_path: Path):
    text = (
        "|  Task  |Version| Metric |Value |   |Stderr|\n"
        "|--------|------:|--------|-----:|---|-----:|\n"
        "|lambada |      0|ppl     |5.6250|±  |0.1380|\n"
        "|        |       |acc     |0.5625|±  |0.0070|\n"
    )
    (record,) = records(tmp_path, text).values()
    assert [(s.key, s.value) for s in record.scores] == [("ppl,none", 5.625), ("acc,none", 0.5625)]


def test_one_task_with_two_numbers_is_refused_with_both(tmp_path: Path):
    text = TABLES + TABLES.replace("0.7500", "0.2500")
    with pytest.raises(EvidenceError, match=r"one number of gsm8k .* found 0\.75 and 0\.25"):
        reading(tmp_path, text)


def test_what_is_no_number_is_listed_and_what_is_no_row_is_named(tmp_path: Path):
    text = TABLES.replace("0.7500", "   nan")
    text += "|Tasks|Version|Metric|Value|\n|---|---|---|---|\n|x|1|acc| |\n|y|1|acc|0.5|\n"
    read = reading(tmp_path, text)
    assert read.records[0].record.run.settings["scores_not_finite"] == ["exact_match: nan"]
    assert read.notes == (f"{NAME}: line 18: no task, metric and value; passed over",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", TABLES),
        ("card.md", f"---\nlicense: mit\n---\n{TABLES}"),
        ("table.md", "|Model|Version|\n|---|---|\n|a|1|\n"),
        ("table.py", TABLES),
    ],
)
def test_a_card_and_other_texts_are_not_taken(name: str, text: str, tmp_path: Path):
    assert reader_of(written(tmp_path, text, name)) is None


@hostile
@given(cut=st.integers(0, len(TABLES)), junk=st.text(max_size=12))
def test_any_text_is_read_or_refused(cut: int, junk: str, tmp_path: Path):
    path = tmp_path / NAME
    text = RUN + "\n" + TABLES[:cut] + junk + TABLES[cut:]
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    file = ForeignFile(path, NAME)
    if LmEvalTableReader().recognises(file):
        with suppress(EvidenceError):
            for read in LmEvalTableReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record


OLD = "|Task|Version|Metric|Value|   |Stderr|\n|---|---|---|---|---|---|\n|boolq|1|acc|{}|±|0.01|\n"


@pytest.mark.parametrize(
    "run",
    [
        "hf-causal (pretrained={}), limit: None, provide_description: False, num_fewshot: 0",
        "hf-causal-experimental (pretrained={}), provide_description: False, num_fewshot: 2",
        "hf (pretrained={},dtype=float16), limit: None, num_fewshot: 0",
    ],
)
def test_the_line_of_old_versions_names_the_model_too(run: str, tmp_path: Path):
    text = "\n".join(
        f"{run.format(model)}, batch_size: None\n{OLD.format(value)}"
        for model, value in (("org/lark-1", "0.5"), ("org/lark-2", "0.625"))
    )
    found = [one.record for one in reading(tmp_path, text).records]
    assert [(r.model, r.scores[0].value) for r in found] == [
        ("org/lark-1", 0.5),
        ("org/lark-2", 0.625),
    ]
    assert not any(r.is_partial for r in found)


def test_a_table_in_the_comments_of_a_program_is_read(tmp_path: Path):
    text = "".join(f"# {line}\n" for line in OLD.format("0.5").splitlines())
    assert records(tmp_path, text)["boolq"].scores[0].value == 0.5


def test_a_task_asked_twice_with_other_shots_is_two_records(tmp_path: Path):
    head = (
        "|Tasks|Version|Filter|n-shot|Metric|Value|   |Stderr|\n|---|---|---|---|---|---|---|---|\n"
    )
    rows = "|boolq|1|none|0|acc|0.5|±|0.01|\n|boolq|1|none|5|acc|0.75|±|0.01|\n"
    found = [one.record for one in reading(tmp_path, head + rows).records]
    assert [(r.asked.num_fewshot, r.scores[0].value) for r in found] == [(0, 0.5), (5, 0.75)]
