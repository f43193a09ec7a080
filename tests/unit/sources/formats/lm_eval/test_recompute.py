"""Scores recomputed from real logs of lm-eval, held against lm-eval's own numbers."""

import json

import pytest
from tests.making.logs.evaluated import Log

from weighin.evidence.collected import Recomputed
from weighin.sources.formats.lm_eval import aggregation as lm_eval_aggregation
from weighin.sources.formats.lm_eval.recompute import UNWEIGHTED_GROUP, WEIGHTED_GROUP, recompute

pytestmark = pytest.mark.model

EXACT = 1e-12
CLOSED_FORMS = (
    ("weighted_many", "acc"),
    ("weighted_few", "acc_norm"),
    ("texts", "word_perplexity"),
    ("texts", "byte_perplexity"),
    ("texts", "bits_per_byte"),
    ("continuations", "perplexity"),
    ("continuations", "acc"),
)


def recomputed(log: Log, task: str) -> Recomputed:
    return recompute(log.records()[task], log.path.parent)


def stated(log: Log, task: str, key: str) -> float:
    return json.loads(log.path.read_text())["results"][task][key]


@pytest.mark.parametrize(("task", "metric"), CLOSED_FORMS)
def test_closed_forms_give_what_lm_eval_gave(log: Log, task: str, metric: str):
    again = recomputed(log, task).values[task, metric, "none"]
    assert again == pytest.approx(stated(log, task, f"{metric},none"), rel=EXACT, abs=0)


def test_other_aggregations_give_what_lm_eval_gave(log: Log):
    for task, metric, of_filter in (
        ("classes", "f1", "none"),
        ("classes", "mcc", "none"),
        ("replies", "bleu", "first"),
        ("replies", "chrf", "bare"),
    ):
        again = recomputed(log, task).values[task, metric, of_filter]
        assert again == pytest.approx(stated(log, task, f"{metric},{of_filter}"), rel=EXACT, abs=0)


def test_every_score_has_a_value_or_a_reason(log: Log):
    for task, record in log.records().items():
        keys = {(score.task, score.metric, score.filter) for score in record.scores}
        again = recomputed(log, task)
        assert set(again.values) | set(again.why_not) == keys
        assert not set(again.values) & set(again.why_not)


def test_metric_whose_samples_lm_eval_cut_short_cannot_be_recomputed(log: Log):
    assert "brier_score" in recomputed(log, "classes").why_not["classes", "brier_score", "none"]


@pytest.mark.parametrize("group", ["weighted", "unweighted"])
def test_group_gives_what_lm_eval_gave(log: Log, group: str):
    again = recomputed(log, group).values[group, "acc", "none"]
    assert again == pytest.approx(stated(log, group, "acc,none"), rel=EXACT, abs=0)


def test_mean_by_documents_is_not_the_mean_of_tasks(log: Log):
    record = log.records()["weighted"]
    values = {}
    for how in (WEIGHTED_GROUP, UNWEIGHTED_GROUP):
        scores = tuple(
            score.model_copy(update={"aggregation": how}) if score.task == "weighted" else score
            for score in record.scores
        )
        again = recompute(record.model_copy(update={"scores": scores}), log.path.parent)
        values[how] = again.values["weighted", "acc", "none"]
    many, few = (stated(log, task, "acc,none") for task in ("weighted_many", "weighted_few"))
    assert values[WEIGHTED_GROUP] == pytest.approx((20 * many + 7 * few) / 27, rel=EXACT)
    assert values[UNWEIGHTED_GROUP] == pytest.approx((many + few) / 2, rel=EXACT)


def test_group_with_samples_of_some_tasks_only_is_not_recomputed(log: Log):
    log.samples("weighted_few").unlink()
    again = recomputed(log, "weighted")
    assert again.why_not["weighted", "acc", "none"].startswith(
        "1 of 2 tasks behind weighted cannot be recomputed, among them weighted_few"
    )


