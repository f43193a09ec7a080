"""What stands above a verdict says by whom what is called measured was measured."""

import pytest
from tests.making.rules.builders import TODAY, case, changed, digest, foreign, with_records
from tests.making.rules.facts import fact_of

from weighin.evidence.facts import FactName
from weighin.rules.interface import Case
from weighin.rules.judging.judge import judge

BY_OTHERS = "measured, by whoever wrote the record"


def vouched(of: Case, run_id: str = "") -> str:
    return judge(of, today=TODAY, run_id=run_id).head.vouched


def of_runs(*run_ids: str) -> Case:
    records = case().records
    assert len(records) == len(run_ids)
    told = (changed(r, "run.run_id", i) for r, i in zip(records, run_ids, strict=True))
    return with_records(case(), told)


def test_a_check_says_that_whoever_wrote_the_record_measured():
    assert vouched(case()) == BY_OTHERS


@pytest.mark.parametrize("run_id", ["", "other"])
def test_records_without_a_run_are_of_whoever_wrote_them(run_id):
    assert vouched(of_runs("", "", ""), run_id) == BY_OTHERS


def test_a_run_says_that_it_measured():
    assert vouched(of_runs("mine", "mine", "mine"), "mine") == "measured by this run"


def test_a_run_says_which_benchmarks_it_did_not_measure():
    of = of_runs("mine", "other", "mine")
    other = next(r.asked.task for r in of.records if r.run.run_id == "other")
    assert vouched(of, "mine") == f"measured by this run; {other}: {BY_OTHERS}"


def test_where_nothing_was_measured_nothing_is_said_of_it():
    assert vouched(with_records(case(), map(foreign, case().records))) == ""


@pytest.mark.parametrize("number", [1, 2, 3])
def test_code_of_tasks_is_told_in_one_sentence_however_many_bring_it(number):
    records = [
        fact_of(r, FactName.TASK_CODE, {"own.py": digest("own")}) if n < number else r
        for n, r in enumerate(case().records)
    ]
    (told,) = judge(with_records(case(), records), today=TODAY).head.foreign_code
    assert "own.py" in told
    assert all((r.asked.task in told) is (n < number) for n, r in enumerate(records))
