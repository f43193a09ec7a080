"""Following the way that a finding names changes that finding, in logs of the real forms."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.making.logs import every_eval_ever, helm, inspect, lighteval, lm_eval
from tests.making.rules.builders import case, requirements

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.rules.answers.answers_are_not_truncated import AnswersAreNotTruncated
from weighin.rules.artifact.revision_is_immutable import RevisionIsImmutable
from weighin.rules.environment.hardware_is_recorded import HardwareIsRecorded
from weighin.rules.environment.harness_is_committed import HarnessIsCommitted
from weighin.rules.environment.runs_within_days import RunsWithinDays
from weighin.rules.environment.same_harness import SameHarness
from weighin.rules.environment.seeds_are_recorded import SeedsAreRecorded
from weighin.rules.interface import Finding, Outcome, Rule
from weighin.rules.protocol.dataset_as_required import DatasetAsRequired
from weighin.rules.protocol.same_documents import SameDocuments
from weighin.rules.protocol.same_task_configuration import SameTaskConfiguration
from weighin.rules.protocol.tools_as_required import ToolsAsRequired
from weighin.rules.runs.evidence_at_least import EvidenceAtLeast
from weighin.rules.scores.all_documents_scored import AllDocumentsScored
from weighin.rules.scores.errors_count_as_wrong import ErrorsCountAsWrong
from weighin.rules.scores.uncertainty_is_shown import UncertaintyIsShown

Keys = tuple[str, ...]
Change = tuple[Keys, object]
GONE = object()
COMMIT = lm_eval.COMMIT


def changed(document: dict, *changes: Change) -> dict:
    """A copy of a document in which fields are set or, if `GONE`, taken out."""
    made = copy.deepcopy(document)
    for (*path, key), value in changes:
        at = made
        for part in path:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[int(part)]
        if value is GONE:
            at.pop(key, None)
        else:
            at[key] = value
    return made


def of_lm_eval(*changes: Change) -> Callable[[Path], Record]:
    return lambda folder: lm_eval.record_of(changed(lm_eval.modern(), *changes), folder)


def of_generation(*changes: Change) -> Callable[[Path], Record]:
    generated = (("configs", "arc", "output_type"), "generate_until")
    return of_lm_eval(generated, *changes)


def of_inspect(*changes: Change) -> Callable[[Path], Record]:
    return lambda folder: inspect.record_of(changed(inspect.document(), *changes), folder)


def of_local_inspect(*changes: Change) -> Callable[[Path], Record]:
    return of_inspect((("eval", "model"), "hf/acme/base"), *changes)


def of_lighteval(*changes: Change) -> Callable[[Path], Record]:
    return lambda folder: lighteval.record(changed(lighteval.modern(), *changes), folder)


def of_lighteval_of_2025(folder: Path) -> Record:
    return lighteval.record(lighteval.of_2025(), folder)


def of_lighteval_with_details(folder: Path) -> Record:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    place = folder / "details" / "acme" / lighteval.STAMP
    place.mkdir(parents=True)
    rows = arrow.Table.from_pylist([{"metric": {"acc": 1}}] * 3)
    parquet.write_table(rows, place / f"details_lighteval|sums|2_{lighteval.STAMP}.parquet")
    document = changed(lighteval.modern(), (("config_general", "max_samples"), None))
    return lighteval.record(document, folder, f"results/acme/{lighteval.NAME}")


def of_helm(*changes: Change, state: object = None) -> Callable[[Path], Record]:
    return lambda folder: helm.Run(
        folder, spec=changed(helm.spec(), *changes), state=state
    ).record()


def of_aggregate(*changes: Change) -> Callable[[Path], Record]:
    def made(folder: Path) -> Record:
        document = changed(every_eval_ever.aggregate(), *changes)
        (found,) = inspect.read(every_eval_ever.written(document, folder)).records
        return found.record

    return made


MODEL_ARGS = ("config", "model_args")
MODEL = ("config_general", "model_config")
RESULT = ("evaluation_results", "0")


@dataclass(frozen=True, kw_only=True)
class Way:
    """A log that lacks something, and one of a run in which the way was followed.

    Attributes:
        about: The facet that is not well known, or the rule that finds something lacking.
        named: What the fix names.
        lacking: The record of the first log.
        followed: The record of the second.
    """

    about: Facet | Rule
    named: str
    lacking: Callable[[Path], Record]
    followed: Callable[[Path], Record]

    def finding(self, record: Record) -> Finding:
        """The finding that is not met, else the first."""
        is_facet = isinstance(self.about, Facet)
        asked = requirements(
            evidence=Grade.DECLARED, same=(self.about,) if is_facet else (Facet.WEIGHTS,)
        )
        wanted = asked.benchmarks[0].model_copy(
            update={"task": record.asked.task, "metric": record.scores[0].key}
        )
        asked = asked.model_copy(update={"benchmarks": (wanted,)})
        judged = replace(case(record), requirements=asked)
        rule = EvidenceAtLeast() if isinstance(self.about, Facet) else self.about
        found = tuple(rule.check(judged))
        return next((f for f in found if f.outcome is not Outcome.MET), found[0])


WAYS = {
    "lm-eval weights": Way(
        about=Facet.WEIGHTS,
        named="--model_args revision=",
        lacking=of_lm_eval((("config", "model_sha"), "")),
        followed=of_lm_eval(
            (("config", "model_sha"), ""), (MODEL_ARGS, f"pretrained=org/model,revision={COMMIT}")
        ),
    ),
    "lm-eval revision": Way(
        about=RevisionIsImmutable(),
        named="--model_args revision=",
        lacking=of_lm_eval((MODEL_ARGS, "pretrained=org/model,revision=main")),
        followed=of_lm_eval((MODEL_ARGS, f"pretrained=org/model,revision={COMMIT}")),
    ),
    "lm-eval dtype": Way(
        about=Facet.DTYPE,
        named="--model_args dtype=bfloat16",
        lacking=of_lm_eval(
            (("config", "model_dtype"), GONE), (MODEL_ARGS, "pretrained=org/model,dtype=auto")
        ),
        followed=of_lm_eval(
            (("config", "model_dtype"), GONE), (MODEL_ARGS, "pretrained=org/model,dtype=bfloat16")
        ),
    ),
    "lm-eval chat template": Way(
        about=Facet.CHAT_TEMPLATE,
        named="chat_template_sha",
        lacking=of_lm_eval((("chat_template_sha",), GONE), (("model_source",), GONE)),
        followed=of_lm_eval((("chat_template_sha",), None), (("model_source",), "hf")),
    ),
    "lm-eval system prompt": Way(
        about=Facet.SYSTEM_PROMPT,
        named="system_instruction_sha",
        lacking=of_lm_eval((("system_instruction_sha",), GONE), (("model_source",), GONE)),
        followed=of_lm_eval((("system_instruction_sha",), None), (("model_source",), "hf")),
    ),
    "lm-eval special tokens": Way(
        about=Facet.SPECIAL_TOKENS,
        named="tokenizer_bos_token",
        lacking=of_lm_eval((("tokenizer_bos_token",), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval engine": Way(
        about=Facet.ENGINE,
        named="transformers_version",
        lacking=of_lm_eval((("transformers_version",), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval endpoint": Way(
        about=Facet.ENDPOINT,
        named="--model_args base_url=",
        lacking=of_lm_eval(
            (("config", "model"), "local-completions"), (MODEL_ARGS, "model=org/model")
        ),
        followed=of_lm_eval(
            (("config", "model"), "local-completions"),
            (MODEL_ARGS, "model=org/model,base_url=http://127.0.0.1:8000/v1/completions"),
        ),
    ),
    "lm-eval test-time compute": Way(
        about=Facet.TEST_TIME_COMPUTE,
        named="configs",
        lacking=of_generation((("configs", "arc", "repeats"), GONE)),
        followed=of_generation(),
    ),
    "lm-eval seeds": Way(
        about=SeedsAreRecorded(),
        named="--seed 0,1234,1234,1234",
        lacking=of_lm_eval((("config", "random_seed"), None)),
        followed=of_lm_eval((("config", "random_seed"), 0), (("config", "numpy_seed"), 1234)),
    ),
    "lm-eval hardware": Way(
        about=HardwareIsRecorded(),
        named="pretty_env_info",
        lacking=of_lm_eval(),
        followed=of_lm_eval((("pretty_env_info",), "OS: Linux\nGPU 0: NVIDIA H200\n")),
    ),
    "lm-eval version": Way(
        about=SameHarness(),
        named="lm_eval_version",
        lacking=of_lm_eval((("lm_eval_version",), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval number of documents": Way(
        about=AllDocumentsScored(),
        named="n-samples",
        lacking=of_lm_eval((("n-samples",), GONE), (("results", "arc", "sample_len"), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval standard error": Way(
        about=UncertaintyIsShown(),
        named="bootstrap_iters",
        lacking=of_lm_eval((("results", "arc", "acc_stderr,none"), "N/A")),
        followed=of_lm_eval(),
    ),
    "lm-eval start": Way(
        about=RunsWithinDays(),
        named="date",
        lacking=of_lm_eval((("date",), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval task configuration": Way(
        about=SameTaskConfiguration(),
        named="configs",
        lacking=of_lm_eval((("configs",), GONE)),
        followed=of_lm_eval(),
    ),
    "lm-eval dataset": Way(
        about=DatasetAsRequired(),
        named="dataset_kwargs: {revision: ",
        lacking=of_lm_eval(),
        followed=of_lm_eval((("configs", "arc", "dataset_kwargs"), {"revision": COMMIT})),
    ),
    "Inspect weights": Way(
        about=Facet.WEIGHTS,
        named="-M revision=",
        lacking=of_local_inspect(),
        followed=of_local_inspect((("eval", "model_args"), {"revision": COMMIT})),
    ),
    "Inspect dtype": Way(
        about=Facet.DTYPE,
        named="-M dtype=bfloat16",
        lacking=of_local_inspect(),
        followed=of_local_inspect((("eval", "model_args"), {"dtype": "bfloat16"})),
    ),
    "Inspect system prompt": Way(
        about=Facet.SYSTEM_PROMPT,
        named="--no-log-samples",
        lacking=of_local_inspect((("samples",), GONE)),
        followed=of_local_inspect(),
    ),
    "Inspect decoding": Way(
        about=Facet.DECODING,
        named="--temperature",
        lacking=of_inspect((("plan", "config"), {}), (("eval", "model_generate_config"), {})),
        followed=of_inspect((("plan", "config"), {"temperature": 0.0, "seed": 1})),
    ),
    "Inspect test-time compute": Way(
        about=Facet.TEST_TIME_COMPUTE,
        named="--epochs",
        lacking=of_inspect((("eval", "config"), {})),
        followed=of_inspect((("eval", "config"), {"epochs": 1, "epochs_reducer": ["mean"]})),
    ),
    "Inspect endpoint": Way(
        about=Facet.ENDPOINT,
        named="--model-base-url",
        lacking=of_inspect(),
        followed=of_inspect((("eval", "model_base_url"), "http://127.0.0.1:8000/v1")),
    ),
    "Inspect seeds": Way(
        about=SeedsAreRecorded(),
        named="--seed",
        lacking=of_inspect(),
        followed=of_inspect((("plan", "config"), {"seed": 1})),
    ),
    "Inspect working tree": Way(
        about=HarnessIsCommitted(),
        named="git checkout",
        lacking=of_inspect((("eval", "revision"), GONE)),
        followed=of_inspect((("eval", "revision", "dirty"), False)),
    ),
    "Inspect tools": Way(
        about=ToolsAsRequired(),
        named="--no-log-samples",
        lacking=of_inspect((("samples",), GONE)),
        followed=of_inspect(),
    ),
    "Inspect ends of answers": Way(
        about=AnswersAreNotTruncated(),
        named="--no-log-samples",
        lacking=of_inspect((("samples",), GONE)),
        followed=of_inspect(),
    ),
    "Inspect errors": Way(
        about=ErrorsCountAsWrong(),
        named="--no-log-samples",
        lacking=of_inspect((("samples",), GONE)),
        followed=of_inspect(),
    ),
    "LightEval weights": Way(
        about=Facet.WEIGHTS,
        named="revision=",
        lacking=of_lighteval(),
        followed=of_lighteval(((*MODEL, "revision"), COMMIT)),
    ),
    "LightEval weights of 2025": Way(
        about=Facet.WEIGHTS,
        named="with LightEval 0.11 or later: `revision=",
        lacking=of_lighteval_of_2025,
        followed=of_lighteval(((*MODEL, "revision"), COMMIT)),
    ),
    "LightEval dtype": Way(
        about=Facet.DTYPE,
        named="dtype=bfloat16",
        lacking=of_lighteval(((*MODEL, "dtype"), None)),
        followed=of_lighteval(),
    ),
    "LightEval system prompt": Way(
        about=Facet.SYSTEM_PROMPT,
        named="system_prompt=TEXT",
        lacking=of_lighteval_of_2025,
        followed=of_lighteval(((*MODEL, "system_prompt"), "Be brief.")),
    ),
    "LightEval remote code": Way(
        about=Facet.REMOTE_CODE,
        named="trust_remote_code=false",
        lacking=of_lighteval(((*MODEL, "trust_remote_code"), True)),
        followed=of_lighteval(),
    ),
    "LightEval decoding": Way(
        about=Facet.DECODING,
        named="generation_parameters={temperature:0}",
        lacking=of_lighteval(((*MODEL, "generation_parameters"), {})),
        followed=of_lighteval(((*MODEL, "generation_parameters"), {"temperature": 0})),
    ),
    "LightEval seeds": Way(
        about=SeedsAreRecorded(),
        named="generation_parameters={seed:N}",
        lacking=of_lighteval(((*MODEL, "seed"), GONE)),
        followed=of_lighteval(
            ((*MODEL, "seed"), GONE), ((*MODEL, "generation_parameters", "seed"), 1)
        ),
    ),
    "LightEval documents": Way(
        about=AllDocumentsScored(),
        named="--save-details",
        lacking=of_lighteval(),
        followed=of_lighteval_with_details,
    ),
    "LightEval version": Way(
        about=SameHarness(),
        named="lighteval_sha",
        lacking=of_lighteval(),
        followed=of_lighteval((("config_general", "lighteval_sha"), COMMIT)),
    ),
    "HELM endpoint": Way(
        about=Facet.ENDPOINT,
        named="model_deployment=",
        lacking=of_helm((("adapter_spec", "model_deployment"), "")),
        followed=of_helm(),
    ),
    "HELM errors": Way(
        about=ErrorsCountAsWrong(),
        named="scenario_state.json",
        lacking=of_helm(),
        followed=of_helm(state=helm.state()),
    ),
    "HELM documents": Way(
        about=SameDocuments(must_be_recorded=True),
        named="scenario_state.json",
        lacking=of_helm(),
        followed=of_helm(state=helm.state()),
    ),
    "HELM start": Way(
        about=RunsWithinDays(),
        named="scenario_state.json",
        lacking=of_helm(),
        followed=of_helm(state=helm.state()),
    ),
    "Every Eval Ever weights": Way(
        about=Facet.WEIGHTS,
        named="model_info.additional_details.sha",
        lacking=of_aggregate(),
        followed=of_aggregate((("model_info", "additional_details", "sha"), COMMIT)),
    ),
    "Every Eval Ever dtype": Way(
        about=Facet.DTYPE,
        named="model_info.additional_details.dtype",
        lacking=of_aggregate(),
        followed=of_aggregate((("model_info", "additional_details", "dtype"), "bfloat16")),
    ),
    "Every Eval Ever engine": Way(
        about=Facet.ENGINE,
        named="model_info.inference_engine",
        lacking=of_aggregate(),
        followed=of_aggregate(
            (("model_info", "inference_engine"), {"name": "vllm", "version": "0.19.0"})
        ),
    ),
    "Every Eval Ever decoding": Way(
        about=Facet.DECODING,
        named="generation_config.generation_args",
        lacking=of_aggregate(),
        followed=of_aggregate(
            ((*RESULT, "generation_config"), {"generation_args": {"temperature": 0.0}})
        ),
    ),
    "Every Eval Ever test-time compute": Way(
        about=Facet.TEST_TIME_COMPUTE,
        named="generation_config.generation_args",
        lacking=of_aggregate(),
        followed=of_aggregate(
            ((*RESULT, "generation_config"), {"generation_args": {"max_attempts": 1}})
        ),
    ),
    "Every Eval Ever standard error": Way(
        about=UncertaintyIsShown(),
        named="score_details.uncertainty.standard_error",
        lacking=of_aggregate(),
        followed=of_aggregate(
            (
                (*RESULT, "score_details", "uncertainty"),
                {"standard_error": {"value": 0.02}, "num_samples": 541},
            )
        ),
    ),
    "Every Eval Ever start": Way(
        about=RunsWithinDays(),
        named="evaluation_timestamp",
        lacking=of_aggregate((("evaluation_timestamp",), GONE)),
        followed=of_aggregate(),
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_following_the_way_that_a_finding_names_changes_the_finding(name: str, tmp_path: Path):
    way = WAYS[name]
    for folder in ("lacking", "followed"):
        (tmp_path / folder).mkdir()
    before = way.finding(way.lacking(tmp_path / "lacking"))
    assert before.outcome in {Outcome.UNDECIDED, Outcome.VIOLATED}
    assert way.named in before.fix
    after = way.finding(way.followed(tmp_path / "followed"))
    assert (after.outcome, after.statement) != (before.outcome, before.statement)
    assert after.outcome is Outcome.MET or way.named not in after.fix
