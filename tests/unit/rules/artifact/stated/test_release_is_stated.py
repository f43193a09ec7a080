"""Cases of `release-is-stated`."""

from tests.making.rules.facts import of_fact

from weighin.evidence.facts import FactName

CASES = of_fact(
    FactName.RELEASE_STATEMENT,
    met={"text": "what was scored is released", "by": "J. Doe"},
    violated={"text": "what was scored is released", "by": ""},
)
