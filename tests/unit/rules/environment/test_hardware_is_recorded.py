"""Cases of `hardware-is-recorded`, and what it says."""

from tests.making.rules.builders import MET, VIOLATED, outcome_of
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.rules.environment.hardware_is_recorded import HardwareIsRecorded

CASES = of_fact(FactName.HARDWARE, met="8 x H100", violated="8 x A100")
PARAMETERS = {"same": True}


def test_other_machines_are_allowed_unless_they_must_be_the_same():
    judged = golden(FactName.HARDWARE, "8 x H100", gsm8k="8 x A100")
    assert outcome_of(HardwareIsRecorded(), judged) is MET
    assert outcome_of(HardwareIsRecorded(same=True), judged) is VIOLATED
