"""The document that machines read."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.places import DOCS
from tests.making.reports.builders import judged, met_verdict, record, swapped_verdict, verdict

from weighin.identity.facets import Facet
from weighin.reports.shared.json_schema import document_schema
from weighin.reports.verdict.json_document import VerdictDocument, render
from weighin.rules.interface import Outcome

PUBLISHED = DOCS / "schemas" / "verdict.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(document_schema(VerdictDocument))
EMPTY = verdict(outcome=Outcome.UNDECIDED, tasks=(), facets=())


def told(of):
    return json.loads(render(of))


@pytest.mark.parametrize("of", [met_verdict(), swapped_verdict(), EMPTY])
def test_documents_are_valid_against_the_published_schema(of):
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told(of))


@pytest.mark.parametrize("key", ["format", "outcome", "findings", "does_not_prove"])
def test_the_schema_requires_every_key(key):
    document = told(swapped_verdict())
    del document[key]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_the_schema_refuses_another_format():
    document = told(swapped_verdict()) | {"format": "weighin.verdict/1"}
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.MET, 0), (Outcome.VIOLATED, 10), (Outcome.UNDECIDED, 11)]
)
def test_the_document_holds_outcome_and_exit_code(outcome, code):
    document = told(verdict(outcome=outcome))
    assert (document["outcome"], document["exit_code"]) == (outcome.value, code)


def test_every_finding_is_there_in_order_met_ones_too():
    of = swapped_verdict()
    statements = [entry["statement"] for entry in told(of)["findings"]]
    assert statements == [judged.finding.statement for judged in of.findings]


def test_every_tensor_that_differs_is_there():
    entry = next(e for e in told(swapped_verdict())["findings"] if e["tensors"])
    assert len(entry["tensors"]) == 30


def test_a_benchmark_holds_score_and_facets():
    entry = told(swapped_verdict())["benchmarks"][2]
    assert entry["score"] == {
        "metric": "acc",
        "filter": "none",
        "value": 0.53125,
        "stderr": 0.0221,
        "documents": 120,
    }
    assert entry["facets"]["weights"] == {
        "grade": "measured",
        "summary": "sha256:9b42d1aa6f00",
        "state": "different",
        "is_waived": False,
    }


def test_a_benchmark_without_a_score_has_null():
    of = verdict(tasks=(), scores={"gsm8k": None})
    assert told(of)["benchmarks"][0]["score"] is None


def test_counts_name_every_outcome():
    assert told(swapped_verdict())["counts"] == {
        "violated": 2,
        "undecided": 1,
        "waived": 1,
        "met": 9,
        "not-applicable": 0,
    }


def test_a_waiver_stands_with_its_finding():
    entry = next(e for e in told(swapped_verdict())["findings"] if e["outcome"] == "waived")
    assert entry["waiver"] == {
        "rule": "same-engine",
        "benchmark": None,
        "owner": "eval-team",
        "reason": "two engines until spring",
        "expires": "2027-01-31",
    }


def test_records_are_named_by_attempt_checkpoint_and_origin():
    entry = told(verdict(tasks=("gsm8k",)))["records"][0]
    assert entry == {
        "task": "gsm8k",
        "attempt_id": "attempt-of-gsm8k",
        "checkpoint_id": "c" * 64,
        "origin": {"producer": "weighin 0.1.0", "file": "gsm8k/record.json", "pointer": ""},
    }


def test_the_same_verdict_is_the_same_text():
    assert render(swapped_verdict()) == render(swapped_verdict())


def test_the_document_is_ascii_and_ends_with_a_line_break():
    text = render(verdict(model="模型\x1b[31m\x9b"))
    assert text.isascii()
    assert text.endswith("}\n")
    assert "\x1b" not in text


any_text = st.text(st.characters(codec=None))


@settings(max_examples=60, deadline=None)
@given(any_text, any_text, any_text)
def test_any_text_comes_back(model, task, statement):
    of = verdict(
        [judged(outcome=Outcome.VIOLATED, statement=statement, benchmarks=(task,))],
        Outcome.VIOLATED,
        tasks=(),
        facets=(Facet.WEIGHTS,),
        records=(record("gsm8k"),),
        model=model,
    )
    document = told(of)
    VALIDATOR.validate(document)
    found = (document["model"], document["findings"][0]["statement"])
    expected = tuple(
        text.encode("utf-8", "backslashreplace").decode() for text in (model, statement)
    )
    assert found == expected
