"""Cases of `no-forbidden-access`, and what it says."""

from tests.making.rules.builders import MET, VIOLATED, only, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.environment.sandbox.no_forbidden_access import NoForbiddenAccess

CASES = of_fact(FactName.FORBIDDEN_ACCESSES, {}, {"17": "git log --all"})


def test_forbidden_access_names_the_documents_and_what_was_done():
    accesses = {f"django-{n}": "git log --all" for n in range(122)}
    of = golden(FactName.FORBIDDEN_ACCESSES, {}, gsm8k=accesses)
    finding = only(NoForbiddenAccess(), of, VIOLATED)
    assert "122 documents" in finding.statement
    assert finding.found == "git log --all"
    assert outcome_of(NoForbiddenAccess(documents=122), of) is MET
