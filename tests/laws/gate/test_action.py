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
from tests.making.github.composite import Played, Runner
from tests.making.places import ROOT, TESTS

DEMO = ROOT / "results" / "demo"
NAME = "SmolLM2-135M-Instruct"
TASKS = ("demo_animals", "demo_elements", "demo_opposites", "demo_passages")
FAKE_GH = TESTS / "making" / "github" / "gh.py"
RULES_PAGE = "https://github.test/weighin/weighin/blob/v1/docs/rules.md"

pytestmark = [
    pytest.mark.child,
    pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq, which filters what gh says"),
]


class PullRequest:
    """A scratch repository with a pull request, and what GitHub keeps of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.repository = folder, folder / "repository"
        self.state = folder / "gh.json"
        self._write({"comments": [], "calls": [], "refuses": "nothing", "words": ""})
        programs = folder / "bin"
        programs.mkdir()
        (programs / "gh").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE_GH}" "$@"\n')
        (programs / "gh").chmod(0o755)
        self.repository.mkdir()
        shutil.copy(DEMO / "requirements.yaml", self.repository)
        for act in ("act-1", "act-2"):
            shutil.copytree(DEMO / act, self.repository / "results" / act)
        self._git("init", "-q", "-b", "main")
        self.honest()

    def honest(self) -> None:
        """Give the evidence of act 1: one checkpoint on every benchmark."""
        self._give("results/act-1")

    def swapped(self) -> None:
        """Give the evidence of act 2: one benchmark is of another checkpoint."""
        honest = (f"results/act-1/{NAME}/{task}" for task in TASKS if task != "demo_elements")
        self._give(*honest, f"results/act-2/{NAME}")

    def _give(self, *evidence: str) -> None:
        self.evidence = "\n".join(evidence)
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "evidence")

    def _git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.test")
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=self.repository,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def _write(self, state: dict[str, object]) -> None:
        self.state.write_text(json.dumps(state))

    @property
    def head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def set(self, **changes: object) -> None:
        self._write({**json.loads(self.state.read_text()), **changes})

    @property
    def comments(self) -> list[dict[str, object]]:
        return json.loads(self.state.read_text())["comments"]

    def check(self, *, is_installed: bool = True, **inputs: str) -> Played:
        """Run the action as a workflow of the pull request would."""
        commit = self.head
        runner = Runner(
            ROOT,
            self.repository,
            self.folder / "temporary",
            github={
                "action_repository": "weighin/weighin",
                "action_ref": "v1",
                "token": "t0k3n",
                "event": {"pull_request": {"number": 7, "head": {"sha": commit}}},
            },
            environment={
                "PATH": f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                "GITHUB_REPOSITORY": "owner/name",
                "GITHUB_SERVER_URL": "https://github.test",
                "FAKE_GH_STATE": str(self.state),
                # As a workflow may say for its own steps: the checkout itself.
                "PYTHONPATH": ".",
            },
            replaced={"install": {"weighin": str(self.weighin())} if is_installed else {}},
        )
        return runner.play(**{"evidence": self.evidence, **inputs})

    def weighin(self) -> Path:
        """The weighin of this environment, where an installed one would lie."""
        place = self.folder / "bin" / "weighin"
        place.write_text(hostile.program(sys.executable, ROOT / "src"))
        place.chmod(0o755)
        return place


@pytest.fixture
def pull_request(tmp_path):
    return PullRequest(tmp_path)


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
    assert (played.code, played.outputs["outcome"]) == (2, "error")
    assert "found nothing there" in Path(played.outputs["junit"]).read_text()
    assert played.steps["Upload SARIF to code scanning"].is_skipped
    (comment,) = pull_request.comments
    assert "No answer" in comment["body"]
    assert "exit code 2" in comment["body"]


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
        {"requirements": "$(touch made).yaml"},
        {"evidence": "`touch made`"},
        {"arguments": "; touch made"},
        {"fail_on": '"; touch made; "'},
        {"working_directory": "$(touch made)"},
        {"requirements": "--help"},
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


COMMENT = ROOT / ".github" / "action" / "comment.sh"


def commented(pull_request, report: str, **said: str) -> str:
    """Run the step that comments by itself, on a report; its log."""
    markdown = pull_request.folder / "report.md"
    markdown.write_text(report)
    done = subprocess.run(
        ["bash", COMMENT],
        cwd=pull_request.repository,
        env={
            "PATH": f"{pull_request.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "FAKE_GH_STATE": str(pull_request.state),
            "GH_TOKEN": "t0k3n",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_RUN_ID": "11",
            "GITHUB_SERVER_URL": "https://github.test",
            "RUNNER_TEMP": str(pull_request.folder),
            "PULL_REQUEST": "7",
            "INPUT_REQUIREMENTS": "requirements.yaml",
            "MARKDOWN": str(markdown),
            "OUTCOME": "violated",
            "EXIT_CODE": "10",
            "COMMIT": "c2",
            **said,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("letter", ["a", "é", "—", "😀"])
def test_a_report_too_long_for_a_comment_is_cut_at_a_line_and_says_so(pull_request, letter):
    line = letter * 50 + "\n"
    commented(pull_request, "# short\n", OUTCOME="met", EXIT_CODE="0", COMMIT="c1")
    (short,) = pull_request.comments
    assert "cut" not in short["body"]
    commented(pull_request, line * 3_000)
    (comment,) = pull_request.comments
    body = comment["body"]
    assert "violated** for commit c2 (exit code 10)" in body
    assert "in the summary of [the job](https://github.test/owner/name/actions/runs/11)" in body
    kept = body.count(line)
    size = len(line.encode("utf-16-le")) // 2
    assert 64_000 - size <= kept * size <= 64_000
    assert body.count(letter * 50) == kept


def test_an_old_verdict_gives_way_to_a_word_where_the_report_is_refused(pull_request):
    commented(pull_request, "# MET\n", OUTCOME="met", EXIT_CODE="0", COMMIT="c1")
    pull_request.set(most=1_000)
    log = commented(pull_request, "line\n" * 400)
    (comment,) = pull_request.comments
    assert "violated** for commit c2 (exit code 10)" in comment["body"]
    assert "MET" not in comment["body"]
    assert "GitHub says that the body is too long" in log


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("HTTP 403: You have exceeded a secondary rate limit", "its rate limit is exceeded"),
        ("Resource not accessible by integration", "pull-requests: write"),
        ("boom\n::error::mine", "gh failed: gh  boom"),
    ],
)
@pytest.mark.parametrize(("code", "level"), [("10", "error"), ("0", "warning")])
def test_a_comment_that_stays_of_an_earlier_commit_is_told_with_the_reason(
    pull_request, words, reason, code, level
):
    commented(pull_request, "# MET\n", COMMIT="c1")
    pull_request.set(refuses="writing", words=words)
    log = commented(pull_request, "# VIOLATED\n", EXIT_CODE=code)
    assert log.startswith(
        f"::{level} title=weighin::the comment on the pull request is of an earlier"
    )
    assert reason in log
    assert log.count("\n") == 1
