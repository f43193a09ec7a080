"""The first documents of lm-eval's samples files, as they were asked and answered."""

import json
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.jobs.shown import Choice, Example
from weighin.evidence.records import Record
from weighin.evidence.store import attempt_file
from weighin.files.json.foreign import (
    Json,
    as_list,
    as_mapping,
    as_number,
    in_brief,
    parsed,
)
from weighin.sources.formats.lm_eval.samples import document_of, lines_of, metrics_of


def first_examples(
    record: Record, folder: Path, most: int
) -> tuple[tuple[Example, ...], tuple[str, ...]]:
    """The first documents behind a record; of a group, those of each sub-task.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.
        most: How many lines of each samples file are read.

    Returns:
        The documents, and sentences on what could not be read.
    """
    found: list[Example] = []
    notes: list[str] = []
    for file in record.files if most else ():
        path = attempt_file(folder, file) if file.role == "samples" else None
        if path is None:
            continue
        try:
            found.extend(examples_of(path, file.task, most))
        except EvidenceError as error:
            notes.append(str(error))
    return tuple(found), tuple(notes)


def examples_of(path: Path, task: str, most: int) -> tuple[Example, ...]:
    """The first documents of a samples file, one for each filter.

    Args:
        path: The file (`.jsonl` or `.jsonl.gz`), of which no more is read than is shown.
        task: The task that they belong to.
        most: How many lines of it are read.

    Raises:
        EvidenceError: The file cannot be read, is torn, or a line is no sample.
    """
    try:
        return tuple(
            _example(as_mapping(parsed(line)), task) for line in islice(_lines(path), max(0, most))
        )
    except KeyError as error:
        raise EvidenceError(f"{path}: expected a sample, found no key {error}") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected a sample, found {in_brief(error)}") from error


def _lines(path: Path) -> Iterator[bytes]:
    return (line for line in lines_of(path) if line.strip())


def _example(sample: Json, task: str) -> Example:
    requests = list(_requests(sample.get("arguments")))
    filtered = as_list(sample.get("filtered_resps"))
    choices = _choices(requests, filtered)
    texts = [text for text in filtered if isinstance(text, str)]
    known = [choice for choice in choices if choice.loglikelihood is not None]
    answer = texts[0] if texts and not choices else None
    if len(choices) > 1 and len(known) == len(choices):
        answer = max(known, key=lambda choice: choice.loglikelihood or 0.0).text
    target = sample.get("target")
    return Example(
        task=task,
        document=document_of(sample),
        filter=str(sample.get("filter", "none")),
        prompt=_text(requests[0][0]) if requests and requests[0] else "",
        choices=choices,
        responses=() if choices else tuple(_responses(sample.get("resps"))),
        answer=answer,
        target=None if target is None else _text(target),
        scores=dict(_scores(sample)),
    )


def _requests(arguments: JsonValue) -> Iterator[list[JsonValue]]:
    """The arguments of each request; lists in older logs, objects in newer ones."""
    if isinstance(arguments, dict):
        yield from (list(as_mapping(request).values()) for request in arguments.values())
    else:
        yield from (as_list(request) for request in as_list(arguments))


def _choices(requests: list[list[JsonValue]], filtered: list[JsonValue]) -> tuple[Choice, ...]:
    """What was weighed as ends of the prompt, or itself; nothing where text was generated."""
    likelihoods = [_likelihood(response) for response in filtered]
    likelihoods += [None] * (len(requests) - len(likelihoods))
    return tuple(
        Choice(text=end, loglikelihood=likelihood)
        for end, likelihood in zip(map(_end, requests), likelihoods, strict=False)
        if end is not None
    )


def _end(request: list[JsonValue]) -> str | None:
    """What was weighed behind the prompt: nothing where it was weighed itself; `None` for none."""
    if len(request) == 1:
        return ""
    end = request[1] if request else None
    return end if isinstance(end, str) else None


def _likelihood(response: JsonValue) -> float | None:
    value = response[0] if isinstance(response, list) and response else response
    try:
        # lm-eval writes numbers of requests as texts, so that none of their digits is lost.
        return as_number(float(value) if isinstance(value, str) else value)
    except ValueError:
        return None


def _responses(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _responses(item)
    elif value is not None:
        yield _text(value)


def _scores(sample: Json) -> Iterator[tuple[str, float]]:
    for name in metrics_of(sample):
        value = sample.get(name)
        score = float(value) if isinstance(value, bool) else as_number(value)
        if score is not None:
            yield name, score


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
