"""Groups of LaTeX: what stands in braces."""

import re

_LONGEST = 2_000
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)


def group_at(text: str, place: int) -> tuple[str | None, int]:
    """What stands in the braces that open at a place, and the place behind them.

    Returns:
        `None` where no brace opens, or none closes within some thousand characters.
    """
    if text[place : place + 1] != "{":
        return None, place
    depth = 0
    for found in _BRACE.finditer(text, place, place + _LONGEST):
        depth += (found[1] == "{") - (found[1] == "}")
        if not depth:
            return text[place + 1 : found.start()], found.end()
    return None, place
