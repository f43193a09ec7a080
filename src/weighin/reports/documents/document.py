"""The documents that have a schema. Apart from the schemas: a command line is read quickly."""

from enum import StrEnum


class Document(StrEnum):
    """A document that has a schema; without another word, what the command of its name tells.

    Attributes:
        REQUIREMENTS: Written by users.
        DECLARATIONS: Written by users.
        SCORECARD: Written by users.
        VERDICT: Told by `check` and `run`.
        VALIDATION: Told by `check` where nothing is judged.
        INITIAL_FILES: Told by `init`.
        INSPECTION: Told by `inspect`.
        IMPORTS: Told by `import`.
        FINGERPRINT: Told by `fingerprint` of a checkpoint.
        MANIFEST: Kept by `fingerprint --save`, and part of a fingerprint.
        ADAPTER_FINGERPRINT: Told by `fingerprint` of an adapter alone.
        HUB_REVISION: Told by `fingerprint` of a revision of a hub, and kept by its `--save`.
        VERIFICATION: Told by `verify`.
        COMPARISON: Told by `compare`.
        DIFFERENCE: Told by `diff`.
        SCORECARD_REPORT: Told by `scorecard`.
        SCORECARD_READING: Told by `scorecard --show-reading`.
        EXPLANATION: Told by `explain` of one rule or check.
        EXPLANATIONS: Told by `explain`.
        EXPORT: Told by `export`.
        STORE_COPY: Told by `export` of a whole store.
        PLAN_REPORT: Told by `plan`.
        JOB_REPORT: Told by `job`.
        JOBS: Told by `ls`.
        SHOWN_RECORD: Told by `show`.
        ENVIRONMENT: Told by `doctor`.
        RETIREMENT: Told by `retire`.
        SUBMISSION: Told by `submit`.
        WITNESS: Told by `witness`.
        SCHEMAS: Told by `schema --list`.
        ERROR: Told by every command that gives no answer.
    """

    REQUIREMENTS = "requirements"
    DECLARATIONS = "declarations"
    SCORECARD = "scorecard"
    VERDICT = "verdict"
    VALIDATION = "validation"
    INITIAL_FILES = "initial-files"
    INSPECTION = "inspection"
    IMPORTS = "imports"
    FINGERPRINT = "fingerprint"
    MANIFEST = "manifest"
    ADAPTER_FINGERPRINT = "adapter-fingerprint"
    HUB_REVISION = "hub-revision"
    VERIFICATION = "verification"
    COMPARISON = "comparison"
    DIFFERENCE = "difference"
    SCORECARD_REPORT = "scorecard-report"
    SCORECARD_READING = "scorecard-reading"
    EXPLANATION = "explanation"
    EXPLANATIONS = "explanations"
    EXPORT = "export"
    STORE_COPY = "store-copy"
    PLAN_REPORT = "plan-report"
    JOB_REPORT = "job-report"
    JOBS = "jobs"
    SHOWN_RECORD = "shown-record"
    ENVIRONMENT = "environment"
    RETIREMENT = "retirement"
    SUBMISSION = "submission"
    WITNESS = "witness"
    SCHEMAS = "schemas"
    ERROR = "error"
