"""Cases of `attempt-is-chosen-beforehand`."""

from pydantic import JsonValue
from tests.making.rules.facts import of_fact

from weighin.evidence.facts import FactName


def registered(at: str) -> JsonValue:
    return {"text": "the first attempt counts", "registered": at}


CASES = of_fact(
    FactName.SELECTION_RULE,
    met=registered("2026-11-19T00:00:00Z"),
    violated=registered("2026-11-21T00:00:00Z"),
)
