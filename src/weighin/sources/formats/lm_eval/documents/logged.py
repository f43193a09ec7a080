"""The documents in lm-eval's samples files, as each was asked and answered."""

import json
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.differences.documents.logged import LoggedDocument, LoggedTexts, no_texts
from weighin.evidence.records import Record
from weighin.evidence.store import attempt_file
from weighin.files.bounded import MAX_RESULTS_BYTES, read_foreign_file
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import Json, as_list, as_mapping, as_number, as_text, parsed
from weighin.identity.facets import Facet
from weighin.sources.formats.lm_eval.samples import document_of, lines_of, metrics_of

_SCHEME = "doc_hash of lm-eval"
_COMPUTED = "the document in samples of lm-eval"
_PAIR = 2


def logged_documents(record: Record, folder: Path) -> Iterator[LoggedDocument]:
    """The documents behind a record, one for each filter, in the order of its samples files.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.

    Returns:
        What can be read: where a file is torn, those before.
    """
    for file in record.files:
        path = attempt_file(folder, file) if file.role == "samples" else None
        if path is None:
            continue
        try:
            for line in lines_of(path):
                if line.strip():
                    yield _document(as_mapping(parsed(line)), file.task)
        except (KeyError, OSError, EOFError, zlib.error, ValueError, RecursionError):
            # That it is damaged is told where its digests and scores are checked.
            continue


def logged_texts(record: Record, folder: Path) -> LoggedTexts:
    """What the results file beside a record says in full.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.
    """
    for file in record.files:
        path = attempt_file(folder, file) if file.role == "results" else None
        if path is not None:
            return texts_in(path)
    return no_texts()


def texts_in(path: Path) -> LoggedTexts:
    """What a results file of lm-eval says in full; nothing if it cannot be read."""
    try:
        state = path.stat()
    except OSError:
        return no_texts()
    return _texts(path, state.st_mtime_ns, state.st_size)


# The records of one file are asked one after the other, in two files at a time.
@lru_cache(maxsize=2)
def _texts(path: Path, _mtime_ns: int, _size_bytes: int) -> LoggedTexts:
    try:
        results = as_mapping(parsed(read_foreign_file(path, max_bytes=MAX_RESULTS_BYTES)))
    except (EvidenceError, ValueError, RecursionError):
        return no_texts()
    facets = {
        facet: text
        for facet, key in (
            (Facet.CHAT_TEMPLATE, "chat_template"),
            (Facet.SYSTEM_PROMPT, "system_instruction"),
        )
        if (text := as_text(results.get(key)))
    }
    return LoggedTexts(configurations=as_mapping(results.get("configs")), facets=facets)


def _document(sample: Json, task: str) -> LoggedDocument:
    filter_name = str(sample.get("filter", "none"))
    stated = as_text(sample.get("doc_hash"))
    scores: dict[tuple[str, str], float] = {}
    for name in metrics_of(sample):
        value = sample.get(name)
        score = float(value) if isinstance(value, bool) else as_number(value)
        if score is not None:
            scores[name, filter_name] = score
    requests = _requests(sample.get("arguments"))
    return LoggedDocument(
        task=task,
        name=document_of(sample),
        digest=stated or sha256_hex(json.dumps(sample.get("doc"), sort_keys=True).encode()),
        scheme=_COMPUTED if stated is None else _SCHEME,
        prompt=_prompt(requests),
        answer=_answer(sample, requests),
        scores=scores,
    )


def _requests(arguments: JsonValue) -> list[list[JsonValue]]:
    """The arguments of each request, in order; lists in older logs, objects in newer ones."""
    if isinstance(arguments, dict):
        return [list(as_mapping(request).values()) for request in arguments.values()]
    return [as_list(request) for request in as_list(arguments)]


def _prompt(requests: list[list[JsonValue]]) -> str | None:
    """The context, then what was to follow it; each context anew where they differ."""
    lines: list[str] = []
    before: str | None = None
    for request in requests:
        texts = [value for value in request if isinstance(value, str)]
        if not texts:
            continue
        if texts[0] != before:
            lines.append(_readable(texts[0]))
            before = texts[0]
        lines.extend(f"→ {text}" for text in texts[1:])
    return "\n".join(lines) if lines else None


def _readable(context: str) -> str:
    """A context; of a chat, which lm-eval writes as JSON, a message after the other."""
    if not context.startswith("[{"):
        return context
    try:
        messages = as_list(parsed(context.encode()))
    except (ValueError, RecursionError):
        return context
    told = [as_mapping(message) for message in messages]
    if not all(isinstance(message.get("role"), str) for message in told):
        return context
    return "\n".join(f"{message['role']}: {message.get('content')}" for message in told)


def _likelihood(value: JsonValue) -> float | None:
    """A log-likelihood, which lm-eval writes as text; `None` if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return as_number(value)


def _answer(sample: Json, requests: list[list[JsonValue]]) -> str | None:
    """What was generated, after the filter; else the choice of the highest likelihood."""
    filtered = as_list(sample.get("filtered_resps"))
    texts = [text for text in filtered if isinstance(text, str)]
    if texts:
        return "\n".join(texts)
    likelihoods = [_likelihood(next(iter(as_list(response)), None)) for response in filtered]
    known = [value for value in likelihoods if value is not None]
    if len(known) < _PAIR or len(known) < len(requests):
        return None
    chosen = requests[likelihoods.index(max(known))]
    texts = [value for value in chosen if isinstance(value, str)]
    return texts[-1] if len(texts) >= _PAIR else None
