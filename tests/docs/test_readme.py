"""What the README shows is what the commands print."""

import contextlib
import re
import shutil
from pathlib import Path

import pytest

from tests.making.places import ROOT
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import CATALOGUE, rule_shapes
from weighin.rules.judging.explanations import explanations
from weighin.telemetry import SWITCHES

README = (ROOT / "README.md").read_text()


def block(name: str) -> str:
    found = re.search(
        rf"<!-- {name} begin.*?-->\n```text\n(.*?)```\n<!-- {name} end -->", README, re.DOTALL
    )
    assert found is not None, f"README: no block {name}"
    return found.group(1)


def test_the_readme_shows_the_recorded_report_of_act_2() -> None:
    assert block("act-2") == (ROOT / "results/demo/act-2/report.txt").read_text()


def test_the_readme_shows_the_first_lines_of_all_acts() -> None:
    reports = sorted(ROOT.glob("results/demo/act-*/report.txt"))
    heads = [path.read_text().splitlines(keepends=True)[0] for path in reports]

    assert len(heads) == 5
    assert block("heads") == "".join(heads)


def test_the_readme_shows_the_head_of_the_llama_4_report() -> None:
    report = (ROOT / "results/cases/llama-4/report-brief.txt").read_text()
    head = block("llama-4")

    assert report.startswith(head)
    for said in ("130 ± 7.8 points", "never published", "57.2, 69.8 % on GPQA Diamond"):
        assert said in head


def test_the_requirements_file_of_the_readme_loads(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    path = tmp_path / "requirements.yaml"
    path.write_text(example.group(1).replace("<40-hex commit>", "0" * 40))

    requirements = load_requirements(path, rule_shapes())

    assert [b.task for b in requirements.benchmarks] == ["gsm8k", "arc_challenge"]


def test_the_changelog_counts_the_rules() -> None:
    told = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    rules, on_request = len(explanations()), len(CATALOGUE.on_request)
    assert f"- {rules} rules (" in told, f"CHANGELOG.md: count {rules} rules"
    asked = f"{on_request} of them are judged only where"
    assert asked in told, f"CHANGELOG.md: write that {asked} the profile or the file names them"


def test_every_exit_code_of_the_errors_stands_in_the_readme() -> None:
    from weighin import errors
    from weighin.cli.terminal.failures import INTERNAL, INTERRUPTED

    codes = {
        value.exit_code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.WeighinError)
    }

    for code in sorted({*codes, INTERNAL, INTERRUPTED, 0, 10, 11, 12}):
        assert f"| {code} |" in README


def test_the_assertion_that_the_readme_shows_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(from weighin\.pytest_plugin.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    demo = ROOT / "results" / "demo"
    shutil.copy(demo / "requirements.yaml", tmp_path)
    shutil.copytree(demo / "act-1", tmp_path / "results")
    test = names["test_the_scorecard_is_of_one_checkpoint"]
    assert callable(test)

    with contextlib.chdir(tmp_path):
        test()
        shutil.rmtree(tmp_path / "results")
        (tmp_path / "results").mkdir()
        with pytest.raises(AssertionError, match="UNDECIDED"):
            test()


def test_the_readme_says_that_there_is_no_telemetry_and_where_its_switches_are() -> None:
    page = (ROOT / "docs" / "ci-integration.md").read_text()
    assert "## No telemetry" in README
    for (switch, value), heeded in SWITCHES.values():
        assert f"`{switch}={value}`" in page
        assert all(f"`{variable}`" in page for variable in heeded)
