"""The install step of action.yml: from its own checkout, into an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.making.places import ROOT

SCRIPT = ROOT / ".github" / "action" / "install.sh"
# Makes an environment whose Python writes down what it is asked to do.
PYTHON = f"""\
#!/bin/sh
if [ "$1" = -c ]; then exec "{sys.executable}" "$@"; fi
mkdir -p "$3/bin"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >>"$CALLS"\\n' >"$3/bin/python"
printf '#!/bin/sh\\necho weighin 0\\n' >"$3/bin/weighin"
chmod +x "$3/bin/python" "$3/bin/weighin"
"""


def installed(folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    python = folder / "a python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    calls = folder / "calls"
    done = subprocess.run(
        ["bash", SCRIPT],
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
    assert calls[:3] == ["-m", "pip", "install"]
    assert calls[-1] == f"{ROOT}{asked}"
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
