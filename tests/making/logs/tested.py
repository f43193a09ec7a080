"""Logs of harnesses that run tests on code: EvalPlus, BigCode, LiveCodeBench, SWE-bench."""

import json
from pathlib import Path

from weighin.files.foreign_file import ForeignFile

COMMIT = "c" * 40


def _written(folder: Path, name: str, content: object) -> ForeignFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return ForeignFile(path, name)


# --- EvalPlus ----------------------------------------------------------------------------------

EVALPLUS_NAME = "acme--coder-7b_vllm_temp_0.0.eval_results.json"


def answer(document: str, base: str, plus: str | None) -> dict:
    return {
        "task_id": document,
        "solution": "def f(): ...",
        "base_status": base,
        "plus_status": plus,
        "base_fail_tests": [],
        "plus_fail_tests": [],
    }


def evalplus(kind: str = "HumanEval") -> dict:
    """Of four documents three pass the tests of the benchmark, and two all tests."""
    outcomes = [("pass", "pass"), ("pass", "fail"), ("fail", "fail"), ("pass", "pass")]
    return {
        "date": "2026-02-21 16:56",
        "hash": "fe585eb4df8c88d844eeb463ea4d0302",
        "eval": {
            f"{kind}/{n}": [answer(f"{kind}/{n}", *outcome)] for n, outcome in enumerate(outcomes)
        },
        "pass_at_k": {"base": {"pass@1": 0.75}, "plus": {"pass@1": 0.5}},
    }


def evalplus_of_2023() -> dict:
    """Before scores were saved, and with a list of answers a suite."""
    outcomes = {
        "HumanEval/0": (["success", "failed"], ["success", "failed"]),
        "HumanEval/1": (["success", "success"], ["failed", "success"]),
    }
    return {
        "date": "2023-06-02 10:00",
        "hash": "fe585eb4df8c88d844eeb463ea4d0302",
        "eval": {
            name: {
                "nfiles": 2,
                "base": [[status, [True]] for status in base],
                "plus": [[status, [True]] for status in plus],
            }
            for name, (base, plus) in outcomes.items()
        },
    }


def evalplus_written(
    folder: Path, content: object = None, name: str = EVALPLUS_NAME
) -> ForeignFile:
    return _written(folder, name, evalplus() if content is None else content)


# --- the BigCode evaluation harness ------------------------------------------------------------


def bigcode(**config: object) -> dict:
    told = {
        "prefix": "", "do_sample": True, "temperature": 0.2, "top_k": 0, "top_p": 0.95,
        "n_samples": 20, "eos": "<|endoftext|>", "seed": 7, "model": "acme/coder-1b",
        "modeltype": "causal", "peft_model": None, "revision": None, "use_auth_token": False,
        "trust_remote_code": False, "tasks": "humaneval,mbpp", "instruction_tokens": None,
        "batch_size": 4, "max_length_generation": 512, "precision": "bf16", "load_in_8bit": False,
        "load_in_4bit": False, "left_padding": False, "limit": None, "limit_start": 0,
        "postprocess": True, "allow_code_execution": True, "generation_only": False,
        "load_generations_path": None, "metric_output_path": "evaluation_results.json",
        "prompt": "prompt", "max_memory_per_gpu": None, "check_references": False,
    }  # fmt: skip
    return {
        "humaneval": {"pass@1": 0.1375, "pass@10": 0.25},
        "mbpp": {"pass@1": 0.2},
        "config": told | config,
    }


def bigcode_written(folder: Path, content: object = None) -> ForeignFile:
    return _written(folder, "evaluation_results.json", bigcode() if content is None else content)


# --- LiveCodeBench -----------------------------------------------------------------------------

LIVECODEBENCH_NAME = "coder-7b/Scenario.codegeneration_2_0.2_eval.json"

# Of two documents, of which each has two answers, the first is answered rightly once.
_TESTS = {"0": [[True, True], [True, False]], "1": [[-2], [False, 1]]}


def livecodebench() -> list:
    detail = {"pass@1": {"0": 0.5, "1": 0.0}}
    return [{"pass@1": 0.25, "detail": detail}, _TESTS, [["{}", "{}"], ["{}", "{}"]]]


def livecodebench_graded() -> list[dict]:
    return [
        {
            "question_id": f"q{n}",
            "contest_date": "2026-02-21T00:00:00",
            "difficulty": "easy",
            "output_list": ["a", "b"],
            "code_list": ["a", "b"],
            "graded_list": grades,
            "pass@1": sum(grades) / 2,
        }
        for n, grades in enumerate([[True, False], [False, False]])
    ]


def livecodebench_written(
    folder: Path, content: object = None, name: str = LIVECODEBENCH_NAME
) -> ForeignFile:
    return _written(folder, name, livecodebench() if content is None else content)


# --- SWE-bench ---------------------------------------------------------------------------------

SWE_BENCH_NAME = "acme__coder-2.5.run-1.json"


def swe_bench(**counts: object) -> dict:
    return {
        "total_instances": 5,
        "submitted_instances": 5,
        "completed_instances": 4,
        "resolved_instances": 2,
        "unresolved_instances": 2,
        "empty_patch_instances": 0,
        "error_instances": 1,
        "completed_ids": ["a-1", "a-2", "b-1", "b-2"],
        "incomplete_ids": [],
        "empty_patch_ids": [],
        "submitted_ids": ["a-1", "a-2", "b-1", "b-2", "c-1"],
        "resolved_ids": ["a-1", "b-2"],
        "unresolved_ids": ["a-2", "b-1"],
        "error_ids": ["c-1"],
        "schema_version": 2,
    } | counts


def swe_bench_written(
    folder: Path, content: object = None, name: str = SWE_BENCH_NAME
) -> ForeignFile:
    return _written(folder, name, swe_bench() if content is None else content)
