"""A folder whose files of attempts lie as blobs, like a copy of a bucket, is read just as well."""

import gzip
import json
import shutil
from hashlib import sha256

import pytest
from tests.making.places import ROOT
from tests.making.runs.stores import finished

from weighin import api
from weighin.sources.collecting.evidence import read_evidence

DEMO = ROOT / "results" / "demo"


def with_blobs(root):
    """The same store, with files of attempts under their digests."""
    for path in list(root.rglob("record.json")):
        for file in json.loads(path.read_bytes())["files"]:
            blob = root / "blobs" / file["sha256"]
            blob.parent.mkdir(exist_ok=True)
            shutil.move(path.parent / file["path"], blob)
    return root


def scores_of(evidence):
    return [(r.record, r.recompute().values, r.document_scores()) for r in evidence.read_records]


def test_files_of_an_attempt_are_found_by_their_digest(tmp_path):
    finished(tmp_path)
    beside = read_evidence([tmp_path])
    before = scores_of(beside)
    assert before[0][2]
    by_digest = read_evidence([with_blobs(tmp_path)])
    assert scores_of(by_digest) == before
    assert (by_digest.broken_files, by_digest.notes) == (beside.broken_files, beside.notes)


@pytest.mark.parametrize(
    ("act", "required"), [("act-1", "requirements.yaml"), ("act-5", "act-5/requirements.yaml")]
)
def test_the_verdict_on_the_demo_is_the_same(tmp_path, act, required):
    results = tmp_path / act
    shutil.copytree(DEMO / act, results)
    requirements = DEMO / required
    before = api.check(requirements, [results])
    after = api.check(requirements, [with_blobs(results)])
    assert after.findings == before.findings
    assert after.outcome == before.outcome


def test_a_blob_that_is_not_what_its_name_says_is_told(tmp_path):
    written = finished(tmp_path)
    with_blobs(tmp_path)
    samples = next(f for f in written.record.files if f.role == "samples")
    (tmp_path / "blobs" / samples.sha256).write_bytes(b"other")
    (broken,) = read_evidence([tmp_path]).broken_files
    assert (broken.expected, broken.found) == (samples.sha256, sha256(b"other").hexdigest())
    assert broken.file == str(written.folder / samples.path)


def test_a_blob_that_is_gone_is_missing(tmp_path):
    written = finished(tmp_path)
    with_blobs(tmp_path)
    samples = next(f for f in written.record.files if f.role == "samples")
    (tmp_path / "blobs" / samples.sha256).unlink()
    (broken,) = read_evidence([tmp_path]).broken_files
    assert (broken.file, broken.found) == (str(written.folder / samples.path), "missing")


def test_a_blob_that_leads_elsewhere_is_not_read(tmp_path):
    written = finished(tmp_path / "results")
    with_blobs(tmp_path / "results")
    samples = next(f for f in written.record.files if f.role == "samples")
    blob = tmp_path / "results" / "blobs" / samples.sha256
    shutil.move(blob, tmp_path / "elsewhere")
    blob.symlink_to(tmp_path / "elsewhere")
    (broken,) = read_evidence([tmp_path / "results"]).broken_files
    assert broken.found == "missing"


def test_a_file_in_its_place_is_held_against_its_digest_whatever_the_blobs_hold(tmp_path):
    written = finished(tmp_path)
    samples = next(f for f in written.record.files if f.role == "samples")
    path = written.folder / samples.path
    (tmp_path / "blobs").mkdir()
    shutil.copy(path, tmp_path / "blobs" / samples.sha256)
    path.write_bytes(b"other")
    (broken,) = read_evidence([tmp_path]).broken_files
    assert broken.found == sha256(b"other").hexdigest()


def test_packed_samples_are_read_by_what_they_hold(tmp_path):
    from weighin.sources.formats.lm_eval.samples import read_samples

    line = b'{"doc_id": 0, "filter": "none", "metrics": ["acc"], "acc": 1.0}\n'
    packed, plain = tmp_path / ("a" * 64), tmp_path / ("b" * 64)
    packed.write_bytes(gzip.compress(line))
    plain.write_bytes(line)
    assert read_samples(packed).values == read_samples(plain).values
