"""A results file that plain lm-eval wrote, read as records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import (
    NOT_NAMED,
    Asked,
    FileDigest,
    Observation,
    Record,
    RunInfo,
    Score,
)
from weighin.evidence.store import file_digest
from weighin.files.bounded import require_rows, require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import (
    Json,
    as_count,
    as_mapping,
    as_number,
    as_text,
    in_brief,
    pointer_part,
)
from weighin.identity.facets import Grade
from weighin.sources.arguments.meanings import LIMITS
from weighin.sources.formats.lm_eval.arguments import ModelArguments, model_arguments
from weighin.sources.formats.lm_eval.documents.answers import facts_of_answers, missing_documents
from weighin.sources.formats.lm_eval.documents.logged import texts_in
from weighin.sources.formats.lm_eval.documents.order import is_reordered
from weighin.sources.formats.lm_eval.facets import facets_of_benchmark, facets_of_run, output_types
from weighin.sources.formats.lm_eval.facts import facts_of_run
from weighin.sources.formats.lm_eval.names import samples_beside, stamp_of
from weighin.sources.formats.lm_eval.results import (
    asked_of,
    documents_of,
    harness_of,
    leaves_of,
    passed_over_of,
    scores_of,
)
from weighin.sources.formats.lm_eval.samples import SampleContent, altered_in_words, read_samples
from weighin.sources.formats.reader import LoggedRecord, MadeRecords, Reading, Signs
from weighin.sources.formats.record import foreign_question, foreign_record, foreign_run, start_of
from weighin.sources.formats.told_twice import told_twice

_SETTINGS = (
    "batch_size", "device", "limit", "random_seed", "numpy_seed", "torch_seed", "fewshot_seed",
    "use_cache",
)  # fmt: skip
_MOST_DIGITS = 12


def is_lm_eval_log(value: JsonValue) -> bool:
    """Whether a JSON document is a results file of lm-eval, of any version."""
    document = as_mapping(value)
    return (
        isinstance(document.get("results"), dict)
        and bool({"versions", "configs"} & document.keys())
        # LightEval descends from lm-eval and kept some of its keys.
        and "config_general" not in document
    )


class LmEvalReader:
    """Results files of lm-eval, of every version since 2021, with the samples files beside them."""

    signs: ClassVar[Signs] = {"lm-eval results": ("results", "configs", "versions", "config")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is one, or is named like one and holds no JSON at all."""
        if file.suffix != ".json":
            return False
        if not file.is_json():
            return file.name.startswith("results_")
        return is_lm_eval_log(file.json())

    def read(self, file: ForeignFile) -> Reading:
        """A record for every task and group, made when it is asked for."""
        try:
            document = file.json()
        except EvidenceError as error:
            raise EvidenceError(
                str(error).replace("expected JSON", "expected a results file of lm-eval")
            ) from error
        log = LmEvalLog(file, as_mapping(document))
        return Reading(
            format="lm-eval results",
            records=log.records,
            companions=tuple(log.samples_paths.values()),
            representative=log.of_model if log.tasks else None,
        )


