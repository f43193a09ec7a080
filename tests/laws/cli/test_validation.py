"""`weighin check --validate FILE…`, and `weighin check FILE` where there is no evidence."""

import json
from pathlib import Path

import jsonschema
import pytest

from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas import schema_of
from weighin.reports.shared.formats import EVERYWHERE, OF_AN_ANSWER

GOOD = "weighin: 1\nmodel: {name: m, checkpoint: weights}\nbenchmarks: [{task: a}, {task: b}]\n"
BAD = (
    "weighin: 1\nmodel: {name: m, checkpoint: weights}\nbenchmarks: [{task: a, num_fewshots: 3}]\n"
    "rules: {one-atempt: error, attempts-at-most: {limit: many}}\n"
)
OF_BAD = (
    "3:24: benchmarks.0.num_fewshots: unknown key",
    "4:9: rules.one-atempt: unknown rule",
    "4:54: rules.attempts-at-most.limit: expected whole number",
)
# What a reader, or a program that looks for one word, takes for a verdict.
WORDS_OF_A_VERDICT = ("✓", "MET", "met", "holds", "undecided", "violated")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder: no `results`, one file of each sort."""
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text(BAD)
    (tmp_path / "weights").mkdir()
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_valid_files_end_with_0(weighin):
    Path("other.yaml").write_text(GOOD)
    told = weighin("check", "--validate", "good.yaml", "other.yaml")
    assert (told.code, told.errors) == (0, "")
    assert told.output.startswith("2 requirements files valid; nothing was judged: ")


@pytest.mark.usefixtures("folder")
def test_every_mistake_of_every_file_is_told_with_its_place(weighin):
    Path("worse.yaml").write_text("benchmarks: [\n")
    told = weighin("check", "--validate", "bad.yaml", "good.yaml", "worse.yaml", "gone.yaml")
    lines = told.output.splitlines()
    assert told.code == 3
    for mistake in OF_BAD:
        assert any(line.startswith(f"bad.yaml:{mistake}") for line in lines)
    assert any(line.startswith("worse.yaml:") for line in lines)
    assert "gone.yaml: no such file; check the path" in lines
    assert lines[0].startswith("3 of 4 requirements files not valid; nothing was judged")


@pytest.mark.usefixtures("folder")
def test_a_mistake_is_the_same_whether_evidence_is_there_or_not(weighin):
    alone = weighin("check", "bad.yaml")
    Path("results").mkdir()
    judged = weighin("check", "bad.yaml", "results")
    assert (alone.code, alone.output, alone.errors) == (3, "", judged.errors)
    assert all(mistake in alone.errors for mistake in OF_BAD)


@pytest.mark.usefixtures("folder")
def test_without_evidence_a_file_is_validated_and_nothing_is_said_of_a_model(weighin):
    told = weighin("check", "good.yaml")
    assert told.output == (
        "good.yaml is valid: 2 benchmarks under profile same-checkpoint; nothing was judged: no "
        "evidence was named and there is no folder results here; with --validate that is all that "
        "is asked\n"
    )
    # Where results vanished, a job that judges them must not turn green.
    assert told.code == 11
    assert weighin("check", "--validate", "good.yaml").code == 0
    assert not any(word in told.output.split() for word in WORDS_OF_A_VERDICT)


@pytest.mark.parametrize("options", [[], ["--verbose"], ["--full"], ["--json"]])
@pytest.mark.usefixtures("folder")
def test_every_way_of_asking_says_that_nothing_was_judged(weighin, options):
    told = weighin("check", "good.yaml", *options)
    assert told.code == 11
    assert "nothing was judged" in told.output


@pytest.mark.parametrize("validate", [[], ["--validate"]], ids=["missing", "asked"])
@pytest.mark.parametrize(
    "option",
    [
        ["--exit-zero"],
        ["--fail-on", "undecided"],
        ["--reference", "logs"],
        ["--online"],
        ["--all"],
        ["--no-waivers"],
        ["--skip-unreadable"],
        ["--keep-comparisons", "kept"],
        ["--keep-revision", "kept"],
        ["--badge", "badge.svg"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_who_says_how_to_judge_must_name_what(weighin, validate, option):
    told = weighin("check", *validate, "good.yaml", *option)
    assert (told.code, told.output) == (2, "")
    assert f"{option[0]}: expected evidence to judge, found none" in told.errors


@pytest.mark.usefixtures("folder")
def test_results_that_are_there_are_judged_as_ever(weighin):
    Path("results").mkdir()
    Path("good.yaml").write_text(GOOD.replace("weights", "gone"))
    told = weighin("check", "good.yaml")
    assert (told.code, "nothing is at gone" in told.output + told.errors) == (11, False)
    assert told.output.startswith("? UNDECIDED")


@pytest.mark.parametrize("made", ["dangling link", "file"])
@pytest.mark.usefixtures("folder")
def test_results_that_cannot_be_read_are_not_taken_for_none(weighin, made):
    if made == "file":
        Path("results").write_text("{}")
    else:
        Path("results").symlink_to("nowhere")
    told = weighin("check", "good.yaml")
    assert told.code in {2, 3}
    assert "valid" not in told.output


@pytest.mark.parametrize("validate", [[], ["--validate"]], ids=["missing", "asked"])
@pytest.mark.parametrize("asked", sorted({*OF_AN_ANSWER} - {*EVERYWHERE}))
@pytest.mark.usefixtures("folder")
def test_no_report_of_a_verdict_is_written_without_one(weighin, validate, asked):
    for wanted in (asked, f"{asked}=report"):
        told = weighin("check", *validate, "good.yaml", "--format", wanted)
        assert told.code == 2
        assert f"{asked}: expected evidence" in told.errors
    report = Path("report").read_text()
    assert "found none: " in report, "whoever reads the report alone is told, too"


@pytest.mark.parametrize("validate", [[], ["--validate"]], ids=["missing", "asked"])
@pytest.mark.usefixtures("folder")
def test_the_document_follows_its_schema_and_has_no_outcome(weighin, validate):
    told = weighin("check", *validate, "good.yaml", "--json")
    document = json.loads(told.output)
    jsonschema.validate(document, schema_of(Document.VALIDATION))
    assert (document["format"], document["exit_code"]) == ("weighin.validation/1", told.code)
    assert (document["valid"], document["judged"]) == (True, False)
    assert "outcome" not in document
    assert document["files"][0]["asks"]["benchmarks"] == ["a", "b"]


@pytest.mark.usefixtures("folder")
def test_the_document_lists_all_mistakes(weighin):
    told = weighin("check", "--validate", "--json", "bad.yaml", "good.yaml")
    document = json.loads(told.output)
    jsonschema.validate(document, schema_of(Document.VALIDATION))
    bad, good = document["files"]
    assert (told.code, bad["valid"], bad["asks"], good["valid"]) == (3, False, None, True)
    assert len(bad["problems"]) == len(OF_BAD)


def test_what_lies_elsewhere_is_a_remark_and_no_mistake(weighin, folder):
    (folder / "weights").rmdir()
    (folder / "good.yaml").write_text(
        GOOD + "tasks: [own]\nwaivers: [{rule: one-attempt, owner: o, reason: r, "
        "expires: 2020-01-01}]\n"
    )
    told = weighin("check", "--validate", "good.yaml")
    assert told.code == 0
    assert "remark: good.yaml:2: model.checkpoint: nothing is at weights here" in told.output
    assert "remark: good.yaml:4: tasks.0: nothing is at own here" in told.output
    assert "waivers.0: expired on 2020-01-01, which is a violation" in told.output


def test_what_a_file_says_of_itself_is_shown_and_never_obeyed(weighin, folder):
    name = "\x1b[2J::error::x.yaml"
    (folder / name).write_text(GOOD.replace("task: a", "task: a, <b>\\n::error::: 1"))
    told = weighin("check", "--validate", name)
    assert told.code == 3
    assert "\x1b" not in told.output
    assert not any(line.lstrip().startswith("::") for line in told.output.splitlines())
