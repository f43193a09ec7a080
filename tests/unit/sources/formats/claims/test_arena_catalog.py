"""What arena-catalog says of a model: a rating with its interval, in each category."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.claims import ARENA_CATALOG, arena_catalog
from tests.making.logs.inspect import read
from tests.making.logs.mutations import hostile, mutated

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.claims.arena_catalog import ArenaCatalogReader
from weighin.sources.formats.registry import reader_of


def test_every_model_of_every_category_is_a_record(tmp_path: Path):
    path = arena_catalog(tmp_path)
    assert isinstance(reader_of(ForeignFile(path, path.name)), ArenaCatalogReader)
    records = [found.record for found in read(path).records]
    assert [(r.model, r.asked.task, r.scores[0].value, r.origin.pointer) for r in records] == [
        ("tiny-2", "arena/full", 1421.5, "/full/tiny-2"),
        ("tiny-open", "arena/full", 1377.75, "/full/tiny-open"),
        ("tiny-2", "arena/coding", 1398.25, "/coding/tiny-2"),
    ]
    assert records[0].scores[0].stderr == pytest.approx(4.9 / 1.96, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("leaderboard-text.json", "arena/coding"),
        ("leaderboard-text-style-control.json", "arena/text-style-control/coding"),
        ("leaderboard-vision.json", "arena/vision/coding"),
        ("ratings.json", "arena/coding"),
    ],
)
def test_each_leaderboard_of_the_catalog_is_one_of_its_own(name: str, task: str, tmp_path: Path):
    path = arena_catalog(tmp_path).rename(tmp_path / name)
    assert read(path).records[-1].record.asked.task == task


def test_a_rating_outside_its_interval_has_no_standard_error(tmp_path: Path):
    content = {"full": {"tiny": {"rating": 1500, "rating_q975": 1400, "rating_q025": 1300}}}
    reading = read(arena_catalog(tmp_path, content))
    assert reading.records[0].record.scores[0].stderr is None
    assert "/full/tiny: no standard error" in reading.notes[0]


def test_a_model_without_a_rating_is_passed_over_and_named(tmp_path: Path):
    content = {"full": ARENA_CATALOG["full"] | {"other": {"rating": None}}}
    reading = read(arena_catalog(tmp_path, content))
    assert len(reading.records) == 2
    assert "/full/other: passed over" in reading.notes[0]


@pytest.mark.parametrize("content", [{}, [], {"a": {"b": {"rating": 1}}}, {"a": [1]}])
def test_other_json_is_not_taken(content: object, tmp_path: Path):
    path = arena_catalog(tmp_path, content)
    assert reader_of(ForeignFile(path, path.name)) is None


@hostile
@given(content=mutated(ARENA_CATALOG))
def test_any_mutation_is_read_or_refused(content: object, tmp_path: Path):
    path = arena_catalog(tmp_path, content)
    file = ForeignFile(path, path.name)
    if ArenaCatalogReader().recognises(file):
        with suppress(EvidenceError):
            for found in ArenaCatalogReader().read(file).records:
                assert Record.model_validate_json(found.record.model_dump_json()) == found.record
