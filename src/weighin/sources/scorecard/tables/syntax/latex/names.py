"""Macros of LaTeX by what they print: nothing, one of their arguments, or a sign."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.macrospec import LatexContextDb

ARGUMENTS = {
    "multicolumn": "{{{", "multirow": "[{[{[{", "cellcolor": "[{", "textcolor": "[{{",
    "colorbox": "[{{", "fcolorbox": "[{[{{", "rotatebox": "[{{", "raisebox": "{[[{",
    "scalebox": "{[{", "resizebox": "*{{{", "makecell": "*[{", "shortstack": "[{", "thead": "*[{",
    "parbox": "[[[{{", "makebox": "[[{", "framebox": "[[{", "adjustbox": "{{", "tabincell": "{{",
    "num": "[{", "SI": "[{[{", "qty": "[{[{", "si": "[{", "unit": "[{", "tablenum": "[{",
    "href": "{{", "url": "{", "hyperref": "[{", "hyperlink": "{{",
    "citep": "*[[{", "citet": "*[[{", "cite": "*[[{", "citeauthor": "*[[{", "citealp": "*[[{",
    "citealt": "*[[{", "citeyear": "*[[{", "citeyearpar": "*[[{", "parencite": "*[[{",
    "textcite": "*[[{", "autocite": "*[[{", "footcite": "*[[{", "shortcite": "*[[{",
    "Cref": "{", "cref": "{", "autoref": "{", "eqref": "{", "pageref": "{", "nameref": "{",
    "ref": "{", "label": "{", "footnote": "[{", "footnotemark": "[", "tablefootnote": "[{",
    "footref": "{", "index": "{", "todo": "[{", "tikzmark": "{", "bibitem": "[{",
    "textsuperscript": "{", "textsubscript": "{", "vspace": "*{", "hspace": "*{", "hphantom": "{",
    "phantom": "{", "vphantom": "{", "includegraphics": "[{", "tnote": "{", "textbf": "{",
    "mathbf": "{", "boldsymbol": "{", "bm": "{", "mathrm": "{", "text": "{", "textrm": "{",
    "pmb": "{", "mathsf": "{", "mathtt": "{", "mathcal": "{", "mathbb": "{", "operatorname": "*{",
    "textnormal": "{", "textsf": "{", "textlf": "{", "mathnormal": "{", "textup": "{",
    "color": "[{", "fontsize": "{{", "setlength": "{{", "underline": "{", "uline": "{",
    "fontseries": "{", "fontfamily": "{", "fontshape": "{", "linespread": "{", "rowfont": "[{",
    "ul": "{", "hl": "{", "uwave": "{", "uuline": "{", "dashuline": "{", "dotuline": "{",
    "sout": "{", "st": "{", "xout": "{", "cancel": "{", "xcancel": "{", "bcancel": "{",
    "frac": "{{", "tfrac": "{{", "dfrac": "{{", "nicefrac": "[{{", "sfrac": "{{", "cfrac": "[{{",
    "overline": "{", "fbox": "{", "mbox": "{", "hbox": "{", "llap": "{", "rlap": "{", "clap": "{",
    "mathllap": "{", "mathrlap": "{", "mathclap": "{", "smash": "[{", "ensuremath": "{",
    "stackrel": "{{", "overset": "{{", "underset": "{{", "substack": "{", "sqrt": "[{",
    "diagbox": "[{{", "backslashbox": "{{", "texttt": "{", "textsc": "{", "mathit": "{",
    "slashbox": "{{", "ding": "{", "highlight": "[{", "definecolor": "{{{", "textsl": "{",
    "specialcell": "[{", "tablefoot": "{", "raise": "", "symbol": "{", "char": "",
    "SetCell": "[{", "SetRow": "[{", "rowstyle": "{", "Block": "[{{", "diagboxthree": "{{{",
}  # fmt: skip
ENVIRONMENTS = {"tabular": "[{", "tabular*": "{[{", "tabularx": "{[{", "array": "[{",
                "minipage": "[[[{", "varwidth": "[{"}  # fmt: skip
"""What sets several lines in a cell, with its arguments."""
SILENT = frozenset(
    ("citep", "citet", "cite", "citealp", "citealt", "citeyear", "citeyearpar", "parencite",
     "textcite", "autocite", "footcite", "shortcite", "nocite",
     "ref", "Cref", "cref", "autoref", "eqref", "pageref", "nameref", "footref", "label",
     "footnote", "tablefootnote", "tablefoot", "index", "todo", "tikzmark", "bibitem", "vspace",
     "hspace", "hphantom", "phantom", "vphantom", "includegraphics", "cellcolor", "color",
     "rowcolor", "columncolor", "definecolor", "SetCell", "SetRow", "rowstyle", "rowfont",
     "fontsize", "fontseries", "fontfamily", "fontshape", "linespread", "setlength", "toprule",
     "bottomrule", "midrule", "hline", "endhead",
     "endfirsthead", "endfoot", "endlastfoot", "centering", "small", "footnotesize", "scriptsize",
     "tiny", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "raggedright", "raggedleft",
     "arraybackslash", "rm", "it", "sl", "sc",
     "em", "tt", "sf", "displaystyle", "textstyle", "scriptstyle",
     "scriptscriptstyle", "xspace", "noindent", "hfill", "hfil", "hss", "left",
     "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "middle", "limits", "nolimits",
     "strut", "protect", "relax", "url", "itshape", "rmfamily", "sffamily", "ttfamily", "scshape",
     "mdseries", "normalfont", "upshape", "slshape", "leavevmode", "null", "nobreak", "par",
     "selectfont", "caption", "unskip", "mathsurround", "allowbreak", "bfseries", "bf",
     "boldmath", "unboldmath", "mathstrut", "ignorespaces", "nonumber", "notag", "break",
     "textcolor", "shorthandoff", "global", "long", "centerline", "columnwidth", "textwidth")
) - frozenset(("textcolor", "centerline"))  # fmt: skip
SPACES = frozenset((",", ";", ":", " ", "!", ">", "quad", "qquad", "space", "enspace", "thinspace",
                    "enskip", "newline", "linebreak", "\\", "/", "par", "nobreakspace",
                    "thickspace", "medspace"))  # fmt: skip
_SIGNS = {
    "pm": "±", "uparrow": "↑", "downarrow": "↓", "Uparrow": "↑", "Downarrow": "↓",
    "rightarrow": "→", "dagger": "†", "ddagger": "‡", "dag": "†", "ddag": "‡", "times": "×",
    "checkmark": "✓", "cmark": "✓", "xmark": "✗", "Delta": "Δ", "ast": "*",
    "star": "*", "cdot": "·", "tau": "τ", "to": "→", "textrightarrow": "→", "nearrow": "↑",
    "searrow": "↓", "textbar": "|", "lvert": "|", "rvert": "|", "slash": "/", "degree": "°",
    "alpha": "\N{GREEK SMALL LETTER ALPHA}", "beta": "β", "%": "%", "&": "&", "#": "#",
    "_": "_", "$": "$", "{": "{", "}": "}", "textpm": "±", "textemdash": "—", "textendash": "–",
    "ldots": "...", "dots": "...", "cdots": "...", "vdots": "...", "ddots": "...",
    "textellipsis": "...", "dotsc": "...", "sim": "~", "approx": "~",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "leq": "≤",
    "geq": "≥", "le": "≤", "ge": "≥", "leqslant": "≤", "geqslant": "≥",
    "textless": "<", "textgreater": ">", "lt": "<", "gt": ">",
    "textdagger": "†", "textdaggerdbl": "‡", "S": "§", "P": "¶", "infty": "∞",
    "textsection": "§", "textparagraph": "¶", "textasteriskcentered": "*", "textbullet": "•",
    "percent": "%", "triangle": "Δ", "textuparrow": "↑", "textdownarrow": "↓", "uptriangle": "▲",
    "blacktriangle": "▲", "blacktriangledown": "▼", "triangledown": "▽", "bigtriangleup": "△",
    "clubsuit": "♣", "diamondsuit": "♦", "heartsuit": "♥", "spadesuit": "♠", "bigstar": "★",
    "varheartsuit": "♥", "vardiamondsuit": "♦", "LaTeX": "LaTeX", "TeX": "TeX", "sharp": "#",
    "minus": "-", "textminus": "-", "plus": "+", "textdegree": "°", "ss": "ß",
}  # fmt: skip
_DINGS = {51: "✓", 52: "✓", 53: "✗", 54: "✗", 55: "✗", 56: "✗"}
# The argument that prints, of those that have several.
PRINTED = {"multicolumn": 2, "multirow": 5, "textcolor": 2, "colorbox": 2, "fcolorbox": 4,
           "rotatebox": 2, "raisebox": 3, "scalebox": 2, "resizebox": 3, "href": 1, "parbox": 4,
           "makebox": 2, "framebox": 2, "adjustbox": 1, "tabincell": 1, "hyperlink": 1,
           "Block": 2}  # fmt: skip
FRACTIONS = frozenset(("frac", "tfrac", "dfrac", "nicefrac", "sfrac", "cfrac"))
STRUCK = frozenset(("sout", "st", "xout", "cancel", "xcancel", "bcancel"))
BOLD = frozenset(("textbf", "mathbf", "boldsymbol", "bm", "pmb"))
BOLD_SWITCHES = frozenset(("bf", "bfseries", "boldmath"))
TAGS = {"textsuperscript": "sup", "tnote": "sup", "footnotemark": "sup", "textsubscript": "sub"}


def sign_of(name: str) -> str | None:
    """The sign that a macro without arguments prints; `None` if it is no sign."""
    return _SIGNS[name] if name in _SIGNS else _foreign_sign(name)


def ding(number: str) -> str:
    """The sign of a number in the font of dingbats: a tick, a cross, or an ornament."""
    return _DINGS.get(int(number), "★") if number.isdecimal() and len(number) < 4 else "★"  # noqa: PLR2004  # at most three digits


@cache
def _foreign_sign(name: str) -> str | None:
    from pylatexenc.latex2text import get_default_latex_context_db

    printed = getattr(get_default_latex_context_db().get_macro_spec(name), "simplify_repl", None)
    is_sign = isinstance(printed, str) and printed and "%" not in printed
    return printed if is_sign else None


@cache
def context() -> "LatexContextDb":
    """The macros of LaTeX with their arguments, those of tables first."""
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

    known = get_default_latex_context_db()
    known.add_context_category(
        "tables",
        macros=[MacroSpec(n, a) for n, a in ARGUMENTS.items()],
        environments=[EnvironmentSpec(n, a) for n, a in ENVIRONMENTS.items()],
        prepend=True,
    )
    return known


@cache
def is_known(name: str) -> bool:
    """Whether a macro is one of LaTeX's, or of a package that is known here."""
    return name in ARGUMENTS or name in SILENT or context().get_macro_spec(name) is not None
