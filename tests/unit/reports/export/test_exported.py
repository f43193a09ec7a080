"""Records for other programs: valid there, the same every time, and read back as they were."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.inspect import document, written
from tests.making.logs.mutations import hostile
from tests.making.places import CORPUS, TESTS
from tests.making.reports import builders

from weighin import api
from weighin.errors import EvidenceError, UsageError
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Record, Score
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.reports.export.csv_table import export_csv
from weighin.reports.export.every_eval_ever import export_every_eval_ever
from weighin.reports.export.hub_eval_results import export_hub_eval_results
from weighin.sources.collecting.evidence import read_evidence

SCHEMA = json.loads(
    (TESTS / "making" / "reports" / "every_eval_ever" / "eval.schema.json").read_text()
)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def score(task="demo", metric="acc", filter_name="none", value=0.53125, stderr=0.0221):
    return Score(
        task=task,
        metric=metric,
        filter=filter_name,
        value=value,
        stderr=stderr,
        aggregation="mean",
        documents=120,
    )


def record(model="org/tiny", *, scores=None, dataset="org/data", settings=None) -> Record:
    """A record of weighin's own with tensors as its weights."""
    made = builders.record("demo")
    tensors = Identifier(kind=Kind.TENSORS, value="1f0c" * 16, grade=Grade.MEASURED)
    weights = builders.observation(Facet.WEIGHTS).model_copy(update={"identifiers": (tensors,)})
    return made.model_copy(
        update={
            "model": model,
            "scores": (score(),) if scores is None else tuple(scores),
            "observations": (weights,),
            "asked": made.asked.model_copy(
                update={
                    "dataset_path": dataset,
                    "num_fewshot": 5,
                    "decoding": {"temperature": 0.0, "max_gen_toks": 64, "until": ["\n"]},
                }
            ),
            "run": made.run.model_copy(update={"settings": settings or {}}),
        }
    )


SEVERAL = (
    score(),
    score(metric="exact_match", filter_name="strict-match", value=0.25, stderr=None),
    score(task="demo_part", value=1e-07),
)


def write(files, folder: Path) -> None:
    for file in files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)


def values(records) -> set[tuple[object, ...]]:
    return {
        (r.asked.task, s.task, s.metric, s.filter, s.value, s.stderr, s.documents)
        for r in records
        for s in r.scores
    }


def test_an_aggregate_is_valid_by_the_published_schema():
    (file,) = export_every_eval_ever([record(scores=SEVERAL)]).files
    assert list(VALIDATOR.iter_errors(json.loads(file.content))) == []


def test_an_aggregate_keeps_what_the_schema_has_no_field_for():
    (file,) = export_every_eval_ever([record()]).files
    details = json.loads(file.content)["model_info"]["additional_details"]
    (weights,) = json.loads(details["weighin.identifiers"])["weights"]
    assert (weights["kind"], weights["grade"]) == ("tensors", "measured")


def test_an_aggregate_is_read_back_with_the_same_scores(tmp_path: Path):
    original = record(scores=SEVERAL)
    write(export_every_eval_ever([original]).files, tmp_path)
    again = read_evidence([tmp_path]).records
    assert values(again) == values([original])
    assert [(r.model, r.asked.num_fewshot) for r in again] == [("org/tiny", 5)]


def test_what_was_measured_comes_back_as_somebodys_word(tmp_path: Path):
    write(export_every_eval_ever([record()]).files, tmp_path)
    (again,) = read_evidence([tmp_path]).records
    weights = again.observation(Facet.WEIGHTS)
    assert (weights.grade, weights.identifiers[0].value) == (Grade.DECLARED, "1f0c" * 16)


def test_a_partial_record_comes_back_partial(tmp_path: Path):
    partial = record().model_copy(update={"is_partial": True})
    write(export_every_eval_ever([partial]).files, tmp_path)
    assert [r.is_partial for r in read_evidence([tmp_path]).records] == [True]


