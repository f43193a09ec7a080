"""Small verdicts to tell."""

from datetime import date

from weighin.evidence.records import Asked, Observation, Origin, Record, RunInfo, Score
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.requirements.model import Waiver
from weighin.rules.interface import Finding, JudgedFinding, Level, Outcome, Verdict

FOUR_TASKS = ("demo_capitals", "demo_elements", "demo_opposites", "demo_passages")
NINE_FACETS = (
    Facet.WEIGHTS,
    Facet.CONFIG,
    Facet.TOKENIZER,
    Facet.CHAT_TEMPLATE,
    Facet.SYSTEM_PROMPT,
    Facet.DTYPE,
    Facet.QUANTIZATION,
    Facet.ADAPTERS,
    Facet.DECODING,
)
WAIVER = Waiver(
    rule="same-engine",
    owner="eval-team",
    reason="two engines until spring",
    expires=date(2027, 1, 31),
)


def origin(task="gsm8k", pointer=""):
    return Origin(producer="weighin 0.1.0", file=f"{task}/record.json", pointer=pointer)


def score(task="gsm8k", value=0.53125, stderr=0.0221):
    return Score(
        task=task,
        metric="acc",
        filter="none",
        value=value,
        stderr=stderr,
        aggregation="mean",
        documents=120,
    )


def observation(facet, value="sha256:1f0c5e99a2b7", grade=Grade.MEASURED):
    identifiers = ()
    if value is not None:
        identifiers = (Identifier(kind=Kind.CONTENT, value=value, grade=grade),)
    return Observation(facet=facet, identifiers=identifiers, summary=value or "not recorded")


def record(task="gsm8k", observations=(), model="SmolLM2-135M-Instruct"):
    return Record(
        model=model,
        checkpoint_id="c" * 64,
        location=None,
        asked=Asked(
            task=task,
            task_version="1",
            config_digest=None,
            dataset_path=None,
            dataset_revision=None,
            documents_digest=None,
            prompts_digest=None,
            num_fewshot=0,
            documents_total=120,
            documents_scored=120,
            decoding={},
        ),
        observations=tuple(observations),
        scores=(score(task),),
        is_partial=False,
        files=(),
        loaded=None,
        run=RunInfo(
            run_id="r1",
            job_id="j1",
            attempt_id=f"attempt-of-{task}",
            started="",
            finished="",
            harness="lm-eval 0.4.13",
            engine="transformers 5.23.0",
            command="",
            host="",
            versions={},
            settings={},
        ),
        origin=origin(task),
    )


def finding(outcome=Outcome.MET, statement="as required", **fields):
    return Finding(outcome=outcome, statement=statement, **fields)


def judged(rule="same-weights", level=Level.ERROR, waiver=None, required_at="", **fields):
    told = finding(**fields)
    return JudgedFinding(
        rule=rule, level=level, finding=told, waiver=waiver, required_at=required_at
    )


def verdict(findings=(), outcome=Outcome.MET, tasks=FOUR_TASKS, facets=NINE_FACETS, **fields):
    stated = {
        "model": "SmolLM2-135M-Instruct",
        "requirements_file": "requirements.yaml",
        "requirements_sha256": "a" * 64,
        "profile": "same-checkpoint",
        "records": tuple(record(t, [observation(f) for f in facets]) for t in tasks),
        "scores": {task: score(task) for task in tasks},
        "ignored": (),
        "weakest_grade": dict.fromkeys(facets, "measured"),
    }
    return Verdict(outcome=outcome, findings=tuple(findings), **{**stated, **fields})


def same(facet, tasks=FOUR_TASKS, **fields):
    """A `met` finding of a `same-<facet>` rule, unless told otherwise."""
    rule = f"same-{facet.value.replace('_', '-')}"
    stated = {"statement": f"{facet} is the same on {len(tasks)} benchmarks", "benchmarks": tasks}
    return judged(rule, facet=facet, **{**stated, **fields})


def met_verdict(tasks=FOUR_TASKS, facets=NINE_FACETS):
    return verdict([same(f, tasks) for f in facets], tasks=tasks, facets=facets)


def swapped_verdict():
    """One benchmark on other weights, another whose system prompt is not recorded, one waiver."""
    odd, silent = "demo_opposites", "demo_passages"
    others = tuple(task for task in FOUR_TASKS if task != odd)
    records = [
        record(
            task,
            [
                observation(
                    facet,
                    value="sha256:9b42d1aa6f00"
                    if (task, facet) == (odd, Facet.WEIGHTS)
                    else None
                    if (task, facet) == (silent, Facet.SYSTEM_PROMPT)
                    else "sha256:1f0c5e99a2b7",
                )
                for facet in NINE_FACETS
            ],
        )
        for task in FOUR_TASKS
    ]
    findings = [same(f) for f in NINE_FACETS if f not in {Facet.WEIGHTS, Facet.SYSTEM_PROMPT}]
    findings += [
        same(Facet.WEIGHTS, others),
        same(Facet.SYSTEM_PROMPT, tuple(task for task in FOUR_TASKS if task != silent)),
        same(
            Facet.WEIGHTS,
            (odd,),
            outcome=Outcome.VIOLATED,
            statement=f"different artifact: {odd} was scored on other weights than the other 3 "
            "benchmarks: 31 of 272 tensors differ, relative distance 0.0021",
            expected="sha256:1f0c5e99a2b7",
            found="sha256:9b42d1aa6f00",
            where=(origin(odd, "/observations/0"),),
            tensors=tuple(f"model.layers.{i}.mlp.down_proj.weight" for i in range(30)),
            fix=f"score {odd} again on the declared checkpoint",
            required_at="requirements.yaml:7",
        ),
        same(
            Facet.SYSTEM_PROMPT,
            (silent,),
            outcome=Outcome.UNDECIDED,
            statement=f"the system prompt of {silent} is not recorded",
            where=(origin(silent, "/observations/4"),),
            fix="record it with: weighin run requirements.yaml",
            required_at="requirements.yaml:7",
        ),
        same(
            Facet.ENGINE,
            (odd,),
            outcome=Outcome.WAIVED,
            waiver=WAIVER,
            statement=f"{odd} ran on vllm 0.12, the others on transformers 5.23.0",
        ),
        judged(
            "one-attempt",
            Level.WARNING,
            outcome=Outcome.VIOLATED,
            statement=f"{odd} has 3 attempts",
            benchmarks=(odd,),
            expected="1",
            found="3",
        ),
    ]
    return verdict(
        findings,
        Outcome.VIOLATED,
        records=tuple(records),
        ignored=("2 records of the model Other-1B",),
        weakest_grade=dict.fromkeys(NINE_FACETS, "measured") | {Facet.SYSTEM_PROMPT: "absent"},
    )
