"""No output commands the machine that shows it, whatever the evidence calls itself."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from tests.making.checkpoints.files import write_safetensors
from tests.making.logs.lm_eval import modern, written

NAMES = {
    "command": "::warning title=x::owned",
    "in a line": "tiny ::add-mask::2026 ::stop-commands::t",
    "in brackets": "##[error]a##teamcity[b]##vso[c]",
    "line separator": "a\u2028::error::b\u2029::error::c\x85::error::d",
    "escape": "a\x1b[2J\r\n::error::b\u202e",
    "no break space": "\u00a0\u3000::error::a",
    "folded": f"{'a' * 39}::error::{'b' * 90}::debug::{'c' * 400}",
}
CHECKS = {
    "first look": (),
    "full": ("--full",),
    "verbose": ("--verbose",),
    "json": ("--json",),
}
WIDTHS = ("24", "40", "100")


def obeyed(text):
    """The lines that GitHub, Azure or TeamCity would take for commands, and what moves a cursor."""
    lines = [
        line
        for line in text.splitlines()
        if re.match(r"\s*::[^:]+?::", line) or re.search(r"##\w*\[", line)
    ]
    controls = [
        c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} and c not in "\n\t"
    ]
    return lines, controls


@pytest.fixture(params=NAMES)
def name(request):
    return NAMES[request.param]


@pytest.fixture(params=WIDTHS)
def width(request, weighin, monkeypatch):
    del weighin  # which sets a width of its own
    monkeypatch.setenv("COLUMNS", request.param)


@pytest.fixture
def scene(name, tmp_path):
    """A log in which all that can be named has the name, and a file that requires it."""
    document = modern()
    for key in ("results", "configs", "versions", "n-shot", "n-samples", "group_subtasks"):
        (value,) = document[key].values()
        document[key] = {name: {**value, "task": name} if key == "configs" else value}
    document["config"] |= {"model_args": {"pretrained": name, "dtype": name}, "model_dtype": name}
    document |= {"model_name": name, "model_source": name}
    written(document, tmp_path / "logs")
    required = {
        "weighin": 1,
        "model": {"name": name, "aliases": ["x"], "checkpoint": f"hf://acme/tiny@{'d' * 40}"},
        "profile": "leaderboard",
        "evidence": "declared",
        "benchmarks": [{"task": name}, {"task": "other"}],
    }
    (tmp_path / "requirements.yaml").write_text(json.dumps(required))
    return tmp_path


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("way", CHECKS)
def test_no_report_of_a_verdict_does(weighin, scene, way):
    told = weighin("check", scene / "requirements.yaml", scene / "logs", *CHECKS[way])
    assert told.code in {3, 10, 11}
    assert obeyed(told.output) == ([], [])
    assert obeyed(told.errors) == ([], [])


def test_no_report_file_does(weighin, scene):
    files = {"--json-file": "a.json", "--junit": "a.xml", "--markdown": "a.md", "--text": "a.txt"}
    options = [part for option, file in files.items() for part in (option, scene / file)]
    told = weighin("check", scene / "requirements.yaml", scene / "logs", *options)
    assert obeyed(told.output + told.errors) == ([], [])
    if told.code == 3:
        return
    for file in files.values():
        assert obeyed((scene / file).read_text("utf-8")) == ([], []), file
    ET.fromstring((scene / "a.xml").read_text("utf-8"))


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize(
    "command",
    [
        ("inspect", "{logs}"),
        ("inspect", "{logs}", "--verbose"),
        ("inspect", "{logs}", "--json"),
        ("import", "{logs}", "--into", "{new}"),
        ("explain", "{name}"),
        ("check", "{name}", "{logs}"),
        ("inspect", "{name}"),
        ("retire", "{name}", "--reason", "{name}"),
        ("export", "{logs}", "--into", "{new}"),
        ("{name}",),
        ("check", "--{name}"),
    ],
    ids=" ".join,
)
def test_no_other_command_does(weighin, scene, name, command):
    named = {"logs": scene / "logs", "new": scene / "new", "name": name.replace("\x00", "")}
    told = weighin(*(part.format_map(named) for part in command))
    assert obeyed(told.output) == ([], [])
    assert obeyed(told.errors) == ([], [])


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("command", ["fingerprint", "compare"])
def test_no_tensor_does(weighin, name, command, tmp_path):
    for folder, last in (("a", b"\x00" * 4), ("b", b"\x00\x00\x80\x3f")):
        (tmp_path / folder).mkdir()
        write_safetensors(tmp_path / folder / "model.safetensors", {name: ("F32", [1], last)})
    folders = [tmp_path / "a"] if command == "fingerprint" else [tmp_path / "a", tmp_path / "b"]
    told = weighin(command, *folders)
    assert obeyed(told.output) == ([], [])
    assert obeyed(told.errors) == ([], [])


def test_json_means_the_same_text(weighin, scene, name):
    document = json.loads(weighin("inspect", scene / "logs", "--json").output)
    assert name in _texts(document)


def _texts(value):
    if isinstance(value, dict):
        return [*value, *(text for item in value.values() for text in _texts(item))]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value]


def test_what_only_looks_like_a_command_is_left_alone(weighin, tmp_path):
    document = modern()
    document["model_name"] = "acme/std::vector-7b"
    document["config"]["model_args"] = "pretrained=acme/std::vector-7b"
    written(document, tmp_path / "logs")
    assert "std::vector-7b" in weighin("inspect", tmp_path / "logs").output
