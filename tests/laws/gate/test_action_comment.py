"""The step that comments: no verdict on an earlier commit stands as if it were of this one."""

import shutil
import subprocess

import pytest
from tests.making.places import ROOT

pytestmark = [
    pytest.mark.child,
    pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq, which filters what gh says"),
]
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
