"""A phrase as characters, and the sources that it cites: each told once, then by its number."""

from weighin.reports.page.model import Citations, Items, Phrase, Run, Source
from weighin.reports.shared.wording import listed

_SHOWN_COMMIT = 10


class References:
    """Numbers the sources of a page as they are first needed."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}

    @property
    def told(self) -> tuple[str, ...]:
        """Each source in words, with its address, in the order of their numbers."""
        return tuple(
            ", ".join(filter(None, (s.title, s.date, s.commit[:_SHOWN_COMMIT], s.url)))
            for s in self._numbers
        )

    def words(self, piece: Run | Items | Citations, *, is_whole: bool) -> str:
        """The characters of a piece of a phrase.

        Args:
            piece: What is said.
            is_whole: Whether items in a row are all named, however many are enough.
        """
        match piece:
            case Run():
                return piece.text
            case Items():
                shown = None if is_whole else piece.shown
                return listed((run.text for run in piece.runs), shown)
            case Citations():
                return "; ".join(
                    ", ".join((f"{source.title} [{self._number(source)}]", *places))
                    for source, places in piece.places
                )

    def phrase(self, phrase: Phrase, *, is_whole: bool = False) -> str:
        """The characters of a phrase; the argument is that of `words`."""
        return "".join(self.words(piece, is_whole=is_whole) for piece in phrase)

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source, len(self._numbers) + 1)
