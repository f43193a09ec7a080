"""What of a benchmark's task is other after it was asked than when it was loaded."""

from collections.abc import Iterator

from weighin.harness.evaluation import Answered
from weighin.harness.subject import Question
from weighin.harness.tasks.held import moved


def otherwise_asked(question: Question, answered: Answered) -> Iterator[str]:
    """What of a task is other, now that it was asked, than when it was loaded."""
    benchmark, asked = question.benchmark, answered.asked
    yield from moved(benchmark.held)
    name = benchmark.requirement.task
    if asked.config_digest != benchmark.config_digest:
        yield f"{name}: configuration"
    if asked.documents_digest != benchmark.documents_digest(question.max_samples):
        yield f"{name}: documents"
