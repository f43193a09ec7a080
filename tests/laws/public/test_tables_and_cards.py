"""Real public cards and tables, where a copy of them is at hand: read as they always were."""

import hashlib
from collections import Counter

import pytest
from tests.making.places import SHARED

from weighin.errors import WeighinError
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.leaderboard_table import read_leaderboard_table
from weighin.sources.scorecard.reading import read_scorecard

CARDS = SHARED / "corpus" / "hf_model_cards"
LEADERBOARD = SHARED / "datasets" / "open_llm_leaderboard" / "v2.csv"

pytestmark = pytest.mark.skipif(not CARDS.is_dir(), reason="the public files are not at hand")


def test_no_number_of_a_public_card_is_read_otherwise_than_it_was():
    registry, lines, read = load_registry(), [], 0
    for path in sorted(CARDS.glob("*.md")):
        try:
            numbers = read_scorecard(path, registry=registry).numbers
        except WeighinError:
            continue
        told = [
            f"{n.artifact}|{n.benchmark}|{n.printed}|{n.unit}|{n.registered_as}"
            for n in numbers
            if n.pointer.startswith("/model-index")
        ]
        read += bool(told)
        lines += told
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    # As they were read before tables of any syntax were.
    assert (read, len(lines), digest[:16]) == (38, 184, "0fc9e0a9dbe12a20")


@pytest.mark.parametrize(
    ("day", "ratings"), [("20250406", 187), ("20250411", 188), ("20250413", 185), ("20250804", 266)]
)
def test_an_arena_table_gives_a_rating_a_model(day, ratings):
    path = SHARED / "datasets" / "arena" / f"arena_{day}.csv"
    numbers = read_scorecard(path, registry=load_registry()).numbers
    assert Counter(number.unit for number in numbers) == {Unit.RATING: ratings}
    assert all(number.documents and number.interval for number in numbers)


def test_the_leaderboard_gives_its_six_columns_and_no_other():
    table = read_leaderboard_table(LEADERBOARD)
    assert [column.name for column in table.columns] == [
        "IFEval", "BBH", "MATH Level 5", "GPQA", "MuSR", "MMLU-Pro",
    ]  # fmt: skip
    assert len(table.rows) == 4576
