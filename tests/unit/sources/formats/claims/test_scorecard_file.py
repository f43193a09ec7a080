"""Scorecard files among the evidence of `weighin check`."""

from pathlib import Path

import pytest
from tests.making.logs.claims import SCORECARD
from tests.making.logs.inspect import fact, read

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade, Kind
from weighin.sources.formats.registry import reader_of


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.yaml"
    path.write_text(SCORECARD)
    return path


def records(path: Path):
    return [found.record for found in read(path).records]


def test_every_number_is_a_record(card: Path):
    assert [(r.asked.task, r.scores[0].value) for r in records(card)] == [
        ("GPQA Diamond", 57.2),
        ("MMLU", 80.0),
        ("MMLU", 79.9),
        ("lmarena_text", 1417.0),
    ]


def test_the_printed_string_stays_in_the_record(card: Path):
    assert [r.run.settings["printed"] for r in records(card)] == ["57.20", "80.0", "79.9", "1417"]


def test_a_record_points_at_its_line(card: Path):
    assert records(card)[0].origin.pointer == "line 25, column 62"


def test_the_weights_are_named_and_a_stated_commit_is_declared(card: Path):
    instruct, *_, experimental = records(card)
    (commit, name) = instruct.observation(Facet.WEIGHTS).identifiers
    assert (commit.kind, commit.grade) == (Kind.COMMIT, Grade.DECLARED)
    assert (name.value, name.grade) == ("model-instruct", Grade.NAMED)
    assert experimental.observation(Facet.WEIGHTS).grade is Grade.NAMED


def test_every_other_facet_is_absent(card: Path):
    for record in records(card):
        grades = {o.facet: o.grade for o in record.observations}
        del grades[Facet.WEIGHTS]
        assert set(grades.values()) == {Grade.ABSENT}


def test_artifacts_under_one_name_stay_apart(card: Path):
    found = records(card)
    assert {record.model for record in found} == {"Model"}
    assert {fact(record, FactName.ARTIFACT_LABEL) for record in found} == {
        "model-instruct",
        "model-experimental",
    }


def test_an_artifact_that_was_never_published_says_so(card: Path):
    arena = records(card)[-1]
    stated = arena.fact(FactName.PUBLIC_URL)
    assert stated is not None
    assert stated.value is None


def test_a_wrong_scorecard_is_told_with_its_line(card: Path):
    card.write_text(SCORECARD.replace("source: blog\n", "source: blogg\n"))
    with pytest.raises(EvidenceError, match=rf"{card}:\d+:13: numbers\.0\.source"):
        read(card)


def test_other_yaml_is_no_scorecard(tmp_path: Path):
    path = tmp_path / "other.yaml"
    path.write_text("title: weighin_scorecard\n")
    assert reader_of(ForeignFile(path, path.name)) is None


def test_a_record_says_that_it_is_a_statement_and_no_log(card: Path):
    assert fact(records(card)[0], FactName.STATED_BY) == "scorecard, source model card"
