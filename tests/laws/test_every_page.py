"""Laws of every page under every printer: a subject is told by formats that do not know it."""

from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.lm_eval_samples import log_with_samples
from tests.making.reports.builders import NINE_FACETS, judged, observation, record, verdict
from tests.making.reports.read_html import HtmlFile
from tests.making.reports.rendered import ALIGNED, OURS, PARSERS, Page
from tests.making.reports.shown import squeezed

import weighin
from weighin.evidence.collected import BrokenFile, Inspection, RecognisedFile, UnreadFile
from weighin.identity.fingerprint.verification import Verification
from weighin.reports.checkpoint.comparison_page import comparison_page
from weighin.reports.checkpoint.fingerprint import Fingerprinted
from weighin.reports.checkpoint.fingerprint_page import fingerprint_page
from weighin.reports.checkpoint.verification import Held
from weighin.reports.checkpoint.verification_page import verification_page
from weighin.reports.evidence.differences.difference_page import difference_page
from weighin.reports.evidence.imports.imports_page import imports_page
from weighin.reports.evidence.inspection.inspection_page import inspection_page
from weighin.reports.page import html, lines, markdown, text
from weighin.reports.page.model import Bars
from weighin.reports.page.model import Page as ModelPage
from weighin.reports.scorecard.page import scorecard_page
from weighin.reports.shared.foreign_text import visible
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Outcome
from weighin.sources.collecting.importing import Imports

HOSTILE = "\x1b[2J<script>|x|</script> @team https://x.org [a](b)"
MARKUP = {"h1", "h2", "h5", "em", "hr", "blockquote", "ol", *OURS}
CARD = """\
weighin_scorecard: 1
title: "<script>|x|</script> @team https://x.org [a](b)"
unit: percent
sources: {card: {title: "[a](b) <b>", url: "https://example.org"}}
source: card
artifacts: [{name: m}]
numbers: [{artifact: m, benchmark: GPQA Diamond, printed: 57.2}]
remarks: ["# <b>"]
"""


def verdict_of_a_hostile_log(tmp_path):
    del tmp_path
    violated = judged(outcome=Outcome.VIOLATED, statement=HOSTILE, tensors=(HOSTILE,), fix=HOSTILE)
    records = (record(HOSTILE, [observation(facet) for facet in NINE_FACETS]),)
    return verdict_page(
        verdict([violated], Outcome.VIOLATED, tasks=(HOSTILE,), model=HOSTILE, records=records)
    )


def scorecard_of_a_hostile_file(tmp_path):
    path = tmp_path / "card.yaml"
    path.write_text(CARD)
    return scorecard_page(weighin.scorecard([path]))


def comparison_of_hostile_tensors(tmp_path):
    for folder, last in (("a", b"\x00" * 4), ("b", b"\x00\x00\x80\x3f")):
        (tmp_path / folder).mkdir()
        tensors = {HOSTILE: ("F32", [1], last), "x": ("F32", [1], b"\x00\x00\x80\x3f")}
        write_safetensors(tmp_path / folder / "model.safetensors", tensors)
    return comparison_page(weighin.compare(tmp_path / "a", tmp_path / "b"))


def difference_of_hostile_runs(tmp_path):
    first = log_with_samples(tmp_path / "a", {"one": 0.0, "two": 1.0})
    second = log_with_samples(
        tmp_path / "b",
        {"one": 1.0, "two": 1.0},
        prompt=f"{HOSTILE} {{question}}",
        answers=[HOSTILE, HOSTILE],
        model_name=HOSTILE,
    )
    return difference_page(weighin.diff(first, second))


def inspection_of_a_hostile_log(tmp_path):
    del tmp_path
    file = RecognisedFile(
        file=HOSTILE,
        format="lm-eval results",
        records=(record(HOSTILE, [observation(NINE_FACETS[0], HOSTILE)], model=HOSTILE),),
        broken=(BrokenFile(file=HOSTILE, benchmark="", expected=HOSTILE, found=HOSTILE),),
        notes=(HOSTILE,),
    )
    unread = (UnreadFile(file=HOSTILE, reason=HOSTILE),)
    return inspection_page(Inspection(files=(file, file), unread=unread, notes=(HOSTILE,)))


