"""What a user says of a table where its own words do not: columns, units, names of models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weighin.errors import UsageError
from weighin.evidence.benchmarks import plain_name
from weighin.evidence.scorecard import Unit
from weighin.sources.scorecard.tables.layout.kinds import Kind

UNNAMED_MODEL = "model not named"
"""Artifact of the numbers of a table that names no model."""

_KINDS: Mapping[str, Kind] = {
    "skip": Kind.SKIPPED,
    "score": Kind.NUMBERS,
    "stderr": Kind.STANDARD_ERROR,
    **{kind.value.replace(" ", "-"): kind for kind in Kind if kind is not Kind.SKIPPED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What a user says.

    Attributes:
        unit: Of numbers for which nothing tells it; `None` asks.
        units: By the plain name of a benchmark.
        columns: Kinds by the plain name of a column or row.
        benchmarks: Names of benchmarks by the plain name of a column or row.
        model: The name of a model that a table does not name; empty if not said.
        models: New names by old ones.
    """

    unit: Unit | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)
    columns: Mapping[str, Kind] = field(default_factory=dict)
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    models: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, model: str) -> str:
        """The name under which the numbers of a model are kept."""
        if model == UNNAMED_MODEL and self.model:
            return self.model
        return self.models.get(model, model)


def corrections(
    units: Sequence[Unit | str] = (), columns: Sequence[str] = (), models: Sequence[str] = ()
) -> Corrections:
    """What a user says, as it is written on a command line.

    Args:
        units: `percent`, or `MMLU=percent` for one benchmark.
        columns: `NAME=KIND`, where the kind is `model`, `benchmark`, `score`, `skip` or another
            of the kinds of columns, or the benchmark that is meant, as `GPQA=GPQA Diamond`.
        models: The name of the model that a table does not name, or `OLD=NEW`.

    Raises:
        UsageError: One of them is none of these.
    """
    general: Unit | None = None
    by_benchmark: dict[str, Unit] = {}
    for written in units:
        name, sign, value = str(written).rpartition("=")
        if sign:
            by_benchmark[plain_name(name)] = _unit(value)
        else:
            general = _unit(value)
    kinds: dict[str, Kind] = {}
    benchmarks: dict[str, str] = {}
    for written in columns:
        name, sign, value = written.partition("=")
        if not sign or not plain_name(name) or not value.strip():
            raise UsageError(
                f"expected NAME=KIND with a kind of {', '.join(sorted(_KINDS))}, or "
                f"NAME=BENCHMARK, found {written[:60]!r}"
            )
        kind = _KINDS.get(value.strip().casefold())
        if kind is None:
            benchmarks[plain_name(name)] = value.strip()
        else:
            kinds[plain_name(name)] = kind
    model, renamed = "", {}
    for written in models:
        old, sign, new = written.partition("=")
        if not old.strip() or (sign and not new.strip()):
            raise UsageError(f"expected NAME or OLD=NEW, found {written[:60]!r}")
        if sign:
            renamed[old.strip()] = new.strip()
        else:
            model = old.strip()
    return Corrections(
        unit=general,
        units=by_benchmark,
        columns=kinds,
        benchmarks=benchmarks,
        model=model,
        models=renamed,
    )


def _unit(written: str) -> Unit:
    try:
        return Unit(written.strip())
    except ValueError as error:
        units = ", ".join(Unit)
        raise UsageError(f"expected a unit of {units}, found {written!r}") from error
