"""The results store: plain files that a person can browse, never rewritten.

    results/
      ledger.jsonl                             a line before and after every benchmark
      ledger-<name>.jsonl                      ledgers of other folders that were put together here
      checkpoints/<checkpoint id>.json         manifests; `sha256sum` of one gives its name
      comparisons/<id>-<id>.json               measured differences between two of them
      revisions/<commit>-<digest>.json         what a hub said of a revision, and when
      plans/<plan id>.json                     what was asked; named after its SHA-256
      imported/<key>/…                         logs of other harnesses, kept by `weighin import`
      <model>/<benchmark>/<job>/
        committed.json                         names the first attempt; never changed
        claims/<n>.json                        who was at work on the job, and until when
        <attempt>/answers.jsonl                what was answered so far; goes once it is recorded
        <attempt>/record.json                  what was observed, written last
        <attempt>/lm-eval/…                    lm-eval's own results and samples files

Every attempt is kept. A record is committed by create-if-absent, so a crash loses no benchmark
that is recorded, and of two racing workers one wins and both are seen. What was answered of the one
that was running is taken by the next attempt.

An object store has the same names, but for two: files of attempts lie as `blobs/<sha256>`, which
`record.json` names by digest, and the ledger as `ledger/<run>/<number>.json`.
"""

from weighin.evidence.store.attempt_files import attempt_file
from weighin.evidence.store.commits import (
    COMMIT_FORMAT,
    Commit,
    commit_of,
    file_digest,
    read_commit,
    read_record,
    record_of,
)
from weighin.evidence.store.names import (
    CHECKPOINTS,
    COMMIT_NAME,
    COMPARISONS,
    HARNESS_FOLDER,
    JOURNAL_NAME,
    PLANS,
    README_NAME,
    RECORD_NAME,
    REVISIONS,
    attempt_folder,
    file_name,
    is_own_file,
    is_revision_file,
    job_key,
)
from weighin.evidence.store.results_store import Attempt, Committed, Store

__all__ = [
    "CHECKPOINTS",
    "COMMIT_FORMAT",
    "COMMIT_NAME",
    "COMPARISONS",
    "HARNESS_FOLDER",
    "JOURNAL_NAME",
    "PLANS",
    "README_NAME",
    "RECORD_NAME",
    "REVISIONS",
    "Attempt",
    "Commit",
    "Committed",
    "Store",
    "attempt_file",
    "attempt_folder",
    "commit_of",
    "file_digest",
    "file_name",
    "is_own_file",
    "is_revision_file",
    "job_key",
    "read_commit",
    "read_record",
    "record_of",
]
