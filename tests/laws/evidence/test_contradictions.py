"""What two logs of one row say against each other, in every format in which the kind can occur.

Each kind is planted on both sides, and on one side only. A difference is told with both values;
what one log sets and the other leaves out is told with the value, and never met.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.making.logs import every_eval_ever, inspect, lighteval, lm_eval

from weighin.api import check
from weighin.evidence.store import Store
from weighin.identity.published.revision import RemoteFile, RemoteRevision, RemoteTensor
from weighin.rules.interface import Finding, Outcome, Verdict

FIRST, SECOND = "first", "second"
DECLARED, OTHER = "d" * 40, "e" * 40
VIOLATED, UNDECIDED, MET = Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET


def _lm_eval(task: str, /, **changed: object) -> dict:
    """A log of lm-eval: names of `config`, of the document, arguments, and settings of decoding."""
    document = lm_eval.modern()
    document["results"] = {task: document["results"]["arc"] | {"sample_len": 2501}}
    document["configs"] = {task: document["configs"]["arc"] | {"task": task}}
    document["n-shot"], document["n-samples"] = (
        {task: 25},
        {task: {"original": 2501, "effective": 2501}},
    )
    document["group_subtasks"], document["versions"] = {task: []}, {task: 1.0}
    document["config"] |= {"model_sha": DECLARED, "model_num_parameters": 8_000_000}
    document["chat_template_sha"] = "7" * 64
    if "generation" in changed:
        document["configs"][task] |= {
            "output_type": "generate_until",
            "generation_kwargs": changed["generation"],
        }
    arguments = {"pretrained": "org/model", "dtype": "bfloat16"}
    document["config"]["model_args"] = arguments | dict(changed.get("arguments", {}))
    document["config"] |= dict(changed.get("config", {}))
    return document | dict(changed.get("top", {}))


def _lighteval(task: str, /, **changed: object) -> dict:
    document = lighteval.with_model(**{"revision": DECLARED} | dict(changed.get("arguments", {})))
    general = document["config_general"]
    general["lighteval_sha"] = "0.11"
    general["model_config"]["generation_parameters"] |= dict(changed.get("generation", {}))
    (scores, *_), (config,) = document["results"].values(), document["config_tasks"].values()
    name = f"lighteval|{task}|2"
    document["results"], document["config_tasks"] = {name: scores}, {name: config}
    document["summary_tasks"] = {name: {"hashes": lighteval.HASHES}}
    return document


def _inspect(task: str, /, **changed: object) -> dict:
    document = inspect.document()
    document["eval"] |= {
        "task": task,
        "model": "hf/org/model",
        "model_args": {"model_path": "org/model", "revision": DECLARED}
        | dict(changed.get("arguments", {})),
    }
    document["plan"]["config"] |= dict(changed.get("generation", {}))
    return document


def _every_eval_ever(task: str, /, **changed: object) -> dict:
    arguments = dict(changed.get("generation", {}))
    result = every_eval_ever.result(task, generation_config={"generation_args": arguments})
    return every_eval_ever.aggregate(
        result, **{"sha": DECLARED} | dict(changed.get("arguments", {}))
    )


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a log of a format is made, and what it calls the model and the benchmarks."""

    make: Callable[..., dict]
    model: str = "org/model"
    benchmark: str = "{}"


