"""A cell that holds a number, as one writes it who has one sign for each thing.

What is read of cells later (which hold scores, which are labels, what their numbers are) then sees
one form of each: `249 of 250 — 99.6 %`, `9 9 . 6` and `†99.6` are `99.6% (249/250)`, `99.6` and
`99.6†`.
"""

# ruff: noqa: RUF001  # signs that look alike are what it is about
import re
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.words import is_metric, is_shots

_LONGEST = 160
_MOST_KEPT = 8192
_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９％．（）［］＋－／，＊～", "0123456789%.()[]+-/,*~"
)
_SIGNS = str.maketrans(
    {"⬆": "↑", "⬇": "↓", "🔺": "▲", "🔻": "▼", "🔼": "▲", "🔽": "▼", "📈": "↑", "📉": "↓", "➚": "↑",
     "➘": "↓", "⇧": "↑", "⇩": "↓", "⤴": "↑", "⤵": "↓", "\ufe0f": "", "\u200b": "", "\u2060": "",
     "\u2011": "-", "∼": "~", "﹪": "%", "٪": "%", "﹣": "-"}
)  # fmt: skip
_MINUS = ("-", "\u2212", "\u2013")
_N = r"[0-9]{1,6}(?:\.[0-9]{1,20})?|\.[0-9]{1,20}"
_K = r"[0-9][0-9,]{0,8}"
# As readers of scanned pages write a number in bold.
_APART = re.compile(r"(?<![0-9.])(?:[0-9](?: [0-9]){0,3})? ?\.(?: ?[0-9]){1,4}(?![0-9])")
_IS_APART = re.compile(r"(?:[0-9](?: [0-9]){0,3} )?\.(?: [0-9]){1,4}")
_TAG = re.compile(r"</?(?!su[bp]\b)[a-zA-Z]{1,10}(?:\s[^<>]{0,120})?>")
_STRUCK = re.compile(r"</?(?:del|s|strike)>", re.IGNORECASE)
_QUOTED = re.compile(r"([\"'“”‘’«»]|==)(.{1,80}?)([\"'“”‘’«»]|==)")
_MATH = re.compile(r"\$([^$]{1,80})\$")
_IN_MATH: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\\(?:pm|mp)\b ?"), "±"),
    (re.compile(r"\\(?:math|text)?(?:bf|rm|it|tt|sf)?(?:series)?(?:bm|boldsymbol|underline|uline|emph)?"
                r"\s?\{([^{}]{1,60})\}"), r"\1"),
    (re.compile(r"\\(%)"), r"\1"),
    (re.compile(r"\\[,;:! ]|\{,\}|~"), ""),
    (re.compile(r"\\uparrow\b ?"), "↑"),
    (re.compile(r"\\downarrow\b ?"), "↓"),
    (re.compile(r"[_^]\{?\s?(±\s?[0-9.]{1,12})\s?\}?"), r" \1"),
)  # fmt: skip
_MARKED_FIRST = re.compile(
    r"(<sup>\s?(?:[*†‡§¶♣♦♥♠★☆⋆∗•∘◦△▲⋄◇]{1,3}|[a-z0-9])\s?</sup>|[†‡§¶∗⋆]{1,3}|\\?\*(?!\*)|[¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ])"
    rf"\s?(?=(?:{_N})(?![0-9]))(.*[^*].{{0,1}})"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A mark after a caret.
    (re.compile(rf"({_N}\s?%?) ?\^\{{?([a-z0-9*†‡§]{{1,3}})\}}?"), r"\1<sup>\2</sup>"),
    # (57.2 ± 0.3)%
    (re.compile(rf"\(\s?({_N})\s?(±\s?(?:{_N}))\s?\)\s?%(.*)"), r"\1% \2%\3"),
    # 57.2 ± 0.3%
    (re.compile(rf"({_N})(\s?±\s?(?:{_N})\s?%)(.*)"), r"\1%\2\3"),
    # 249 of 250
    (re.compile(rf"({_K}) (?:out )?of ({_K})(?![\d.,])(.*)"), r"\1/\2\3"),
    # (249/250) 99.6%, and 249/250: 99.6%
    (re.compile(rf"\(({_K}\s?/\s?{_K})\)\s?({_N})\s?(%?)"), r"\2\3 (\1)"),
    (re.compile(rf"({_K}\s?/\s?{_K})\s?[,;:=\u2013\u2014→-]\s?({_N})\s?%"), r"\2% (\1)"),
    (re.compile(rf"({_K}\s?/\s?{_K}) ({_N})\s?%"), r"\2% (\1)"),
    # The count behind its share.
    (re.compile(rf"({_N})\s?(%)\s?[,;:\u2013\u2014-]?\s?({_K}\s?/\s?{_K})"), r"\1\2 (\3)"),
    # 57.2, 95% CI 55-59
    (
        re.compile(
            rf"({_N}\s?%?)\s?[,;]?\s((?:9[059]\s?%\s?)(?:CI|KI|IC|CrI|conf)\b[^()]{{1,50}}?)"
        ),
        r"\1 (\2)",
    ),
    # Thousands as the Swiss set them apart.
    (re.compile(r"([0-9]{1,3})['’]([0-9]{3})(\.[0-9]{1,6})?"), r"\1,\2\3"),
    # And as most of Europe does.
    (re.compile(r"([0-9]{1,3}) ([0-9]{3})(\.[0-9]{1,6})?"), r"\1,\2\3"),
    (re.compile(rf"({_N})\s?(?:percent|per ?cent|pct\.?|prozent|por ?ciento|por ?cento|pour ?cent"
                rf"|per ?cento|procent|процент\w{{0,2}}|パーセント|퍼센트)",
                re.IGNORECASE), r"\1%"),
    (re.compile(rf"({_N})\s?(?:分|点|점|points)"), r"\1"),
    # What somebody says behind an arrow that points to the number.
    (re.compile(rf"({_N}\s?%?)\s?(?:←|<-+|⟵|<==?)\s?([^0-9()]{{0,60}})"), r"\1 (\2)"),
    (re.compile(rf"({_N}\s?%?)[;:,!]"), r"\1"),
    # 57.2 ↑ 1.3, with the change in small type.
    (re.compile(rf"({_N}\s?%?)\s?([↑↓▲▼△▽])\s?<su[bp]>\s?\(?({_N})\)?\s?</su[bp]>"), r"\1 (\2\3)"),
)  # fmt: skip
_BEHIND = re.compile(
    rf"({_N})\s?(%?) ([^0-9%()\[\]±/|<>+\-][^()\[\]<>|]{{0,30}}|[0-9]{{1,3}}-shots?)"
)
_BEFORE = re.compile(rf"([^\W\d][^:=()\[\]<>|]{{0,30}}?)\s?[:=]?\s({_N})\s?(%?)")
_SCIENTIFIC = re.compile(r"([0-9])\.([0-9]{2,20})[eE]([+-])0?([0-2])")


