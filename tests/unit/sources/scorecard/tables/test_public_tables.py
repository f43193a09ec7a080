"""Tables of public READMEs, cards and papers: retyped, names replaced, answers typed first."""

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


@pytest.mark.parametrize(
    "folder", cases()[::IN_CI], ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_a_public_table_is_read_at_once_and_rightly(folder):
    assert unlike(folder) == []


@pytest.mark.soak
def test_nine_of_ten_public_tables_are_read_at_once_and_rightly():
    wrong = {str(folder): told for folder in cases() if (told := unlike(folder))}
    assert len(cases()) - len(wrong) >= FEWEST_READ, wrong


def test_there_are_twenty_four_unseen_tables_of_each_syntax():
    assert set(counted(UNSEEN)) == {"csv", "html", "latex", "markdown", "text"}
    assert min(counted(UNSEEN).values()) >= FEWEST_UNSEEN


@pytest.mark.parametrize(
    "folder", cases(UNSEEN)[::10], ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_an_unseen_table_is_read_rightly_or_refused_with_what_to_change(folder):
    assert unlike(folder) == []


@pytest.mark.soak
@pytest.mark.parametrize(
    "folder", cases(UNSEEN), ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_every_unseen_table_is_read_rightly_or_refused_with_what_to_change(folder):
    assert unlike(folder) == []
