"""A report on a scorecard told: every sentence with its arithmetic, its sources, and a way out."""

from collections.abc import Iterator, Sequence
from typing import Final, overload

from weighin.evidence.scorecard import Source as ReadSource
from weighin.reports.page.model import (
    Citations,
    Fact,
    Figure,
    Findings,
    Group,
    Page,
    Run,
    Section,
    Source,
    Statement,
    foreign,
    name,
    ours,
)
from weighin.reports.scorecard.facts import Alike, alike, facts_of
from weighin.reports.scorecard.facts import Fact as ScorecardFact
from weighin.reports.scorecard.guide import guide_of
from weighin.reports.scorecard.wording import (
    MEANINGS,
    OUTCOMES,
    ScorecardSection,
    headline,
    rerun_sentence,
    sections,
    title,
    told_together,
)
from weighin.rules.scorecard.declared.disclosed import SAID
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word

SAYS_NOTHING_OF_MOTIVES: Final = (
    "these are statements about numbers, not about people: a slip of the pen, an average that "
    "nobody declared and a row of another model look the same from here; and that a number is "
    "consistent does not show that it was measured"
)
_REMARKS: Final = "in the words of the scorecard file, which weighin did not check:"
_SHOWN_FINDINGS: Final = 12
_SHOWN_DIGEST: Final = 12
_ALSO: Final = ours("seen also by")
_ARITHMETIC: Final = ours("arithmetic")
_POWER: Final = ours("power")
_READ_IN: Final = ours("read in")
_WOULD_HELP: Final = ours("would help")
_CHECK: Final = ours("check")
_NEEDS_NO_ARITHMETIC: Final = frozenset({Word.VOID, Word.NOTE, Word.CONSISTENT})
"""Words whose findings are believed without, so that those that say the same are told in one."""


def scorecard_page(
    report: ScorecardReport, figures: Sequence[Figure] = (), command: tuple[str, ...] = ()
) -> Page:
    """A section a word, the firmest first.

    Args:
        report: What is told.
        figures: Plots of it, in files.
        command: What came to it, with its arguments.
    """
    cards, facts, told = report.case.scorecards, facts_of(report), sections(report)
    said: set[str] = set()
    return Page(
        title=(foreign(title(report)),),
        sentences=tuple(foreign(s) for s in (headline(report, facts), rerun_sentence(report)) if s),
        figures=tuple(figures),
        sections=tuple(
            _section(s, [f for f in facts if f.finding.word is s.word], said) for s in told
        ),
        quotes=tuple(dict.fromkeys(r for card in cards for r in card.remarks)),
        quoted_from=_REMARKS,
        closing=SAYS_NOTHING_OF_MOTIVES,
        checked=tuple(
            (
                foreign(card.title),
                ours(", "),
                name(card.file),
                ours(", sha256 "),
                name(card.sha256[:_SHOWN_DIGEST]),
            )
            for card in cards
        ),
        guide=guide_of(report, facts, command),
    )


def _section(section: ScorecardSection, facts: Sequence[ScorecardFact], said: set[str]) -> Section:
    """A section; what sources say that earlier ones told in full is told in short."""
    word, colour = section.word, OUTCOMES[section.word]
    in_one = told_together(facts) if word in _NEEDS_NO_ARITHMETIC else _grouped(facts)
    in_brief = tuple(_lines(in_one, set(said)))
    group = Group(
        rule="",
        outcome=colour,
        statements=_Statements(facts, said),
        in_brief=in_brief,
        shown=_SHOWN_FINDINGS,
        is_told_in_brief=word in {Word.CONSISTENT, Word.NOTE},
    )
    return Section(
        title=(ours(word, colour),), meaning=MEANINGS[word], blocks=(Findings(groups=(group,)),)
    )


def _lines(facts: Sequence[Alike | ScorecardFact], said: set[str]) -> Iterator[Statement]:
    for told in facts:
        yield Statement(
            foreign(told.sentence),
            beside=_once(told.beside, said),
            in_short=tuple(map(foreign, told.in_short)),
        )


def _once(beside: Sequence[str], said: set[str]) -> tuple[Run, ...]:
    """What stands beside a statement, without what was said before."""
    if not beside:
        return ()
    again = [one.removeprefix(SAID).partition(": ")[0] for one in beside if one in said]
    told = [f"{SAID}{', '.join(again)}, as above"] if again else []
    told += [one for one in beside if one not in said]
    said.update(one for one in beside if one.startswith(SAID))
    return tuple(map(foreign, told))


def _grouped(facts: Sequence[ScorecardFact]) -> tuple[Alike | ScorecardFact, ...]:
    """Facts of which some stand together, the most first; none where no two are alike."""
    told = tuple(alike(facts))
    if len(told) == len(facts):
        return ()
    return tuple(sorted(told, key=lambda one: -len(one.facts) if isinstance(one, Alike) else 0))


class _Statements(Sequence[Statement]):
    """The statements of facts, each made when it is asked for: of thousands few are printed."""

    def __init__(self, facts: Sequence[ScorecardFact], said: set[str]) -> None:
        self._facts = facts
        self._beside = [_once(fact.beside, said) for fact in facts]

    def __len__(self) -> int:
        return len(self._facts)

    @overload
    def __getitem__(self, place: int) -> Statement: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Statement]: ...
    def __getitem__(self, place: int | slice) -> Statement | Sequence[Statement]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return _statement(self._facts[place], self._beside[place])


def _statement(fact: ScorecardFact, beside: tuple[Run, ...]) -> Statement:
    finding, check = fact.finding, fact.check
    facts = (
        *(Fact(_ALSO, (foreign(f"{f.statement} ({c})"),)) for c, f in fact.below),
        *(Fact(label, (foreign(text),)) for label, text in _told_below(finding) if text),
        Fact(_READ_IN, (_citations(finding),)),
        *((Fact(_WOULD_HELP, (foreign(finding.fix),)),) if finding.fix else ()),
        Fact(_CHECK, (foreign(check),)),
    )
    return Statement(
        foreign(fact.sentence),
        facts,
        beside=beside,
        in_short=tuple(map(foreign, fact.in_short)),
    )


def _told_below(finding: ScorecardFinding) -> tuple[tuple[Run, str], ...]:
    return ((_ARITHMETIC, finding.arithmetic), (_POWER, finding.power))


def _citations(finding: ScorecardFinding) -> Citations:
    places: dict[Source, dict[str, None]] = {}
    for number in finding.numbers:
        found = places.setdefault(_source(number.source), {})
        if number.source.place:
            found[number.source.place] = None
    return Citations(tuple((source, tuple(found)) for source, found in places.items()))


def _source(source: ReadSource) -> Source:
    return Source(title=source.title, date=source.date, commit=source.commit, url=source.url)