def test_edited_score_of_a_group_is_no_mean_of_its_tasks(log: Log):
    log.edit(lambda document: document["results"]["weighted"].update({"acc,none": 0.9}))
    assert (
        "how the tasks behind weighted were averaged"
        in (recomputed(log, "weighted").why_not["weighted", "acc", "none"])
    )


def test_edited_score_is_not_what_the_samples_give(log: Log):
    honest = stated(log, "weighted_many", "acc,none")
    log.edit(lambda document: document["results"]["weighted_many"].update({"acc,none": 0.9}))
    assert recomputed(log, "weighted_many").values["weighted_many", "acc", "none"] == honest


def test_edited_sample_changes_the_value_by_its_share(log: Log):
    before = recomputed(log, "weighted_many").values["weighted_many", "acc", "none"]
    log.edit_samples("weighted_many", lambda rows: rows[0].update(acc=1.0 - rows[0]["acc"]))
    after = recomputed(log, "weighted_many").values["weighted_many", "acc", "none"]
    assert abs(after - before) == pytest.approx(1 / 20)


def test_order_of_samples_does_not_matter(log: Log):
    before = recomputed(log, "texts").values
    log.edit_samples("texts", lambda rows: rows.reverse())
    assert recomputed(log, "texts").values == before


def test_documents_without_a_score_are_counted(log: Log):
    again = recomputed(log, "unscorable")
    assert again.documents["unscorable", "acc", "none"] == 16
    record = log.records()["unscorable"]
    assert (record.asked.documents_scored, record.asked.documents_total) == (16, 20)


def test_document_that_stands_twice_is_not_recomputed(log: Log):
    log.edit_samples("texts", lambda rows: rows.append(rows[0]))
    again = recomputed(log, "texts")
    assert not again.values
    assert set(again.why_not.values()) == {"documents that stand twice in the samples: 1"}


def test_samples_of_another_metric_are_no_samples(log: Log):
    log.edit_samples("texts", lambda rows: [row.update(metrics=["acc"], acc=1) for row in rows])
    assert recomputed(log, "texts").why_not["texts", "bits_per_byte", "none"] == (
        "the samples hold no bits_per_byte,none"
    )


def test_missing_samples_are_a_reason(log: Log):
    log.samples("texts").unlink()
    assert recomputed(log, "texts").why_not["texts", "bits_per_byte", "none"] == (
        "no samples of texts"
    )


def test_torn_samples_are_a_reason_that_names_the_line(log: Log):
    record = log.records()["texts"]
    path = log.samples("texts")
    path.write_text(path.read_text()[:-40])
    again = recompute(record, log.path.parent)
    assert f"{path.name}:20: expected a sample" in again.why_not["texts", "bits_per_byte", "none"]


@pytest.mark.parametrize("value", ["high", None, [1], float("nan"), 10**400])
def test_value_that_is_no_number_is_a_reason(log: Log, value: object):
    log.edit_samples("weighted_many", lambda rows: rows[3].update(acc=value))
    again = recomputed(log, "weighted_many")
    assert "samples" in again.why_not["weighted_many", "acc", "none"]
    assert ("weighted_many", "acc_norm", "none") in again.values


def test_unknown_aggregation_is_a_reason(log: Log):
    def rename(document: dict) -> None:
        document["configs"]["continuations"]["metric_list"] = [
            {"metric": "acc", "aggregation": "os_system"}
        ]

    log.edit(rename)
    assert recomputed(log, "continuations").why_not["continuations", "acc", "none"] == (
        "lm-eval has no aggregation 'os_system'"
    )


def test_without_lm_eval_the_reason_says_what_to_install(log: Log, monkeypatch):
    monkeypatch.setattr(lm_eval_aggregation, "find_spec", lambda _name: None)
    again = recomputed(log, "classes")
    assert "install weighin[hf]" in again.why_not["classes", "f1", "none"]


def test_nothing_in_the_current_folder_is_imported(log: Log, tmp_path, monkeypatch):
    (tmp_path / "lm_eval.py").write_text("raise SystemExit('imported from the current folder')")
    monkeypatch.chdir(tmp_path)
    assert ("classes", "f1", "none") in recomputed(log, "classes").values
