"""The GitLab component: a valid job, whose script runs here as a runner would run it."""

import json
import os
import re
import subprocess
import sys

import junitparser
import pytest
from ruamel.yaml import YAML
from tests.laws.gate.test_pytest_plugin import DEMO, HONEST, SWAPPED
from tests.making.github import hostile
from tests.making.places import ROOT

TEMPLATE = (ROOT / "templates" / "check.yml").read_text("utf-8")
SPEC, JOB = (part for part in re.split(r"^---\n", TEMPLATE, flags=re.MULTILINE))
INPUTS = YAML(typ="safe").load(SPEC)["spec"]["inputs"]
_INPUT = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


def configuration(**given):
    """What GitLab makes of the component, and the text before the YAML is read."""
    values = {name: spec.get("default") for name, spec in INPUTS.items()}
    values |= {"package": "weighin", **{k.replace("_", "-"): v for k, v in given.items()}}

    def filled(node):
        if isinstance(node, dict):
            return {filled(key): filled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(item) for item in node]
        return _INPUT.sub(lambda m: values[m[1]], node) if isinstance(node, str) else node

    return filled(YAML(typ="safe").load(JOB))


# Makes an environment in which weighin is this environment's own.
PYTHON = """\
#!/bin/sh
[ "$1 $2 $3" = "-I -m venv" ] || exit 9
case $4 in "$PWD"/*) exit 8 ;; esac
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'END'
#!/bin/sh
[ "$1 $2" = "-I -m" ] || exit 9
if [ "$3" = pip ]; then exec $INSTALLED; fi
shift 3
exec $OF_WEIGHIN "$@"
END
chmod +x "$4/bin/python"
"""


def played(folder, *, installed="true", **given):
    """Run the script of the job; the environment's own weighin is what was installed."""
    ((_, job),) = configuration(**given).items()
    variables = {name: spec["value"] for name, spec in job["variables"].items()}
    programs = folder / "bin"
    programs.mkdir()
    (programs / "python3").write_text(PYTHON)
    (programs / "python3").chmod(0o755)
    (programs / "weighin").write_text(hostile.program(sys.executable, ROOT / "src"))
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join([*job["before_script"], *job["script"]])],
        cwd=folder,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": ".",
            "OF_WEIGHIN": f"{sys.executable} -I {programs / 'weighin'}",
            "INSTALLED": installed,
            "CI": "true",
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done, job


@pytest.mark.child
def test_a_violation_fails_the_job_and_leaves_its_reports(tmp_path):
    done, job = played(
        tmp_path,
        requirements=str(DEMO / "requirements.yaml"),
        evidence="\n".join(map(str, SWAPPED)),
        arguments=f"--reference={HONEST}\n--no-waivers",
    )
    assert done.returncode == 10, done.stderr
    assert "VIOLATED" in done.stdout
    reports = job["artifacts"]["reports"]
    suite = junitparser.JUnitXml.fromfile(str(tmp_path / reports["junit"]))
    assert suite.failures > 0
    quality = json.loads((tmp_path / reports["codequality"]).read_text())
    assert any(issue["check_name"] == "same-weights" for issue in quality)
    assert job["artifacts"]["when"] == "always"
    assert (tmp_path / job["artifacts"]["paths"][0] / "report.html").stat().st_size > 0


@pytest.mark.child
def test_what_holds_is_green(tmp_path):
    done, _ = played(
        tmp_path, requirements=str(DEMO / "requirements.yaml"), evidence=f"{HONEST}\n\n"
    )
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.child
@pytest.mark.parametrize("name", ["requirements", "evidence", "arguments", "fail_on"])
def test_no_input_is_run_nor_expanded(tmp_path, name):
    done, _ = played(tmp_path, **{name: "$(touch made) `touch made` * ; touch made"})
    assert done.returncode in {2, 3}
    assert not (tmp_path / "made").exists()


@pytest.mark.child
def test_missing_evidence_is_no_success(tmp_path):
    (tmp_path / "requirements.yaml").write_bytes((DEMO / "requirements.yaml").read_bytes())
    done, _ = played(tmp_path, evidence="")
    assert done.returncode == 3, done.stdout


def test_inputs_reach_the_script_by_variables_that_nothing_expands():
    ((_, job),) = YAML(typ="safe").load(JOB).items()
    for part in ("script", "before_script"):
        assert not any("inputs." in line for line in job[part])
    assert all(spec["expand"] is False for spec in job["variables"].values())


@pytest.mark.child
def test_what_lies_in_the_checkout_is_never_imported(tmp_path):
    hostile.lay(tmp_path, mark := tmp_path / "mark")
    done, _ = played(tmp_path, requirements=str(DEMO / "requirements.yaml"), evidence=str(HONEST))
    assert done.returncode == 0, done.stderr + done.stdout
    assert not mark.exists(), mark.read_text()


@pytest.mark.child
@pytest.mark.parametrize("is_link", [False, True])
def test_reports_of_the_checkout_are_gone_before_anything_is_installed(tmp_path, is_link):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "junit.xml").write_text("<testsuites/>")
    reports = tmp_path / "weighin-reports"
    if is_link:
        reports.symlink_to(elsewhere)
    else:
        elsewhere.rename(reports)
    done, _ = played(tmp_path, installed="false")
    assert done.returncode == 1
    assert not reports.exists()
    assert not is_link or (elsewhere / "junit.xml").exists()


@pytest.mark.child
def test_an_end_without_a_verdict_is_never_green(tmp_path):
    done, _ = played(tmp_path, arguments="--help")
    assert done.returncode == 70
    assert "without a verdict" in done.stderr
