"""Tables and scorecards as people have them, read and judged.

The content is one file, begun by a line `--- NAME`; the ending of the name decides what it is.
"""

import importlib
import random

from tests.fuzz.file_series import mutated_series, split, written
from tests.fuzz.watching import only_reading

from weighin.api.scorecards import scorecard
from weighin.errors import EvidenceError
from weighin.evidence.scorecard import Scorecard

Scorecard.model_rebuild()
for _late in (
    "lxml.html",
    "markdown_it.rules_block.table",
    "pylatexenc.latex2text._defaultspecs",
    "pylatexenc.latexwalker._defaultspecs",
    "pylatexenc.macrospec",
):
    importlib.import_module(_late)


def read(content: bytes) -> None:
    """Read and judge a table.

    Raises:
        WeighinError: It is refused, or its unit must be asked for.
    """
    files = split(content)[:1]
    if not files:
        raise EvidenceError("expected a file, found none")
    folder = written([(b"table" + files[0][0][-9:].replace(b"/", b"."), files[0][1])])
    (path,) = folder.iterdir()
    with only_reading():
        report = scorecard([path])
    assert report is not None


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A table with a line, a cell or a number changed."""
    return mutated_series(content, chance)
