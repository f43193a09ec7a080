"""The root from which files are named: what the runner says, the repository, or where we are."""

from pathlib import Path

import pytest

from weighin.reports.ci.places import Repository, repository_root, uri


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "repository" / "evals"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_a_runner_says_where_the_repository_is(here, variable):
    assert repository_root({variable: str(here.parent)}) == here.parent


@pytest.mark.parametrize("elsewhere", ["/nowhere", "", "relative"])
def test_a_runner_that_means_another_folder_is_not_asked(here, elsewhere):
    (here.parent / ".git").mkdir()
    assert repository_root({"GITHUB_WORKSPACE": elsewhere}) == here.parent


def test_a_repository_is_known_by_what_git_keeps_in_it(here):
    # In a work tree of a repository it is a file.
    (here.parent / ".git").write_text("gitdir: /elsewhere\n")
    assert repository_root({}) == here.parent


def test_files_are_named_from_the_root_wherever_we_are(here):
    repository = Repository(here.parent)
    names = ["r.yaml", "./r.yaml", "../r.yaml", str(here / "r.yaml"), "a/../r.yaml"]
    assert [repository.named(name) for name in names] == [
        "evals/r.yaml",
        "evals/r.yaml",
        "r.yaml",
        "evals/r.yaml",
        "evals/r.yaml",
    ]


def test_a_file_outside_keeps_its_absolute_path(here):
    assert Repository(here).named("../r.yaml") == str(here.parent / "r.yaml")


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("a/b.yaml", "a/b.yaml"),
        ("a b#c?d.yaml", "a%20b%23c%3Fd.yaml"),
        ("c:/d", "c%3A/d"),
        ("é", "%C3%A9"),
        ("\udcff", "%FF"),
        ("/x y", "file:///x%20y"),
    ],
)
def test_a_reference_is_encoded(path, reference):
    assert uri(path) == reference


def test_what_no_file_can_be_called_is_named_all_the_same(here):
    assert Repository(here).named("\ud800\x00") == r"\ud800\x00"
    assert uri("\ud800") == "%5Cud800"
    assert Path(Repository(here).named("n" * 10_000)).name == "n" * 10_000
