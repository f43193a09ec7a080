"""Annotations: commands of ours alone, of each level as many as GitHub shows."""

from pathlib import Path

import pytest
from tests.making.reports.builders import judged, met_verdict, swapped_verdict, verdict
from tests.making.reports.runner import commands

from weighin.reports.ci import github
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.page.model import Lines, Page, Section, foreign
from weighin.reports.verdict.notices import verdict_notices
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Level, Outcome

ROOT = Path.cwd()


def annotations(told):
    return commands(github.render(verdict_notices(told), ROOT))


def violated(**fields):
    return judged(outcome=Outcome.VIOLATED, **{"statement": "weights differ", **fields})


def test_a_met_verdict_is_a_notice():
    (found,) = annotations(met_verdict())
    assert (found.name, found.data) == ("notice", "every requirement holds")
    assert found.properties["title"] == "weighin: ✓ MET SmolLM2-135M-Instruct"


def test_every_line_is_a_command_that_shows_an_annotation():
    lines = github.render(verdict_notices(swapped_verdict()), ROOT).splitlines()
    assert len(lines) == len(annotations(swapped_verdict()))
    assert {found.name for found in annotations(swapped_verdict())} == {
        "error",
        "warning",
        "notice",
    }


def test_an_annotation_stands_at_its_line_and_names_its_rule_and_way_out():
    finding = violated(
        required_at="requirements.yaml:5",
        expected="3 of 3 weights differ",
        found="weights differ",
        fix="score it again",
    )
    places = {"model.checkpoint": (5, 15)}
    _, found = annotations(verdict([finding], Outcome.VIOLATED, places=places))
    assert (found.name, found.properties) == (
        "error",
        {
            "file": "requirements.yaml",
            "line": "5",
            "col": "15",
            "title": "weighin: same-weights",
        },
    )
    assert found.data.split("\n") == [
        "weights differ",
        "Expected: 3 of 3 weights differ",
        "Fix: score it again",
        "Rule: weighin explain same-weights",
    ]


def test_the_page_of_a_rule_is_named_where_it_is_published(monkeypatch):
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://example.org/rules")
    _, found = annotations(verdict([violated()], Outcome.VIOLATED))
    assert found.data.endswith("Rule: https://example.org/rules#same-weights")


@pytest.mark.parametrize(("number", "shown"), [(9, 9), (10, 10), (11, 10), (2_000, 10)])
@pytest.mark.parametrize("level", Level)
def test_of_each_level_as_many_as_github_shows(number, shown, level):
    findings = [violated(level=level, benchmarks=(f"t{n}",)) for n in range(number)]
    found = annotations(verdict(findings, Outcome.VIOLATED if level == "error" else Outcome.MET))
    names = [command.name for command in found]
    word = {"note": "notice"}.get(level.value, level.value)
    assert names.count(word) == min(shown + (word == "notice"), 10)
    assert all(names.count(name) <= 10 for name in set(names))
    last = [command for command in found if command.name == word][-1]
    rest = number - (names.count(word) - 1 - (word == "notice"))
    if number > 10:
        assert last.data.startswith(f"{rest} more {word}")


def test_the_answer_is_told_once():
    (found,) = annotations(verdict([], Outcome.UNDECIDED))
    assert found.name == "error"
    assert found.properties["title"] == "weighin: ? UNDECIDED SmolLM2-135M-Instruct"


def test_a_partial_verdict_is_a_warning():
    (found,) = annotations(verdict([], Outcome.PARTIAL))
    assert (found.name, found.data[:9]) == ("warning", "partial: ")


@pytest.mark.parametrize(
    "hostile",
    [
        "::error::x",
        "a\n::error file=x::y",
        "a\r::set-output name=x::y",
        "a%0A::error::x",
        "##[error]x",
        "##vso[task.setvariable]x",
        "x,line=99::y",
        "x::y::z",
        "\x85::error::x",
        "\u2028::error::x",
        "::stop-commands::x",
        "\x1b[2J",
    ],
)
def test_foreign_text_begins_no_command_and_is_told_in_full(hostile):
    finding = violated(statement=hostile, fix=hostile)
    told = verdict([finding], Outcome.VIOLATED, model=hostile, requirements_file=f"{hostile}.yaml")
    text = github.render(verdict_notices(told), ROOT)
    found = commands(text)
    assert len(found) == len(text.splitlines()) == 2
    assert {command.name for command in found} == {"notice", "error"}
    assert all(set(c.properties) == {"file", "line", "title"} for c in found)
    assert all(c.properties["line"] == "1" for c in found)
    assert "##[" not in text
    assert "\x1b" not in text


def test_an_error_is_an_annotation_at_the_place_that_it_names():
    message = (
        "requirements.yaml:6:5: benchmarks.1: unknown key\nrequirements.yaml:9: model: is missing"
    )
    found = commands(github.render(notices_of_error(message, 3), ROOT))
    assert [(c.name, c.properties["line"], c.properties.get("col")) for c in found] == [
        ("error", "6", "5"),
        ("error", "9", None),
    ]


def test_an_error_without_a_place_is_an_annotation_of_what_was_to_be_judged():
    (found,) = commands(github.render(notices_of_error("disk full", 75, "r.yaml"), ROOT))
    assert (found.properties["file"], found.data) == ("r.yaml", "no answer: disk full")
    (found,) = commands(github.render(notices_of_error("", 70), ROOT))
    assert "file" not in found.properties


def test_a_summary_has_the_first_look_on_top():
    text = github.step_summary(verdict_page(swapped_verdict()))
    assert text.startswith("### ✗ VIOLATED")
    assert text.index("# Contradicts") < text.index("# Violated")


def test_a_summary_holds_more_than_a_comment():
    findings = [violated(benchmarks=(f"t{n}",), statement=f"{n} differs") for n in range(3_000)]
    text = github.step_summary(verdict_page(verdict(findings, Outcome.VIOLATED)))
    assert "2999 differs" in text
    assert "Cut to fit" not in text


@pytest.mark.parametrize(
    "letter",
    ["|", *(pytest.param(other, marks=pytest.mark.soak) for other in ("x", "é"))],
)
def test_a_summary_is_never_longer_than_github_takes(letter):
    statements = [f"{n}{letter * 1_000}" for n in range(1_500)]
    findings = [violated(statement=s) for s in statements]
    uncut = Page(sections=(Section(blocks=(Lines(tuple((foreign(s),) for s in statements)),)),))
    for page in (verdict_page(verdict(findings, Outcome.VIOLATED)), uncut):
        text = github.step_summary(page)
        assert len(text.encode()) < github.LONGEST_SUMMARY_BYTES
        assert "Cut to fit" in text
