"""The label of a row or column as a benchmark: `MMLU (5-shot)` is MMLU, and says 5 shots."""

import re
from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry
from weighin.sources.scorecard.tables.printed_cell import label_and_marks

_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*$")
_SHOTS = re.compile(r"([0-9]{1,3})[- ]?shots?", re.IGNORECASE)
_OF_PROTOCOL = re.compile(
    r"(?:[0-9]{1,3}|zero|few|five)[- ]?shots?|cot|acc(?:uracy)?|acc_norm|em|exact match|f1"
    r"|pass@1|elo|%|no tools|without tools|instruct|chat|base",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkLabel:
    """What a label says.

    Attributes:
        text: As printed, without footnote marks.
        marks: Keys of its footnotes.
        benchmark: In the registry; `None` if it is not known.
        shots: As it states them; `None` if it does not.
        is_percentage: Whether it says that its numbers are percentages.
    """

    text: str
    marks: tuple[str, ...]
    benchmark: Benchmark | None
    shots: int | None
    is_percentage: bool


def benchmark_label(printed: str, registry: BenchmarkRegistry) -> BenchmarkLabel:
    """What a label says.

    Only words of protocol in parentheses are taken off for the search: `SWE-bench (Lite)` and
    `MMLU (subset of 100)` are not SWE-bench and MMLU.
    """
    text, marks = label_and_marks(printed)
    bare, shots, is_percentage = text, None, False
    while (inside := _PARENTHESES.search(bare)) is not None:
        parts = [part.strip() for part in inside[1].split(",")]
        if not all(_OF_PROTOCOL.fullmatch(part) for part in parts):
            break
        stated = [found for part in parts if (found := _SHOTS.fullmatch(part))]
        shots = int(stated[0][1]) if stated else shots
        is_percentage = is_percentage or "%" in parts
        bare = bare[: inside.start()].rstrip()
    return BenchmarkLabel(
        text=text,
        marks=marks,
        benchmark=registry.find(text) or registry.find(bare),
        shots=shots,
        is_percentage=is_percentage,
    )
