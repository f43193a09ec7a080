"""A queue starts a job again until it ends with 0 or 3: what comes of it is what one start leaves.

Model, lm-eval and store are real; a worker ends, or its store fails, at a call of the store.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.making.checkpoints.reading import let_rest
from tests.making.runs.scene import requirements_file
from tests.making.stores.bucket import BUCKET, served_bucket
from tests.making.tiny.checkpoint import save_tiny_checkpoint

from weighin import api
from weighin.errors import InfrastructureError, UsageError, WeighinError
from weighin.evidence.ledger import LEDGER_NAME, Ledger, read_ledger
from weighin.evidence.store import RECORD_NAME, read_record
from weighin.executors.events import SilentListener
from weighin.files.stores.folder import FolderStorage
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

WRITES = ((FolderStorage, "create"), (FolderStorage, "put_blob"), (Ledger, "append"))
LAST = "append worker-finished"
READS = tuple((FolderStorage, name) for name in ("read", "list", "exists"))


class Died(BaseException):
    """A process that is killed catches nothing."""


@dataclass
class Calls:
    """Calls of a store, of which some fail.

    Attributes:
        fails_at: The first that fails, by its number or its name; `None` for none.
        error: How.
        is_after: Whether it does its work before it fails.
        is_once: Whether those behind it are as ever.
        has_failed: Whether it did.
        made: All calls, by their names.
    """

    fails_at: int | str | None = None
    error: BaseException = field(default_factory=Died)
    is_after: bool = False
    is_once: bool = True
    has_failed: bool = False
    made: list[str] = field(default_factory=list)

    def call(self, name: str, verb, *arguments, **options):
        number = len(self.made)
        self.made.append(name)
        is_it = self.fails_at in {number, name}
        self.has_failed |= is_it
        is_it |= self.has_failed and not self.is_once
        if is_it and not self.is_after:
            raise self.error
        done = verb(*arguments, **options)
        if is_it:
            raise self.error
        return done


@contextmanager
def seen(calls: Calls, verbs=WRITES) -> Iterator[Calls]:
    with pytest.MonkeyPatch.context() as patched:
        for owner, name in verbs:
            verb = getattr(owner, name)

            def call(self, *arguments, _verb=verb, _name=name, **options):
                told = f"{_name} {str(arguments[0]).rpartition('/')[2]}"
                return calls.call(told, _verb, self, *arguments, **options)

            patched.setattr(owner, name, call)
        yield calls


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Requirements, the id of a plan of one job, and the store that holds it."""
    folder = tmp_path_factory.mktemp("planned")
    checkpoint = save_tiny_checkpoint(folder / "checkpoint", hidden=32)
    let_rest(checkpoint)
    requirements = requirements_file(folder, checkpoint, benchmarks=("tiny_choice",))
    found = api.plan(requirements, results=folder / "store")
    return requirements, found.plan_id, folder / "store"


@pytest.fixture
def results(planned, tmp_path) -> Path:
    return Path(shutil.copytree(planned[2], tmp_path / "results"))


def job(planned, results: Path, **options):
    return api.job(planned[1], index=0, results=results, **options)


def code(planned, results: Path, **options) -> int:
    try:
        job(planned, results, **options)
    except WeighinError as error:
        return error.exit_code
    return 0


def judged(planned, results: Path):
    """What a verdict says of every rule; of how often it was tried, that it holds."""
    verdict = api.check(planned[0], [results])
    return verdict.outcome, sorted((j.rule, j.finding.outcome) for j in verdict.findings)


@pytest.fixture(scope="module")
def undisturbed(planned, tmp_path_factory):
    """The writes of a job that nobody disturbs, and the verdict on it."""
    results = Path(shutil.copytree(planned[2], tmp_path_factory.mktemp("one") / "results"))
    with seen(Calls()) as calls:
        job(planned, results)
    (record,) = (read_record(path)[0] for path in results.rglob(RECORD_NAME))
    assert record.loaded.files_state, "the law is about records that hang on a later reading"
    found = judged(planned, results)
    assert found[0] is Outcome.MET
    return calls.made, found


def killed_everywhere(planned, results: Path, undisturbed, numbers) -> None:
    writes, expected = undisturbed
    for number in numbers:
        place = results.with_name(f"killed-{number}")
        shutil.copytree(results, place)
        with pytest.raises(Died), seen(Calls(fails_at=number, is_after=True)):
            job(planned, place)
        assert code(planned, place) == 0, writes[number]
        assert judged(planned, place) == expected, f"killed behind {writes[number]}"


