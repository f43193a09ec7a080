"""Requirements from standard input are judged as those of a file of the current folder."""

import json
import subprocess
import sys

import pytest
from tests.making.places import EVIDENCE_OF_V1

REQUIREMENTS = EVIDENCE_OF_V1 / "requirements.yaml"


def told(content, *line):
    return subprocess.run(
        [sys.executable, "-m", "weighin", *map(str, line)],
        input=content,
        cwd=EVIDENCE_OF_V1,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("evidence", "code"), [("met", 0), ("violated", 10)])
def test_it_is_the_file_of_the_current_folder(evidence, code):
    found = told(REQUIREMENTS.read_bytes(), "check", "-", evidence, "--json")
    named = told(None, "check", "requirements.yaml", evidence, "--json")
    assert (found.returncode, named.returncode) == (code, code)
    of_input, of_file = json.loads(found.stdout), json.loads(named.stdout)
    assert of_input["requirements"]["sha256"] == of_file["requirements"]["sha256"]
    assert [f["outcome"] for f in of_input["findings"]] == [
        f["outcome"] for f in of_file["findings"]
    ]


@pytest.mark.parametrize("content", [b"", b"\xff", b"a: [", b"x" * 1_000_001])
def test_what_is_no_requirements_file_is_refused_at_its_place(content):
    found = told(content, "check", "-", "met")
    assert found.returncode == 3
    assert found.stderr.startswith(b"weighin: -:")
