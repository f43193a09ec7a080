"""Words as HTML: what is foreign is escaped, kept apart from its neighbours, and never obeyed."""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from weighin.reports.page.model import (
    Citations,
    Fact,
    Items,
    Phrase,
    Run,
    Source,
    Voice,
)
from weighin.reports.shared.foreign_text import clipped, visible

LONGEST: Final = 2000
"""Characters of one text; JSON has all of it."""
LONGEST_NAME: Final = 160
"""Characters of a name in a table."""
MOST_NAMES: Final = 200
"""Names in a row; JSON has all of them."""

_CODE: Final = re.compile(r"`([^`\n]{1,300})`")
_BREAK_BEHIND: Final = re.compile(r"([/:])(?=\w)")
_SHORT: Final = 16
"""Characters of a name that need no place to be broken at."""
_SHOWN_NAMES: Final = 12
_SHOWN_COMMIT: Final = 10
_HTTPS: Final = "https://"


class Ink:
    """Writes one page: it numbers the sources as they are first needed.

    Attributes:
        rules: The rules that the page explains; their names link to that.
    """

    def __init__(self, rules: frozenset[str]) -> None:
        self.rules = rules
        self._sources: dict[Source, int] = {}
        self._labels = 0
        names = "|".join(sorted(map(re.escape, rules), key=len, reverse=True))
        self._rule = re.compile(rf"(?<![\w./-])(?:{names})(?![\w./-])") if rules else None

    @property
    def sources(self) -> tuple[tuple[int, Source], ...]:
        """The sources that were cited, with their numbers."""
        return tuple((number, source) for source, number in self._sources.items())

    def label(self, noun: str) -> str:
        """A name for a region that has no title, and that no other has."""
        self._labels += 1
        return f"{noun} {self._labels}"

    def plain(self, text: str, longest: int = LONGEST) -> str:
        """Text that is shown literally, before it is escaped."""
        return clipped(visible(text), longest)

    def sentence(self, text: str) -> Markup:
        """A sentence that may hold foreign words; what stands in backticks is code."""
        if not text:
            return Markup("")
        escaped = _CODE.sub(r"<code>\1</code>", str(escape(self.plain(text))))
        return Markup(f"<bdi>{escaped}</bdi>")  # noqa: S704  # escaped in the line above

    def linked(self, text: str) -> Markup:
        """A sentence in which the rules that the page explains link to that."""
        told = str(self.sentence(text))
        if self._rule is not None:
            told = self._rule.sub(lambda found: _rule_link(found.group()), told)
        return Markup(told)  # noqa: S704  # a rule's id needs no escape

    def rule(self, rule: str) -> Markup:
        """The name of a rule, as a link where the page explains it."""
        return Markup(_rule_link(rule)) if rule in self.rules else escape(self.plain(rule))  # noqa: S704  # a rule's id

    def name(self, text: str, longest: int = LONGEST) -> Markup:
        """A name, letter by letter."""
        escaped = escape(self.plain(text, longest))
        if len(escaped) > _SHORT:
            escaped = Markup(_BREAK_BEHIND.sub(r"\1<wbr>", str(escaped)))  # noqa: S704  # escaped above
        return Markup("<code dir=auto>{}</code>").format(escaped)

    def phrase(self, phrase: Phrase) -> Markup:
        """A phrase where blocks may stand."""
        return Markup("").join(map(self._piece, phrase))

    def title(self, phrase: Phrase) -> str:
        """A phrase without markup."""
        runs = [piece for piece in phrase if isinstance(piece, Run)]
        return self.plain("".join(run.text for run in runs), LONGEST_NAME)

    def words(self, fact: Fact) -> Markup:
        """What a label stands for, behind its grade if it has one."""
        words = self.phrase(fact.words)
        if fact.grade is None or not words:
            return words
        return Markup("<span class=grade>{}</span> {}").format(fact.grade.value, words)

    def run(self, run: Run, longest: int = LONGEST) -> Markup:
        """One piece of text."""
        match run.voice:
            case Voice.NAME:
                words = self.name(run.text, longest) if run.text else Markup("")
            case Voice.OURS:
                words = escape(run.text)
            case _:
                words = self.sentence(run.text)
        if run.outcome is None:
            return words
        return Markup('<span class="{}">{}</span>').format(f"o-{run.outcome}", words)

    def _piece(self, piece: Run | Items | Citations) -> Markup:
        match piece:
            case Run():
                return self.run(piece)
            case Items(runs, shown):
                return self._items(runs, shown)
            case Citations(places):
                return Markup("; ").join(self._citation(*cited) for cited in places)

    def _items(self, runs: tuple[Run, ...], shown: int | None) -> Markup:
        first = _SHOWN_NAMES if shown is None else shown
        if len(runs) <= first:
            return self._row(runs)
        more = Markup("{}<details class=rest><summary>and {} more</summary>{}</details>")
        return more.format(self._row(runs[:first]), len(runs) - first, self._row(runs[first:]))

    def _row(self, runs: Sequence[Run]) -> Markup:
        told = Markup(", ").join(map(self.run, runs[:MOST_NAMES]))
        return told if (rest := len(runs) - MOST_NAMES) <= 0 else told + f" and {rest} more"

    def names(self, names: Sequence[str]) -> Markup:
        """Names in a row, as many as there is room for."""
        return self._row(tuple(Run(name, Voice.NAME) for name in names))

    def _citation(self, source: Source, places: tuple[str, ...]) -> Markup:
        number = self._sources.setdefault(source, len(self._sources) + 1)
        link = Markup('<a href="#source-{0}">[{0}]</a>').format(number)
        told = (
            Markup("{} {}").format(self.sentence(source.title), link),
            *map(self.sentence, places),
        )
        return Markup(", ").join(told)

    def command(self, arguments: Sequence[str]) -> str:
        """A command as it is typed."""
        return " ".join(self.plain(shlex.quote(argument)) for argument in arguments)

    def source(self, source: Source) -> Markup:
        """A source, with a link if its address is one that may be followed."""
        words = ", ".join(filter(None, (source.title, source.date, source.commit[:_SHOWN_COMMIT])))
        return Markup("{}{}").format(self.sentence(words), self.address(source.url))

    def address(self, url: str) -> Markup:
        """An address in full; a link if it is https and has nothing that hides where it leads."""
        if not url:
            return Markup("")
        shown = visible(url)
        if not url.startswith(_HTTPS) or shown != url or len(url) > LONGEST or " " in url:
            return Markup(" {}").format(self.name(url))
        return Markup(' <a class=address rel="noreferrer nofollow" href="{0}">{0}</a>').format(url)


def _rule_link(rule: str) -> str:
    return f'<a href="#rule-{rule}">{rule}</a>'
