"""Small real cases: three benchmarks scored on one checkpoint, and ways to change one thing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from weighin.evidence.collected import BrokenFile, DocumentScores, ReadRecord, Recomputed
from weighin.evidence.records import (
    Asked,
    ComputedTensors,
    FileDigest,
    InForce,
    LoadedWeights,
    Observation,
    Origin,
    Record,
    RunInfo,
    Score,
    Sent,
)
from weighin.evidence.watched import Looks, Watch, WatchState
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.manifest import FileEntry, Manifest, TensorEntry
from weighin.requirements.model import (
    BenchmarkRequirement,
    Model,
    Requirements,
    RuleSetting,
    Waiver,
)
from weighin.rules.interface import Case, Finding, Outcome, Rule, Verdict
from weighin.rules.judging.judge import judge

MET, VIOLATED, UNDECIDED = Outcome.MET, Outcome.VIOLATED, Outcome.UNDECIDED
TODAY = date(2026, 11, 21)
SYSTEM_PROMPT = "You are helpful."
BENCHMARKS = ("arc", "gsm8k", "lambada")
METRICS = {"arc": "acc", "gsm8k": "exact_match", "lambada": "perplexity"}
FILTERS = {"arc": "none", "gsm8k": "strict-match", "lambada": "none"}
VALUES = {"arc": 0.5, "gsm8k": 0.41, "lambada": 12.25}

T = TypeVar("T", bound=BaseModel)
Cases = Mapping[Outcome, Callable[[], Case]]
"""A rule's cases by the outcome that it has on them."""


def changed(model: T, path: str, value: object) -> T:
    """The model with the value at a dotted path replaced, unchecked, as a hostile file might."""
    head, _, rest = path.partition(".")
    inner = getattr(model, head)
    if rest and isinstance(inner, tuple):
        index, _, deeper = rest.partition(".")
        item = changed(inner[int(index)], deeper, value) if deeper else value
        value = (*inner[: int(index)], item, *inner[int(index) + 1 :])
    elif rest:
        value = changed(inner, rest, value)
    return model.model_copy(update={head: value})


def digest(text: str) -> str:
    return sha256_hex(text.encode())


def manifest(*, weights: str = "base", template: str = "plain") -> Manifest:
    tensors = tuple(
        TensorEntry(name=name, dtype="F32", shape=shape, sha256=digest(f"{name} {content}"))
        for name, shape, content in (
            ("embed.weight", (10, 6), "base"),
            ("head.weight", (10, 4), weights),
        )
    )
    return Manifest(
        weights=digest(f"weights {weights}"),
        tensors=tensors,
        files=(FileEntry(path="config.json", role="config", size_bytes=2, sha256=digest("{}")),),
        config=digest("config"),
        generation_config=digest("generation config"),
        remote_code=None,
        tokenizer=digest("tokenizer"),
        special_tokens=digest("special tokens"),
        chat_template=digest(f"template {template}"),
        dtype="F32",
        quantization=None,
        adapter=None,
    )


BROKEN = BrokenFile(
    file="gsm8k/1/samples.jsonl", benchmark="gsm8k", expected="sha256:00", found="missing"
)
DECLARED = manifest()
VARIANT = manifest(weights="tuned")
EDITED_TEMPLATE = manifest(template="edited")


def facet_value(facet: Facet, scored: Manifest) -> JsonValue:
    match facet:
        case Facet.WEIGHTS:
            return scored.weights
        case Facet.CHAT_TEMPLATE:
            return {"applied": True, "sha256": scored.chat_template}
        case Facet.SYSTEM_PROMPT:
            return {"sha256": digest(SYSTEM_PROMPT)}
        case Facet.GENERATION_CONFIG:
            return scored.generation_config
        case Facet.REMOTE_CODE | Facet.ADAPTERS:
            return "none"
        case Facet.ENDPOINT:
            return "in-process"
        case _:
            return digest(facet)


