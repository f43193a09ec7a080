"""What stands in a pull request: markdown-it, a CommonMark parser, is the judge of the form."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.making.reports.builders import (
    FOUR_TASKS,
    NINE_FACETS,
    judged,
    met_verdict,
    same,
    swapped_verdict,
    verdict,
)
from tests.making.reports.rendered import OURS, PARSERS, Page

from weighin.identity.facets import Facet
from weighin.reports.page.markdown import LONGEST_BYTES, comment
from weighin.reports.shared.foreign_text import visible
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Outcome

HUNDRED = tuple(f"mmlu_pro_{n}" for n in range(100))


def render(told):
    return comment(verdict_page(told))


def squeezed(text):
    """Without white space, and without the backticks of what became code."""
    return re.sub(r"[\s`]+", "", text)


@pytest.mark.parametrize("told", [met_verdict(), swapped_verdict(), met_verdict(HUNDRED)])
def test_only_our_own_tags_are_rendered(told):
    page = Page(render(told))
    assert (set(page.tags) - OURS, page.attributes) == (set(), [])


def test_the_table_has_a_row_a_benchmark_and_a_column_a_facet():
    page = Page(render(met_verdict()))
    columns = 4 + len(NINE_FACETS)
    assert (page.tags.count("th"), page.tags.count("td")) == (columns, columns * len(FOUR_TASKS))


def test_the_headline_says_outcome_model_and_benchmarks():
    text = Page(render(swapped_verdict())).text
    assert text.startswith("✗ VIOLATED · SmolLM2-135M-Instruct · 4 benchmarks")


def test_met_findings_are_folded_away():
    page = Page(render(met_verdict()))
    assert (page.tags.count("details"), "9 met or not applicable" in page.text) == (1, True)


def test_violated_findings_are_not_folded_away():
    text = render(swapped_verdict())
    assert text.index("different artifact") < text.index("<details>")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[link](https://example.org)",
        "![image](https://example.org/x.png)",
        "https://example.org",
        "<https://example.org>",
        "a | b",
        r"a \| b",
        "`code` ``more``",
        "**bold** __bold__ ~~gone~~",
        "<!-- comment",
        "</details>",
        "&lt;b&gt; &#60;",
        "$x^2$",
        "# heading",
        "1. one",
        "- item",
        "---",
        "[x]: https://example.org",
    ],
)
@pytest.mark.parametrize("place", ["model", "benchmark", "statement", "ignored"])
def test_foreign_markdown_is_shown_literally(hostile, place):
    told = verdict(
        [
            judged(
                outcome=Outcome.VIOLATED,
                statement=hostile if place == "statement" else "as it is",
                benchmarks=(hostile,) if place == "benchmark" else (),
            )
        ],
        tasks=(hostile,) if place == "benchmark" else ("gsm8k",),
        model=hostile if place == "model" else "model",
        ignored=(hostile,) if place == "ignored" else (),
    )
    for parser in PARSERS:
        page = Page(render(told), parser)
        assert (set(page.tags) - OURS, page.attributes, page.recognised) == (set(), [], [])
        assert squeezed(hostile) in squeezed(page.text)


@pytest.mark.parametrize("told", [met_verdict(), swapped_verdict(), verdict(tasks=(), facets=())])
def test_every_comment_says_what_it_does_not_prove(told):
    assert "does not prove that a benchmark measures anything" in render(told)


def violated(statements):
    return [
        judged(f"rule-{n}", outcome=Outcome.VIOLATED, statement=statement)
        for n, statement in enumerate(statements)
    ]


def met(number):
    return [judged(f"met-{n}", statement="m" * 500) for n in range(number)]


def size(text):
    return len(text.encode("utf-8"))


def test_one_hundred_benchmarks_fit_into_a_comment():
    text = render(met_verdict(HUNDRED))
    assert (size(text) < LONGEST_BYTES, "Cut to fit" in text) == (True, False)


def test_met_findings_are_cut_first_and_the_cut_is_told():
    statements = [f"violated number {n}, {'v' * 300}" for n in range(100)]
    text = render(verdict([*violated(statements), *met(200)], Outcome.VIOLATED))
    assert size(text) < LONGEST_BYTES
    assert [s for s in statements if s not in text] == []
    assert re.search(r"Cut to fit: \d+ met findings\.", text)


def test_the_cut_numbers_are_those_that_are_missing():
    text = render(verdict(met(300)))
    shown = text.count("m" * 500)
    assert f"{300 - shown} met findings" in text


def test_violated_findings_are_never_cut_silently():
    text = render(verdict(violated(["v" * 1000] * 100), Outcome.VIOLATED))
    missing = 100 - text.count("v" * 1000)
    assert (missing > 0, f"{missing} violated findings" in text) == (True, True)


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200), st.integers(0, 60), st.integers(1, 40))
@example("<" * 20_000, 8, 1)
@example("模" * 2000, 50, 4)
def test_a_comment_is_always_below_the_limit(text, findings, repeats):
    told = verdict(
        violated([text * repeats] * findings),
        tasks=(text, *HUNDRED),
        facets=(Facet.WEIGHTS,),
        records=(),
        scores=dict.fromkeys((text, *HUNDRED)),
        model=text * repeats,
        profile=text,
        ignored=(text,) * findings,
    )
    assert size(render(told)) < LONGEST_BYTES


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec=None), min_size=1, max_size=80))
@example("1. a")
@example("_a_ *b*")
@example("||")
@example("a`b")
@example("&amp;")
@example("<!-- -->")
@example("-->")
@example("***")
@example("+ a")
def test_any_text_is_shown_as_it_is(text):
    told = verdict(
        [
            judged(outcome=Outcome.VIOLATED, statement=text, benchmarks=(text,)),
            same(Facet.WEIGHTS, (text,)),
        ],
        tasks=(),
        facets=(Facet.WEIGHTS,),
    )
    page = Page(render(told))
    assert (set(page.tags) - OURS, page.attributes, page.recognised) == (set(), [], [])
    assert squeezed(page.text).count(squeezed(visible(text))) >= 3


def test_the_model_in_the_headline_is_shown_even_where_it_is_very_long():
    text = Page(render(replace(met_verdict(), model="m" * 300))).text
    assert f"{'m' * 200}… (100 more characters)" in text


def test_a_rule_leads_to_its_page_where_that_is_published(monkeypatch):
    told = verdict_page(swapped_verdict())
    assert "](" not in comment(told)
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://example.org/docs/rules.md")
    assert "[**same-weights**](<https://example.org/docs/rules.md#same-weights>)" in comment(told)
