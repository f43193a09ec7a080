"""What a log says against itself is a finding of the rule that it concerns, in every format."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.making.logs import every_eval_ever, helm, inspect, lighteval, lm_eval, simple_evals
from tests.making.places import CORPUS
from tests.making.rules.builders import case

from weighin.api import check
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.files.canonical import sha256_hex
from weighin.files.yaml.written import as_yaml
from weighin.rules.interface import Case, Finding, Outcome, Verdict
from weighin.rules.scores.possible_error import impossible_error
from weighin.rules.shared.by_its_own_word import altered_texts, edited_scores, withdrawn
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.scorecard.benchmark_registry import registered_benchmark

VIOLATED, UNDECIDED, MET = Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.MET
RECOMPUTES, ALL_SCORED, INTACT = "score-recomputes", "all-documents-scored", "records-intact"
GSM8K = "cc7b047b6e5bb11b4f1af84efc572db110a51b3c"


def judged(
    folder: Path, log: Path, metric: str = "", *, task: str = "", profile: str = "same-checkpoint"
) -> Verdict:
    """The verdict on the first benchmark of a log, under the name of another task if one is given.

    The log lies in a folder of its own, with what belongs to it.
    """
    record = read_evidence([log.parent]).records[0]
    lines = [
        f"weighin: 1\nprofile: {profile}\nevidence: named",
        f"model: {{name: {as_yaml(record.model, is_in_flow=True)}, checkpoint: c}}\nbenchmarks:",
        f"  - task: {task or 'benchmark'}",
        f"    aliases: [{as_yaml(record.asked.task, is_in_flow=True)}]",
    ]
    if metric:
        lines.append(f"    metric: {as_yaml(metric)}")
    path = folder / "requirements.yaml"
    path.write_text("\n".join(lines) + "\n")
    return check(path, [log.parent])


def case_of(*records: Record) -> Case:
    """Some records, and the registry that comes with weighin."""
    return replace(case(*records), registered=registered_benchmark)


def of(verdict: Verdict, rule: str) -> list[Finding]:
    return [one.finding for one in verdict.findings if one.rule == rule]


def outcomes(verdict: Verdict, rule: str) -> list[Outcome]:
    return [finding.outcome for finding in of(verdict, rule)]


# --- edits and what is withdrawn ---------------------------------------------------------------


def edited_log() -> dict:
    log = inspect.document()
    log["samples"][2]["scores"]["match"] = {
        "value": "C",
        "history": [{"value": "I"}, {"value": "C", "provenance": {"author": "a. n. other"}}],
    }
    log["results"]["scores"][0]["metrics"]["accuracy"]["value"] = 1.0
    return log


def test_an_edited_score_is_told_by_the_rule_on_scores(tmp_path: Path):
    log = inspect.written(edited_log(), tmp_path)
    (finding,) = of(judged(tmp_path, log, "accuracy,match"), RECOMPUTES)[:1]
    assert finding.outcome is VIOLATED
    assert finding.statement == (
        "benchmark: 1 score edited after the run, by the log's own word: document 3 I → C "
        "(a. n. other); accuracy,match 1, 0.75 before"
    )
    assert [o.pointer for o in finding.where] == ["/samples/2/scores/match/history"]


def test_an_edit_of_another_scorer_decides_nothing(tmp_path: Path):
    log = edited_log()
    log["results"]["scores"].append(
        {"name": "other", "metrics": {"accuracy": {"name": "accuracy", "value": 0.5}}}
    )
    verdict = judged(tmp_path, inspect.written(log, tmp_path), "accuracy,other")
    edits = [f for f in of(verdict, RECOMPUTES) if "edited" in f.statement]
    assert [f.outcome for f in edits] == [MET]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"invalidated": True}, "the log is marked invalidated"),
        (
            {"status": "cancelled"},
            "the run did not end with success but with cancelled",
        ),
    ],
)
def test_what_a_log_withdraws_is_told_by_the_rule_on_documents(tmp_path: Path, change, told):
    log = inspect.written(inspect.document() | change, tmp_path)
    (finding,) = of(judged(tmp_path, log, "accuracy,match"), ALL_SCORED)
    assert (finding.outcome, finding.statement) == (VIOLATED, f"benchmark: {told}")


def test_a_withdrawn_sample_is_named(tmp_path: Path):
    log = inspect.document()
    log["samples"][1]["invalidation"] = {"author": "a. n. other", "reason": "leaked"}
    verdict = judged(tmp_path, inspect.written(log, tmp_path), "accuracy,match")
    (finding,) = of(verdict, ALL_SCORED)
    assert finding.statement == (
        "benchmark: 1 answer withdrawn, by the log's own word: document 2 (a. n. other: leaked)"
    )
    assert [o.pointer for o in finding.where] == ["/samples/1/invalidation"]


# --- texts beside their digests ----------------------------------------------------------------

TEXTS = {"chat_template": "same-chat-template", "system_instruction": "same-system-prompt"}


def with_text(key: str, *, is_altered: bool) -> dict:
    text = "{{ messages }}"
    return lm_eval.modern(
        **{key: text + (" and more" if is_altered else ""), f"{key}_sha": sha256_hex(text.encode())}
    )


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize("profile", ["comparable", "hosted"])
def test_a_text_that_is_not_of_its_digest_is_told_with_both(tmp_path: Path, key, profile):
    log = lm_eval.written(with_text(key, is_altered=True), tmp_path / "log")
    verdict = judged(tmp_path, log, profile=profile)
    # Where the facet is not compared, the rule on the log itself tells.
    is_compared = profile == "comparable" or key == "system_instruction"
    found = of(verdict, TEXTS[key] if is_compared else INTACT)
    (finding,) = [f for f in found if "not of the digest" in f.statement]
    assert finding.outcome is VIOLATED
    assert [o.pointer for o in finding.where] == [f"/{key}", f"/{key}_sha"]
    assert (
        sum(
            "not of the digest" in one.finding.statement and one.level == "error"
            for one in verdict.findings
        )
        == 1
    )


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_of_its_digest_is_no_finding(tmp_path: Path, key):
    log = lm_eval.written(with_text(key, is_altered=False), tmp_path / "log")
    verdict = judged(tmp_path, log, profile="comparable")
    assert not [o for o in verdict.findings if "not of the digest" in o.finding.statement]


def test_an_empty_text_has_no_digest(tmp_path: Path):
    # lm-eval writes an empty template of an endpoint, and null as its digest.
    document = lm_eval.modern(chat_template="")
    document["chat_template_sha"] = None
    record = lm_eval.record_of(document, tmp_path)
    assert record.fact(FactName.ALTERED_TEXTS) is None


# --- standard errors ---------------------------------------------------------------------------


def lm_eval_with(value: float, stderr: float, documents: int, *, task: str = "arc") -> dict:
    document = lm_eval.modern()
    row = {"acc,none": value, "acc_stderr,none": stderr, "sample_len": documents}
    document["results"] = {task: row}
    document["n-samples"] = {task: {"original": documents, "effective": documents}}
    document["configs"] = {task: document["configs"]["arc"] | {"task": task}}
    document["group_subtasks"] = {task: []}
    return document


def log_with(form: str, folder: Path, value: float, stderr: float, documents: int) -> Path:
    """A log in some format whose accuracy has this error over so many documents."""
    folder.mkdir()
    match form:
        case "lm-eval":
            return lm_eval.written(lm_eval_with(value, stderr, documents), folder)
        case "LightEval":
            document = lighteval.of_2025()
            row = {"acc": value, "acc_stderr": stderr}
            document["results"] = {"custom|sums|0": row}
            config = document["config_tasks"]["custom|sums"]
            config |= {"original_num_docs": documents, "effective_num_docs": documents}
            config["metric"][0]["metric_name"] = "acc"
            return lighteval.written(document, folder).path
        case "Inspect":
            log = inspect.header(documents, accuracy=value)
            log["results"]["scores"][0]["metrics"]["stderr"]["value"] = stderr
            return inspect.written(log, folder)
        case _:
            metrics = {"score": value, "score:std": 0.4, "score:n_samples": documents}
            metrics["score:bootstrap_std"] = stderr
            simple_evals.written(folder, content=metrics)
            return folder / simple_evals.NAME


WITH_ERRORS = ("lm-eval", "LightEval", "Inspect", "simple-evals")


@pytest.mark.parametrize("form", WITH_ERRORS)
def test_an_error_that_so_many_documents_cannot_have_is_impossible(tmp_path: Path, form):
    # sqrt(0.734 * 0.266 / 1266) = 0.01242; 1 + 0.734 * 0.266 / 0.05 ** 2 = 79.
    log = log_with(form, tmp_path / "log", 0.734, 0.05, 1267)
    told = [
        f
        for f in of(judged(tmp_path, log, task="mmlu"), RECOMPUTES)
        if f.statement.startswith("mmlu: IMPOSSIBLE")
    ]
    assert [f.outcome for f in told] == [VIOLATED]
    assert "0.734 ± 0.05 over 1267 documents" in told[0].statement
    assert "at most 0.01242; with that error there are at most 79" in told[0].statement


@pytest.mark.parametrize("form", WITH_ERRORS)
@pytest.mark.parametrize("stderr", [0.01242, 0.01241, 0.0124, 0.0129, 0.004])
def test_errors_that_a_score_can_have_are_no_finding(tmp_path: Path, form, stderr):
    log = log_with(form, tmp_path / "log", 0.734, stderr, 1267)
    found = of(judged(tmp_path, log, task="mmlu"), RECOMPUTES)
    assert not [f for f in found if "IMPOSSIBLE" in f.statement]


def test_an_error_that_is_too_small_is_impossible_of_right_and_wrong_alone(tmp_path: Path):
    # Of the registry's winogrande each document is right or wrong; of arc's fork nothing is known.
    told = {}
    for task in ("winogrande", "somebody_s_own"):
        document = lm_eval_with(0.734, 0.001, 1267, task=task)
        log = lm_eval.written(document, tmp_path / task)
        (told[task],) = of(judged(tmp_path, log, "acc", task=task), RECOMPUTES)[:1]
    assert told["winogrande"].outcome is VIOLATED
    assert "IMPOSSIBLE: " in told["winogrande"].statement
    assert "the standard error of such a mean is 0.01242" in told["winogrande"].statement
    assert told["somebody_s_own"].outcome is UNDECIDED
    assert told["somebody_s_own"].contradicts
    assert "of documents that are right or wrong is 0.01242" in told["somebody_s_own"].statement


@pytest.mark.parametrize("stderr", [0.05, 0.001])
def test_a_metric_that_is_only_named_like_an_accuracy_is_undecided(tmp_path: Path, stderr):
    document = lm_eval_with(0.734, stderr, 1267)
    row = {"acc_strict,none": 0.734, "acc_strict_stderr,none": stderr, "sample_len": 1267}
    document["results"]["arc"] = row
    document["configs"]["arc"]["metric_list"] = [{"metric": "acc_strict", "aggregation": "mean"}]
    log = lm_eval.written(document, tmp_path / "log")
    (finding,) = of(judged(tmp_path, log, "acc_strict"), RECOMPUTES)[:1]
    assert (finding.outcome, finding.contradicts) == (UNDECIDED, True)
    assert MET not in outcomes(judged(tmp_path, log, "acc_strict"), RECOMPUTES)


def test_errors_of_groups_and_clusters_are_not_decided(tmp_path: Path):
    document = lm_eval_with(0.734, 0.05, 1267)
    document["results"]["group"] = {"acc,none": 0.734, "acc_stderr,none": 0.05}
    document["group_subtasks"]["group"] = ["arc"]
    group = lm_eval.record_of(document, tmp_path, "group")
    log = inspect.header(1267, accuracy=0.734)
    log["results"]["scores"][0]["metrics"]["stderr"] |= {
        "value": 0.05,
        "params": {"cluster": "passage"},
    }
    clustered = inspect.record_of(log, tmp_path)
    for record in (group, clustered):
        assert [impossible_error(case_of(record), record, s) for s in record.scores[:1]] == [None]


# --- limits ------------------------------------------------------------------------------------


def limited(form: str, folder: Path) -> Path:
    """A log in which as many documents were scored as were to be asked, and no size is told."""
    folder.mkdir()
    match form:
        case "HELM":
            run = helm.Run(folder, spec=helm.spec(max_eval_instances=4))
            return run.written().path
        case "lm-eval of 2022":
            document = lm_eval.of_2022()
            document["config"]["limit"] = 100.0
            return lm_eval.written(document, folder)
        case "LightEval":
            document = lighteval.modern()
            document["config_general"]["max_samples"] = 100
            return lighteval.written(document, folder).path
        case _:
            log = inspect.document()
            log["eval"]["config"]["limit"] = 4
            del log["eval"]["dataset"]["samples"]
            return inspect.written(log, folder)


@pytest.mark.parametrize("form", ["HELM", "lm-eval of 2022", "LightEval", "Inspect"])
def test_a_limit_that_was_reached_leaves_open_whether_these_are_all(tmp_path: Path, form):
    verdict = judged(tmp_path, limited(form, tmp_path / "log"))
    assert outcomes(verdict, ALL_SCORED) == [UNDECIDED]
    of_samples = [f for f in of(verdict, "as-required") if "samples" in f.statement]
    assert [f.outcome for f in of_samples] == [UNDECIDED]
    assert "does not show whether these are all" in of_samples[0].statement


def test_fewer_than_helm_would_have_taken_are_all(tmp_path: Path):
    log = helm.Run(tmp_path / "log", spec=helm.spec(max_eval_instances=100)).written().path
    assert outcomes(judged(tmp_path, log), ALL_SCORED) == [MET]


@pytest.mark.parametrize(
    ("limit", "effective", "expected"), [(4, 4, MET), (100, 4, MET), (3, 3, VIOLATED)]
)
def test_a_limit_beside_a_size_is_decided(tmp_path: Path, limit, effective, expected):
    document = lm_eval.with_config(limit=float(limit))
    document["n-samples"]["arc"]["effective"] = effective
    document["results"]["arc"]["sample_len"] = effective
    log = lm_eval.written(document, tmp_path / "log")
    assert outcomes(judged(tmp_path, log), ALL_SCORED) == [expected]


def test_a_share_of_the_documents_is_a_part(tmp_path: Path):
    document = lm_eval.of_2022()
    document["config"]["limit"] = 0.5
    verdict = judged(tmp_path, lm_eval.written(document, tmp_path / "log"))
    of_samples = [f for f in of(verdict, "as-required") if "samples" in f.statement]
    assert [f.outcome for f in of_samples] == [VIOLATED]


# --- sizes against the registry ----------------------------------------------------------------


def sized(form: str, folder: Path, documents: int) -> Path:
    """A log of so many documents, in some format."""
    folder.mkdir()
    match form:
        case "HELM":
            stats = [helm.stat("exact_match", 0.5), helm.stat("num_instances", documents)]
            spec = helm.spec(max_eval_instances=None)
            return helm.Run(folder, stats=stats, spec=spec, per_instance=None).written().path
        case "Every Eval Ever":
            details = {"score": 0.5, "uncertainty": {"num_samples": documents}}
            result = every_eval_ever.result("GSM8K", score_details=details)
            return every_eval_ever.written(every_eval_ever.aggregate(result), folder)
        case "lm-eval":
            return lm_eval.written(lm_eval_with(0.5, 0.01, documents), folder)
        case _:
            return log_with(form, folder / "log", 0.5, 0.01, documents)


FORMS = ("lm-eval", "LightEval", "Inspect", "simple-evals", "HELM", "Every Eval Ever")


@pytest.mark.parametrize("form", FORMS)
def test_another_size_than_the_registry_says_leaves_it_open(tmp_path: Path, form):
    log = sized(form, tmp_path / "log", 1300)
    found = of(judged(tmp_path, log, task="gsm8k"), ALL_SCORED)
    (finding,) = [f for f in found if "registry" in f.statement]
    assert finding.outcome is UNDECIDED
    assert finding.contradicts
    assert "1300 documents" in finding.statement
    assert "in the registry of benchmarks 1319" in finding.statement


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("task", "documents"), [("gsm8k", 1319), ("somebody_s_own", 1300)])
def test_the_size_of_the_registry_and_unknown_benchmarks_are_no_finding(
    tmp_path: Path, form, task, documents
):
    log = sized(form, tmp_path / "log", documents)
    found = of(judged(tmp_path, log, task=task), ALL_SCORED)
    assert not [f for f in found if "registry" in f.statement]


@pytest.mark.parametrize(
    ("revision", "expected"), [(GSM8K, VIOLATED), ("d" * 40, UNDECIDED), (None, UNDECIDED)]
)
def test_another_size_at_the_registry_s_own_commit_violates(tmp_path: Path, revision, expected):
    document = lm_eval_with(0.5, 0.01, 1300)
    config = document["configs"]["arc"]
    config["dataset_path"] = "openai/gsm8k"
    config["dataset_kwargs"] = {"revision": revision}
    log = lm_eval.written(document, tmp_path / "log")
    found = of(judged(tmp_path, log, task="gsm8k"), ALL_SCORED)
    (finding,) = [f for f in found if "registry" in f.statement]
    assert finding.outcome is expected


# --- real files --------------------------------------------------------------------------------


@pytest.mark.skipif(not (CORPUS / "index.csv").is_file(), reason="the public files are not at hand")
def test_no_public_log_says_anything_against_itself():
    said = []
    for record in read_evidence([CORPUS], skip_unreadable=True).records:
        errors = [impossible_error(case_of(record), record, score) for score in record.scores]
        facets = {str(observation.facet) for observation in record.observations}
        said += [
            (record.origin.file, finding.statement)
            for finding in (
                *errors,
                edited_scores(record, {score.key for score in record.scores}),
                withdrawn(record),
                *altered_texts([record], facets),
            )
            if finding is not None
        ]
    assert said == []


def test_the_sizes_above_are_those_of_the_registry():
    known = registered_benchmark("gsm8k")
    assert known is not None
    assert (known.documents, known.revisions, known.dataset) == (1319, (GSM8K,), "openai/gsm8k")
