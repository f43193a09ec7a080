"""Records under the names that the requirements give to models and benchmarks."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.rules.builders import read_record, record, requirements

from weighin.errors import RequirementsError
from weighin.evidence.collected import Evidence, ReadRecord, Recomputed
from weighin.evidence.records import Record
from weighin.requirements.model import BenchmarkRequirement, Model
from weighin.rules.shared.row import BenchmarkNames, Row, is_of_model, row_of

FOREIGN = "lighteval|gsm8k|0"


def benchmark(task: str, *aliases: str) -> BenchmarkRequirement:
    return BenchmarkRequirement(task=task, aliases=aliases)


def names(*benchmarks: BenchmarkRequirement) -> BenchmarkNames:
    return BenchmarkNames(requirements(benchmarks=benchmarks))


def foreign_record() -> Record:
    own = record("gsm8k")
    return own.model_copy(
        update={
            "asked": own.asked.model_copy(update={"task": FOREIGN}),
            "scores": tuple(s.model_copy(update={"task": FOREIGN}) for s in own.scores),
        }
    )


def recompute(asked: Record) -> Recomputed:
    key = (asked.asked.task, asked.scores[0].metric, asked.scores[0].filter)
    return Recomputed(values={key: 0.41}, documents={key: 100}, why_not={})


def row_with(read: ReadRecord) -> Row:
    """The row of evidence that holds one record, under requirements with its alias."""
    wanted = requirements(benchmarks=(benchmark("gsm8k", FOREIGN),))
    return row_of(wanted, Evidence(read_records=(read,)))


@pytest.mark.parametrize("alias", [FOREIGN, "lighteval|gsm8k|*", "*|gsm8k|0", "*gsm8k*", "*"])
def test_an_alias_names_the_benchmark(alias):
    assert names(benchmark("gsm8k", alias)).required(FOREIGN) == "gsm8k"


@pytest.mark.parametrize("alias", ["lighteval|gsm8k", "lighteval.gsm8k.0", "gsm8k|0", "[a-z]*"])
def test_an_alias_without_a_star_there_names_nothing_else(alias):
    assert names(benchmark("gsm8k", alias)).required(FOREIGN) == FOREIGN


@given(alias=st.text("ab*\n", min_size=1, max_size=8), task=st.text("ab\n", max_size=10))
def test_an_alias_names_what_a_regular_expression_would(alias, task):
    pattern = re.compile(".*".join(map(re.escape, alias.split("*"))), re.DOTALL)
    is_named = names(benchmark("gsm8k", alias)).required(task) == "gsm8k"
    assert is_named == (pattern.fullmatch(task) is not None)


def test_a_long_name_and_many_stars_take_no_time():
    task = "a" * 1_000_000
    assert names(benchmark("gsm8k", "*a" * 20 + "*b")).required(task) == task


def test_a_required_name_is_itself_whatever_the_aliases_say():
    assert names(benchmark("arc", "gsm*"), benchmark("gsm8k")).required("gsm8k") == "gsm8k"


def test_an_exact_alias_goes_before_one_with_a_star():
    given = names(benchmark("arc", "lighteval|*"), benchmark("gsm8k", FOREIGN))
    assert given.required(FOREIGN) == "gsm8k"


def test_aliases_of_two_benchmarks_for_one_are_refused():
    given = names(benchmark("arc", "lighteval|*"), benchmark("gsm8k", "*gsm8k*"))
    with pytest.raises(RequirementsError, match="is an alias of arc and of gsm8k"):
        given.required(FOREIGN)


def test_the_record_counts_as_the_benchmark_and_its_origin_stays():
    (read,) = row_with(read_record(foreign_record())).read_records
    assert {read.record.asked.task, *(s.task for s in read.record.scores)} == {"gsm8k"}
    assert read.record.origin == foreign_record().origin


def test_documents_of_a_renamed_record_stand_under_the_required_name():
    key = ("exact_match", "strict-match")
    given = read_record(
        foreign_record(), document_scores=lambda of: {(of.asked.task, *key): {"0": 1.0}}
    )
    (read,) = row_with(given).read_records
    assert read.document_scores() == {("gsm8k", *key): {"0": 1.0}}
    hashes = {foreign_record().asked.task: {"0": "aa"}, "one of its tasks": {"0": "bb"}}
    (read,) = row_with(replace(given, document_hashes=lambda: hashes)).read_records
    assert read.document_hashes() == {"gsm8k": {"0": "aa"}, "one of its tasks": {"0": "bb"}}


def test_scores_of_a_renamed_record_recompute():
    (read,) = row_with(read_record(foreign_record(), recompute)).read_records
    assert read.recompute().values == {("gsm8k", "exact_match", "strict-match"): 0.41}


@pytest.mark.parametrize("name", ["tiny", "org/tiny", "/models/tiny", "/models/tiny/", "small"])
def test_a_name_is_the_models_by_alias_or_as_the_end_of_a_path(name):
    given = requirements(model=Model(name="tiny", aliases=("small",), checkpoint="a"))
    assert is_of_model(given, name)


@pytest.mark.parametrize("name", ["tiny-2", "tiny/adapter", "", "org"])
def test_another_name_is_not_the_models(name):
    assert not is_of_model(requirements(model=Model(name="tiny", checkpoint="a")), name)
    assert Path(name).name != "tiny"


def test_a_record_of_weighin_that_the_file_names_otherwise_is_told():
    assert row_with(read_record(foreign_record())).renamed == (
        f"gsm8k is recorded as {FOREIGN}, which the file calls its alias",
    )
    assert row_with(read_record(record("gsm8k"))).renamed == ()
