"""What weighin does, as functions."""

from weighin.api.checkpoints import (
    compare,
    fingerprint,
    fingerprint_revision,
    verify,
    verify_published,
    verify_signature,
)
from weighin.api.logs import export, export_text, import_evidence, inspect
from weighin.api.retired_jobs import retire
from weighin.api.scorecards import scorecard
from weighin.api.validations import validate
from weighin.api.verdicts import check, run

__all__ = [
    "check",
    "compare",
    "export",
    "export_text",
    "fingerprint",
    "fingerprint_revision",
    "import_evidence",
    "inspect",
    "retire",
    "run",
    "scorecard",
    "validate",
    "verify",
    "verify_published",
    "verify_signature",
]
