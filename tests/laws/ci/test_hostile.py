"""Formats for machines × foreign fields: nothing acts, nothing breaks a parser."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from junitparser import JUnitXml
from tests.making.reports.builders import WAIVER, judged, origin, record, verdict
from tests.making.reports.runner import commands
from tests.making.reports.sarif import valid_run

import weighin
from weighin.errors import WeighinError
from weighin.identity.fingerprint.verification import Verification
from weighin.reports.checkpoint.notices import verification_notices
from weighin.reports.checkpoint.verification import Held
from weighin.reports.ci import github, gitlab, junit, sarif
from weighin.reports.ci.failure import notices_of_error
from weighin.reports.scorecard.notices import scorecard_notices
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.interface import Level, Outcome

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "title": "</title><b>",
    "cdata": "]]></failure>&amp;<!--",
    "command": "::error file=x,line=3::y",
    "command in a line": "a\n::set-output name=x::y\r\n::stop-commands::z",
    "old command": "##[error]x ##vso[task.complete]y ##teamcity[z]",
    "escaped": "%0A::error::x%0D%25",
    "ansi": "\x1b[2J\x1b]8;;https://x\x07\x9b31m",
    "bidi": "\u202eabc\u2066\u200b\ufeff",
    "surrogate": "\ud800x\udfff",
    "not in xml": "\x00\x01\ufffe\uffff\x0b",
    "lines": "a\u2028b\u2029c\x85d",
    "long": "n" * 10_000,
    "wide": "\U0001f4a5" * 10_000,
    "markdown": "[a](https://x.org) @team #12 `x` |",
    "json": '"}],"x":[{"',
    "path": "../../../etc/passwd",
    "colon": "a:b,c=d",
}
# What a file cannot be called.
NO_PATHS = {"surrogate", "not in xml", "long", "wide"}
CARD = """\
weighin_scorecard: 1
title: {0}
unit: percent
sources: {{card: {{title: {0}, url: "https://example.org"}}}}
source: card
artifacts: [{{name: {0}}}]
numbers: [{{artifact: {0}, benchmark: {0}, printed: 57.2}}]
"""


def of_verdict(hostile):
    stated = {
        "statement": hostile,
        "benchmarks": (hostile,),
        "expected": hostile,
        "found": hostile,
        "fix": hostile,
        "where": (origin(hostile, hostile),),
    }
    waiver = WAIVER.model_copy(update={"owner": hostile, "reason": hostile})
    return verdict_notices(
        verdict(
            [
                judged(outcome=Outcome.VIOLATED, **stated),
                judged(outcome=Outcome.UNDECIDED, level=Level.WARNING, **stated),
                judged(outcome=Outcome.WAIVED, waiver=waiver, **stated),
            ],
            Outcome.VIOLATED,
            tasks=(hostile,),
            records=(record(hostile),),
            model=hostile,
            requirements_file=hostile,
            profile=hostile,
        )
    )


def of_error(hostile):
    return notices_of_error(f"{hostile}:3:1: {hostile}", 3)


def of_error_without_a_place(hostile):
    return notices_of_error(hostile, 75, hostile)


def of_verification(hostile):
    changed = Verification(
        expected=hostile,
        found=None,
        why_not_found=hostile,
        relation=None,
        facets=(),
        files=(),
        tensors=(),
        changes=(hostile,),
        not_covered=(hostile,),
    )
    return verification_notices(Held(manifest=changed), folder=hostile, stated=hostile)


SUBJECTS = {
    "verdict": of_verdict,
    "error": of_error,
    "error without a place": of_error_without_a_place,
    "verification": of_verification,
}


@pytest.fixture(params=HOSTILE)
def hostile(request):
    return HOSTILE[request.param]


@pytest.fixture(params=SUBJECTS)
def notices(request, hostile):
    return SUBJECTS[request.param](hostile)


def harmless(text):
    """Whether no terminal, browser or editor obeys a text, whatever it is read with."""
    assert text.isprintable(), ascii(text)
    return True


def strings(value):
    match value:
        case str():
            yield value
        case dict():
            for key, item in value.items():
                yield key
                yield from strings(item)
        case list():
            for item in value:
                yield from strings(item)


def test_sarif(notices):
    text = sarif.render(notices, Path.cwd())
    run = valid_run(text)
    assert text.isascii()
    assert commands(text) == []
    for told in strings(run["results"]):
        assert "](" not in told
        assert harmless(told.replace("\n", ""))
    assert len(text) < 120_000 * max(1, len(notices.notices))


def test_gitlab(notices):
    text = gitlab.render(notices, Path.cwd())
    entries = json.loads(text)
    assert text.isascii()
    assert commands(text) == []
    assert len(entries) == len(notices.notices)
    assert all(map(harmless, strings(entries)))
    assert all(entry["location"]["path"] for entry in entries)


def test_github(notices):
    text = github.render(notices, Path.cwd())
    text.encode("utf-8")
    found = commands(text)
    # One command a line, none of them by what is told.
    assert len(found) == len(text.split("\n")) - 1
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    assert {key for c in found for key in c.properties} <= {"file", "line", "col", "title"}
    assert {c.properties.get("line") for c in found} <= {None, "1", "3"}
    for command in found:
        assert commands(command.data) == []
        assert harmless(command.data.replace("\n", ""))
        assert all(map(harmless, command.properties.values()))
        assert len(command.properties["title"]) < 300


def test_junit(notices):
    text = junit.render(notices)
    assert text.isascii()
    assert commands(text) == []
    root = ET.fromstring(text)
    JUnitXml.fromstring(text.encode())
    lxml = pytest.importorskip("lxml.etree")
    lxml.fromstring(text.encode())
    told = [*root.itertext(), *(v for e in root.iter() for v in e.attrib.values())]
    assert all(harmless(words.replace("\n", "")) for words in told)
    assert all(len(case.get("name")) < 2_000 for case in root.iter("testcase"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_scorecard(tmp_path, name):
    path = tmp_path / "card.yaml"
    path.write_text(CARD.format(json.dumps(HOSTILE[name])))
    try:
        told = scorecard_notices(weighin.scorecard([path]))
    except WeighinError as error:
        told = notices_of_error(str(error), error.exit_code, str(path))
    test_sarif(told)
    test_gitlab(told)
    test_junit(told)
    text = github.render(told, tmp_path)
    assert len(commands(text)) == len(text.split("\n")) - 1


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - NO_PATHS))
def test_files_of_hostile_names(tmp_path, name):
    file = tmp_path / HOSTILE[name].replace("/", "_")
    file.write_text("weighin: 1\n")
    told = of_verdict(str(file))
    run = valid_run(sarif.render(told, tmp_path))
    (artifact,) = {
        json.dumps(location["physicalLocation"]["artifactLocation"])
        for result in run["results"]
        for location in result["locations"]
    }
    assert json.loads(artifact)["uriBaseId"] == "%SRCROOT%"
