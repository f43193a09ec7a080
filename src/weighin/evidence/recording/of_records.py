"""How what records lack is recorded in the harness that wrote them."""

from collections.abc import Iterable

from weighin.evidence.recording.way import Recorded
from weighin.evidence.recording.ways import OF_SERVERS, SCORE_IT, way_to_record
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade

_BEYOND_A_LOG = {False: SCORE_IT, True: OF_SERVERS}


def how_to_record(records: Iterable[Record], what: Recorded, declare: str = "") -> str:
    """Each way once, in the order of the records.

    Args:
        records: Those that lack it.
        what: What they lack.
        declare: The words in which a person can say it instead; empty if nobody can.
    """
    ways = dict.fromkeys(
        way_to_record(record.origin.producer, what, is_served=_is_served(record))
        for record in records
    )
    told = "; ".join(way for way in ways if way)
    if not declare:
        return told
    return f"{told}; or {declare}" if told else declare


def how_to_identify(records: Iterable[Record], facet: Facet, least: Grade) -> str:
    """Each way once by which a facet comes to be known at a grade.

    Whatever a log of another harness says is declared: beyond that, no flag of it helps.
    """
    ways = dict.fromkeys(
        record.observation(facet).how_to_record
        if record.is_own or Grade.DECLARED.at_least(least)
        else _BEYOND_A_LOG[_is_served(record)]
        for record in records
    )
    return "; ".join(way for way in ways if way) or SCORE_IT


def _is_served(record: Record) -> bool:
    """Whether the log names a server; one that says nothing is taken to be of this machine."""
    told = (str(i.value) for i in record.observation(Facet.ENDPOINT).identifiers)
    return next(told, "in process").replace("-", " ") != "in process"
