"""Real public runs of HELM, where a copy of them is at hand."""

from math import isclose
from pathlib import Path

import pytest
from tests.making.places import CORPUS

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.helm.reader import HelmReader
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of

pytestmark = pytest.mark.skipif(
    not (CORPUS / "helm").is_dir(), reason="the public result files are not at hand"
)


def files() -> list[Path]:
    return sorted((CORPUS / "helm").rglob("*.json"))


@pytest.fixture(scope="module")
def runs() -> list[LoggedRecord]:
    reader = HelmReader()
    return [
        read
        for path in files()
        if path.name == "run_spec.json"
        for read in reader.read(ForeignFile(path, str(path.relative_to(CORPUS)))).records
    ]


def test_every_file_is_read_or_refused_for_want_of_its_run_spec():
    refused: dict[Path, str] = {}
    for path in files():
        file = ForeignFile(path, path.name)
        reader = reader_of(file)
        assert isinstance(reader, HelmReader), path
        try:
            reader.read(file)
        except EvidenceError as error:
            refused[path] = str(error)
    assert (len(files()), len(refused)) == (75, 29)
    for path, why in refused.items():
        assert "expected the run_spec.json of its HELM run beside it" in why
        assert not path.with_name("run_spec.json").exists()


def test_every_run_spec_is_a_record(runs: list[LoggedRecord]):
    assert len(runs) == 27
    assert {read.record.observation(Facet.WEIGHTS).grade for read in runs} == {Grade.NAMED}


def test_every_score_that_documents_have_follows_from_them(runs: list[LoggedRecord]):
    followed = 0
    for read in runs:
        assert read.recompute is not None
        again = read.recompute()
        for score in read.record.scores:
            key = (score.task, score.metric, score.filter)
            if key in again.values:
                followed += 1
                assert isclose(again.values[key], score.value, abs_tol=1e-12), key
                assert again.documents[key] == score.documents, key
    assert followed == 56


def test_runs_of_one_scenario_asked_models_the_same(runs: list[LoggedRecord]):
    digests: dict[str, set[str | None]] = {}
    for read in runs:
        asked = read.record.asked
        digests.setdefault(asked.task, set()).add(asked.config_digest)
    assert len(digests["simple_safety_tests"]) == 1


def test_base_models_and_chat_models_keep_their_names(runs: list[LoggedRecord]):
    records: list[Record] = [read.record for read in runs]
    assert {"meta/llama-3-70b", "meta/llama-3-70b-chat"} <= {record.model for record in records}
