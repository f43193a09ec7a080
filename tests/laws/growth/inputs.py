"""Inputs of n repeated units for every reader and judge, each with the command that reads it."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.making.logs.lm_eval_samples import log_with_samples

COMMIT = "0123456789abcdef0123456789abcdef01234567"
Make = Callable[[Path, int], list[str]]


def lm_eval(tasks: list[str], *, args: str = "pretrained=org/m", sha: str = "ab" * 20) -> str:
    """A results file of lm-eval."""
    return json.dumps(
        {
            "results": {t: {"alias": t, "acc,none": 0.5, "acc_stderr,none": 0.01} for t in tasks},
            "configs": {
                t: {"task": t, "num_fewshot": 0, "output_type": "multiple_choice"} for t in tasks
            },
            "versions": dict.fromkeys(tasks, 1.0),
            "n-shot": dict.fromkeys(tasks, 0),
            "n-samples": {t: {"original": 1000, "effective": 1000} for t in tasks},
            "config": {"model": "hf", "model_args": args, "model_sha": sha, "batch_size": 1},
            "git_hash": "abc",
            "date": 1.7e9,
            "model_name": args.removeprefix("pretrained=").partition(",")[0],
            "lm_eval_version": "0.4.9",
        }
    )


def requirements(folder: Path, tasks: list[str]) -> str:
    """A requirements file for `org/m`."""
    path = folder / "requirements.yaml"
    lines = [f"  - {{task: {task}, num_fewshot: 0}}" for task in tasks]
    path.write_text(
        f"weighin: 1\nmodel: {{name: org/m, checkpoint: 'hf://org/m@{COMMIT}'}}\nbenchmarks:\n"
        + "\n".join(lines)
        + "\n"
    )
    return str(path)


def _named(n: int) -> str:
    return f"results_2026-01-01T00-00-{n % 60:02d}.{n:06d}.json"


def required_rows(folder: Path, n: int) -> list[str]:
    """One results file whose every task is required."""
    tasks = [f"task_{i}" for i in range(n)]
    path = folder / _named(0)
    path.write_text(lm_eval(tasks))
    return ["check", requirements(folder, tasks), str(path)]


def logged_rows(folder: Path, n: int) -> list[str]:
    """One results file of n tasks."""
    path = folder / _named(0)
    path.write_text(lm_eval([f"task_{i}" for i in range(n)]))
    return ["inspect", str(path)]


def files(folder: Path, n: int) -> list[str]:
    """As many results files, each of another model."""
    for i in range(n):
        (folder / f"m{i}").mkdir()
        (folder / f"m{i}" / _named(i)).write_text(lm_eval(["gsm8k"], args=f"pretrained=org/m{i}"))
    return ["inspect", str(folder)]


def broken_files(folder: Path, n: int) -> list[str]:
    """As many rows as files that hold no JSON."""
    for i in range(n):
        (folder / f"{i}").mkdir()
        (folder / f"{i}" / _named(i)).write_text("{")
    arguments = required_rows(folder, n)
    return [*arguments[:2], str(folder), "--skip-unreadable"]


def _of_one_name(folder: Path, n: int, differ: Callable[[int], tuple[str, str]]) -> list[str]:
    for i in range(n):
        args, sha = differ(i)
        (folder / f"{i}").mkdir()
        (folder / f"{i}" / _named(i)).write_text(lm_eval(["gsm8k"], args=args, sha=sha))
    return ["check", requirements(folder, ["gsm8k"]), str(folder)]


def revisions(folder: Path, n: int) -> list[str]:
    """As many revisions under one name."""
    return _of_one_name(folder, n, lambda i: (f"pretrained=org/m,revision=step{i}", "ab" * 20))


def commits(folder: Path, n: int) -> list[str]:
    """As many commits under one name."""
    return _of_one_name(folder, n, lambda i: ("pretrained=org/m", f"{i + 1:040x}"))


def contradictions(folder: Path, n: int) -> list[str]:
    """As many benchmarks, each scored with a dtype of its own."""
    tasks = [f"task_{i}" for i in range(n)]
    for i, task in enumerate(tasks):
        (folder / f"{i}").mkdir()
        log = lm_eval([task], args=f"pretrained=org/m,dtype=float{i}")
        (folder / f"{i}" / _named(i)).write_text(log)
    path = Path(requirements(folder, tasks))
    path.write_text(f"{path.read_text()}same: [dtype]\nprofile: comparable\n")
    return ["check", str(path), str(folder)]


def shared_weights(folder: Path, n: int) -> list[str]:
    """As many names of one commit."""
    return _of_one_name(folder, n, lambda i: (f"pretrained=org/m{i or ''}", "ab" * 20))


def sample_lines(folder: Path, n: int) -> list[str]:
    """A packed samples file of n documents."""
    lines = [
        json.dumps({"doc_id": i, "filter": "none", "metrics": ["acc"], "acc": float(i % 2),
                    "doc_hash": f"{i:064x}", "prompt_hash": "0" * 64, "target_hash": "0" * 64,
                    "target": "a", "arguments": [], "resps": [["a"]], "filtered_resps": ["a"]})
        for i in range(n)
    ]  # fmt: skip
    path = folder / "samples_gsm8k_2026-01-01T00-00-00.000000.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    (folder / "results_2026-01-01T00-00-00.000000.json").write_text(lm_eval(["gsm8k"]))
    return ["check", requirements(folder, ["gsm8k"]), str(folder)]


def archive_members(folder: Path, n: int) -> list[str]:
    """A log of Inspect with n samples."""
    log = {
        "version": 2, "status": "success",
        "eval": {"task": "t", "model": "openai/m", "created": "2026-01-01T00:00:00+00:00",
                 "dataset": {"name": "d", "samples": n}, "config": {}},
        "plan": {"steps": []},
        "results": {"total_samples": n, "completed_samples": n,
                    "scores": [{"name": "match", "scorer": "match",
                                "metrics": {"accuracy": {"name": "accuracy", "value": 1.0}}}]},
    }  # fmt: skip
    path = folder / "log.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps(log))
        for i in range(n):
            sample = {"id": i, "epoch": 1, "input": "a", "target": "b",
                      "scores": {"match": {"value": "C", "answer": "b"}}}  # fmt: skip
            archive.writestr(f"samples/{i}_epoch_1.json", json.dumps(sample))
    return ["inspect", str(path)]


def results_of_eee(folder: Path, n: int) -> list[str]:
    """A file of Every Eval Ever with n results."""
    results = [
        {"evaluation_name": f"t{i}", "metric_config": {"lower_is_better": False},
         "score_details": {"score": 0.5}}
        for i in range(n)
    ]  # fmt: skip
    path = folder / "eee.json"
    path.write_text(
        json.dumps(
            {"schema_version": "0.2.0", "evaluation_id": "a", "evaluation_results": results,
             "model_info": {"name": "m", "id": "o/m"}, "retrieved_timestamp": "1",
             "source_metadata": {"source_type": "documentation"}}
        )
    )  # fmt: skip
    return ["inspect", str(path)]


def metrics_of_card(folder: Path, n: int) -> list[str]:
    """A model card whose index has n results."""
    result = (
        "  - task: {{type: t}}\n    dataset: {{name: d{0}, type: d}}\n"
        "    metrics:\n    - {{type: acc, value: 50.1}}\n"
    )
    path = folder / "README.md"
    path.write_text(
        "---\nmodel-index:\n- name: m\n  results:\n"
        + "".join(result.format(i) for i in range(n))
        + "---\n"
    )
    return ["inspect", str(path)]


def aliases(folder: Path, n: int) -> list[str]:
    """A benchmark with n stars in its alias, and a log with a name as long."""
    name = "a" * n
    path = folder / _named(0)
    path.write_text(lm_eval([name]))
    required = folder / "requirements.yaml"
    required.write_text(
        f"weighin: 1\nmodel: {{name: org/m, checkpoint: 'hf://org/m@{COMMIT}'}}\n"
        f"benchmarks:\n  - task: x\n    aliases: ['{'*a' * min(n, 200)}*b']\n"
    )
    return ["check", str(required), str(path)]


def documents_of_two_runs(folder: Path, n: int) -> list[str]:
    """Two logs with samples of n documents, each asked and answered otherwise."""
    questions = [f"question {i}" for i in range(n)]
    for name, shift in (("a", 0), ("b", 1)):
        scores = {question: float((i + shift) % 2) for i, question in enumerate(questions)}
        log_with_samples(folder / name, scores, prompt=f"{name}: {{question}}")
    return ["diff", str(folder / "a"), str(folder / "b")]


def benchmarks_of_two_runs(folder: Path, n: int) -> list[str]:
    """Two logs of n benchmarks."""
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / _named(0)).write_text(lm_eval([f"task_{i}" for i in range(n)]))
    return ["diff", str(folder / "a"), str(folder / "b")]


OF_JUDGES: dict[str, tuple[Make, int]] = {
    "required rows": (required_rows, 275),
    "rows of one log": (logged_rows, 1_000),
    "files": (files, 300),
    "rows and broken files": (broken_files, 100),
    "revisions of one name": (revisions, 150),
    "commits of one name": (commits, 150),
    "names of one commit": (shared_weights, 300),
    "contradictions of one facet": (contradictions, 250),
    "lines of packed samples": (sample_lines, 10_000),
    "members of an archive": (archive_members, 3_000),
    "results of Every Eval Ever": (results_of_eee, 1_000),
    "results of a model card": (metrics_of_card, 250),
    "documents of two runs": (documents_of_two_runs, 2_000),
    "benchmarks of two runs": (benchmarks_of_two_runs, 150),
    "letters of a name": (aliases, 20_000),
}
