"""The kind of a fault: the same in every run, and not that of another fault."""

import pytest
from tests.making.reports.builders import WAIVER, judged, verdict

from weighin.reports.ci.faults import fault, file_kind
from weighin.reports.verdict.notices import verdict_notices
from weighin.rules.interface import Outcome

NAMES = frozenset({"arc", "mmlu", "gsm8k"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("31 of 272 tensors differ", "1 of 272 tensors differs"),
        ("id sha256:6c6f0f98c0fe", "id sha256:ffffffffffff"),
        ("at 2026-02-03T04:06:06+00:00, p = 3e-05", "at 2027-12-03T04:20:06Z, p = 0.01"),
        ("mmlu differs from arc", "mmlu differs from arc, gsm8k"),
        ("arc: other than on 1 of 2 benchmarks", "arc: other than on 2 of 3 benchmarks"),
        ('stated as "yes"', 'stated as "no"'),
        ("/a/20261130T023622Z-805a4a26/record.json is missing", "b/record.json is missing"),
    ],
)
def test_what_changes_from_run_to_run_is_no_other_fault(one, other):
    assert fault(one, NAMES) == fault(other, NAMES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x/record.json is missing", "x/record.json is not what was recorded"),
        ("x/record.json is missing", "x/functions.json is missing"),
        ("weights differ", "dtype differs"),
    ],
)
def test_another_fault_has_other_words(one, other):
    assert fault(one, NAMES) != fault(other, NAMES)


def test_folders_with_spaces_are_left_out():
    said = "{}/x/record.json is missing"
    assert fault(said.format("/a b/c"), (), ["/a b/c"]) == fault(said.format("d"), (), ["d"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("results_2026-02-03T04-05-06.000000.json", "results_2027-02-03T04-05-07.1.json"),
        ("230327052532QCJRL2VTx_m.jsonl", "240327052532ABCDEFGHy_m.jsonl"),
    ],
)
def test_files_of_two_runs_are_of_one_kind(one, other):
    assert file_kind(f"a/{one}") == file_kind(f"b/{other}")


def by_statement(*findings):
    told = verdict_notices(verdict(findings, Outcome.VIOLATED)).notices
    return {n.statement: n.fingerprint for n in told if not n.is_head and not n.is_answer}


def test_a_mended_or_added_finding_moves_no_other():
    first = judged(outcome=Outcome.VIOLATED, statement="a file is missing", benchmarks=("arc",))
    second = judged(outcome=Outcome.VIOLATED, statement="bytes were changed", benchmarks=("arc",))
    assert by_statement(second).items() <= by_statement(first, second).items()


def test_a_waived_finding_is_another_once_its_waiver_has_expired():
    stated = {"statement": "weights differ", "benchmarks": ("arc",)}
    waived = by_statement(judged(outcome=Outcome.WAIVED, waiver=WAIVER, **stated))
    expired = by_statement(judged(outcome=Outcome.VIOLATED, **stated))
    assert waived != expired
