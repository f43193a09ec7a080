"""Cases beside a reference: another row that theirs is compared with."""

from dataclasses import replace

from tests.making.rules.builders import BENCHMARKS, changed, record
from tests.making.rules.facts import of_answers, single_answers

from weighin.rules.interface import Case


def with_reference(of: Case, *paths: tuple[str, object], model: str = "baseline") -> Case:
    """The case beside a reference that is the golden row, with fields of gsm8k changed."""
    rows = [record(task).model_copy(update={"model": model}) for task in BENCHMARKS]
    for path, value in paths:
        rows = [changed(r, path, value) if r.asked.task == "gsm8k" else r for r in rows]
    return replace(of, reference=tuple(rows))


def in_both(of: Case) -> Case:
    """The case and its reference with one answer a document on both sides."""
    both = single_answers(of)
    return replace(both, reference=tuple(of_answers(r, 1) for r in both.reference))
