"""A samples file of lm-eval without its results file, read as a record."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.collected import BrokenFile
from weighin.evidence.facts import Fact
from weighin.evidence.records import NOT_NAMED, Asked, Record, Score
from weighin.evidence.store import file_digest
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import in_brief
from weighin.identity.facets import Facet
from weighin.sources.formats.facets import every_facet, named, observed
from weighin.sources.formats.lm_eval.documents.answers import facts_of_answers
from weighin.sources.formats.lm_eval.names import is_samples_name, model_of_folder, task_and_stamp
from weighin.sources.formats.lm_eval.recompute import closed_form
from weighin.sources.formats.lm_eval.results import DEFAULT_AGGREGATION
from weighin.sources.formats.lm_eval.samples import (
    SampleContent,
    altered_in_words,
    is_samples_file,
    read_samples,
    require_samples,
)
from weighin.sources.formats.reader import LoggedRecord, MadeRecords, Reading, Signs
from weighin.sources.formats.record import (
    foreign_question,
    foreign_record,
    foreign_run,
    foreign_score,
)
from weighin.sources.formats.told_twice import told_twice

_HARNESS = "lm-eval (version not recorded)"
_GIVE_RESULTS = (
    "give the results file that lm-eval wrote beside the samples, or score it with `weighin run`"
)


class LmEvalSamplesReader:
    """Samples files of lm-eval that lie without their results file.

    The task stands in the name of the file, and the model in that of the folder only where lm-eval
    made one of its name; both are named and no more. The scores follow from the samples.
    """

    signs: ClassVar[Signs] = {
        "lm-eval samples": ("doc_id", "doc", "target", "arguments", "resps", "filtered_resps")
    }

    def recognises(self, file: ForeignFile) -> bool:
        """Whether its first line is a sample, or only lm-eval names a file so."""
        if not file.name.endswith((".jsonl", ".jsonl.gz")):
            return False
        return is_samples_name(file.name) or is_samples_file(file.path)

    def read(self, file: ForeignFile) -> Reading:
        """One record."""
        return Reading(
            format="lm-eval samples",
            records=MadeRecords(1, lambda _: _read(file)),
            representative=lambda: _of_model(file),
        )


def _read(file: ForeignFile) -> LoggedRecord:
    content = read_samples(file.path, check_hashes=True)
    if not content.documents:
        raise EvidenceError(f"{file.path}: expected samples of lm-eval, found none")
    task, _ = task_and_stamp(file.name)
    scores, left_out = _scores(content, task)
    return LoggedRecord(
        record=_record(
            file,
            _asked(content, task),
            left_out,
            scores=scores,
            facts=tuple(facts_of_answers([content.answers])),
        ),
        folder=file.path.parent,
        broken=tuple(_broken(file, task, content)),
        notes=tuple(_notes(file, left_out)),
    )


def _of_model(file: ForeignFile) -> LoggedRecord:
    """What the samples say of the model; their hashes are checked where their scores matter."""
    require_samples(file.path)
    task, _ = task_and_stamp(file.name)
    return LoggedRecord(
        record=_record(file, _asked(SampleContent(), task), ()), folder=file.path.parent
    )


def _record(
    file: ForeignFile,
    asked: Asked,
    left_out: tuple[str, ...],
    *,
    scores: tuple[Score, ...] = (),
    facts: tuple[Fact, ...] = (),
) -> Record:
    task, stamp = task_and_stamp(file.name)
    folder = file.path.parent
    model = model_of_folder(folder)
    try:
        digest = file_digest(file.path, role="samples", task=task, relative_to=folder)
    except OSError as error:
        raise EvidenceError(
            f"{file.path}: expected samples of lm-eval, found {in_brief(error)}"
        ) from error
    told = f"only the name of a folder: {model}"
    weights = observed(
        Facet.WEIGHTS, _GIVE_RESULTS, named(model), summary=told if model else NOT_NAMED
    )
    settings: dict[str, JsonValue] = {"file_stamp": stamp} if stamp else {}
    settings |= {"scores_not_computed": list(left_out), "scores_not_finite": []}
    return foreign_record(
        model or NOT_NAMED,
        asked,
        foreign_run(_HARNESS, settings=settings),
        file=file.shown,
        observations=every_facet([weights], _GIVE_RESULTS),
        scores=scores,
        # The samples do not say how many documents the split has.
        is_partial=False,
        files=(digest,),
        facts=facts,
    )


def _asked(content: SampleContent, task: str) -> Asked:
    counts = [len(values) for values in content.values.values()]
    return foreign_question(
        task,
        documents_digest=content.documents_digest,
        prompts_digest=content.prompts_digest,
        documents_scored=min([len(content.documents), *counts]) if content.documents else None,
    )


def _scores(content: SampleContent, task: str) -> tuple[tuple[Score, ...], tuple[str, ...]]:
    """The scores of metrics whose aggregation lm-eval fixes, and the names of the others."""
    scores: list[Score] = []
    left_out: list[str] = []
    for (metric, filter_name), values in content.values.items():
        aggregation = DEFAULT_AGGREGATION.get(metric, "")
        value = None if content.duplicates else closed_form(aggregation, values)
        if value is None:
            left_out.append(f"{metric},{filter_name}")
            continue
        scores.append(
            foreign_score(
                task,
                metric,
                value,
                filter_name=filter_name,
                aggregation=aggregation,
                documents=len(values),
            )
        )
    return tuple(scores), tuple(left_out)


def _broken(file: ForeignFile, task: str, content: SampleContent) -> Iterator[BrokenFile]:
    if content.altered:
        yield BrokenFile(
            file=str(Path(file.shown)),
            benchmark=task,
            expected="the hashes that lm-eval wrote",
            found=altered_in_words(content),
        )
    for line, key in content.twice:
        yield from told_twice([key], str(Path(file.shown)), benchmark=task, at=f"/{line}")


def _notes(file: ForeignFile, left_out: tuple[str, ...]) -> Iterator[str]:
    if left_out:
        yield (
            f"{file.shown}: the samples do not say how {', '.join(left_out)} "
            f"{'is' if len(left_out) == 1 else 'are'} aggregated; {_GIVE_RESULTS}"
        )
