"""Every public file at hand is read, or refused with a reason that names it."""

from pathlib import Path

import pytest
from tests.making.places import CORPUS

from weighin.evidence.collected import Inspection
from weighin.identity.facets import FACETS_OF_LOGS, Facet, Grade
from weighin.sources.collecting.evidence import inspect_evidence

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)


@pytest.fixture(scope="module")
def inspection() -> Inspection:
    return inspect_evidence([CORPUS])


def test_every_file_is_read_or_belongs_to_one_or_is_refused_by_name(inspection: Inspection):
    read = {file.file for file in inspection.files}
    companions = {name for file in inspection.files for name in file.companions}
    refused = {file.file for file in inspection.unread}
    passed_over = " ".join(inspection.notes)
    missing = [
        path
        for path in map(str, CORPUS.rglob("*.*"))
        if Path(path).is_file() and path not in read | companions | refused
    ]
    assert all(path in passed_over or path.endswith(".md") for path in missing)
    assert len(read) > 600
    assert all(file.reason.startswith(file.file) for file in inspection.unread)


def test_nothing_in_a_public_log_is_measured(inspection: Inspection):
    assert not [
        (record.origin.file, facet)
        for file in inspection.files
        for record in file.records
        for facet in Facet
        if record.observation(facet).grade is Grade.MEASURED
    ]


def test_every_facet_of_every_row_is_observed_and_has_a_way_out(inspection: Inspection):
    for file in inspection.files:
        for record in file.records[:1]:
            for facet in FACETS_OF_LOGS:
                observed = record.observation(facet)
                if observed.applies and observed.grade is Grade.ABSENT:
                    assert observed.how_to_record, (file.file, facet)
