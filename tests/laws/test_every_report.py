"""Laws that hold for each way of telling a verdict."""

import json
from xml.etree import ElementTree as ET

import pytest
from tests.making.reports.builders import judged, same, swapped_verdict, verdict
from tests.making.reports.read_html import HtmlFile
from tests.making.reports.shown import shown, squeezed

from weighin.identity.facets import Facet
from weighin.reports.ci import junit
from weighin.reports.page.html import document
from weighin.reports.page.markdown import comment
from weighin.reports.verdict import json_document as as_json
from weighin.reports.verdict.notices import verdict_notices
from weighin.reports.verdict.page import verdict_page
from weighin.rules.interface import Level, Outcome


def junit_text(told):
    root = ET.fromstring(junit.render(verdict_notices(told)))
    return " ".join(
        [*root.itertext(), *(value for element in root.iter() for value in element.attrib.values())]
    )


REPORTS = {
    "terminal": shown,
    "narrow terminal": lambda told: shown(told, 40),
    "json": lambda told: json.dumps(json.loads(as_json.render(told)), ensure_ascii=False),
    "junit": junit_text,
    "markdown": lambda told: comment(verdict_page(told)),
    "html": lambda told: HtmlFile(document(verdict_page(told))).text,
}


@pytest.fixture(params=REPORTS)
def tell(request):
    return REPORTS[request.param]


@pytest.mark.parametrize("outcome", [Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED])
@pytest.mark.parametrize("level", Level)
def test_every_finding_that_is_not_met_is_in_every_report(tell, outcome, level):
    statements = [f"statement number {n} of a rule" for n in range(30)]
    findings = [
        judged(f"rule-{n % 4}", level, outcome=outcome, statement=s, benchmarks=(f"task-{n}",))
        for n, s in enumerate(statements)
    ]
    text = squeezed(tell(verdict(findings, outcome)))
    assert [s for s in statements if squeezed(s) not in text] == []


def test_a_rule_that_is_switched_off_is_in_every_report(tell):
    words = "switched off in requirements.yaml:12"
    off = judged("same-dtype", Level.NOTE, outcome=Outcome.NOT_APPLICABLE, statement=words)
    assert squeezed(words) in squeezed(tell(verdict([off])))


def test_every_report_names_the_weakest_evidence(tell):
    told = swapped_verdict()
    assert "absent" in tell(told)


def test_every_report_says_what_it_does_not_prove(tell):
    assert "doesnotprovethat" in squeezed(tell(swapped_verdict()))


def test_every_report_names_the_way_out(tell):
    assert squeezed("record it with: weighin run requirements.yaml") in squeezed(
        tell(swapped_verdict())
    )


def test_every_report_names_where_it_was_found(tell):
    text = squeezed(tell(swapped_verdict()))
    assert "demo_opposites/record.json" in text
    assert "/observations/0" in text


def test_every_report_shows_a_waiver_with_its_owner(tell):
    assert "eval-team" in tell(swapped_verdict())


def test_every_report_tells_which_evidence_was_not_judged(tell):
    assert squeezed("2 records of the model Other-1B") in squeezed(tell(swapped_verdict()))


def test_every_report_can_tell_a_verdict_on_nothing(tell):
    text = tell(verdict(outcome=Outcome.UNDECIDED, tasks=(), facets=()))
    assert "nothing is demonstrated" in " ".join(text.split())


def test_no_report_lets_an_escape_sequence_through(tell):
    hostile = "\x1b[2J\x9b"
    told = verdict(
        [same(Facet.WEIGHTS, (hostile,), outcome=Outcome.VIOLATED, statement=hostile)],
        model=hostile,
        tasks=(hostile,),
        records=(),
        ignored=(hostile,),
    )
    written = as_json.render(told) if tell is REPORTS["json"] else tell(told)
    assert not {"\x1b", "\x9b"} & set(written)
