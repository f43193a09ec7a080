"""What tells each table of a page from the others: its caption, its headings, or its number."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from weighin.sources.scorecard.tables.page.around import LONGEST_TITLE

_MOST_HEADINGS = 3


def places_of(headings: Sequence[tuple[str, ...]]) -> list[str]:
    """A place for each table, no two of them alike unless the page has one table.

    Args:
        headings: Of each table, from the outer to the inner, its title last; empty texts are none.
    """
    paths = [
        tuple(dict.fromkeys(text.rstrip(":\uff1a ") for text in path if text)) for path in headings
    ]
    answer = [path[-1] if path else "" for path in paths]
    for count in range(2, _MOST_HEADINGS + 1):
        alike: dict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(answer):
            alike[place].append(number)
        for numbers in (found for found in alike.values() if len(found) > 1):
            longer = [" \u00b7 ".join(paths[number][-count:]) for number in numbers]
            # Headings that several of them have tell nothing apart.
            if len(set(longer)) == len(longer) and max(map(len, longer)) <= LONGEST_TITLE:
                for number, place in zip(numbers, longer, strict=True):
                    answer[number] = place
    often = Counter(answer)
    return [
        place
        if place and often[place] == 1
        else f"{place}, table {number}"
        if place
        else f"table {number}"
        for number, place in enumerate(answer, start=1)
    ]
