"""What a model card claims, under which name, in which unit."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.claims import MODEL_CARD, model_card
from tests.making.logs.inspect import fact, read
from tests.making.logs.mutations import hostile

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Facet, Grade
from weighin.sources.formats.claims.model_card import ModelCardReader
from weighin.sources.formats.registry import reader_of


def index(*lines: str) -> str:
    return "\n".join(["---", "model-index:", *lines, "---", ""])


def record_of(path: Path):
    (found,) = read(path).records
    return found.record


def test_a_result_is_a_record(tmp_path: Path):
    record = record_of(model_card(tmp_path))
    (score,) = record.scores
    assert (record.model, record.asked.task, record.asked.num_fewshot) == (
        "tiny",
        "ai2_arc/ARC-Challenge",
        25,
    )
    assert (score.metric, score.value) == ("acc_norm", 53.75)
    assert record.origin.pointer == "/model-index/0/results/0"


def test_the_weights_are_only_a_name_and_all_else_is_absent(tmp_path: Path):
    grades = {o.facet: o.grade for o in record_of(model_card(tmp_path)).observations}
    assert grades.pop(Facet.WEIGHTS) is Grade.NAMED
    assert set(grades.values()) == {Grade.ABSENT}


@pytest.mark.parametrize(
    ("written", "value", "units"),
    [
        ("73.8%", 73.8, {"acc_norm": "%"}),
        ("0.555", 0.555, {}),
        ('"0.555"', 0.555, {}),
        ("32.4", 32.4, {}),
        ("69.5 %", 69.5, {"acc_norm": "%"}),
    ],
)
def test_a_value_stays_in_its_unit(written: str, value: float, units: dict, tmp_path: Path):
    record = record_of(model_card(tmp_path, value=written))
    assert (record.scores[0].value, record.run.settings["units"]) == (value, units)


@pytest.mark.parametrize("written", ["high", "true", "12.3 ± 0.4", "[1, 2]", "1e999", '""'])
def test_what_is_no_number_is_passed_over_and_named(written: str, tmp_path: Path):
    try:
        reading = read(model_card(tmp_path, value=written))
    except EvidenceError as refused:
        assert "expected plain YAML" in str(refused)  # noqa: PT017  # either answer is an answer
        return
    assert len(reading.records) == 0
    assert "passed over, for its value is no number" in reading.notes[0]


def test_scores_under_the_name_of_another_model_say_so(tmp_path: Path):
    """Three public repositories publish one benchmark under the name of the first of them."""
    reading = read(model_card(tmp_path, name="tiny-34B"))
    assert "claims its scores under the name tiny-34B" in reading.notes[0]
    assert fact(reading.records[0].record, FactName.ARTIFACT_LABEL) == "tiny"


@pytest.mark.parametrize("name", ["tiny", "Tiny", "org/tiny"])
def test_the_name_of_the_repository_needs_no_note(name: str, tmp_path: Path):
    reading = read(model_card(tmp_path, name=name))
    assert reading.notes == ()
    assert reading.records[0].record.fact(FactName.ARTIFACT_LABEL) is None


def test_the_repository_of_a_cached_snapshot_is_known(tmp_path: Path):
    folder = tmp_path / "models--org--other" / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    path = folder / "README.md"
    path.write_text(MODEL_CARD.format(name="tiny", value="1", verified="false"))
    assert fact(record_of(path), FactName.ARTIFACT_LABEL) == "org/other"


def test_metrics_of_one_dataset_are_one_record(tmp_path: Path):
    text = index(
        "- name: tiny",
        "  results:",
        "  - {dataset: {type: beans, name: B}, metrics: [{type: accuracy, value: 0.9}]}",
        "  - {dataset: {type: beans, name: B}, metrics: [{type: f1, value: 0.66}]}",
    )
    record = record_of(model_card(tmp_path, text=text))
    assert [score.metric for score in record.scores] == ["accuracy", "f1"]


@pytest.mark.parametrize(
    "text",
    ["# Tiny\n", "---\nlicense: mit\n---\nmodel-index: below\n", "---\nmodel-index:\n- name: x\n"],
)
def test_a_card_without_an_index_is_not_recognised(text: str, tmp_path: Path):
    assert reader_of(ForeignFile(model_card(tmp_path, text=text), "README.md")) is None


def test_the_rest_of_the_card_may_be_malformed(tmp_path: Path):
    text = MODEL_CARD.format(name="tiny", value="1", verified="true").replace(
        "license: mit", "a: ["
    )
    assert record_of(model_card(tmp_path, text=text)).run.settings["verified"] == ["acc_norm"]


@pytest.mark.parametrize(
    "lines",
    [
        ("- &a {name: tiny, results: []}", "- *a"),
        ("- !!python/object/apply:os.system [ls]",),
        ("- name: tiny", "  name: other"),
        ("- {? [a] : b}",),
    ],
    ids=["alias", "tag", "duplicate key", "key that is no text"],
)
def test_yaml_beyond_plain_values_is_refused(lines: tuple[str, ...], tmp_path: Path):
    with pytest.raises(EvidenceError, match="expected plain YAML, found"):
        read(model_card(tmp_path, text=index(*lines)))


def test_an_index_too_long_is_refused(tmp_path: Path):
    text = index("- name: tiny", f"  x: {'y' * (5 << 20)}")
    with pytest.raises(EvidenceError, match="expected at most 4194304 bytes"):
        read(model_card(tmp_path, text=text))


@hostile
@given(cut=st.integers(0, len(MODEL_CARD)), junk=st.text(max_size=12))
def test_no_text_makes_the_reader_fail_with_another_error(cut: int, junk: str, tmp_path: Path):
    text = MODEL_CARD.replace("{", "").replace("}", "")
    path = model_card(tmp_path, text="")
    path.write_bytes((text[:cut] + junk + text[cut:]).encode("utf-8", "surrogatepass"))
    file, reader = ForeignFile(path, path.name), ModelCardReader()
    try:
        if reader.recognises(file):
            reader.read(file)
    except EvidenceError:
        pass
