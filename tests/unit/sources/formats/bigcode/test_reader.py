"""What metrics of the BigCode evaluation harness say, and what they do not."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.mutations import hostile, mutated
from tests.making.logs.tested import COMMIT, bigcode, bigcode_written

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.bigcode.reader import BigCodeReader
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of


def reading(folder: Path, content: object = None) -> Reading:
    return BigCodeReader().read(bigcode_written(folder, content))


def record(folder: Path, **config: object) -> Record:
    return reading(folder, bigcode(**config)).records[0].record


def grades(of: Record) -> dict[Facet, Grade]:
    return {o.facet: o.grade for o in of.observations if o.grade is not Grade.ABSENT}


def test_every_task_is_a_record(tmp_path: Path):
    assert isinstance(reader_of(bigcode_written(tmp_path)), BigCodeReader)
    assert [
        (one.record.model, score.task, score.metric, score.value)
        for one in reading(tmp_path).records
        for score in one.record.scores
    ] == [
        ("acme/coder-1b", "humaneval", "pass@1", 0.1375),
        ("acme/coder-1b", "humaneval", "pass@10", 0.25),
        ("acme/coder-1b", "mbpp", "pass@1", 0.2),
    ]


def test_metrics_may_lie_one_level_below(tmp_path: Path):
    content = bigcode() | {"apps-interview": {"avg_accuracy": 0.5, "pass_at_k": {"1": 0.25}}}
    scores = reading(tmp_path, content).records[-1].record.scores
    assert [(s.metric, s.value) for s in scores] == [("avg_accuracy", 0.5), ("pass_at_k/1", 0.25)]


def test_its_arguments_are_declared(tmp_path: Path):
    found = record(tmp_path)
    assert grades(found) == {
        Facet.WEIGHTS: Grade.NAMED,
        Facet.DTYPE: Grade.DECLARED,
        Facet.DECODING: Grade.DECLARED,
        Facet.TEST_TIME_COMPUTE: Grade.DECLARED,
        Facet.ENGINE: Grade.NAMED,
        Facet.REMOTE_CODE: Grade.DECLARED,
    }
    assert found.observation(Facet.DTYPE).identifiers[0].value == "bfloat16"
    assert found.asked.decoding["temperature"] == 0.2
    assert {fact.name: fact.value for fact in found.facts} == {
        FactName.REQUESTED_MODEL: "acme/coder-1b",
        FactName.SEEDS: {"generation": 7},
    }


def test_a_revision_that_is_a_commit_is_one(tmp_path: Path):
    found = record(tmp_path, revision=COMMIT).observation(Facet.WEIGHTS)
    assert found.grade is Grade.DECLARED
    assert found.identifiers[0].value == f"acme/coder-1b@{COMMIT}"


def test_a_path_in_a_hub_s_cache_names_the_commit_and_another_folder_has_none(tmp_path: Path):
    path = f"../cache/models--acme--coder-1b/snapshots/{COMMIT}"
    found = record(tmp_path, model=path).observation(Facet.WEIGHTS)
    assert found.identifiers[0].value == f"acme/coder-1b@{COMMIT}"
    found = record(tmp_path, model="./coder", revision=COMMIT).observation(Facet.WEIGHTS)
    assert found.grade is Grade.NAMED


def test_how_a_server_loaded_the_model_the_arguments_do_not_say(tmp_path: Path):
    found = record(tmp_path, codegen_url="http://10.0.0.1:8000/v1/codegen")
    assert grades(found) == {
        Facet.WEIGHTS: Grade.NAMED,
        Facet.ENDPOINT: Grade.DECLARED,
        Facet.DECODING: Grade.DECLARED,
        Facet.TEST_TIME_COMPUTE: Grade.DECLARED,
    }
    assert found.run.engine == ""


def test_packed_weights_have_no_precision_and_an_adapter_is_another_artifact(tmp_path: Path):
    found = record(tmp_path, load_in_4bit=True, peft_model="acme/lora")
    assert Facet.DTYPE not in grades(found)
    assert found.observation(Facet.QUANTIZATION).identifiers[0].value == {"load_in_4bit": True}
    assert found.observation(Facet.ADAPTERS).identifiers[0].value == "acme/lora"
    assert found.observation(Facet.WEIGHTS).identifiers[0].scope == "with acme/lora"


def test_answers_that_were_made_before_are_not_of_these_arguments(tmp_path: Path):
    found = record(tmp_path, load_generations_path="generations.json", revision=COMMIT)
    assert grades(found) == {Facet.WEIGHTS: Grade.NAMED}
    assert found.asked.decoding == {}
    assert found.model == "acme/coder-1b"
    default = {"load_generations_path": "g.json", "model": "codeparrot/codeparrot-small"}
    assert record(tmp_path, **default).model == "not named"


def test_the_answers_beside_it_are_known_and_not_opened(tmp_path: Path):
    bigcode_written(tmp_path, bigcode(save_generations_path="out/answers.json"))
    for name in ("answers_humaneval.json", "references_mbpp.json", "answers.json"):
        (tmp_path / name).write_text('[["def f(): ..."]]')
    evidence = read_evidence([tmp_path])
    assert len(evidence.records) == 2
    assert evidence.notes == ()


def test_a_limit_is_a_part(tmp_path: Path):
    assert not record(tmp_path).is_partial
    assert record(tmp_path, limit=8).is_partial
    assert record(tmp_path, limit_start=8).is_partial


def test_scored_references_are_no_model(tmp_path: Path):
    read = reading(tmp_path, bigcode(check_references=True))
    assert read.records == ()
    assert "scores the references" in read.notes[0]


@pytest.mark.parametrize("content", [{"config": {"model": "a"}}, {"config": 1}, [], {}])
def test_other_json_is_not_taken(content: object, tmp_path: Path):
    assert not isinstance(reader_of(bigcode_written(tmp_path, content)), BigCodeReader)


@hostile
@given(content=mutated(bigcode()))
def test_any_mutation_is_read_or_refused(content: object, tmp_path: Path):
    file = bigcode_written(tmp_path, content)
    if BigCodeReader().recognises(file):
        with suppress(EvidenceError):
            for read in BigCodeReader().read(file).records:
                assert Record.model_validate_json(read.record.model_dump_json()) == read.record
