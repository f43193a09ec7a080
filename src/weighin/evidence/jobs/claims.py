"""Who is at work on a job: leases, so that no two machines score the same for nothing.

    <job>/claims/<n>.json      the n-th claim, by create-if-absent

A claim is advice. Whoever ignores one, or lives by another clock, costs time and no evidence: what
counts is settled by the commit.
"""

import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from weighin.errors import EvidenceError, InfrastructureError, UsageError
from weighin.files.canonical import canonical_json, strict_json
from weighin.files.stores.interface import Storage
from weighin.files.strict_model import StrictModel

CLAIMS = "claims"
CLAIM_FORMAT = "weighin.claim/1"
DEFAULT_LEASE_S = 600.0

# Twice what weighin itself claims. One that says more was written by a clock that is wrong, or to
# hold up a job.
_LONGEST_LEASE = timedelta(seconds=2 * DEFAULT_LEASE_S)
# Claims are numbered one by one. A number so far above their count was put there by somebody.
_MOST_AHEAD = 10_000
_MAX_CLAIM_BYTES = 1 << 16
_NAME = re.compile(r"(0|[1-9]\d{0,17})\.json")
# More workers than this do not meet at one number unless somebody makes them.
_MOST_TRIES = 64
_PROCESS = re.compile(r"([^/]+/[^/]+)/([1-9]\d{0,9})/(\d{1,20})")


class Claim(StrictModel):
    """Who is at work on a job, and until when that is to be believed.

    Attributes:
        format: Always `weighin.claim/1`.
        worker: Who it is, by a name that outlives its process: a task that is queued again, a pod
            or an actor that is started again is the same worker.
        host: Name of the machine.
        process: Boot id, process namespace, process id and start time, by which another process
            there sees whether this one is alive; empty where a machine does not tell.
        run_id: The run that it works for.
        until: End of the lease: RFC 3339, UTC.
    """

    format: str = CLAIM_FORMAT
    worker: str
    host: str
    process: str
    run_id: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job that the caller may work on.

    Attributes:
        storage: Where results lie.
        job_key: Key of the folder of the job.
        worker: Who claimed it.
        run_id: The run that it works for.
        lease_s: How long a claim is to be believed, in seconds.
    """

    storage: Storage
    job_key: str
    worker: str
    run_id: str
    lease_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedByOther:
    """A job that another living worker is at.

    Attributes:
        worker: Who it is.
        host: On which machine.
        until: End of its lease: RFC 3339, UTC.
    """

    worker: str
    host: str
    until: str


def claim(
    storage: Storage,
    job_key: str,
    *,
    worker: str,
    run_id: str,
    lease_s: float = DEFAULT_LEASE_S,
) -> Claimed | ClaimedByOther:
    """Claim a job, unless another worker is at it.

    A claim stands until its lease ends, but for the same worker, or on the same machine once its
    process is dead. One that cannot be read, or says more than twice what weighin claims, stands
    for nothing.

    Args:
        storage: Where results lie.
        job_key: Key of the folder of the job.
        worker: Who claims it; the same name after a restart.
        run_id: The run that it works for.
        lease_s: How long the claim is to be believed, in seconds.

    Raises:
        InfrastructureError: The storage fails; trying again may help.
        UsageError: The storage cannot be written.
    """
    mine = Claimed(storage=storage, job_key=job_key, worker=worker, run_id=run_id, lease_s=lease_s)
    for _ in range(_MOST_TRIES):
        number, last = _last_claim(storage, job_key)
        if last is not None and not _is_of(last, worker) and _stands(last):
            return _by_other(last)
        if _create(mine, number + 1, lease_s):
            break
    # Where none can be made the job is scored all the same: a claim is advice.
    return mine


def standing(storage: Storage, job_key: str) -> ClaimedByOther | None:
    """Who is at work on a job, as far as that is to be believed; `None` if nobody is.

    Raises:
        InfrastructureError: The storage fails; trying again may help.
    """
    _, last = _last_claim(storage, job_key)
    return _by_other(last) if last is not None and _stands(last) else None


def is_claim_name(name: str) -> bool:
    """Whether a file of that name in the folder of claims is one."""
    return _NAME.fullmatch(name) is not None


@contextmanager
def held(claimed: Claimed) -> Iterator[None]:
    """Keep a claim alive while the body runs, and give the job free at its end.

    A claim that is lost meanwhile, or that cannot be renewed, ends nothing: it is advice.
    """
    is_over = threading.Event()
    renewing = threading.Thread(
        target=_renew, args=(claimed, is_over), name="weighin-claim", daemon=True
    )
    renewing.start()
    try:
        yield
    finally:
        is_over.set()
        renewing.join()
        _follow_own(claimed, lease_s=0.0)


def _renew(claimed: Claimed, is_over: threading.Event) -> None:
    while not is_over.wait(claimed.lease_s / 3):
        if not _follow_own(claimed, lease_s=claimed.lease_s):
            return


def _follow_own(claimed: Claimed, *, lease_s: float) -> bool:
    """Follow the last claim with a further one; whether the job is still this worker's."""
    try:
        number, last = _last_claim(claimed.storage, claimed.job_key)
        if last is not None and (last.worker, last.process) != (claimed.worker, _this_process()):
            return False
        _create(claimed, number + 1, lease_s)
    except InfrastructureError:
        # The next renewal may succeed, and a lease that is not renewed only ends early.
        return True
    except (EvidenceError, UsageError):
        return False
    return True


