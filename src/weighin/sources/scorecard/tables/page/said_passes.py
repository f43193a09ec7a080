"""How many answers to each document the text beside a table says were averaged."""

# ruff: noqa: E501  # tables of words
import re
from collections.abc import Sequence

from weighin.evidence.benchmarks import plain_name
from weighin.sources.scorecard.tables.claims.found import Found

_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "eight": 8, "ten": 10, "sixteen": 16}
_COUNT = rf"[0-9]{{1,4}}|{'|'.join(_WORDS)}"
_ANSWERS = r"(?:responses|samples|generations|completions|rollouts|answers|solutions|runs|trials|seeds|attempts|evaluations|repeats|repetitions|times)"
_PASSES = re.compile(
    rf"\b(?:averag(?:e|ed|ing)|mean|avg\.?) (?:results? |scores? |accuracy |performance )?(?:over|across|of|from) (?:the )?(?P<a>{_COUNT}) (?:[a-z-]+ ){{0,2}}{_ANSWERS}\b"
    rf"|(?<![-\u2013] )(?<![-\u2013])\b(?P<b>{_COUNT}) (?:[a-z-]+ ){{0,2}}{_ANSWERS} (?:per|for each|for every) (?:query|question|problem|prompt|task|benchmark|example|instance)\b(?=.{{0,80}}(?:pass@1|averag|mean))"
    r"|(?:\u6bcf(?:\u9898|\u4e2a\u95ee\u9898|\u9053\u9898)?)?(?:\u91c7\u6837|\u751f\u6210|\u91cd\u590d|\u8fd0\u884c|\u6d4b\u8bd5)\s?(?P<c>[0-9]{1,4})\s?\u6b21(?=.{0,30}(?:\u5e73\u5747|\u5747\u503c))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.\n\u3002]{1,600}(?:\.[0-9][^.\n\u3002]{0,400}){0,6}")
_ONE = re.compile(r"pass@1\b", re.IGNORECASE)


def take_said_passes(found: Sequence[Found], beside: str) -> None:
    """Note with each number of how many passes it is the mean, as the text beside it says.

    A sentence that names benchmarks of the table is of these, one that names pass@1 of those
    numbers that are such; a number that states its own passes or votes is left as it is.
    """
    for sentence in _SENTENCE.finditer(beside):
        told = _PASSES.search(sentence[0])
        if told is None:
            continue
        written = next(filter(None, told.groups())).casefold()
        passes = _WORDS[written] if written in _WORDS else int(written)
        for number in _meant(found, sentence[0]) if passes > 1 else ():
            stated = number.stated
            if stated.passes is None and stated.votes is None and stated.attempts in {None, 1}:
                stated.passes = passes


def _meant(found: Sequence[Found], sentence: str) -> Sequence[Found]:
    """The numbers of which a sentence speaks."""
    said = plain_name(sentence)
    named = [n for n in found if n.benchmark is not None and _is_in(n, said)]
    if named:
        return named
    ones = [n for n in found if n.stated.attempts == 1 or _ONE.search(f"{n.label} {n.metric}")]
    return ones if _ONE.search(sentence) is not None else found


def _is_in(number: Found, said: str) -> bool:
    """Whether the name of a benchmark stands in the letters and digits of a sentence."""
    benchmark = number.benchmark
    names = () if benchmark is None else benchmark.names
    return any(plain_name(name) in said for name in names if len(plain_name(name)) > 2)  # noqa: PLR2004  # a word
