"""One option says in which formats a command tells what it has to say, and where."""

import json
import shutil

import pytest
from tests.making.logs.lm_eval import modern, written
from tests.making.places import EVIDENCE_OF_V1

from weighin.reports.shared.formats import EVERYWHERE, OF_A_DOCUMENT, OF_AN_ANSWER, Format

REQUIREMENTS, MET = EVIDENCE_OF_V1 / "requirements.yaml", EVIDENCE_OF_V1 / "met"
CARD = """\
weighin_scorecard: 1
title: card
unit: percent
sources: {card: {title: card, url: "https://example.org"}}
source: card
artifacts: [{name: m}]
numbers: [{artifact: m, benchmark: GPQA Diamond, printed: 57.2}]
"""
COMMANDS = {
    "check": (("check", REQUIREMENTS, MET), OF_AN_ANSWER),
    "scorecard": (("scorecard", "{card}"), OF_AN_ANSWER),
    "inspect": (("inspect", "{logs}"), OF_A_DOCUMENT),
    "import": (("import", "{logs}", "--results", "{new}"), EVERYWHERE),
}
PAIRS = [(name, asked) for name in COMMANDS for asked in Format]


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(modern(), tmp_path / "logs")
    (tmp_path / "card.yaml").write_text(CARD)
    return {"logs": tmp_path / "logs", "card": tmp_path / "card.yaml", "new": tmp_path / "new"}


def line(name, scene):
    return [str(part).format_map(scene) for part in COMMANDS[name][0]]


@pytest.mark.parametrize(("name", "asked"), PAIRS)
def test_a_format_is_told_or_refused_before_anything_is_done(weighin, scene, name, asked):
    told = weighin(*line(name, scene), "--format", asked)
    if asked in COMMANDS[name][1]:
        assert told.code in {0, 10, 11}, told.errors
        assert told.output.endswith("\n")
    else:
        assert told.code == 2
        assert f"found {asked}" in told.errors
        assert not scene["new"].exists()


@pytest.mark.parametrize(("name", "asked"), PAIRS)
def test_a_format_with_a_path_is_a_file_beside_the_text(weighin, scene, tmp_path, name, asked):
    if asked not in COMMANDS[name][1]:
        return
    plain = weighin(*line(name, scene))
    told = weighin(*line(name, scene), "--format", f"{asked}={tmp_path}/out/report")
    assert told.code == plain.code
    if name != "import":  # the second time all of it is there already
        assert told.output == plain.output
    assert (tmp_path / "out" / "report").read_text("utf-8").endswith("\n")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report"]


