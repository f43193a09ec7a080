"""SARIF: valid, at the line that asks for it, the same in every run, within GitHub's limits."""

import gzip
import json
import random
from pathlib import Path

import pytest
from tests.making.reports.builders import (
    FOUR_TASKS,
    WAIVER,
    judged,
    met_verdict,
    same,
    swapped_verdict,
    verdict,
)
from tests.making.reports.sarif import results, valid_run

from weighin.identity.facets import Facet
from weighin.reports.ci import sarif
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Level, Outcome

ROOT = Path.cwd()
PLACES = {
    "weighin": (2, 1),
    "model": (3, 1),
    "model.checkpoint": (5, 15),
    "profile": (7, 10),
    "benchmarks": (8, 3),
    "benchmarks.0": (9, 5),
    "benchmarks.0.task": (9, 11),
}


def told(verdict, **fields):
    return sarif.render(verdict_notices(verdict, **fields), ROOT)


def violated(**fields):
    return judged(outcome=Outcome.VIOLATED, **{"statement": "weights differ", **fields})


def undecided(**fields):
    return judged(outcome=Outcome.UNDECIDED, **{"statement": "there is no record", **fields})


def of(*findings, outcome=Outcome.VIOLATED, **fields):
    return verdict(findings, outcome, **{"places": PLACES, **fields})


def region(result):
    (location,) = result["locations"]
    return location["physicalLocation"]["region"]


@pytest.mark.parametrize(
    "subject",
    [met_verdict, swapped_verdict, lambda: of(violated()), lambda: of(outcome=Outcome.PARTIAL)],
)
def test_every_verdict_is_a_valid_log(subject):
    valid_run(told(subject()))


def test_a_met_verdict_has_no_results():
    assert results(told(met_verdict())) == []


def test_what_is_violated_is_an_error_at_the_line_that_asks_for_it():
    (result,) = results(told(of(violated(required_at="requirements.yaml:5"))))
    assert (result["ruleId"], result["level"]) == ("same-weights", "error")
    assert region(result) == {"startLine": 5, "startColumn": 15}


def test_what_the_profile_asks_for_stands_where_the_file_names_it():
    (result,) = results(told(of(violated())))
    assert region(result) == {"startLine": 7, "startColumn": 10}


def test_what_nothing_in_the_file_asks_for_stands_at_its_first_key():
    places = {path: place for path, place in PLACES.items() if path != "profile"}
    (result,) = results(told(of(violated(), places=places)))
    assert region(result) == {"startLine": 2}


def test_several_things_of_one_line_begin_with_the_first_of_them():
    (result,) = results(told(of(violated(required_at="requirements.yaml:9"))))
    assert region(result)["startColumn"] == 5


def test_what_is_undecided_is_an_error_that_says_so_first():
    (result,) = results(told(of(undecided(), outcome=Outcome.UNDECIDED)))
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("undecided: there is no record")


@pytest.mark.parametrize("level", [Level.WARNING, Level.NOTE])
def test_a_finding_keeps_its_level(level):
    told_of = of(violated(), violated(rule="one-attempt", level=level))
    assert [r["level"] for r in results(told(told_of))] == ["error", level.value]


