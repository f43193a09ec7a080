"""Which commit the harness is of, and how answers and machines are told."""

import base64
import hashlib
import json
import shutil
import subprocess
from importlib.metadata import PathDistribution

import pytest
import torch

from weighin.harness.observed.harness_state import commit_of
from weighin.harness.observed.machine import machine
from weighin.harness.observed.model_calls import how_it_ended, leading

COMMIT = "a" * 40
FROM_GIT = {"url": "https://example.org/x.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}


@pytest.fixture
def installed(tmp_path):
    """A package as an installer leaves it: its files, and what it wrote down of them."""

    def install(direct_url):
        package = tmp_path / "site" / "harness"
        (package / "tasks").mkdir(parents=True)
        (package / "__init__.py").write_text("scorer = 1\n")
        (package / "tasks" / "task.yaml").write_text("task: a\n")
        information = tmp_path / "site" / "harness-1.dist-info"
        information.mkdir()
        (information / "METADATA").write_text("Name: harness\nVersion: 1\n")
        lines = []
        for name in ("harness/__init__.py", "harness/tasks/task.yaml"):
            content = (tmp_path / "site" / name).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            lines.append(f"{name},sha256={digest.rstrip('=')},{len(content)}\n")
        (information / "RECORD").write_text("".join(lines))
        if direct_url is not None:
            (information / "direct_url.json").write_text(json.dumps(direct_url))
        return PathDistribution(information), package

    return install


def test_commit_of_an_installation_from_git_is_known_and_its_files_are_of_it(installed):
    assert commit_of(*installed(FROM_GIT)) == (COMMIT, False)


def test_installation_whose_scorer_was_edited_in_place_is_changed(installed):
    distribution, package = installed(FROM_GIT)
    (package / "__init__.py").write_text("scorer = 2\n")
    assert commit_of(distribution, package) == (COMMIT, True)


def test_installation_with_a_task_beside_those_of_the_commit_is_changed(installed):
    distribution, package = installed(FROM_GIT)
    (package / "tasks" / "another.yaml").write_text("task: b\n")
    assert commit_of(distribution, package) == (COMMIT, True)


def test_compiled_files_change_nothing(installed):
    distribution, package = installed(FROM_GIT)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"")
    assert commit_of(distribution, package) == (COMMIT, False)


@pytest.mark.parametrize(
    "direct_url",
    [None, {}, [], {"url": "file:///x", "dir_info": {}}, {"vcs_info": {"vcs": "hg"}}],
)
def test_installation_from_elsewhere_is_of_no_known_commit(installed, direct_url):
    assert commit_of(*installed(direct_url)) == (None, None)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_editable_installation_is_of_the_commit_of_its_working_tree(installed):
    distribution, package = installed({"url": "file:///x", "dir_info": {"editable": True}})
    assert commit_of(distribution, package) == (None, None)

    def git(*arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *identity, *arguments], cwd=package, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    assert commit_of(distribution, package) == (git("rev-parse", "HEAD"), False)
    (package / "__init__.py").write_text("scorer = 2\n")
    assert commit_of(distribution, package) == (git("rev-parse", "HEAD"), True)


def _letters(tokens):
    return "".join("_abcdefghij"[token] for token in tokens)


@pytest.mark.parametrize(
    ("tokens", "room", "stops", "ended"),
    [
        pytest.param([1, 2, 3], 3, ["j"], ("length", 3), id="filled"),
        pytest.param([1, 2, 3], 4, ["j"], ("unknown", 3), id="neither filled nor stopped"),
        pytest.param([1, 9, 0, 0], 4, ["j"], ("stop", 2), id="end of text, then padding"),
        pytest.param([1, 2, 3, 4], 4, ["bc"], ("stop", 3), id="stop sequence of two tokens"),
        pytest.param([1, 9, 2], 3, ["b"], ("stop", 2), id="nothing after the end counts"),
        pytest.param([1, 2, 9], 3, ["a"], ("stop", 1), id="stop sequence before the end"),
        pytest.param([1, 2, 3], 3, [""], ("length", 3), id="empty stop sequence"),
        pytest.param([], 3, ["a"], ("unknown", 0), id="nothing"),
    ],
)
def test_answer_ends_with_what_comes_first(tokens, room, stops, ended):
    found = how_it_ended(tokens, room=room, end_tokens={9}, stops=stops, decode=_letters)
    assert found == ended


@pytest.mark.parametrize(
    ("tokens", "bos", "count"),
    [([5, 1], 5, 1), ([5, 5, 1, 5], 5, 2), ([1, 5], 5, 0), ([], 5, 0), ([5], 5, 1), ([5], None, 0)],
)
def test_only_tokens_at_the_start_are_counted(tokens, bos, count):
    assert leading(tokens, bos) == count


def test_machine_without_accelerator_is_told_by_its_processor():
    told = machine([torch.device("cpu"), torch.device("cpu")])
    assert told.endswith(" cores")
    assert not told.startswith("2 x")
