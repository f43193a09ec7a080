"""The model that a page, or a part of it, is about, where a table names none."""

# ruff: noqa: E501  # tables of words
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from weighin.evidence.benchmarks import plain_name
from weighin.files.yaml.foreign import front_matter_key
from weighin.sources.scorecard.tables.grid import Grid
from weighin.sources.scorecard.tables.layout.words import is_model

_LOADED = re.compile(
    r"(?:^[^\n]{0,40}\b|>)[\w-]{2,30} \((?:[\w.]{1,30}=[^\s,()]{1,200},\s?){0,4}?"
    r"(?:pretrained|model|model_path|model_name|path)=['\"]?([^\s,()'\"]{1,200})",
    re.MULTILINE,
)
"""As harnesses print it above a table."""
_SAID = re.compile(
    r"^[-*_>#|\s]{0,8}(?:Model|model_id|model_name|Model (?:name|ID|path)|Model(?:l|o|e)|Modèle"
    r"|Модель|Evaluated model|Checkpoint|模型|模型名称|モデル|모델)"
    r"[*_`]{0,3}\s?[:\uff1a=][*_`]{0,3}\s{0,3}([^\s|,;:][^|\n,;]{1,80}?)[\s*_`]{0,8}$",
    re.MULTILINE,
)
_SAID_IN_HEADING = re.compile(
    r"\bmodel(?: (?:name|id))?\s?[:=]\s?([A-Za-z0-9][\w./:@+-]{2,80}(?: \([^()]{1,40}\))?)$",
    re.IGNORECASE,
)
"""`Results for model: Lark-2` says it in so many words."""
_FENCED = re.compile(r"^ {0,3}(```|~~~)[^\n]*\n.*?^ {0,3}\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]{1,120})\]\([^()\s]{1,400}\)")
_FILE = re.compile(r"(.{1,200})\.(?:jsonl?|csv|tsv|ya?ml|txt|log|md|html?)", re.IGNORECASE)
_KEYS = ("model_id", "model_name", "model-name", "model")
_INDEX_NAME = re.compile(
    r"^[ \t]{0,40}(?:-[ \t]{1,8})?name:[ \t]{0,8}['\"]?([^'\"\n#]{1,80}?)['\"]?[ \t]{0,8}$",
    re.MULTILINE,
)
_WORDS = re.compile(
    r"\b(?:model ?card|card|modelkarte|fiche|evaluations?|evals?|results?|benchmarks?|scores?|performance|metrics"
    r"|detailed|full|official|of|for|on|the|by|our|introducing|summary|report card|readme|accuracy|main"
    r"|ergebnisse|bewertung|f\u00fcr|r\u00e9sultats|resultados|evaluaci\u00f3n|wyniki|de|pour|para)\b"
    r"|评测结果|评测|评估结果|测评|结果|性能|模型卡|模型|の評価結果|評価|ベンチマーク|평가|성능|결과|벤치마크",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s[-\u2013\u2014|]\s|[:\uff1a|·]\s?")
_NUMBERED = re.compile(
    r"\s{0,3}(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[.)]?|[IVX]{1,4}\.|[a-zA-Z]\))\s+"
)
_PLAIN = re.compile(r"[^\w\s.,:|+/@()\u2013\u2014-]")
_NEVER = re.compile(
    r"\b(?:gpt-?4all|vs\.?|versus|compar\w+|between|series|family|models|variants|technical|paper|quantiz\w+"
    r"|leaderboard|and|with|against|ablation|base models|how|what|why|dataset|tasks?|api|sdk|guide"
    r"|using|based|fine-?tun\w+|train\w*|datasets?|baseline|human|examples?|demo|tutorial|notebook|recipes?|supports?|features?|notes?|changelog|releases?|news|updates?|updated|inference|deploy\w*|usage|quick ?start|downloads?)\b|[,&?!]|系列|对比|比较|比較",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\([^()]{0,80}\)")
_MOST_WORDS = 5
_FOREVER = 1 << 40
_MOST_LINES = 2_000
_LONGEST_NAME = 120
_LETTERS = re.compile(r"[^\W\d_]{3}")
_NO_NAMES = re.compile(
    r"\b(?:models?|base|chat|instruct|size|human\w*|table|set|gpt4all|gpt-4all)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NamedModels:
    """The models that lines of a page name.

    Attributes:
        page: The one that all of it is about; empty if none is, or several are.
        said: Lines that say `Model: X`: of each where it stands, where the part of the page ends
            for which it holds, and the name.
        loaded: Lines above what a harness printed, likewise.
    """

    page: str
    said: tuple[tuple[int, int, str], ...]
    loaded: tuple[tuple[int, int, str], ...]

    def of(self, grid: Grid, title: str) -> str:
        """The model of a table that names none; empty if nothing tells it."""
        line = grid.rows[0][0].line
        if name := _above(self.loaded, line) or _above(self.said, line):
            return name
        names = {name for _, end, name in self.said if line < end}
        if len(names) == 1:
            return names.pop()
        for heading in (title, *reversed(grid.within)):
            if name := model_in_heading(heading):
                return self._of_file(name)
        return self.page

    def _of_file(self, name: str) -> str:
        """A name in a heading; where that is of a file called after the page's model, that one."""
        file = _FILE.fullmatch(name)
        if file is None:
            return name
        own = self.page.rpartition("/")[2]
        is_own = bool(own) and plain_name(file[1]).startswith(plain_name(own))
        return self.page if is_own else file[1]


def spelt_as(name: str, others: Collection[str]) -> str:
    """A name that a page gives as its tables spell it, where one of theirs is the same."""
    plain = plain_name(name.rpartition("/")[2])
    if name in others:
        return name
    return next((o for o in others if plain_name(o.rpartition("/")[2]) == plain), name)


def named_models(
    text: str, headings: Sequence[tuple[int, int, str]] = (), model: str = ""
) -> NamedModels:
    """The models that a page names in front matter, in lines of their own, or in its title.

    Args:
        text: The page.
        headings: Line, level and text of each of its headings.
        model: Whose page it is, where it says so; empty if it does not.
    """
    bare = _FENCED.sub(lambda found: "\n" * found[0].count("\n"), text) if "\n```" in text else text
    page = model or _in_front_matter(text)
    titles = [heading for _, level, heading in headings if level == 1]
    title = _bare(titles[0]) if len(titles) == 1 else ""
    if page and plain_name(page.rpartition("/")[2]) == plain_name(title):
        # An id and a title of one name: people know the title.
        page = title
    page = page or model_in_heading(title)
    levels = [(line, level) for line, level, _ in headings]
    return NamedModels(
        page,
        tuple((line, _end_of_part(line, levels), name) for line, name in _lines(_SAID, bare)),
        tuple((line, _FOREVER, name) for line, name in _lines(_LOADED, text)),
    )


def _end_of_part(line: int, levels: Sequence[tuple[int, int]]) -> int:
    """Where the part of a page ends that a line stands in."""
    above = bisect_left(levels, (line, 0)) - 1
    if above < 0:
        return _FOREVER
    own = levels[above][1]
    return next((place for place, level in levels[above + 1 :] if level <= own), _FOREVER)


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, str]]:
    """Lines of a text that name a model, and what each names."""
    line, before = 1, 0
    for number, found in enumerate(pattern.finditer(text)):
        if number > _MOST_LINES:
            return
        line += text.count("\n", before, found.start(1))
        before = found.start(1)
        if name := _bare(found[1]):
            yield line, name


def _above(named: Sequence[tuple[int, int, str]], line: int) -> str:
    """What the last line above a place names that holds there; empty if none does."""
    number = bisect_left(named, (line, 0, "")) - 1
    return named[number][2] if number >= 0 and line < named[number][1] else ""


def _bare(name: str) -> str:
    """A name without the marks and the link around it."""
    return _LINK.sub(r"\1", name).strip("*_`'\"<> ")


def _in_front_matter(text: str) -> str:
    """The one model that front matter names; empty if none."""
    for key in _KEYS:
        block = front_matter_key(text, key)
        value = "" if block is None else block.partition(":")[2].strip().strip("'\"")
        if value and "\n" not in value and len(value) <= _LONGEST_NAME:
            return value
    index = front_matter_key(text, "model-index")
    names = set(_INDEX_NAME.findall((index or "").partition("results:")[0]))
    return str(names.pop()).strip() if len(names) == 1 else ""


def model_in_heading(heading: str) -> str:
    """The model that a heading names; empty where it says anything else, or more."""
    bare = _bare(_LINK.sub(r"\1", heading))
    if (said := _SAID_IN_HEADING.search(bare)) is not None and not _NEVER.search(said[1]):
        return said[1]
    if _NEVER.search(_INSIDE.sub("", bare)) is not None or len(bare) > _LONGEST_NAME:
        return ""
    for part in (bare, *_PARTS.split(bare)):
        rest = _without_words(part)
        named = _INSIDE.sub("", rest)
        is_one = len(named.split()) <= _MOST_WORDS and _WORDS.search(named) is None
        words = _LETTERS.findall(_NO_NAMES.sub(" ", named))
        if is_one and words and _has_digit(named) and is_model(named):
            return rest
    return ""


def _without_words(part: str) -> str:
    """A heading without its number and the words before and after a name."""
    rest = " ".join(_PLAIN.sub(" ", part).split())
    if (number := _NUMBERED.match(rest)) is not None:
        rest = rest[number.end() :]
    while True:
        before = rest
        for found in _WORDS.finditer(rest):
            if not found.start():
                rest = rest[found.end() :]
            elif found.end() == len(rest):
                rest = rest[: found.start()]
            else:
                continue
            break
        rest = rest.strip(" .,:|-\u2013\u2014")
        if rest == before:
            return rest


def _has_digit(text: str) -> bool:
    return any(character.isdecimal() for character in text)
