"""Logs of other harnesses: what is in them, kept as evidence, written in formats of others."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from weighin.errors import EvidenceError, UsageError
from weighin.evidence.collected import Inspection
from weighin.evidence.store import Store
from weighin.files.stores.opening import is_url
from weighin.reports.export.export_format import ExportFormat
from weighin.reports.export.exported import Export
from weighin.reports.export.written import WrittenExport, write_export
from weighin.sources.collecting.evidence import inspect_evidence, read_evidence
from weighin.sources.collecting.importing import Imports, import_logs
from weighin.sources.collecting.staged import staged

if TYPE_CHECKING:
    from weighin.evidence.store.copying import CopiedStore

PathLike = str | Path


def inspect(evidence: Iterable[PathLike]) -> Inspection:
    """What is recognised in some files and folders: formats, rows, facets with grades.

    Raises:
        EvidenceError: A path does not exist, or a ledger or a commit marker of a results folder
            cannot be read.
    """
    with staged(evidence) as local:
        return local.named(inspect_evidence(local.paths))


def import_evidence(
    evidence: Iterable[PathLike], *, results: PathLike, skip_unreadable: bool = False
) -> Imports:
    """Keep logs of other harnesses in a results folder: copies of their files, and their records.

    A check of that folder alone then says what a check of the logs says.

    Args:
        evidence: Files and folders.
        results: The results folder.
        skip_unreadable: Leave out what cannot be read instead of raising.

    Raises:
        UsageError: The folder cannot be written.
        EvidenceError: A path does not exist or files cannot be read; nothing was imported.
        InfrastructureError: The disk is full or failing.
    """
    given = list(evidence)
    for place in (*given, results):
        if is_url(place):
            raise UsageError(
                f"{place}: expected a folder; logs are imported from and into folders, which "
                "`weighin export --to store` then copies"
            )
    return import_logs(
        [Path(path) for path in given], Path(results), skip_unreadable=skip_unreadable
    )


def export(
    evidence: Iterable[PathLike], *, to: ExportFormat | str, into: PathLike
) -> WrittenExport:
    """Write what was recorded in a format of others. The same records always give the same files.

    Args:
        evidence: Files and folders: records and logs of any kind that `check` reads.
        to: `eee`, `hf-eval-results` or `csv`.
        into: A folder; for `csv` also the file. Nothing there is overwritten.

    Raises:
        UsageError: The format is none of these, or another file lies where one is to be written.
        EvidenceError: The evidence cannot be read, or holds no score.
        InfrastructureError: The disk is full or failing.
    """
    chosen = _export_format(to)
    return write_export(_exported(evidence, chosen), chosen, Path(into))


def copy_store(source: PathLike, *, into: PathLike) -> "CopiedStore":
    """Copy a results store, byte for byte, into a folder or an object store.

    A check of either says the same. What lies there stays, and what was copied before is not copied
    again.

    Args:
        source: The store: a folder or an URL.
        into: Where to: a folder or an URL.

    Raises:
        EvidenceError: There is no store, it cannot be read, or something else lies in the place of
            a file.
        InfrastructureError: A disk or an object store is full or failing.
        UsageError: The other place cannot be written.
    """
    from weighin.evidence.store.copying import copy_store as copied  # rarely needed

    return copied(Store(source), Store(into))


def export_text(
    evidence: Iterable[PathLike], *, to: ExportFormat | str
) -> tuple[str, tuple[str, ...]]:
    """What `export` would write as its only file, and its notes.

    Raises:
        UsageError: It would not be one file; give a folder to `export`.
        EvidenceError: The evidence cannot be read, or holds no score.
    """
    exported = _exported(evidence, _export_format(to))
    if len(exported.files) != 1:
        raise UsageError(
            f"--to {to}: expected one file to print, found {len(exported.files)}; give a folder "
            "with --into"
        )
    return exported.files[0].content.decode("utf-8"), exported.notes


def _export_format(to: ExportFormat | str) -> ExportFormat:
    try:
        return ExportFormat(to)
    except ValueError as error:
        known = ", ".join(ExportFormat)
        raise UsageError(f"--to {to}: expected one of {known}") from error


def _exported(evidence: Iterable[PathLike], to: ExportFormat) -> Export:
    from weighin.reports.export.csv_table import export_csv  # rarely needed, as the other two
    from weighin.reports.export.every_eval_ever import export_every_eval_ever
    from weighin.reports.export.hub_eval_results import export_hub_eval_results

    exporters = {
        ExportFormat.EVERY_EVAL_EVER: export_every_eval_ever,
        ExportFormat.HUB_EVAL_RESULTS: export_hub_eval_results,
        ExportFormat.CSV: export_csv,
    }
    given = list(evidence)
    with staged(given) as local:
        collected = local.named(read_evidence(local.paths))
    if not any(record.scores for record in collected.records):
        raise EvidenceError(
            f"{', '.join(map(str, given))}: expected records or logs with scores, found none"
        )
    exported = exporters[to](collected.records)
    return replace(exported, notes=(*exported.notes, *collected.notes))