def test_the_old_options_ask_for_the_same(weighin, scene, tmp_path):
    del scene
    old, new = tmp_path / "old", tmp_path / "new"
    flags = {"--json-file": "json", "--junit": "junit", "--markdown": "markdown", "--text": "text"}
    first = [part for flag, name in flags.items() for part in (flag, old / name)]
    second = [part for name in flags.values() for part in ("--format", f"{name}={new / name}")]
    assert weighin("check", REQUIREMENTS, MET, *first, "--json").output == (
        weighin("check", REQUIREMENTS, MET, *second, "--format", "json").output
    )
    for name in flags.values():
        assert (old / name).read_text() == (new / name).read_text()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--format", "xml"], "expected one of text, json"),
        (["--format", ""], "found nothing"),
        (["--format", "JSON"], "found JSON"),
        (["--format", "json="], "expected a path behind json=, found nothing"),
        (["--format", "json", "--format", "markdown"], "found json and markdown"),
        (["--json", "--format", "markdown=-"], "found markdown and json"),
        (["--format", "json=a", "--format", "markdown=a"], "found a twice"),
        (["--format", "json=a", "--junit", "a"], "found a twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(weighin, scene, tmp_path, options, says):
    del scene
    told = weighin("check", REQUIREMENTS, MET, *options)
    assert told.code == 2
    assert says in told.errors
    assert not (tmp_path / "a").exists()


def test_one_format_may_be_printed_and_written(weighin, scene, tmp_path):
    del scene
    told = weighin("check", REQUIREMENTS, MET, "--json", "--format", "json", "--format", "json=a")
    assert json.loads(told.output)["outcome"] == "met"
    assert (tmp_path / "a").read_text() == told.output


@pytest.mark.parametrize("name", COMMANDS)
def test_quiet_prints_only_what_was_asked_for(weighin, scene, name):
    usual = weighin(*line(name, scene))
    told = weighin(*line(name, scene), "--quiet")
    assert (told.code, told.output, told.errors) == (usual.code, "", "")
    asked = weighin(*line(name, scene), "-q", "--format", "json")
    assert json.loads(asked.output)["format"].startswith("weighin.")


def test_quiet_never_hides_an_error(weighin, scene):
    told = weighin("check", REQUIREMENTS, scene["new"], "--quiet")
    assert told.code == 3
    assert "found nothing there" in told.errors


ERRORS = {
    "usage": (("check", REQUIREMENTS, MET, "--nonsense"), 2),
    "command": (("chek",), 2),
    "place": (("check", REQUIREMENTS, "nowhere"), 3),
    "requirements": (("check", "nowhere.yaml", MET), 3),
    "card": (("scorecard", "nowhere.yaml"), 3),
    "evidence": (("inspect", "nowhere"), 3),
    "explain": (("explain", "same-wieghts"), 2),
}


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("option", ["--json", "--format=json", "--format json"])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_a_document_where_one_was_asked_for(weighin, name, option):
    arguments, code = ERRORS[name]
    told = weighin(*arguments, *option.split())
    document = json.loads(told.output)
    assert told.code == document["exit_code"] == code
    assert document["format"] == "weighin.error/1"
    assert document["message"].split("\n")[0] in told.errors
    assert weighin(*arguments).output == ""


def test_an_error_takes_the_place_of_a_report_of_the_last_time(weighin, scene):
    paths = {told: scene["new"] / told for told in OF_AN_ANSWER}
    options = [part for told, path in paths.items() for part in ("--format", f"{told}={path}")]
    assert weighin("check", REQUIREMENTS, MET, *options).code == 0
    before = {told: path.read_text("utf-8") for told, path in paths.items()}
    (scene["logs"] / "broken.json").write_text("{")
    told = weighin("check", REQUIREMENTS, scene["logs"], *options)
    assert (told.code, told.output) == (3, "")
    for name, path in paths.items():
        if name is not Format.JUNIT:
            assert "broken.json" in path.read_text("utf-8"), name
            assert path.read_text("utf-8") != before[name]


@pytest.mark.usefixtures("scene")
def test_a_report_that_was_printed_is_followed_by_no_other(weighin):
    told = weighin("check", REQUIREMENTS, MET, "--json", "--format", "markdown=/dev/full")
    assert told.code == 75
    assert json.loads(told.output)["outcome"] == "met"
    assert "no space left on device" in told.errors


@pytest.mark.usefixtures("scene")
def test_a_place_that_is_no_file_is_refused_before_anything_is_judged(weighin, tmp_path):
    (tmp_path / "folder").mkdir()
    told = weighin("check", REQUIREMENTS, MET, "--json", "--format", "markdown=folder")
    assert told.code == 2
    assert json.loads(told.output)["format"] == "weighin.error/1"
    assert "expected a file to write a report to, found a folder" in told.errors


def test_a_badge_says_what_the_verdict_is_or_that_there_is_none(weighin, scene):
    badge = scene["new"] / "badge.svg"
    assert weighin("check", REQUIREMENTS, MET, "--badge", badge, "-q").code == 0
    assert "met" in badge.read_text()
    told = weighin("check", REQUIREMENTS, "nowhere", "--badge", badge)
    assert told.code == 3
    assert "no answer" in badge.read_text()
    assert "found a twice" in weighin("check", REQUIREMENTS, MET, "--text=a", "--badge=a").errors


def test_an_error_without_a_place_is_told_at_the_file_that_was_to_be_judged(weighin, scene):
    told = weighin("check", REQUIREMENTS, scene["new"], "--format", "github")
    assert told.output.startswith(f"::error file={REQUIREMENTS},line=1,")


@pytest.fixture
def evidence(tmp_path, monkeypatch):
    """A copy of the requirements and of the evidence, in the working directory."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(REQUIREMENTS, tmp_path / "asked.yaml")
    shutil.copytree(MET, tmp_path / "met")
    (tmp_path / "met" / "README.md").write_text("# A model card\n")
    (tmp_path / "link.html").symlink_to("asked.yaml")
    (tmp_path / "card.yaml").write_text(CARD)
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "line",
    [
        "check asked.yaml met --format html=asked.yaml",
        "check asked.yaml met --format html=../{here}/asked.yaml",
        "check asked.yaml met --format html=link.html",
        "check asked.yaml met --json-file asked.yaml",
        "check asked.yaml met --badge asked.yaml",
        "check asked.yaml met --format json=met/ledger.jsonl",
        "check asked.yaml met --format html={record}",
        "check asked.yaml met --format text=met",
        "check asked.yaml met --format markdown=met/README.md",
        "check asked.yaml nowhere --format html=asked.yaml",
        "check asked.yaml met --reference card.yaml --format html=card.yaml",
        "scorecard card.yaml --format html=card.yaml",
        "inspect met --format html=met/ledger.jsonl",
    ],
)
def test_no_report_takes_the_place_of_what_is_read(weighin, evidence, line):
    record = next((evidence / "met").rglob("record.json"))
    before = contents(evidence)
    told = weighin(*line.format(here=evidence.name, record=record).split())
    assert (told.code, told.output) == (2, "")
    assert contents(evidence) == before


def test_a_report_among_the_evidence_is_replaced_and_read_as_none(weighin, evidence):
    names = {"json": "json", "sarif": "json", "gitlab": "json", "junit": "xml", "html": "html"}
    names["markdown"] = "md"
    options = [f"--format={told}=met/{told}.{suffix}" for told, suffix in names.items()]
    for _ in range(2):
        told = weighin("check", "asked.yaml", "met", *options)
        assert told.code == 0, told.errors
    undecided = weighin("check", "asked.yaml", "card.yaml", "--format", "gitlab=met/gitlab.json")
    assert undecided.code == 11
    assert weighin("check", "asked.yaml", "met", "--format", "sarif=met/sarif.json").code == 0
    assert evidence.is_dir()


def test_two_spellings_of_a_place_are_one(weighin, evidence):
    told = weighin("check", "asked.yaml", "met", "--format=html=a", f"--text=../{evidence.name}/a")
    assert told.code == 2
    assert "twice" in told.errors


@pytest.mark.parametrize("fails", ["/dev/full", "/proc/nowhere/x"])
def test_where_one_report_cannot_be_written_the_others_are(weighin, evidence, fails):
    (evidence / "a.html").write_text("of the last time")
    (evidence / "c.sarif").write_text("of the last time")
    options = ["--format=html=a.html", f"--format=json={fails}", "--format=sarif=c.sarif"]
    told = weighin("check", "asked.yaml", "met", *options)
    assert told.code in {2, 75}
    assert told.output.startswith("✓ MET")
    assert json.loads((evidence / "c.sarif").read_text())["runs"][0]["results"] == []
    assert "No answer" not in (evidence / "a.html").read_text()
    assert "of the last time" not in (evidence / "a.html").read_text()


@pytest.mark.parametrize("raised", [MemoryError(), RuntimeError("bug"), KeyboardInterrupt()])
def test_a_report_that_cannot_be_made_leaves_none_of_the_last_time(
    weighin, evidence, monkeypatch, raised
):
    from weighin.reports.page import html

    def fail(page):
        if isinstance(raised, KeyboardInterrupt) and page.title[0].text == "No answer":
            return "<!doctype html><p>No answer"
        raise raised

    monkeypatch.setattr(html, "document", fail)
    for name in ("a.html", "b.json", "c.svg"):
        (evidence / name).write_text("of the last time")
    monkeypatch.setattr("traceback.format_exception", lambda _: ["bug\n"])
    options = ["--format=html=a.html", "--format=json=b.json", "--badge=c.svg"]
    told = weighin("check", "asked.yaml", "met", *options)
    assert told.code in {70, 130}
    page = evidence / "a.html"
    assert not page.exists() or "No answer" in page.read_text()
    assert json.loads((evidence / "b.json").read_text())["format"] == "weighin.error/1"
    assert "no answer" in (evidence / "c.svg").read_text()
