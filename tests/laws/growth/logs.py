"""A log of every format with n of what it repeats most, beside what belongs to it."""

import copy
import json
from pathlib import Path

from tests.laws.growth.inputs import Make
from tests.making.logs import (
    every_eval_ever,
    helm,
    inspect,
    lighteval,
    lm_eval_table,
    opencompass,
    simple_evals,
    tested,
)
from tests.making.logs.claims import (
    ARENA_HEADER,
    ARENA_OF_2026,
    SCORECARD,
    arena_catalog,
    arena_table,
    eval_results,
)


def lm_eval_samples(folder: Path, n: int) -> list[str]:
    """Samples alone, n documents."""
    rows = (
        {"doc_id": i, "doc": {"n": i}, "target": "a", "arguments": [["?", {"until": ["."]}]],
         "resps": [["a"]], "filtered_resps": ["a"], "filter": "none", "metrics": ["acc"],
         "acc": float(i % 2)}
        for i in range(n)
    )  # fmt: skip
    path = folder / "samples_arc_2026-01-01T00-00-00.000000.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ["inspect", str(path)]


def lm_eval_printed(folder: Path, n: int) -> list[str]:
    """What lm-eval prints of n tasks."""
    head = lm_eval_table.TABLES.splitlines(keepends=True)[:2]
    rows = (f"|task_{i}|2|none|0|acc|↑|0.5000|±|0.0040|\n" for i in range(n))
    text = f"{lm_eval_table.RUN}\n{''.join((*head, *rows))}"
    return ["inspect", str(lm_eval_table.written(folder, text).path)]


def of_lighteval(folder: Path, n: int) -> list[str]:
    """Results of LightEval on n tasks."""
    document = lighteval.modern()
    for part, key in (
        ("results", "lighteval|sums|2"),
        ("config_tasks", "lighteval|sums|2"),
        ("summary_tasks", "lighteval|sums|2"),
    ):
        one = document[part].pop(key)
        document[part] |= {f"lighteval|sums{i}|2": copy.deepcopy(one) for i in range(n)}
    return ["inspect", str(lighteval.written(document, folder).path)]


def samples_of_inspect(folder: Path, n: int) -> list[str]:
    """A log of Inspect as JSON with n samples."""
    samples = [inspect.sample(i + 1) for i in range(n)]
    return ["inspect", str(inspect.written(inspect.header(n) | {"samples": samples}, folder))]


def scores_of_inspect(folder: Path, n: int) -> list[str]:
    """A log of Inspect as JSON with n scorers."""
    log = inspect.header()
    one = log["results"]["scores"][0]
    log["results"]["scores"] = [one | {"name": f"m{i}", "scorer": f"m{i}"} for i in range(n)]
    return ["inspect", str(inspect.written(log, folder))]


def instances_of_helm(folder: Path, n: int) -> list[str]:
    """A run of HELM on n documents."""
    run = helm.Run(
        folder,
        per_instance=helm.per_instance(tuple(i % 2 for i in range(n))),
        state=helm.state(tuple(str(i) for i in range(n))),
    )
    return ["inspect", str(run.written().path)]


def statistics_of_helm(folder: Path, n: int) -> list[str]:
    """A run of HELM with n statistics."""
    found = [*helm.stats(), *(helm.stat(f"metric_{i}", 0.5) for i in range(n))]
    return ["inspect", str(helm.Run(folder, stats=found).written().path)]


def samples_of_eee(folder: Path, n: int) -> list[str]:
    """A file of Every Eval Ever with n samples beside it."""
    return ["inspect", str(every_eval_ever.with_samples(folder, [1] * n))]


def rows_of_opencompass(folder: Path, n: int) -> list[str]:
    """A summary of OpenCompass of n data sets."""
    head = opencompass.TABLE.splitlines(keepends=True)[0]
    rows = (f"sums{i},a1b2c3,accuracy,gen,57.20,58.10\n" for i in range(n))
    return ["inspect", str(opencompass.written(folder, head + "".join(rows)).path)]


def models_of_opencompass(folder: Path, n: int) -> list[str]:
    """A summary of OpenCompass of n models."""
    table = f"dataset,version,metric,mode,{','.join(f'm{i}' for i in range(n))}\n"
    table += f"sums,a1b2c3,accuracy,gen{',57.2' * n}\n"
    return ["inspect", str(opencompass.written(folder, table).path)]


def metrics_of_simple_evals(folder: Path, n: int) -> list[str]:
    """Metrics of simple-evals on n subjects."""
    more = {f"subject_{i}": 0.5 for i in range(n)} | {f"subject_{i}:std": 0.5 for i in range(n)}
    path = simple_evals.written(folder, content=simple_evals.METRICS | more).path
    return ["inspect", str(path)]


def answers_of_evalplus(folder: Path, n: int) -> list[str]:
    """Answers to n documents of EvalPlus."""
    log = tested.evalplus()
    log["eval"] = {
        f"HumanEval/{i}": [tested.answer(f"HumanEval/{i}", "pass", "pass")] for i in range(n)
    }
    log["pass_at_k"] = {"base": {"pass@1": 1.0}, "plus": {"pass@1": 1.0}}
    return ["inspect", str(tested.evalplus_written(folder, log).path)]


