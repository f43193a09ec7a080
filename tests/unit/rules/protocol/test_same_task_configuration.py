"""Cases of `same-task-configuration`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    digest,
    gsm8k_with,
    only,
    outcome_of,
    record,
)
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.protocol.same_task_configuration import SameTaskConfiguration

LATER = "2026-11-20T12:00:00Z"


def beside(config_digest):
    other = changed(record(attempt="2", started=LATER), "asked.config_digest", config_digest)
    return case(record("arc"), record(), other, record("lambada"))


CASES = {
    MET: lambda: beside(digest("config of gsm8k")),
    VIOLATED: lambda: beside(digest("another")),
    UNDECIDED: lambda: gsm8k_with("asked.config_digest", None),
}


def test_edited_python_of_a_task_between_two_attempts_violates_and_is_named():
    def with_code(of, text):
        return fact_of(of, FactName.TASK_CODE, {"load.py": digest(text)}, Grade.MEASURED)

    attempts = [with_code(record(), "a"), with_code(record(attempt="2", started=LATER), "b")]
    finding = only(SameTaskConfiguration(), case(*attempts), VIOLATED)
    assert finding.statement.endswith("load.py")
    attempts = [with_code(record(), "a"), with_code(record(attempt="2", started=LATER), "a")]
    assert outcome_of(SameTaskConfiguration(), case(*attempts)) is MET


def test_record_that_does_not_say_which_python_ran_is_not_held_against_one_that_does():
    told = fact_of(record(), FactName.TASK_CODE, {"load.py": digest("a")}, Grade.MEASURED)
    other = record(attempt="2", started=LATER)
    assert outcome_of(SameTaskConfiguration(), case(told, other)) is MET
