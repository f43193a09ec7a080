"""Every known incident as a case: the command line comes to the expected verdict, and no other."""

import json
import re
import shutil
from collections import Counter

import pytest

from tests.conformance.cases import EXIT_CODES, FOLDER, HERE, all_cases
from tests.conformance.table import table
from tests.conformance.tiny_runs import RUNS, Workshop, command_line

CASES = all_cases()
SECTIONS = ("## What happened", "## Source", "## What is built", "## What is expected")
# Words on motives. A verdict, and a case, states facts only.
MOTIVES = re.compile(r"\b(cheat|liar|lying|fraud|dishonest|deceiv|scam)", re.IGNORECASE)


def test_every_incident_has_a_case():
    assert {case.incident for case in CASES} == set(range(1, 32))


def test_every_folder_is_a_case():
    folders = {path.name for path in FOLDER.iterdir()}
    assert folders == {case.folder.name for case in CASES}
    assert all(len(name.split("__")) == 3 for name in folders)


def test_every_real_run_is_used_by_a_case():
    assert {case.tiny_run for case in CASES if case.tiny_run} == set(RUNS)


def test_the_table_of_cases_is_that_of_the_folders():
    assert table(CASES) in (HERE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
def test_a_case_says_what_happened_without_motives(case):
    assert [s for s in SECTIONS if s not in case.readme] == []
    assert ": " in case.title
    assert MOTIVES.findall(case.readme) == []


# peft 0.21 asks transformers 5 for a name that it will drop.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(c, id=c.folder.name, marks=[pytest.mark.model] if c.tiny_run else [])
        for c in CASES
    ],
)
def test_case_comes_to_its_verdict(case, tmp_path, monkeypatch, capfd, request):
    folder = shutil.copytree(case.folder, tmp_path / "case")
    monkeypatch.chdir(folder)
    if case.tiny_run:
        RUNS[case.tiny_run](Workshop(folder, request.getfixturevalue("checkpoints")))
        capfd.readouterr()
    (folder / "evidence").mkdir(exist_ok=True)
    code = command_line("check", "requirements.yaml", "evidence", *case.arguments, "--json")
    output, errors = capfd.readouterr()
    assert code == EXIT_CODES[case.outcome], errors or _told(output)
    counting = [f for f in json.loads(output)["findings"] if f["level"] == "error"]
    _assert_exactly_the_expected_findings(case, counting)
    decided = {f["rule"] for f in counting if f["outcome"] == "met"}
    assert set(case.met) <= decided - {finding.rule for finding in case.findings}
    assert MOTIVES.findall(output) == []


def _assert_exactly_the_expected_findings(case, counting):
    problems = [f for f in counting if f["outcome"] not in {"met", "not-applicable"}]
    found = Counter((f["rule"], f["outcome"], tuple(f["benchmarks"])) for f in problems)
    expected = Counter((f.rule, f.outcome, f.benchmarks) for f in case.findings)
    assert found == expected, json.dumps(problems, indent=1)
    for finding in case.findings:
        alike = [
            " ".join((f["statement"], f["expected"], f["found"], f["fix"]))
            for f in problems
            if (f["rule"], f["outcome"], tuple(f["benchmarks"]))
            == (finding.rule, finding.outcome, finding.benchmarks)
        ]
        assert any(all(word in text for word in finding.words) for text in alike), alike


def _told(output):
    return json.dumps(
        [f for f in json.loads(output)["findings"] if f["outcome"] in {"violated", "undecided"}],
        indent=1,
    )
