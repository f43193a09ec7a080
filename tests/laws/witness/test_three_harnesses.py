"""A row of three harnesses, each witnessed: one checkpoint on all of them is met, two are told.

Each harness has an environment of its own, as `./run soak` makes it or a variable names it; a
harness that has none is skipped.
"""

import shlex
import shutil
from pathlib import Path

import pytest
from tests.making.witness.harnesses import (
    DEMO,
    HARNESSES,
    INSPECT,
    NAME,
    Harness,
    Scored,
    requirements,
    scored,
)

from weighin import api
from weighin.evidence.store import read_record
from weighin.evidence.watched import WatchState
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome

pytestmark = [pytest.mark.model, pytest.mark.child, pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    """Scores the demo's checkpoint under the witness, each harness once."""
    if not (DEMO / NAME).is_dir():
        pytest.skip("needs the demo's checkpoint: ./run demo makes it")
    folder = tmp_path_factory.mktemp("honest")
    done: dict[str, Scored] = {}

    def score(harness: Harness) -> Scored:
        if harness.python is None:
            pytest.skip(
                f"needs {harness.name}: ./run soak makes {harness.folder}, or name an "
                f"interpreter in {harness.variable}"
            )
        if harness.name not in done:
            place = folder / harness.name
            done[harness.name] = scored(harness, place, DEMO / NAME, results=folder / "results")
            assert done[harness.name].code == 0, done[harness.name].errors
        return done[harness.name]

    return score


def records(results: Path):
    found = (read_record(path)[0] for path in sorted(results.rglob("record.json")))
    return {record.asked.task: record for record in found}


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda one: one.name)
def test_what_answered_in_any_harness_is_measured(honest, harness):
    done = honest(harness)
    record = records(done.folder.parent / "results")[harness.logged]
    assert record.watch.state is WatchState.HELD, (record.watch, done.told)
    assert not record.loaded.differ_from_disk
    for facet in (Facet.WEIGHTS, Facet.TOKENIZER, Facet.CHAT_TEMPLATE, Facet.DTYPE):
        assert record.observation(facet).grade is Grade.MEASURED, facet


def test_a_row_of_three_harnesses_is_met(honest, tmp_path):
    results = {honest(harness).folder.parent / "results" for harness in HARNESSES}
    verdict = api.check(requirements(tmp_path, DEMO / NAME), sorted(results))
    bad = [
        f for f in verdict.findings if f.finding.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
    ]
    assert verdict.outcome is Outcome.MET, bad


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda one: one.name)
def test_the_file_that_init_writes_of_a_command_is_met_by_its_records(honest, harness, monkeypatch):
    done = honest(harness)
    monkeypatch.chdir(done.folder)
    typed = shlex.join(harness.typed(NAME))
    api.init(command=typed, witness=True, output="weighin.yaml", replaces=True)
    verdict = api.check("weighin.yaml", [done.folder.parent / "results"])
    assert verdict.outcome is Outcome.MET, [
        (f.rule, f.finding.statement)
        for f in verdict.findings
        if f.finding.outcome in {Outcome.VIOLATED, Outcome.UNDECIDED}
    ]


def test_another_checkpoint_in_one_of_them_is_told_with_the_tensors(honest, tmp_path):
    variant = DEMO / "variant" / NAME
    if not variant.is_dir():
        pytest.skip("needs the demo's variant: ./run demo makes it")
    others = [honest(harness) for harness in HARNESSES if harness is not INSPECT]
    honest(INSPECT)
    results = tmp_path / "results"
    shutil.copytree(others[0].folder.parent / "results", results)
    shutil.rmtree(results / NAME / INSPECT.logged)
    done = scored(INSPECT, tmp_path / "variant", variant, results=results)
    assert done.code == 0, done.errors
    verdict = api.check(requirements(tmp_path, DEMO / NAME), [results])
    assert verdict.outcome is Outcome.VIOLATED
    told = " ".join(str(f.finding) for f in verdict.findings if f.rule == "same-weights")
    assert "6 of 272 tensors differ" in told, told


@pytest.mark.parametrize("harness", HARNESSES, ids=lambda one: one.name)
def test_what_a_harness_writes_is_byte_for_byte_what_it_writes_without(honest, harness, tmp_path):
    witnessed = honest(harness)
    plain = scored(harness, tmp_path / "plain", DEMO / NAME, results=None)
    assert plain.code == 0, plain.errors
    assert witnessed.files() == plain.files()
