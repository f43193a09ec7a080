"""A hostile file costs no more memory than its bound: address space is limited, in a process."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.greedy import KINDS
from tests.making.places import ROOT

from weighin.errors import CheckpointError
from weighin.files.opened import MAX_JSON_BYTES, parse_json_object

ACCEPTED = {
    "header": {"many tensors", "many dimensions", "much free text"},
    "pickle": {"names of one tensor"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_content_costs_more_memory_than_its_bound(kind):
    finished = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.greedy", kind],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    outcomes = dict(line.split("\t") for line in finished.stdout.splitlines())
    assert set(outcomes) == set(KINDS[kind][0]())
    assert {outcome.partition(":")[0] for outcome in outcomes.values()} <= {"accepted", "refused"}
    assert {name for name, outcome in outcomes.items() if outcome == "accepted"} >= ACCEPTED.get(
        kind, set()
    )


def test_json_beyond_its_bound_is_not_parsed():
    with pytest.raises(CheckpointError, match="expected at most 100000000 bytes of JSON"):
        parse_json_object(bytes(MAX_JSON_BYTES + 1), Path("tokenizer.json"))
