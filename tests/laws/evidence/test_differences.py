"""What a record holds is held against what another holds: nothing that is recorded goes unseen."""

import json
from dataclasses import replace

import pytest
from tests.making.places import TESTS

from weighin.evidence.collected import ReadRecord, Recomputed
from weighin.evidence.differences.benchmark import benchmark_difference
from weighin.evidence.differences.documents.logged import LoggedDocument
from weighin.evidence.differences.headline import what_moved
from weighin.evidence.differences.held import asked
from weighin.evidence.differences.held.facets import Checkpoints
from weighin.evidence.differences.held.jobs import held_jobs
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


def difference(first, second):
    return benchmark_difference(read(first), read(second), Checkpoints())


def told(first, second):
    found = difference(first, second)
    return [d for d in (*found.differences, *found.outcomes) if d.agreement != "same"]


def test_a_record_differs_from_itself_in_nothing():
    assert told(RECORD, RECORD) == []


def may_be_other(place):
    """Whether a record can hold another value there."""
    try:
        read(changed(RECORD, place))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "place",
    [
        place
        for place in fields(RECORD)
        if is_held(place)
        and not place.startswith(("observations", "facts"))
        and may_be_other(place)
    ],
)
def test_every_field_that_is_changed_is_told(place):
    copy = changed(RECORD, place)
    assert told(RECORD, copy)
    assert told(copy, RECORD)


@pytest.mark.parametrize(
    "number",
    [
        number
        for number, observation in enumerate(RECORD["observations"])
        # What has no bearing on this benchmark is the same in any two.
        if observation["applies"] and observation["identifiers"]
    ],
)
def test_every_facet_that_is_changed_is_told(number):
    copy = json.loads(json.dumps(RECORD))
    observation = copy["observations"][number]
    for identifier in observation["identifiers"]:
        identifier["value"] = other(identifier["value"])
    assert observation["facet"] in {d.topic for d in told(RECORD, copy)}


@pytest.mark.parametrize(
    "number",
    [
        number
        for number, fact in enumerate(RECORD["facts"])
        # What people state, and what stands in the record elsewhere, is not held against another.
        if FactName(fact["name"]) not in {*asked.DECLARED_FACTS, *asked.NOT_COMPARED_FACTS}
    ],
)
def test_every_fact_that_is_changed_is_told(number):
    copy = json.loads(json.dumps(RECORD))
    fact = copy["facts"][number]
    fact["value"] = other(fact["value"])
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


def test_a_likelier_cause_that_is_not_known_stands_beside_a_trifle_that_moved():
    copy = changed(RECORD, "run.versions.torch")
    by_facet = {o["facet"]: o for o in copy["observations"]}
    by_facet["weights"]["identifiers"] = []
    for pair in ((RECORD, copy), (copy, RECORD)):
        first_line = what_moved([difference(*pair)])
        assert "versions" in first_line
        assert "not known: weights" in first_line


def test_an_unlikelier_cause_that_is_not_known_is_left_to_the_list():
    copy = json.loads(json.dumps(RECORD))
    by_facet = {o["facet"]: o for o in copy["observations"]}
    for identifier in by_facet["weights"]["identifiers"]:
        identifier["value"] = other(identifier["value"])
    by_facet["tokenizer"]["identifiers"] = []
    first_line = what_moved([difference(RECORD, copy)])
    assert first_line.startswith("weights: ")
    assert "not known" not in first_line


@pytest.mark.parametrize("name", asked.NAMES_IN_FACTS)
def test_the_same_names_in_another_mix_are_told(name):
    sides = []
    for counts in ({"model": 90, "other": 10}, {"model": 10, "other": 90}):
        copy = json.loads(json.dumps(RECORD))
        copy["facts"] = [f for f in copy["facts"] if f["name"] != name]
        copy["facts"].append({"name": name, "value": counts, "grade": "measured"})
        sides.append(copy)
    (found,) = told(*sides)
    assert found.is_different
    assert told(sides[0], sides[0]) == []


def logged(record, prompt):
    """The record with a log of two documents in which each prompt is as given."""

    def documents():
        for name in ("0", "1"):
            yield LoggedDocument(
                task=record["asked"]["task"], name=name, digest=name, scheme="ids", prompt=prompt,
                scores={},
            )  # fmt: skip

    return replace(read(record), documents=documents)


@pytest.mark.parametrize("digest", ["prompts", "documents"])
def test_a_log_that_is_alike_does_not_hide_digests_that_differ(digest):
    copy = json.loads(json.dumps(RECORD))
    copy["asked"][f"{digest}_digest"] = "0" * 64
    pair = logged(RECORD, "a prompt"), logged(copy, "a prompt")
    (found,) = [
        d for d in benchmark_difference(*pair, Checkpoints()).differences if d.topic == digest
    ]
    assert found.is_different


def test_a_text_that_says_none_is_another_than_none():
    found = list(held_jobs({"system_prompt": None}, {"system_prompt": "none"}))
    assert [d.topic for d in found if d.is_different] == ["system prompt"]
