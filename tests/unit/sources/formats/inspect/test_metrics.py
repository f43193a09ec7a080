"""Metrics of an Inspect log that are several values, or no score at all."""

from pathlib import Path

import pytest
from tests.making.logs.inspect import document, header, read, record_of, written

CI = {"level": 0.95, "method": "t", "num_samples": 1000, "cluster": None}


def metric(name: str, value: float, group: str | None = None, **params: object) -> dict:
    found: dict = {"name": name, "value": value, "params": params}
    return found if group is None else found | {"group": group}


def scores(tmp_path: Path, **metrics: dict) -> dict[str, tuple[float, float | None]]:
    log = header()
    log["results"]["scores"][0]["metrics"] = metrics
    return {s.metric: (s.value, s.stderr) for s in record_of(log, tmp_path).scores}


def test_an_interval_is_no_score_and_is_named(tmp_path: Path):
    log = header()
    log["results"]["scores"][0]["metrics"] |= {
        "lower": metric("lower", 0.52, "ci", **CI),
        "upper": metric("upper", 0.98, "ci", **CI),
    }
    reading = read(written(log, tmp_path))
    assert [s.metric for s in reading.records[0].record.scores] == ["accuracy"]
    (note,) = reading.notes
    assert note.endswith("match: an interval from 0.52 to 0.98 is no score; passed over")


def test_an_interval_without_a_group_is_told_by_its_arguments(tmp_path: Path):
    found = scores(
        tmp_path,
        mean=metric("mean", 0.75),
        lower=metric("lower", 0.5, **CI),
        upper=metric("upper", 0.9, **CI),
    )
    assert found == {"mean": (0.75, None)}


@pytest.mark.parametrize(
    ("group", "lower", "upper"),
    [
        ("inspect_ai/ci_wilson", "lower", "upper"),
        ("bootstrap_ci", "lower", "upper"),
        ("of_answers", "ci_low", "ci_high"),
        ("f1_interval", "lo", "hi"),
        ("aggregate", "accuracy_lower_95", "accuracy_upper_95"),
        ("bounds", "LB", "UB"),
    ],
)
def test_ends_of_any_interval_are_no_scores(group: str, lower: str, upper: str, tmp_path: Path):
    found = scores(
        tmp_path,
        mean=metric("mean", 0.75, group),
        low=metric(lower, 0.5, group),
        high=metric(upper, 0.875, group),
    )
    assert found == {f"{group.rpartition('/')[2]}/mean": (0.75, None)}


@pytest.mark.parametrize("group", ["grouped", "frequency", "difficulty"])
def test_groups_and_answers_named_low_and_high_are_scores(group: str, tmp_path: Path):
    found = scores(tmp_path, low=metric("low", 0.5, group), high=metric("high", 0.875, group))
    assert found == {f"{group}/low": (0.5, None), f"{group}/high": (0.875, None)}


def test_two_intervals_are_named_one_after_the_other(tmp_path: Path):
    log = header()
    log["results"]["scores"][0]["metrics"] |= {
        "lower": metric("lower", 0.5, "ci"),
        "upper": metric("upper", 0.875, "ci"),
        "lower2": metric("lower", 0.25, "ci_wilson"),
        "upper2": metric("upper", 1.0, "ci_wilson"),
    }
    of_t, of_wilson = read(written(log, tmp_path)).notes
    assert "from 0.5 to 0.875" in of_t
    assert "from 0.25 to 1.0" in of_wilson


def test_a_metric_that_is_only_named_lower_is_a_score(tmp_path: Path):
    assert scores(tmp_path, lower=metric("lower", 0.5)) == {"lower": (0.5, None)}


def test_several_values_of_a_metric_are_told_apart(tmp_path: Path):
    found = scores(
        tmp_path,
        yes=metric("yes", 0.25, "frequency"),
        no=metric("no", 0.75, "frequency"),
        frequency21=metric("1", 0.5, "frequency2"),
    )
    assert found == {
        "frequency/yes": (0.25, None),
        "frequency/no": (0.75, None),
        "frequency2/frequency21": (0.5, None),
    }


def test_standard_errors_of_groups_belong_to_their_groups(tmp_path: Path):
    of = {"group_key": "subject"}
    found = scores(
        tmp_path,
        law=metric("law", 0.5, "grouped", metric="inspect_ai/accuracy", **of),
        all=metric("all", 0.75, "grouped", metric="inspect_ai/accuracy", **of),
        law1=metric("law", 0.125, "grouped", metric="inspect_ai/stderr", **of),
        all1=metric("all", 0.25, "grouped", metric="inspect_ai/stderr", **of),
    )
    assert found == {"grouped/law": (0.5, 0.125), "grouped/all": (0.75, 0.25)}


def test_metrics_of_one_name_are_told_apart_by_their_keys(tmp_path: Path):
    found = scores(
        tmp_path,
        aggregate=metric("aggregate", 0.5, key="helpful", agg="inspect_ai/mean"),
        aggregate1=metric("aggregate", 0.25, key="honest", agg="inspect_ai/mean"),
        aggregate2=metric("aggregate", 0.125, key="honest", agg="inspect_ai/stderr"),
    )
    assert found == {"aggregate": (0.5, None), "aggregate1": (0.25, 0.125)}


def test_an_error_by_drawing_anew_is_no_score(tmp_path: Path):
    found = scores(
        tmp_path, mean=metric("mean", 0.5), bootstrap_stderr=metric("bootstrap_stderr", 0.25)
    )
    assert found == {"mean": (0.5, 0.25)}


def test_scores_of_single_answers_stand_beside_those_of_documents(tmp_path: Path):
    log = header(config={"epochs": 2, "epochs_reducer": ["mean"]})
    (entry,) = log["results"]["scores"]
    log["results"]["scores"] = [entry | {"reducer": "mean"}, entry | {"scored_samples": 8}]
    scores = record_of(log, tmp_path).scores
    assert [(s.key, s.aggregation) for s in scores] == [
        ("accuracy,match", "mean"),
        ("accuracy,match/unreduced", None),
    ]


@pytest.mark.parametrize(("completed", "epochs", "documents"), [(4, 1, 4), (8, 2, 4), (7, 2, None)])
def test_documents_are_those_that_were_completed(completed, epochs, documents, tmp_path: Path):
    log = header(config={"epochs": epochs, "epochs_reducer": ["mean"]})
    log["results"] |= {"total_samples": completed, "completed_samples": completed}
    (score,) = record_of(log, tmp_path).scores
    assert score.documents == documents


def test_what_a_scorer_says_of_its_documents_comes_first(tmp_path: Path):
    log = document()
    log["results"]["scores"][0]["scored_samples"] = 3
    assert record_of(log, tmp_path).scores[0].documents == 3
