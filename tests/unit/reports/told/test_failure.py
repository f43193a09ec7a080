"""Why there is no answer, as a page: no word of it is changed, and none of it is a verdict."""

from tests.making.reports.read_html import HtmlFile

from weighin.errors import EvidenceError
from weighin.reports.page.html import document
from weighin.reports.page.model import Page, foreign
from weighin.reports.shared.error_json import interrupted
from weighin.reports.shared.formats import Format
from weighin.reports.told.failure import failure_report

COMMAND = ("weighin", "check", "r.yaml", "nope")


def test_it_says_the_code_that_it_is_no_verdict_and_what_to_run_again():
    error = EvidenceError("nope: expected evidence, found nothing")
    told = HtmlFile(failure_report(error, 3, command=COMMAND).told(Format.HTML)).text
    assert "exit code 3; this is no verdict" in told
    assert "weighin check r.yaml nope" in told
    assert "What this does not prove" not in told


def test_no_style_changes_a_letter_of_a_sentence_that_may_begin_with_a_path():
    told = HtmlFile(document(Page(sentences=(foreign("nope: expected evidence"),))))
    assert "nope: expected evidence" in told.text
    assert "first-letter" not in told.style
    assert "capitalize" not in told.style


def test_only_what_records_is_said_to_have_recorded():
    assert "recorded" in interrupted(records=True)
    assert "recorded" not in interrupted(records=False)