class LmEvalLog:
    """A results file of lm-eval and the samples files beside it: a record for every task and group.

    A record, and the samples behind it, are read when the record is asked for.
    """

    def __init__(self, file: ForeignFile, results: Json) -> None:
        """The log in a file, whose JSON is `results`."""
        self.path = file.path
        self.place = file.place
        self.shown = file.shown
        self.results = results
        self.tasks = tuple(as_mapping(results.get("results")))
        require_rows(len(self.tasks), "tasks", file.path)
        require_scores(as_mapping(results.get("results")).values(), file.path)
        self.samples_paths = samples_beside(file.place, self.tasks, file.names_beside())
        self._samples: dict[str, SampleContent] = {}
        self._facets: dict[frozenset[str], tuple[Observation, ...]] = {}

    @property
    def records(self) -> MadeRecords:
        """A record for every task and group."""
        return MadeRecords(len(self.tasks), lambda index: self._read(self.tasks[index]))

    @cached_property
    def _model(self) -> ModelArguments:
        return model_arguments(self.results)

    @cached_property
    def _of_run(self) -> tuple[Observation, ...]:
        return facets_of_run(self.results, self._model)

    @cached_property
    def _facts(self) -> tuple[Fact, ...]:
        return facts_of_run(self.results, self._model)

    def _of_benchmark(self, task: str) -> tuple[Observation, ...]:
        kind = frozenset(output_types(self.results, task))
        if not kind or "generate_until" in kind:
            return facets_of_benchmark(self.results, task, self._model)
        # Benchmarks without generated text say the same, and a log may have thousands.
        if kind not in self._facets:
            self._facets[kind] = facets_of_benchmark(self.results, task, self._model)
        return self._facets[kind]

    @cached_property
    def _run(self) -> RunInfo:
        return _run(self.results, self._model, stamp_of(self.place))

    def of_model(self) -> LoggedRecord:
        """A record of what the log says of the model, without scores and what was asked.

        It is of a task, not of a group of many. No samples are read for it.

        Raises:
            EvidenceError: The file is damaged.
        """
        configs = as_mapping(self.results.get("configs"))
        task = next((task for task in self.tasks if task in configs), self.tasks[0])
        with self._refusing():
            record = self._recorded(task, foreign_question(task), self._run)
            return LoggedRecord(record=record, folder=self.path.parent)

    def _read(self, task: str) -> LoggedRecord:
        with self._refusing():
            return LoggedRecord(
                record=self._record(task),
                folder=self.path.parent,
                broken=tuple(self._broken(task)),
                notes=tuple(self._notes(task)),
                texts=partial(texts_in, self.path),
            )

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{self.path}: expected a results file of lm-eval, found {in_brief(error)}"
            ) from error

    def _record(self, task: str) -> Record:
        results = self.results
        leaves = leaves_of(results, task)
        scores, odd = _scores(results, (task, *(leaf for leaf in leaves if leaf != task)))
        samples = {leaf: self._content(leaf) for leaf in leaves if leaf in self.samples_paths}
        run = self._run
        if odd:
            settings = {**run.settings, "scores_not_finite": list(odd)}
            run = run.model_copy(update={"settings": settings})
        facts = (*self._facts, *self._facts_of_samples(task, samples), *_limits(results, task))
        return self._recorded(task, asked_of(results, task, samples), run, scores, facts)

    def _recorded(
        self,
        task: str,
        asked: Asked,
        run: RunInfo,
        scores: tuple[Score, ...] = (),
        facts: tuple[Fact, ...] = (),
    ) -> Record:
        results, model = self.results, self._model
        return foreign_record(
            _model_name(results, model),
            asked,
            run,
            file=self.shown,
            pointer=f"/results/{pointer_part(task)}",
            observations=(*self._of_run, *self._of_benchmark(task)),
            scores=scores,
            is_partial=_is_partial(results, task),
            files=self._files(leaves_of(results, task)),
            facts=facts,
        )

    def _facts_of_samples(self, task: str, samples: Mapping[str, SampleContent]) -> Iterator[Fact]:
        if len(samples) < len(leaves_of(self.results, task)):
            return
        yield from facts_of_answers([content.answers for content in samples.values()])
        if task in samples and not _is_partial(self.results, task):
            total, _ = documents_of(self.results, task)
            if (missing := missing_documents(samples[task].documents, total)) is not None:
                yield missing

    def _content(self, task: str) -> SampleContent:
        if task not in self._samples:
            self._samples[task] = read_samples(self.samples_paths[task], check_hashes=True)
        return self._samples[task]

    def _files(self, leaves: tuple[str, ...]) -> Iterator[FileDigest]:
        """Where the samples lie. Their digests are of today: nothing vouches for an earlier one."""
        for leaf in leaves:
            if (path := self.samples_paths.get(leaf)) is not None:
                yield file_digest(path, role="samples", task=leaf, relative_to=self.path.parent)

    def _notes(self, task: str) -> Iterator[str]:
        """What stands among the scores of a task and is none."""
        if passed_over := passed_over_of(self.results, task):
            yield f"{self.shown}: {passed_over}; passed over"

    def _broken(self, task: str) -> Iterator[BrokenFile]:
        """The samples file of the task itself; those behind a group belong to their own tasks."""
        if task not in self.samples_paths:
            return
        found = _contradiction(self.results, task, self._content(task), self.samples_paths[task])
        shown = str(Path(self.shown).parent / self.samples_paths[task].name)
        if found is not None:
            yield BrokenFile(
                file=shown,
                benchmark=task,
                expected="the hashes that lm-eval wrote",
                found=found,
            )
        for line, key in self._content(task).twice:
            yield from told_twice([key], shown, benchmark=task, at=f"/{line}")


