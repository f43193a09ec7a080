"""Scorecard files: what is inherited, what is kept as printed, and how mistakes are told."""

import json
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.claims import SCORECARD
from tests.making.logs.mutations import hostile, mutated

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.scorecard import Availability, Role, Unit
from weighin.sources.scorecard.file import MAX_SCORECARD_BYTES, read_scorecard_file
from weighin.sources.scorecard.reading import read_scorecard
from weighin.sources.scorecard.schema import scorecard_schema


def read(text: str = SCORECARD, unit: Unit | None = None):
    return read_scorecard_file(text.encode(), "card.yaml", unit)


def test_unquoted_numbers_keep_their_zeros():
    assert [number.printed for number in read().numbers] == ["57.20", "80.0", "79.9", "1417"]


def test_quoted_numbers_are_the_same():
    quoted = SCORECARD.replace("57.20", '"57.20"').replace("printed: 80.0", "printed: '80.0'")
    assert [n.printed for n in read(quoted).numbers] == [n.printed for n in read().numbers]


def test_of_each_key_the_nearest_word_counts():
    gpqa, mmlu, other, arena = read().numbers
    assert (gpqa.unit, gpqa.by, gpqa.metric) == (Unit.PERCENT, "A lab", "accuracy")
    assert (mmlu.role, mmlu.standard_error) == (Role.RERUN, "0.10")
    assert (other.by, other.role) == ("Someone else", Role.CLAIM)
    assert (arena.unit, arena.source.title, arena.source.place) == (
        Unit.RATING,
        "blog",
        "first figure",
    )


def test_a_protocol_is_inherited_key_by_key():
    gpqa, mmlu, *_ = read().numbers
    assert (gpqa.protocol.shots, mmlu.protocol.shots) == (0, 5)
    assert mmlu.protocol.temperature == 0.0
    assert mmlu.protocol.passes is None


def test_a_minus_sign_is_no_number():
    gpqa = [n for n in read().numbers if n.benchmark == "GPQA Diamond"]
    assert [n.artifact for n in gpqa] == ["model-instruct"]


def test_a_mark_in_a_cell_is_a_footnote():
    assert [n.footnotes for n in read().numbers if n.footnotes] == [("1",)]


def test_every_number_says_its_line():
    assert [n.pointer for n in read().numbers] == [
        "line 25, column 62",
        "line 29, column 23",
        "line 30, column 13",
        "line 35, column 14",
    ]


def test_numbers_of_one_row_share_its_label_and_no_other_has_it():
    assert [n.row for n in read().numbers] == [
        "Instruct: GPQA Diamond",
        "Instruct: MMLU",
        "Instruct: MMLU",
        "",
    ]


def test_rows_of_one_benchmark_are_told_apart():
    twice = SCORECARD.replace("benchmark: MMLU", "benchmark: GPQA Diamond\n        metric: strict")
    assert [n.row for n in read(twice).numbers][:2] == [
        "Instruct: GPQA Diamond, accuracy",
        "Instruct: GPQA Diamond, strict",
    ]


def test_an_interval_keeps_its_sides():
    assert read().numbers[-1].interval == ("+13", "-12")


def test_artifacts_that_share_a_name_stay_apart():
    instruct, experimental = read().artifacts
    assert instruct.claimed_as == experimental.claimed_as == "Model"
    assert experimental.availability is Availability.NEVER_PUBLISHED


def test_a_unit_that_is_nowhere_is_asked_for():
    with pytest.raises(EvidenceError, match=r"24:62: tables\.0\.rows\.0\.values\.0: percent or"):
        read(SCORECARD.replace("unit: percent\n", ""))


