"""What one event of a ledger holds: in today's format, and in the lines of before."""

import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import orjson
from pydantic import Field, JsonValue

from weighin.errors import UsageError
from weighin.files.canonical import canonical_json, strict_json
from weighin.files.strict_model import StrictModel

EVENT_FORMAT: Final = "weighin.event/2"
FIRST_LINE_FOLLOWS = "0" * 64
RUN_STARTED = "run-started"
JOB_RETIRED = "job-retired"
LAST_SEQ = 99_999_999
MAX_EVENT_BYTES = 16 << 20

# A run id is the name of a folder, and of a chain beside those that are called as a file is.
_RUN_ID = r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}"
_LEDGER_FILE = re.compile(r"ledger(-[A-Za-z0-9._-]+)?\.jsonl")
_MARK = b'"format":"weighin.event/2"'
# Fewer brackets than that cannot be nested more deeply than JSON is read.
_MOST_BRACKETS = 100

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


# The event with which an attempt is about to ask, and says what answers and whose answers it takes.
ANSWERING = "benchmark-answering"
# The event with which it says how many answers are kept that might be others if asked for again.
KEPT = "answers-kept"
# The event with which an attempt has all answers, and nothing is written of what they score.
ANSWERED = "benchmark-answered"


class LedgerLine(StrictModel):
    """One event, as it was written before events had a format.

    Attributes:
        time: RFC 3339, UTC.
        event: `run-started`, `benchmark-started`, `benchmark-answering`, `answers-kept`,
            `benchmark-answered`, `benchmark-finished`, `benchmark-failed`, `benchmark-reused`,
            `run-finished`, `run-interrupted`, `worker-started`, `worker-finished` or
            `job-retired`.
        run_id: The `weighin run`, plan or `weighin retire` that wrote it.
        model: Name under which the scores are claimed.
        benchmark: The task; empty for events of the run.
        job_id: What was asked of which checkpoint; empty for events of the run.
        attempt_id: The attempt; empty for events of the run.
        detail: Facts of the event, for example `record_sha256`.
        previous: SHA-256 of the line before, without its newline; zeros for the first.
    """

    time: str
    event: str
    run_id: str
    model: str
    benchmark: str
    job_id: str
    attempt_id: str
    detail: dict[str, JsonValue]
    previous: str


class Event(LedgerLine):
    """One event. Its bytes are canonical JSON, the same in a line of a file and in an object.

    Attributes:
        format: Always `weighin.event/2`.
        previous: SHA-256 of the event before in the same run; zeros for its first.
        seq: Its number in its run, from 0.
        heads: In the first event of a run, and only there: by name of another chain, a run id or
            the file of older lines, the SHA-256 of the last event that was seen of it.
    """

    format: Literal["weighin.event/2"]
    run_id: Annotated[str, Field(pattern=rf"^{_RUN_ID}$")]
    previous: Sha256
    seq: Annotated[int, Field(ge=0, le=LAST_SEQ)]
    heads: dict[str, Sha256] | None = None

    def encoded(self) -> bytes:
        """Its bytes."""
        without = {"heads"} if self.heads is None else None
        return canonical_json(self.model_dump(mode="json", exclude=without))


def now() -> str:
    """The time as the ledger writes it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_run_id() -> str:
    """An id that no other run has, which begins with the time."""
    return f"{now().replace(':', '').replace('-', '')[:15]}Z-{secrets.token_hex(4)}"


def is_ledger_name(name: str) -> bool:
    """Whether a file of that name is a ledger: `ledger.jsonl`, or `ledger-….jsonl` beside it."""
    return _LEDGER_FILE.fullmatch(name) is not None


def is_run_id(run_id: str) -> bool:
    """Whether a run can have that id: a plain name that no file of lines has."""
    return re.fullmatch(_RUN_ID, run_id) is not None and not is_ledger_name(run_id)


def require_run_id(run_id: str) -> None:
    """Refuse an id that leads elsewhere: it may come from a plan that somebody else wrote.

    Raises:
        UsageError: No run can have it.
    """
    if not is_run_id(run_id):
        raise UsageError(
            f"run id {run_id[:200]!r}: expected up to 128 letters, digits, dots and dashes"
        )


def parsed(raw: bytes) -> LedgerLine | None:
    """The event in some bytes, an `Event` if they are of that format; `None` if it is none."""
    if len(raw) > MAX_EVENT_BYTES:
        return None
    try:
        if _MARK not in raw:
            return LedgerLine.model_validate(strict_json(raw))
        if raw.count(b"{") + raw.count(b"[") > _MOST_BRACKETS:
            strict_json(raw)
        value = orjson.loads(raw)
        event = Event.model_validate(value)
        # What has another order, a space or a key twice was not written by weighin, and may not be
        # one line. Only where that is in doubt are its numbers looked at.
        is_one_way = orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == raw
        is_canonical = is_one_way or canonical_json(value) == raw
    except (ValueError, TypeError, RecursionError):
        return None
    is_whole = (event.heads is not None) == (event.seq == 0) and not is_ledger_name(event.run_id)
    return event if is_canonical and is_whole else None