def test_what_is_waived_is_a_suppressed_note_that_names_its_owner():
    waived = judged(outcome=Outcome.WAIVED, statement="two engines", waiver=WAIVER)
    (result,) = results(told(of(waived, outcome=Outcome.WAIVED)))
    # GitHub knows no suppressions and opens an alert all the same.
    assert result["level"] == "note"
    assert result["message"]["text"].startswith("waived: two engines")
    (suppression,) = result["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == ("eval-team until 2027-01-31: two engines until spring")


@pytest.mark.parametrize("outcome", [Outcome.UNDECIDED, Outcome.PARTIAL, Outcome.NOT_APPLICABLE])
def test_a_verdict_that_is_not_met_is_never_empty(outcome):
    (result,) = results(told(of(outcome=outcome)))
    assert result["ruleId"] == "judge"
    assert result["level"] == ("warning" if outcome is Outcome.PARTIAL else "error")
    assert region(result) == {"startLine": 2}


def test_warnings_alone_do_not_stand_for_a_verdict_that_is_not_met():
    warned = of(violated(level=Level.WARNING), outcome=Outcome.UNDECIDED)
    assert [r["level"] for r in results(told(warned))] == ["error", "warning"]


def test_every_result_has_a_rule_with_its_help():
    run = valid_run(told(swapped_verdict()))
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert "Why: " in rule["help"]["text"]
        assert "Fix: " in rule["help"]["text"]
        assert f"weighin explain {rule['id']}" in rule["help"]["text"]
    assert {rule["id"] for rule in rules} == {r["ruleId"] for r in run["results"]}


def test_the_address_of_a_rule_is_given_where_it_is_one(monkeypatch):
    (rule,) = valid_run(told(of(violated())))["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://example.org/rules")
    (rule,) = valid_run(told(of(violated())))["tool"]["driver"]["rules"]
    assert rule["helpUri"] == "https://example.org/rules#same-weights"


def test_fingerprints_do_not_depend_on_words_numbers_lines_or_paths():
    def fingerprints(statement, line, file):
        finding = same(
            Facet.WEIGHTS,
            ("a",),
            outcome=Outcome.VIOLATED,
            statement=statement,
            found=statement,
            required_at=f"{file}:{line}",
        )
        found = results(told(of(finding, requirements_file=file)))
        return [result["partialFingerprints"] for result in found]

    first = fingerprints("31 of 272 tensors differ", 5, "requirements.yaml")
    assert first == fingerprints("1 of 272 tensors differs", 9, "/elsewhere/other.yaml")


def test_fingerprints_tell_rules_benchmarks_and_facets_apart():
    findings = [
        same(facet, (task,), outcome=Outcome.VIOLATED)
        for facet in (Facet.WEIGHTS, Facet.DTYPE)
        for task in FOUR_TASKS
    ]
    # The same twice is two findings, too.
    findings += [violated(benchmarks=FOUR_TASKS)] * 2
    found = results(told(of(*findings)))
    assert len({r["partialFingerprints"]["primaryLocationLineHash"] for r in found}) == 10


def test_fingerprints_do_not_depend_on_the_order_of_findings():
    findings = [same(Facet.WEIGHTS, (t,), outcome=Outcome.VIOLATED) for t in FOUR_TASKS]

    def by_benchmark(told_of):
        return {
            r["properties"]["subjects"][0]: r["partialFingerprints"]["weighin/1"]
            for r in results(told(told_of))
        }

    assert by_benchmark(of(*findings)) == by_benchmark(of(*reversed(findings)))


def test_contradictions_come_first_and_one_of_every_rule():
    findings = [
        undecided(benchmarks=("a",)),
        undecided(rule="same-dtype", contradicts=True),
        violated(benchmarks=("a",)),
        violated(benchmarks=("b",)),
        violated(rule="one-attempt"),
    ]
    order = [(r["ruleId"], r["properties"]["outcome"]) for r in results(told(of(*findings)))]
    assert order == [
        ("same-weights", "violated"),
        ("one-attempt", "violated"),
        ("same-weights", "violated"),
        ("same-dtype", "undecided"),
        ("same-weights", "undecided"),
    ]


def test_of_findings_of_one_cause_one_comes_first():
    lacking = Cause(CauseKind.FACET_NOT_RECORDED)
    findings = [undecided(rule=f"same-{n}", cause=lacking) for n in ("dtype", "config", "engine")]
    findings.append(undecided(rule="score-recomputes"))
    order = [r["ruleId"] for r in results(told(of(*findings, outcome=Outcome.UNDECIDED)))]
    assert order == ["same-dtype", "score-recomputes", "same-config", "same-engine"]


def test_more_results_than_github_shows_are_counted(monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 50)
    findings = [violated(benchmarks=(f"task-{n}",)) for n in range(60)]
    findings.append(violated(level=Level.WARNING, statement="mild"))
    found = results(told(of(*findings)))
    assert len(found) == 50
    assert found[-1]["message"]["text"].startswith("and more: 12 more findings did not fit")
    assert found[-1]["level"] == "error"


def test_a_log_that_github_would_refuse_for_its_size_is_cut(monkeypatch):
    monkeypatch.setattr(sarif, "MOST_BYTES", 200_000)
    chance = random.Random(7)
    findings = [violated(statement=chance.randbytes(450).hex()) for _ in range(400)]
    text = told(of(*findings))
    assert 100 <= len(results(text)) < 400
    assert len(gzip.compress(text.encode())) < 200_000


def test_files_are_named_from_the_root_and_encoded(tmp_path):
    file = tmp_path / "a b" / "100%" / "c:d" / "r.yaml"
    file.parent.mkdir(parents=True)
    file.touch()
    text = sarif.render(verdict_notices(of(violated(), requirements_file=str(file))), tmp_path)
    (result,) = results(text)
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "a%20b/100%25/c%3Ad/r.yaml",
        "uriBaseId": "%SRCROOT%",
    }


