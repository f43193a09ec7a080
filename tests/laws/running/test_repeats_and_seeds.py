"""Repeats and seeds that a file states are asked, averaged and recorded as they were.

The tiny model and lm-eval are real.
"""

from statistics import fmean

import pytest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    copied_tasks,
    findings,
    record_of,
    requirements_file,
    samples_of,
)

import weighin
from weighin.errors import RequirementsError
from weighin.evidence.facts import FactName
from weighin.identity.facets import Facet

pytestmark = pytest.mark.model

SAMPLED = "decoding: {do_sample: true, temperature: 5.0, max_gen_toks: 1}"
JUDGED_BY_LENGTH = """

def judge(document, results):
    (answer,) = results
    return {"exact_match": float(len(answer))}
"""


def _run(folder, checkpoint, task, *lines, tasks=None):
    settings = {} if tasks is None else {"task_folder": tasks}
    folder.mkdir(exist_ok=True)
    benchmark = "\n    ".join((task, *lines))
    file = requirements_file(folder, checkpoint, benchmarks=(benchmark,), **settings)
    return weighin.run(file, results=folder / "results")


def test_the_score_is_the_mean_over_all_answers(tmp_path, tiny_checkpoint):
    """Second implementation: every answer in the samples file is scored by hand."""
    tasks = copied_tasks(tmp_path / "tasks")
    with (tasks / "load.py").open("a") as stream:
        stream.write(JUDGED_BY_LENGTH)
    with (tasks / f"{GENERATE}.yaml").open("a") as stream:
        stream.write("process_results: !function load.judge\n")
    verdict = _run(tmp_path / "run", tiny_checkpoint, GENERATE, SAMPLED, "repeats: 3", tasks=tasks)
    record = record_of(verdict, GENERATE)
    samples = samples_of(tmp_path / "run" / "results", record)
    answers = [sample["resps"][0] for sample in samples]
    assert all(len(each) == 3 for each in answers)
    lengths = [fmean(len("".join(text.split())) for text in each) for each in answers]
    assert [sample["exact_match"] for sample in samples] == pytest.approx(lengths)
    assert record.scores[0].value == pytest.approx(fmean(lengths))
    assert len({tuple(each) for each in answers}) > 1
    assert record.asked.repeats == 3
    assert record.fact(FactName.AGGREGATION).value == "avg@3"
    assert record.sent.requests == record.sent.answers == {"generate_until": 72}
    spent = record.observation(Facet.TEST_TIME_COMPUTE).identifiers[0].value
    assert spent == {"answers_per_document": 3}
    assert findings(verdict, "score-recomputes") == findings(verdict, "records-intact") == ()
    assert "repeats=3" in record.fact(FactName.TASK_OVERRIDES).value


@pytest.mark.parametrize(
    ("task", "lines", "why"),
    [
        (CHOICE, (), "equal each time"),
        (GENERATE, (), "decodes greedily"),
        (GENERATE, ("decoding: {do_sample: false, temperature: 0.7}",), "decodes greedily"),
    ],
)
def test_repeats_that_would_be_equal_are_refused(tmp_path, tiny_checkpoint, task, lines, why):
    with pytest.raises(RequirementsError, match=why):
        _run(tmp_path, tiny_checkpoint, task, *lines, "repeats: 2")


def test_seeds_are_recorded_and_decide_what_is_drawn(tmp_path, tiny_checkpoint):
    found = {}
    for name, lines in {
        "unset": (),
        "default": ("seed: 1234",),
        "again": ("seed: 1234",),
        "other": ("seed: 7", "fewshot_seed: 9", "num_fewshot: 2"),
    }.items():
        verdict = _run(tmp_path / name, tiny_checkpoint, GENERATE, SAMPLED, *lines)
        record = record_of(verdict, GENERATE)
        samples = samples_of(tmp_path / name / "results", record)
        found[name] = record.asked.seeds, [sample["resps"] for sample in samples]
        assert record.fact(FactName.SEEDS).value == record.asked.seeds
        assert findings(verdict, "records-intact") == ()
    standard = {"random": 0, "numpy": 1234, "torch": 1234, "fewshot": 1234}
    assert found["unset"][0] == standard
    assert found["again"] == found["default"]
    assert found["default"][0] == standard | {"random": 1234}
    assert found["other"][0] == {"random": 7, "numpy": 7, "torch": 7, "fewshot": 9}
    assert found["other"][1] != found["default"][1]


@pytest.mark.parametrize("line", ["seed: 7", "fewshot_seed: 7", "repeats: 2"])
def test_what_is_stated_anew_is_scored_anew(tmp_path, tiny_checkpoint, line):
    first = _run(tmp_path, tiny_checkpoint, GENERATE, SAMPLED, "samples: 2")
    again = _run(tmp_path, tiny_checkpoint, GENERATE, SAMPLED, "samples: 2")
    other = _run(tmp_path, tiny_checkpoint, GENERATE, SAMPLED, "samples: 2", line)
    assert again.records == first.records
    assert other.records != first.records
