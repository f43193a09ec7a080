"""A page as one HTML file: its form, its policy, its size, and what of it is folded or cut."""

import re
import time
from itertools import pairwise

import pytest
from tests.making.reports.builders import (
    NINE_FACETS,
    judged,
    met_verdict,
    observation,
    origin,
    record,
    score,
    swapped_verdict,
    verdict,
)
from tests.making.reports.read_html import HtmlFile
from tests.making.reports.shown import squeezed

from weighin.reports.page.html import document
from weighin.reports.page.model import (
    Bar,
    Bars,
    Citations,
    Column,
    Drawing,
    Fact,
    Facts,
    Findings,
    Gist,
    Group,
    Guide,
    Items,
    Lines,
    Page,
    ReadFile,
    Run,
    ScoreRow,
    Scores,
    Section,
    Series,
    Source,
    Statement,
    Table,
    Voice,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.foreign_text import unobeyed
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Level, Outcome

ODD = "demo_opposites"
HOSTILE = "\x1b[2J<script>|x|</script></title></style> @team https://x.org \u202e::error::x \ud800"
PLOT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"
 style="max-width:100%" class="weighin-plot" role="img" aria-labelledby="a-title a-description"
 onload="x()"><title id="a-title">T</title><desc id="a-description">D</desc><style>.x{}</style>
<script>x()</script><image href="https://x.org/a.png"/><rect class="paper" width="9" height="9"/>
<text x="1" y="2">&lt;b&gt; drawn</text></svg>"""


FOUR_RULES = ("same-weights", "score-recomputes", "all-documents-scored", "as-required")


def wide_verdict(benchmarks, rules=FOUR_RULES):
    """Something is missing by every rule on every benchmark, each time in words of its own."""
    tasks = tuple(f"benchmark_{number:05}" for number in range(benchmarks))
    findings = [
        judged(
            rule,
            outcome=Outcome.UNDECIDED,
            statement=f"{task}: what {rule} asks for is not recorded in this log",
            benchmarks=(task,),
            expected="sha256:1f0c5e99a2b7",
            found="nothing",
            where=(origin(task, "/results/acc"),),
            fix="log it with --log_samples",
        )
        for rule in rules
        for task in tasks
    ]
    odd = tasks[benchmarks // 2]
    wrong = judged(outcome=Outcome.VIOLATED, statement=f"{odd}: other weights", benchmarks=(odd,))
    records = tuple(record(t, [observation(f) for f in NINE_FACETS]) for t in tasks)
    return verdict([*findings, wrong], Outcome.VIOLATED, tasks, records=records)


def a_page_of_everything():
    source = Source("a card", "2025-04-05", "c" * 40, "https://example.org/card?a=1&b=2")
    other = Source("a talk", "", "", "javascript:alert(1)")
    statement = Statement(foreign("a sentence"), (Fact(ours("arithmetic"), (foreign("1 + 1"),)),))
    return Page(
        sentences=(foreign("one sentence"),),
        lead=(Facts((Fact(ours("read in"), (Citations(((source, ("row 1",)), (other, ()))),)),)),),
        sections=(
            Section(
                title=(ours("Section"),),
                label="label",
                meaning="meaning",
                blocks=(
                    Lines(((name("a line"),), (name("another"),)), is_list=True),
                    Table((Column("name"), Column("n", is_number=True)), ((name("x"), ours("1")),)),
                    Bars((Bar(name("b"), 0.5, "half"), Bar(name("c"), None, "?"))),
                    Findings(
                        groups=(Group(rule="", outcome=Outcome.MET, statements=(statement,)),)
                    ),
                ),
                parts=(Section(title=(ours("Part"),), blocks=(Lines(((ours("in it"),),)),)),),
            ),
        ),
        quotes=("a quote",),
        quoted_from="in somebody's words",
        closing="nothing is proven",
        checked=((name("card.yaml"),),),
        guide=Guide(
            answer=Gist(question="Is it?", answer=ours("Yes.", Outcome.MET), why=("Because.",)),
            scores=Scores(rows=(scored("a", 0.5), scored("b", 104.2)), meaning="an interval"),
            series=(
                Series(
                    title="blocks",
                    bars=tuple(Bar(name(f"layers.{n}"), n / 9, str(n)) for n in range(9)),
                    full="1",
                    meaning="distance",
                ),
            ),
            drawings=(Drawing(title="T", svg=PLOT),),
            command=("weighin", "check", "a file.yaml", "$(rm)"),
            files=(ReadFile(path="a/b.json", role="evidence", sha256="d" * 64),),
        ),
    )


def scored(task, value):
    return ScoreRow(
        name=task,
        metric="acc",
        value=value,
        interval=(value - 0.1, value + 0.1),
        words=f"{value} ± 0.05",
        documents="120 of 120",
    )


def read(page):
    return HtmlFile(document(page))


PAGES = {
    "nothing": Page(),
    "met": verdict_page(met_verdict()),
    "swapped": verdict_page(swapped_verdict()),
    "everything": a_page_of_everything(),
    "wide": verdict_page(wide_verdict(40)),
}


@pytest.fixture(params=PAGES)
def page(request):
    return PAGES[request.param]


def test_every_element_is_closed_where_it_may_stand(page):
    assert read(page).faults == []


def test_a_page_has_a_language_a_title_one_h1_and_landmarks(page):
    told = read(page)
    assert told.source.startswith("<!doctype html>\n")
    assert ("html", {"lang": "en"}) in told.elements
    assert told.title.strip()
    for tag in ("h1", "header", "main", "footer", "nav"):
        assert told.tags.count(tag) == 1


def test_no_heading_is_more_than_one_level_below_the_one_before(page):
    levels = read(page).headings
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_id_is_there_once_and_every_link_in_the_page_leads_somewhere(page):
    told = read(page)
    assert len(set(told.ids)) == len(told.ids)
    inside = {a["href"][1:] for a in told.links if a["href"].startswith("#")}
    named = {i for _, a in told.elements for i in a.get("aria-labelledby", "").split()}
    assert (inside | named) - set(told.ids) == set()


def test_every_header_of_a_table_says_whose_it_is(page):
    assert all(a.get("scope") in {"row", "col"} for tag, a in read(page).elements if tag == "th")


def test_no_script_no_request_and_no_style_beside_the_one_that_the_policy_knows(page):
    told = read(page)
    assert not {"script", "link", "img", "image", "iframe", "use", "base"} & set(told.tags)
    for _, attributes in told.elements:
        assert not [key for key in attributes if key.startswith("on")]
        assert {"style", "src", "srcset", "data", "poster", "xlink:href"}.isdisjoint(attributes)
    assert "url(" not in told.style
    assert "@import" not in told.style
    assert told.policy == (
        f"default-src 'none'; style-src 'sha256-{told.style_digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def test_only_sources_lead_out_of_the_page_over_https_and_without_a_referrer(page):
    out = [a for a in read(page).links if not a["href"].startswith("#")]
    assert all(a["href"].startswith("https://") for a in out)
    assert all("noreferrer" in a["rel"] for a in out)


def test_a_source_is_shown_in_full_and_one_that_is_no_https_leads_nowhere():
    told = read(a_page_of_everything())
    out = [a["href"] for a in told.links if not a["href"].startswith("#")]
    assert out == ["https://example.org/card?a=1&b=2"]
    assert "https://example.org/card?a=1&b=2" in told.text
    assert "javascript:alert(1)" in told.text


def test_what_a_runner_of_ci_would_obey_is_not_in_it(page):
    text = document(page)
    assert unobeyed(text) == text


def test_foreign_text_is_shown_literally_and_kept_apart():
    finding = judged(outcome=Outcome.VIOLATED, statement=HOSTILE, tensors=(HOSTILE,), fix=HOSTILE)
    told = read(
        verdict_page(
            verdict(
                [finding],
                Outcome.VIOLATED,
                tasks=(HOSTILE,),
                model=HOSTILE,
                ignored=(HOSTILE,),
                requirements_file=HOSTILE,
            )
        )
    )
    assert told.faults == []
    assert not {"script"} & set(told.tags)
    assert squeezed(r"\x1b[2J<script>|x|</script></title></style>") in squeezed(told.text)
    assert r"\u202e\x3a:error::x \ud800" in told.text
    assert not set("\x1b\u202e\ud800") & set(told.source)
    assert all(
        "</script>" not in str(value) or key == "aria-label"
        for _, attributes in told.elements
        for key, value in attributes.items()
    )


def test_every_foreign_run_has_a_direction_of_its_own():
    told = document(Page(lead=(Lines(((foreign("אבג"), ours(" and "), name("דהו")),)),)))
    assert "<bdi>אבג</bdi> and <code dir=auto>דהו</code>" in told


def test_a_long_name_is_clipped_and_says_by_how_much():
    told = read(verdict_page(verdict(tasks=("n" * 10_000,), model="m" * 10_000)))
    assert "8000 more characters" in told.text
    assert len(told.source) < 60_000


@pytest.mark.parametrize("outcome", Outcome)
def test_a_verdict_stands_in_words_beside_its_mark(outcome):
    told = read(Page(title=(name("m"),), outcome=outcome))
    assert outcome in told.text
    assert outcome in told.title


def test_the_answer_stands_above_everything_that_needs_knowledge_of_rules():
    text = read(verdict_page(swapped_verdict())).text
    answer = text.index("No.")
    assert text.index("belong to one and the same model") < answer
    assert answer < text.index("not scored with the same weights as the other 3")
    assert text.index("not scored with the same weights") < text.index("does not hold:")


def test_the_order_is_causes_matrix_scores_findings_then_what_explains_them():
    told = read(verdict_page(swapped_verdict()))
    titles = [i for i in told.ids if not i.startswith("rule-")]
    expected = ["brief-1", "matrix", "scores", "part-2", "grades", "limits", "again", "files"]
    assert [i for i in titles if i in expected] == expected


def test_a_cell_that_differs_shows_its_value_and_what_the_others_have():
    text = read(verdict_page(swapped_verdict())).text
    matrix = text[text.index("What agrees") : text.rindex("Scores")]
    assert squeezed("✗ different sha256:9b42d1aa6f00 measured") in squeezed(matrix)
    assert squeezed("where it is the same sha256:1f0c5e99a2b7") in squeezed(matrix)


def test_facets_that_differ_stand_in_the_first_columns():
    told = document(verdict_page(swapped_verdict()))
    columns = re.findall(r'<th scope="col">([^<]*)</th>', told)
    assert columns[:3] == ["benchmark", "weights", "system prompt"]


def test_benchmarks_that_are_alike_in_every_facet_share_a_row_where_they_are_many():
    told = read(verdict_page(met_verdict(tuple(f"t{n}" for n in range(30)))))
    assert "30 benchmarks" in told.text
    assert told.tags.count("tr") == 2
    assert {f"t{n}" for n in range(30)} <= set(told.text.replace(",", " ").split())


def test_a_score_is_drawn_where_it_stands_between_0_and_1():
    told = document(Page(guide=Guide(scores=Scores(rows=(scored("a", 0.5),), meaning="m"))))
    assert '<path class="reach" d="M120 7H180"/><circle cx="150"' in told


def test_a_score_on_another_scale_is_told_and_not_drawn():
    told = read(Page(guide=Guide(scores=Scores(rows=(scored("ppl", 104.2),), meaning="m"))))
    assert "another scale" in told.text
    assert "circle" not in told.tags


def test_a_series_is_drawn_as_high_as_it_is_far_and_read_out():
    bars = (Bar(name("layers.0"), 0, "equal"), Bar(name("layers.1"), 0.5, "0.0001"))
    series = Series(title="layers", bars=bars, full="1", meaning="distance")
    told = read(Page(guide=Guide(series=(series,))))
    (drawing,) = [a for tag, a in told.elements if tag == "svg"]
    assert (drawing["role"], drawing["aria-label"]) == ("img", "layers: layers.1 0.0001")
    drawn = [(a["class"], a["height"]) for tag, a in told.elements if tag == "rect"]
    assert drawn == [("equal", "3"), ("far", "50")]


def test_a_drawing_is_inlined_without_what_a_page_must_not_hold():
    told = read(Page(guide=Guide(drawings=(Drawing(title="T", svg=PLOT),))))
    assert told.faults == []
    assert {"script", "image"}.isdisjoint(told.tags)
    assert told.tags.count("style") == 1
    (drawing,) = [a for tag, a in told.elements if tag == "svg"]
    assert drawing == {
        "viewbox": "0 0 9 9",
        "class": "weighin-plot",
        "role": "img",
        "aria-labelledby": "a-title a-description",
    }
    assert "<b> drawn" in told.text


def test_a_rule_that_is_named_leads_to_what_it_is_for_and_to_its_page():
    told = read(verdict_page(swapped_verdict()))
    assert {"#rule-same-weights", "#rule-one-attempt"} <= {a["href"] for a in told.links}
    assert "docs/rules.md#same-weights" in told.text


def test_the_published_page_of_a_rule_is_a_link(monkeypatch):
    monkeypatch.setenv("WEIGHIN_RULES_PAGE", "https://example.org/rules")
    told = read(verdict_page(swapped_verdict()))
    assert "https://example.org/rules#same-weights" in {a["href"] for a in told.links}


def test_a_command_is_told_as_a_shell_takes_it():
    assert "weighin check 'a file.yaml' '$(rm)'" in read(a_page_of_everything()).text


def test_what_no_list_has_room_for_is_counted():
    lines = Lines(tuple((name(f"line {n}"),) for n in range(1000)))
    row = (name("row"), ours("1"))
    table = Table((Column("a"), Column("b")), (row,) * 1000, noun="row")
    told = read(Page(lead=(lines, table)))
    assert "and 800 more lines: the JSON report holds all of them" in told.text
    assert "and 800 more rows: the JSON report holds all of them" in told.text


def test_names_beyond_a_dozen_are_folded_and_those_beyond_the_room_are_counted():
    items = Items(tuple(Run(f"name{n}", Voice.NAME) for n in range(1000)))
    told = read(Page(lead=(Lines(((items,),)),)))
    assert "and 988 more" in told.text
    assert "details" in told.tags
    assert re.search(r"and 788 more\s", told.text)


def test_findings_are_cut_from_the_lightest_on_and_none_that_is_violated():
    told = read(verdict_page(wide_verdict(1000)))
    assert "other weights" in told.text
    assert re.search(r"and \d+ more findings: the JSON report holds all of them", told.text)


def test_a_warning_says_that_it_is_one():
    told = read(verdict_page(verdict([judged(level=Level.WARNING, outcome=Outcome.VIOLATED)])))
    assert squeezed("same-weights violated, warning") in squeezed(told.text)


def test_a_report_of_100_benchmarks_has_less_than_300_kilobytes():
    size = len(document(verdict_page(wide_verdict(100))).encode())
    print(f"{size:,} bytes")
    assert size < 300_000


@pytest.mark.soak
def test_a_report_of_6000_benchmarks_is_no_larger_than_it_can_be_read():
    started = time.process_time()
    size = len(document(verdict_page(wide_verdict(6000, FOUR_RULES[:1]))).encode())
    print(f"{size:,} bytes, {time.process_time() - started:.2f} s")
    assert size < 400_000


def test_a_report_of_many_claims_of_hostile_length_stays_small():
    statement = Statement(foreign("s" * 5000), (Fact(ours("found"), (foreign("f" * 9000),)),))
    group = Group(rule="same-weights", outcome=Outcome.VIOLATED, statements=(statement,) * 500)
    told = document(Page(sections=(Section(blocks=(Findings(groups=(group,)),)),)))
    assert len(told) < 300_000


def test_a_score_of_no_run_is_still_a_row():
    told = read(verdict_page(verdict(scores={"demo": None}, tasks=("demo", "x"))))
    assert told.faults == []


def test_the_same_page_is_the_same_file(page):
    assert document(page) == document(page)


def test_scores_are_told_once():
    told = read(verdict_page(met_verdict(("only_task",))))
    assert told.text.count("0.5312 ± 0.0221") == 1
    assert score("only_task").value == 0.53125


def test_evidence_is_folded_where_it_is_missing_and_open_where_something_disagrees():
    told = document(verdict_page(swapped_verdict())).replace("<wbr>", "")
    statements = re.findall(r'<div class="statement">.*?\n</div>', told, re.DOTALL)
    (violated,) = [s for s in statements if "31 of 272 tensors" in s]
    (missing,) = [s for s in statements if "is not recorded" in s]
    assert violated.index("expected") < violated.index("1f0c5e99a2b7")
    assert "where, and what was found" not in violated
    assert missing.index("fix") < missing.index("<details>") < missing.index("/observations/4")
