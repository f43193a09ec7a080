"""A model card as one scorecard: its `model-index` and its tables, one fact told once."""

from collections import defaultdict
from decimal import Decimal

from weighin.errors import EvidenceError, WeighinError
from weighin.evidence.benchmarks import BenchmarkRegistry, plain_name
from weighin.evidence.scorecard import Scorecard, ScorecardNumber, Unit
from weighin.sources.scorecard.card import KEY, scorecard_of_card
from weighin.sources.scorecard.tables.corrections import Corrections
from weighin.sources.scorecard.tables.read_tables import ReadTables, passed_over
from weighin.sources.scorecard.tables.reading import read_tables, scorecard_of_tables

_PER_UNIT = {Unit.PERCENT: Decimal(1), Unit.SHARE: Decimal(100)}


def scorecard_of_whole_card(
    content: bytes, shown: str, known: BenchmarkRegistry, told: Corrections, ending: str = ""
) -> Scorecard:
    """The scorecard of a card with a `model-index`; what of either cannot be read is told.

    Args:
        content: Its bytes.
        shown: How it is named in messages.
        known: Benchmarks that are known.
        told: What the user says.
        ending: Of its name, with the point.

    Raises:
        EvidenceError: Neither index nor tables hold a number that is understood.
        UsageError: The unit of none of them can be told.
    """
    index: Scorecard | None = None
    problem: WeighinError | None = None
    try:
        index = scorecard_of_card(content, shown, known, told.unit)
    except WeighinError as error:
        problem = error
    read = _tables(content, shown, known, told, ending)
    has_numbers = read is not None and any(
        unit.unit is not None for table in read.tables for _, unit in table.numbers
    )
    if read is None or not has_numbers:
        is_empty = problem is not None and str(problem).endswith("found none")
        if index is None and is_empty and read is not None and read.tables:
            # Its tables say what to change.
            return scorecard_of_tables(read)
        if index is None:
            raise problem or EvidenceError(f"{shown}: expected at least one number, found none")
        over = () if read is None else passed_over(read)
        return index.model_copy(update={"passed_over": (*index.passed_over, *over)})
    tables = scorecard_of_tables(read)
    if index is None:
        why = str(problem).splitlines()[0].removeprefix(f"{shown}: ").removeprefix(f"{shown}, ")
        over = () if why.endswith("found none") and why.startswith(KEY) else (f"{KEY}: {why}",)
        return tables.model_copy(update={"passed_over": (*over, *tables.passed_over)})
    return _joined(index, tables)


def _tables(
    content: bytes, shown: str, known: BenchmarkRegistry, told: Corrections, ending: str
) -> ReadTables | None:
    """The tables of a card; `None` where there are none, or none that a person made."""
    try:
        return read_tables(content, shown, known, told, ending)
    except EvidenceError:
        return None


def _joined(index: Scorecard, tables: Scorecard) -> Scorecard:
    """Both as one scorecard; a number of a table that the index tells as well is told once."""
    by_fact: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    names = {plain_name(_short(a.name)): a.name for a in index.artifacts}
    for number in index.numbers:
        if number.unit in _PER_UNIT:
            by_fact[_fact(number)].append(_percent(number))
    kept = []
    for number in tables.numbers:
        is_told = number.unit in _PER_UNIT and any(
            _are_alike(number, percent) for percent in by_fact.get(_fact(number), ())
        )
        if not is_told:
            name = names.get(plain_name(_short(number.artifact)), number.artifact)
            kept.append(number.model_copy(update={"artifact": name}))
    twice = len(tables.numbers) - len(kept)
    over = [f"{KEY}: {twice} of the numbers in tables are told there too"] if twice else []
    used = {number.artifact for number in kept}
    artifacts = {a.name: a for a in (*index.artifacts, *tables.artifacts)}
    of_index = {a.name for a in index.artifacts}
    return tables.model_copy(
        update={
            "artifacts": tuple(a for n, a in artifacts.items() if n in used or n in of_index),
            "numbers": (*index.numbers, *kept),
            "passed_over": (*index.passed_over, *over, *tables.passed_over),
        }
    )


def _short(model: str) -> str:
    """A name without the house before it."""
    return model.rpartition("/")[2]


def _fact(number: ScorecardNumber) -> tuple[str, str]:
    """Of what model and benchmark a number is."""
    benchmark = number.registered_as or plain_name(number.benchmark)
    return plain_name(_short(number.artifact)), benchmark


def _percent(number: ScorecardNumber) -> Decimal:
    return Decimal(number.printed) * _PER_UNIT[number.unit]


def _are_alike(number: ScorecardNumber, percent: Decimal) -> bool:
    """Whether a printed number is a percentage, rounded as it is printed."""
    step = Decimal(1).scaleb(-len(number.printed.partition(".")[2])) * _PER_UNIT[number.unit]
    return abs(_percent(number) - percent) * 2 <= max(step, Decimal("0.01"))
