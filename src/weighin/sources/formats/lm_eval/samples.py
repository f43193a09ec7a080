"""The samples files of lm-eval: one line for each document and filter, read as a stream."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson
from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import DocumentHashes, DocumentScores, ScoreKey
from weighin.evidence.records import Record
from weighin.evidence.store import attempt_file
from weighin.files.canonical import sha256_hex
from weighin.files.json.foreign import (
    Json,
    as_list,
    as_mapping,
    as_number,
    as_text,
    in_brief,
    parsed,
)
from weighin.files.json.keys_twice import KeyTwice, keys_twice
from weighin.sources.formats.lm_eval.documents.answers import AnswerTally

# A few bytes of gzip can hold a line that no memory can.
_LONGEST_LINE_BYTES = 64 << 20
# A few bytes of gzip can hold as many lines as take hours; no benchmark has a tenth of these.
_MOST_LINES = 5_000_000
_MOST_ALTERED_NAMED = 3
# A sample is often longer than what Python reads ahead.
_BUFFER_BYTES = 1 << 18
_GZIP = b"\x1f\x8b"
# Made once: `json.dumps` makes one for every sample.
_SORTED = json.JSONEncoder(sort_keys=True)
_NOT_METRICS = frozenset(
    {
        "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics",
        "doc_hash", "prompt_hash", "target_hash",
    }
)  # fmt: skip


@dataclass(slots=True)
class SampleContent:
    """What a samples file holds.

    Attributes:
        documents: Distinct document ids.
        documents_by_filter: Document ids by filter.
        values: By (metric, filter): one entry a document, in the order of the file.
        document_hashes: lm-eval's `doc_hash` by document id.
        prompt_lines: By document id: its hash with the digest of all arguments of its requests.
            lm-eval's own `prompt_hash` covers the first context only, neither choices nor
            generation arguments.
        duplicates: Document ids that stand twice under one filter.
        altered: `document 3: target` for each part that lacks the hash that lm-eval wrote beside
            it; empty if hashes were not checked.
        twice: Keys that stand twice in a sample, by its line; empty if hashes were not checked.
        task_hash: lm-eval's own digest of the file, which also stands in its results file under
            `task_hashes`; `None` if a sample has no hashes.
        answers: What the generated answers look like.
    """

    documents: set[str] = field(default_factory=set)
    documents_by_filter: dict[str, set[str]] = field(default_factory=dict)
    values: dict[tuple[str, str], list[JsonValue]] = field(default_factory=dict)
    document_hashes: dict[str, str] = field(default_factory=dict)
    prompt_lines: dict[str, str] = field(default_factory=dict)
    duplicates: set[str] = field(default_factory=set)
    altered: list[str] = field(default_factory=list)
    twice: list[tuple[int, KeyTwice]] = field(default_factory=list)
    task_hash: str | None = None
    answers: AnswerTally = field(default_factory=AnswerTally)

    @property
    def documents_digest(self) -> str | None:
        """SHA-256 over the sorted document hashes; `None` if a document has none."""
        return _digest_of_lines(self.document_hashes, self.documents)

    @property
    def prompts_digest(self) -> str | None:
        """SHA-256 over the sorted (document, arguments) digests; `None` if one is missing."""
        return _digest_of_lines(self.prompt_lines, self.documents)


def _digest_of_lines(lines: Mapping[str, str], documents: set[str]) -> str | None:
    if not documents or set(lines) != documents:
        return None
    return sha256_hex("\n".join(sorted(lines.values())).encode())


def read_samples(path: Path, *, check_hashes: bool = False) -> SampleContent:
    """The content of a samples file (`.jsonl` or `.jsonl.gz`), read line by line.

    Args:
        path: The file.
        check_hashes: Whether to compute lm-eval's own hashes of each sample again. It more than
            doubles the time, and is of use only where no digest of the file is known.

    Raises:
        EvidenceError: The file cannot be read, is torn, or a line is no sample.
    """
    content = SampleContent()
    running = hashlib.sha256()
    is_hashed = True
    number = 0
    try:
        for line in lines_of(path):
            number += 1
            if not line.strip():
                continue
            value = parsed(line)
            sample = as_mapping(value)
            _add_sample(content, sample)
            hashes = [as_text(sample.get(f"{part}_hash")) for part in ("doc", "prompt", "target")]
            is_hashed = is_hashed and None not in hashes
            running.update("".join(text or "" for text in hashes).encode())
            if check_hashes:
                content.twice.extend((number, key) for key in keys_twice(line, value))
                content.altered.extend(
                    f"document {document_of(sample)}: {part}" for part in _without_its_hash(sample)
                )
    except KeyError as error:
        raise EvidenceError(f"{path}:{number}: expected a sample, found no key {error}") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}:{number}: expected a sample, found {in_brief(error)}") from (
            error
        )
    content.task_hash = running.hexdigest() if is_hashed and content.documents else None
    return content


def require_samples(path: Path) -> None:
    """Refuse a samples file that is torn or holds what is no sample; nothing in it is kept.

    Raises:
        EvidenceError: The file cannot be read, is torn, or a line is no sample.
    """
    try:
        for line in lines_of(path):
            if line.strip():
                as_mapping(parsed(line))["doc_id"]
    except KeyError as error:
        raise EvidenceError(f"{path}: expected a sample, found no key {error}") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected a sample, found {in_brief(error)}") from error


def read_document_scores(path: Path) -> dict[tuple[str, str], dict[str, float]]:
    """By (metric, filter): the score of each document that has a finite number, by its id.

    Without the metrics under which a document stands twice.

    Args:
        path: A samples file (`.jsonl` or `.jsonl.gz`), read line by line.

    Raises:
        EvidenceError: The file cannot be read, is torn, or a line is no sample.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    doubled: set[tuple[str, str]] = set()
    try:
        for line in lines_of(path):
            sample = as_mapping(parsed(line)) if line.strip() else {}
            for name in metrics_of(sample):
                key, document = (name, str(sample.get("filter", "none"))), document_of(sample)
                if document in found.setdefault(key, {}):
                    doubled.add(key)
                value = sample.get(name)
                score = float(value) if isinstance(value, bool) else as_number(value)
                if score is not None:
                    found[key][document] = score
    except KeyError as error:
        raise EvidenceError(f"{path}: expected a sample, found no key {error}") from error
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise EvidenceError(f"{path}: expected a sample, found {in_brief(error)}") from error
    return {key: scores for key, scores in found.items() if key not in doubled}


