"""What weighin does, as functions. Each is imported when it is first asked for (PEP 562)."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from weighin.api.checkpoints import (
        compare,
        fingerprint,
        fingerprint_revision,
        verify,
        verify_published,
        verify_signature,
    )
    from weighin.api.differences.between import diff
    from weighin.api.environment import doctor
    from weighin.api.first_files.making import init
    from weighin.api.jobs import list_jobs, retire, show_record
    from weighin.api.logs import copy_store, export, export_text, import_evidence, inspect
    from weighin.api.runs.plans import job, plan
    from weighin.api.runs.submissions import submit
    from weighin.api.runs.witnesses import witness, witness_command, witness_transformers
    from weighin.api.scorecards import scorecard, scorecard_reading
    from weighin.api.validations import validate
    from weighin.api.verdicts import check, run

_ROOMS: Final = {
    "checkpoints": (
        "compare",
        "fingerprint",
        "fingerprint_revision",
        "verify",
        "verify_published",
        "verify_signature",
    ),
    "environment": ("doctor",),
    "differences.between": ("diff",),
    "first_files.making": ("init",),
    "logs": ("copy_store", "export", "export_text", "import_evidence", "inspect"),
    "runs.plans": ("job", "plan"),
    "jobs": ("list_jobs", "retire", "show_record"),
    "scorecards": ("scorecard", "scorecard_reading"),
    "runs.submissions": ("submit",),
    "validations": ("validate",),
    "verdicts": ("check", "run"),
    "runs.witnesses": ("witness", "witness_command", "witness_transformers"),
}

__all__ = [
    "check",
    "compare",
    "copy_store",
    "diff",
    "doctor",
    "export",
    "export_text",
    "fingerprint",
    "fingerprint_revision",
    "import_evidence",
    "init",
    "inspect",
    "job",
    "list_jobs",
    "plan",
    "retire",
    "run",
    "scorecard",
    "scorecard_reading",
    "show_record",
    "submit",
    "validate",
    "verify",
    "verify_published",
    "verify_signature",
    "witness",
    "witness_command",
    "witness_transformers",
]


def __getattr__(name: str) -> object:
    room = next((room for room, names in _ROOMS.items() if name in names), None)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{room}"), name)
    return value
