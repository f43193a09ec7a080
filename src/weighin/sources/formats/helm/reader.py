"""The folder of a HELM run, read as one record: `run_spec.json` and the files beside it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.differences.documents.logged import LoggedTexts, no_texts
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import NOT_NAMED, Record, RunInfo
from weighin.files.bounded import require_scores
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import as_count, as_list, as_mapping, as_text, in_brief
from weighin.files.packed import as_it_lies
from weighin.identity.facets import Grade
from weighin.sources.formats.helm.documents import helm_documents
from weighin.sources.formats.helm.facets import asked_decoding, declared_facets
from weighin.sources.formats.helm.scores import (
    PER_INSTANCE_STATS,
    STATS,
    HelmScores,
    helm_scores,
    recompute_scores,
)
from weighin.sources.formats.helm.spec import HelmSpec, asked_digest, helm_spec
from weighin.sources.formats.helm.state import SCENARIO_STATE, HelmState, read_state
from weighin.sources.formats.reader import LoggedRecord, Reading, Signs, told_elsewhere
from weighin.sources.formats.record import foreign_question, foreign_record, foreign_run
from weighin.sources.formats.told_twice import told_twice

RUN_SPEC = "run_spec.json"
HARNESS = "HELM (version not recorded)"

_FORMAT = "HELM run"
# Files that mean nothing without the run spec.
_PARTS = frozenset({STATS, PER_INSTANCE_STATS, SCENARIO_STATE})
_COMPANIONS = (
    STATS, PER_INSTANCE_STATS, SCENARIO_STATE, "scenario.json", "instances.json",
    "display_predictions.json", "display_requests.json",
)  # fmt: skip
_SETTINGS = ("num_train_trials", "num_trials", "max_eval_instances", "method")


class HelmReader:
    """Folders of HELM runs, by their `run_spec.json`.

    The other files of a run are part of it where it lies beside them, and refused where it does
    not: none of them names the model in full.
    """

    signs: ClassVar[Signs] = {
        "the run_spec.json of a HELM run": ("adapter_spec", "scenario_spec", "name", "metric_specs")
    }

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is the run spec of a run, or another file of a run."""
        if file.name == RUN_SPEC:
            return not file.is_json() or _is_run_spec(file.json())
        if file.name not in _COMPANIONS:
            return False
        if _is_beside_run_spec(file):
            return True
        # The largest file of a run is not parsed only to refuse it.
        return file.name == SCENARIO_STATE or (
            file.name in _PARTS and file.is_json() and _is_part(file)
        )

    def read(self, file: ForeignFile) -> Reading:
        """One record, from the run spec; none from the other files of a run."""
        if file.name != RUN_SPEC:
            if not _is_beside_run_spec(file):
                raise EvidenceError(
                    f"{file.path}: expected the {RUN_SPEC} of its HELM run beside it, which names "
                    "the model and what was asked; found none; give the whole folder of the run"
                )
            return told_elsewhere(_FORMAT, file, f"the run of {RUN_SPEC} beside it")
        folder = file.path.parent
        notes: list[str] = []
        try:
            record = _record(file, folder, notes)
        except (ValueError, RecursionError) as error:
            raise EvidenceError(
                f"{file.path}: expected the run spec of a HELM run, found {in_brief(error)}"
            ) from error
        recompute = partial(
            recompute_scores, as_it_lies(folder / PER_INSTANCE_STATS), record.scores
        )
        return Reading(
            format=_FORMAT,
            records=(
                LoggedRecord(
                    record=record,
                    folder=folder,
                    recompute=recompute,
                    documents=partial(helm_documents, folder, record.asked.task),
                    texts=partial(_texts, file.path, record.asked.task),
                ),
            ),
            broken=tuple(_told_twice(folder, record)),
            companions=tuple(
                path for name in _COMPANIONS if (path := as_it_lies(folder / name)).is_file()
            ),
            notes=tuple(notes),
        )


def _texts(path: Path, task: str) -> LoggedTexts:
    """What the run spec says in full of what was asked; nothing if it can no longer be read."""
    try:
        spec = helm_spec(as_mapping(ForeignFile(path, str(path)).json()))
    except (EvidenceError, ValueError, RecursionError):
        return no_texts()
    return LoggedTexts(configurations={task: spec.asked}, facets={})


def _told_twice(folder: Path, record: Record) -> Iterator[BrokenFile]:
    """Keys that stand twice in the file beside the run spec from which scores are read."""
    path = as_it_lies(folder / STATS)
    file = ForeignFile(path, str(path))
    if file.path.is_file() and file.is_json():
        yield from told_twice(
            file.keys_twice(), file.shown, model=record.model, benchmark=record.asked.task
        )


