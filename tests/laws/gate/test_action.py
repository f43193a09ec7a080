"""A pull request played through: the steps of action.yml in a scratch repository.

The install step is replaced by this environment's own weighin, and `uses:` steps are recorded; all
other steps run as they stand, with a `gh` that keeps the comments of one pull request in a file.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.github import hostile

RULES_PAGE = "https://github.test/weighin/weighin/blob/v1/docs/rules.md"

pytestmark = [
    pytest.mark.child,
    pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq, which filters what gh says"),
]


def test_a_pull_request_is_red_told_once_and_green_when_mended(pull_request):
    pull_request.swapped()
    red = pull_request.check()

    assert red.steps["Install weighin"].is_replaced
    assert (red.code, red.outputs["exit-code"], red.outputs["outcome"]) == (10, "10", "violated")
    assert "demo_elements" in red.summary
    assert "6 of 272 tensors differ" in red.summary
    assert "::error " in red.log
    assert "file=requirements.yaml,line=5" in red.log
    upload = red.steps["Upload SARIF to code scanning"]
    assert upload.uses.startswith("github/codeql-action/upload-sarif@")
    sarif = json.loads(Path(upload.given["sarif_file"]).read_text())
    (declared,) = [
        result
        for result in sarif["runs"][0]["results"]
        if result["ruleId"] == "checkpoint-is-declared"
    ]
    place = declared["locations"][0]["physicalLocation"]
    written = (pull_request.repository / "requirements.yaml").read_text().splitlines()
    assert place["artifactLocation"]["uri"] == "requirements.yaml"
    assert written[place["region"]["startLine"] - 1].lstrip().startswith("checkpoint:")
    assert RULES_PAGE in json.dumps(sarif)
    for name in ("html", "json", "junit", "markdown", "sarif"):
        assert Path(red.outputs[name]).stat().st_size > 0
    (comment,) = pull_request.comments
    assert comment["body"].startswith("<!-- weighin-")
    assert "VIOLATED" in comment["body"].upper()

    pull_request.swapped()
    again = pull_request.check()
    assert again.code == 10
    (updated,) = pull_request.comments
    assert updated["id"] == comment["id"]
    assert updated["body"] != comment["body"], "the commit is another one"

    pull_request.honest()
    green = pull_request.check()
    assert (green.code, green.outputs["outcome"]) == (0, "met"), green.log
    (mended,) = pull_request.comments
    assert mended["id"] == comment["id"]
    assert "VIOLATED" not in mended["body"].upper()


def test_a_comment_of_somebody_else_is_never_written_over(pull_request):
    pull_request.check()
    (own,) = pull_request.comments
    theirs = [{"id": f"X{n}", "body": own["body"], "viewerDidAuthor": False} for n in range(3)]
    pull_request.set(comments=[*theirs, own])
    pull_request.check()
    *others, updated = pull_request.comments
    assert (others, updated["id"]) == (theirs, own["id"])


@pytest.mark.parametrize("refuses", ["all", "writing"])
def test_who_may_not_comment_is_told_and_has_the_verdict_all_the_same(pull_request, refuses):
    pull_request.set(refuses=refuses, words="Resource not accessible by integration (HTTP 403)")
    played = pull_request.check()
    assert (played.code, pull_request.comments) == (0, [])
    assert "::notice title=weighin::no comment: the token may not write" in played.log


def test_what_gh_says_is_never_obeyed(pull_request):
    pull_request.set(refuses="all", words="boom\n::error::mine")
    played = pull_request.check()
    assert played.code == 0
    assert "::error::mine" not in played.log


def test_missing_evidence_is_red_and_no_green_comment_stays(pull_request):
    pull_request.check()
    shutil.rmtree(pull_request.repository / "results")
    played = pull_request.check()
    assert (played.code, played.outputs["outcome"]) == (3, "error")
    assert "found nothing there" in Path(played.outputs["junit"]).read_text()
    assert played.steps["Upload SARIF to code scanning"].is_skipped
    (comment,) = pull_request.comments
    assert "No answer" in comment["body"]
    assert "exit code 3" in comment["body"]


def test_what_was_not_asked_for_is_not_done(pull_request):
    played = pull_request.check(comment="false", sarif="false", summary="false")
    assert (played.code, played.summary, pull_request.comments) == (0, "", [])
    assert played.steps["Upload SARIF to code scanning"].is_skipped


def test_places_are_told_from_the_root_of_the_repository(pull_request):
    moved = pull_request.repository / "a b"
    moved.mkdir()
    for name in ("requirements.yaml", "results"):
        (pull_request.repository / name).rename(moved / name)
    played = pull_request.check(
        working_directory="a b", evidence="\n  results/act-1 \n\n", arguments="--no-waivers\n"
    )
    assert played.code == 0, played.log
    document = json.loads(Path(played.outputs["json"]).read_text())
    assert document["requirements"]["file"] == "a b/requirements.yaml"


@pytest.mark.parametrize(
    "inputs",
    [
        {"evidence": "`touch made`"},
        {"requirements": "--help"},
        # As the first, by another input.
        pytest.param({"requirements": "$(touch made).yaml"}, marks=pytest.mark.soak),
        pytest.param({"arguments": "; touch made"}, marks=pytest.mark.soak),
        pytest.param({"fail_on": '"; touch made; "'}, marks=pytest.mark.soak),
        pytest.param({"working_directory": "$(touch made)"}, marks=pytest.mark.soak),
    ],
    ids=str,
)
def test_no_input_is_run_nor_taken_for_an_option(pull_request, inputs):
    played = pull_request.check(**inputs)
    assert played.code in {2, 3}, played.log
    assert not (pull_request.repository / "made").exists()


def test_what_lies_in_the_repository_is_never_imported(pull_request):
    hostile.lay(pull_request.repository, mark := pull_request.folder / "mark")
    played = pull_request.check()
    assert (played.code, played.outputs["outcome"]) == (0, "met"), played.log
    assert not mark.exists(), mark.read_text()


def test_the_module_that_leaves_a_mark_is_noticed(pull_request):
    hostile.lay(pull_request.repository, mark := pull_request.folder / "mark")
    command = [sys.executable, "-m", "venv", "made"]
    subprocess.run(command, cwd=pull_request.repository, check=False)
    assert "venv.py" in mark.read_text()


def test_an_end_without_a_verdict_is_never_green(pull_request):
    played = pull_request.check(arguments="--help")
    assert (played.code, played.outputs["exit-code"]) == (70, "70")
    assert played.outputs["outcome"] == "error"
    assert (
        "::error title=weighin::weighin ended without an error and without a verdict" in played.log
    )


def test_a_failed_install_is_red_and_no_green_comment_stays(pull_request):
    pull_request.check()
    commit = pull_request.head
    pull_request.swapped()
    played = pull_request.check(is_installed=False)
    assert (played.code, played.steps["Check the evidence"].is_skipped) == (1, True)
    (comment,) = pull_request.comments
    assert comment["body"].startswith("<!-- weighin-")
    assert f"no verdict** for commit {pull_request.head} (there was no check)" in comment["body"]
    assert commit not in comment["body"]
    assert "MET" not in comment["body"]


def test_every_requirements_file_has_a_comment_of_its_own_without_git(pull_request):
    (pull_request.folder / "bin" / "git").write_text("#!/bin/sh\nexit 127\n")
    (pull_request.folder / "bin" / "git").chmod(0o755)
    root = pull_request.repository
    shutil.copy(root / "requirements.yaml", root / "other.yaml")
    categories = {
        played.steps["Upload SARIF to code scanning"].given["category"]
        for played in (pull_request.check(), pull_request.check(requirements="other.yaml"))
    }
    assert len(categories) == len(pull_request.comments) == 2
