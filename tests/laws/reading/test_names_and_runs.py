"""Logs name their model by what loads it, and two runs of one second are two."""

import hashlib
import json
from pathlib import Path

import pytest
from tests.making.logs import lm_eval
from tests.making.rules.builders import requirements

from weighin.api import check
from weighin.evidence.collected import Evidence
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import Agreement, Facet, Grade, Identifier, Kind, agreement
from weighin.requirements.model import Model
from weighin.rules.interface import Outcome, Verdict
from weighin.rules.shared.row import is_of_model
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.registry import reader_of

COMMIT = lm_eval.COMMIT
NOT_NAMED = "not named"


def judged(folder: Path, *documents: dict, name: str = "org/model") -> tuple[Verdict, Evidence]:
    """The verdict on logs of one task, each in a folder of its own."""
    logs = [lm_eval.written(one, folder / str(n)) for n, one in enumerate(documents)]
    file = folder / "requirements.yaml"
    file.write_text(
        "weighin: 1\nprofile: same-checkpoint\nevidence: named\n"
        f"model: {{name: {name}, checkpoint: c}}\n"
        "benchmarks: [{task: arc}]\n"
    )
    return check(file, logs), read_evidence(logs)


def outcome(verdict: Verdict, rule: str) -> list[Outcome]:
    return [one.finding.outcome for one in verdict.findings if one.rule == rule]


# --- two runs of one second --------------------------------------------------------------------


def scored(value: float, date: float) -> dict:
    document = lm_eval.modern(date=date)
    document["results"]["arc"]["acc,none"] = value
    return document


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ((1763762400.25, 1763762400.75), Outcome.MET),
        ((1763762400.25, 1763762400.25), Outcome.VIOLATED),
        ((1763762400.25, 1763762460.25), Outcome.MET),
    ],
)
def test_runs_are_told_apart_within_a_second(dates, expected, tmp_path: Path):
    verdict, _ = judged(tmp_path, scored(0.5, dates[0]), scored(0.75, dates[1]))
    assert outcome(verdict, "no-conflicting-scores") == [expected]


def test_a_renamed_copy_of_a_run_is_no_second_run(tmp_path: Path):
    document = scored(0.5, 1763762400.25)
    for name in (f"results_{lm_eval.STAMP}.json", "results_2026-03-01T00-00-00.5.json"):
        lm_eval.written(document, tmp_path / name[8:18], name)
    file = tmp_path / "requirements.yaml"
    file.write_text(
        "weighin: 1\nprofile: same-checkpoint\nevidence: named\n"
        "model: {name: org/model, checkpoint: c}\nbenchmarks: [{task: arc}]\n"
    )
    verdict = check(file, [tmp_path / "2026-02-21", tmp_path / "2026-03-01"])
    assert Outcome.VIOLATED not in outcome(verdict, "one-attempt")
    assert outcome(verdict, "no-conflicting-scores") == [Outcome.MET]


# --- names -------------------------------------------------------------------------------------

SPELLINGS = (
    "acme/base-8b/",
    "./acme/base-8b",
    "Acme/Base-8B",
    "acme//base-8b",
    "acme__base-8b",
    f"/cache/hub/models--acme--base-8b/snapshots/{COMMIT}",
    f"/cache/hub/models--Acme--base-8b/snapshots/{COMMIT}/",
)


def of_model(pretrained: str) -> dict:
    document = lm_eval.with_config(model_args=f"pretrained={pretrained}")
    document["model_name"] = pretrained
    return document


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_a_name_are_one_model(spelling: str):
    asking = requirements(model=Model(name="acme/base-8b", checkpoint="c"))
    assert is_of_model(asking, spelling)


@pytest.mark.parametrize("other", ["acme/base-8b-it", "acme/base_8b", "other/base-8b", "base/8b"])
def test_other_names_are_other_models(other: str):
    asking = requirements(model=Model(name="acme/base-8b", checkpoint="c"))
    assert not is_of_model(asking, other)


