"""LightEval's details files say how many documents there are, and what each scored."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.lighteval import NAME, STAMP, of_2025

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.lighteval.details import rows_of
from weighin.sources.formats.lighteval.reader import LightEvalReader

pa = pytest.importorskip("pyarrow")


def rows(*scores, metric="acc"):
    return [{"doc": {"id": str(n)}, "metric": {metric: s}} for n, s in enumerate(scores)]


def parquet_of(path: Path, written) -> Path:
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(written), path)
    return path


def read(folder: Path, written, *, limit=None):
    document = of_2025()
    config = document["config_tasks"]["custom|sums"]
    config |= {"original_num_docs": -1, "effective_num_docs": -1}
    config["metric"] = [{"metric_name": "acc", "corpus_level_fn": "mean"}]
    document["results"]["custom|sums|0"] = {"acc": 0.5}
    document["config_general"]["max_samples"] = limit
    place = folder / "results" / "acme" / "solver" / NAME
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(document))
    details = folder / "details" / "acme" / "solver" / STAMP
    if written is not None:
        parquet_of(details / f"details_custom|sums|0_{STAMP}.parquet", written)
    found = LightEvalReader().read(ForeignFile(place, str(place))).records
    return next(one for one in found if one.record.asked.task == "custom|sums|0")


@pytest.mark.parametrize("count", [1, 2, 300, 70_000])
def test_the_number_of_rows_is_that_which_pyarrow_reads(tmp_path, count):
    assert rows_of(parquet_of(tmp_path / "a.parquet", rows(*[1.0] * count))) == count


def test_documents_are_counted_and_scores_recomputed(tmp_path):
    logged = read(tmp_path, rows(1, 0, 1, 1))
    asked = logged.record.asked
    assert (asked.documents_total, asked.documents_scored) == (4, 4)
    again = logged.recompute()
    assert list(again.values.values()) == [0.75]
    assert list(again.documents.values()) == [4]


def test_of_a_run_with_a_limit_the_size_of_the_benchmark_stays_unknown(tmp_path):
    asked = read(tmp_path, rows(1, 0), limit=2).record.asked
    assert (asked.documents_total, asked.documents_scored) == (None, 2)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (None, "holds no documents"),
        (rows(1, 0, metric="f1"), "no number of it for each document"),
        (rows(1, None), "no number of it for each document"),
        (rows(1.0, float("nan")), "no number of it for each document"),
        ([{"doc": {"id": "1"}}], "expected details of LightEval"),
    ],
    ids=["none", "another metric", "a gap", "no number", "no scores"],
)
def test_a_score_that_cannot_be_recomputed_says_why(tmp_path, written, why):
    again = read(tmp_path, written).recompute()
    assert not again.values
    assert all(why in told for told in again.why_not.values()), again.why_not


@given(data=st.data())
def test_damaged_files_are_never_more_than_unknown(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "damaged"
    whole = folder / "whole.parquet"
    if not whole.is_file():
        parquet_of(whole, rows(1, 0, 1))
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged = folder / "damaged.parquet"
    damaged.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    found = rows_of(damaged)
    assert found is None or found >= 0