def _is_run_spec(value: JsonValue) -> bool:
    document = as_mapping(value)
    return all(isinstance(document.get(key), dict) for key in ("adapter_spec", "scenario_spec"))


def _is_beside_run_spec(file: ForeignFile) -> bool:
    path = as_it_lies(file.place.with_name(RUN_SPEC))
    if not path.is_file():
        return False
    beside = ForeignFile(path, RUN_SPEC)
    return not beside.is_json() or _is_run_spec(beside.json())


def _is_part(file: ForeignFile) -> bool:
    """Whether a list is one of HELM's statistics, by its first row."""
    first = as_mapping(next(iter(as_list(file.json())), None))
    if file.name == PER_INSTANCE_STATS:
        return {"instance_id", "stats"} <= first.keys()
    return "count" in first and as_text(as_mapping(first.get("name")).get("name")) is not None


def _record(file: ForeignFile, folder: Path, notes: list[str]) -> Record:
    spec = helm_spec(as_mapping(file.json()))
    scores = _scores(file, folder, spec, notes)
    state = _state(file, folder, notes)
    documents = sum(scores.documents.values()) if scores.documents else None
    limit = spec.max_documents
    # HELM never says how many documents the benchmark has. Fewer than it would have taken are
    # all; where the limit was reached, that these were all is not shown.
    is_partial = limit is not None and (documents is None or documents >= limit)
    return foreign_record(
        spec.model or spec.deployment or NOT_NAMED,
        foreign_question(
            spec.task,
            config_digest=asked_digest(spec),
            dataset_path=as_text(as_mapping(spec.document.get("scenario_spec")).get("class_name")),
            documents_digest=None if state is None else state.documents_digest,
            prompts_digest=None if state is None else state.prompts_digest,
            num_fewshot=as_count(spec.adapter.get("max_train_instances")),
            documents_total=None if is_partial else documents,
            documents_scored=documents,
            decoding=asked_decoding(spec),
        ),
        _run(spec, scores, state),
        file=file.shown,
        observations=declared_facets(spec),
        scores=scores.scores,
        is_partial=is_partial,
        facts=(*_facts(spec, scores, state), *([_limit(limit)] if is_partial and limit else [])),
    )


def _limit(limit: int) -> Fact:
    return _fact(FactName.REACHED_LIMIT, limit, "/adapter_spec/max_eval_instances")


def _scores(file: ForeignFile, folder: Path, spec: HelmSpec, notes: list[str]) -> HelmScores:
    path = as_it_lies(folder / STATS)
    if not path.is_file():
        notes.append(f"{file.shown}: no {STATS} beside it, so that the HELM run has no score")
        return HelmScores()
    stats = ForeignFile(path, str(path)).json()
    if not isinstance(stats, list):
        raise EvidenceError(f"{path}: expected a list of statistics, found {type(stats).__name__}")
    require_scores([stats], path)
    return helm_scores(stats, spec.task, is_perturbed=spec.is_perturbed)


def _state(file: ForeignFile, folder: Path, notes: list[str]) -> HelmState | None:
    """The requests; `None` where they are not there, or too many to be held in memory."""
    path = as_it_lies(folder / SCENARIO_STATE)
    if not path.is_file():
        return None
    try:
        return read_state(path)
    except EvidenceError as error:
        notes.append(f"{file.shown}: its requests were passed over: {error}")
        return None


def _run(spec: HelmSpec, scores: HelmScores, state: HelmState | None) -> RunInfo:
    settings: dict[str, JsonValue] = {key: spec.adapter.get(key) for key in _SETTINGS}
    settings["run_name"] = as_text(spec.document.get("name"))
    settings["scores_not_finite"] = list(scores.not_finite)
    return foreign_run(
        HARNESS,
        started="" if state is None else state.started,
        finished="" if state is None else state.finished,
        settings=settings,
    )


def _facts(spec: HelmSpec, scores: HelmScores, state: HelmState | None) -> Iterator[Fact]:
    if asked := spec.deployment or spec.model:
        key = "model_deployment" if spec.deployment else "model"
        yield _fact(FactName.REQUESTED_MODEL, asked, f"/adapter_spec/{key}")
    if scores.finish_reasons:
        yield _fact(FactName.FINISH_REASONS, dict(scores.finish_reasons))
    if scores.output_tokens is not None:
        yield _fact(FactName.OUTPUT_TOKENS, scores.output_tokens)
    if state is not None:
        yield _fact(
            FactName.DISTINCT_OUTPUTS, {"distinct": state.distinct, "outputs": state.outputs}
        )
        yield _fact(FactName.ERRORS, {"errors": state.errors, "counted_as_wrong": None})


def _fact(name: FactName, value: JsonValue, pointer: str = "") -> Fact:
    return Fact(name=name, value=value, grade=Grade.DECLARED, pointer=pointer)
