"""What of a paper in LaTeX prints, and the headings and captions around its tables."""

# ruff: noqa: E501  # patterns of commands
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from weighin.sources.scorecard.tables.page.around import LONGEST_TITLE, Around, Texts
from weighin.sources.scorecard.tables.syntax.latex.groups import group_at

Plain = Callable[[str], str]
"""What a piece of LaTeX prints, on one line."""

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_SWITCH = re.compile(r"\\(iffalse|fi)\b|\\(begin|end)\{(comment)\}|\\end\{(document)\}")
_OPENED = {"fi": "iffalse", "end comment": "begin comment"}
_LEVELS = {"chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_HEADING = re.compile(rf"\\({'|'.join(_LEVELS)})\*?\s?(?:\[[^\]]{{0,200}}\])?\{{")
_CAPTION = re.compile(
    r"\\(?:caption|captionof\{table\}|tabcaption|tablecaption|topcaption|bottomcaption)\*?\s?(?:\[[^\]]{0,400}\])?\{"
)
_FLOAT = re.compile(
    r"\\(begin|end)\{(?:table\*?|wraptable|sidewaystable\*?|longtable|threeparttable|minipage|center|figure\*?)\}"
)
_INPUT = re.compile(r"\\(?:input|include|subfile|import\{[^{}]{0,80}\})\s?\{([^{}\\#]{1,120})\}")
_NOTE = re.compile(r"\\item\s?\[([^\[\]]{1,30})\]\s?([^\\\n][^\n]{0,300})")
_MOST_NAMED = 6


def printed_latex(text: str) -> str:
    """A text without comments and without what is switched off, its lines where they were."""
    bare = _COMMENT.sub(r"\1", text)
    pieces: list[str] = []
    shown, opened, hidden = 0, "", 0
    for found in _SWITCH.finditer(bare):
        word = found[1] or " ".join(filter(None, (found[2], found[3]))) or "document"
        if word == "document" and not opened:
            return "".join((*pieces, bare[shown : found.start()]))
        if opened and _OPENED.get(word) == opened:
            pieces.append(bare[shown:hidden])
            pieces.append("\n" * bare.count("\n", hidden, found.end()))
            shown, opened = found.end(), ""
        elif not opened and word in _OPENED.values():
            opened, hidden = word, found.start()
    return "".join((*pieces, bare[shown:]))


def files_read_in(text: str) -> tuple[str, ...]:
    """A remark where a paper takes in other files, for they may hold tables."""
    names = list(dict.fromkeys(found[1].strip() for found in _INPUT.finditer(text)))
    if not names:
        return ()
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"{', '.join(names[:_MOST_NAMED])}{more}: taken in by \\input, not read; give it alone",
    )


def notes_of(text: str, plain: Plain) -> Iterator[tuple[str, str]]:
    """Mark and text of the notes below tables."""
    for found in _NOTE.finditer(text):
        yield plain(found[1]).replace("<sup>", "").replace("</sup>", ""), plain(found[2])


def around_tabulars(
    text: str, tabulars: Sequence[tuple[int, int]], plain: Plain
) -> Iterator[Around]:
    """What stands around each tabular, given where they begin and end."""
    texts = Texts()
    for found in _HEADING.finditer(text):
        texts.add(found.start(), _LEVELS[found[1]], plain(group_at(text, found.end() - 1)[0] or ""))
    captions = [(found.start(), found.end() - 1) for found in _CAPTION.finditer(text)]
    floats = list(_floats(text))
    above = texts.around(tabulars)
    for number, ((begin, end), found_above) in enumerate(zip(tabulars, above, strict=True)):
        start, stop = _float_of(floats, begin, end)
        before = tabulars[number - 1][1] if number else 0
        own = _caption(captions, (start, stop), (begin, end), before)
        if own is None:
            yield found_above
            continue
        caption = plain(group_at(text, own)[0] or "")
        within = (*found_above.within, *filter(None, (found_above.title,)))
        yield Around(title=caption[:LONGEST_TITLE], within=within, beside=caption)


def _floats(text: str) -> Iterator[tuple[int, int]]:
    """Where what holds tables and their captions begins and ends; the inner before the outer."""
    opened: list[int] = []
    for found in _FLOAT.finditer(text):
        if found[1] == "begin":
            opened.append(found.start())
        elif opened:
            yield opened.pop(), found.end()


def _float_of(floats: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    """The outermost float around a tabular, or the text around it."""
    # Floats end in their order; those that end before it hold it not.
    first = bisect_left(floats, end, key=lambda span: span[1])
    holding = [span for span in floats[first : first + 6] if span[0] <= begin]
    return holding[-1] if holding else (begin, end)


def _caption(
    captions: Sequence[tuple[int, int]],
    inside: tuple[int, int],
    tabular: tuple[int, int],
    before: int,
) -> int | None:
    """Where the caption of a tabular opens: the nearest above in its float, else below, else any."""
    first = bisect_left(captions, (inside[0], 0))
    found = []
    for place, brace in captions[first:]:
        if place >= inside[1]:
            break
        found.append((place, brace))
    own = [brace for place, brace in found if max(before, inside[0]) <= place < tabular[0]]
    below = [brace for place, brace in found if place >= tabular[0]]
    return own[-1] if own else below[0] if below else found[-1][1] if found else None