def test_two_artifacts_under_one_name_stay_two(tmp_path: Path):
    """A public repository has 21 training checkpoints under one model name."""
    labels = [
        record().model_copy(
            update={
                "facts": (Fact(name=FactName.ARTIFACT_LABEL, value=label, grade=Grade.DECLARED),)
            }
        )
        for label in ("step_50", "step_100")
    ]
    exported = export_every_eval_ever([*labels, labels[0]])
    write(exported.files, tmp_path)
    facts = [r.fact(FactName.ARTIFACT_LABEL) for r in read_evidence([tmp_path]).records]
    assert sorted(fact.value for fact in facts) == ["step_100", "step_50"]
    assert exported.notes == ("the same as another in this format, written once: 1",)


def test_an_unknown_direction_of_a_metric_is_said_to_be_unknown():
    (file,) = export_every_eval_ever([record(scores=[score(metric="wobble")])]).files
    (result,) = json.loads(file.content)["evaluation_results"]
    assert (
        "not recorded" in result["metric_config"]["additional_details"]["weighin.lower_is_better"]
    )


@pytest.mark.parametrize("export", [export_every_eval_ever, export_hub_eval_results, export_csv])
def test_the_same_records_give_the_same_bytes(export):
    assert export([record(scores=SEVERAL)]) == export([record(scores=SEVERAL)])


def test_another_score_gives_another_id():
    one, other = (
        export_every_eval_ever([record(scores=[score(value=value)])]).files[0]
        for value in (0.5, 0.6)
    )
    assert one.path != other.path
    ids = {json.loads(file.content)["evaluation_id"] for file in (one, other)}
    assert len(ids) == 2


def test_hub_results_are_read_back_with_the_same_scores(tmp_path: Path):
    original = record(scores=SEVERAL[:2])
    exported = export_hub_eval_results([original])
    write(exported.files, tmp_path / "tiny")
    again = read_evidence([tmp_path]).records
    assert {(s.metric, s.filter, s.value, s.stderr) for r in again for s in r.scores} == {
        (s.metric, s.filter, s.value, s.stderr) for s in original.scores
    }
    assert {(r.model, r.asked.dataset_path) for r in again} == {("tiny", "org/data")}


def test_hub_results_have_the_fields_of_the_specification():
    from ruamel.yaml import YAML

    (file,) = export_hub_eval_results([record()]).files
    (entry,) = YAML(typ="safe").load(file.content.decode())
    assert file.path == ".eval_results/weighin.yaml"
    assert (entry["dataset"], entry["value"]) == ({"id": "org/data", "task_id": "demo"}, 0.53125)
    assert set(entry) <= {"dataset", "value", "verifyToken", "date", "source", "notes"}
    assert "weights measured" in entry["notes"]


def test_hub_results_of_several_models_lie_apart():
    exported = export_hub_eval_results([record("org/a"), record("org/b")])
    assert [file.path for file in exported.files] == [
        "org--a/.eval_results/weighin.yaml",
        "org--b/.eval_results/weighin.yaml",
    ]


def test_what_the_hub_cannot_hold_is_counted():
    exported = export_hub_eval_results([record(dataset="gsm8k"), record(scores=SEVERAL)])
    assert any("not named org/name on the hub, left out: 1" in note for note in exported.notes)
    assert any("tasks within a benchmark, left out: 1" in note for note in exported.notes)


def test_a_percentage_keeps_its_unit(tmp_path: Path):
    original = record(scores=[score(value=73.8, stderr=None)], settings={"units": {"acc": "%"}})
    write(export_hub_eval_results([original]).files, tmp_path / "tiny")
    (again,) = read_evidence([tmp_path]).records
    assert (again.scores[0].value, again.run.settings["units"]) == (73.8, {"value": "%"})


def rows_of(records) -> list[dict[str, str]]:
    (file,) = export_csv(records).files
    return list(csv.DictReader(file.content.decode().splitlines()))


