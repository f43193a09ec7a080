"""Reports of a check that lie among the evidence: in formats of others, which hold no scores."""

from typing import Final

from pydantic import JsonValue

from weighin.files.json.foreign import as_list, as_mapping

_KEYS_OF_CODE_QUALITY: Final = frozenset(
    {"description", "check_name", "fingerprint", "severity", "location"}
)


def is_report_for_machines(document: JsonValue) -> bool:
    """Whether parsed JSON is a SARIF log, of whatever tool, or a code quality report.

    An empty list is what such a report is where nothing is wrong, and is never evidence.
    """
    if isinstance(document, list):
        return all(as_mapping(entry).keys() >= _KEYS_OF_CODE_QUALITY for entry in document)
    log = as_mapping(document)
    runs = as_list(log.get("runs"))
    return "version" in log and bool(runs) and all("tool" in as_mapping(run) for run in runs)
