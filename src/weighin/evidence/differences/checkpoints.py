"""Two checkpoints, held against each other: what the comparison of tensors says, and the files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from weighin.evidence.differences.difference import Difference
from weighin.evidence.differences.held.files import files_in, with_files
from weighin.evidence.differences.words.wording import count, digest
from weighin.identity.comparison.report import ComparisonReport
from weighin.identity.facets import Agreement, Facet

_MOST_TENSORS: Final = 200


def held_checkpoints(report: ComparisonReport, first: Path, second: Path) -> tuple[Difference, ...]:
    """What differs between two checkpoints, the tensors first.

    Args:
        report: How they differ.
        first: The folder of the first, or something else of which no files are read.
        second: The same of the second.
    """
    ours, theirs = files_in(first), files_in(second)
    return tuple(with_files(d, ours, theirs) for d in _held(report))


def _held(report: ComparisonReport) -> Iterator[Difference]:
    facets = {facet.facet: facet for facet in report.facets}
    names = (
        *(f"~{name}" for name in (*report.differing, *report.shapes_differ)),
        *(f"-{name}" for name in report.only_in_first),
        *(f"+{name}" for name in report.only_in_second),
    )
    if names or Facet.WEIGHTS in facets:
        total = report.pairs + len(report.only_in_first) + len(report.only_in_second)
        more = len(names) - _MOST_TENSORS
        agreement = facets[Facet.WEIGHTS].agreement if Facet.WEIGHTS in facets else None
        yield Difference(
            topic=Facet.WEIGHTS,
            agreement=agreement or Agreement.DIFFERENT,
            brief=f"{len(names)} of {count(total, 'tensor')}" if names else report.relation,
            first=digest(report.first.weights) if report.first.weights else "",
            second=digest(report.second.weights) if report.second.weights else "",
            lines=(
                report.headline,
                *names[:_MOST_TENSORS],
                *((f"… and {count(more, 'tensor')} more",) if more > 0 else ()),
            ),
        )
    for facet, held in facets.items():
        if facet is Facet.WEIGHTS:
            continue
        told = ["none" if value is None else _short(value) for value in (held.first, held.second)]
        yield Difference(
            topic=facet,
            agreement=held.agreement,
            brief=f"{told[0]} → {told[1]}",
            first=told[0],
            second=told[1],
        )


def _short(value: str) -> str:
    """A digest in a few digits; a literal as it is."""
    is_digest = len(value) == 64 and all(c in "0123456789abcdef" for c in value)  # noqa: PLR2004  # hex digits of sha256
    return digest(value) if is_digest else value
