"""Nothing that a foreign field says acts in a format, or breaks what reads it."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import product

import pytest
from junitparser import JUnitXml
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.lm_eval import modern, written
from tests.making.logs.lm_eval_samples import log_with_samples
from tests.making.places import TESTS
from tests.making.reports.rendered import OURS, Page
from tests.making.reports.runner import commands
from tests.making.reports.sarif import valid_run

from weighin.reports.shared.formats import OF_A_DOCUMENT, OF_AN_ANSWER, Format

FIELDS = {
    "script": "<script>alert(1)</script>",
    "title": "</title></style></svg><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover='alert(1)' style=\"x",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "section": "]]><!-- --><![CDATA[x",
    "command": "::error file=a,line=1::owned",
    "in a line": "x %0A::add-mask::2026 ::stop-commands::t",
    "brackets": "##[error]a##vso[task.complete]b",
    "escape": "a\x1b[2J\x9b1m\r\n::error::b\x07\x00",
    "bidi": "a\u202eb\u2066c\u200b\u2028::error::d\ufeff",
    "surrogate": "a\ud800b",
    "markdown": "| a | [x](javascript:alert(1)) ![i](https://x.org) @team #1 `a` *b*",
    "long": "n" * 10_000,
}


class Html(HTMLParser):
    """The elements of a page with their attributes, and whether they are closed in order."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "wbr", "col", "path", "line"})

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.titles = [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        while self.open and self.open[-1] != tag:
            assert self.open.pop() in {"li", "p", "td", "th", "tr", "dt", "dd", "option"}
        self.open.pop()


def html_is_inert(text):
    page = Html(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "base", "link"}
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert not re.match(r"\s*(javascript|data):", attributes.get("href") or "")
    assert [tag for tag, _ in page.elements].count("title") >= 1
    assert sum(tag == "h1" for tag, _ in page.elements) == 1


def markdown_is_inert(text):
    assert not {tag for tag in Page(text).tags if tag not in OURS} & {"script", "img", "a"}


def sarif_is_inert(text):
    assert json.loads(text)["version"] == "2.1.0"
    if (TESTS / "node" / "node_modules").is_dir():  # else other tests are skipped, and say so
        valid_run(text)


def junit_is_inert(text):
    assert len(JUnitXml.fromstring(text.encode())) > 0
    ET.fromstring(text)


def github_is_inert(text):
    told = commands(text)
    assert len(told) == len(text.splitlines())
    assert {command.name for command in told} <= {"error", "warning", "notice"}


def json_is_inert(text):
    json.loads(text)
    assert text.isascii()


INERT = {
    Format.JSON: json_is_inert,
    Format.HTML: html_is_inert,
    Format.MARKDOWN: markdown_is_inert,
    Format.JUNIT: junit_is_inert,
    Format.SARIF: sarif_is_inert,
    Format.GITHUB: github_is_inert,
    Format.GITLAB: json_is_inert,
}


def obeyed(text, told):
    """What a runner of CI, a terminal or an editor would obey wherever it stands."""
    found = [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    controls = [character for character in found if character not in "\n\t"]
    lines = [line for line in text.split("\n") if re.search(r"##\w*\[", line)]
    if told is not Format.GITHUB:
        lines += [line for line in text.split("\n") if re.match(r"\s*::[^:]+?::", line)]
    return controls + lines


def log_of(field, *, is_named_so):
    """A log whose every free field says it; its model and its task, too, or they are required."""
    document = modern()
    if is_named_so:
        for key in ("results", "configs", "versions", "n-shot", "n-samples", "group_subtasks"):
            (value,) = document[key].values()
            document[key] = {field: {**value, "task": field} if key == "configs" else value}
        document |= {"model_name": field, "model_source": field}
    (config,) = document["configs"].values()
    config |= {"description": field, "doc_to_text": field, "dataset_path": field}
    name = field if is_named_so else document["config"]["model_args"]
    document["config"] |= {"model_args": name, "model_dtype": field, "gen_kwargs": field}
    facts = (
        "git_hash",
        "system_instruction",
        "chat_template",
        "chat_template_sha",
        "pretty_env_info",
    )
    return document | dict.fromkeys(facts, field)


@pytest.fixture
def field(request):
    return FIELDS[request.param]


@pytest.fixture
def scene(field, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain = modern()
    (task,) = plain["results"]
    written(log_of(field, is_named_so=True), tmp_path / "logs" / "named")
    written(log_of(field, is_named_so=False), tmp_path / "logs" / "required")
    words = field if field.isprintable() else "somebody"
    asked = {
        "weighin": 1,
        "model": {"name": plain["model_name"], "checkpoint": f"hf://acme/tiny@{'d' * 40}"},
        "profile": "leaderboard",
        "evidence": "declared",
        "benchmarks": [{"task": task}, {"task": "other"}],
        "waivers": [
            {"rule": "every-benchmark-present", "benchmark": "other", "owner": words}
            | {"reason": words, "expires": "2999-01-01"}
        ],
    }
    (tmp_path / "asked.yaml").write_text(json.dumps(asked))
    card = {
        "weighin_scorecard": 1,
        "title": field,
        "unit": "percent",
        "sources": {"card": {"title": field, "url": "https://example.org"}},
        "source": "card",
        "artifacts": [{"name": field}],
        "numbers": [
            {"artifact": field, "benchmark": "GPQA Diamond", "printed": 57.25},
            {"artifact": field, "benchmark": field, "printed": 57.25},
        ],
        "remarks": [field],
    }
    (tmp_path / "card.yaml").write_text(json.dumps(card))
    log_with_samples(tmp_path / "runs" / "a", {"one": 0.0, "two": 1.0})
    log_with_samples(
        tmp_path / "runs" / "b",
        {"one": 1.0, "two": 1.0},
        prompt=f"{field} {{question}}",
        answers=[field, field],
    )
    for folder, last in (("a", b"\x00" * 4), ("b", b"\x00\x00\x80\x3f")):
        (tmp_path / folder).mkdir()
        tensors = {field: ("F32", [1], last), "x": ("F32", [1], b"\x00\x00\x80\x3f")}
        if "\ud800" not in field:
            write_safetensors(tmp_path / folder / "model.safetensors", tensors)
    return tmp_path


COMMANDS = {
    "check": (("check", "asked.yaml", "logs"), OF_AN_ANSWER),
    "scorecard": (("scorecard", "card.yaml"), OF_AN_ANSWER),
    "inspect": (("inspect", "logs"), OF_A_DOCUMENT),
    "compare": (("compare", "a", "b"), OF_A_DOCUMENT),
    "diff": (("diff", "runs/a", "runs/b"), OF_A_DOCUMENT),
    "verify": (("verify", "manifest.json", "b"), OF_AN_ANSWER),
}


def cases():
    """Every field in what is judged and printed most; the others with as many as it takes."""
    for number, (key, name) in enumerate(product(FIELDS, COMMANDS)):
        is_for_all = name in {"check", "scorecard"} or number % 2
        yield pytest.param(key, name, marks=() if is_for_all else pytest.mark.soak)


@pytest.mark.parametrize(("field", "name"), [*cases()], indirect=["field"])
def test_no_format_obeys_a_foreign_field(weighin, scene, field, name):
    line, formats = COMMANDS[name]
    if name == "verify":
        weighin("fingerprint", "a", "--save", "manifest.json")
    options = [part for told in formats for part in ("--format", f"{told}=out/{told}")]
    told = weighin(*line, *options)
    assert told.code in ({3} if "\ud800" in field else {0, 10, 11}), told.errors
    assert obeyed(told.output + told.errors, Format.TEXT) == []
    for asked in formats:
        text = (scene / "out" / asked).read_bytes().decode("utf-8")
        assert obeyed(text, asked) == [], asked
        INERT.get(asked, len)(text)
        assert text.endswith("\n"), asked
    if Format.GITHUB in formats:
        printed = weighin(*line, "--format", "github")
        assert printed.code == told.code
        assert obeyed(printed.output, Format.GITHUB) == []