def observation(facet: Facet, scored: Manifest) -> Observation:
    kind = Kind.TENSORS if facet is Facet.WEIGHTS else Kind.CONTENT
    identifier = Identifier(kind=kind, value=facet_value(facet, scored), grade=Grade.MEASURED)
    return Observation(
        facet=facet,
        identifiers=(identifier,),
        summary=f"{facet} as loaded",
        pointer=f"/observations/{facet}",
        how_to_record=f"flag for {facet}",
    )


def record(
    task: str = "gsm8k",
    *,
    scored: Manifest = DECLARED,
    attempt: str = "1",
    value: float | None = None,
    started: str = "2026-11-20T10:00:00Z",
) -> Record:
    score = Score(
        task=task,
        metric=METRICS[task],
        filter=FILTERS[task],
        value=VALUES[task] if value is None else value,
        stderr=0.05,
        aggregation="mean",
        documents=100,
    )
    return Record(
        model="tiny",
        checkpoint_id=scored.checkpoint_id,
        location="checkpoints/tiny",
        asked=Asked(
            task=task,
            task_version="3.0",
            config_digest=digest(f"config of {task}"),
            dataset_path=f"org/{task}",
            dataset_revision="0" * 40,
            documents_digest=digest(f"documents of {task}"),
            prompts_digest=digest(f"prompts of {task}"),
            num_fewshot=5,
            documents_total=100,
            documents_scored=100,
            decoding={"temperature": 0.0},
            repeats=1,
            seeds={"random": 0, "numpy": 1234, "torch": 1234, "fewshot": 1234},
        ),
        observations=tuple(observation(facet, scored) for facet in Facet),
        scores=(score,),
        is_partial=False,
        files=(
            FileDigest(
                path="samples.jsonl",
                role="samples",
                task=task,
                sha256=digest(f"samples of {task}{'' if attempt == '1' else attempt}"),
                size_bytes=10,
            ),
            FileDigest(
                path="results.json",
                role="results",
                task="",
                sha256=digest(f"results of {task}"),
                size_bytes=10,
            ),
        ),
        loaded=LoadedWeights(
            loader="transformers 5.23.0",
            digest_before=digest("memory"),
            digest_after=digest("memory"),
            tensors=4,
            tied=("lm_head.weight = embed.weight",),
            exactly_on_disk=2,
            on_disk_after_cast=0,
            not_saved=("rotary.inv_freq",),
            not_comparable=(),
            differ_from_disk=(),
            not_in_checkpoint=(),
            unused_on_disk=(),
            changed_during_run=(),
            files_changed_during_run=(),
            computed=ComputedTensors(
                scope="a machine",
                digest_before=digest("computed"),
                digest_after=digest("computed"),
                names=("rotary.inv_freq",),
                changed_during_run=(),
            ),
        ),
        sent=Sent(
            generation=({"do_sample": False},),
            system_messages=(digest(SYSTEM_PROMPT),),
            requests={"generate_until": 100},
            answers={"generate_until": 100},
        ),
        in_force=InForce(dtype_requested="auto", max_length=512),
        watch=Watch(
            state=WatchState.HELD,
            looks=Looks(
                passes=100,
                looks=9,
                bytes_looked_at=1000,
                seconds=0.1,
                model_seconds=10.0,
                missed={"one": 0.1, "six": 0.01, "all": 0.001},
            ),
            functions_sha256=digest("functions"),
        ),
        run=RunInfo(
            run_id="run-1",
            job_id=digest(f"job {task}"),
            attempt_id=f"{task}-{attempt}",
            started=started,
            finished="2026-11-20T11:00:00Z",
            harness="lm-eval 0.4.13",
            engine="transformers 5.23.0",
            command="weighin run requirements.yaml",
            host="scale",
            versions={"torch": "2.13.0"},
            settings={"batch_size": 8},
        ),
        origin=Origin(producer="weighin 0.1.0", file=f"{task}/{attempt}/record.json"),
        checkpoint_files=(
            CheckpointFileDigest(
                path="config.json",
                role="config",
                size_bytes=2,
                sha256=digest("{}"),
                git_sha1="9e26dfeeb6e641a33dae4961196235bdb965b21b",
            ),
        ),
    )


