"""A page as one HTML file that asks for nothing: no script, no font, no picture from elsewhere."""

import base64
import hashlib
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weighin.reports.page.html.cuts import Cuts
from weighin.reports.page.html.drawing import inlined
from weighin.reports.page.html.ink import Ink
from weighin.reports.page.html.rows import matrix_view
from weighin.reports.page.html.scale import columns_of, score_lines
from weighin.reports.page.model import (
    Bars,
    CellState,
    Facts,
    Findings,
    Lines,
    Matrix,
    Page,
    Part,
    Table,
    is_empty,
)
from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.wording import DISPUTED, MARKS, capitalised
from weighin.rules.interface import Level, Outcome

_KINDS: Final = {
    Lines: "lines",
    Facts: "facts",
    Table: "table",
    Bars: "bars",
    Matrix: "matrix",
    Findings: "findings",
}


def document(page: Page) -> str:
    """A page as one HTML document, with a line break at the end.

    Foreign text is shown literally, and links nowhere; only sources with an https address do.
    """
    ink = Ink(frozenset(note.rule for note in page.guide.rules))
    return (
        _environment()
        .get_template("page.html")
        .render(page=page, guide=page.guide, ink=ink, cuts=Cuts(page))
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("weighin.reports.page.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["capitalised"] = capitalised
    style = _style(environment)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    environment.globals.update(
        style=Markup(style),  # noqa: S704  # it is ours
        style_digest=digest,
        MARKS=MARKS,
        DISPUTED=DISPUTED,
        Outcome=Outcome,
        Level=Level,
        CellState=CellState,
        Part=Part,
        kind_of=lambda block: _KINDS[type(block)],
        is_empty=is_empty,
        score_lines=score_lines,
        columns_of=columns_of,
        matrix_view=matrix_view,
        inlined=inlined,
    )
    return environment


def _shown(value: object) -> object:
    """Whatever a template writes: what is no markup yet commands nothing."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible(str(value)) if is_text else value


def _style(environment: Environment) -> str:
    loader = environment.loader
    return "" if loader is None else loader.get_source(environment, "style.css")[0]
