"""An inspection told: what was recognised, and what would have recorded the rest."""

from collections.abc import Iterable, Sequence
from typing import Final

from weighin.evidence.collected import BrokenFile, Inspection, RecognisedFile
from weighin.evidence.records import Record
from weighin.identity.facets import Grade
from weighin.reports.evidence.inspection.inspection_view import (
    KnownFacet,
    facets_of,
    formats_of,
    grades_by_facet,
    models_of,
)
from weighin.reports.page.model import (
    Column,
    Fact,
    Facts,
    Gist,
    Guide,
    Items,
    Lines,
    Meaning,
    Page,
    Phrase,
    Run,
    Section,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import (
    GRADES_MEAN,
    counted,
    facet_name,
    listed,
    metric_words,
    score_words,
)
from weighin.rules.interface import Outcome

_SHOWN_FILES: Final = 8
_SHOWN_ROWS: Final = 10
_SHOWN_LINES: Final = 15
_SHOWN_NAMES: Final = 4
_SHOWN_BENCHMARKS: Final = 2


def inspection_page(found: Inspection) -> Page:
    """A sum over all files, then a section a file."""
    unread = [file.reason for file in found.unread]
    return Page(
        title=(ours(_summary(found)),),
        guide=Guide(
            answer=Gist(
                question="What do these files say of what was scored, and how is it known?",
                answer=ours("Nothing is judged here."),
            ),
            meanings=tuple(Meaning(word=g, words=words) for g, words in GRADES_MEAN.items()),
        ),
        lead=(Lines(tuple((foreign(line),) for line in _formats(found))),),
        sections=(
            _grades(found),
            _sentences(ours("Cannot be read as evidence", Outcome.VIOLATED), unread),
            Section(parts=tuple(map(_file, found.files)), shown=_SHOWN_FILES, noun="file"),
            _sentences(ours("Passed over"), found.notes),
        ),
    )


def _summary(found: Inspection) -> str:
    rows = sum(len(file.records) for file in found.files)
    told = f"{counted(len(found.files), 'file')} recognised · {counted(rows, 'row')}"
    if rows:
        told += f" of {counted(len(models_of(found.files)), 'model')}"
    every = [broken for file in found.files for broken in file.broken]
    if broken := sum(not one.twice for one in every):
        told += f" · {counted(broken, 'file')} not as a digest says"
    if twice := sum(bool(one.twice) for one in every):
        told += f" · {counted(twice, 'key')} told twice"
    if found.unread:
        told += f" · {counted(len(found.unread), 'file')} cannot be read"
    return told


def _formats(found: Inspection) -> Iterable[str]:
    for format_name, (files, rows) in formats_of(found).items():
        yield f"{format_name}: {counted(files, 'file')}, {counted(rows, 'row')}"


def _grades(found: Inspection) -> Section:
    """A sum by facet; empty for a single file, which says it itself."""
    is_told = len(found.files) > 1 and any(file.records for file in found.files)
    facts = (
        _fact(facet_name(facet), ", ".join(f"{count} {grade}" for grade, count in grades.items()))
        for facet, grades in grades_by_facet(found).items()
        if is_told
    )
    return Section(title=(ours("Rows by facet and grade"),), blocks=(Facts(tuple(facts)),))


def _sentences(title: Run, sentences: Sequence[str]) -> Section:
    return Section(title=(title,), blocks=(_lines(sentences),))


def _lines(sentences: Iterable[str]) -> Lines:
    return Lines(tuple((foreign(sentence),) for sentence in sentences), shown=_SHOWN_LINES)


def _file(file: RecognisedFile) -> Section:
    models = models_of([file])
    named: Phrase = (ours("model "), Items(tuple(map(name, models)), _SHOWN_NAMES))
    applying = [known for known in facets_of(file) if known.applies]
    known = (_known(facet) for facet in applying if facet.grade is not Grade.ABSENT)
    absent = [facet for facet in applying if facet.grade is Grade.ABSENT]
    return Section(
        title=(name(file.file),),
        label=file.format,
        blocks=(
            Lines((named,) if models else ()),
            _rows(file.records, has_models=len(models) > 1),
            Facts(tuple(known)),
            Facts(_missing(absent)),
            Lines(tuple(map(_broken, file.broken))),
            _lines(file.notes),
        ),
    )


def _broken(broken: BrokenFile) -> Phrase:
    words = f"{broken.file}: expected {broken.expected}, found {broken.found}"
    if broken.twice:
        words = f"{broken.twice} stands twice, with {broken.expected} and {broken.found}"
    return (foreign(words, Outcome.VIOLATED),)


def _rows(records: Iterable[Record], *, has_models: bool) -> Table:
    columns = (
        *((Column("model"),) if has_models else ()),
        Column("benchmark"),
        Column("metric"),
        Column("score", is_number=True),
        Column("documents", is_number=True),
    )
    rows = tuple(_row(record, has_models=has_models) for record in records)
    return Table(columns, rows, shown=_SHOWN_ROWS, noun="row")


def _row(record: Record, *, has_models: bool) -> tuple[Run, ...]:
    scores = [score for score in record.scores if score.task == record.asked.task]
    score = scores[0] if scores else None
    more = f" (+{len(scores) - 1})" if len(scores) > 1 else ""
    documents = None if score is None else score.documents
    return (
        *((name(record.model),) if has_models else ()),
        name(record.asked.task),
        name(metric_words(score) + more),
        ours(score_words(score)),
        ours("" if documents is None else str(documents)),
    )


def _known(known: KnownFacet) -> Fact:
    return _fact(_topic(known), known.summary, known.grade)


def _missing(absent: Iterable[KnownFacet]) -> tuple[Fact, ...]:
    """Facets that the same flag or command would have recorded share a line."""
    alike: dict[str, list[str]] = {}
    for known in absent:
        alike.setdefault(known.how_to_record, []).append(_topic(known))
    return tuple(
        _fact("not recorded", ", ".join(names) + (f"; {how}" if how else ""))
        for how, names in alike.items()
    )


def _topic(known: KnownFacet) -> str:
    facet = facet_name(known.facet)
    if not known.benchmarks:
        return facet
    return f"{facet} ({listed(known.benchmarks, _SHOWN_BENCHMARKS)})"


def _fact(label: str, words: str, grade: Grade | None = None) -> Fact:
    return Fact(foreign(label), (foreign(words),), grade=grade)
