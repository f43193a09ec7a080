"""The label of a row or column as a benchmark: `MMLU (5-shot)` is MMLU, and says 5 shots."""

import re
from dataclasses import dataclass

from weighin.evidence.benchmarks import Benchmark, BenchmarkRegistry
from weighin.sources.scorecard.tables.cells.printed_cell import label_and_marks
from weighin.sources.scorecard.tables.layout.names import shown_label

_PARENTHESES = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*$")
_SHOTS = re.compile(r"([0-9]{1,3}|zero|one|two|three|four|five)[-_ ]?shots?", re.IGNORECASE)
_PASSES = re.compile(
    r"(?:avg|mean|average)[@ ]?([0-9]{1,5})"
    r"|(?:avg|average|mean) (?:of|over) ([0-9]{1,5})(?: runs| samples| seeds)?",
    re.IGNORECASE,
)
_VOTES = re.compile(r"(?:maj|cons|sc|consensus|majority)[@ ]?([0-9]{1,5})", re.IGNORECASE)
_PASS_AT = re.compile(r"pass(?:@|_at_| ?@ ?)([0-9]{1,5})", re.IGNORECASE)
_TOOLS = re.compile(
    r"(?:no|w/o|without|with|w/|\+) ?(?:tools?|python|search|internet|browsing)", re.IGNORECASE
)
_OF_PROTOCOL = re.compile(
    r"(?:[0-9]{1,3}|zero|one|two|three|four|few|five)[-_ ]?shots?|(?:no )?cot|acc(?:uracy)?\.?"
    r"|acc[-_ ]norm|em|exact[ _-]match|f1(?:[ -]score)?|strict[ -]match|flexible[ -]extract|elo|%"
    r"|(?:inst(?:ruction)?|prompt)[- ](?:level[- ])?(?:strict|loose)(?:[- ]acc\w{0,6})?"
    r"|correct|resolved|scores?|pass|ppl|perplexity|no tools|without tools|with tools|instruct"
    r"|chat|base|avg\.?|(?:macro|micro)[ _]avg(?:/acc)?|test|standard"
    r"|(?:acc|em|pass@1)\.? ?\(?%\)?",
    re.IGNORECASE,
)
# Behind an underscore stands a part of an id: `lambada_standard` is no other LAMBADA.
_LAST_WORD = re.compile(
    r"(?!_standard)[\s,;:/_-]{1,8}([^\s,;:/_()\[\]]{1,40}(?:[-_ ]shots?)?)\s{0,8}$"
)
_LAST_SHOTS = re.compile(
    r"[\s,;:/_-]{1,8}((?:[0-9]{1,3}|zero|one|few|five)[-_ ]?shots?|acc_norm|exact[_ ]match)"
    r"\s{0,8}$",
    re.IGNORECASE,
)
_FIRST_SHOTS = re.compile(
    r"^[(\[]?((?:[0-9]{1,3}|zero|one|few|five)[-_ ]?shots?)[)\]]?[\s,:]+", re.IGNORECASE
)
_NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_MOST_PARTS = 6
_MEAN = re.compile(r"avg\.?", re.IGNORECASE)
_ABILITIES = frozenset(("Math", "Maths"))
"""Spelt so they head scores on several sets as often as on MATH."""
_ORDINARY = re.compile(r"[A-Z]?[a-z]+")
"""A word that names an ability as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkLabel:
    """What a label says.

    Attributes:
        text: As printed, without footnote marks.
        marks: Keys of its footnotes.
        benchmark: In the registry; `None` if it is not known.
        shots: As it states them; `None` if it does not.
        is_percentage: Whether it says that its numbers are percentages.
        passes: Answers to each document that are averaged, as it states; `None` if it does not.
        votes: Answers of which the most frequent counts, as it states; `None` if it does not.
        attempts: Answers of which one must be right, as it states; `None` if it does not.
        tools: What it says of tools; empty if nothing.
    """

    text: str
    marks: tuple[str, ...]
    benchmark: Benchmark | None
    shots: int | None
    is_percentage: bool
    passes: int | None = None
    votes: int | None = None
    attempts: int | None = None
    tools: str = ""


@dataclass(slots=True)
class Stated:
    """What parts of labels say of the protocol.

    Attributes:
        shots: Examples in the prompt.
        passes: Answers to each document that are averaged.
        votes: Answers of which the most frequent counts.
        attempts: Answers of which one must be right.
        tools: Tools, in words.
        is_percentage: Whether numbers are percentages.
    """

    shots: int | None = None
    passes: int | None = None
    votes: int | None = None
    attempts: int | None = None
    tools: str = ""
    is_percentage: bool = False

    def takes(self, part: str) -> bool:
        """Take in what a part of a label says; whether it is a word of protocol."""
        bare = shown_label(part).strip().strip("()[]").strip()
        if (shots := _SHOTS.fullmatch(bare.split(",")[0].strip())) is not None:
            self.shots = _count(shots[1])
            return True
        if (passes := _PASSES.fullmatch(bare)) is not None:
            self.passes = int(passes[1] or passes[2]) or None
            return True
        if (votes := _VOTES.fullmatch(bare)) is not None:
            self.votes = int(votes[1]) or None
            return True
        if (attempts := _PASS_AT.fullmatch(bare.removesuffix("%").strip())) is not None:
            self.attempts = int(attempts[1]) or None
            return True
        if _TOOLS.fullmatch(bare):
            self.tools = bare
            return True
        self.is_percentage = self.is_percentage or "%" in bare
        return _OF_PROTOCOL.fullmatch(bare) is not None


def _spells_out(name: str, words: str) -> bool:
    """Whether words in parentheses spell out the name before them: `MMLU (Massive Multitask …)`."""
    if len(words.split()) < 2 or not name or " " in name:  # noqa: PLR2004  # one word may be a part
        return False
    rest = iter(c for c in words.casefold() if c.isalnum())
    letters = [c for c in name.casefold() if c.isalnum()]
    is_told = all(letter in rest for letter in letters)
    return is_told and words[:1].casefold() == name[:1].casefold()


def _are_protocol(part: str) -> bool:
    """Whether a part of a label, or each of its words, is of protocol: `0-shot CoT`."""
    return Stated().takes(part) or all(Stated().takes(word) for word in part.split())


def _count(word: str) -> int:
    return _NUMBERS[word.casefold()] if word.casefold() in _NUMBERS else int(word)


def benchmark_label(printed: str, registry: BenchmarkRegistry) -> BenchmarkLabel:
    """What a label says.

    Only words of protocol are taken off for the search: `SWE-bench (Lite)` and
    `MMLU (subset of 100)` are not SWE-bench and MMLU.
    """
    text, marks = label_and_marks(printed)
    bare, stated = text, Stated()
    text = shown_label(text)
    found = registry.find(text)
    for _ in range(_MOST_PARTS):
        bare = shown_label(bare)
        inside = _PARENTHESES.search(bare)
        if inside is None:
            break
        parts = [part.strip() for part in re.split(r"[,;/]", inside[1])]
        if _spells_out(bare[: inside.start()].strip(), inside[1]):
            bare = bare[: inside.start()].rstrip()
            continue
        others = [part for part in parts if not _are_protocol(part)]
        if others:
            # `(MC2, 0-shot)`: what is no protocol can be a part of the name.
            named = f"{bare[: inside.start()].rstrip()} ({', '.join(others)})"
            if len(others) == len(parts) or registry.find(named) is None:
                break
            found = found or registry.find(named)
        for part in (part for part in parts if part not in others):
            if not stated.takes(part):
                for word in part.split():
                    stated.takes(word)
        bare = bare[: inside.start()].rstrip()
    found = found or registry.find(bare)
    if found is None:
        found = _after_words(bare, registry, stated)
    return BenchmarkLabel(
        text=text,
        marks=marks,
        benchmark=None if bare in _ABILITIES else found,
        shots=stated.shots,
        is_percentage=stated.is_percentage,
        passes=stated.passes,
        votes=stated.votes,
        attempts=stated.attempts,
        tools=stated.tools,
    )


def _after_words(bare: str, registry: BenchmarkRegistry, stated: Stated) -> Benchmark | None:
    """The benchmark before words of protocol that stand in no parentheses."""
    tried = Stated()
    is_mean = False
    if (first := _FIRST_SHOTS.match(bare)) is not None and tried.takes(first[1]):
        bare = bare[first.end() :]
    for _ in range(_MOST_PARTS):
        last = _LAST_SHOTS.search(bare) or _LAST_WORD.search(bare)
        if last is None or not last.start() or not tried.takes(last[1]):
            break
        is_mean = is_mean or _MEAN.fullmatch(last[1]) is not None
        bare = bare[: last.start()].rstrip()
    found = registry.find(bare)
    if is_mean and found is not None and (not found.tasks or _ORDINARY.fullmatch(bare)):
        # `Math Avg` is a mean of whatever stands beside it.
        return None
    if found is not None:
        for name in ("shots", "passes", "votes", "attempts"):
            value = getattr(tried, name)
            if value is not None:
                setattr(stated, name, value)
        stated.tools = stated.tools or tried.tools
        stated.is_percentage = stated.is_percentage or tried.is_percentage
    return found
