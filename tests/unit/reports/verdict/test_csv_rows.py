"""A verdict as a table: a row a finding and benchmark, with nothing that is run."""

import csv
import io

import pytest
from tests.making.places import EVIDENCE_OF_V1

from weighin import api
from weighin.reports.shared.formats import Format
from weighin.reports.shared.spreadsheet import safe_cell
from weighin.reports.verdict.report import verdict_report

REQUIREMENTS = EVIDENCE_OF_V1 / "requirements.yaml"


def rows(verdict):
    return list(csv.DictReader(io.StringIO(verdict_report(verdict).told(Format.CSV))))


@pytest.mark.parametrize("folder", ["met", "violated"])
def test_every_finding_is_a_row_of_each_of_its_benchmarks(folder):
    verdict = api.check(REQUIREMENTS, [EVIDENCE_OF_V1 / folder])
    found = [(row["rule"], row["outcome"], row["benchmark"]) for row in rows(verdict)]
    assert found == [
        (judged.rule, judged.finding.outcome.value, benchmark)
        for judged in verdict.findings
        for benchmark in judged.finding.benchmarks or ("",)
    ]
    assert {row["verdict"] for row in rows(verdict)} == {verdict.outcome.value}


def test_what_was_stated_otherwise_than_in_the_file_stands_in_every_row():
    verdict = api.check(
        REQUIREMENTS, [EVIDENCE_OF_V1 / "met"], overrides=["profile=same-checkpoint"]
    )
    (told,) = {row["changed"] for row in rows(verdict)}
    assert "--set profile=same-checkpoint" in told


@pytest.mark.parametrize("number", ["-0.25", "-104.9", "1e-05", "-1e-05", "17"])
def test_a_number_stays_a_number(number):
    assert safe_cell(number) == number


@pytest.mark.parametrize("text", ["=1+1", "-1+1", "+1", "@SUM(A1)", "-1e5+cmd", "--1"])
def test_what_a_spreadsheet_would_compute_is_text(text):
    assert safe_cell(text) == f"'{text}"
