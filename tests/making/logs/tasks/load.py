"""Documents for every aggregation of lm-eval that a log may hold, made in memory."""

from datasets import Dataset, DatasetDict


def sums(count: int = 20, **_metadata: object) -> DatasetDict:
    """Sums with two choices, each right one about as often as not."""
    rows = [
        {
            "question": f"{n} plus {n % 7} is",
            "choices": [str(n + n % 7), str(n + n % 7 + 1)] if n % 3 else [str(n), str(n + n % 7)],
            "answer": 0 if n % 3 else 1,
            "text": f"{n} plus {n % 7} is {n + n % 7}",
            "reply": "lol" if n % 4 else f"lot {n}",
        }
        for n in range(count)
    ]
    return DatasetDict({"test": Dataset.from_list(rows)})


def few_sums(**_metadata: object) -> DatasetDict:
    """Seven of them, so that a mean by documents is not the mean of two tasks."""
    return sums(7)


def score_if_even(doc: dict, results: list) -> dict:
    """Leaves a document without a score, as some of lm-eval's own tasks do."""
    del results
    number = int(doc["question"].split()[0])
    return {} if number % 5 == 0 else {"acc": float(number % 2)}
