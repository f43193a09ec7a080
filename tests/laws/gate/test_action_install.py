"""The install step of action.yml: from its own checkout, into an environment of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.github import hostile
from tests.making.places import ROOT

CALL = re.compile(r"(?:python3?\"?) (-\w+)")
SCRIPT = ROOT / ".github" / "action" / "install.sh"
# Makes an environment whose Python writes down what it is asked to do, and where.
PYTHON = f"""\
#!/bin/sh
if [ "$2" = -c ]; then exec "{sys.executable}" "$@"; fi
echo "$* in $PWD" >>"$CALLS"
mkdir -p "$4/bin"
cat >"$4/bin/python" <<'END'
#!/bin/sh
printf '%s\\n' "$* in $PWD" >>"$CALLS"
case "$*" in *" wheel "*) mkdir wheel; touch wheel/weighin-0-py3-none-any.whl ;; esac
END
printf '#!/bin/sh\\necho weighin 0\\n' >"$4/bin/weighin"
chmod +x "$4/bin/python" "$4/bin/weighin"
"""


def installed(folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    python = folder / "a python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    calls = folder / "calls"
    done = subprocess.run(
        ["bash", SCRIPT],
        cwd=folder,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "CALLS": str(calls),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
            "RUNNER_TEMP": str(folder),
            "INPUT_PYTHON": str(python),
            "INPUT_EXTRAS": "",
            **inputs,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done, calls.read_text().splitlines() if calls.exists() else []


@pytest.mark.child
@pytest.mark.parametrize(("extras", "asked"), [("", ""), ("hub,gguf", "[hub,gguf]")])
def test_what_is_installed_is_the_checkout_of_the_action(tmp_path, extras, asked):
    done, calls = installed(tmp_path, INPUT_EXTRAS=extras)
    assert done.returncode == 0, done.stderr
    made, tools, built, put = calls
    assert made.startswith("-I -m venv ")
    assert all(call.startswith("-I -m pip ") for call in (tools, built, put))
    assert all(f" in {tmp_path}/weighin-venv." in call for call in calls), "never in the checkout"
    assert " --require-hashes --only-binary :all: " in tools
    assert f" --no-build-isolation --wheel-dir {tmp_path}" in built
    assert f" {ROOT} in " in built
    assert f".whl{asked} in " in put
    assert not any("://" in argument for argument in calls), "pip knows its own registry"
    name, _, place = (tmp_path / "output").read_text().strip().partition("=")
    assert (name, Path(place).name) == ("weighin", "weighin")
    assert Path(place).is_relative_to(tmp_path)


@pytest.mark.child
@pytest.mark.parametrize(
    "inputs",
    [
        {"INPUT_EXTRAS": "hub] evil["},
        {"INPUT_EXTRAS": "$(touch made)"},
        {"INPUT_PYTHON": "/nowhere/python\n::error::mine"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_an_error_that_commands_nothing(tmp_path, inputs):
    done, calls = installed(tmp_path, **inputs)
    assert (done.returncode, calls) == (2, [])
    assert done.stdout.startswith("::error title=weighin::")
    assert "::error::mine" not in done.stdout
    assert not list(tmp_path.rglob("made"))


@pytest.mark.child
def test_a_python_that_is_too_old_is_told(tmp_path):
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done, _ = installed(tmp_path, INPUT_PYTHON=str(old))
    assert done.returncode == 2
    assert "expected Python 3.11 or newer" in done.stdout


@pytest.mark.child
def test_what_lies_in_the_checkout_is_never_imported(tmp_path):
    """With a real Python, up to where pip would ask its registry."""
    hostile.lay(tmp_path, mark := tmp_path / "mark")
    done, _ = installed(
        tmp_path, INPUT_PYTHON=sys.executable, PYTHONPATH=".", PIP_NO_INDEX="1", PIP_FIND_LINKS=""
    )
    assert not mark.exists(), mark.read_text()
    assert "No matching distribution found for hatchling" in done.stderr
    assert list(tmp_path.glob("weighin-venv.*/bin/pip"))


def test_every_call_of_a_python_is_isolated():
    texts = [path.read_text() for path in sorted(SCRIPT.parent.glob("*.sh"))]
    texts.append((ROOT / "templates" / "check.yml").read_text("utf-8"))
    calls = [call for text in texts for call in CALL.findall(text)]
    assert len(calls) >= 6
    assert {option for option in calls if option != "-I"} == set()
