"""Ways out that several rules name."""

from weighin.identity.facets import Facet
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.counterparts import GIVE_A_REFERENCE

PIN_IT = (
    "load it at `revision=<40-hex commit>`, or score it with `weighin run`, which hashes what "
    "was loaded"
)

_NO_REFERENCE = "there is no record of the other side"


def without_reference() -> Finding:
    """The finding where a rule compares with another side, and there is none."""
    return Finding(outcome=Outcome.UNDECIDED, statement=_NO_REFERENCE, fix=GIVE_A_REFERENCE)


def nothing_measured(case: Case) -> Finding:
    """The finding on a record without a digest of what was in memory."""
    return Finding(
        outcome=Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement="nothing was measured in memory",
        fix=f"score it in process with `weighin run {case.requirements.source}`, "
        "which fingerprints the tensors after loading and after every benchmark",
    )
