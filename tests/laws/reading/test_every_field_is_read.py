"""What is recorded is used: every field that a reader fills is read by a rule, or says why not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.making.logs.every_format import FORMATS, read_log_of
from tests.making.rules.builders import case, changed, foreign, record, requiring_gsm8k
from tests.making.rules.cases import CASES, made
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.evidence.records import Asked, FileDigest, Observation, Record, RunInfo, Score
from weighin.rules.catalogue import CATALOGUE
from weighin.rules.interface import Case

PARTS = (Record, Asked, RunInfo, Score, Observation, FileDigest)

READ_BY = {
    "Record.format": "same-max-length",
    "Record.model": "comparison-is-paired",
    "Record.checkpoint_id": "checkpoint-is-declared",
    "Record.asked": "as-required",
    "Record.observations": "same-weights",
    "Record.scores": "score-recomputes",
    "Record.is_partial": "all-documents-scored",
    "Record.files": "one-attempt",
    "Record.loaded": "loaded-is-on-disk",
    "Record.run": "same-harness",
    "Record.origin": "no-conflicting-scores",
    "Record.facts": "answered-by-one-model",
    "Record.sent": "as-required",
    "Record.in_force": "as-required",
    "Record.watch": "watched-throughout",
    "Asked.task": "every-benchmark-present",
    "Asked.task_version": "as-required",
    "Asked.config_digest": "same-task-configuration",
    "Asked.dataset_path": "dataset-as-required",
    "Asked.dataset_revision": "dataset-as-required",
    "Asked.documents_digest": "same-documents",
    "Asked.prompts_digest": "prompts-are-those-of-reference",
    "Asked.num_fewshot": "as-required",
    "Asked.documents_total": "all-documents-scored",
    "Asked.documents_scored": "all-documents-scored",
    "Asked.decoding": "own-stop-sequences",
    "Asked.repeats": "as-required",
    "RunInfo.run_id": "one-continuous-run",
    "RunInfo.job_id": "evidence-at-least",
    "RunInfo.attempt_id": "no-conflicting-scores",
    "RunInfo.started": "no-conflicting-scores",
    "RunInfo.finished": "runs-within-days",
    "RunInfo.harness": "same-harness",
    "RunInfo.engine": "engine-is-allowed",
    "RunInfo.settings": "no-conflicting-scores",
    "Score.task": "no-conflicting-scores",
    "Score.metric": "no-conflicting-scores",
    "Score.filter": "no-conflicting-scores",
    "Score.value": "no-conflicting-scores",
    "Score.stderr": "score-is-plausible",
    "Score.aggregation": "aggregation-as-required",
    "Score.documents": "all-documents-scored",
    "Observation.facet": "same-weights",
    "Observation.identifiers": "same-weights",
    "Observation.summary": "same-weights",
    "Observation.pointer": "same-weights",
    "Observation.how_to_record": "same-weights",
    "Observation.applies": "same-decoding",
    "Observation.changed_during_run": "same-weights",
    "FileDigest.role": "one-attempt",
    "FileDigest.task": "different-models-answer-differently",
    "FileDigest.sha256": "one-attempt",
}
NOT_READ = {
    "Record.location": "a hint for a person; what lay there is known by its digests",
    "Record.checkpoint_files": "held against what a hub lists, by `released-is-scored`",
    "Asked.seeds": "the same numbers are the fact `seeds`, which `seeds-are-recorded` reads",
    "RunInfo.command": "for a person; what it set is recorded where it was in force",
    "RunInfo.host": "a name of a machine tells nothing of a score",
    "RunInfo.versions": "the facet `engine` and the harness name the versions that are compared",
    "FileDigest.path": "where the samples are found again, so that scores can be computed",
    "FileDigest.size_bytes": "the digest is of the same bytes",
}

SETTINGS_READ_BY = {
    "file_stamp": "no-conflicting-scores",
    "eval_id": "no-conflicting-scores",
    "run_id": "no-conflicting-scores",
    "max_length": "same-max-length",
    "max_model_length": "same-max-length",
    "units": "score-recomputes",
    "clustered_errors": "score-recomputes",
    "random_seed": "seeds-are-recorded",
    "printed": "claimed-scores-are-recorded",
    "role": "claimed-scores-are-recorded",
    "unit": "claimed-scores-are-recorded",
}
_PART = "says which part was asked for, which `is_partial` and the counts of documents hold"
_SPEED = "changes how fast the answers come; what it changes of them no log shows"
_PERSON = "words for whoever looks the claim up; the score itself is in `scores`"
_SAME = "the facts, `asked` or the origin hold it where rules look for it"
SETTINGS_NOT_READ = {
    "scores_not_finite": "a metric without a number is no score, and missed as one",
    "scores_not_computed": "a metric that cannot be computed is no score; a note says so",
    "status": "the fact `run_status` holds what is not a success",
    "limit": _PART,
    "max_eval_instances": _PART,
    "max_samples": _PART,
    "num_train_trials": _PART,
    "num_trials": _PART,
    "epochs": "the facet `test_time_compute` holds the answers for a document",
    "num_fewshot_seeds": "asked for in the log, without the seeds themselves",
    "split": "`asked` has the digests of the documents, whatever their split is called",
    "seed": "the seed of an endpoint; the facet `decoding` holds it",
    "batch_size": _SPEED,
    "tensor_parallel_size": _SPEED,
    "mode": _SAME,
    "method": _SAME,
    "benchmark": _SAME,
    "dataset_name": _SAME,
    "date": _SAME,
    "time_in_name": _SAME,
    "saved": _SAME,
    "lighteval_hashes": "of documents and prompts as LightEval cuts them, alike with nothing else",
    "schema_version": "of the file, not of the run",
    "run_name": "the benchmark and the model are read from it",
    **dict.fromkeys(
        ("95_pct_ci", "by", "evaluator", "footnotes", "license", "lines", "notes", "organization",
         "place", "protocol", "rank", "rank_stylectrl", "source", "source_date", "source_url",
         "verified"),
        _PERSON,
    ),
}  # fmt: skip


FACTS_NOT_READ: Mapping[FactName, str] = {}


class _Seen:
    """Who reads what, while the rules judge."""

    def __init__(self) -> None:
        self.rule = ""
        self.fields: defaultdict[str, set[str]] = defaultdict(set)
        self.facts: defaultdict[FactName, set[str]] = defaultdict(set)
        self.settings: defaultdict[str, set[str]] = defaultdict(set)


class _Settings(dict):
    """Settings that tell which of them a rule asked for."""

    seen: _Seen

    def get(self, key, default=None):
        self.seen.settings[key].add(self.seen.rule)
        return super().get(key, default)

    def items(self):
        for key in self:
            self.seen.settings[key].add(self.seen.rule)
        return super().items()


def _cases(rule_id: str) -> Iterator[Case]:
    for make in CASES[rule_id].values():
        yield make()
    if rule_id == "as-required":
        yield requiring_gsm8k(repeats=2)
    if rule_id in SETTINGS_READ_BY.values():
        for settings in (
            {"random_seed": 1},
            {"printed": "41.0", "role": "claim", "unit": "percent"},
        ):
            yield _log(settings, started="2026-11-20T10:00:00Z")
            yield _log(settings, started="")


def _log(settings: dict[str, int | str], started: str) -> Case:
    """Two logs of one benchmark that tell two scores; statements where it is printed so."""
    logs = [foreign(record(value=value, started=started)) for value in (0.4, 0.5)]
    logs = [changed(log, "run.started", started) for log in logs]
    logs = [changed(log, "run.settings", settings) for log in logs]
    if "printed" in settings:
        logs = [fact_of(log, FactName.STATED_BY, "a") for log in logs]
    return case(*logs)


@pytest.fixture(scope="module")
def seen() -> Iterator[_Seen]:
    """What every rule reads in the cases of its outcomes."""
    found = _Seen()
    with pytest.MonkeyPatch.context() as patch:
        for part in PARTS:
            _watch(part, found, patch)
        asked_for = Record.fact

        def fact(self, name):
            found.facts[name].add(found.rule)
            return asked_for(self, name)

        patch.setattr(Record, "fact", fact)
        for rule in CATALOGUE.rules:
            for one in _cases(rule.id):
                found.rule = rule.id
                tuple(made(rule).check(one))
                found.rule = ""
        yield found


def _watch(part: type, found: _Seen, patch: pytest.MonkeyPatch) -> None:
    read, names = part.__getattribute__, frozenset(part.model_fields)

    def watched(self, name):
        value = read(self, name)
        if name in names and found.rule:
            found.fields[f"{part.__name__}.{name}"].add(found.rule)
            if name == "settings":
                value = _Settings(value)
                value.seen = found
        return value

    patch.setattr(part, "__getattribute__", watched)


def test_every_field_of_a_record_is_read_or_says_why_not():
    fields = {f"{part.__name__}.{name}" for part in PARTS for name in part.model_fields}
    assert fields == READ_BY.keys() | NOT_READ.keys()
    assert not READ_BY.keys() & NOT_READ.keys()


@pytest.mark.parametrize("field", READ_BY)
def test_the_rule_that_is_named_reads_the_field(field: str, seen: _Seen):
    assert READ_BY[field] in seen.fields[field]


@pytest.mark.parametrize("field", NOT_READ)
def test_what_is_not_read_is_read_by_no_rule(field: str, seen: _Seen):
    assert not seen.fields[field]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, ...]:
    """The records of a log of every format."""
    folder: Path = tmp_path_factory.mktemp("logs")
    return tuple(
        read.record
        for number, name in enumerate(FORMATS)
        for read in read_log_of(name, folder / str(number))[1]
    )


def test_every_setting_that_a_reader_fills_is_read_or_says_why_not(filled):
    settings = {key for one in filled for key in one.run.settings}
    assert settings <= SETTINGS_READ_BY.keys() | SETTINGS_NOT_READ.keys()
    assert not SETTINGS_READ_BY.keys() & SETTINGS_NOT_READ.keys()


@pytest.mark.parametrize("key", SETTINGS_READ_BY)
def test_the_rule_that_is_named_reads_the_setting(key: str, seen: _Seen):
    assert SETTINGS_READ_BY[key] in seen.settings[key]


def test_every_fact_that_a_reader_fills_is_read_by_a_rule(filled, seen: _Seen):
    stated = {fact.name for one in filled for fact in one.facts}
    assert stated <= {name for name, rules in seen.facts.items() if rules} | FACTS_NOT_READ.keys()
