"""Cases of `engine-is-allowed`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    changed,
    outcome_of,
    record,
    with_gsm8k,
)

from weighin.rules.environment.engine_is_allowed import EngineIsAllowed
from weighin.rules.interface import Outcome

CASES = {
    MET: case,
    VIOLATED: lambda: with_gsm8k(lambda r: changed(r, "run.engine", "vllm 0.30.0")),
    UNDECIDED: lambda: with_gsm8k(lambda r: changed(r, "run.engine", "")),
}
PARAMETERS = {"allowed": ("transformers 5.*",), "denied": ("vllm 0.30.0",)}


def test_denied_engine_is_violated_although_it_is_allowed():
    row = changed(record(), "run.engine", "vLLM 0.30.0")
    rule = EngineIsAllowed(allowed=("vllm *",), denied=("vllm 0.30.0",))
    assert outcome_of(rule, case(row)) is VIOLATED


def test_engine_without_its_version_is_undecided():
    row = changed(record(), "run.engine", "vllm")
    assert outcome_of(EngineIsAllowed(denied=("vllm 0.30.*",)), case(row)) is UNDECIDED


def test_engine_without_a_list_is_not_judged():
    assert outcome_of(EngineIsAllowed(), case()) is Outcome.NOT_APPLICABLE