FORMATS = {
    "lm-eval": Format(make=_lm_eval),
    "LightEval": Format(make=_lighteval, model="acme/solver", benchmark="lighteval|{}|2"),
    "Inspect": Format(make=_inspect, model="hf/org/model"),
    "Every Eval Ever": Format(make=_every_eval_ever),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing that two logs say in unlike ways, and the rules that it concerns."""

    of: str
    rules: tuple[str, ...]
    shows: tuple[str, str]
    first: dict[str, object] = field(default_factory=dict)
    second: dict[str, object] = field(default_factory=dict)
    alone: Outcome | None = UNDECIDED
    """The outcome where the second log does not say it; `None` where it always does."""

    @property
    def id(self) -> str:
        return f"{self.of}: {self.shows[0]} beside {self.shows[1]}"


def _argument(of: str, rules: tuple[str, ...], name: str, *values: object, **more: object) -> Kind:
    shows = tuple(
        f"{name}={json.dumps(value) if not isinstance(value, str) else value}" for value in values
    )
    return Kind(
        of=of,
        rules=rules,
        shows=(shows[0], shows[1]),
        first={"arguments": {name: values[0]}},
        second={"arguments": {name: values[1]}},
        **more,
    )


WEIGHTS = ("same-weights",)
TEMPLATE = ("same-chat-template",)
KINDS = (
    *(
        _argument("lm-eval", WEIGHTS, name, *values, alone=VIOLATED)
        for name, values in {
            "peft": ("acme/lora-x", "acme/lora-y"),
            "delta": ("acme/delta-x", "acme/delta-y"),
            "steer_path": ("x.pt", "y.pt"),
            "gguf_file": ("q4.gguf", "q8.gguf"),
            "bnb_4bit_quant_type": ("nf4", "fp4"),
            "hf_overrides": ("a", "b"),
            "pruning": ("0.1", "0.5"),
            "adapter_of_tomorrow": ("x", "y"),
        }.items()
    ),
    _argument("lm-eval", TEMPLATE, "enable_thinking", *(False, True)),
    Kind(
        of="lm-eval",
        rules=TEMPLATE,
        shows=("enable_thinking=false", "enable_thinking=true"),
        first={"arguments": {"chat_template_args": {"enable_thinking": False}}},
        second={"arguments": {"enable_thinking": True}},
    ),
    Kind(
        of="lm-eval",
        rules=WEIGHTS,
        shows=("8000000 parameters", "3000000 parameters"),
        second={"config": {"model_num_parameters": 3_000_000}},
        alone=None,
    ),
    Kind(
        of="lm-eval",
        rules=("same-max-length",),
        shows=("4096 tokens", "512 tokens"),
        first={"top": {"max_length": 4096}},
        second={"top": {"max_length": 512}},
    ),
    Kind(
        of="lm-eval",
        rules=("same-decoding",),
        shows=("temperature=0", "temperature=1.0"),
        first={"generation": {"temperature": 0.0, "do_sample": False}},
        second={"generation": {"temperature": 1.0, "do_sample": True}},
        alone=None,
    ),
    *(
        _argument(of, rules, name, *values, alone=alone)
        for of, alone in (("LightEval", VIOLATED), ("Inspect", VIOLATED))
        for name, values, rules in (
            ("quantization", ("awq", "gptq"), (*WEIGHTS, "same-quantization")),
            ("load_format", ("gguf", "bitsandbytes"), WEIGHTS),
        )
    ),
    _argument("Inspect", (*WEIGHTS, "same-adapters"), "peft", "x", "y", alone=VIOLATED),
    Kind(
        of="Inspect",
        rules=("same-decoding",),
        shows=("temperature=0.1", "temperature=0.9"),
        first={"generation": {"temperature": 0.1}},
        second={"generation": {"temperature": 0.9}},
        alone=None,
    ),
    Kind(
        of="Inspect",
        rules=("same-test-time-compute",),
        shows=("reasoning_effort=low", "reasoning_effort=high"),
        first={"generation": {"reasoning_effort": "low"}},
        second={"generation": {"reasoning_effort": "high"}},
    ),
    Kind(
        of="Inspect",
        rules=(*TEMPLATE, "same-test-time-compute"),
        shows=("enable_thinking=false", "enable_thinking=true"),
        first={"generation": {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}},
        second={"generation": {"extra_body": {"chat_template_kwargs": {"enable_thinking": True}}}},
    ),
    Kind(
        of="LightEval",
        rules=("same-decoding",),
        shows=("temperature=0.6", "temperature=1.0"),
        second={"generation": {"temperature": 1.0}},
        alone=None,
    ),
    Kind(
        of="LightEval",
        rules=TEMPLATE,
        shows=("override_chat_template=true", "override_chat_template=false"),
        first={"arguments": {"override_chat_template": True}},
        second={"arguments": {"override_chat_template": False}},
    ),
    Kind(
        of="Every Eval Ever",
        rules=WEIGHTS,
        shows=("peft=x", "peft=y"),
        first={"arguments": {"model_args": "pretrained=org/model,peft=x"}},
        second={"arguments": {"model_args": "pretrained=org/model,peft=y"}},
    ),
    Kind(
        of="Every Eval Ever",
        rules=WEIGHTS,
        shows=("8 billion parameters", "3.2 billion parameters"),
        first={"arguments": {"params_billions": "8.03"}},
        second={"arguments": {"params_billions": "3.21"}},
        alone=None,
    ),
    Kind(
        of="Every Eval Ever",
        rules=("same-dtype",),
        shows=("precision=bfloat16", "precision=4bit"),
        first={"arguments": {"precision": "bfloat16"}},
        second={"arguments": {"precision": "4bit"}},
    ),
    Kind(
        of="Every Eval Ever",
        rules=("same-decoding",),
        shows=("temperature=0", "temperature=0.7"),
        first={"generation": {"temperature": 0.0}},
        second={"generation": {"temperature": 0.7}},
    ),
)
COMMITS = {
    "lm-eval": {"config": {"model_sha": OTHER}},
    "LightEval": {"arguments": {"revision": OTHER}},
    "Inspect": {"arguments": {"revision": OTHER}},
    "Every Eval Ever": {"arguments": {"sha": OTHER}},
}


def judged(
    folder: Path,
    of: str,
    first: dict,
    second: dict,
    *,
    rules: str = "",
    extra: tuple[Path, ...] = (),
) -> Verdict:
    """The verdict on a row of two logs of one format."""
    format_ = FORMATS[of]
    logs = []
    for name, changed in ((FIRST, first), (SECOND, second)):
        (folder / name).mkdir(parents=True)
        stamp = f"2026-02-2{1 + len(logs)}T16-56-08.780608"
        path = folder / name / f"results_{stamp}.json"
        path.write_text(json.dumps(copy.deepcopy(format_.make(name, **changed))))
        logs.append(path)
    file = folder / "requirements.yaml"
    repository = "org/model" if of != "LightEval" else "acme/solver"
    benchmarks = "".join(
        f"  - {{task: {name}, aliases: ['{format_.benchmark.format(name)}']}}\n"
        for name in (FIRST, SECOND)
    )
    file.write_text(
        f"weighin: 1\nmodel: {{name: tiny, aliases: ['{format_.model}', 'org/model', model], "
        f"checkpoint: 'hf://{repository}@{DECLARED}'}}\nprofile: comparable\nevidence: declared\n"
        f"{rules}benchmarks:\n{benchmarks}"
    )
    return check(file, [*logs, *extra])


def kept(folder: Path, *trees: tuple[str, dict[str, tuple[int, str]], str]) -> Path:
    """A results folder that keeps what a hub said of commits: files by name, and a dtype."""
    for commit, files, dtype in trees:
        listed = tuple(
            RemoteFile(
                path=path, size_bytes=size, blob_id="0" * 40, lfs_sha256=sha * 64, xet_hash=None
            )
            for path, (size, sha) in sorted(files.items())
        )
        tensor = RemoteTensor(name="w", dtype=dtype, shape=(2,), file=listed[0].path)
        Store(folder).keep_revision(
            RemoteRevision(
                reference=f"hf://org/model@{commit}",
                repository="org/model",
                commit=commit,
                is_pinned=True,
                files=listed,
                tensors=(tensor,),
                tensors_why_not="",
                source="hub",
                endpoint="https://hub.example",
            )
        )
    return folder


def said_by(verdict: Verdict, rule: str) -> list[Finding]:
    return [f.finding for f in verdict.findings if f.rule == rule]


def words(finding: Finding) -> str:
    return f"{finding.statement} | {finding.expected} | {finding.found}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_both_values_are_told_where_two_logs_contradict_each_other(kind, tmp_path):
    verdict = judged(tmp_path, kind.of, kind.first, kind.second)
    for rule in kind.rules:
        findings = [f for f in said_by(verdict, rule) if f.outcome is VIOLATED]
        assert any(all(value in words(f) for value in kind.shows) for f in findings), [
            words(f) for f in said_by(verdict, rule)
        ]


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.alone is not None], ids=lambda kind: kind.id
)
def test_the_value_is_told_where_one_log_says_nothing(kind, tmp_path):
    verdict = judged(tmp_path, kind.of, kind.first, {})
    for rule in kind.rules:
        findings = said_by(verdict, rule)
        assert MET not in {f.outcome for f in findings}
        assert any(f.outcome is kind.alone and kind.shows[0] in words(f) for f in findings), [
            words(f) for f in findings
        ]


@pytest.mark.parametrize("of", FORMATS)
def test_logs_that_say_the_same_contradict_nothing(of, tmp_path):
    verdict = judged(tmp_path, of, {}, {})
    assert not [words(f.finding) for f in verdict.findings if f.finding.contradicts]
    assert not [
        f for f in verdict.findings if f.finding.outcome is VIOLATED and f.rule != "same-harness"
    ]


@pytest.mark.parametrize("of", FORMATS)
@pytest.mark.parametrize("both", [True, False], ids=["both", "one"])
def test_another_commit_is_told_with_the_way_to_settle_it(of, both, tmp_path):
    verdict = judged(tmp_path, of, COMMITS[of] if both else {}, COMMITS[of])
    (finding,) = (f for f in said_by(verdict, "checkpoint-is-declared") if f.contradicts)
    assert finding.outcome is UNDECIDED
    assert DECLARED in words(finding)
    assert OTHER in words(finding)
    assert "--online" in finding.fix
    same = said_by(verdict, "same-weights")
    if both:
        assert {f.outcome for f in same} == {MET}
    else:
        assert any(f.contradicts and DECLARED in words(f) and OTHER in words(f) for f in same)
        assert MET not in {f.outcome for f in same}


@pytest.mark.parametrize("of", FORMATS)
def test_another_commit_is_a_violation_where_the_commit_itself_is_asked_for(of, tmp_path):
    rules = "rules: {revision-is-immutable: error}\n"
    verdict = judged(tmp_path, of, {}, COMMITS[of], rules=rules)
    for rule in ("same-weights", "checkpoint-is-declared"):
        assert VIOLATED in {f.outcome for f in said_by(verdict, rule)}


ONE_FILE = {"model.safetensors": (100, "a")}


@pytest.mark.parametrize(
    ("files", "dtype", "outcome"),
    [
        (ONE_FILE, "BF16", MET),
        ({"model.safetensors": (100, "b")}, "BF16", VIOLATED),
        ({"model.safetensors": (200, "b")}, "F32", VIOLATED),
        ({"model.safetensors": (108, "b")}, "BF16", UNDECIDED),
        (
            {f"model-0000{n}-of-00002.safetensors": (60, "b") for n in (1, 2)},
            "BF16",
            UNDECIDED,
        ),
    ],
    ids=["a README", "other bytes", "another dtype", "other metadata", "other shards"],
)
def test_two_commits_are_settled_by_what_the_hub_lists_of_both(files, dtype, outcome, tmp_path):
    answers = kept(tmp_path / "kept", (DECLARED, ONE_FILE, "BF16"), (OTHER, files, dtype))
    verdict = judged(tmp_path, "lm-eval", {}, COMMITS["lm-eval"], extra=(answers,))
    for rule in ("same-weights", "checkpoint-is-declared", "one-artifact-per-name"):
        outcomes = {f.outcome for f in said_by(verdict, rule)}
        assert (outcome in outcomes) or (outcome is MET and outcomes == {MET}), rule
        assert MET not in outcomes or outcome is MET or rule == "checkpoint-is-declared"
        # The hub was not asked: what vouches is a file, and that is said.
        told = [f.statement for f in said_by(verdict, rule) if OTHER in words(f)]
        assert outcome is UNDECIDED or any(str(answers) in statement for statement in told), told
    if outcome is UNDECIDED:
        told = [f for f in said_by(verdict, "same-weights") if f.contradicts]
        assert all("download both" in f.fix for f in told)


def test_steered_weights_are_not_those_of_the_declared_commit(tmp_path):
    """The backend alone says so: no argument has to name the vectors."""
    steered = {"config": {"model": "steered"}, "top": {"model_source": "steered"}}
    verdict = judged(tmp_path, "lm-eval", steered, steered)
    for rule in ("checkpoint-is-declared", "one-artifact-per-name"):
        assert MET not in {f.outcome for f in said_by(verdict, rule) if "steering" in words(f)}
    assert MET not in {f.outcome for f in said_by(verdict, "checkpoint-is-declared")}
