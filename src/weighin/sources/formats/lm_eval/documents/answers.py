"""What samples of lm-eval show of the answers: how many differ, and how many could be read."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.files.json.foreign import Json, as_list, as_mapping
from weighin.identity.facets import Grade

# What lm-eval's filters leave where they find nothing, unless a task says otherwise.
_NOTHING_FOUND = frozenset({"", "[invalid]"})
# These hand on the whole output: there is nothing that they could fail to find.
_EXTRACT_NOTHING = frozenset({"none"})
# Enough to tell millions of outputs apart, in a quarter of the memory.
_DIGEST_BYTES = 8
_MOST_IDS = 100_000


@dataclass(slots=True)
class AnswerTally:
    """The generated answers of a samples file, counted as it is read.

    Attributes:
        outputs: Digests of the distinct outputs.
        answers: Number of outputs.
        by_filter: By filter: documents, and those of which it found nothing in the output.
    """

    outputs: set[bytes] = field(default_factory=set)
    answers: int = 0
    by_filter: dict[str, list[int]] = field(default_factory=dict)

    def add(self, sample: Json, filter_name: str, *, is_new_document: bool) -> None:
        """Count a sample; one without generated text, or of an unknown shape, counts nothing."""
        if not _is_generated(sample):
            return
        outputs = _texts(sample.get("resps"))
        if is_new_document:
            for output in outputs:
                digest = hashlib.sha256(output.encode("utf-8", "surrogatepass")).digest()
                self.outputs.add(digest[:_DIGEST_BYTES])
            self.answers += len(outputs)
        found = _texts(sample.get("filtered_resps"))
        if found and filter_name.casefold() not in _EXTRACT_NOTHING:
            counted = self.by_filter.setdefault(filter_name, [0, 0])
            counted[0] += 1
            counted[1] += all(text.strip() in _NOTHING_FOUND for text in found)


def facts_of_answers(tallies: Collection[AnswerTally]) -> Iterator[Fact]:
    """What the answers of a benchmark, which has a samples file for each of its tasks, show."""
    answers = sum(tally.answers for tally in tallies)
    if answers:
        distinct = len(set[bytes]().union(*(tally.outputs for tally in tallies)))
        yield _fact(FactName.DISTINCT_OUTPUTS, {"distinct": distinct, "outputs": answers})
    by_filter: dict[str, JsonValue] = {}
    worst = (0, 0)
    for name in dict.fromkeys(name for tally in tallies for name in tally.by_filter):
        counted = [tally.by_filter[name] for tally in tallies if name in tally.by_filter]
        documents, unparsed = (sum(c[0] for c in counted), sum(c[1] for c in counted))
        by_filter[name] = {"unparsed": unparsed, "answers": documents}
        if not worst[1] or unparsed * worst[1] > worst[0] * documents:
            worst = (unparsed, documents)
    if by_filter:
        value: JsonValue = {"unparsed": worst[0], "answers": worst[1], "by_filter": by_filter}
        yield _fact(FactName.UNPARSED_ANSWERS, value)


def missing_documents(documents: Collection[str], total: int | None) -> Fact | None:
    """The ids of documents without a sample, where lm-eval numbered the split from 0.

    Args:
        documents: Ids of the documents that have a sample, as JSON.
        total: Documents of the split; `None` if unknown.

    Returns:
        `None` if the ids are no such numbers, or nothing is known to be missing.
    """
    if total is None or not 0 < len(documents) < total:
        return None
    numbers = {int(name) for name in documents if name.isascii() and name.isdigit()}
    if len(numbers) < len(documents) or max(numbers) >= total:
        return None
    missing: list[JsonValue] = []
    for number in range(total):
        if number not in numbers:
            missing.append(number)
        if len(missing) == _MOST_IDS:
            break
    return _fact(FactName.MISSING_DOCUMENTS, missing)


def _fact(name: FactName, value: JsonValue) -> Fact:
    return Fact(name=name, value=value, grade=Grade.DECLARED)


def _is_generated(sample: Json) -> bool:
    """Whether the one request of a sample has generation settings, as only generating ones have."""
    arguments = sample.get("arguments")
    if isinstance(arguments, dict):
        settings = as_mapping(arguments.get("gen_args_0")).get("arg_1")
        return isinstance(settings, dict) and len(arguments) == 1
    requests = as_list(arguments)
    first = as_list(next(iter(requests), None))
    return len(requests) == 1 and any(isinstance(argument, dict) for argument in first[1:])


def _texts(value: JsonValue) -> list[str]:
    """The texts of a list whose items may be lists of texts; empty if it holds anything else."""
    found: list[str] = []
    for item in as_list(value):
        for text in item if isinstance(item, list) else [item]:
            if not isinstance(text, str):
                return []
            found.append(text)
    return found
