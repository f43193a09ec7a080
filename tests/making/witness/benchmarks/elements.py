"""A benchmark for Inspect."""

from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate

SYMBOLS = {"hydrogen": "H", "helium": "He", "carbon": "C", "oxygen": "O", "sodium": "Na"}


@task
def elements():
    return Task(
        dataset=[
            Sample(f"What is the chemical symbol of {name}?", target=symbol)
            for name, symbol in SYMBOLS.items()
        ],
        solver=generate(),
        scorer=includes(ignore_case=False),
    )
