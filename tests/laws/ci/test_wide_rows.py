"""What is about many benchmarks is not told in full at each: every format is linear in them."""

from itertools import pairwise

import pytest
from tests.making.logs.wide import wide_row
from tests.making.reports.shown import shown

import weighin
from weighin.reports.ci import junit
from weighin.reports.shared.formats import Format
from weighin.reports.verdict.notices import verdict_notices
from weighin.reports.verdict.report import verdict_report
from weighin.rules.interface import Level

SIZES = (15, 30, 60)


def told(verdict, name):
    if name is Format.TEXT:
        return shown(verdict)
    return verdict_report(verdict).told(name)


@pytest.fixture(scope="module", params=["leaderboard", "comparable"])
def verdicts(request, tmp_path_factory):
    rows = [wide_row(tmp_path_factory.mktemp("row"), n, request.param) for n in SIZES]
    return [weighin.check(row.requirements, [row.log]) for row in rows]


@pytest.mark.parametrize("name", Format)
def test_twice_as_many_benchmarks_are_at_most_about_twice_as_long(verdicts, name):
    sizes = [len(told(verdict, name).encode("utf-8")) for verdict in verdicts]
    assert [b / a < 2.3 for a, b in pairwise(sizes)] == [True, True], sizes


def test_a_finding_on_many_benchmarks_is_in_full_at_one_of_them(verdicts):
    notices = verdict_notices(verdicts[-1])
    document = junit.render(notices)
    wide = [n for n in notices.notices if len(n.subjects) > 1 and n.fix and n.level is Level.ERROR]
    assert wide != []
    for notice in wide:
        assert document.count(f"in full: at {notice.subjects[0]}") > 0


def test_what_a_file_asks_less_is_the_first_entry_and_in_the_case_of_the_verdict(verdicts):
    notices = verdict_notices(verdicts[0])
    assert "ask less than profile" in notices.notices[0].statement
    assert [n.is_head for n in notices.notices].count(True) == 1
    case = junit.render(notices).partition('name="verdict"')[2].partition("</testcase>")[0]
    assert "asks less than profile" in case.partition("<system-out>")[2]
