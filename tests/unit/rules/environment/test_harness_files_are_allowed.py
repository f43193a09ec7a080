"""Cases of `harness-files-are-allowed`."""

from tests.making.rules.builders import digest
from tests.making.rules.facts import HARNESS_FILE, of_fact

from weighin.evidence.facts import FactName

CASES = of_fact(
    FactName.HARNESS_FILES,
    met={"scorer.py": HARNESS_FILE},
    violated={"scorer.py": digest("an edited scorer")},
)
PARAMETERS = {"allowed": (HARNESS_FILE,)}
