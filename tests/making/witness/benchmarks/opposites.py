"""A benchmark for LightEval."""

from pathlib import Path

from lighteval.metrics.metrics import Metrics
from lighteval.tasks.lighteval_task import LightevalTaskConfig
from lighteval.tasks.requests import Doc


def prompt(line, task_name):
    return Doc(
        task_name=task_name,
        query=f"What is the opposite of {line['word']}?",
        choices=[f" {choice}" for choice in line["choices"]],
        gold_index=line["answer"],
    )


TASKS_TABLE = [
    LightevalTaskConfig(
        name="opposites",
        prompt_function=prompt,
        hf_repo=str(Path(__file__).resolve().parent / "opposites"),
        hf_subset="default",
        hf_avail_splits=["test"],
        evaluation_splits=["test"],
        metrics=[Metrics.loglikelihood_acc],
    )
]