def test_files_outside_are_absolute(tmp_path):
    text = sarif.render(verdict_notices(of(violated(), requirements_file="/x y.yaml")), tmp_path)
    (result,) = results(text)
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///x%20y.yaml"}


def test_a_link_is_followed_within_the_repository_alone(tmp_path):
    inside, outside = tmp_path / "repository", tmp_path / "outside.yaml"
    inside.mkdir()
    outside.touch()
    (inside / "real.yaml").touch()
    (inside / "link.yaml").symlink_to("real.yaml")
    (inside / "away.yaml").symlink_to(outside)

    def uri(name):
        told_of = of(violated(), requirements_file=str(inside / name))
        (result,) = results(sarif.render(verdict_notices(told_of), inside))
        return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert [uri("link.yaml"), uri("away.yaml")] == ["real.yaml", "away.yaml"]


def test_a_message_says_what_was_expected_and_found_once():
    finding = violated(
        statement="weights: sha256:1f differ", expected="sha256:9b", found="sha256:1f", fix="score"
    )
    (result,) = results(told(of(finding)))
    assert result["message"]["text"].split("\n") == [
        "weights: sha256:1f differ.",
        "Expected: sha256:9b",
        "Fix: score",
    ]


def test_a_message_holds_no_link():
    (result,) = results(told(of(violated(statement="[a](https://example.org) [b] (c)"))))
    assert "](" not in result["message"]["text"]
    assert "[b] (c)" in result["message"]["text"]


def test_analyses_of_several_files_are_told_apart():
    def category(file):
        run = valid_run(told(of(violated(), requirements_file=file)))
        return run["automationDetails"]["id"]

    assert category("a.yaml") == "weighin/verdict/a.yaml/"
    assert category("b.yaml") != category("a.yaml")


def test_the_exit_code_is_the_one_that_the_command_ends_with():
    (invocation,) = valid_run(told(of(violated()), code=0))["invocations"]
    assert invocation == {"executionSuccessful": True, "exitCode": 0}


def test_an_error_is_an_unsuccessful_execution_with_a_result_at_its_place():
    message = "requirements.yaml:6:5: benchmarks.1.num_fewshots: unknown key"
    run = valid_run(sarif.render(notices_of_error(message, 3), ROOT))
    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    (result,) = run["results"]
    assert region(result) == {"startLine": 6, "startColumn": 5}
    assert result["message"]["text"].startswith("no answer: benchmarks.1.num_fewshots: unknown key")


def test_a_log_is_the_same_however_often_it_is_written():
    assert told(swapped_verdict()) == told(swapped_verdict())
    assert json.loads(told(swapped_verdict()))["version"] == "2.1.0"
