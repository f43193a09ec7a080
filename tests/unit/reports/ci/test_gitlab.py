"""Code quality: what GitLab needs of each entry, and nothing where nothing is wrong."""

import json
from pathlib import Path

import pytest
from tests.making.reports.builders import (
    WAIVER,
    judged,
    met_verdict,
    swapped_verdict,
    verdict,
)

from weighin.reports.ci import gitlab
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.interface import Level, Outcome

ROOT = Path.cwd()


def entries(told):
    return json.loads(gitlab.render(verdict_notices(told), ROOT))


def finding(outcome=Outcome.VIOLATED, level=Level.ERROR, **fields):
    return judged(level=level, outcome=outcome, **{"statement": "weights differ", **fields})


def test_nothing_wrong_is_an_empty_list():
    assert entries(met_verdict()) == []


def test_every_entry_has_what_gitlab_needs():
    for entry in entries(swapped_verdict()):
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["location"] == {
            "path": "requirements.yaml",
            "lines": {"begin": entry["location"]["lines"]["begin"]},
        }
        assert entry["location"]["lines"]["begin"] >= 1


@pytest.mark.parametrize(
    ("told", "severity"),
    [
        (finding(), "critical"),
        (finding(Outcome.UNDECIDED), "major"),
        (finding(level=Level.WARNING), "minor"),
        (finding(level=Level.NOTE), "info"),
        (finding(Outcome.WAIVED, waiver=WAIVER), "info"),
    ],
)
def test_severity_follows_level_and_outcome(told, severity):
    assert severity in [e["severity"] for e in entries(verdict([told], Outcome.VIOLATED))]


def test_the_page_of_a_rule_is_named_where_it_is_published(monkeypatch):
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://example.org/rules")
    (entry,) = entries(verdict([finding()], Outcome.VIOLATED))
    assert entry["description"] == "weights differ (https://example.org/rules#same-weights)"


def test_fingerprints_are_unique_in_a_report_and_differ_between_files():
    findings = [finding(benchmarks=(f"t{n}",)) for n in range(20)] + [finding()] * 3
    first = entries(verdict(findings, Outcome.VIOLATED))
    second = entries(verdict(findings, Outcome.VIOLATED, requirements_file="other.yaml"))
    found = [entry["fingerprint"] for entry in (*first, *second)]
    assert len(set(found)) == len(found) == 46


def test_what_does_not_fit_is_counted():
    findings = [finding(benchmarks=(f"t{n}",)) for n in range(gitlab.MOST_ENTRIES + 5)]
    found = entries(verdict(findings, Outcome.VIOLATED))
    assert len(found) == gitlab.MOST_ENTRIES
    assert found[-1]["description"].startswith("6 more findings did not fit")


@pytest.mark.parametrize("outcome", [Outcome.UNDECIDED, Outcome.PARTIAL])
def test_a_verdict_that_is_not_met_is_never_empty(outcome):
    assert [entry["check_name"] for entry in entries(verdict([], outcome))] == ["judge"]


def test_an_error_blocks():
    (entry,) = json.loads(gitlab.render(notices_of_error("r.yaml:6:5: unknown key", 3), ROOT))
    assert (entry["severity"], entry["location"]["lines"]) == ("blocker", {"begin": 6})
