"""Cases of `weights-unchanged-during-run`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    digest,
    gsm8k_with,
    outcome_of,
    with_record,
)

from weighin.rules.runs.weights_unchanged_during_run import WeightsUnchangedDuringRun

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("loaded.changed_during_run", ("head.weight",)),
    UNDECIDED: lambda: gsm8k_with("loaded", None),
}


def test_changed_tensors_and_files_are_named():
    judged = gsm8k_with("loaded.changed_during_run", ("head.weight",))
    files = ("model.safetensors: truncated",)
    judged = with_record(judged, "loaded.files_changed_during_run", files)
    tensors, files = (f for f in WeightsUnchangedDuringRun().check(judged) if f.outcome is VIOLATED)
    assert tensors.tensors == ("head.weight",)
    assert "model.safetensors: truncated" in files.statement


def test_digest_that_changed_violates_though_no_tensor_is_named():
    judged = gsm8k_with("loaded.digest_after", digest("other"))
    assert outcome_of(WeightsUnchangedDuringRun(), judged) is VIOLATED
