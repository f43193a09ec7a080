"""A small log of every format that weighin reads records from, beside what belongs to it."""

import json
from pathlib import Path

from tests.making.logs import (
    every_eval_ever,
    helm,
    inspect,
    lighteval,
    lm_eval,
    lm_eval_table,
    opencompass,
    simple_evals,
    tested,
)
from tests.making.logs.claims import (
    ARENA_OF_2026,
    SCORECARD,
    arena_catalog,
    arena_table,
    eval_results,
    model_card,
)

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.reader import LoggedRecord
from weighin.sources.formats.registry import reader_of


def _samples(folder: Path) -> Path:
    rows = (
        {
            "doc_id": n, "doc": {"n": n}, "target": "a", "arguments": [["?", {"until": ["."]}]],
            "resps": [["a"]], "filtered_resps": ["a"], "filter": "none", "metrics": ["acc"],
            "acc": float(n < 3),
        }
        for n in range(4)
    )  # fmt: skip
    path = folder / f"samples_arc_{lm_eval.STAMP}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _lm_eval(folder: Path) -> Path:
    _samples(folder)
    return lm_eval.written(lm_eval.modern(), folder)


def _scorecard(folder: Path) -> Path:
    path = folder / "card.yaml"
    path.write_text(SCORECARD)
    return path


def _archive(folder: Path) -> Path:
    return inspect.archive(folder, inspect.header(), inspect.three_of_four())


_MADE = {
    "lm-eval results": _lm_eval,
    "lm-eval samples": _samples,
    "lm-eval table": lambda folder: lm_eval_table.written(folder).path,
    "LightEval of 2025": lambda folder: lighteval.written(lighteval.of_2025(), folder).path,
    "LightEval": lambda folder: lighteval.written(lighteval.modern(), folder).path,
    "Inspect JSON": lambda folder: inspect.written(inspect.document(), folder),
    "Inspect archive": _archive,
    "HELM": lambda folder: helm.Run(folder, state=helm.state()).written().path,
    "Every Eval Ever": lambda folder: every_eval_ever.with_samples(folder, [1, 1, 1, 0]),
    "OpenCompass": lambda folder: opencompass.written(folder).path,
    "simple-evals": lambda folder: simple_evals.written(folder).path,
    "gpt-oss evals": lambda folder: simple_evals.of_gpt_oss(folder).path,
    "EvalPlus": lambda folder: tested.evalplus_written(folder).path,
    "BigCode": lambda folder: tested.bigcode_written(folder).path,
    "LiveCodeBench": lambda folder: tested.livecodebench_written(folder).path,
    "SWE-bench": lambda folder: tested.swe_bench_written(folder).path,
    "model card": model_card,
    "results of a model repository": eval_results,
    "arena table": arena_table,
    "arena table of 2026": lambda folder: arena_table(folder, ARENA_OF_2026),
    "arena-catalog": arena_catalog,
    "scorecard": _scorecard,
}
FORMATS = tuple(_MADE)


def log_of(name: str, folder: Path) -> Path:
    """The log of a format, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return _MADE[name](folder)


def read_log_of(name: str, folder: Path) -> tuple[Path, tuple[LoggedRecord, ...]]:
    """The log of a format, and the records in it; at least one."""
    path = log_of(name, folder)
    file = ForeignFile(path, str(path))
    reader = reader_of(file)
    assert reader is not None
    records = tuple(reader.read(file).records)
    assert records
    return path, records
