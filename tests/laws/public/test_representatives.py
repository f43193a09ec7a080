"""The one record that is read of a log whose scores do not matter."""

import json
from pathlib import Path

import pytest
from tests.making.logs.every_eval_ever import aggregate, result
from tests.making.places import CORPUS

from weighin.errors import EvidenceError
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet
from weighin.sources.formats.reader import Reading
from weighin.sources.formats.registry import reader_of

SAMPLE = {"doc_id": 0, "doc": {}, "target": "", "resps": [["a"]], "filter": "none", "acc": 1.0}


def reading_of(path: Path) -> Reading:
    file = ForeignFile(path, path.name)
    reader = reader_of(file)
    assert reader is not None
    return reader.read(file)


def in_file(folder: Path, name: str, *documents: object) -> Path:
    path = folder / name
    path.write_text("\n".join(map(json.dumps, documents)))
    return path


@pytest.mark.skipif(not (CORPUS / "index.csv").is_file(), reason="the public files are not at hand")
@pytest.mark.parametrize("folder", ["lm_eval", "lm_eval_samples", "eee", "hf_model_cards"])
def test_a_representative_says_of_the_model_what_every_record_says(folder: str):
    compared = 0
    for path in sorted((CORPUS / folder).rglob("*"))[:60]:
        try:
            reading = reading_of(path) if path.is_file() else None
        except (EvidenceError, AssertionError):
            continue
        if reading is None or reading.representative is None:
            continue
        one = reading.representative().record
        for found in reading.records:
            for facet in (Facet.WEIGHTS, Facet.ADAPTERS, Facet.QUANTIZATION):
                assert one.observation(facet) == found.record.observation(facet), path
            assert one.model == found.record.model
            compared += 1
    assert compared >= 10


def test_an_aggregate_whose_results_were_asked_for_in_several_ways_has_no_representative(
    tmp_path: Path,
):
    warm = result("A", generation_config={"generation_args": {"temperature": 1}})
    cold = result("B", generation_config={"generation_args": {"temperature": 0}})
    assert reading_of(in_file(tmp_path, "same.json", aggregate(warm, warm))).representative
    assert reading_of(in_file(tmp_path, "two.json", aggregate(warm, cold))).representative is None


def test_torn_samples_are_refused_where_their_scores_do_not_matter(tmp_path: Path):
    path = in_file(tmp_path, "samples_a_2026-01-16T16-02-26.jsonl", SAMPLE)
    path.write_text(path.read_text() + '\n{"doc_id": 1, "do')
    representative = reading_of(path).representative
    assert representative is not None
    with pytest.raises(EvidenceError, match="expected a sample, found"):
        representative()
