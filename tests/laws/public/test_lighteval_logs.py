"""Real public files of LightEval, where a copy of them is at hand."""

import csv
import shutil
from collections import defaultdict
from statistics import mean

import pytest
from tests.making.places import CORPUS

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.lighteval.reader import LightEvalReader
from weighin.sources.formats.registry import reader_of

pytestmark = pytest.mark.skipif(
    not (CORPUS / "index.csv").is_file(), reason="the public result files are not at hand"
)
OPEN_RS = "knoveleng/open-rs"


def rows() -> list[dict[str, str]]:
    with (CORPUS / "index.csv").open() as stream:
        return [row for row in csv.DictReader(stream) if row["framework"] == "lighteval"]


@pytest.fixture(scope="module")
def open_rs(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The logs of open-rs, in the folders in which their authors published them."""
    folder = tmp_path_factory.mktemp("open-rs")
    for row in rows():
        if row["source_repo"] == OPEN_RS:
            path = folder / row["source_path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(CORPUS / row["file"], path)
    return list(read_evidence([folder]).records)


def label(record: Record) -> str:
    fact = record.fact(FactName.ARTIFACT_LABEL)
    return "" if fact is None else str(fact.value)


def by_label(records: list[Record], place: str) -> dict[str, dict[str, float]]:
    """Score in percent by task by label, of the logs below a folder."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for record in records:
        if f"/{place}/" in record.origin.file:
            found[label(record)][record.asked.task.split("|")[1]] = 100 * record.scores[0].value
    return found


def test_every_file_is_read():
    assert len(rows()) == 95
    for row in rows():
        file = ForeignFile(CORPUS / row["file"], row["file"])
        reader = reader_of(file)
        assert isinstance(reader, LightEvalReader), row["file"]
        for read in reader.read(file).records:
            assert read.record.scores, row["file"]


def test_82_logs_of_21_checkpoints_go_by_one_name(open_rs: list[Record]):
    assert len(open_rs) == 82
    assert {record.model for record in open_rs} == {"quyanh/OpenRS-GRPO"}
    assert len({label(record) for record in open_rs}) == 21
    assert "" not in {label(record) for record in open_rs}


def test_no_log_says_more_of_the_weights_than_their_name(open_rs: list[Record]):
    assert {r.observation(Facet.WEIGHTS).grade for r in open_rs} == {Grade.NAMED}
    assert {r.observation(Facet.DTYPE).grade for r in open_rs} == {Grade.ABSENT}


def test_labels_survive_the_flattening_of_the_folders(open_rs: list[Record]):
    flat = set()
    for row in rows():
        if row["source_repo"] == OPEN_RS:
            name = row["file"].partition("/")[2]
            read = LightEvalReader().read(ForeignFile(CORPUS / row["file"], name))
            flat.add(label(read.records[0].record))
    assert flat == {label(record) for record in open_rs}


def test_the_published_averages_follow_from_the_logs_of_one_checkpoint_each(
    open_rs: list[Record],
):
    """53.0, 55.7 and 56.3 are printed for RS1, RS2 and RS3."""
    averages = {
        checkpoint: mean(scores.values())
        for checkpoint, scores in by_label(open_rs, "overall").items()
    }
    assert averages == pytest.approx({"Exp1_100": 53.0, "Exp2_50": 55.7, "Exp3_50": 56.3}, abs=0.1)


def test_the_two_best_scores_that_are_published_together_are_of_two_checkpoints(
    open_rs: list[Record],
):
    """AMC23 80% and AIME24 46.7% stand in one sentence; no checkpoint has both."""
    scores = by_label(open_rs, "overall")
    assert {k for k, v in scores.items() if round(v["amc23"], 1) == 80.0} == {"Exp2_50"}
    assert {k for k, v in scores.items() if round(v["aime24"], 1) == 46.7} == {"Exp3_50"}
    assert round(scores["Exp2_50"]["aime24"], 1) == 30.0
    assert round(scores["Exp3_50"]["amc23"], 1) == 72.5
