"""The page on continuous integration shows what its commands print."""

import json
import re

import pytest

from tests.making.places import DOCS, ROOT

PAGE = DOCS / "ci.md"
EXAMPLES = ("github", "sarif", "gitlab", "junit")
_LINES_OF_JUNIT = 11


def shown(name: str, output: str) -> str:
    """As much of an output as the page shows."""
    match name:
        case "sarif":
            return json.dumps(json.loads(output)["runs"][0]["results"][0], indent=2)
        case "gitlab":
            return json.dumps(json.loads(output)[:1], indent=2)
        case "junit":
            return "\n".join(output.splitlines()[:_LINES_OF_JUNIT])
        case _:
            return output.rstrip("\n")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_shows_what_a_command_prints(weighin, monkeypatch, name):
    text = PAGE.read_text("utf-8")
    block = re.compile(rf"<!-- {name} begin: (.+?) -->\n(.*?)<!-- {name} end -->", re.DOTALL)
    found = block.search(text)
    assert found is not None
    for variable in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WEIGHIN_RULES_PAGE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(ROOT)
    told = weighin(*found.group(1).split())
    fence = {"github": "", "sarif": "json", "gitlab": "json", "junit": "xml"}[name]
    printed = f"```{fence}\n{shown(name, told.output)}\n```\n"
    assert found.group(2) == printed
