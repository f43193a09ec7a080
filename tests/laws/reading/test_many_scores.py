"""A file with more scores than records can be made of in memory is refused, before they are."""

import json
from pathlib import Path

import pytest
from tests.making.logs.claims import ARENA_HEADER
from tests.making.logs.tested import bigcode

from weighin.api import inspect
from weighin.sources.formats.reader import MOST_SCORES

MORE = MOST_SCORES + 1


def files() -> dict[str, str]:
    entry = {"rating": 1, "rating_q975": 1, "rating_q025": 1}
    heading = "dataset,version,metric,mode"
    return {
        "summary.csv": f"{heading},m\n" + "d,1,acc,gen,1\n" * MORE,
        "wide.csv": f"{heading}"
        + "".join(f",{n}" for n in range(MORE))
        + "\nd,1,acc,gen"
        + ",1" * MORE,
        "arena.csv": f"{ARENA_HEADER}\n" + "1,1,m,1,+1/-1,1,o,l\n" * MORE,
        "catalog.json": json.dumps({"full": {str(n): entry for n in range(MORE)}}),
        "table.md": "|Tasks|Version|Metric|Value|\n" + "|a|1|acc|1|\n" * MORE,
        "metrics.json": json.dumps(bigcode() | {str(n): 1 for n in range(MORE)}),
    }


@pytest.mark.parametrize("name", files())
def test_it_is_refused_by_the_number(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_text(files()[name])
    (file,) = inspect([path]).unread
    assert f"expected at most {MOST_SCORES} scores in one file" in file.reason
