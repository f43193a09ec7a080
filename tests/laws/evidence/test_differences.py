"""What a record holds is held against what another holds: nothing that is recorded goes unseen."""

import json

import pytest
from tests.making.places import TESTS

from weighin.evidence.collected import ReadRecord, Recomputed
from weighin.evidence.differences.benchmark import benchmark_difference
from weighin.evidence.differences.held import asked
from weighin.evidence.differences.held.facets import Checkpoints
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record

RECORD = json.loads(
    min(
        (TESTS / "compat" / "v2" / "evidence" / "met").rglob("tiny_generate/*/*/record.json")
    ).read_text()
)
# What names a run or an attempt, what follows from the rest, and what no score hangs on.
NOT_HELD = {
    "format", "origin", "files", "scores", "loaded", "watch", "checkpoint_files", "location",
    "checkpoint_id",
    "asked.config_digest",  # held with the name of the harness, below
    "run.run_id", "run.job_id", "run.attempt_id", "run.started", "run.finished", "run.command",
    "run.host", "run.engine",
    "sent.requests", "sent.answers",
    "run.settings.scores_not_finite",  # told as what limits the comparison
    "run.settings.dtype_requested",  # held as `in_force` has it
}  # fmt: skip


def fields(value, place=""):
    """Every field that holds something, by its path; lists as they are."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from fields(item, f"{place}.{key}" if place else key)
    else:
        yield place


def is_held(place):
    return not any(place == name or place.startswith(f"{name}.") for name in NOT_HELD)


def other(value):
    """A value of the same kind that is another."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value} another"
        case list():
            return [*value, "another"]
        case None:
            return 7
        case dict():
            return {"another": 1}


def changed(document, place):
    copy = json.loads(json.dumps(document))
    at = copy
    *above, last = place.split(".")
    for name in above:
        at = at[name]
    at[last] = other(at[last])
    return copy


def read(document):
    record = Record.model_validate_json(json.dumps(document))
    return ReadRecord(
        record=record, recompute=lambda: Recomputed(values={}, documents={}, why_not={})
    )


def told(first, second):
    found = benchmark_difference(read(first), read(second), Checkpoints())
    return [d for d in (*found.differences, *found.outcomes) if d.agreement != "same"]


def test_a_record_differs_from_itself_in_nothing():
    assert told(RECORD, RECORD) == []


@pytest.mark.parametrize(
    "place",
    [p for p in fields(RECORD) if is_held(p) and not p.startswith(("observations", "facts"))],
)
def test_every_field_that_is_changed_is_told(place):
    try:
        copy = changed(RECORD, place)
        read(copy)
    except ValueError:
        pytest.skip("no record can hold another value there")
    assert told(RECORD, copy)
    assert told(copy, RECORD)


@pytest.mark.parametrize("number", range(len(RECORD["observations"])))
def test_every_facet_that_is_changed_is_told(number):
    copy = json.loads(json.dumps(RECORD))
    observation = copy["observations"][number]
    for identifier in observation["identifiers"]:
        identifier["value"] = other(identifier["value"])
    if not observation["applies"] or not observation["identifiers"]:
        pytest.skip("a facet without bearing on this benchmark")
    assert observation["facet"] in {d.topic for d in told(RECORD, copy)}


@pytest.mark.parametrize("number", range(len(RECORD["facts"])))
def test_every_fact_that_is_changed_is_told(number):
    copy = json.loads(json.dumps(RECORD))
    fact = copy["facts"][number]
    fact["value"] = other(fact["value"])
    if FactName(fact["name"]) in {*asked.DECLARED_FACTS, *asked.NOT_COMPARED_FACTS}:
        pytest.skip("what people state, and what stands in the record elsewhere")
    assert told(RECORD, copy)


def test_every_fact_has_its_place():
    groups = (
        asked.SETTINGS_IN_FACTS, asked.NAMES_IN_FACTS, asked.FILES_IN_FACTS,
        asked.OUTCOMES_IN_FACTS, asked.DECLARED_FACTS, asked.TROUBLE_IN_FACTS,
        asked.NOT_COMPARED_FACTS,
    )  # fmt: skip
    listed = [name for group in groups for name in group]
    assert sorted(listed) == sorted(FactName)


def test_a_digest_of_a_task_says_something_within_one_version_of_a_harness_only():
    copy = changed(RECORD, "asked.config_digest")
    (difference,) = told(RECORD, copy)
    assert (difference.topic, difference.agreement) == ("task configuration", "different")
    copy["run"]["harness"] = "another harness"
    assert {d.topic: str(d.agreement) for d in told(RECORD, copy)}[
        "task configuration"
    ] == "unknown"
