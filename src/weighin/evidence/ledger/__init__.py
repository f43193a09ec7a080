"""The ledger: an event before and after every benchmark, bound to the one before in its run."""

from weighin.evidence.ledger.appending import Ledger
from weighin.evidence.ledger.chains import Entry, Problem
from weighin.evidence.ledger.copying import CopiedLedgers, copy_ledgers
from weighin.evidence.ledger.events import (
    ANSWERED,
    ANSWERING,
    EVENT_FORMAT,
    FIRST_LINE_FOLLOWS,
    JOB_RETIRED,
    KEPT,
    RUN_STARTED,
    Event,
    LedgerLine,
    is_ledger_name,
    new_run_id,
    now,
)
from weighin.evidence.ledger.places import (
    LEDGER_FOLDER,
    LEDGER_NAME,
    has_ledger,
    is_ledger_file,
    ledger_paths,
)
from weighin.evidence.ledger.reading import (
    LedgerContent,
    Ledgers,
    ledgers_at,
    read_ledger,
)
from weighin.evidence.ledger.retirements import Retirement

__all__ = [
    "ANSWERED",
    "ANSWERING",
    "EVENT_FORMAT",
    "FIRST_LINE_FOLLOWS",
    "JOB_RETIRED",
    "KEPT",
    "LEDGER_FOLDER",
    "LEDGER_NAME",
    "RUN_STARTED",
    "CopiedLedgers",
    "Entry",
    "Event",
    "Ledger",
    "LedgerContent",
    "LedgerLine",
    "Ledgers",
    "Problem",
    "Retirement",
    "copy_ledgers",
    "has_ledger",
    "is_ledger_file",
    "is_ledger_name",
    "ledger_paths",
    "ledgers_at",
    "new_run_id",
    "now",
    "read_ledger",
]
