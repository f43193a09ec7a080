"""Results of EvalPlus (`….eval_results.json`), read as a record for each of its test suites."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, NamedTuple

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import NOT_NAMED, Observation, Score
from weighin.files.bounded import require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_list,
    as_mapping,
    as_number,
    as_text,
    pointer_part,
)
from weighin.identity.facets import Facet
from weighin.sources.formats.evalplus.pass_at_k import (
    ENDING,
    SIGNS,
    is_pass_at_k,
    record_of_scores,
)
from weighin.sources.formats.facets import (
    Ways,
    answers_per_document,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
)
from weighin.sources.formats.passes import Passes, k_of
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, told_elsewhere
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
    refusing,
)

EVALPLUS = "EvalPlus (version not recorded)"
BIGCODEBENCH = "BigCodeBench (version not recorded)"

_NAME = re.compile(r"(?P<answers>.+?)?[._]?eval_results\.json")
# `<model>_<backend>_temp_<temperature>`, where `/` in the model became `--`.
_ANSWERS = re.compile(
    r"(?P<model>.+?)"
    r"(?:_(?P<backend>hf|vllm|openai|anthropic|google|bedrock|ollama|gptqmodel|mistral))?"
    r"_temp_(?P<temperature>\d+(?:\.\d+)?)(?:-sanitized)?"
)
# `<model>--main--bigcodebench-<split>--<backend>-<temperature>-<answers>-sanitized_calibrated`.
_ANSWERS_OF_BIGCODEBENCH = re.compile(
    r"(?P<model>.{1,200}?)(?:--[\w.]{1,60})?--bigcodebench(?:-hard)?-(?P<split>\w+)--(?P<backend>\w+)"
    r"-(?P<temperature>\d+(?:\.\d+)?)-\d.*"
)
_SERVED = frozenset({"openai", "anthropic", "google", "bedrock", "ollama", "mistral"})
_TASKS = {"HumanEval": "humaneval", "Mbpp": "mbpp", "BigCodeBench": "bigcodebench"}
_PASS = frozenset({"pass", "success"})
_KS = (1, 10, 100)


class _Named(NamedTuple):
    """What the names of files and folders say; empty or `None` where they do not."""

    model: str = ""
    backend: str = ""
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    """The tests of one suite on all answers.

    Attributes:
        name: `base`, or `plus` for all tests.
        task: The benchmark.
        passes: What they said.
    """

    name: str
    task: str
    passes: Passes


class EvalPlusReader:
    """Results of EvalPlus of every version since 2023, and of BigCodeBench."""

    signs: ClassVar[Signs] = {
        "EvalPlus results": ("date", "hash", "eval"),
        "BigCodeBench scores": SIGNS,
    }

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is JSON with the outcome of tests by document, or BigCodeBench's scores."""
        if not file.is_json():
            return False
        document = as_mapping(file.json())
        if is_pass_at_k(document):
            return True
        outcomes = as_mapping(document.get("eval"))
        first = next(iter(outcomes.values()), None)
        return "date" in document and _answers_of(first) is not None

    def read(self, file: ForeignFile) -> Reading:
        """A record for the tests of the benchmark, and one for these and EvalPlus's own."""
        document = as_mapping(file.json())
        if is_pass_at_k(document):
            return _of_scores(file)
        suites = tuple(_suites(file, as_mapping(document.get("eval"))))
        told = _named(file)
        with refusing(file, "results of EvalPlus"):
            records = tuple(_record(file, document, told, suite) for suite in suites)
        name = "BigCodeBench results" if _is_bigcodebench(suites) else "EvalPlus results"
        return Reading(format=name, records=records, companions=tuple(_beside(file)))


def _of_scores(file: ForeignFile) -> Reading:
    """BigCodeBench's scores, which are those of the results beside them, if these are there."""
    answers = file.name.removesuffix(ENDING)
    results = f"{answers}_eval_results.json"
    if results in file.names_beside():
        return told_elsewhere("BigCodeBench scores", file, f"{results} beside it")
    record = record_of_scores(file, BIGCODEBENCH)
    return Reading(format="BigCodeBench scores", records=(record,))


def _beside(file: ForeignFile) -> Iterator[Path]:
    """The answers, of which the results were made, and BigCodeBench's scores; none is opened."""
    found = _NAME.fullmatch(file.name)
    answers = found["answers"] if found is not None else None
    names = {f"{answers}{ending}" for ending in (".jsonl", ".raw.jsonl", ENDING)}
    yield from (file.path.with_name(name) for name in sorted(names & file.names_beside()))


def _is_bigcodebench(suites: Iterable[_Suite]) -> bool:
    return any(suite.task.startswith(_TASKS["BigCodeBench"]) for suite in suites)


def _answers_of(outcome: JsonValue) -> tuple[tuple[str, str | None], ...] | None:
    """What the tests said of each answer to a document, by suite; `None` if it is no such thing.

    Each is a pair: by the benchmark's own tests, and by EvalPlus's, `None` if these did not run.
    """
    if isinstance(outcome, dict):
        return _answers_of_2023(outcome)
    found: list[tuple[str, str | None]] = []
    for answer in as_list(outcome):
        entry = as_mapping(answer)
        base = as_text(entry.get("base_status", entry.get("status")))
        if base is None or "solution" not in entry:
            return None
        found.append((base, as_text(entry.get("plus_status"))))
    return tuple(found) or None


