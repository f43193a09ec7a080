"""Foreign text in Markdown: what two parsers make of it, and what a person reads in the source."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.making.reports.rendered import PARSERS, Page

from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.markdown_text import as_alternative, as_code, as_prose, in_html, joined

TABLE = "| a | b |\n| --- | ---: |\n| {} | c |\n"
CELLS = {"cell": TABLE, "cell in bold": TABLE.format("**{}**")}
LINES = {
    "paragraph": "{}\n",
    "paragraph below another": "a\n\n{}\n\nb\n",
    "item": "- {}\n- a\n",
    "item after a mark": "- ✗ **a**: {}\n",
    "item in an item": "- a\n  - {}\n  - b\n",
    "numbered item": "1. {}\n2. a\n",
    "quote": "> {}\n",
    "heading": "## {}\n\na\n",
    "bold": "a **{}** b\n",
    "bold sentence": "**{}.**\n",
    "italic": "*{}*\n",
    "two in a line": "- {0} – {0}\n",
    "hard break": "a: {0}  \na: {0}\n",
    "item above an item": "- {0}\n  - {0}\n",
}
PLACES = {**LINES, **CELLS}
FREE = {"code", "span", "<!-- -->"}
TAGS = FREE | {
    *("p", "ul", "ol", "li", "strong", "em", "h2", "blockquote", "br"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
HOSTILE = [
    "@team",
    "(@team)",
    "a@b.org",
    "a@-b.org",
    "<a@b.org>",
    "mailto:a@b.org",
    "xmpp:a@b.org/c",
    "#12",
    "org/repo#12",
    "GH-12",
    "gh-12",
    "www.x.org",
    "_www.x.org_",
    "https://x.org/a_b_c?d=e&f=g",
    "HTTP://X.ORG",
    "ftp://x.org.",
    "<https://x.org>",
    ":tada:",
    "a:100:b",
    ":1234:",
    ":+1:",
    "$x$",
    "$$x$$",
    "$`x`$",
    "a$b$ $5$ US$",
    "[^1]",
    "[^1]: note",
    "[^*a*]",
    "a ~",
    "@a\\|b",
    "[a]: https://x.org",
    "[a]",
    "[a](b)",
    "[a][b]",
    "![a](b)",
    "[ ] task",
    "[x] task",
    "[!NOTE]",
    "<!-- -->",
    "-->",
    "]]>",
    "<![CDATA[a]]>",
    "<?php ?>",
    "<!DOCTYPE html>",
    "::error::",
    "##[group]",
    "##vso[task]",
    "    indented",
    "\tindented",
    "===",
    "=",
    "---",
    "- - -",
    "-",
    "1.",
    "1. one",
    "1) one",
    "1234567890. no list",
    "- item",
    "+ item",
    "* item",
    "* * *",
    "***",
    "___",
    "~~~",
    "```",
    "``` python",
    "# heading",
    "####### none",
    "a #",
    "a ##",
    "#",
    "> quote",
    ">",
    "|",
    "a | b",
    "a \\| b",
    "a \\\\| b",
    "--- | ---",
    "| a | b |",
    "\\",
    "a\\",
    "a \\ b",
    "\\*a\\*",
    "&amp;",
    "&#60;b&#62;",
    "&copy",
    "&",
    "a & b",
    "~~gone~~",
    "~gone~",
    "~5 to ~6",
    "~5 a~",
    "*a*",
    "**a**",
    "_a_",
    "__a__",
    "a_b_c",
    "_",
    "a*b*c",
    "5 * 3 * 2",
    "<b>",
    "</details>",
    "<script>alert(1)</script>",
    "</title>",
    "a < b > c",
    "<",
    "a<",
    "`a`",
    "`a",
    "a`",
    "``a``",
    "`` ` ``",
    "`a` `b` (`c`), `d`.",
    "a`b`c`d",
    "`a`b",
    "`@team`",
    "`a`@team",
    "@team`a`",
    "@team(`a`)",
    "(`a`)@team",
    "`#12` #12 `#12",
    "`a\\`b`",
    "!",
    "a!",
    "^",
    "{a}",
    "{{ a }}",
    "\u00a0a\u00a0",
    "\u3000",
    "a\u202eb",
    "a\x1b[2Jb",
    "a\nb",
    "a  \nb",
    "\x00",
    "\ud800",
    "模型",
]
any_text = st.text(st.characters(codec=None), max_size=60)
# What Markdown is made of, thrown together.
signs = st.lists(
    st.sampled_from([*"\\`*_{}[]<>()#+-.!|~&$:@/=^ \t'\"19aé。", "www.", "://", "GH-", "&lt;"]),
    max_size=24,
).map("".join)


def read(text):
    """Text as a browser shows it, but for the backticks of what became code."""
    return " ".join(text.replace("`", "").split())


def looked_at(place, text, *, parser):
    prose = as_prose(text, in_cell=place in CELLS)
    return Page(PLACES[place].format(prose), parser)


def require_literal(place, text):
    for parser in PARSERS:
        page, frame = looked_at(place, text, parser=parser), Page(PLACES[place].format("§"), parser)
        assert set(page.tags) <= TAGS, page.tags
        assert page.recognised == []
        assert [tag for tag in page.tags if tag not in FREE] == frame.tags
        assert page.attributes == frame.attributes
        assert [code for code in page.codes if code not in visible(text)] == []
        assert read(page.text) == read(frame.text.replace("§", visible(text).strip()))


@pytest.mark.parametrize("text", [text for text in HOSTILE if visible(text).strip()])
def test_nothing_acts_and_every_character_is_shown(text):
    for place in PLACES:
        require_literal(place, text)


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=60, deadline=None)
@given(text=(any_text | signs).filter(lambda text: visible(text).strip()))
@example(text="**a** `b`")
def test_no_text_acts_and_every_character_is_shown(place, text):
    require_literal(place, text)


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=300, deadline=None)
@given(text=any_text | signs)
def test_code_holds_exactly_its_text(text, parser):
    for form in ("{}\n", "- {} a\n", "**{}**\n"):
        page = Page(form.format(as_code(text)), parser)
        assert page.codes == ([visible(text)] if text else [])


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=300, deadline=None)
@given(text=any_text | signs)
@example(text="a\\|b|c\\")
@example(text="\\||")
def test_code_in_a_table_holds_exactly_its_text(text, parser):
    page = Page(TABLE.format(as_code(text, in_cell=True)), parser)
    assert "".join(page.codes) == visible(text)
    assert page.tags.count("td") == 2


@settings(max_examples=200, deadline=None)
@given(text=any_text | signs)
def test_the_words_for_a_picture_are_exactly_these(text):
    for parser in PARSERS:
        page = Page(f"![{as_alternative(text)}](a.svg)\n", parser)
        assert page.tags == ["p", "img"]
        assert read(dict(page.attributes)["alt"]) == read(visible(text).strip())


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_acts_in_html(text):
    for parser in PARSERS:
        page = Page(f"<details><summary>{in_html(text)}</summary>\n\na\n\n</details>\n", parser)
        assert [tag for tag in page.tags if tag != "code"] == ["details", "summary", "p"]
        assert [found for found in page.recognised if found[0] != "formula"] == []
        assert visible(text).strip() in page.text.replace("\n", " ")


@settings(max_examples=100, deadline=None)
@given(st.lists(signs.filter(bool), min_size=1, max_size=4))
def test_code_beside_code_stays_apart(texts):
    for parser in PARSERS:
        assert Page(joined(map(as_code, texts)), parser).codes == list(map(visible, texts))


@pytest.mark.parametrize(
    "sentence",
    [
        "demo_capitals: 31 of 272 tensors differ (chat_template, same-weights), 0.5 ± 0.1",
        "57.2 % on GPQA Diamond, Model card [1], table 2",
        "asked at 22:36:07, between 09:00 and 17:30",
        "keep all attempts; allow more with `limit`, in the open",
        "$0.19 to $0.49 a million tokens, ~5 % less, 3 * 5 = 15, a < b > c, R&D",
        "tools/run.py --limit 10 -v | tee log, sha256:1f0c5e99a2b7… (12 more characters)",
        "C:\\models\\a, std::vector, 100 %, #none, e.g. 1.5, gsm8k/417",
        "see [x] and not [y], (z) is; what is it? It is!",
    ],
)
def test_an_ordinary_sentence_is_written_as_it_is(sentence):
    assert as_prose(sentence) == sentence


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ask @team (see https://x.org).", "ask `@team` (see `https://x.org`)."),
        ("hf://org/name@main, or #12", "`hf://org/name@main`, or `#12`"),
        ("snake_case_, *bold* and <b>", "snake_case\\_, \\*bold\\* and \\<b>"),
        ("1. first", "1\\. first"),
        ("- item", "\\- item"),
        ("# heading", "\\# heading"),
        ("&lt;", "\\&lt;"),
    ],
)
def test_what_would_act_is_code_or_has_a_backslash(text, written):
    assert as_prose(text) == written


def test_a_pipe_is_marked_in_a_table_alone():
    assert (as_prose("a | b"), as_prose("a | b", in_cell=True)) == ("a | b", "a \\| b")
    assert (as_code("a|b"), as_code("a|b", in_cell=True)) == ("`a|b`", "`a\\|b`")


def test_a_fence_is_longer_than_what_it_holds():
    assert as_code("org/model-1.5_b") == "`org/model-1.5_b`"
    assert as_code("a``b`") == "``` a``b` ```"
    assert as_code("") == ""


@pytest.mark.soak
@pytest.mark.parametrize("sign", ["`", "_", "*", "\\", "~", ",", "@", "`a` ", "#", "=", "(", "$"])
def test_a_long_text_takes_no_longer_than_its_length_says(sign):
    text = f"@a{sign * 20_000}a"
    started = time.process_time()
    as_prose(text, in_cell=True)
    as_code(text, in_cell=True)
    assert time.process_time() - started < 1.0


@settings(max_examples=300, deadline=None)
@given(text=any_text | signs)
def test_no_entity_and_no_comment_is_written(text):
    written = as_prose(text)
    own = visible(text)
    assert len(re.findall(r"&#\d+;", written)) <= len(re.findall(r"&#\d+;", own))
    assert written.count("<!-- -->") <= own.count("<!-- -->")
