"""How much a benchmark asks, before anything answers."""

from lm_eval.api.task import Task

from weighin.harness.progress import reported
from weighin.harness.quiet import quiet
from weighin.harness.tasks.loading import LoadedBenchmark


def sizes(benchmark: LoadedBenchmark, max_samples: int | None) -> tuple[int, int]:
    """Numbers of documents and of requests.

    The requests are made as lm-eval makes them, without a chat template, which changes none of
    their number. To be asked of a benchmark that is not scored afterwards.

    Args:
        benchmark: A loaded benchmark.
        max_samples: Only the first documents of each task; `None` for all.
    """
    documents = requests = 0
    with quiet(), reported(lambda _done, _total: None):
        for task in benchmark.leaves.values():
            count = len(task.eval_docs)
            documents += count if max_samples is None else min(count, max_samples)
            requests += _requests(task, benchmark, max_samples)
    return documents, requests


def _requests(task: Task, benchmark: LoadedBenchmark, max_samples: int | None) -> int:
    num_fewshot = benchmark.requirement.num_fewshot
    if num_fewshot is not None and task.get_config("num_fewshot") != 0:
        task.set_config(key="num_fewshot", value=num_fewshot)
    task.set_fewshot_seed(seed=benchmark.seeds.fewshot)
    task.build_all_requests(limit=max_samples, rank=0, world_size=1)
    repeats = benchmark.requirement.repeats or task.config.repeats
    return len(task.instances) * int(repeats)