def _create(claimed: Claimed, number: int, lease_s: float) -> bool:
    content = Claim(
        worker=claimed.worker,
        host=socket.gethostname(),
        process=_this_process(),
        run_id=claimed.run_id,
        until=_text(datetime.now(UTC) + timedelta(seconds=lease_s)),
    )
    key = f"{claimed.job_key}/{CLAIMS}/{number}.json"
    return claimed.storage.create(key, canonical_json(content.model_dump(mode="json")))


def _last_claim(storage: Storage, job_key: str) -> tuple[int, Claim | None]:
    """The highest number of a claim, -1 if there is none; the claim, `None` if it is malformed."""
    folder = f"{job_key}/{CLAIMS}/"
    names = (key.removeprefix(folder) for key in storage.list(folder))
    numbers = [int(m[1]) for m in map(_NAME.fullmatch, names) if m]
    most = len(numbers) + _MOST_AHEAD
    number = max((number for number in numbers if number <= most), default=-1)
    if number < 0:
        return number, None
    try:
        content = storage.read(f"{folder}{number}.json", max_bytes=_MAX_CLAIM_BYTES)
        found = None if content is None else _claim_of(content)
    except (EvidenceError, ValueError):
        return number, None
    return number, found


def _claim_of(content: bytes) -> Claim | None:
    found = Claim.model_validate_json(json.dumps(strict_json(content)))
    return found if found.format == CLAIM_FORMAT else None


def _is_of(found: Claim, worker: str) -> bool:
    """Whether a claim is of this worker: of this process, or of one that it takes the place of.

    Shells that one task of a queue starts have its name, and are no one worker while they live.
    """
    is_another_here = found.host == socket.gethostname() and found.process != _this_process()
    return found.worker == worker and not (is_another_here and _is_alive_here(found))


def _stands(found: Claim) -> bool:
    try:
        until = datetime.fromisoformat(found.until)
    except ValueError:
        return False
    if until.tzinfo is None:
        return False
    left = until - datetime.now(UTC)
    return timedelta(0) < left <= _LONGEST_LEASE and not _is_dead_here(found)


def _is_dead_here(found: Claim) -> bool:
    """Whether a claim is of a process of this machine that has ended."""
    return _lives_here(found) is False


def _is_alive_here(found: Claim) -> bool:
    """Whether a claim is of a process of this machine that has not ended."""
    return _lives_here(found) is True


def _lives_here(found: Claim) -> bool | None:
    """Whether the process of a claim lives; `None` if it is of elsewhere or cannot be asked for."""
    theirs, ours = _PROCESS.fullmatch(found.process), _PROCESS.fullmatch(_this_process())
    if theirs is None or ours is None:
        return None
    if (found.host, theirs[1]) != (socket.gethostname(), ours[1]):
        return None
    pid = int(theirs[2])
    try:
        os.kill(pid, 0)  # Asks whether it is there, and does nothing to it.
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return None
    state, started = _state_of(pid)
    return not (state in {"Z", "X"} or (started != "" and started != theirs[3]))


def _this_process() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except (OSError, ValueError):
        return ""
    pid = os.getpid()
    started = _state_of(pid)[1]
    return f"{boot}/{namespace}/{pid}/{started}" if started else ""


def _state_of(pid: int) -> tuple[str, str]:
    """State and start time of a process, as the kernel writes them; empty where it tells none."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return "", ""
    # The second field is a name in parentheses, which may hold spaces and parentheses.
    fields = told.rpartition(")")[2].split()
    return (fields[0], fields[19]) if len(fields) > 19 else ("", "")  # noqa: PLR2004  # starttime


def _by_other(found: Claim) -> ClaimedByOther:
    return ClaimedByOther(worker=found.worker, host=found.host, until=found.until)


def _text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
