"""Whole scorecard rows of real public files, judged, where a copy of them is at hand."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.making.places import CORPUS

from weighin import api
from weighin.identity.facets import Facet, Kind
from weighin.rules.interface import Outcome, Verdict
from weighin.sources.collecting.evidence import read_evidence

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)
REQUIREMENTS = """\
weighin: 1
model: {{name: {name}, checkpoint: checkpoint}}
same: [weights, dtype, special_tokens]
evidence: {evidence}
benchmarks:
{benchmarks}
rules:
  one-artifact-per-name: {{level: error}}
  claimed-scores-are-recorded: {{level: error}}
"""


def copied(folder: Path, repository: str, part: str) -> Path:
    """Public files in the folders in which they were published."""
    with (CORPUS / "index.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["source_repo"] == repository and part in row["source_path"]:
                path = folder / row["source_path"]
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(CORPUS / row["file"], path)
    return folder


def judged(logs: Path, name: str, benchmarks: list[str], evidence: str) -> Verdict:
    path = logs.parent / f"{logs.name}.yaml"
    text = REQUIREMENTS.format(name=name, benchmarks="\n".join(benchmarks), evidence=evidence)
    path.write_text(text)
    return api.check(path, [logs], today=date(2026, 1, 1))


def outcomes(verdict: Verdict, rule: str) -> set[Outcome]:
    return {f.finding.outcome for f in verdict.findings if f.rule == rule}


def statements(verdict: Verdict, rule: str) -> str:
    return "\n".join(f.finding.statement for f in verdict.findings if f.rule == rule)


@pytest.fixture(scope="module")
def open_rs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("rows") / "open-rs", "knoveleng/open-rs", "logs/evals")


HEADLINE = [
    '  - {task: amc23, aliases: ["custom|amc23|0"], claimed: "80%"}',
    '  - {task: aime24, aliases: ["custom|aime24|0"], claimed: "46.7%"}',
]


def test_the_logs_of_open_rs_are_of_21_artifacts_under_one_name(open_rs):
    verdict = judged(open_rs, "OpenRS-GRPO", HEADLINE, "named")
    assert outcomes(verdict, "one-artifact-per-name") == {Outcome.VIOLATED}
    assert "21 artifacts" in statements(verdict, "one-artifact-per-name")


def test_the_headline_of_open_rs_is_of_no_one_artifact(open_rs):
    verdict = judged(open_rs, "OpenRS-GRPO", HEADLINE, "named")
    assert outcomes(verdict, "claimed-scores-are-recorded") == {Outcome.VIOLATED}
    told = statements(verdict, "claimed-scores-are-recorded")
    assert "Exp2_50" in told
    assert "Exp3_50" in told


# README of open-rs, table of results: RS1, RS2 and RS3 with their folders.
@pytest.mark.parametrize(
    ("label", "amc23", "aime24"),
    [("Exp2_50", "80.0", "30.0"), ("Exp3_50", "72.5", "46.7")],
)
def test_a_row_of_the_table_of_open_rs_is_of_one_artifact(open_rs, tmp_path, label, amc23, aime24):
    logs = tmp_path / "logs"
    shutil.copytree(open_rs / "logs" / "evals" / label, logs / label)
    claims = [
        f'  - {{task: amc23, aliases: ["custom|amc23|0"], claimed: "{amc23}%"}}',
        f'  - {{task: aime24, aliases: ["custom|aime24|0"], claimed: "{aime24}%"}}',
    ]
    verdict = judged(logs, "OpenRS-GRPO", claims, "named")
    assert Outcome.VIOLATED not in outcomes(verdict, "claimed-scores-are-recorded")
    assert Outcome.VIOLATED not in outcomes(verdict, "one-artifact-per-name")


def test_float16_in_some_files_and_unset_in_others_is_unknown(tmp_path):
    logs = copied(tmp_path / "logs", "araag2/lm-evaluation-harness", "unsloth__Qwen3-8B")
    tasks = sorted({r.asked.task for r in read_evidence([logs]).records})
    assert len(tasks) > 10
    verdict = judged(logs, "Qwen3-8B", [f'  - {{task: "{t}"}}' for t in tasks], "declared")
    assert outcomes(verdict, "same-dtype") == {Outcome.UNDECIDED}


def test_base_and_base_with_an_adapter_under_one_commit_are_not_called_the_same(tmp_path):
    logs = copied(tmp_path / "logs", "EleutherAI/lm-evaluation-harness", "results/asdiv")
    records = read_evidence([logs]).records
    names = sorted({r.model for r in records})
    aliases = ", ".join(f'"{name}"' for name in names)
    tasks = sorted({r.asked.task for r in records})
    verdict = judged(
        logs,
        f"row, aliases: [{aliases}]",
        [f'  - {{task: "{task}"}}' for task in tasks],
        "declared",
    )
    commits = [
        i.value
        for r in records
        for i in r.observation(Facet.WEIGHTS).identifiers
        if i.kind is Kind.COMMIT
    ]
    assert len(commits) > len(set(commits)), "two logs of one commit"
    assert Outcome.MET not in outcomes(verdict, "same-weights")
