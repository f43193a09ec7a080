"""A verdict as GitHub-flavoured Markdown, for a comment on a pull request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from weighin.reports.shared.facet_table import (
    CellState,
    FacetCell,
    FacetTable,
    facet_table,
    grade_word,
)
from weighin.reports.shared.foreign_text import clipped
from weighin.reports.shared.markdown_text import as_code, as_prose
from weighin.reports.shared.wording import (
    DOES_NOT_PROVE,
    MARKS,
    FindingGroup,
    counted,
    documents_words,
    facet_name,
    finding_groups,
    headline,
    is_aside,
    listed,
    metric_words,
    names_every,
    place,
    score_words,
    weakest_evidence,
)
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict

LONGEST_BYTES: Final = 64 * 1024
"""What GitHub takes for one comment."""

_BYTES_TO_SAY_WHAT_IS_CUT: Final = 1024
_LONGEST_NAME: Final = 200
_SHOWN_TENSORS: Final = 6
_SHOWN_PLACES: Final = 3
_SHOWN_DIGEST: Final = 12
_IS_FINE: Final = (Outcome.MET, Outcome.NOT_APPLICABLE)
_STATE_MARKS: Final = {
    CellState.DIFFERENT: MARKS[Outcome.VIOLATED],
    CellState.UNKNOWN: MARKS[Outcome.UNDECIDED],
    CellState.SAME: MARKS[Outcome.MET],
    CellState.NOT_APPLICABLE: MARKS[Outcome.NOT_APPLICABLE],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A part of the comment, of blocks that stand or are cut one by one.

    Attributes:
        noun: What one block is called when it is cut.
        rank: The lower, the later it is cut.
        opening: Stands before the blocks; left out if no block is left.
        blocks: Each ends with a line break.
        closing: Stands after the blocks.
    """

    noun: str
    rank: int
    opening: str
    blocks: tuple[str, ...]
    closing: str = ""


def render(verdict: Verdict) -> str:
    """The verdict as Markdown below 64 KiB of UTF-8, with a line break at the end.

    Foreign text is shown literally: it makes no link, mention, image, table cell or HTML. Where
    it does not all fit, findings that are met are cut first and violated ones last, and the
    comment says how many of what were cut.
    """
    sections = (
        _table(facet_table(verdict)),
        *_finding_sections(finding_groups(verdict.findings)),
        _Section(
            noun="unjudged item",
            rank=5,
            opening="\n#### Given, and not judged\n\n",
            blocks=tuple(f"- {as_prose(words)}\n" for words in verdict.ignored),
        ),
    )
    opening, closing = _opening(verdict), _closing(verdict)
    left = LONGEST_BYTES - _size(opening) - _size(closing) - _BYTES_TO_SAY_WHAT_IS_CUT
    return opening + _fitted(sections, left) + closing


def _finding_sections(groups: tuple[FindingGroup, ...]) -> Iterator[_Section]:
    for rank, outcome in enumerate((Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.WAIVED)):
        yield _Section(
            noun=f"{outcome} finding",
            rank=rank,
            opening=f"\n#### {outcome.capitalize()}\n\n",
            blocks=_items(g for g in groups if g.outcome is outcome and not is_aside(g)),
        )
    yield _Section(
        noun="warning",
        rank=4,
        opening="\n#### Warnings and notes, which do not move the verdict\n\n",
        blocks=_items(g for g in groups if is_aside(g)),
    )
    fine = [g for g in groups if g.outcome in _IS_FINE and not is_aside(g)]
    number = sum(len(group.findings) for group in fine)
    yield _Section(
        noun="met finding",
        rank=6,
        opening=f"\n<details><summary>{number} met or not applicable</summary>\n\n",
        blocks=_items(fine),
        closing="\n</details>\n",
    )


