import json

import pytest
from tests.making.runs.stores import finished
from tests.making.stores.bucket import BUCKET, served_bucket

pytest.importorskip("obstore")

RESULTS = f"s3://{BUCKET}/results"


@pytest.fixture
def bucket(monkeypatch):
    with served_bucket() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.mark.usefixtures("bucket")
def test_a_copy_says_what_was_copied(tmp_path, weighin):
    finished(tmp_path / "results")
    arguments = ("export", tmp_path / "results", "--to", "store", "--into", RESULTS)
    told = json.loads(weighin(*arguments, "--json").output)
    assert told["format"] == "weighin.store-copy/1"
    assert (told["into"], told["there"], told["events"]) == (RESULTS, 0, 2)
    assert "copied 0 files and 0 events" in weighin(*arguments).output


@pytest.mark.usefixtures("bucket")
def test_what_is_inspected_in_a_bucket_is_named_by_its_url(tmp_path, weighin):
    finished(tmp_path / "results")
    weighin("export", tmp_path / "results", "--to", "store", "--into", RESULTS)
    told = weighin("inspect", RESULTS)
    assert told.code == 0
    assert f"{RESULTS}/tiny/gsm8k/" in told.output
    assert "weighin-staged" not in told.output + told.errors


def test_a_store_is_copied_to_a_place_that_is_named(tmp_path, weighin):
    told = weighin("export", tmp_path, "--to", "store")
    assert told.code == 2
    assert "with --into the place to copy it to" in told.errors


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    "command", ["check", "inspect", pytest.param("run", marks=pytest.mark.model), "export"]
)
def test_a_bucket_that_is_not_there_is_a_wrong_place(tmp_path, weighin, command):
    (tmp_path / "r.yaml").write_text(
        "weighin: 1\nmodel:\n  name: x\n  checkpoint: x\nbenchmarks:\n  - task: gsm8k\n"
    )
    (tmp_path / "x").mkdir()
    elsewhere = "s3://elsewhere/results"
    arguments = {
        "check": (tmp_path / "r.yaml", elsewhere),
        "inspect": (elsewhere,),
        "run": (tmp_path / "r.yaml", "--results", elsewhere),
        "export": (elsewhere, "--to", "csv"),
    }[command]
    told = weighin(command, *arguments)
    assert told.code == 2
    assert "give a bucket that is there" in told.errors
