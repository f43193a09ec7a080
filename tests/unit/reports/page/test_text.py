"""What a person reads: complete, literal, and readable at any width."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from tests.making.reports.builders import (
    FOUR_TASKS,
    judged,
    met_verdict,
    record,
    same,
    score,
    swapped_verdict,
    verdict,
)
from tests.making.reports.shown import shown, squeezed

from weighin.identity.facets import Facet
from weighin.reports.page.text import render
from weighin.reports.shared.foreign_text import in_ascii, visible
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Level, Outcome

WIDTHS = (40, 60, 80, 120)
HUNDRED = tuple(f"mmlu_pro_subject_number_{n}" for n in range(100))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("told", [met_verdict(), swapped_verdict(), met_verdict(HUNDRED)])
def test_no_line_is_wider_than_the_terminal(told, width):
    assert max(cell_len(line) for line in shown(told, width).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_statements_are_complete_at_every_width(width):
    told = swapped_verdict()
    screen = squeezed(shown(told, width))
    statements = [j.finding.statement for j in told.findings if j.finding.outcome != Outcome.MET]
    assert [s for s in statements if squeezed(s) not in screen] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("detail", ["expected", "found", "fix"])
def test_expected_found_and_fix_are_complete_at_every_width(width, detail):
    told = swapped_verdict()
    screen = squeezed(shown(told, width))
    details = [
        getattr(j.finding, detail) for j in told.findings if j.finding.outcome != Outcome.MET
    ]
    assert [d for d in details if squeezed(d) not in screen] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_benchmark_is_named_at_every_width(width):
    screen = squeezed(shown(met_verdict(HUNDRED), width))
    assert [task for task in HUNDRED if task not in screen] == []


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.NOT_APPLICABLE])
def test_the_first_line_says_the_outcome_in_words(outcome):
    first = shown(verdict(outcome=outcome)).splitlines()[0]
    assert outcome.value.upper() in first


def test_the_first_line_names_model_benchmarks_and_weakest_grade():
    first = shown(swapped_verdict()).splitlines()[0]
    expected = ("SmolLM2-135M-Instruct", "4 benchmarks", "weakest evidence: absent")
    assert [words for words in expected if words not in first] == []


def test_colour_says_nothing_that_words_do_not():
    told = swapped_verdict()
    assert shown(told, has_colour=True) == shown(told)


def test_foreign_markup_is_shown_literally():
    told = replace(met_verdict(), model="[red]model[/red] [link=x]:tada:")
    assert "[red]model[/red] [link=x]:tada:" in shown(told)


def test_foreign_markup_in_a_statement_is_shown_literally():
    told = verdict([judged(outcome=Outcome.VIOLATED, statement="[bold]a[/] [/nothing]")])
    assert "[bold]a[/] [/nothing]" in shown(told)


def test_foreign_escape_sequences_do_not_reach_the_terminal():
    hostile = "\x1b]0;owned\x07\x1b[2Jgsm8k\x9b2K\r"
    told = replace(
        verdict(
            [judged(outcome=Outcome.VIOLATED, statement=hostile, benchmarks=(hostile,))],
            tasks=(hostile,),
            model=hostile,
            ignored=(hostile,),
        ),
        requirements_file=hostile,
    )
    assert not set("\x1b\x07\x9b\r") & set(shown(told))


def test_foreign_escape_sequences_are_told():
    assert r"\x1b[2J" in shown(replace(met_verdict(), model="\x1b[2J"))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_encoding_can_carry_the_report(encoding):
    told = replace(swapped_verdict(), model="模型…")
    assert "VIOLATED" in shown(told, encoding=encoding)


def test_without_utf_8_the_marks_are_ascii():
    assert shown(swapped_verdict(), encoding="ascii").startswith("X VIOLATED")


def test_a_value_that_differs_is_shown_in_its_cell():
    row = next(
        line for line in shown(swapped_verdict(), 120).splitlines() if "demo_opposites  " in line
    )
    assert "✗ sha256:9b42d1aa6f" in row


def test_in_a_narrow_terminal_the_value_that_differs_is_not_shortened():
    assert "✗ weights (sha256:9b42d1aa6f00, measured)" in shown(swapped_verdict(), 60)


def test_facets_that_every_benchmark_shares_take_one_line():
    lines = shown(met_verdict(HUNDRED), 120).splitlines()
    assert len([line for line in lines if "tokenizer" in line]) == 1


def test_all_facets_are_columns_where_they_fit():
    told = met_verdict(facets=(Facet.WEIGHTS, Facet.DTYPE))
    assert shown(told, 120).count("✓ measured") == 2 * len(FOUR_TASKS)


def test_scores_stand_with_their_standard_error_and_documents():
    assert "0.5312 ± 0.0221  120 of 120" in shown(met_verdict())


def test_a_benchmark_without_a_score_says_so():
    told = replace(met_verdict(), scores={"gsm8k": None}, records=())
    assert "no score" in shown(told)


def test_a_score_without_standard_error_has_none():
    told = met_verdict(("a",))
    bare = replace(told, scores={"a": score("a", value=0.25, stderr=None)})
    assert "±" not in shown(bare)


def test_violated_stands_before_undecided_and_warnings():
    decided = ("✗ same-weights", "? same-system-prompt", "✗ one-attempt")
    screen = shown(swapped_verdict())
    places = [screen.index(f"{rule} ") for rule in decided]
    assert places == sorted(places)


def test_a_waiver_is_shown_with_owner_reason_and_expiry():
    screen = shown(swapped_verdict())
    expected = ("eval-team", "two engines until spring", "2027-01-31")
    assert [words for words in expected if words not in screen] == []


def test_met_findings_are_listed_only_when_asked_for():
    told = met_verdict()
    statement = told.findings[0].finding.statement
    assert (statement in shown(told), statement in shown(told, verbose=True)) == (False, True)


def test_met_findings_are_counted():
    assert "findings: 9 met" in shown(met_verdict())


def test_the_evidence_that_was_not_judged_is_told():
    assert "2 records of the model Other-1B" in shown(swapped_verdict())


def test_findings_that_say_the_same_of_many_benchmarks_are_told_once():
    findings = [
        judged(
            "all-documents-scored",
            outcome=Outcome.UNDECIDED,
            statement="the number of documents is not recorded",
            benchmarks=(task,),
        )
        for task in HUNDRED
    ]
    told = verdict(findings, Outcome.UNDECIDED, tasks=HUNDRED)
    assert shown(told).count("the number of documents is not recorded") == 1


def test_a_fix_that_all_findings_of_a_rule_share_is_told_once():
    findings = [
        judged(outcome=Outcome.UNDECIDED, statement=f"{task}: unknown", fix="run it again")
        for task in FOUR_TASKS
    ]
    assert shown(verdict(findings, Outcome.UNDECIDED)).count("run it again") == 1


def test_expected_and_found_of_missing_evidence_are_told_when_asked_for():
    doubt = judged(outcome=Outcome.UNDECIDED, expected="grade measured", found="grade named")
    told = verdict([doubt], Outcome.UNDECIDED)
    screens = (shown(told), shown(told, verbose=True))
    assert ["grade measured" in screen for screen in screens] == [False, True]


def test_a_benchmark_that_the_statement_names_is_not_named_again():
    told = verdict([judged(outcome=Outcome.VIOLATED, statement="arc: odd", benchmarks=("arc",))])
    assert shown(told).count("arc") == 1


def test_a_benchmark_whose_name_is_part_of_a_word_is_named():
    told = verdict([judged(outcome=Outcome.VIOLATED, statement="in march", benchmarks=("arc",))])
    assert "on  arc" in shown(told)


def test_a_warning_is_not_among_what_decides():
    warning = judged(level=Level.WARNING, outcome=Outcome.VIOLATED, statement="three attempts")
    screen = shown(verdict([warning]))
    assert "What decides" not in screen


@pytest.mark.parametrize("told", [met_verdict(), swapped_verdict(), verdict(tasks=(), facets=())])
def test_every_report_says_what_it_does_not_prove(told):
    assert "doesnotprovethatabenchmarkmeasuresanything" in squeezed(shown(told))


def test_a_verdict_without_findings_shows_that_nothing_is_demonstrated():
    told = verdict(outcome=Outcome.UNDECIDED, tasks=(), facets=())
    assert "nothing is demonstrated" in shown(told)


def test_a_verdict_on_a_hundred_benchmarks_is_shown_in_less_than_a_few_screens():
    assert len(shown(met_verdict(HUNDRED), 100).splitlines()) < 130


any_text = st.text(st.characters(codec=None), max_size=60)


@settings(max_examples=60, deadline=None)
@given(any_text, any_text, any_text, st.integers(20, 200), st.sampled_from(["utf-8", "ascii"]))
def test_any_text_is_shown_completely(model, task, statement, width, encoding):
    told = verdict(
        [
            judged(outcome=Outcome.VIOLATED, statement=statement, benchmarks=(task,)),
            same(Facet.WEIGHTS, (task,), outcome=Outcome.VIOLATED, found=model),
        ],
        Outcome.VIOLATED,
        tasks=(),
        model=model,
        records=(record("gsm8k"),),
    )
    screen = shown(told, width, encoding)
    expected = visible(statement) if encoding == "utf-8" else in_ascii(visible(statement))
    assert squeezed(expected) in squeezed(screen)


def test_what_is_rendered_adapts_to_the_console_it_is_printed_to():
    told = render(verdict_page(swapped_verdict()))
    lengths = []
    for width in (60, 120):
        console = Console(file=io.StringIO(), width=width)
        console.print(told)
        lengths.append(max(map(cell_len, console.file.getvalue().splitlines())))
    assert lengths[0] <= 60 < lengths[1] <= 120
