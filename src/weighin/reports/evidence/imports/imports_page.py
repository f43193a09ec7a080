"""What an import did, told."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from weighin.reports.page.model import Lines, Page, Section, foreign
from weighin.reports.shared.wording import counted
from weighin.sources.collecting.importing import Imports

_SHOWN: Final = 20


def imports_page(done: Imports, results: Path) -> Page:
    """A section for what was imported, was there already, and was left out."""
    logs = f"{counted(len(done.imported), 'log')} with {counted(done.records, 'record')}"
    known = f"{counted(len(done.known), 'log')} there already, left as it is"
    unread = f"{counted(len(done.unread), 'file')} left out that cannot be read"
    sections = [_section(f"{logs} imported into {results}", map(_copied, done.imported))]
    if done.known:
        sections.append(_section(known, map(_copied, done.known)))
    if done.unread:
        sections.append(_section(unread, (file.reason for file in done.unread)))
    if done.notes:
        sections.append(Section(blocks=(Lines(tuple((foreign(n),) for n in done.notes)),)))
    return Page(sections=tuple(sections))


def _copied(way: tuple[str, str]) -> str:
    return " -> ".join(way)


def _section(title: str, lines: Iterable[str]) -> Section:
    told = Lines(tuple((foreign(line),) for line in lines), shown=_SHOWN)
    return Section(title=(foreign(title),), blocks=(told,) if told.lines else ())