def foreign(record: Record) -> Record:
    """The record as a plain lm-eval log would give it: a name, and nothing about identity."""
    name = Identifier(kind=Kind.NAME, value="tiny", grade=Grade.NAMED)
    bare = tuple(
        Observation(
            facet=facet,
            identifiers=(name,) if facet is Facet.WEIGHTS else (),
            summary="tiny" if facet is Facet.WEIGHTS else "not recorded",
            how_to_record=f"flag for {facet}",
        )
        for facet in Facet
    )
    run = record.run.model_copy(update={"run_id": "", "job_id": "", "attempt_id": ""})
    origin = record.origin.model_copy(update={"producer": run.harness})
    return record.model_copy(
        update={
            "checkpoint_id": None,
            "observations": bare,
            "files": (),
            "loaded": None,
            "sent": None,
            "in_force": None,
            "watch": None,
            "run": run,
            "origin": origin,
        }
    )


def requirements(**replaced: object) -> Requirements:
    golden = Requirements(
        source=Path("requirements.yaml"),
        sha256=digest("requirements"),
        model=Model(
            name="tiny",
            checkpoint="checkpoints/tiny",
            released="released/tiny",
            chat_template=True,
            system_prompt=SYSTEM_PROMPT,
        ),
        profile="comparable",
        same=tuple(Facet),
        evidence=Grade.MEASURED,
        benchmarks=tuple(
            BenchmarkRequirement(
                task=task,
                metric=f"{METRICS[task]},{FILTERS[task]}",
                num_fewshot=5,
                task_version="3.0",
                decoding={"temperature": 0},
            )
            for task in BENCHMARKS
        ),
        rules={},
    )
    return golden.model_copy(update=replaced)


def recompute_as_stated(record: Record) -> Recomputed:
    """What the golden samples give: the golden values, whatever the record states."""
    task = record.asked.task
    key = (task, METRICS[task], FILTERS[task])
    return Recomputed(values={key: VALUES[task]}, documents={key: 100}, why_not={})


def recompute_nothing(record: Record) -> Recomputed:
    reasons = {(s.task, s.metric, s.filter): "no samples file" for s in record.scores}
    return Recomputed(values={}, documents={}, why_not=reasons)


def no_scores_of_documents(record: Record) -> DocumentScores:
    del record
    return {}


def read_record(
    record: Record,
    recompute: Callable[[Record], Recomputed] = recompute_as_stated,
    document_scores: Callable[[Record], DocumentScores] = no_scores_of_documents,
) -> ReadRecord:
    """The record with what lies behind it: functions of it."""
    return ReadRecord(
        record=record,
        recompute=partial(recompute, record),
        document_scores=partial(document_scores, record),
    )


def with_records(of: Case, records: Iterable[Record]) -> Case:
    """The case with other records, behind which lies what lay behind the first."""
    made = read_record
    if of.read_records:
        first = of.read_records[0]
        made = partial(
            read_record,
            recompute=first.recompute.func,
            document_scores=first.document_scores.func,
        )
    return replace(of, read_records=tuple(map(made, records)))


def case(
    *records: Record,
    requires: Requirements | None = None,
    recompute: Callable[[Record], Recomputed] = recompute_as_stated,
    document_scores: Callable[[Record], DocumentScores] = no_scores_of_documents,
) -> Case:
    """The golden case; other records if some are given."""
    manifests = {m.checkpoint_id: m for m in (DECLARED, VARIANT, EDITED_TEMPLATE)}
    return Case(
        requirements=requires or requirements(),
        read_records=tuple(
            read_record(one, recompute, document_scores)
            for one in records or map(record, BENCHMARKS)
        ),
        manifests=manifests,
        declared=DECLARED,
        released=DECLARED,
    )