def _contradiction(results: Json, task: str, content: SampleContent, path: Path) -> str | None:
    """How a samples file contradicts lm-eval's hashes in it, or in the results file."""
    if content.altered:
        return altered_in_words(content)
    stated = as_text(as_mapping(results.get("task_hashes")).get(task))
    if stated is not None and content.task_hash is not None and stated != content.task_hash:
        if is_reordered(path, stated):
            return None
        return (
            f"other samples than those of the results: their digest is {content.task_hash[:12]}, "
            f"task_hashes of the results file says {stated[:12]}"
        )
    return None


def _scores(results: Json, names: tuple[str, ...]) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    scores: list[Score] = []
    odd: list[str] = []
    for name in names:
        found, not_finite = scores_of(results, name)
        scores.extend(found)
        odd.extend(f"{name}: {text}" for text in not_finite)
    return tuple(scores), tuple(odd)


def _is_partial(results: Json, task: str) -> bool:
    total, asked_for = documents_of(results, task)
    if total is not None and asked_for is not None:
        return asked_for < total
    return as_mapping(results.get("config")).get("limit") is not None


def _model_name(results: Json, model: ModelArguments) -> str:
    """What was loaded, as lm-eval files it: a backend is nobody's name."""
    filed = as_text(results.get("model_name")) or ""
    if filed == model.backend and filed not in model.values.values():
        filed = ""
    return filed or model.name or NOT_NAMED


def _limits(results: Json, task: str) -> Iterator[Fact]:
    """The limit that was set, where the file does not say how many documents the task has."""
    limit = as_number(as_mapping(results.get("config")).get("limit"))
    # Below 1 it is a share, which is a part whatever the task has.
    if limit is not None and limit >= 1 and None in documents_of(results, task):
        yield Fact(
            name=FactName.REACHED_LIMIT,
            value=int(limit),
            grade=Grade.DECLARED,
            pointer="/config/limit",
        )


def _run(results: Json, model: ModelArguments, stamp: str) -> RunInfo:
    config = as_mapping(results.get("config"))
    settings: dict[str, JsonValue] = {key: config[key] for key in _SETTINGS if key in config}
    settings["scores_not_finite"] = []
    if (limit := _longest_input(results, model)) is not None:
        settings["max_length"] = limit
    if stamp:
        settings["file_stamp"] = stamp
    transformers = as_text(results.get("transformers_version"))
    is_transformers = transformers is not None and model.is_transformers
    return foreign_run(
        harness_of(results),
        started=_started(results),
        engine=f"transformers {transformers}" if is_transformers else model.backend,
        versions={} if transformers is None else {"transformers": transformers},
        settings=settings,
    )


def _longest_input(results: Json, model: ModelArguments) -> int | None:
    """The longest input in tokens as lm-eval logs it, else as it was asked for."""
    asked = (model.values.get(name, "") for name in sorted(LIMITS))
    digits = (int(text) for text in asked if text.isdecimal() and len(text) <= _MOST_DIGITS)
    return as_count(results.get("max_length")) or next(digits, None)


def _started(results: Json) -> str:
    """When lm-eval says that it started; empty if it does not say."""
    seconds = results.get("date")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return ""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return start_of(moment)