def document_scores_of(record: Record, folder: Path) -> DocumentScores:
    """Scores of single documents, from the samples files of lm-eval that a record names.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.

    Returns:
        Nothing of files that cannot be read: that is for `score-recomputes` to tell.
    """
    found: dict[ScoreKey, dict[str, float]] = {}
    for file in record.files:
        path = attempt_file(folder, file) if file.role == "samples" else None
        if path is None:
            continue
        with suppress(EvidenceError):
            for (metric, name), scores in read_document_scores(path).items():
                found[file.task, metric, name] = scores
    return found


def document_hashes_of(record: Record, folder: Path) -> DocumentHashes:
    """Hashes of the documents by task and id, from the samples files of lm-eval of a record.

    Args:
        record: The record.
        folder: The folder that its files are relative to, and lie in.

    Returns:
        Nothing of a task if one of its files cannot be read, or a document in it has no hash.
    """
    found: dict[str, dict[str, str]] = {}
    for file in record.files:
        path = attempt_file(folder, file) if file.role == "samples" else None
        if path is None:
            continue
        with suppress(EvidenceError):
            content = read_samples(path)
            if content.documents_digest is not None:
                found[file.task] = content.document_hashes
    return found


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a samples file, packed or not.

    Raises:
        ValueError: A line is longer than any sample, or there are more than any benchmark has.
    """
    with _opened(path) as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > _LONGEST_LINE_BYTES:
                raise ValueError(f"a line longer than {_LONGEST_LINE_BYTES} bytes")
            if number > _MOST_LINES:
                raise ValueError(f"more than {_MOST_LINES} lines")
            yield line


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    is_packed = path.suffix == ".gz" or (not path.suffix and _begins_packed(path))
    with gzip.open(path) if is_packed else path.open("rb", buffering=_BUFFER_BYTES) as stream:
        yield stream  # type: ignore[misc]  # GzipFile is an IO[bytes] in all but name


def _begins_packed(path: Path) -> bool:
    # A blob is named after its digest alone.
    with path.open("rb", buffering=0) as stream:
        return stream.read(len(_GZIP)) == _GZIP


def metrics_of(sample: Json) -> list[str]:
    """Names of the metrics of a sample; without a list of them, as in older logs, what is left."""
    metrics = sample.get("metrics")
    return (
        list(map(str, metrics)) if isinstance(metrics, list) else sorted(set(sample) - _NOT_METRICS)
    )


def document_of(sample: Json) -> str:
    """Id of the document of a sample, as text.

    Raises:
        KeyError: It is no sample.
    """
    name = sample["doc_id"]
    return str(name) if type(name) is int else json.dumps(name)


def _add_sample(content: SampleContent, sample: Json) -> None:
    document = document_of(sample)
    filter_name = str(sample.get("filter", "none"))
    of_filter = content.documents_by_filter.setdefault(filter_name, set())
    if document in of_filter:
        content.duplicates.add(document)
    of_filter.add(document)
    content.answers.add(sample, filter_name, is_new_document=document not in content.documents)
    content.documents.add(document)
    for name in metrics_of(sample):
        content.values.setdefault((name, filter_name), []).append(sample[name])
    if (doc_hash := as_text(sample.get("doc_hash"))) is not None:
        content.document_hashes[document] = doc_hash
        arguments = _SORTED.encode(sample.get("arguments")).encode()
        content.prompt_lines[document] = f"{doc_hash} {sha256_hex(arguments)}"


def _without_its_hash(sample: Json) -> Iterator[str]:
    """The parts of a sample whose hash, as lm-eval computes it, is not the one beside them.

    Source:
        lm-eval 0.4.13, evaluator.py: `doc_hash`, `prompt_hash`, `target_hash`.
    """
    stated = as_text(sample.get("doc_hash"))
    if stated is not None and "doc" in sample and not _is_hash_of(sample["doc"], stated):
        yield "doc"
    target = sample.get("target")
    texts = {
        "prompt": _first_prompt(sample),
        "target": target if isinstance(target, str) else None,
    }
    for part, text in texts.items():
        stated = as_text(sample.get(f"{part}_hash"))
        if text is not None and stated is not None and sha256_hex(text.encode()) != stated:
            yield part


def _is_hash_of(document: JsonValue, stated: str) -> bool:
    # orjson writes nearly always what the standard library writes, many times faster.
    try:
        if sha256_hex(orjson.dumps(document, option=orjson.OPT_INDENT_2)) == stated:
            return True
    except orjson.JSONEncodeError:
        pass  # a number that it cannot hold
    return sha256_hex(json.dumps(document, indent=2, ensure_ascii=False).encode()) == stated


def altered_in_words(content: SampleContent) -> str:
    """The samples that lack their hash: three of them by name, and how many more."""
    rest = len(content.altered) - _MOST_ALTERED_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"without its hash: {', '.join(content.altered[:_MOST_ALTERED_NAMED])}{more}"


def is_samples_file(path: Path) -> bool:
    """Whether the first line of a file is a sample of lm-eval."""
    try:
        line = next((line for line in lines_of(path) if line.strip()), b"{}")
        sample = as_mapping(parsed(line))
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return False
    return "doc_id" in sample and bool({"doc_hash", "resps", "filtered_resps"} & sample.keys())


def _first_prompt(sample: Json) -> str | None:
    """The first argument of the first request; `None` if it is a list of messages."""
    arguments = sample.get("arguments")
    if isinstance(arguments, dict):
        prompt = as_mapping(arguments.get("gen_args_0")).get("arg_0")
    else:
        prompt = next(iter(as_list(next(iter(as_list(arguments)), None))), None)
    return prompt if isinstance(prompt, str) else None
