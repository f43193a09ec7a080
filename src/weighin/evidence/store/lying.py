"""Which stores and jobs some keys belong to, before any of them is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from weighin.evidence.jobs.claims import CLAIMS
from weighin.evidence.ledger import LEDGER_FOLDER, is_ledger_file
from weighin.evidence.store.names import COMMIT_NAME, RECORD_NAME, is_attempt_name, is_job_name


@dataclass(slots=True)
class LyingJob:
    """What lies in the folder of a job.

    Attributes:
        records: Keys of the records of its attempts, by their start.
        attempts: Names of the folders of its attempts.
        has_commit: Whether something says which of them is the first.
    """

    records: list[str] = field(default_factory=list)
    attempts: set[str] = field(default_factory=set)
    has_commit: bool = False


@dataclass(slots=True)
class LyingStore:
    """What lies in a results store.

    Attributes:
        jobs: By the key of the folder of the job, from the root of the store.
        has_ledger: Whether events lie there.
    """

    jobs: dict[str, LyingJob] = field(default_factory=dict)
    has_ledger: bool = False


@dataclass(slots=True)
class Lying:
    """What lies below a place.

    Attributes:
        stores: By the key of the root of each; empty for the place itself.
        others: Keys that belong to no job and hold no events.
    """

    stores: dict[str, LyingStore] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def lying_at(keys: Iterable[str]) -> Lying:
    """Sort keys, which come in order, by the stores and jobs that they belong to."""
    found = Lying()
    for key in keys:
        parts = key.split("/")
        at = _job_at(parts)
        if at is not None:
            _add(found.stores.setdefault("/".join(parts[: at - 2]), LyingStore()), parts, at)
        elif is_ledger_file(Path(key)):
            is_event = len(parts) > 2 and parts[-3] == LEDGER_FOLDER  # noqa: PLR2004  # as in names
            root = parts[:-3] if is_event else parts[:-1]
            found.stores.setdefault("/".join(root), LyingStore()).has_ledger = True
        else:
            found.others.append(key)
    return found


def _job_at(parts: list[str]) -> int | None:
    """Where in a key the folder of a job stands, as `model/benchmark/job/…`; `None` if nowhere."""
    return next(_jobs_in(parts), None)


def _jobs_in(parts: list[str]) -> Iterator[int]:
    for at in range(2, len(parts) - 1):
        below = parts[at + 1]
        if is_job_name(parts[at]) and (
            is_attempt_name(below) or parts[at + 1 :] == [COMMIT_NAME] or below == CLAIMS
        ):
            yield at


def _add(store: LyingStore, parts: list[str], at: int) -> None:
    job = store.jobs.setdefault("/".join(parts[at - 2 : at + 1]), LyingJob())
    below = parts[at + 1 :]
    if below == [COMMIT_NAME]:
        job.has_commit = True
    elif is_attempt_name(below[0]):
        job.attempts.add(below[0])
        if below[1:] == [RECORD_NAME]:
            job.records.append("/".join(parts[at - 2 :]))
