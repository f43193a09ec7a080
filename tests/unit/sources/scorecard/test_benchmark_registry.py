"""The registry of benchmarks: what it holds, what a user adds, and what is refused."""

import csv
import json
from contextlib import suppress
from fractions import Fraction
from math import lcm
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.mutations import hostile, mutated
from tests.making.places import DATASETS

from weighin.errors import RequirementsError
from weighin.evidence.benchmarks import Averaging, BenchmarkRegistry, Certainty, ScoreKind
from weighin.sources.scorecard.benchmark_registry import (
    load_registry,
    registered_benchmark,
)
from weighin.statistics.printed_numbers import (
    macro_denominator,
)

SHARED = DATASETS
LEADERBOARD = SHARED / "open_llm_leaderboard" / "v2.csv"
# Doubles that went through a spreadsheet: 15 digits, the last of which may be off.
ROUNDING = Fraction(1, 10**13)
GSM8K = SHARED / "gsm8k" / "test.jsonl"

OWN = """weighin_registry: 1
benchmarks:
  - id: house_exam
    names: [House Exam]
    split: test
    documents: 30
    tasks:
      - {name: easy, documents: 10}
      - {name: hard, documents: 20}
    metric: acc
    score: binary
    averaging: [macro, micro]
    certainty: counted
    source: our own data
"""


@pytest.fixture(scope="module")
def registry() -> BenchmarkRegistry:
    return load_registry()


def own(folder: Path, text: str = OWN) -> Path:
    path = folder / "own.yaml"
    path.write_text(text)
    return path


def test_it_knows_more_than_sixty_benchmarks(registry):
    assert len(registry.benchmarks) > 60


@pytest.mark.parametrize(
    "name",
    ["MMLU-Pro", "MuSR", "AIME 2025", "SWE-bench Verified", "MGSM", "LongBench v2", "MMMU",
     "TAU-bench airline", "LMArena"],
)  # fmt: skip
def test_it_knows_benchmarks_of_every_kind(registry, name):
    assert registry.find(name) is not None


def test_every_benchmark_says_where_its_size_stands(registry):
    without = [b.id for b in registry.benchmarks if "http" not in b.source and ":" not in b.source]
    assert without == []


def test_a_remembered_size_says_so_in_its_source(registry):
    for benchmark in registry.benchmarks:
        if benchmark.certainty is Certainty.REMEMBERED:
            assert "as remembered" in benchmark.source, benchmark.id


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mmlu pro", "mmlu_pro"),
        ("GPQA (Diamond)", "gpqa_diamond"),
        ("HumanEval+", "humaneval_plus"),
        ("HumanEval", "humaneval"),
        ("τ²-Bench Telecom", "tau2_bench_telecom"),
    ],
)
def test_a_name_is_found_by_its_letters_digits_and_plus(registry, name, found):
    assert registry.find(name).id == found


@pytest.mark.parametrize("name", ["GPQA", "LiveCodeBench", "AIME", "MMLU (subset of 100)"])
def test_a_name_that_may_mean_several_sets_is_not_found(registry, name):
    assert registry.find(name) is None


def test_a_size_is_held_only_where_it_was_counted_at_a_commit(registry):
    held = [b for b in registry.benchmarks if b.revisions]
    assert len(held) > 10
    assert {b.certainty for b in held} == {Certainty.COUNTED}


def test_a_task_of_lm_eval_scores_one_benchmark(registry):
    tasks = [task for b in registry.benchmarks for task in b.lm_eval]
    assert len(set(tasks)) == len(tasks)
    assert registered_benchmark("gsm8k_cot").id == "gsm8k"
    assert registered_benchmark("gsm8k_of_ours") is None


def test_an_arena_has_no_number_of_documents(registry):
    arena = registry.find("LMArena")
    assert (arena.documents, arena.score) == (None, ScoreKind.UNBOUNDED)


@pytest.mark.skipif(not GSM8K.is_file(), reason="the data is not at hand")
def test_gsm8k_has_as_many_documents_as_its_file_has_lines(registry):
    lines = GSM8K.read_text().splitlines()
    assert registry.find("gsm8k").documents == len([json.loads(line) for line in lines])


def _unattainable(column: str, denominator: int) -> int:
    with LEADERBOARD.open(newline="") as file:
        values = [row[f"evaluations_{column}_value"] for row in csv.DictReader(file)]
    assert len(values) == 4576
    numbers = [Fraction(value) for value in values]
    return sum(abs(n - Fraction(round(n * denominator), denominator)) > ROUNDING for n in numbers)