def tasks_of_bigcode(folder: Path, n: int) -> list[str]:
    """Results of n tasks of BigCode."""
    config = tested.bigcode(tasks=",".join(f"t{i}" for i in range(n)))["config"]
    log = {f"t{i}": {"pass@1": 0.5} for i in range(n)} | {"config": config}
    return ["inspect", str(tested.bigcode_written(folder, log).path)]


def answers_of_livecodebench(folder: Path, n: int) -> list[str]:
    """Results on n documents of LiveCodeBench."""
    detail = {"pass@1": {str(i): 1.0 for i in range(n)}}
    tests = {str(i): [[True]] for i in range(n)}
    log = [{"pass@1": 1.0, "detail": detail}, tests, [["{}"]] * n]
    return ["inspect", str(tested.livecodebench_written(folder, log).path)]


def instances_of_swe_bench(folder: Path, n: int) -> list[str]:
    """A report of SWE-bench on n instances."""
    ids = [f"a-{i}" for i in range(n)]
    counts = dict.fromkeys(
        ("total_instances", "submitted_instances", "completed_instances", "resolved_instances"), n
    )
    log = tested.swe_bench() | counts | {"unresolved_instances": 0, "error_instances": 0}
    log |= dict.fromkeys(("completed_ids", "submitted_ids", "resolved_ids"), ids)
    log |= {"unresolved_ids": [], "error_ids": []}
    return ["inspect", str(tested.swe_bench_written(folder, log).path)]


def results_of_repository(folder: Path, n: int) -> list[str]:
    """A file of a model repository with n results."""
    one = "- dataset:\n    id: org/data{0}\n    task_id: default\n  value: 20.90\n"
    return ["inspect", str(eval_results(folder, "".join(one.format(i) for i in range(n))))]


def numbers_of_scorecard(folder: Path, n: int) -> list[str]:
    """A scorecard file of n numbers."""
    head, _, _ = SCORECARD.partition("tables:\n")
    one = "  - {{artifact: model-instruct, benchmark: GSM8K, metric: m{0}, printed: 57.2}}\n"
    path = folder / "card.yaml"
    path.write_text(head + "numbers:\n" + "".join(one.format(i) for i in range(n)))
    return ["inspect", str(path)]


def parents_declared(folder: Path, n: int) -> list[str]:
    """A file that declares n parents of a model."""
    path = folder / "declared.yaml"
    path.write_text(
        "weighin_declarations: 1\nmodel: m\nsource: a team\nfacts:\n  parents:\n"
        + "".join(f"  - org/m{i}\n" for i in range(n))
    )
    return ["inspect", str(path)]


def rows_of_arena(folder: Path, n: int) -> list[str]:
    """A table of an arena of n models."""
    rows = (f"{i},1,m{i},1439,+7/-10,5858,Org,MIT\n" for i in range(n))
    return ["inspect", str(arena_table(folder, f"{ARENA_HEADER}\n{''.join(rows)}"))]


def rows_of_arena_of_2026(folder: Path, n: int) -> list[str]:
    """A table of an arena as of 2026, of n models."""
    head = ARENA_OF_2026.splitlines(keepends=True)[0]
    one = "m{0},Org,MIT,1421.5,1416.62,1426.38,6.2,20331,{0},overall,2026-08-02\n"
    text = head + "".join(one.format(i + 1) for i in range(n))
    return ["inspect", str(arena_table(folder, text))]


def models_of_arena_catalog(folder: Path, n: int) -> list[str]:
    """A catalog of an arena of n models."""
    one = {"rating": 1421.5, "rating_q975": 1426.4, "rating_q025": 1416.6}
    return ["inspect", str(arena_catalog(folder, {"full": {f"m{i}": one for i in range(n)}}))]


OF_FORMATS: dict[str, tuple[Make, int]] = {
    "samples of lm-eval": (lm_eval_samples, 3_000),
    "printed rows of lm-eval": (lm_eval_printed, 500),
    "tasks of LightEval": (of_lighteval, 500),
    "samples of Inspect": (samples_of_inspect, 2_000),
    "scorers of Inspect": (scores_of_inspect, 500),
    "instances of HELM": (instances_of_helm, 3_000),
    "statistics of HELM": (statistics_of_helm, 500),
    "samples of Every Eval Ever": (samples_of_eee, 5_000),
    "rows of OpenCompass": (rows_of_opencompass, 400),
    "models of OpenCompass": (models_of_opencompass, 400),
    "metrics of simple-evals": (metrics_of_simple_evals, 800),
    "answers of EvalPlus": (answers_of_evalplus, 5_000),
    "tasks of BigCode": (tasks_of_bigcode, 500),
    "answers of LiveCodeBench": (answers_of_livecodebench, 5_000),
    "instances of SWE-bench": (instances_of_swe_bench, 20_000),
    "results of a model repository": (results_of_repository, 250),
    "numbers of a scorecard file": (numbers_of_scorecard, 250),
    "parents that are declared": (parents_declared, 2_000),
    "rows of an arena": (rows_of_arena, 1_000),
    "rows of an arena of 2026": (rows_of_arena_of_2026, 1_000),
    "models of an arena catalog": (models_of_arena_catalog, 1_000),
}
