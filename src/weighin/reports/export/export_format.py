"""What records can be exported to."""

from enum import StrEnum


class ExportFormat(StrEnum):
    """A format that other programs read."""

    EVERY_EVAL_EVER = "eee"
    """Aggregates of Every Eval Ever, schema 0.3.0: one file a record."""
    HUB_EVAL_RESULTS = "hf-eval-results"
    """`.eval_results/*.yaml` of a model repository on the Hugging Face hub."""
    CSV = "csv"
    """One table, a row a score."""


class ExportTarget(StrEnum):
    """What `weighin export` writes: a format that other programs read, or a store as it is."""

    EVERY_EVAL_EVER = ExportFormat.EVERY_EVAL_EVER.value
    HUB_EVAL_RESULTS = ExportFormat.HUB_EVAL_RESULTS.value
    CSV = ExportFormat.CSV.value
    STORE = "store"
    """All of a results store, byte for byte, in another place."""
