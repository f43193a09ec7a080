"""What a record says of the answers behind its scores."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import weighin
from weighin.evidence.facts import FactName
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model


def test_record_says_how_much_the_outputs_vary(
    tiny_checkpoint: Path, write_requirements: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_requirements(
        tiny_checkpoint,
        benchmarks="  - task: tiny_generate\n",
        rest="rules: {outputs-vary: {level: note}, one-continuous-run: {level: error}}\n",
    )
    verdict = weighin.run(file, results=tmp_path / "results")

    (samples,) = (tmp_path / "results").glob("**/samples_tiny_generate_*.jsonl")
    outputs = [json.loads(line)["resps"][0][0] for line in samples.read_text().splitlines()]
    fact = verdict.records[0].fact(FactName.DISTINCT_OUTPUTS)
    assert fact is not None
    assert fact.value == {"distinct": len(set(outputs)), "outputs": len(outputs)}
    (run,) = (f.finding for f in verdict.findings if f.rule == "one-continuous-run")
    assert run.outcome is Outcome.MET
