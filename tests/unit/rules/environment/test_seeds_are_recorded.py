"""Cases of `seeds-are-recorded`."""

from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, case, changed, record
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.rules.interface import Case


def sampled(*seeds: int | None) -> Case:
    """Runs of gsm8k that sampled its answers, each with a seed."""
    rows = []
    for number, seed in enumerate(seeds, start=1):
        row = changed(record(attempt=str(number)), "asked.decoding", {"temperature": 0.7})
        rows.append(row if seed is None else fact_of(row, FactName.SEEDS, {"torch": seed}))
    return case(*rows)


CASES = {
    MET: lambda: sampled(1, 2),
    VIOLATED: lambda: sampled(1, 1),
    UNDECIDED: lambda: sampled(1, 2, None),
}
PARAMETERS = {"runs": 2}
