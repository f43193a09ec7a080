"""Honest variations of real public logs, five hundred in `./run soak`: none is a violation."""

import pytest
from tests.making.logs.planted.honest import Case, contradictions, several_at_once, single_cases
from tests.making.places import CORPUS

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)
_EVERY = 9  # of so many cases, one is tried each time, the others in `./run soak`


_CASES = (*single_cases(), *several_at_once(10))
_MARKED = [
    pytest.param(case, id=name, marks=() if number % _EVERY == 0 else pytest.mark.soak)
    for number, (name, case) in enumerate(_CASES)
]


@pytest.fixture(scope="module")
def as_published(tmp_path_factory):
    """The verdict on the logs of a row without a variation, judged once."""
    known = {}

    def verdict(row):
        if id(row) not in known:
            folder = tmp_path_factory.mktemp("published")
            known[id(row)] = Case(row=row, variations=()).verdict(folder)
        return known[id(row)]

    return verdict


@pytest.mark.parametrize("case", _MARKED)
def test_an_honest_variation_of_a_public_log_contradicts_nothing(case, tmp_path, as_published):
    varied = case.verdict(tmp_path)
    assert contradictions(varied) <= contradictions(as_published(case.row))
    assert {record.asked.task for record in varied.records} == set(case.row.tasks)
