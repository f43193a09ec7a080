"""What is planted in copies of real public logs is told by name, and never called met."""

from functools import cache
from pathlib import Path

import pytest
from tests.making.logs.planted.lm_eval_plants import LM_EVAL_PLANTS
from tests.making.logs.planted.rows import Plant, RealRow, against, judged, names_it, words, written
from tests.making.places import CORPUS

from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)
PLANTS = LM_EVAL_PLANTS


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory):
    """The verdict on the untouched logs of a row."""

    @cache
    def verdict(plant_requires: tuple, row: RealRow) -> Verdict:
        logs = written(row, tmp_path_factory.mktemp("untouched") / "logs", row.documents())
        return judged(row, logs, dict(plant_requires))

    return verdict


def planted(plant: Plant, folder: Path) -> Verdict:
    first, second = plant.row.documents()
    plant.in_first(first)
    plant.in_second(second)
    logs = written(plant.row, folder / "logs", (first, second))
    return judged(plant.row, logs, plant.requires, plant.aliases)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.id)
def test_a_substitution_in_a_public_log_is_told_by_name(plant, tmp_path, untouched):
    before = untouched(tuple(plant.requires.items()), plant.row)
    assert not [words(f.finding) for f in against(before) if names_it(plant, f)]
    verdict = planted(plant, tmp_path)
    assert [f for f in against(verdict) if names_it(plant, f)], told(before, verdict)


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.never_met], ids=lambda plant: plant.id)
def test_no_rule_is_met_on_what_was_substituted(plant, tmp_path):
    findings = planted(plant, tmp_path).findings
    met = {f.rule for f in findings if f.finding.outcome is Outcome.MET}
    assert not met & set(plant.never_met)


def told(before: Verdict, after: Verdict) -> list[str]:
    """What is said of the planted row that is not said of the untouched one."""
    known = {words(f.finding) for f in before.findings}
    return [
        f"{f.finding.outcome.value} {f.rule}: {words(f.finding)}"
        for f in after.findings
        if words(f.finding) not in known
    ]
