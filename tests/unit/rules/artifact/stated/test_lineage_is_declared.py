"""Cases of `lineage-is-declared`, and what it says."""

from tests.making.rules.builders import MET, VIOLATED, only, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.artifact.stated.lineage_is_declared import LineageIsDeclared

CASES = of_fact(FactName.PARENTS, [], ["Org/Contaminated"])
PARAMETERS = {"denied": ("org/contaminated",)}


def test_parents_are_shown_and_none_is_said():
    assert (
        "no other model" in only(LineageIsDeclared(), golden(FactName.PARENTS, []), MET).statement
    )
    merged = golden(FactName.PARENTS, ["a/x", "b/y"])
    assert "a/x, b/y" in only(LineageIsDeclared(), merged, MET).statement
    assert outcome_of(LineageIsDeclared(denied=("B/Y",)), merged) is VIOLATED
