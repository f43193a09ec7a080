"""Answers that a record says it took of an attempt that was ended, held against the ledger."""

from pathlib import Path
from typing import Any

import pytest
from tests.making.runs.stores import finished

from weighin.evidence.ledger import ANSWERED, ANSWERING, KEPT, Ledger
from weighin.evidence.records import TakenAnswers
from weighin.evidence.store import Store
from weighin.sources.collecting.evidence import read_evidence

FIRST, SECOND = "20261130T100000Z-00000000", "20261130T110000Z-11111111"
JOURNAL = "a" * 64


def taken(weights: str, **other: Any) -> TakenAnswers:
    whole = {
        "attempt_id": FIRST,
        "run_id": "run-1",
        "host": "machine",
        "began": "2026-11-30T10:00:00Z",
        "until": "2026-11-30T10:10:00Z",
        "weights": weights,
        "settings": {},
        "journal_sha256": JOURNAL,
        "answers": {"generate_until": 40},
        "looks": None,
    }
    return TakenAnswers(**{**whole, **other})


class Scene:
    """A store in which an attempt was ended, and another one went on with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # For the model and the task of a record as it is.
        self.base = finished(root / "other").record
        self.weights = self.base.loaded.digest_before if self.base.loaded else ""
        self.ledger = Ledger(root, run_id="run-1", model=self.base.model)

    def append(self, event: str, attempt_id: str, **detail: Any) -> None:
        self.ledger.append(
            event,
            benchmark=self.base.asked.task,
            job_id=self.base.run.job_id,
            attempt_id=attempt_id,
            detail=detail,
        )

    def ended(self) -> None:
        self.append("benchmark-started", FIRST)
        self.append(ANSWERING, FIRST, journal="b" * 64, weights=self.weights, taken=[], left=[])

    def gone_on_with(self, part: TakenAnswers, *, told: int = 40) -> None:
        entry = {"attempt_id": FIRST, "journal": JOURNAL, "answers": told}
        self.append("benchmark-started", SECOND)
        self.append(
            ANSWERING, SECOND, journal="c" * 64, weights=self.weights, taken=[entry], left=[]
        )
        self.record(part)

    def record(self, *parts: TakenAnswers) -> None:
        store = Store(self.root)
        run = self.base.run.model_copy(update={"attempt_id": SECOND})
        record = self.base.model_copy(update={"run": run, "files": (), "taken": parts})
        attempt = store.new_attempt(record.model, record.asked.task, run.job_id)
        folder = attempt.folder.rename(attempt.folder.with_name(SECOND))
        committed = store.commit(type(attempt)(folder=folder, attempt_id=SECOND), record)
        self.append("benchmark-finished", SECOND, record_sha256=committed.record_sha256)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "results")


def evidence(scene: Scene):
    return read_evidence([next((scene.root / "tiny").glob("*/*"))])


def test_what_was_gone_on_with_is_no_attempt_of_its_own(scene: Scene):
    scene.ended()
    scene.append(KEPT, FIRST, answers=40, journal=JOURNAL)
    scene.gone_on_with(taken(scene.weights))
    found = evidence(scene)
    assert found.broken_files == ()
    assert found.interrupted_attempts == {}
    assert found.answered_attempts == ()


def test_an_attempt_that_had_all_answers_is_gone_on_with_if_all_are_taken(scene: Scene):
    scene.ended()
    scene.append(ANSWERED, FIRST, documents=40, is_partial=False, kept=40)
    scene.gone_on_with(taken(scene.weights))
    assert evidence(scene).answered_attempts == ()


def test_an_attempt_that_had_taken_all_of_its_answers_is_gone_on_with_too(scene: Scene):
    scene.ended()
    scene.append(ANSWERED, FIRST, documents=40, is_partial=False, kept=0)
    scene.gone_on_with(taken(scene.weights, answers={}), told=0)
    found = evidence(scene)
    assert (found.answered_attempts, found.interrupted_attempts) == ((), {})


@pytest.mark.parametrize("kept", [{"kept": 41}, {}], ids=["one was cut off", "not all were kept"])
def test_an_attempt_that_had_all_answers_is_one_more_if_some_were_lost(
    scene: Scene, kept: dict[str, int]
):
    scene.ended()
    scene.append(ANSWERED, FIRST, documents=41, is_partial=False, **kept)
    scene.gone_on_with(taken(scene.weights))
    (answered,) = evidence(scene).answered_attempts
    assert (answered.attempt_id, answered.answers) == (FIRST, None)


def test_answers_that_were_cut_off_are_missed_as_far_as_the_ledger_knew_of_them(scene: Scene):
    scene.ended()
    scene.append(KEPT, FIRST, answers=50, journal="d" * 64)
    scene.gone_on_with(taken(scene.weights))
    (answered,) = evidence(scene).answered_attempts
    assert (answered.attempt_id, answered.answers) == (FIRST, 50)


def test_an_attempt_that_nobody_went_on_with_is_interrupted(scene: Scene):
    scene.ended()
    scene.record()
    found = evidence(scene)
    assert found.interrupted_attempts == {("tiny", scene.base.asked.task): 1}
    assert found.answered_attempts == ()


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"weights": "e" * 64}, "weights"),
        ({"journal_sha256": "e" * 64}, "journal"),
        ({"answers": {"generate_until": 41}}, "41 answers"),
        ({"attempt_id": "20261130T100000Z-22222222"}, "answers of 20261130T100000Z-22222222"),
    ],
)
def test_a_record_that_took_what_the_ledger_does_not_know_is_not_intact(
    scene: Scene, other: dict[str, Any], told: str
):
    scene.ended()
    scene.gone_on_with(taken(**{"weights": scene.weights, **other}))
    broken = [b for b in evidence(scene).broken_files if "taken.0" in b.found]
    assert len(broken) == 1
    assert told in broken[0].found
    assert broken[0].expected.endswith(", as the ledger says")


def test_a_record_that_took_answers_of_which_no_event_tells_is_not_intact(scene: Scene):
    scene.ended()
    scene.append("benchmark-started", SECOND)
    scene.record(taken(scene.weights))
    assert any("taken.0" in broken.found for broken in evidence(scene).broken_files)
