"""Cases of `task-configuration-as-required`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    digest,
    gsm8k_with,
    only,
    outcome_of,
)
from tests.making.rules.references import with_reference

from weighin.rules.protocol.task_configuration_as_required import TaskConfigurationAsRequired

CASES = {
    MET: lambda: with_reference(case()),
    VIOLATED: lambda: with_reference(gsm8k_with("asked.config_digest", digest("?"))),
    UNDECIDED: lambda: with_reference(gsm8k_with("asked.config_digest", None)),
}


def test_required_task_configuration_decides_without_a_reference():
    required = {task: digest(f"config of {task}") for task in ("arc", "gsm8k", "lambada")}
    assert outcome_of(TaskConfigurationAsRequired(digests=required), case()) is MET
    other = TaskConfigurationAsRequired(digests={**required, "gsm8k": digest("other")})
    finding = only(other, case(), VIOLATED)
    assert finding.benchmarks == ("gsm8k",)
    assert digest("other") in finding.expected
