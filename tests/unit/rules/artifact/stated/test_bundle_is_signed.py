"""Cases of `bundle-is-signed`."""

from pydantic import JsonValue
from tests.making.rules.builders import BENCHMARKS, UNDECIDED, case, digest, record
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.interface import Case


def signed(by: str, grade: Grade = Grade.PINNED) -> Case:
    value: JsonValue = {"by": by, "covers": digest("bundle")}
    rows = (fact_of(record(task), FactName.SIGNATURE, value, grade) for task in BENCHMARKS)
    return case(*rows)


CASES = {
    UNDECIDED: lambda: signed("eval-team@example.org", Grade.MEASURED),
}
PARAMETERS = {"by": ("eval-team@example.org",)}
