"""SARIF read as GitHub reads it: by the schema that Microsoft publishes for tests."""

import json
import re

import jsonschema
import pytest
from tests.making.places import TESTS

_SCHEMA = TESTS / "node/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
# RFC 3986, appendix A; `jsonschema` itself checks no addresses.
_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("uri-reference")
def is_reference(value):
    first = value.partition("/")[0]
    return bool(_REFERENCE.fullmatch(value)) and (":" not in first or bool(_SCHEME.match(value)))


@_FORMATS.checks("uri")
def is_uri(value):
    return is_reference(value) and bool(_SCHEME.match(value))


def valid_run(text):
    """The one run of a valid log; the test is skipped, visibly, where the schema is missing."""
    if not _SCHEMA.is_file():
        pytest.skip(f"no {_SCHEMA}: `./run setup` installs it")
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    log = json.loads(text)
    validator = jsonschema.Draft4Validator(schema, format_checker=_FORMATS)
    assert [error.message for error in validator.iter_errors(log)] == []
    (run,) = log["runs"]
    return run


def results(text):
    """The results of the one run of a valid log."""
    return valid_run(text)["results"]