@pytest.mark.skipif(not LEADERBOARD.is_file(), reason="the data is not at hand")
@pytest.mark.parametrize(
    ("column", "benchmark", "failures"),
    # The failures of six rows that were computed on fewer documents.
    [("mmlu_pro", "mmlu_pro", 4), ("gpqa", "leaderboard_gpqa", 4), ("math", "math_level_5", 5)],
)
def test_sizes_are_those_behind_the_full_precision_scores_of_the_open_llm_leaderboard(
    registry, column, benchmark, failures
):
    assert _unattainable(column, registry.find(benchmark).documents) == failures


@pytest.mark.skipif(not LEADERBOARD.is_file(), reason="the data is not at hand")
@pytest.mark.parametrize(
    ("column", "benchmark", "failures"), [("musr", "musr", 0), ("bbh", "leaderboard_bbh", 1)]
)
def test_task_sizes_are_those_behind_its_macro_averages(registry, column, benchmark, failures):
    found = registry.find(benchmark)
    assert Averaging.MACRO in found.averaging
    denominator = macro_denominator(task.documents for task in found.tasks)
    assert _unattainable(column, denominator) == failures


@pytest.mark.skipif(not LEADERBOARD.is_file(), reason="the data is not at hand")
def test_metric_denominators_of_ifeval_are_those_behind_its_means(registry):
    denominators = registry.find("ifeval").metric_denominators
    assert Fraction(2 * lcm(*denominators)) == 902_388
    assert _unattainable("ifeval", 2 * lcm(*denominators)) == 3


def test_a_users_benchmark_is_added(tmp_path, registry):
    found = load_registry([own(tmp_path)])
    assert found.find("house exam").documents == 30
    assert len(found.benchmarks) == len(registry.benchmarks) + 1


def test_a_users_benchmark_replaces_that_of_the_same_id(tmp_path):
    path = own(tmp_path, OWN.replace("house_exam", "gsm8k").replace("House Exam", "GSM8K"))
    assert load_registry([path]).find("GSM8K").documents == 30


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("documents: 30", "documents: 31", "7:5: benchmarks.0.tasks: expected 31 documents in its"),
        ("documents: 30", "documents: 0", "6:16: benchmarks.0.documents: expected at least 1"),
        ("    documents: 30\n", "", "benchmarks.0.documents: missing; write documents"),
        ("House Exam", "GSM-8K", "names: name 'gsm8k' is of gsm8k too; a name stands for one"),
        ("House Exam", '"-"', "a name without a letter or digit"),
        ("    source: our own data\n", "", "benchmarks.0.source: missing"),
        ("certainty: counted", "certainty: sure", "expected counted, stated or remembered"),
        ("split: test", "spilt: test", "unknown key; did you mean split?"),
        ("[macro, micro]", "[mean-of-metrics]", "expected the denominator of each metric"),
        ("name: hard", "name: Easy", "a task stands twice"),
        ("source: our own data", "source: x\n    revisions: [main]", "revisions.0: expected"),
        (
            "source: our own data",
            f"source: x\n    revisions: [{'0' * 40}]",
            "revisions: commits of no dataset; write dataset and documents",
        ),
        ("weighin_registry: 1", "weighin_registry: 2", "1:19: weighin_registry: expected 1"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(tmp_path, was, becomes, message):
    path = own(tmp_path, OWN.replace(was, becomes))
    with pytest.raises(RequirementsError) as raised:
        load_registry([path])
    assert str(raised.value).startswith(f"{path}:")
    assert message in str(raised.value)


def test_a_macro_average_needs_the_tasks(tmp_path):
    text = OWN[: OWN.index("    tasks:")] + OWN[OWN.index("    metric:") :]
    with pytest.raises(RequirementsError, match="averaging macro needs the tasks"):
        load_registry([own(tmp_path, text)])


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RequirementsError, match=r"absent\.yaml"):
        load_registry([tmp_path / "absent.yaml"])


FIRST = {
    "weighin_registry": 1,
    "benchmarks": [
        {
            "id": "house_exam", "names": ["House Exam"], "split": "test", "documents": 10,
            "tasks": [{"name": "easy", "documents": 10}], "metric": "acc", "score": "binary",
            "averaging": ["micro"], "certainty": "counted", "source": "our own data",
        }
    ],
}  # fmt: skip


@hostile
@given(mutated(FIRST), st.binary(max_size=20))
def test_only_our_own_errors_leave_the_loader(tmp_path, document, noise):
    path = tmp_path / "own.yaml"
    path.write_bytes(json.dumps(document).encode() + noise)
    with suppress(RequirementsError):
        load_registry([path])
