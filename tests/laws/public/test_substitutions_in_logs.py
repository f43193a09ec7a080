"""What is planted in copies of real public logs is told by name, and never called met."""

import pytest
from tests.making.logs.planted.plants.every import PLANTS
from tests.making.logs.planted.rows import against, names_it, words, wrongly_met, wrongly_violated
from tests.making.places import CORPUS

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """The verdict on a row as it was published, judged once for all that is planted in it."""
    known = {}

    def verdict(plant):
        key = (id(plant.row), *plant.requires.items(), *plant.aliases, *plant.at_error)
        if key not in known:
            known[key] = plant.untouched(tmp_path_factory.mktemp("untouched"))
        return known[key]

    return verdict


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.id)
def test_a_substitution_in_a_public_log_is_told_by_name(plant, tmp_path, untouched):
    before = untouched(plant)
    assert not [words(f.finding) for f in against(before) if names_it(plant, f)]
    after = plant.planted(tmp_path)
    assert [f for f in against(after) if names_it(plant, f)], new_words(before, after)
    assert wrongly_met(plant, after) == set()
    assert wrongly_violated(plant, after) == set()


def new_words(before, after):
    """What is said of the planted row that is not said of the untouched one."""
    known = {words(f.finding) for f in before.findings}
    return [
        f"{f.finding.outcome.value} {f.rule}: {words(f.finding)}"
        for f in after.findings
        if words(f.finding) not in known
    ]
