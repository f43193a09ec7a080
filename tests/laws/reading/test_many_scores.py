"""A file with more scores than records can be made of in memory is refused, before they are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.making.logs.claims import ARENA_HEADER
from tests.making.logs.tested import bigcode

from weighin.api import inspect
from weighin.sources.formats.reader import MOST_SCORES

MORE = MOST_SCORES + 1

HEADING = "dataset,version,metric,mode"
RATING = {"rating": 1, "rating_q975": 1, "rating_q025": 1}
MADE: dict[str, Callable[[], str]] = {
    "summary.csv": lambda: f"{HEADING},m\n" + "d,1,acc,gen,1\n" * MORE,
    "wide.csv": lambda: (
        HEADING + "".join(f",{n}" for n in range(MORE)) + "\nd,1,acc,gen" + ",1" * MORE
    ),
    "arena.csv": lambda: f"{ARENA_HEADER}\n" + "1,1,m,1,+1/-1,1,o,l\n" * MORE,
    "catalog.json": lambda: json.dumps({"full": {str(n): RATING for n in range(MORE)}}),
    "table.md": lambda: "|Tasks|Version|Metric|Value|\n" + "|a|1|acc|1|\n" * MORE,
    "metrics.json": lambda: json.dumps(bigcode() | {str(n): 1 for n in range(MORE)}),
}


@pytest.mark.parametrize("name", MADE)
def test_it_is_refused_by_the_number(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_text(MADE[name]())
    (file,) = inspect([path]).unread
    assert f"expected at most {MOST_SCORES} scores in one file" in file.reason
