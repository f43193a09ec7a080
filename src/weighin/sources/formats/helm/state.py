"""What HELM asked and was answered, request by request: `scenario_state.json`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import Json, as_list, as_mapping, as_number, as_text
from weighin.sources.formats.record import start_of

SCENARIO_STATE = "scenario_state.json"

# It holds every prompt and answer with all its tokens; parsed, some ten times as much.
MAX_STATE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HelmState:
    """The requests of a HELM run.

    Attributes:
        documents_digest: SHA-256 over the sorted digests of the documents; `None` without any.
        prompts_digest: SHA-256 over the sorted (document, prompt) digests; `None` without any.
        outputs: Number of answers.
        distinct: Number of distinct answers.
        errors: Number of requests that failed.
        started: When the first request was sent, RFC 3339; empty if unknown.
        finished: When the last one was; empty if unknown.
    """

    documents_digest: str | None
    prompts_digest: str | None
    outputs: int
    distinct: int
    errors: int
    started: str
    finished: str


def read_state(path: Path) -> HelmState:
    """The requests in a `scenario_state.json`.

    Raises:
        EvidenceError: It cannot be read, is too large, or is no such file.
    """
    document = as_mapping(ForeignFile(path, str(path), MAX_STATE_BYTES).json())
    states = [as_mapping(state) for state in as_list(document.get("request_states"))]
    if not states:
        raise EvidenceError(f"{path}: expected request_states, found none")
    outputs = [text for state in states for text in _outputs(state)]
    results = [as_mapping(state.get("result")) for state in states]
    moments = sorted(
        seconds
        for result in results
        if (seconds := as_number(result.get("request_datetime"))) is not None
    )
    try:
        documents = {sha256_hex(canonical_json(_document(state))) for state in states}
        prompts = {sha256_hex(canonical_json([_id(s), _prompt(s)])) for s in states}
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected documents as JSON, found {error}") from error
    return HelmState(
        documents_digest=_over(documents),
        prompts_digest=_over(prompts),
        outputs=len(outputs),
        distinct=len(set(outputs)),
        errors=sum(result.get("success") is False for result in results),
        started=_moment(moments[0]) if moments else "",
        finished=_moment(moments[-1]) if moments else "",
    )


def _over(digests: set[str]) -> str:
    return sha256_hex("\n".join(sorted(digests)).encode())


def _id(state: Json) -> JsonValue:
    return as_mapping(state.get("instance")).get("id")


def _document(state: Json) -> JsonValue:
    instance = as_mapping(state.get("instance"))
    return [instance.get(key) for key in ("id", "split", "input", "references")]


def _prompt(state: Json) -> JsonValue:
    request = as_mapping(state.get("request"))
    return [request.get(key) for key in ("prompt", "messages", "multimodal_prompt")]


def _outputs(state: Json) -> list[str]:
    completions = as_list(as_mapping(state.get("result")).get("completions"))
    return [as_text(as_mapping(completion).get("text")) or "" for completion in completions]


def _moment(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return start_of(moment)
