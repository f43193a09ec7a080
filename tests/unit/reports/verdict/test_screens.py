"""The first look at a verdict: what it says, and that it always fits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.making.reports.builders import judged, same, verdict
from tests.making.reports.screens import FOLDER, MAKERS, WIDTH, file_of, first_look

from weighin.identity.facets import Facet
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Level, Outcome


@pytest.mark.parametrize("name", MAKERS)
def test_the_screen_is_the_one_that_is_kept(name):
    assert first_look(MAKERS[name]()) == file_of(name).read_text(encoding="utf-8"), (
        "read what is new, then run: python -m tests.making.reports.screens"
    )


def test_no_screen_is_kept_without_a_verdict():
    assert {path.name for path in FOLDER.iterdir()} == {file_of(name).name for name in MAKERS}


@pytest.mark.parametrize("name", MAKERS)
def test_a_screen_has_at_most_25_lines_and_that_of_a_met_verdict_10(name):
    told = file_of(name).read_text(encoding="utf-8")
    lines = told.splitlines()
    assert len(lines) <= (10 if told.startswith("✓") else 25)
    assert max(map(cell_len, lines)) <= WIDTH


any_name = st.text(st.characters(codec=None), max_size=200)
any_finding = st.builds(
    lambda rule, level, outcome, words, tasks, facet, contradicts, kind: judged(
        f"rule-{rule}",
        level,
        outcome=outcome,
        statement=words,
        benchmarks=tuple(tasks),
        facet=facet,
        fix=words,
        found=words,
        contradicts=contradicts,
        cause=None if kind is None else Cause(kind),
    ),
    st.integers(0, 40),
    st.sampled_from(Level),
    st.sampled_from([Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET]),
    any_name,
    st.lists(any_name, max_size=3),
    st.none() | st.sampled_from(Facet),
    st.booleans(),
    st.none() | st.sampled_from(CauseKind),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(any_finding, max_size=30), any_name)
def test_any_verdict_fits_into_one_screen(findings, name):
    problems = {j.finding.outcome for j in findings if j.level is Level.ERROR} - {Outcome.MET}
    outcome = min(problems, key=tuple(Outcome).index, default=Outcome.MET)
    told = verdict(findings, outcome, model=name, profile=name, requirements_file=name)
    lines = first_look(told).splitlines()
    assert len(lines) <= (25 if problems else 10)
    assert max(map(cell_len, lines)) <= WIDTH


def test_what_contradicts_stands_before_what_is_missing_whatever_the_catalogue_says():
    findings = [
        judged("a", outcome=Outcome.UNDECIDED, statement="nothing is known"),
        judged("b", outcome=Outcome.UNDECIDED, statement="two names", contradicts=True),
        judged("c", outcome=Outcome.VIOLATED, statement="another one"),
    ]
    screen = first_look(verdict(findings, Outcome.VIOLATED))
    places = [screen.index(words) for words in ("✗ another", "≠ two names", "? nothing is known")]
    assert places == sorted(places)


def test_the_way_to_score_it_with_weighin_is_told_once():
    fix = "pass --this; or score it with `weighin run requirements.yaml`, which records it"
    findings = [
        judged(f"rule-{n}", outcome=Outcome.UNDECIDED, statement=f"missing {n}", fix=fix)
        for n in range(4)
    ]
    screen = first_look(verdict(findings, Outcome.UNDECIDED))
    assert screen.count("weighin run") == 1
    assert screen.count("pass --this") == 4


def test_what_a_difference_did_to_a_score_is_seen_however_long_the_sentence_is():
    effect = "scored 0.93 here, 0.41 on the declared checkpoint: +0.52"
    odd = same(
        Facet.WEIGHTS,
        ("gsm8k",),
        outcome=Outcome.VIOLATED,
        statement="tensors differ " * 40 + f"; {effect}",
        effect=effect,
    )
    assert effect in first_look(verdict([odd], Outcome.VIOLATED))


def test_a_missing_digest_behind_twenty_rules_is_one_cause():
    lack = Cause(CauseKind.NOTHING_MEASURED)
    findings = [
        judged(f"rule-{n}", outcome=Outcome.UNDECIDED, statement=f"no {n}", cause=lack)
        for n in range(20)
    ]
    screen = first_look(replace(verdict(findings, Outcome.UNDECIDED)))
    assert screen.count("?") == 2  # the outcome's own, and one for the cause
    assert "no digest of what was loaded" in screen


def test_both_values_are_seen_however_many_benchmarks_differ():
    names = ", ".join(f"benchmark_number_{n} (started 2026-01-01)" for n in range(9))
    odd = same(
        Facet.DTYPE,
        ("gsm8k",),
        outcome=Outcome.VIOLATED,
        statement=f"dtype: {names} differ",
        found=f"float16 on {names}",
        expected="bfloat16",
    )
    many = [replace(odd, rule=f"rule-{n}") for n in range(20)]
    (line,) = (
        line
        for line in first_look(verdict([odd, *many], Outcome.VIOLATED)).splitlines()
        if line.startswith("✗ dtype")
    )
    assert "found float16" in line