def _answers_of_2023(outcome: Json) -> tuple[tuple[str, str | None], ...] | None:
    """Of an older file: pairs of a status and details, in a list for each suite."""
    base, plus = (
        [as_text((as_list(pair) or [None])[0]) for pair in as_list(outcome.get(name))]
        for name in ("base", "plus")
    )
    if not base or None in base or (plus and (None in plus or len(plus) != len(base))):
        return None
    return tuple((status or "", plus[place] if plus else None) for place, status in enumerate(base))


def _suites(file: ForeignFile, outcomes: Json) -> Iterator[_Suite]:
    base: dict[str, tuple[int, int]] = {}
    plus: dict[str, tuple[int, int]] = {}
    for document, outcome in outcomes.items():
        answers = _answers_of(outcome)
        if answers is None:
            raise EvidenceError(
                f"{file.path}: /eval/{pointer_part(document)}: expected the status of each answer"
            )
        base[document] = (len(answers), sum(own in _PASS for own, _ in answers))
        if all(status is not None for _, status in answers):
            right = sum(own in _PASS and more in _PASS for own, more in answers)
            plus[document] = (len(answers), right)
    kinds = {document.partition("/")[0] for document in base}
    kind = kinds.pop() if len(kinds) == 1 else ""
    task = _TASKS.get(kind, kind or "code")
    yield _Suite(name="base", task=task, passes=Passes(by_document=base))
    if plus:
        yield _Suite(name="plus", task=f"{task}+", passes=Passes(by_document=plus))


def _named(file: ForeignFile) -> _Named:
    found = _NAME.fullmatch(file.name)
    # A folder of answers has its results inside, and they are named alike everywhere.
    answers = (found["answers"] if found else None) or file.path.absolute().parent.name
    parts = _ANSWERS.fullmatch(answers) or _ANSWERS_OF_BIGCODEBENCH.fullmatch(answers)
    if parts is not None:
        return _Named(
            parts["model"].replace("--", "/"),
            parts["backend"] or "",
            as_number(float(parts["temperature"])),
        )
    return _Named(answers if found is not None and found["answers"] else "")


def _record(file: ForeignFile, document: Json, told: _Named, suite: _Suite) -> LoggedRecord:
    harness = BIGCODEBENCH if _is_bigcodebench([suite]) else EVALPLUS
    how = Ways(producer=harness, is_served=told.backend in _SERVED)
    require_scores(as_mapping(document.get("pass_at_k")).values(), file.path)
    scores, odd = _scores(document, suite)
    decoding: dict[str, JsonValue] = {}
    if told.temperature is not None:
        decoding["temperature"] = told.temperature
    settings: dict[str, JsonValue] = {
        "date": as_text(document.get("date")) or "not stated",
        "scores_not_finite": list(odd),
    }
    record = foreign_record(
        told.model or NOT_NAMED,
        foreign_question(
            suite.task,
            # EvalPlus's digest of the benchmark with its tests.
            task_version=as_text(document.get("hash")),
            documents_scored=len(suite.passes.by_document),
            decoding=decoding,
        ),
        foreign_run(harness, settings=settings, engine=told.backend),
        file=file.shown,
        pointer=f"/pass_at_k/{suite.name}" if "pass_at_k" in document else "/eval",
        observations=_observations(told, suite, how, decoding),
        scores=scores,
    )
    return LoggedRecord(
        record=record,
        folder=file.path.parent,
        recompute=partial(suite.passes.recompute, scores),
    )


def _observations(
    told: _Named, suite: _Suite, how: Ways, decoding: Json
) -> tuple[Observation, ...]:
    name = told.model or NOT_NAMED
    return every_facet(
        (
            observed(
                Facet.WEIGHTS,
                how,
                named(told.model),
                summary=f"only the name of the file: {name}" if told.model else NOT_NAMED,
            ),
            observed(Facet.DECODING, how, set_alike(decoding), summary=in_words(decoding)),
            observed(Facet.ENGINE, how, named(told.backend)),
            answers_per_document(suite.passes.answers, how, "/eval"),
        ),
        how,
    )


def _scores(document: Json, suite: _Suite) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The scores as they are written; of older files, which hold none, as EvalPlus prints them."""
    written = as_mapping(as_mapping(document.get("pass_at_k")).get(suite.name))
    odd = [
        f"{metric}: {value}"[:80]
        for metric, value in written.items()
        if as_number(value) is None or k_of(metric) is None
    ]
    if "pass_at_k" not in document:
        computed = ((f"pass@{k}", suite.passes.value(k)) for k in _KS)
        written = {metric: value for metric, value in computed if value is not None}
    documents = as_count(len(suite.passes.by_document))
    return tuple(
        foreign_score(suite.task, metric, number, aggregation=metric, documents=documents)
        for metric, value in written.items()
        if (number := as_number(value)) is not None and k_of(metric) is not None
    ), tuple(odd)
