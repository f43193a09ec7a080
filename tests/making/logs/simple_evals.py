"""Metrics files of simple-evals, and of gpt-oss's evals."""

import json
from pathlib import Path

from weighin.files.foreign_file import ForeignFile

NAME = "mmlu_solver-7b_chat_20260221_165608.json"

METRICS = {
    "chars": 812.5,
    "chars:std": 40.0,
    "stem": 0.5,
    "stem:std": 0.5,
    "score:std": 0.49,
    "score:n_samples": 250,
    "score:bootstrap_std": 0.031,
    "score": 0.572,
}

OF_GPT_OSS = "aime25_acme__solver-20b-high_temp0.6_20260221_165608.json"

SPREADS_ALONE = {"chars": 7000.5, "chars:std": 40.0, "score": 0.4375, "score:std": 0.496}


def written(folder: Path, name: str = NAME, content: object = None) -> ForeignFile:
    path = folder / name
    path.write_text(json.dumps(METRICS if content is None else content))
    return ForeignFile(path, name)


def of_gpt_oss(folder: Path) -> ForeignFile:
    return written(folder, OF_GPT_OSS, SPREADS_ALONE)