def _opening(verdict: Verdict) -> str:
    mark, word = MARKS[verdict.outcome], verdict.outcome.upper()
    return (
        f"### {mark} {word} · {_name(verdict.model)} · {counted(len(verdict.scores), 'benchmark')}"
        f"\n\n{as_prose(clipped(headline(verdict), _LONGEST_NAME * 4))}\n\n"
        f"{_name(verdict.requirements_file)} · profile {_name(verdict.profile)} · sha256 "
        f"`{verdict.requirements_sha256[:_SHOWN_DIGEST]}` · weakest evidence: "
        f"**{weakest_evidence(verdict)}**\n"
    )


def _closing(verdict: Verdict) -> str:
    return f"\n<sub>weakest evidence: {weakest_evidence(verdict)}; {DOES_NOT_PROVE}.</sub>\n"


def _table(table: FacetTable) -> _Section:
    heads = ["benchmark", "metric", "score", "documents", *map(facet_name, table.facets)]
    rows = (
        (
            _name(row.task),
            _name(metric_words(row.score)),
            score_words(row.score),
            documents_words(row),
            *map(_cell, row.cells),
        )
        for row in table.rows
    )
    return _Section(
        noun="benchmark",
        rank=3,
        opening=f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}\n",
        blocks=tuple(f"| {' | '.join(cells)} |\n" for cells in rows),
    )


def _cell(cell: FacetCell) -> str:
    value = f" {_name(cell.summary)}" if cell.state is CellState.DIFFERENT else ""
    return f"{_STATE_MARKS[cell.state]}{value} {grade_word(cell)}".rstrip()


def _items(groups: Iterable[FindingGroup]) -> tuple[str, ...]:
    return tuple(_item(judged) for group in groups for judged in group.findings)


def _item(judged: JudgedFinding) -> str:
    finding, waiver = judged.finding, judged.waiver
    level = "" if judged.level is Level.ERROR else f" ({judged.level})"
    head = f"- {MARKS[finding.outcome]} **{as_prose(judged.rule)}**{level}: "
    is_named = names_every(finding.statement, finding.benchmarks)
    details = [
        ("on", "" if is_named else ", ".join(map(_name, finding.benchmarks))),
        ("expected", as_prose(finding.expected)),
        ("found", as_prose(finding.found)),
        ("tensors", listed([_name(name) for name in finding.tensors], _SHOWN_TENSORS)),
        ("where", listed([_name(place(origin)) for origin in finding.where], _SHOWN_PLACES)),
        ("fix", as_prose(finding.fix)),
        ("required at", _name(judged.required_at)),
    ]
    if waiver is not None:
        until = waiver.expires.isoformat()
        accepted = f"by {as_prose(waiver.owner)} until {until}: {as_prose(waiver.reason)}"
        details.append(("waived", accepted))
    if finding.outcome in _IS_FINE:
        details = [detail for detail in details if detail[0] in {"on", "required at"}]
    lines = [head + as_prose(finding.statement)]
    lines += [f"  - {label}: {words}" for label, words in details if words]
    return "\n".join(lines) + "\n"


def _name(name: str) -> str:
    return as_code(clipped(name, _LONGEST_NAME))


def _fitted(sections: tuple[_Section, ...], left: int) -> str:
    kept: dict[int, tuple[str, ...]] = {}
    for section in sorted(sections, key=lambda s: s.rank):
        left -= _size(section.opening) + _size(section.closing)
        fitting = []
        for block in section.blocks:
            if _size(block) <= left:
                left -= _size(block)
                fitting.append(block)
        kept[section.rank] = tuple(fitting)
    told = "".join(
        f"{s.opening}{''.join(kept[s.rank])}{s.closing}" for s in sections if kept[s.rank]
    )
    missing = [(len(s.blocks) - len(kept[s.rank]), s.noun) for s in sections]
    cuts = ", ".join(counted(number, noun) for number, noun in missing if number)
    if not cuts:
        return told
    return f"{told}\n**Cut to fit into a comment: {cuts}.** The JSON report holds all of them.\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