def test_a_unit_from_outside_fills_the_gap():
    without = read(SCORECARD.replace("unit: percent\n", ""), Unit.PERCENT)
    assert [n.unit for n in without.numbers] == [n.unit for n in read().numbers]


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("57.20, -]", "57.20]", "values: expected 2 values, one a column, found 1; write -"),
        ("57.20, -]", '"57,2", -]', "25:62: tables.0.rows.0.values.0: expected a number such as"),
        ("57.20, -]", "157.20, -]", "expected at most 100 with unit percent, found 157.20"),
        ("79.9%¹", "79.9%²", "unknown footnote '2'; known: 1"),
        ("source: blog\n", "source: blogg\n", "unknown source 'blogg'; did you mean blog?"),
        ("source: card\n", "", "missing; write source: one of card, blog"),
        ("artifact: model-experimental\n", "artifact: model\n", "unknown artifact 'model'"),
        ("    benchmark: LMArena\n", "", "32:5: numbers.0.benchmark: missing; write benchmark"),
        ("metric: accuracy", "metrc: accuracy", "unknown key; did you mean metric?"),
        ("{printed: 80.0,", "{printed: 80.0, artifact: x,", "its column and row say artifact"),
        ("name: model-experimental", "name: model-instruct", "'model-instruct' stands twice"),
        ("@0123", "@main0", "artifacts.0.checkpoint: expected text that matches"),
        ("title: A card\n", "title: A card\ntitle: Another\n", "duplicate key"),
        ("weighin_scorecard: 1", "weighin_scorecard: 3", "weighin_scorecard: expected 1 or 2"),
        ("57.20, -]", "-57.20, -]", "without a sign, found -57.20; write weighin_scorecard: 2"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(was, becomes, message):
    assert was in SCORECARD
    with pytest.raises(EvidenceError) as raised:
        read(SCORECARD.replace(was, becomes))
    assert str(raised.value).startswith("card.yaml:")
    assert message in str(raised.value)


@pytest.mark.parametrize("written", ["-0.120", '"-0.120"', "\u22120.120", "\u20130.120"])
def test_the_second_version_has_numbers_below_zero(written):
    text = SCORECARD.replace("weighin_scorecard: 1", "weighin_scorecard: 2")
    found = read(text.replace("57.20, -]", f"{written}, -]"))
    assert [n.printed for n in found.numbers] == ["-0.120", "80.0", "79.9", "1417"]


def test_the_second_version_reads_all_of_the_first():
    second = read(SCORECARD.replace("weighin_scorecard: 1", "weighin_scorecard: 2"))
    assert second.numbers == read().numbers


def test_all_mistakes_are_told_at_once():
    wrong = SCORECARD.replace("57.20", '"57,2"').replace("source: blog\n", "source: blogg\n")
    with pytest.raises(EvidenceError) as raised:
        read(wrong)
    assert len(str(raised.value).splitlines()) == 2


def test_a_file_beyond_all_that_people_write_is_refused():
    with pytest.raises(EvidenceError, match="expected at most 1048576 bytes"):
        read_scorecard_file(b" " * (MAX_SCORECARD_BYTES + 1), "card.yaml")


def test_a_file_that_is_not_utf_8_is_refused():
    with pytest.raises(EvidenceError, match=r"card\.yaml:1:1: not UTF-8"):
        read_scorecard_file(b"\xff\xfe", "card.yaml")


def test_read_scorecard_reads_it_by_its_ending(tmp_path: Path):
    path = tmp_path / "card.yaml"
    path.write_text(SCORECARD)
    assert read_scorecard(path).numbers == read().numbers


def test_read_scorecard_refuses_other_endings(tmp_path: Path):
    path = tmp_path / "card.pdf"
    path.write_text("x")
    with pytest.raises(UsageError, match=r"expected \.yaml for a scorecard file"):
        read_scorecard(path)


VALID = {
    "weighin_scorecard": 1,
    "title": "A card",
    "unit": "percent",
    "artifacts": [{"name": "m"}],
    "footnotes": {"1": "note"},
    "sources": {"card": {"title": "card"}},
    "tables": [
        {
            "columns": ["m", {"artifact": "m", "footnotes": ["1"]}],
            "rows": [{"benchmark": "B", "values": [57.2, {"printed": "1"}]}],
        }
    ],
    "numbers": [{"artifact": "m", "benchmark": "B", "printed": 1, "interval": [1, 2]}],
}


def test_the_schema_accepts_what_the_reader_accepts():
    schema = scorecard_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    read(json.dumps(VALID))
    jsonschema.validate(VALID, schema)


@hostile
@given(mutated(VALID), st.binary(max_size=10))
def test_only_our_own_errors_leave_the_reader(document, noise):
    with suppress(EvidenceError):
        read_scorecard_file(json.dumps(document).encode() + noise, "card.yaml")
