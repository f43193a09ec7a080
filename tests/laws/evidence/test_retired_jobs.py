"""A job that is retired stays in sight: in a ledger line, with its reason."""

from pathlib import Path

import pytest
from tests.making.runs.stores import finished

import weighin
from weighin.errors import EvidenceError, UsageError
from weighin.evidence.ledger import LEDGER_NAME, read_ledger
from weighin.sources.collecting.evidence import read_evidence


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.mark.parametrize("digits", [6, 12, 64])
def test_a_retired_job_is_evidence_with_its_reason(root, digits):
    model, task, job_id = finished(root).job

    retired = weighin.retire(job_id[:digits], reason=" wrong dtype ", results=root)

    assert (retired.job_id, retired.reason) == (job_id, "wrong dtype")
    assert (retired.model, retired.benchmark) == (model, task)
    evidence = read_evidence([root])
    assert evidence.retired == {job_id: retired}
    assert (evidence.broken_files, len(evidence.records)) == ((), 1)
    assert len(evidence.finished_attempts) == 1
    line = read_ledger(root / LEDGER_NAME).lines[-1]
    assert (line.event, line.time) == ("job-retired", retired.time)


def test_a_job_is_retired_once(root):
    job_id = finished(root).job[2]
    weighin.retire(job_id, reason="wrong dtype", results=root)

    with pytest.raises(UsageError, match=r"retired already at .*: wrong dtype"):
        weighin.retire(job_id, reason="another reason", results=root)


@pytest.mark.parametrize(
    ("job", "reason", "told"),
    [
        ("00000", "why", "first 6 hex digits"),
        ("../../etc", "why", "first 6 hex digits"),
        ("fffffffff", "why", "found none; there are "),
        (None, "  ", "expected why"),
    ],
)
def test_what_names_no_job_or_no_reason_is_a_usage_error(root, job, reason, told):
    job_id = finished(root).job[2]
    before = (root / LEDGER_NAME).read_bytes()

    with pytest.raises(UsageError, match=told):
        weighin.retire(job or job_id, reason=reason, results=root)
    assert (root / LEDGER_NAME).read_bytes() == before


def test_a_folder_without_a_ledger_has_no_job_to_retire(root):
    with pytest.raises(EvidenceError, match="expected a results folder, found nothing there"):
        weighin.retire("abcdef", reason="why", results=root)
    assert not root.exists()
    root.mkdir()
    with pytest.raises(UsageError, match="they name no job"):
        weighin.retire("abcdef", reason="why", results=root)
    assert list(root.iterdir()) == []
