"""A record beside everything that the requirements file states."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet
from weighin.rules.interface import Case
from weighin.rules.shared.stated import of_model
from weighin.rules.shared.stated.of_benchmark import benchmark_parts
from weighin.rules.shared.stated.part import StatedPart

CHECKPOINT = "checkpoint"
_OF_MODEL: tuple[Callable[[Case, Record], Iterator[StatedPart]], ...] = (
    of_model.checkpoint,
    of_model.dtype,
    of_model.max_length,
    of_model.add_bos_token,
    of_model.adapter,
    of_model.remote_code,
    of_model.endpoint,
)
_FACETS_OF_CHECKPOINT = frozenset(
    {
        Facet.WEIGHTS,
        Facet.CONFIG,
        Facet.GENERATION_CONFIG,
        Facet.REMOTE_CODE,
        Facet.TOKENIZER,
        Facet.SPECIAL_TOKENS,
        Facet.CHAT_TEMPLATE,
        Facet.QUANTIZATION,
        Facet.ADAPTERS,
    }
)

EXEMPT: Mapping[str, str] = MappingProxyType(
    {
        "model.name": "selects the records",
        "model.aliases": "selects the records",
        "model.released": "judged by released-is-scored",
        "model.device": "moves a score by rounding alone; the engine's facet records it",
        "model.device_map": "moves a score by rounding alone; it is recorded",
        "model.max_memory_per_gpu": "moves a score by rounding alone; what lay where is recorded",
        "model.max_cpu_memory": "moves a score by rounding alone; what lay where is recorded",
        "model.offload_folder": "a place; the tensors in it are hashed",
        "model.batch_size": "moves a score by rounding alone; it is recorded",
        "model.endpoint.api_key_env": "names a secret",
        "model.endpoint.tokenizer": "a place; same-tokenizer compares what lay there",
        "model.endpoint.concurrent_requests": "moves a score by rounding alone; it is recorded",
        "benchmarks.task": "selects the records",
        "benchmarks.aliases": "selects the records",
        "benchmarks.claimed": "judged by claimed-scores-are-recorded",
    }
)
"""Keys of the file that no part of a record is held against here, each with the reason."""


def stated_parts(case: Case, record: Record) -> tuple[StatedPart, ...]:
    """Every value that the file states and that tells something of the record."""
    parts = [part for key in _OF_MODEL for part in key(case, record)]
    return (*parts, *benchmark_parts(case, record))


def departing(case: Case, record: Record) -> StatedPart | None:
    """The first stated setting that the record departs from; `None` if there is none.

    Only settings with which a benchmark can be scored again count: what a score is read off, and
    what the documents are, is never a reason to set a record aside.
    """
    parts = stated_parts(case, record)
    return next((p for p in parts if p.sorts_out and p.agreement is Agreement.DIFFERENT), None)


def norm_of_file(case: Case, record: Record, facet: Facet) -> tuple[bool, str] | None:
    """Whether a facet of the record is as the file states, and where the file states it.

    Returns:
        `None` where the file states nothing of the facet, or it is not known.
    """
    parts = [p for p in stated_parts(case, record) if p.facet is facet]
    differs = None
    if facet in _FACETS_OF_CHECKPOINT:
        differs = of_model.differs_from_declared(case, record, facet)
    for part in parts:
        if part.agreement is Agreement.DIFFERENT:
            return False, part.path
    if differs:
        return False, "model.checkpoint"
    for part in parts:
        if part.agreement is Agreement.SAME:
            return True, part.path
    return None if differs is None else (True, "model.checkpoint")
