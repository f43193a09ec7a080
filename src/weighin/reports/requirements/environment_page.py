"""What is here and what stands in the way of a run, told: a section a topic."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from weighin.reports.page.model import (
    Column,
    Gist,
    Guide,
    Meaning,
    Page,
    Run,
    Section,
    Table,
    foreign,
    ours,
)
from weighin.reports.shared.wording import capitalised, counted
from weighin.rules.interface import Outcome
from weighin.sources.environment.examined import Examined, Health, Topic

_COLOURS: Final = {
    Health.OK: Outcome.MET,
    Health.NOTE: Outcome.UNDECIDED,
    Health.PROBLEM: Outcome.VIOLATED,
}
_MEAN: Final = {
    Health.OK: "it does not stand in the way",
    Health.NOTE: "it may matter, and stops nothing",
    Health.PROBLEM: "it stops a run, or makes it worthless",
}
_TOPICS: Final = (Topic.FILE, *(topic for topic in Topic if topic is not Topic.FILE))
_EXTRA: Final = "extra "


def environment_page(found: Sequence[Examined], requirements: str | None) -> Page:
    """A sum, what the file asks for, then a section a topic."""
    health = [one.health for one in found]
    problems, notes = health.count(Health.PROBLEM), health.count(Health.NOTE)
    of_what = f"a run of {requirements}" if requirements else "a run"
    told = f"{counted(problems, 'problem')} in the way of {of_what}, {counted(notes, 'note')}"
    if not problems:
        told = f"nothing stands in the way of {of_what}, {counted(notes, 'note')}"
    if not requirements:
        told += "; no requirements file was read"
    return Page(
        title=(foreign(capitalised(told), Outcome.VIOLATED if problems else Outcome.MET),),
        sections=tuple(
            _section(topic, [one for one in found if one.topic is topic]) for topic in _TOPICS
        ),
        guide=Guide(
            title="Environment",
            answer=Gist(
                question="Can this machine score what is required?",
                answer=ours("Nothing was loaded, and nothing was scored."),
            ),
            meanings=tuple(Meaning(word=h, words=words) for h, words in _MEAN.items()),
            limits=("what only loading a model or a task can show",),
        ),
    )


def _section(topic: Topic, found: Sequence[Examined]) -> Section:
    if not found:
        return Section()
    rows = tuple(row for one in _together(topic, found) for row in _rows(one))
    table = Table((Column(""), Column(""), Column("")), rows)
    return Section(title=(ours(capitalised(topic)),), blocks=(table,))


def _together(topic: Topic, found: Sequence[Examined]) -> Iterator[Examined]:
    """The worst first; of what is installed and fine, a line for packages and one for extras."""
    order = (Health.PROBLEM, Health.NOTE, Health.OK)
    for health in order[:2] if topic is Topic.INSTALLED else order:
        yield from (one for one in found if one.health is health)
    if topic is not Topic.INSTALLED:
        return
    fine = [one for one in found if one.health is Health.OK]
    packages = (f"{one.name} {one.words}" for one in fine if not one.name.startswith(_EXTRA))
    extras = (one.name.removeprefix(_EXTRA) for one in fine if one.name.startswith(_EXTRA))
    yield from (_joined("packages", packages), _joined("extras", extras))


def _joined(name: str, words: Iterable[str]) -> Examined:
    told = ", ".join(words) or "none"
    return Examined(topic=Topic.INSTALLED, name=name, health=Health.OK, words=told)


def _rows(one: Examined) -> Iterator[tuple[Run, ...]]:
    yield (ours(one.health, _COLOURS[one.health]), foreign(one.name), foreign(one.words))
    if one.fix:
        yield (ours(""), ours(""), foreign(f"-> {one.fix}"))