@pytest.mark.parametrize("spelling", ["acme/base-8b/", "Acme/Base-8B", "acme__base-8b"])
def test_spellings_before_a_revision_are_one_name(spelling: str):
    names = (
        (Identifier(kind=Kind.NAME, value=f"{name}@Main", grade=Grade.NAMED),)
        for name in ("acme/base-8b", spelling)
    )
    assert agreement(*names, Grade.NAMED) is Agreement.SAME


def test_a_revision_keeps_its_case():
    names = (
        (Identifier(kind=Kind.NAME, value=f"acme/base-8b@{revision}", grade=Grade.NAMED),)
        for revision in ("main", "Main")
    )
    assert agreement(*names, Grade.NAMED) is not Agreement.SAME


def test_a_path_keeps_its_case():
    asking = requirements(model=Model(name="/models/Base", checkpoint="c"))
    assert not is_of_model(asking, "/models/base")


@pytest.mark.parametrize("spelling", [one for one in SPELLINGS if not one.startswith(".")])
def test_spellings_of_a_name_are_one_artifact(spelling: str, tmp_path: Path):
    verdict, _ = judged(tmp_path, of_model("acme/base-8b"), of_model(spelling), name="acme/base-8b")
    assert Outcome.VIOLATED not in outcome(verdict, "one-artifact-per-name")
    told = [f.finding.statement for f in verdict.findings if f.rule == "one-artifact-per-name"]
    assert not [text for text in told if "2 artifacts" in text]
    assert "2 records under the name are of one commit" in told


def test_a_path_is_the_hub_name_that_an_alias_calls_it():
    asking = requirements(
        model=Model(name="acme/base-8b", aliases=("/models/base/",), checkpoint="c")
    )
    assert is_of_model(asking, "/models/base")


# --- the model's name --------------------------------------------------------------------------


def without_name(**config: object) -> dict:
    document = lm_eval.with_config(**config)
    del document["model_name"]
    return document


@pytest.mark.parametrize(
    ("backend", "arguments", "name"),
    [
        ("gpt2", "pretrained=org/model", "org/model"),
        ("gpt2", "device=cuda", NOT_NAMED),
        ("neox", {"load": "/ckpt/step1000"}, "/ckpt/step1000"),
        ("acme-engine", "model_id=org/other", "org/other"),
        ("acme-engine", "path=org/other", "org/other"),
        ("acme-engine", "", NOT_NAMED),
    ],
)
def test_a_model_is_named_by_what_loads_it(backend, arguments, name, tmp_path: Path):
    document = without_name(model=backend, model_args=arguments)
    record = lm_eval.record_of(document, tmp_path)
    assert record.model == name
    (place,) = record.observation(Facet.ENDPOINT).identifiers
    assert place.value == "in process"


@pytest.mark.parametrize(
    ("backend", "arguments"),
    [
        ("local-completions", "model=org/model"),
        ("acme-engine", "model=org/model,base_url=http://127.0.0.1:8000/v1"),
        ("acme-engine", "model=org/model,num_concurrent=4"),
        ("gguf", "base_url=http://127.0.0.1:8000"),
        ("acme_api", "model=org/model"),
    ],
)
def test_what_asks_a_server_is_not_in_process(backend, arguments, tmp_path: Path):
    document = without_name(model=backend, model_args=arguments)
    endpoint = lm_eval.record_of(document, tmp_path).observation(Facet.ENDPOINT)
    assert "in process" not in [i.value for i in endpoint.identifiers]


def samples(folder: Path) -> Path:
    folder.mkdir()
    row = {"doc_id": 0, "doc": {}, "target": "a", "resps": [["a"]], "acc": 1.0}
    path = folder / f"samples_arc_{lm_eval.STAMP}.jsonl"
    path.write_text(json.dumps(row) + "\n")
    return path


def records(path: Path) -> tuple[Record, ...]:
    file = ForeignFile(path, path.name)
    reader = reader_of(file)
    assert reader is not None
    return tuple(read.record for read in reader.read(file).records)


