"""`assert_same_checkpoint`: a verdict as the outcome of a test, and of no other test session."""

import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from tests.making.places import ROOT

from weighin.errors import RequirementsError, WeighinError
from weighin.pytest_plugin import assert_same_checkpoint
from weighin.rules.interface import Outcome

DEMO = ROOT / "results" / "demo"
REQUIREMENTS = DEMO / "requirements.yaml"
HONEST = DEMO / "act-1"
HONEST_RECORDS = HONEST / "SmolLM2-135M-Instruct"
SWAPPED = (
    *(HONEST_RECORDS / task for task in ("demo_animals", "demo_opposites", "demo_passages")),
    HONEST / "checkpoints",
    DEMO / "act-2",
)


def test_what_holds_passes_and_gives_the_verdict():
    verdict = assert_same_checkpoint(REQUIREMENTS, HONEST)
    assert verdict.outcome is Outcome.MET


def test_what_does_not_hold_fails_with_the_report():
    with pytest.raises(AssertionError) as failure:
        assert_same_checkpoint(REQUIREMENTS, *SWAPPED)
    told = str(failure.value)
    assert told.startswith("✗ VIOLATED  SmolLM2-135M-Instruct · 4 benchmarks")
    assert "demo_elements differs: 6 of 272 tensors differ" in told
    assert "\x1b" not in told


def test_doubt_fails_unless_it_is_asked_for(tmp_path):
    with pytest.raises(AssertionError, match="UNDECIDED"):
        assert_same_checkpoint(REQUIREMENTS, tmp_path)
    verdict = assert_same_checkpoint(REQUIREMENTS, tmp_path, fail_on="violated")
    assert verdict.outcome is Outcome.UNDECIDED


def test_a_violation_is_never_asked_away():
    for least in ("violated", "undecided", "warning", "waived"):
        with pytest.raises(AssertionError, match="VIOLATED"):
            assert_same_checkpoint(REQUIREMENTS, *SWAPPED, fail_on=least)


def test_what_cannot_be_read_is_an_error_and_no_verdict(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RequirementsError):
        assert_same_checkpoint(tmp_path / "gone.yaml", HONEST)
    with pytest.raises(WeighinError):
        assert_same_checkpoint(REQUIREMENTS, "results")
    with pytest.raises(ValueError, match="never"):
        assert_same_checkpoint(REQUIREMENTS, HONEST, fail_on="never")


def test_no_evidence_is_an_error_even_where_there_is_a_folder_of_results(tmp_path, monkeypatch):
    (tmp_path / "results").symlink_to(HONEST)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="at least one path of evidence, found none"):
        assert_same_checkpoint(REQUIREMENTS, *tmp_path.glob("nothing/*.json"))


@pytest.mark.parametrize(
    "given",
    [[HONEST], (HONEST,), iter([HONEST]), b"results", None],
    ids=["list", "tuple", "iterator", "bytes", "none"],
)
def test_what_is_no_path_is_told_how_to_be_given(given):
    with pytest.raises(
        TypeError, match=r"evidence: expected paths, found .*; give a list as \*paths"
    ):
        assert_same_checkpoint(REQUIREMENTS, given)


@pytest.mark.parametrize("given", ["results", HONEST, None])
def test_a_reference_is_a_list_of_paths(given):
    with pytest.raises(TypeError, match="reference: expected a list of paths"):
        assert_same_checkpoint(REQUIREMENTS, HONEST, reference=given)


def session(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """pytest in a process and folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.child
def test_a_failing_test_shows_the_report_and_none_of_our_code(tmp_path):
    (tmp_path / "test_card.py").write_text(
        "from weighin.pytest_plugin import assert_same_checkpoint\n\n"
        f"def test_card():\n    assert_same_checkpoint({str(REQUIREMENTS)!r}, '.')\n"
    )
    done = session(tmp_path)
    assert done.returncode == 1, done.stdout
    assert "E       AssertionError: ? UNDECIDED  SmolLM2-135M-Instruct" in done.stdout
    assert "pytest_plugin.py" not in done.stdout


@pytest.mark.child
@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "workers"])
def test_as_a_plugin_it_has_a_fixture_and_lines_in_the_summary(tmp_path, workers):
    (tmp_path / "test_card.py").write_text(
        f"REQUIREMENTS = {str(REQUIREMENTS)!r}\n\n"
        f"def test_green(assert_same_checkpoint):\n"
        f"    assert_same_checkpoint(REQUIREMENTS, {str(HONEST)!r})\n\n"
        f"def test_red(assert_same_checkpoint):\n    assert_same_checkpoint(REQUIREMENTS, '.')\n"
    )
    done = session(tmp_path, "-p", "weighin.pytest_plugin", *workers)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed" in done.stdout
    name = "SmolLM2-135M-Instruct · 4 benchmarks · weakest evidence"
    assert f"✓ MET  {name}: measured  (test_card.py::test_green)" in done.stdout
    assert f"? UNDECIDED  {name}: absent  (test_card.py::test_red)" in done.stdout


@pytest.mark.child
def test_no_session_loads_it_unasked(tmp_path):
    assert not [e for e in distribution("weighin").entry_points if e.group == "pytest11"]
    assert "pytest11" not in (ROOT / "pyproject.toml").read_text()
    (tmp_path / "test_plain.py").write_text(
        "import sys\n\ndef test_plain():\n"
        "    assert not [name for name in sys.modules if name.partition('.')[0] == 'weighin']\n"
    )
    assert session(tmp_path).returncode == 0


@pytest.mark.child
def test_the_assertion_needs_no_pytest_and_nothing_heavy_to_be_imported():
    code = "import sys, weighin.pytest_plugin; print(*(m.partition('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"pytest", "rich", "pydantic", "numpy", "torch"} == set()
