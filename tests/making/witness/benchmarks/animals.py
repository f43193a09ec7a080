"""Documents of a benchmark for lm-eval."""

from datasets import Dataset, DatasetDict

ANIMALS = {"bird": ["robin", "wren"], "fish": ["trout", "cod"], "insect": ["wasp", "moth"]}


def documents(**_metadata):
    rows = [{"animal": a, "kind": kind} for kind, names in ANIMALS.items() for a in names]
    return DatasetDict({"test": Dataset.from_list(rows)})