def with_gsm8k(change: Callable[[Record], Record], of: Case | None = None) -> Case:
    """The golden case with the record of gsm8k changed."""
    golden = of or case()
    return with_records(
        golden, (change(r) if r.asked.task == "gsm8k" else r for r in golden.records)
    )


def gsm8k_with(path: str, value: object) -> Case:
    """The golden case with one field of gsm8k's record changed."""
    return with_gsm8k(lambda r: changed(r, path, value))


def with_record(judged: Case, path: str, value: object) -> Case:
    """The case with one field of gsm8k's record changed."""
    return with_gsm8k(lambda r: changed(r, path, value), judged)


def scored_on(manifest: Manifest) -> Case:
    """The golden case with gsm8k scored on another checkpoint."""
    return case(record("arc"), record("gsm8k", scored=manifest), record("lambada"))


def requiring_model(**fields: object) -> Case:
    """The golden case under a model of which no more is required than these fields."""
    return case(requires=requirements(model=Model.model_validate({"name": "tiny", **fields})))


def requiring_gsm8k(**fields: object) -> Case:
    """The record of gsm8k alone, under one requirement alone."""
    benchmark = BenchmarkRequirement.model_validate({"task": "gsm8k", **fields})
    return case(record(), requires=requirements(model=Model(name="tiny"), benchmarks=(benchmark,)))


def claiming(of: Case, **claimed: str) -> Case:
    """The case under requirements with published scores."""
    benchmarks = tuple(
        b.model_copy(update={"claimed": claimed.get(b.task)}) for b in of.requirements.benchmarks
    )
    return replace(of, requirements=of.requirements.model_copy(update={"benchmarks": benchmarks}))


def with_identifiers(record: Record, facet: Facet, *identifiers: Identifier) -> Record:
    observations = tuple(
        o.model_copy(update={"identifiers": identifiers}) if o.facet is facet else o
        for o in record.observations
    )
    return record.model_copy(update={"observations": observations})


def facet_cases(facet: Facet) -> Cases:
    """The cases of the rule that a facet is the same on every benchmark."""

    def violated() -> Case:
        if facet is Facet.WEIGHTS:
            return gsm8k_with("observations.0.identifiers.0.value", VARIANT.weights)
        return with_gsm8k(lambda r: with_identifiers(r, facet, content("another")))

    return {
        MET: case,
        VIOLATED: violated,
        UNDECIDED: lambda: with_gsm8k(lambda r: with_identifiers(r, facet)),
    }


def content(value: JsonValue, grade: Grade = Grade.MEASURED) -> Identifier:
    return Identifier(kind=Kind.CONTENT, value=value, grade=grade)


def setting(level: str | None = None, **parameters: JsonValue) -> RuleSetting:
    return RuleSetting.model_validate({"level": level, "parameters": parameters})


def waiver(rule: str, *, benchmark: str | None = None, expires: date = TODAY) -> Waiver:
    return Waiver(
        rule=rule, benchmark=benchmark, owner="eval-team", reason="known", expires=expires
    )


def verdict(of: Case) -> Verdict:
    return judge(of, today=TODAY)


def problems(of: Case) -> Mapping[str, Outcome]:
    """The worst outcome of each rule that is neither met nor not applicable."""
    found: dict[str, Outcome] = {}
    for outcome in (Outcome.WAIVED, Outcome.UNDECIDED, Outcome.VIOLATED):
        for judged in verdict(of).findings:
            if judged.finding.outcome is outcome:
                found[judged.rule] = outcome
    return found


def outcome_of(rule: Rule, of: Case) -> Outcome:
    """The worst outcome of one rule."""
    outcomes = {finding.outcome for finding in rule.check(of)}
    return next(outcome for outcome in Outcome if outcome in outcomes)


def only(rule: Rule, of: Case, outcome: Outcome) -> Finding:
    """The one finding of a rule with an outcome."""
    (finding,) = (f for f in rule.check(of) if f.outcome is outcome)
    return finding
