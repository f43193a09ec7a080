"""Cases of `loaded-is-on-disk`, and what it says."""

from tests.making.rules.builders import (
    MET,
    UNDECIDED,
    VIOLATED,
    case,
    gsm8k_with,
    only,
    outcome_of,
    with_record,
)

from weighin.rules.runs.loaded_is_on_disk import LoadedIsOnDisk

CASES = {
    MET: case,
    VIOLATED: lambda: gsm8k_with("loaded.not_in_checkpoint", ("head.weight",)),
    UNDECIDED: lambda: gsm8k_with("loaded.not_comparable", ("fused.weight",)),
}


def test_tensor_that_the_loader_made_up_violates_and_is_named():
    judged = gsm8k_with("loaded.not_in_checkpoint", ("head.weight",))
    finding = only(LoadedIsOnDisk(), judged, VIOLATED)
    assert "randomly initialised by the loader: head.weight" in finding.statement


def test_memory_of_which_nothing_was_matched_is_undecided():
    judged = gsm8k_with("loaded.exactly_on_disk", 0)
    assert outcome_of(LoadedIsOnDisk(), judged) is UNDECIDED


def test_tensors_that_match_after_a_cast_are_on_disk():
    judged = with_record(gsm8k_with("loaded.exactly_on_disk", 0), "loaded.on_disk_after_cast", 2)
    assert outcome_of(LoadedIsOnDisk(), judged) is MET
