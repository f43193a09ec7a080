"""The schema of each document."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from weighin.files.strict_model import StrictModel
from weighin.identity.comparison.report import ComparisonReport
from weighin.identity.manifest import Manifest
from weighin.reports.checkpoint.fingerprint_json import (
    AdapterFingerprintDocument,
    FingerprintDocument,
)
from weighin.reports.checkpoint.revision_json import HubRevisionDocument
from weighin.reports.checkpoint.verification_json import VerificationDocument
from weighin.reports.documents.document import Document
from weighin.reports.documents.schemas_json import SchemasDocument
from weighin.reports.evidence.differences.difference_json import DifferenceDocument
from weighin.reports.evidence.imports.imports_json import ImportsDocument
from weighin.reports.evidence.inspection.inspection_json import InspectionDocument
from weighin.reports.evidence.jobs.job_json import JobReportDocument
from weighin.reports.evidence.jobs.jobs_json import JobsDocument
from weighin.reports.evidence.jobs.plan_json import PlanReportDocument
from weighin.reports.evidence.jobs.record_json import ShownRecordDocument
from weighin.reports.evidence.jobs.retirement_json import RetirementDocument
from weighin.reports.evidence.submission_json import SubmissionDocument
from weighin.reports.evidence.witness.witness_json import WitnessDocument
from weighin.reports.export.export_json import ExportDocument
from weighin.reports.export.store_copy_json import StoreCopyDocument
from weighin.reports.requirements.environment_json import EnvironmentDocument
from weighin.reports.requirements.explanation_json import ExplanationDocument, ExplanationsDocument
from weighin.reports.requirements.first_files.json_document import InitialFilesDocument
from weighin.reports.requirements.validation_json import ValidationDocument
from weighin.reports.scorecard.json_document import ScorecardReportDocument
from weighin.reports.scorecard.reading.document import ScorecardReadingDocument
from weighin.reports.shared.error_json import ErrorDocument
from weighin.reports.shared.json_schema import Schema, document_schema
from weighin.reports.verdict.json_document import VerdictDocument
from weighin.requirements.schema import declarations_schema, requirements_schema
from weighin.rules.catalogue import rule_shapes
from weighin.sources.scorecard.schema import scorecard_schema

WRITTEN: Final[Mapping[Document, type[StrictModel]]] = {
    Document.VERDICT: VerdictDocument,
    Document.VALIDATION: ValidationDocument,
    Document.INITIAL_FILES: InitialFilesDocument,
    Document.INSPECTION: InspectionDocument,
    Document.IMPORTS: ImportsDocument,
    Document.FINGERPRINT: FingerprintDocument,
    Document.MANIFEST: Manifest,
    Document.ADAPTER_FINGERPRINT: AdapterFingerprintDocument,
    Document.HUB_REVISION: HubRevisionDocument,
    Document.VERIFICATION: VerificationDocument,
    Document.COMPARISON: ComparisonReport,
    Document.DIFFERENCE: DifferenceDocument,
    Document.SCORECARD_REPORT: ScorecardReportDocument,
    Document.SCORECARD_READING: ScorecardReadingDocument,
    Document.EXPLANATION: ExplanationDocument,
    Document.EXPLANATIONS: ExplanationsDocument,
    Document.EXPORT: ExportDocument,
    Document.STORE_COPY: StoreCopyDocument,
    Document.PLAN_REPORT: PlanReportDocument,
    Document.JOB_REPORT: JobReportDocument,
    Document.JOBS: JobsDocument,
    Document.SHOWN_RECORD: ShownRecordDocument,
    Document.ENVIRONMENT: EnvironmentDocument,
    Document.RETIREMENT: RetirementDocument,
    Document.SUBMISSION: SubmissionDocument,
    Document.WITNESS: WitnessDocument,
    Document.SCHEMAS: SchemasDocument,
    Document.ERROR: ErrorDocument,
}
"""What weighin writes, by name: each has a field `format`, which its schema is named by."""

_READ: Final[Mapping[Document, Callable[[], Schema]]] = {
    Document.REQUIREMENTS: lambda: requirements_schema(rule_shapes()),
    Document.DECLARATIONS: declarations_schema,
    Document.SCORECARD: scorecard_schema,
}


def schema_of(document: Document) -> Schema:
    """The JSON Schema (2020-12) of a document."""
    model = WRITTEN.get(document)
    return _READ[document]() if model is None else document_schema(model)


def schema_text(document: Document) -> str:
    """The schema of a document as it is published, with a line break at the end."""
    return json.dumps(schema_of(document), indent=2) + "\n"
