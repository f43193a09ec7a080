"""One line of a journal of answers: written in one form, and read only in that form."""

import json
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, JsonValue

from weighin.evidence.watched import Looks
from weighin.files.canonical import canonical_json, sha256_hex, strict_json
from weighin.files.strict_model import StrictModel

JOURNAL_FORMAT: Final = "weighin.answers/1"
NOTHING_BEFORE = "0" * 64

_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_DIGEST = "sha256"


class Request(NamedTuple):
    """One request among all of a benchmark.

    Attributes:
        type: Request type of lm-eval.
        sha256: Digest of what is asked and of the settings with which it is.
        number: How many requests with this digest were asked before it: its repeat, from 0.
    """

    type: str
    sha256: str
    number: int


class JournalStart(StrictModel):
    """The first line: who answers.

    Attributes:
        format: Always `weighin.answers/1`.
        job_id: The job.
        attempt_id: The attempt.
        run_id: The run that it is part of.
        host: Name of the machine.
        time: When the first request was to be answered, RFC 3339, UTC.
        held: What the process held then, as text, by what it is called. Processes that hold the
            same give the same answers, apart from what is drawn and from rounding.
        settings: What may round numbers otherwise, for example the batch size.
        previous: Zeros.
    """

    format: Literal["weighin.answers/1"]
    job_id: str
    attempt_id: str
    run_id: str
    host: str
    time: str
    held: dict[str, str]
    settings: dict[str, JsonValue]
    previous: _Sha256


class JournalLine(StrictModel):
    """Any further line: what was answered together.

    Attributes:
        time: When, RFC 3339, UTC.
        type: Request type of lm-eval.
        requests: Of each request its digest.
        numbers: Of each request which one with its digest it is.
        answers: The answers, as whoever asked keeps them.
        random: States of random number generators after these answers, by what they draw for;
            empty if nothing was drawn.
        looks: How closely the process was watched until then; `None` if nothing watches it. What
            was seen to change is never followed by a line.
        previous: Digest of the line before.
    """

    time: str
    type: str
    requests: tuple[_Sha256, ...]
    numbers: tuple[Annotated[int, Field(ge=0)], ...]
    answers: tuple[JsonValue, ...]
    random: dict[str, str]
    looks: Looks | None
    previous: _Sha256


def encoded(line: JournalStart | JournalLine) -> tuple[bytes, str]:
    """The bytes of a line without its end, and its digest, which the next one names."""
    value = line.model_dump(mode="json")
    digest = sha256_hex(canonical_json(value))
    return canonical_json({**value, _DIGEST: digest}), digest


def decoded(raw: bytes, *, previous: str) -> tuple[JournalStart | JournalLine, str]:
    """The line in some bytes, and its digest.

    Args:
        raw: The bytes.
        previous: Digest of the line before; zeros for the first one.

    Raises:
        ValueError: It is no line that weighin wrote there; the message says why.
    """
    value = strict_json(raw)
    digest = value.pop(_DIGEST, None) if isinstance(value, dict) else None
    if not isinstance(value, dict) or digest is None:
        raise ValueError("expected a line with its digest")
    if sha256_hex(canonical_json(value)) != digest:
        raise ValueError("it is not what its digest says")
    if value.get("previous") != previous:
        raise ValueError("it does not follow the line before")
    if canonical_json({**value, _DIGEST: digest}) != raw:
        raise ValueError("it is not written as weighin writes it")
    kind = JournalStart if previous == NOTHING_BEFORE else JournalLine
    line = kind.model_validate_json(json.dumps(value))
    if isinstance(line, JournalLine) and not (
        len(line.requests) == len(line.numbers) == len(line.answers)
    ):
        raise ValueError("expected an answer to each request")
    return line, digest
