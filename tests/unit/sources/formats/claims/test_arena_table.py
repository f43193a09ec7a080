"""What a leaderboard table of the arena says of a model: a name, a rating, votes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.claims import ARENA_TABLE, arena_table
from tests.making.logs.inspect import read
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.claims.arena_table import ArenaTableReader
from weighin.sources.formats.registry import reader_of


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


@pytest.mark.parametrize("header", ["model,arena_score", "model,votes", "a,b", "", '"'])
def test_other_tables_are_not_recognised(header: str, tmp_path: Path):
    path = arena_table(tmp_path, f"{header}\n1,2\n")
    assert not ArenaTableReader().recognises(ForeignFile(path, path.name))


def test_columns_may_be_spelled_in_capitals(tmp_path: Path):
    path = arena_table(tmp_path, "Model,Arena Score,Votes\ntiny,1000,7\n")
    assert isinstance(reader_of(ForeignFile(path, path.name)), ArenaTableReader)
    assert read(path).records[0].record.scores[0].value == 1000


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
