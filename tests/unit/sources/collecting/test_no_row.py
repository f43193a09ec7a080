"""A file whose scores another one beside it holds is told so where it is given alone."""

import json
from pathlib import Path

import pytest
from tests.making.logs.helm import spec, stats
from tests.making.logs.tested import (
    LIVECODEBENCH_NAME,
    SWE_BENCH_NAME,
    livecodebench,
    livecodebench_graded,
    swe_bench,
)

from weighin.sources.collecting.evidence import read_evidence

METRICS = {"chars": 1.5, "chars:std": 0.5, "score": 0.5, "score:std": 0.25}
ANSWERS = {"score": 0.5, "metrics": METRICS, "htmls": [], "convos": [], "metadata": None}
SCORES = {"pass@1": 0.5, "model": "m", "split": "complete", "subset": "full", "calibrated": True}
OUTCOME = [{"task_id": "BigCodeBench/0", "solution": "", "status": "pass", "details": {}}]
ON_ONE = {"a-1": {"patch_exists": True, "patch_successfully_applied": True, "resolved": True}}

PAIRS = {
    "simple-evals": (
        ("gpqa_solver_20260221_165608.json", METRICS),
        ("gpqa_solver_20260221_165608_allresults.json", ANSWERS),
    ),
    "BigCodeBench": (
        ("m_eval_results.json", {"date": "2026-02-21", "eval": {"BigCodeBench/0": OUTCOME}}),
        ("m_pass_at_k.json", SCORES),
    ),
    "SWE-bench": ((SWE_BENCH_NAME, swe_bench()), ("logs/run-1/acme/a-1/report.json", ON_ONE)),
    "HELM": (("run_spec.json", spec()), ("stats.json", stats())),
}


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("harness", PAIRS)
def test_given_alone_it_says_where_its_scores_are(harness: str, tmp_path: Path):
    holder, other = (written(tmp_path, *file) for file in PAIRS[harness])
    alone = read_evidence([other])
    assert alone.records == ()
    (note,) = alone.notes
    assert note.startswith(f"{other}: no row, for its scores are those of ")
    assert holder.name in note or harness == "SWE-bench"
    for together in ([holder, other], [other, holder], [tmp_path]):
        evidence = read_evidence(together)
        assert evidence.records
        assert not any("no row" in note for note in evidence.notes)


@pytest.mark.parametrize("metrics", [livecodebench(), {}, []])
def test_graded_answers_alone_are_read_whatever_lies_beside_them(metrics: object, tmp_path: Path):
    written(tmp_path, LIVECODEBENCH_NAME, metrics)
    graded = written(
        tmp_path, LIVECODEBENCH_NAME.replace("_eval.", "_eval_all."), livecodebench_graded()
    )
    (record,) = read_evidence([graded]).records
    assert [(s.metric, s.value) for s in record.scores] == [("pass@1", 0.25)]