@lru_cache(maxsize=_MOST_KEPT)
def number_text(text: str) -> str:
    """The text of a cell, in the form that is read if it holds a number."""
    if len(text) > _LONGEST or not any(character.isdecimal() for character in text):
        return text
    written = _MATH.sub(_math, text)
    bare = (
        _QUOTED.sub(_inside, _TAG.sub("", _STRUCK.sub("~~", written)))
        .translate(_FULL_WIDTH)
        .translate(_SIGNS)
    )
    bare = " ".join(bare.split())
    if _IS_APART.match(bare) is not None:
        bare = _APART.sub(
            lambda found: " " * found[0].startswith(" ") + found[0].replace(" ", ""), bare
        )
    if (first := _MARKED_FIRST.fullmatch(bare)) is not None:
        bare = f"{first[2]}{first[1]}"
    if (power := _SCIENTIFIC.fullmatch(bare)) is not None:
        return _plain(power)
    for pattern, form in _RULES:
        if (found := pattern.fullmatch(bare)) is not None:
            bare = found.expand(form).replace(" ()", "").strip()
    if (behind := _BEHIND.fullmatch(bare)) is not None and _says_how(behind[3]):
        bare = f"{behind[1]}{behind[2]} ({behind[3]})"
    elif (before := _BEFORE.fullmatch(bare)) is not None and _says_how(before[1]):
        bare = f"{before[2]}{before[3]} ({before[1]})"
    return bare if _begins_with_number(bare) else text


def _begins_with_number(text: str) -> bool:
    bare = text.lstrip("*_`~($[")
    unsigned = bare[1:] if bare[:1] in _MINUS else bare
    return unsigned.removeprefix(".")[:1].isdecimal()


def _says_how(words: str) -> bool:
    return is_metric(words) or is_shots(words)


def _math(found: re.Match[str]) -> str:
    """What stands between two dollars, where it is a number as papers set it."""
    text = found[1]
    for pattern, form in _IN_MATH:
        text = pattern.sub(form, text)
    return text if _begins_with_number(text) and "\\" not in text else found[0]


def _inside(found: re.Match[str]) -> str:
    """What stands in quotes, where it is all of a number."""
    return found[2] if re.fullmatch(rf"\s?(?:{_N})\s?%?\s?", found[2]) else found[0]


def _plain(found: re.Match[str]) -> str:
    """A number that is printed with a power of ten, as computers do, with its digits."""
    digits, places = found[1] + found[2], int(found[4])
    if found[3] == "-":
        return f"0.{'0' * (places - 1)}{digits}" if places else f"{found[1]}.{found[2]}"
    point = 1 + places
    return f"{digits[:point]}.{digits[point:]}".rstrip(".")
