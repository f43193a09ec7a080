"""How what records lack is recorded in the harness that wrote them."""

from collections.abc import Iterable

from weighin.evidence.recording.way import Recorded
from weighin.evidence.recording.ways import SCORE_IT, way_to_record
from weighin.evidence.records import Record


def how_to_record(records: Iterable[Record], what: Recorded) -> str:
    """Each way once, in the order of the records; that of `weighin run` where there is none."""
    ways = dict.fromkeys(way_to_record(record.origin.producer, what) for record in records)
    return "; ".join(ways) or SCORE_IT


def or_declare(records: Iterable[Record], what: Recorded, declaration: str) -> str:
    """The same, and the words in which a person can say it instead."""
    return f"{how_to_record(records, what)}; or {declaration}"
