"""What is retired can be scored again, and what was lost has a way out in the open."""

import shutil
from pathlib import Path

import pytest
from tests.making.runs.scene import CHOICE, requirements_file

import weighin
from weighin.errors import EvidenceError
from weighin.evidence.store import RECORD_NAME
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model


@pytest.fixture
def scored(tiny_checkpoint: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Requirements and a results folder that meets them."""
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,))
    results = tmp_path / "results"
    assert weighin.run(file, results=results).outcome is Outcome.MET
    return file, results


def job_of(results: Path) -> str:
    (folder,) = {path.parent.parent for path in results.rglob(RECORD_NAME)}
    return folder.name


def said(verdict: Verdict, rule: str) -> set[Outcome]:
    return {j.finding.outcome for j in verdict.findings if j.rule == rule}


def test_what_is_scored_after_a_job_was_retired_decides(scored):
    file, results = scored
    job = job_of(results)
    for number in (2, 3):
        weighin.api.retire(job, reason="a bad disk", results=results)
        assert weighin.check(file, [results]).outcome is Outcome.UNDECIDED
        verdict = weighin.run(file, results=results)
        assert verdict.outcome is Outcome.MET
        assert len(list(results.rglob(RECORD_NAME))) == number
        assert said(verdict, "one-attempt") == {Outcome.VIOLATED}
        assert [aside.reason for aside in verdict.head.set_aside] == ["a bad disk"] * (number - 1)
    weighin.run(file, results=results)
    assert len(list(results.rglob(RECORD_NAME))) == 3


@pytest.mark.parametrize("lost", ["record", "attempt"])
def test_a_lost_record_has_a_way_out_in_the_open(scored, lost):
    file, results = scored
    (record,) = results.rglob(RECORD_NAME)
    job = job_of(results)
    if lost == "record":
        record.unlink()
    else:
        shutil.rmtree(record.parent)
    with pytest.raises(EvidenceError, match=f"weighin retire {job}"):
        weighin.run(file, results=results)
    weighin.api.retire(job, reason="a bad disk", results=results)
    verdict = weighin.run(file, results=results)
    assert verdict.outcome is Outcome.MET
    assert said(verdict, "records-intact") == {Outcome.MET}
    assert said(verdict, "one-attempt") == {Outcome.VIOLATED}
    assert any("is retired: a bad disk" in line for line in verdict.ignored)