@pytest.mark.parametrize(("folder", "name"), [("out", NOT_NAMED), ("acme__base", "acme/base")])
def test_samples_alone_name_no_model(folder: str, name: str, tmp_path: Path):
    (record,) = records(samples(tmp_path / folder))
    assert record.model == name


# --- scores that are nested --------------------------------------------------------------------


def with_row(row: dict) -> dict:
    return {"results": {"arc": row}, "versions": {"arc": 0}}


@pytest.mark.parametrize(
    "row",
    [
        {"2022-01-01-00-00-00": {"acc": 0.3}},
        {"acc": "0.3"},
        {"acc": {"value": 0.3}},
        {"acc,none": {"mean": 0.3}, "alias": "arc"},
    ],
)
def test_a_nested_score_is_read(row: dict, tmp_path: Path):
    (score,) = lm_eval.record_of(with_row(row), tmp_path).scores
    assert (score.metric, score.value) == ("acc", 0.3)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"acc": [0.3, 0.4]}, "/results/arc/acc"),
        ({"2022": {"acc": 0.3}, "2023": {"acc": 0.4}}, "/results/arc/2022"),
        ({"acc": {"low": 0.3, "high": 0.4}, "f1": 0.5}, "/results/arc/acc"),
    ],
)
def test_what_is_no_score_is_passed_over_in_a_note(row: dict, place: str, tmp_path: Path):
    path = lm_eval.written(with_row(row), tmp_path)
    (note,) = read_evidence([path]).notes
    assert place in note


# --- the order of samples ----------------------------------------------------------------------


def hashed(rows: list[dict]) -> str:
    return hashlib.sha256(
        "".join(r["doc_hash"] + r["prompt_hash"] + r["target_hash"] for r in rows).encode()
    ).hexdigest()


def sample(number: int, filter_name: str) -> dict:
    doc, prompt, target = {"n": number}, f"{number}?", str(number)
    return {
        "doc_id": number, "doc": doc, "target": target, "arguments": [[prompt, {}]],
        "resps": [[target]], "filtered_resps": [target], "filter": filter_name,
        "metrics": ["acc"], "acc": float(number % 2),
        "doc_hash": hashlib.sha256(json.dumps(doc, indent=2).encode()).hexdigest(),
        "prompt_hash": hashlib.sha256(prompt.encode()).hexdigest(),
        "target_hash": hashlib.sha256(target.encode()).hexdigest(),
    }  # fmt: skip


def ranked(rows: list[dict], processes: int) -> list[dict]:
    return [r for rank in range(processes) for r in rows if r["doc_id"] % processes == rank]


def broken(folder: Path, stated: str, rows: list[dict]) -> list[str]:
    document = lm_eval.modern(task_hashes={"arc": stated})
    path = lm_eval.written(document, folder)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / f"samples_arc_{lm_eval.STAMP}.jsonl").write_text(text)
    return [one.found for one in lm_eval.read_log(path, "log.json").broken]


@pytest.mark.parametrize("filters", [("none",), ("strict", "flexible")])
@pytest.mark.parametrize("processes", [1, 3])
def test_reordered_samples_are_the_same_samples(filters, processes, tmp_path: Path):
    rows = [sample(n, name) for name in filters for n in range(12)]
    stated = hashed(ranked(rows, processes))
    shuffled = sorted(rows, key=lambda row: (row["doc_id"] * 7 % 12, row["filter"]))
    assert broken(tmp_path, stated, shuffled) == []


@pytest.mark.parametrize("change", ["other", "missing", "doubled"])
def test_other_samples_are_found_in_any_order(change: str, tmp_path: Path):
    rows = [sample(n, "none") for n in range(12)]
    stated = hashed(rows)
    others = {"other": [*rows[:-1], sample(99, "none")], "missing": rows[:-1]}
    given = others.get(change, [*rows, rows[0]])
    (found,) = broken(tmp_path, stated, given[::-1])
    assert "other samples" in found
