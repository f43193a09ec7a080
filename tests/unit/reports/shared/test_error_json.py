"""An error is a document that says what was wrong, where, and whether to try again."""

import json

import jsonschema
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from weighin.errors import (
    CheckpointError,
    EvidenceError,
    InfrastructureError,
    RequirementsError,
    RunError,
    UsageError,
    WeighinError,
)
from weighin.reports.shared.error_json import ErrorDocument, render
from weighin.reports.shared.foreign_text import well_formed
from weighin.reports.shared.json_schema import document_schema

VALIDATOR = jsonschema.Draft202012Validator(document_schema(ErrorDocument))
KINDS = [
    (UsageError("--samples: expected a number"), 2, "usage", False),
    (RequirementsError("a.yaml:1:1: expected a mapping"), 3, "requirements", False),
    (EvidenceError("log.json: expected JSON"), 3, "evidence", False),
    (CheckpointError("m.safetensors: header: not JSON"), 3, "checkpoint", False),
    (RunError("gsm9k: unknown task"), 3, "run", False),
    (InfrastructureError("disk full"), 75, "infrastructure", True),
    (WeighinError("of no kind"), 70, "internal", False),
    (ZeroDivisionError("x / 0"), 70, "internal", False),
    (KeyboardInterrupt(), 130, "interrupted", True),
    (typer.BadParameter("no such file"), 2, "usage", False),
    (OSError(28, "No space left on device"), 75, "infrastructure", True),
    ("found nothing there", 2, "usage", False),
    ("cannot be read", 3, "evidence", False),
    ("endpoint is down", 75, "infrastructure", True),
    ("a library ended the process", 70, "internal", False),
    ("interrupted", 130, "interrupted", True),
]


def told(error, code=3):
    document = json.loads(render(error, code))
    VALIDATOR.validate(document)
    return document


def place(document):
    return document["file"], document["line"], document["column"]


@pytest.mark.parametrize(("error", "code", "kind", "retry"), KINDS)
def test_every_error_has_its_kind_and_its_exit_code(error, code, kind, retry):
    document = told(error, code)
    assert (document["exit_code"], document["kind"], document["retry"]) == (code, kind, retry)
    assert document["message"]


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("a.yaml:6:5: benchmarks.1: unknown key", ("a.yaml", 6, 5)),
        ("a b/c:d.yaml:6:5: unknown key", ("a b/c:d.yaml", 6, 5)),
        ("a.csv:12: expected 3 cells", ("a.csv", 12, None)),
        ("a.json: expected JSON", (None, None, None)),
        ("12:30: too late", ("12", 30, None)),
        ("see https://x.org:80", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_a_place_at_the_start_of_a_message_stands_by_itself(message, where):
    assert place(told(EvidenceError(message))) == where


def test_the_place_is_left_out_of_the_words_of_a_problem_and_not_of_the_message():
    document = told(RequirementsError("a.yaml:6:5: unknown key"))
    assert document["message"] == "a.yaml:6:5: unknown key"
    assert document["problems"] == [
        {"message": "unknown key", "file": "a.yaml", "line": 6, "column": 5}
    ]


def test_every_problem_that_is_told_at_once_has_its_place():
    document = told(RequirementsError("a.yaml:6:5: one\na.yaml:9:1: two\na.yaml: not all shown"))
    assert [(p["line"], p["message"]) for p in document["problems"]] == [
        (6, "one"),
        (9, "two"),
        (None, "a.yaml: not all shown"),
    ]
    assert place(document) == ("a.yaml", 6, 5)


def test_a_crash_does_not_tell_what_it_was_about():
    document = told(KeyError("secret"), 70)
    assert document["message"] == (
        "internal error: KeyError; this is a bug of weighin, not a verdict"
    )


@given(st.text(st.characters(codec=None)))
def test_any_message_comes_back(message):
    assert told(EvidenceError(message))["message"] == well_formed(message)
