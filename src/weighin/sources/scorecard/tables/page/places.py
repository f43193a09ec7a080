"""What tells each table of a page from the others: its caption, its headings, or its number."""

from collections import Counter
from collections.abc import Sequence

from weighin.sources.scorecard.tables.page.around import LONGEST_TITLE

_MOST_HEADINGS = 3


def places_of(headings: Sequence[tuple[str, ...]]) -> list[str]:
    """A place for each table, no two of them alike unless the page has one table.

    Args:
        headings: Of each table, from the outer to the inner, its title last; empty texts are none.
    """
    paths = [tuple(dict.fromkeys(filter(None, path))) for path in headings]
    answer = [path[-1] if path else "" for path in paths]
    for count in range(2, _MOST_HEADINGS + 1):
        often = Counter(answer)
        longer = [" \u00b7 ".join(path[-count:]) for path in paths]
        answer = [
            more if often[place] > 1 and len(more) <= LONGEST_TITLE else place
            for place, more in zip(answer, longer, strict=True)
        ]
    often = Counter(answer)
    return [
        place if often[place] == 1 else f"{place}, table {number}" if place else f"table {number}"
        for number, place in enumerate(answer, start=1)
    ]
