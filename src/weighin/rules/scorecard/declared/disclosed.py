"""What sources say beside their numbers: footnotes, and remarks in the cell of a number."""

from collections import Counter
from collections.abc import Iterable, Iterator

from weighin.evidence.scorecard import Scorecard, ScorecardNumber
from weighin.rules.scorecard.numbers import source_key

NO_TEXT = "(its text is not in the file)"
"""What stands for the text of a footnote whose mark alone is in the file."""
SAID = "the source says beside it "
"""How a sentence begins that tells a footnote, which its key in brackets and a colon follow."""
_WHOLE_TABLE = 4


class Disclosures:
    """What the sources of some scorecards say beside each of their numbers.

    A footnote that all numbers of a table of some size bear says nothing of one of them.
    """

    def __init__(self, scorecards: Iterable[Scorecard]) -> None:
        """Look up the footnotes of all numbers.

        Args:
            scorecards: The scorecards.
        """
        self._beside: dict[ScorecardNumber, tuple[tuple[str, str], ...]] = {}
        for card in scorecards:
            for number, notes in _beside(card):
                # Two files may print one number, each with words of its own.
                self._beside[number] = (*self._beside.get(number, ()), *notes)

    def says_something(self, number: ScorecardNumber) -> bool:
        """Whether anything is said beside a number."""
        return bool(self._beside.get(number))

    def sentences(self, numbers: Iterable[ScorecardNumber]) -> tuple[str, ...]:
        """What is said beside some numbers, each once."""
        found = dict.fromkeys(note for n in numbers for note in self._beside.get(n, ()))
        return tuple(_sentence(key, text) for key, text in found)


def _beside(card: Scorecard) -> Iterator[tuple[ScorecardNumber, tuple[tuple[str, str], ...]]]:
    with_notes = [number for number in card.numbers if number.footnotes]
    if not with_notes:
        return
    sizes = Counter(map(_table, card.numbers))
    often = Counter((_table(number), key) for number in with_notes for key in number.footnotes)
    for number in with_notes:
        table = _table(number)
        is_large = sizes[table] >= _WHOLE_TABLE
        yield (
            number,
            tuple(
                (key, card.footnotes.get(key, NO_TEXT))
                for key in number.footnotes
                if not (is_large and often[table, key] == sizes[table])
                and not _is_number(key, card.footnotes.get(key, NO_TEXT))
            ),
        )


def _is_number(key: str, text: str) -> bool:
    """Whether a remark in a cell is a number alone, such as a gain; an error is more than that."""
    return key == text and not text.startswith("±") and not any(map(str.isalpha, text))


def _table(number: ScorecardNumber) -> tuple[object, ...]:
    return (*source_key(number.source), number.source.place)


def _sentence(key: str, text: str) -> str:
    if text == NO_TEXT:
        return f"the source has a footnote {key} here, whose text is not in the file"
    if text == key:
        return f"the source says in the cell of the number: {text}"
    return f"{SAID}({key}): {text}"
