"""What a leaderboard table of the arena says of a model: a name, a rating, votes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.claims import (
    ARENA_OF_2026,
    ARENA_OF_THE_SITE,
    ARENA_TABLE,
    arena_table,
)
from tests.making.logs.inspect import read
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.claims.arena_table import ArenaTableReader
from weighin.sources.formats.registry import reader_of

ARENA_HARD = "model,score,rating_q025,rating_q975,CI,avg_tokens,date"


def test_a_row_is_a_record(tmp_path: Path):
    records = [found.record for found in read(arena_table(tmp_path)).records]
    assert [(r.model, r.asked.task, r.scores[0].value, r.scores[0].documents) for r in records] == [
        ("Tiny-2", "arena", 1439.0, 5858),
        ("tiny, early", "arena", 1402.0, 13865),
    ]
    assert records[0].run.settings["95_pct_ci"] == "+7/-10"
    assert records[0].run.settings["place"] == "line 2"


def test_an_uneven_interval_has_no_standard_error_and_an_even_one_does(tmp_path: Path):
    uneven, even = (found.record.scores[0].stderr for found in read(arena_table(tmp_path)).records)
    assert uneven is None
    # 5 / 1.96
    assert even == pytest.approx(2.551, abs=1e-3)


def test_the_weights_are_only_a_name(tmp_path: Path):
    grades = {o.facet: o.grade for o in read(arena_table(tmp_path)).records[0].record.observations}
    assert grades.pop(Facet.WEIGHTS) is Grade.NAMED
    assert set(grades.values()) == {Grade.ABSENT}


@pytest.mark.parametrize("row", ["3,3,Tiny-3,high,+1/-1,5,O,L", "3,3,,1,+1/-1,5,O,L", "3,3"])
def test_a_row_without_a_model_and_a_rating_is_passed_over_and_named(row: str, tmp_path: Path):
    reading = read(arena_table(tmp_path, f"{ARENA_TABLE}{row}\n"))
    assert len(reading.records) == 2
    assert "line 4: passed over" in reading.notes[0]


@pytest.mark.parametrize("header", ["model,arena_score", "model,votes", "a,b", "", '"', ARENA_HARD])
def test_other_tables_are_not_recognised(header: str, tmp_path: Path):
    path = arena_table(tmp_path, f"{header}\n1,2\n")
    assert not ArenaTableReader().recognises(ForeignFile(path, path.name))


def test_columns_may_be_spelled_in_capitals(tmp_path: Path):
    path = arena_table(tmp_path, "Model,Arena Score,Votes\ntiny,1000,7\n")
    assert isinstance(reader_of(ForeignFile(path, path.name)), ArenaTableReader)
    assert read(path).records[0].record.scores[0].value == 1000


def test_categories_are_benchmarks_of_their_own(tmp_path: Path):
    records = [found.record for found in read(arena_table(tmp_path, ARENA_OF_2026)).records]
    assert [(r.model, r.asked.task, r.scores[0].value, r.scores[0].documents) for r in records] == [
        ("tiny-2", "arena/overall", 1421.5, 20331),
        ("tiny-2", "arena/coding", 1398.25, 4120),
        ("tiny-open", "arena/overall", 1377.75, 9004),
    ]
    assert {r.run.settings["date"] for r in records} == {"2026-08-02"}


def test_the_standard_error_is_the_root_of_the_variance(tmp_path: Path):
    first = read(arena_table(tmp_path, ARENA_OF_2026)).records[0].record.scores[0]
    # Half of 9.76, over 1.96.
    assert first.stderr == pytest.approx(6.2**0.5)
    assert first.stderr == pytest.approx(4.88 / 1.96, rel=0.01)


def test_a_variance_that_is_not_of_the_interval_gives_no_standard_error(tmp_path: Path):
    reading = read(arena_table(tmp_path, ARENA_OF_2026.replace(",6.2,", ",60.2,")))
    assert reading.records[0].record.scores[0].stderr is None
    assert "line 2: tiny-2: no standard error" in reading.notes[0]


def test_a_rating_outside_its_own_interval_is_said(tmp_path: Path):
    reading = read(arena_table(tmp_path, ARENA_OF_2026.replace("1421.5,", "1521.5,")))
    assert "1521.5 is not within 1416.62 to 1426.38" in reading.notes[0]


def test_leaderboards_of_two_days_are_two_runs(tmp_path: Path):
    arena_table(tmp_path, ARENA_OF_2026, "one.csv")
    later = ARENA_OF_2026.replace("1421.5,", "1420.5,").replace("08-02", "08-09")
    arena_table(tmp_path, later, "two.csv")
    records = read_evidence([tmp_path]).records
    assert {r.run.settings["file_stamp"] for r in records} == {"2026-08-02", "2026-08-09"}


def test_a_table_of_the_site_is_read(tmp_path: Path):
    even, uneven = (
        found.record.scores[0] for found in read(arena_table(tmp_path, ARENA_OF_THE_SITE)).records
    )
    assert (even.value, even.documents, uneven.value) == (1338, 24135, 1301)
    assert even.stderr == pytest.approx(5 / 1.96, abs=1e-3)
    assert uneven.stderr is None


def test_a_data_frame_has_its_models_in_a_column_without_a_heading(tmp_path: Path):
    text = (
        ",rating,variance,rating_q975,rating_q025,num_battles,final_ranking\n"
        "tiny,1250.5,4.0,1254.4,1246.6,812,3\n"
    )
    (found,) = read(arena_table(tmp_path, text)).records
    score = found.record.scores[0]
    assert (found.record.model, score.value, score.stderr, score.documents) == (
        "tiny",
        1250.5,
        2.0,
        812,
    )


@pytest.mark.parametrize("interval", ["±5", "+/-5", "+5/-5", "+5 / -5"])
def test_an_even_interval_may_be_spelled_in_several_ways(interval: str, tmp_path: Path):
    text = f"Model,Score,95% CI (±)\ntiny,1300,{interval}\n"
    (found,) = read(arena_table(tmp_path, text)).records
    assert found.record.scores[0].stderr == pytest.approx(5 / 1.96, abs=1e-3)


@hostile
@given(cut=st.integers(0, len(ARENA_TABLE)), junk=st.text(max_size=12))
def test_no_text_makes_the_reader_fail_with_another_error(cut: int, junk: str, tmp_path: Path):
    path = arena_table(tmp_path)
    path.write_bytes(
        (ARENA_TABLE[:cut] + junk + ARENA_TABLE[cut:]).encode("utf-8", "surrogatepass")
    )
    file, reader = ForeignFile(path, path.name), ArenaTableReader()
    try:
        if reader.recognises(file):
            reader.read(file)
    except EvidenceError:
        pass


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("text.csv", "arena/overall"),
        ("text_no_style_control.csv", "arena/overall"),
        ("text_style_control.csv", "arena/text-style-control/overall"),
        ("leaderboard-text-stylectrl.csv", "arena/text-style-control/overall"),
        ("vision-style-control.csv", "arena/vision-style-control/overall"),
        ("vision.csv", "arena/vision/overall"),
        ("text_style_control/latest.csv", "arena/text-style-control/overall"),
        ("research/latest.csv", "arena/overall"),
    ],
)
def test_the_leaderboards_of_the_arena_are_told_apart_by_their_names(name, task, tmp_path: Path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    found = read(arena_table(tmp_path, ARENA_OF_2026, name)).records[0].record
    assert found.asked.task == task
