"""Real public logs of Inspect, aggregates, cards and tables, where a copy of them is at hand."""

from collections import Counter

import pytest
from tests.making.places import SHARED

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of

pytestmark = pytest.mark.skipif(
    not (SHARED / "corpus" / "index.csv").is_file(), reason="the public files are not at hand"
)


def readings(*folders: str) -> tuple[dict[str, Reading], list[str]]:
    """What each file holds, and why those that are refused are."""
    read: dict[str, Reading] = {}
    refused: list[str] = []
    for folder in folders:
        for path in sorted((SHARED / folder).rglob("*")):
            file = ForeignFile(path, path.name)
            reader = reader_of(file) if path.is_file() else None
            if reader is not None:
                try:
                    read[path.name] = reader.read(file)
                except EvidenceError as error:
                    refused.append(str(error))
    return read, refused


def test_every_log_of_inspect_is_read():
    read, refused = readings("corpus/inspect")
    assert (len(read), refused) == (4, [])
    for reading in read.values():
        for found in reading.records:
            assert found.record.scores
            assert found.recompute is not None
            again = found.recompute()
            for score in found.record.scores:
                value = again.values.get((score.task, score.metric, score.filter))
                assert value is None or value == pytest.approx(score.value, rel=1e-9)


def test_a_name_that_answered_differs_from_the_one_that_was_asked_for():
    read, _ = readings("corpus/inspect")
    (streamed,) = [reading for name, reading in read.items() if name.endswith(".eval")]
    record = streamed.records[0].record
    asked, answered = record.fact(FactName.REQUESTED_MODEL), record.fact(FactName.ANSWERED_MODELS)
    assert asked is not None
    assert asked.value == "azureai/Meta-Llama-3-1-405B-Instruct-jqf"
    assert answered is not None
    assert answered.value == {"Meta-Llama-3-405B-Instruct": 4}


def test_every_aggregate_of_a_known_version_is_read_and_the_others_are_named():
    read, refused = readings("corpus/eee")
    formats = Counter(reading.format for reading in read.values())
    # The counts of the files' own schema_version.
    assert formats == {
        "Every Eval Ever 0.2.0": 92,
        "Every Eval Ever 0.2.2": 21,
        "Every Eval Ever 0.3.0": 1,
    }
    assert len(refused) == 4
    assert all("expected schema_version 0.2.x or 0.3.0" in reason for reason in refused)


def test_precision_is_all_that_the_public_aggregates_declare_of_the_model():
    read, _ = readings("corpus/eee")
    known = Counter(
        observation.facet
        for reading in read.values()
        for observation in reading.records[0].record.observations
        if observation.grade is Grade.DECLARED
    )
    assert known[Facet.DTYPE] == 68
    assert known[Facet.WEIGHTS] == known[Facet.TOKENIZER] == known[Facet.CHAT_TEMPLATE] == 0


def test_every_card_with_an_index_is_read_but_for_the_template():
    read, refused = readings("corpus/hf_model_cards")
    assert len(read) == 52
    assert [reason for reason in refused if "a key that is not text" not in reason] == []
    assert sum(len(reading.records) for reading in read.values()) > 100


def test_a_percentage_in_a_card_keeps_its_unit():
    read, _ = readings("corpus/hf_model_cards")
    (phind,) = [reading for name, reading in read.items() if "Phind-CodeLlama" in name]
    record = phind.records[0].record
    assert (record.model, record.scores[0].value) == ("Phind-CodeLlama-34B-v1", 69.5)
    assert record.run.settings["units"] == {"pass@1": "%"}


def test_every_row_of_the_arena_tables_is_read():
    read, refused = readings("datasets/arena")
    assert refused == []
    for name, reading in read.items():
        lines = (SHARED / "datasets" / "arena" / name).read_text().rstrip().count("\n")
        assert (len(reading.records), reading.notes) == (lines, ()), name
