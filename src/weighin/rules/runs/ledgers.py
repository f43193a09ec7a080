"""Whether a ledger tells of the attempt that a record is of."""

from weighin.evidence.records import Record
from weighin.rules.interface import Case

NO_LEDGER = "no ledger vouches for this attempt"
GIVEN_UP = "was ended with answers that no record holds"
ANSWERED_ONLY = "answered, and its score is not recorded"
GIVE_THE_LEDGER = (
    "give the results folder as it was written, with its ledger.jsonl; where a run was killed, "
    "run the same command again"
)


def is_vouched(case: Case, record: Record) -> bool:
    """Whether a ledger in the evidence tells of the attempt that a record is of."""
    return bool(record.run.job_id) and record.run.attempt_id not in case.unvouched_attempts