def test_a_table_has_a_row_a_score_with_facets_and_grades():
    rows = rows_of([record(scores=SEVERAL)])
    assert [(row["task"], float(row["value"])) for row in rows] == [
        ("demo", 0.53125),
        ("demo", 0.25),
        ("demo_part", 1e-07),
    ]
    assert (rows[0]["weights_grade"], rows[0]["tokenizer_grade"]) == ("measured", "absent")


def test_no_two_columns_have_one_name():
    (file,) = export_csv([record()]).files
    columns = file.content.decode().splitlines()[0].split(",")
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)"])
def test_no_text_in_a_table_is_a_formula(name: str):
    (row,) = rows_of([record(name)])
    assert row["model"] == f"'{name}"


@pytest.mark.parametrize("to", ["eee", "csv"])
def test_a_second_export_changes_nothing(to: str, tmp_path: Path):
    log = written(document(), tmp_path)
    first = api.export([log], to=to, into=tmp_path / "out")
    second = api.export([log], to=to, into=tmp_path / "out")
    assert (len(first.written), second.written) == (1, ())
    assert second.unchanged == first.written


def test_nothing_is_overwritten(tmp_path: Path):
    place = tmp_path / "scores.csv"
    place.write_text("mine\n")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        api.export([written(document(), tmp_path)], to="csv", into=place)
    assert place.read_text() == "mine\n"


def test_nothing_is_written_if_one_of_the_files_is_taken(tmp_path: Path):
    log, other = written(document(), tmp_path), document()
    other["eval"]["task"] = "rivers"
    both = [log, written(other, tmp_path, "other.json")]
    (taken, _) = api.export(both, to="eee", into=tmp_path / "probe").written
    place = tmp_path / "out" / taken.relative_to(tmp_path / "probe")
    place.parent.mkdir(parents=True)
    place.write_text("mine")
    with pytest.raises(UsageError, match="nothing is overwritten"):
        api.export(both, to="eee", into=tmp_path / "out")
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [place]


def test_evidence_without_a_score_is_refused(tmp_path: Path):
    with pytest.raises(EvidenceError, match="expected records or logs with scores, found none"):
        api.export([tmp_path], to="csv", into=tmp_path / "out.csv")


def test_an_unknown_format_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="expected one of eee, hf-eval-results, csv"):
        api.export([tmp_path], to="xml", into=tmp_path)


@hostile
@given(texts=st.lists(st.text(max_size=12), min_size=4, max_size=4), value=st.floats(-1e9, 1e9))
def test_no_name_makes_an_export_invalid_or_leave_its_folder(texts: list[str], value: float):
    names = [text.encode("utf-8", "replace").decode() or "x" for text in texts]
    hostile_score = score(task=names[1], metric=names[2], filter_name=names[3], value=value)
    found = record(names[0], scores=[hostile_score], settings={"units": {names[2]: "%"}})
    (file,) = export_every_eval_ever([found]).files
    assert list(VALIDATOR.iter_errors(json.loads(file.content))) == []
    assert file.path.startswith("data/weighin/")
    assert ".." not in file.path.split("/")
    (row,) = rows_of([found])
    assert float(row["value"]) == value


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public files are not at hand")
@pytest.mark.parametrize("folder", ["inspect", "hf_model_cards"])
def test_public_logs_and_cards_become_valid_aggregates_of_the_same_scores(
    folder: str, tmp_path: Path
):
    named = [
        path for path in sorted((CORPUS / folder).iterdir()) if "modelcard.md" not in path.name
    ]
    originals = [
        record
        for path in named
        if path.stat().st_size
        for record in read_evidence([path]).records
        if record.scores
    ]
    files = export_every_eval_ever(originals).files
    assert [e.message for f in files for e in VALIDATOR.iter_errors(json.loads(f.content))] == []
    write(files, tmp_path)
    assert values(read_evidence([tmp_path]).records) == values(originals)
