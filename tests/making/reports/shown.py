"""What a console of a given width and encoding shows."""

import io
import re

from rich.console import Console

from weighin.reports.page import text as as_text
from weighin.reports.verdict.page import verdict_page

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def shown(verdict, width=100, encoding="utf-8", *, verbose=False, has_colour=False):
    """The characters on the screen, after the stream's strict encoding."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="")
    console = Console(file=stream, width=width, force_terminal=has_colour, legacy_windows=False)
    console.print(as_text.render(verdict_page(verdict), verbose=verbose))
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    return _COLOUR.sub("", text) if has_colour else text


def squeezed(text):
    """Text without white space and without the lines of a table: how it was wrapped is gone."""
    return re.sub(r"[\s─]+", "", text)
