"""Tables of public READMEs, cards and papers: retyped, names replaced, answers typed first.

Numbers, models and units are as a person typed them before the table was read, or the table is
refused with the question for its unit. How a label is spelt, and whether a setting stands in it or
beside it, may have been taken from what was read.
"""

from collections import Counter

import pytest
from tests.unit.sources.scorecard.tables.answers import (
    UNSEEN,
    answers_of,
    cases,
    counted,
    differences,
    table_of,
)

from weighin.errors import WeighinError
from weighin.sources.scorecard.benchmark_registry import load_registry
from weighin.sources.scorecard.reading import read_scorecard

FEWEST_READ = 36
FEWEST_UNSEEN = 24
IN_CI = 3
# Refused, or read in part, where a person reads all; each has the answers of the person.
NOT_YET = {
    "csv/teams-runs-and-gains": "the team is left out of names that are told apart without it",
    "csv/types-methods-and-dates": "the same of the way in which a model was made",
    "html/rates-and-scores-below-sets": "the unit of scores beside rates is asked for",
    "latex/mixed-units-of-alignment": "one column is in percent and the next in shares",
    "latex/rows-of-precisions": "a method that heads rows of precisions is told, not named",
    "markdown/benchmark-in-the-cell": "each cell names its benchmark itself",
    "text/boxes-side-by-side": "what stands above two boxes is lost",
}
"""Tables that are not read yet, each with what is in the way."""


def named(folder):
    return f"{folder.parent.name}/{folder.name}"


def _marks(name):
    return [pytest.mark.xfail(reason=NOT_YET[name], strict=True)] if name in NOT_YET else []


def read_so_far(folders):
    """Tables as parameters; of those that are not read yet it is told once they are."""
    return [
        pytest.param(folder, id=named(folder), marks=_marks(named(folder))) for folder in folders
    ]


def unlike(folder):
    """What of a table is read otherwise than its answers say."""
    try:
        scorecard = read_scorecard(table_of(folder), registry=load_registry())
    except WeighinError as error:
        refused = answers_of(folder).refused
        return [] if refused and refused in str(error) else [str(error)]
    return differences(scorecard, answers_of(folder))


def test_there_are_eight_tables_of_each_syntax():
    assert counted() == Counter(dict.fromkeys(("csv", "html", "latex", "markdown", "text"), 8))


@pytest.mark.parametrize("folder", cases()[::IN_CI], ids=named)
def test_a_public_table_is_read_at_once_and_rightly(folder):
    assert unlike(folder) == []


@pytest.mark.soak
def test_nine_of_ten_public_tables_are_read_at_once_and_rightly():
    wrong = {str(folder): told for folder in cases() if (told := unlike(folder))}
    assert len(cases()) - len(wrong) >= FEWEST_READ, wrong


def test_there_are_twenty_four_unseen_tables_of_each_syntax():
    assert set(counted(UNSEEN)) == {"csv", "html", "latex", "markdown", "text"}
    assert min(counted(UNSEEN).values()) >= FEWEST_UNSEEN


@pytest.mark.parametrize("folder", read_so_far(cases(UNSEEN)[::10]))
def test_an_unseen_table_is_read_rightly_or_refused_with_what_to_change(folder):
    assert unlike(folder) == []


@pytest.mark.soak
@pytest.mark.parametrize("folder", read_so_far(cases(UNSEEN)))
def test_every_unseen_table_is_read_rightly_or_refused_with_what_to_change(folder):
    assert unlike(folder) == []
