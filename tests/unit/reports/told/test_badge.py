"""The badge: words that colour only repeats, and nothing that is fetched, run or foreign."""

import re
from xml.etree import ElementTree as ET

import pytest
from tests.making.reports.builders import judged, verdict

from weighin.reports.told import badge
from weighin.reports.told.failure import failure_report
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Head, Outcome

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>x</script>\x1b[2J\u202e]]>&\"' onload=x https://x.test" + "n" * 10_000


def drawn(outcome=Outcome.MET, **fields):
    return badge.render(verdict_page(verdict([judged()], outcome, **fields)))


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("outcome", Outcome)
def test_it_says_the_outcome_the_extent_and_the_weakest_evidence(outcome):
    root = ET.fromstring(drawn(outcome))
    extent = "4 of 4 benchmarks, not judged" if outcome is Outcome.PARTIAL else "4 benchmarks"
    assert [t.text for t in root.iter(f"{SVG}text")] == [
        "weighin",
        f"{outcome} | {extent} | measured",
    ]
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == root.get("aria-label")
    assert title.text.startswith(f"weighin: {outcome}: SmolLM2-135M-Instruct, {extent}")


@pytest.mark.parametrize("outcome", Outcome)
def test_its_letters_are_read_on_every_ground(outcome):
    root = ET.fromstring(drawn(outcome))
    grounds = {rect.get("fill") for rect in root.iter(f"{SVG}path")} - {None}
    assert len(grounds) == 2
    for ground in grounds:
        assert (luminance("#ffffff") + 0.05) / (luminance(ground) + 0.05) >= 4.5


def test_no_two_answers_that_differ_in_kind_have_one_colour():
    of = {outcome: drawn(outcome) for outcome in Outcome}
    colours = {o: re.findall(r'fill="(#\w+)"', svg)[1] for o, svg in of.items()}
    assert len({colours[o] for o in (Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED)}) == 3


def test_it_is_ascii_that_asks_for_nothing_and_runs_nothing():
    text = drawn(model=HOSTILE, tasks=(HOSTILE,))
    root = ET.fromstring(text)
    assert text.isascii()
    assert len(text) < 4096
    assert {e.tag.removeprefix(SVG) for e in root.iter()} == {
        "svg", "title", "path", "g", "text",
    }  # fmt: skip
    attributes = {name for e in root.iter() for name in e.attrib}
    assert not any(name.startswith("on") or "href" in name or name == "id" for name in attributes)
    assert "url(" not in text


def test_its_words_fit_whatever_the_font():
    root = ET.fromstring(drawn())
    width = float(root.get("width"))
    for text in root.iter(f"{SVG}text"):
        assert float(text.get("x")) + float(text.get("textLength")) < width


def test_where_there_is_no_answer_it_says_so():
    report = failure_report("requirements.yaml: no such file", 3)
    assert report.page is not None
    root = ET.fromstring(badge.render(report.page()))
    assert [t.text for t in root.iter(f"{SVG}text")] == ["weighin", "no answer"]


def test_a_file_that_asks_less_has_no_plain_badge():
    less = drawn(head=Head(asks_less=("evidence declared",)))
    assert "met, asks less" in less
    assert set(re.findall(r"#[0-9a-f]{6}", less)) != set(re.findall(r"#[0-9a-f]{6}", drawn()))