def test_a_job_killed_behind_its_record_is_as_if_nobody_had(planned, results, undisturbed):
    writes, _ = undisturbed
    behind = writes.index(f"create {RECORD_NAME}")
    finished = writes.index("append benchmark-finished")
    killed_everywhere(planned, results, undisturbed, (behind, finished))


@pytest.mark.soak
def test_a_job_killed_behind_any_write_is_as_if_nobody_had(planned, results, undisturbed):
    killed_everywhere(planned, results, undisturbed, range(len(undisturbed[0])))


def test_a_last_reading_that_fails_is_made_by_the_next_start(planned, results, undisturbed):
    for error in (InfrastructureError("no space left"), UsageError("no right")):
        with seen(Calls(fails_at=LAST, error=error)):
            assert code(planned, results) == 75
    # What would be read is not there: another try, or another machine, may find it.
    assert code(planned, results, checkpoint=results / "none") == 75
    assert code(planned, results) == 0
    assert judged(planned, results) == undisturbed[1]
    events = [line.event for line in read_ledger(results / LEDGER_NAME).lines]
    assert events.count("worker-finished") == 1
    # Nothing is owed any more, so that nothing is opened.
    assert code(planned, results, checkpoint=results / "none") == 0


def test_files_that_are_other_when_they_are_read_again_are_told(planned, results):
    requirements, plan_id, _ = planned
    with pytest.raises(Died), seen(Calls(fails_at=LAST)):
        job(planned, results)
    (here,) = (p for p in requirements.parent.iterdir() if p.name == "checkpoint")
    copy = Path(shutil.copytree(here, results / "copy"))
    notes: list[str] = []

    class Listener(SilentListener):
        def noted(self, sentence: str) -> None:
            notes.append(sentence)

    done = api.job(plan_id, index=0, results=results, checkpoint=copy, listener=Listener())
    assert done.recorded.is_reused
    assert "are not those that answered" in " ".join(notes)
    assert judged(planned, results)[0] is not Outcome.MET


def test_who_may_only_read_finds_what_is_recorded(planned, results):
    job(planned, results)
    denied = UsageError("no right")
    with seen(Calls(fails_at=0, error=denied, is_once=False)) as calls:
        assert job(planned, results).recorded.is_reused
    assert calls.made == ["append benchmark-reused"]


def faulted(planned, results: Path, numbers) -> int:
    """A job of a store that fails from some call on; how many calls there were at most."""
    most = 0
    for number in numbers:
        for error in (UsageError("no right"), InfrastructureError("no answer")):
            place = results.with_name(f"faulted-{number}-{error.exit_code}")
            shutil.copytree(results, place)
            faults = Calls(fails_at=number, error=error, is_once=False)
            with seen(faults, (*WRITES, *READS)) as calls:
                found = code(planned, place)
            told = (number, calls.made[min(number, len(calls.made) - 1)], found)
            assert found in {0, 3, 75}, told
            most = max(most, len(calls.made))
            shutil.rmtree(place)
    return most


def test_a_store_that_fails_ends_a_job_as_a_queue_is_told(planned, results):
    faulted(planned, results, (0, 1, 2))
    job(planned, results)
    faulted(planned, results, range(12))


@pytest.mark.parametrize("status", [301, 400, 403])
def test_a_bucket_that_refuses_ends_a_job_as_a_queue_is_told(planned, monkeypatch, status):
    pytest.importorskip("obstore")
    with served_bucket() as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        url = f"s3://{BUCKET}/results"
        api.copy_store(planned[2], into=url)
        bucket.answers = [status] * 40
        with pytest.raises(WeighinError) as refused:
            api.job(planned[1], index=0, results=url)
        assert refused.value.exit_code in {3, 75}, str(refused.value)


@pytest.mark.soak
def test_a_store_that_fails_at_any_call_ends_a_job_as_a_queue_is_told(planned, results):
    with seen(Calls(), (*WRITES, *READS)) as calls:
        job(planned, Path(shutil.copytree(results, results.with_name("counted"))))
    assert faulted(planned, results, range(len(calls.made))) >= len(calls.made) // 2
