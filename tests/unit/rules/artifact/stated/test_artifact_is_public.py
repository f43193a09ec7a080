"""Cases of `artifact-is-public`."""

from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case
from tests.making.rules.facts import golden

from weighin.evidence.facts import FactName

CASES = {
    MET: lambda: golden(FactName.PUBLIC_URL, "https://hub.example.org/org/tiny"),
    VIOLATED: lambda: golden(FactName.PUBLIC_URL, None),
    UNDECIDED: case,
}