def verification_of_a_hostile_folder(tmp_path):
    del tmp_path
    changed = Verification(
        expected="e" * 64,
        found=None,
        why_not_found=HOSTILE,
        relation=None,
        facets=(),
        files=(),
        tensors=(),
        changes=(HOSTILE,),
        not_covered=(HOSTILE,),
    )
    return verification_page(Held(manifest=changed))


def imports_of_hostile_logs(tmp_path):
    del tmp_path
    unread = (UnreadFile(file=HOSTILE, reason=HOSTILE),)
    done = Imports(
        imported=((HOSTILE, HOSTILE),), known=(), records=1, unread=unread, notes=(HOSTILE,)
    )
    return imports_page(done, Path("results"))


def fingerprint_of_a_hostile_folder(tmp_path):
    write_safetensors(tmp_path / "model.safetensors", {"x": ("F32", [1], b"\x00" * 4)})
    manifest = weighin.fingerprint(tmp_path)
    return fingerprint_page(Fingerprinted(manifest, files=(), ignored=(HOSTILE,)))


FOR_LINES = [
    verification_of_a_hostile_folder,
    imports_of_hostile_logs,
    fingerprint_of_a_hostile_folder,
]
SUBJECTS = [
    verdict_of_a_hostile_log,
    scorecard_of_a_hostile_file,
    comparison_of_hostile_tensors,
    difference_of_hostile_runs,
    inspection_of_a_hostile_log,
    *FOR_LINES,
]


@pytest.fixture(params=SUBJECTS)
def page(request, tmp_path):
    return request.param(tmp_path)


def on_screen(page, width=100):
    stream = StringIO()
    Console(file=stream, width=width).print(text.render(page, verbose=True))
    return stream.getvalue()


@pytest.mark.parametrize("width", [40, 100])
def test_every_page_fits_into_every_terminal(page, width):
    assert max(cell_len(line) for line in on_screen(page, width).splitlines()) <= width


@pytest.mark.parametrize("form", [markdown.document, markdown.comment])
@pytest.mark.parametrize("parser", PARSERS)
def test_no_page_lets_foreign_markdown_act(page, form, parser):
    rendered = Page(form(page), parser)
    others = [attribute for attribute in rendered.attributes if attribute not in ALIGNED]
    assert (set(rendered.tags) - MARKUP, others, rendered.recognised) == (set(), [], [])


@pytest.mark.parametrize("form", [markdown.document, markdown.comment])
def test_foreign_text_reads_the_same_at_a_terminal_and_in_markdown(page, form):
    told = squeezed("<script>|x|</script> @team https://x.org [a](b)")
    assert told in squeezed(Page(form(page)).text)
    assert told in squeezed(on_screen(page, 400))


def test_no_page_lets_foreign_html_act(page):
    told = HtmlFile(html.document(page))
    assert told.faults == []
    assert {"script", "img", "link", "iframe"}.isdisjoint(told.tags)
    addresses = [a["href"] for a in told.links if not a["href"].startswith("#")]
    assert set(addresses) <= {"https://example.org"}
    assert squeezed("<script>|x|</script> @team https://x.org [a](b)") in squeezed(told.text)


@pytest.mark.parametrize("form", [on_screen, markdown.document, markdown.comment, html.document])
def test_no_page_lets_an_escape_sequence_through(page, form):
    assert "\x1b" not in form(page)


@pytest.mark.parametrize("subject", FOR_LINES)
def test_lines_are_never_wrapped(subject, tmp_path):
    printed = lines.render(subject(tmp_path))
    assert visible(HOSTILE) in printed
    assert "\x1b" not in printed


def test_lines_refuse_what_needs_the_width_of_a_terminal():
    with pytest.raises(TypeError, match="Bars"):
        lines.render(ModelPage(lead=(Bars(()),)))
