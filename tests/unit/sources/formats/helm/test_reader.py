"""What the folder of a HELM run says, and what it does not."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from tests.making.logs.helm import Run, per_instance, spec, stat, state, stats
from tests.making.logs.mutations import hostile, mutated, values

import weighin.sources.formats.helm.state as helm_state_module
from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import FACETS_OF_LOGS, Agreement, Facet, Grade, agreement
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.helm.reader import HelmReader
from weighin.sources.formats.registry import reader_of

EXACT_MATCH = ("sums:level=1", "exact_match", "test")


def compared(left: Record, right: Record, facet: Facet) -> Agreement:
    return agreement(
        left.observation(facet).identifiers, right.observation(facet).identifiers, Grade.NAMED
    )


def fact(record: Record, name: FactName) -> object:
    known = record.fact(name)
    return None if known is None else known.value


def test_a_run_spec_is_recognised_by_its_reader_alone(tmp_path: Path):
    assert isinstance(reader_of(Run(tmp_path).written()), HelmReader)


def test_a_folder_of_a_run_is_one_record_and_leaves_nothing_unknown(tmp_path: Path):
    Run(tmp_path / "runs" / "v1" / "sums", state=state()).written()
    (tmp_path / "runs" / "v1" / "sums" / "scenario.json").write_text("{}")
    evidence = read_evidence([tmp_path])
    assert [(r.model, r.asked.task) for r in evidence.records] == [("acme/solver", "sums:level=1")]
    assert evidence.notes == ()


def test_files_of_a_run_may_be_named_one_by_one(tmp_path: Path):
    Run(tmp_path, state=state()).written()
    evidence = read_evidence(sorted(tmp_path.iterdir()))
    assert len(evidence.records) == 1


@pytest.mark.parametrize("name", ["stats.json", "per_instance_stats.json", "scenario_state.json"])
def test_a_part_of_a_run_without_its_run_spec_is_refused(name: str, tmp_path: Path):
    Run(tmp_path, state=state()).written()
    (tmp_path / "run_spec.json").unlink()
    file = ForeignFile(tmp_path / name, name)
    assert HelmReader().recognises(file)
    with pytest.raises(EvidenceError, match=r"expected the run_spec\.json of its HELM run"):
        HelmReader().read(file)


def test_a_file_of_such_a_name_that_is_not_helms_is_not_taken(tmp_path: Path):
    for name, content in (("stats.json", {"mean": 1}), ("run_spec.json", {"name": "x"})):
        (tmp_path / name).write_text(json.dumps(content))
        assert reader_of(ForeignFile(tmp_path / name, name)) is None


@pytest.mark.parametrize("part", ["scenario.json", "instances.json"])
def test_scenarios_of_nobody_are_not_taken(part: str, tmp_path: Path):
    (tmp_path / part).write_text("[]")
    assert reader_of(ForeignFile(tmp_path / part, part)) is None


def test_every_facet_is_observed_once_and_says_what_would_record_it(tmp_path: Path):
    observations = Run(tmp_path).record().observations
    assert sorted(o.facet for o in observations) == sorted(FACETS_OF_LOGS)
    assert [o.facet for o in observations if not o.how_to_record] == []


def test_the_name_of_the_benchmark_is_that_of_the_run_without_the_model(tmp_path: Path):
    names = {
        "sums:level=1,model=acme_solver": "sums:level=1",
        "sums:model=acme_solver": "sums",
        "sums:model=acme_solver,level=1": "sums:level=1",
        "sums:level=1,model=a,model_deployment=b,x=2": "sums:level=1,x=2",
        "sums": "sums",
    }
    for given_name, expected in names.items():
        document = spec() | {"name": given_name}
        assert Run(tmp_path, spec=document).record().asked.task == expected


def test_what_was_asked_stands_in_the_adapter_spec(tmp_path: Path):
    asked = Run(tmp_path).record().asked
    assert (asked.num_fewshot, asked.documents_scored) == (3, 4)
    assert asked.decoding == {
        "temperature": 0.0,
        "max_tokens": 16,
        "stop_sequences": ["\n"],
        "num_outputs": 1,
    }


def test_a_field_that_a_newer_version_added_with_its_default_is_no_difference(tmp_path: Path):
    older = Run(tmp_path / "old").record().asked.config_digest
    newer = Run(
        tmp_path / "new",
        spec=spec(
            global_suffix="",
            chain_of_thought_prefix="",
            chain_of_thought_suffix="\n",
            eval_splits=None,
            field_of_a_later_version=None,
        )
        | {"annotators": []},
    )
    assert newer.record().asked.config_digest == older


def test_the_model_and_the_limit_are_no_part_of_what_was_asked(tmp_path: Path):
    digests = {
        Run(tmp_path / key, spec=spec(**{key: value})).record().asked.config_digest
        for key, value in (
            ("model", "acme/other"),
            ("model_deployment", "openai/other"),
            ("max_eval_instances", 5),
        )
    }
    assert digests == {Run(tmp_path / "x").record().asked.config_digest}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("instructions", "Add up.\n"),
        ("max_train_instances", 0),
        ("temperature", 1.0),
        ("chain_of_thought_prefix", "Think. "),
    ],
)
def test_another_prompt_or_setting_is_another_question(key: str, value: object, tmp_path: Path):
    changed = Run(tmp_path / "a", spec=spec(**{key: value})).record().asked.config_digest
    assert changed != Run(tmp_path / "b").record().asked.config_digest


def test_one_model_at_two_deployments_is_not_known_to_be_one(tmp_path: Path):
    left = Run(tmp_path / "a").record()
    right = Run(tmp_path / "b", spec=spec(model_deployment="openai/solver")).record()
    assert compared(left, right, Facet.WEIGHTS) is Agreement.UNKNOWN
    assert compared(left, right, Facet.ENDPOINT) is Agreement.DIFFERENT


def test_a_run_before_deployments_has_no_endpoint_on_record(tmp_path: Path):
    document = spec()
    del document["adapter_spec"]["model_deployment"]
    older, newer = Run(tmp_path / "a", spec=document).record(), Run(tmp_path / "b").record()
    assert compared(older, newer, Facet.ENDPOINT) is Agreement.UNKNOWN
    assert compared(older, newer, Facet.WEIGHTS) is Agreement.UNKNOWN
    assert older.observation(Facet.WEIGHTS).grade is Grade.NAMED


def test_base_and_chat_variant_are_two_models(tmp_path: Path):
    base = Run(tmp_path / "a").record()
    chat = Run(tmp_path / "b", spec=spec(model="acme/solver-chat")).record()
    assert (base.model, chat.model) == ("acme/solver", "acme/solver-chat")


def test_decoding_has_no_bearing_where_no_text_is_generated(tmp_path: Path):
    document = spec(method="multiple_choice_separate_original")
    record = Run(tmp_path, spec=document).record()
    assert not record.observation(Facet.DECODING).applies
    assert record.asked.decoding == {}


def test_outputs_of_multiple_choice_are_log_probabilities_not_answers(tmp_path: Path):
    for method, answers in (("generation", 5), ("multiple_choice_joint", 1)):
        record = Run(tmp_path / method, spec=spec(method=method, num_outputs=5)).record()
        identifier = record.observation(Facet.TEST_TIME_COMPUTE).identifiers[0]
        assert identifier.value == {"answers_per_document": answers}


def test_fewer_documents_than_would_have_been_taken_are_all(tmp_path: Path):
    record = Run(tmp_path).record()
    assert (record.is_partial, record.asked.documents_total) == (False, 4)


def test_as_many_documents_as_were_allowed_are_not_shown_to_be_all(tmp_path: Path):
    record = Run(tmp_path, spec=spec(max_eval_instances=4)).record()
    assert (record.is_partial, record.asked.documents_total) == (True, None)


def test_costs_and_lengths_are_no_scores(tmp_path: Path):
    keys = [score.key for score in Run(tmp_path).record().scores]
    assert keys == ["exact_match,test", "ece_10_bin,test"]


def test_perturbed_scores_are_told_apart_where_documents_were_perturbed(tmp_path: Path):
    document = spec()
    document["data_augmenter_spec"] = {"perturbation_specs": [{"class_name": "Typos"}]}
    keys = [score.key for score in Run(tmp_path, spec=document).record().scores]
    assert "exact_match,test/robustness worst" in keys


def test_how_answers_ended_is_counted(tmp_path: Path):
    record = Run(tmp_path).record()
    assert fact(record, FactName.FINISH_REASONS) == {"stop": 3, "length": 1}
    assert fact(record, FactName.OUTPUT_TOKENS) == 2.5
    assert fact(record, FactName.REQUESTED_MODEL) == "together/solver"


def test_a_score_follows_from_its_documents(tmp_path: Path):
    again = Run(tmp_path).recomputed()
    assert again.values == {EXACT_MATCH: 0.75}
    assert again.documents == {EXACT_MATCH: 4}


def test_a_score_that_helm_derives_is_not_recomputed(tmp_path: Path):
    why_not = Run(tmp_path).recomputed().why_not
    assert why_not == {
        ("sums:level=1", "ece_10_bin", "test"): "ece_10_bin is not in per_instance_stats.json: "
        "HELM derives it"
    }


def test_a_score_is_the_mean_over_trials_of_the_mean_over_documents(tmp_path: Path):
    # (1 + 1 + 0 + 1) / 4 and (0 + 1) / 2.
    both = per_instance() + per_instance((0, 1), trial=1)
    assert Run(tmp_path, per_instance=both).recomputed().values == {EXACT_MATCH: 0.625}


def test_a_document_with_many_values_weighs_as_many(tmp_path: Path):
    rows = per_instance((1,))
    rows[0]["stats"].append(stat("exact_match", 0.0, count=3))
    assert Run(tmp_path, per_instance=rows).recomputed().values == {EXACT_MATCH: 0.25}


def test_documents_that_are_missing_show_in_the_count(tmp_path: Path):
    again = Run(tmp_path, per_instance=per_instance((1, 1, 1))).recomputed()
    assert again.documents == {EXACT_MATCH: 3}


@pytest.mark.parametrize("rows", [None, {}, [], "x"])
def test_without_documents_nothing_is_recomputed(rows: object, tmp_path: Path):
    again = Run(tmp_path, per_instance=rows).recomputed()
    assert again.values == {}
    assert set(again.why_not) >= {EXACT_MATCH}


def test_a_run_without_scores_is_noted(tmp_path: Path):
    reading = Run(tmp_path, stats=None).reading()
    assert reading.records[0].record.scores == ()
    assert reading.notes == (
        "run_spec.json: no stats.json beside it, so that the HELM run has no score",
    )


def test_requests_tell_when_it_ran_and_what_was_answered(tmp_path: Path):
    record = Run(tmp_path, state=state()).record()
    assert (record.run.started, record.run.finished) == (
        "2025-11-05T15:02:02Z",
        "2025-11-05T15:02:05Z",
    )
    assert fact(record, FactName.DISTINCT_OUTPUTS) == {"distinct": 3, "outputs": 4}
    assert fact(record, FactName.ERRORS) == {"errors": 0, "counted_as_wrong": None}


def test_the_digests_of_documents_and_prompts_do_not_depend_on_their_order(tmp_path: Path):
    turned = state()
    turned["request_states"].reverse()
    left, right = (
        Run(tmp_path / n, state=s).record().asked for n, s in (("a", state()), ("b", turned))
    )
    assert left.documents_digest == right.documents_digest is not None
    assert left.prompts_digest == right.prompts_digest is not None


def test_another_prompt_changes_the_digest_of_the_prompts_alone(tmp_path: Path):
    changed = state()
    changed["request_states"][0]["request"]["prompt"] += " "
    left, right = (
        Run(tmp_path / n, state=s).record().asked for n, s in (("a", state()), ("b", changed))
    )
    assert left.documents_digest == right.documents_digest
    assert left.prompts_digest != right.prompts_digest


def test_requests_that_are_too_large_to_hold_are_passed_over_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(helm_state_module, "MAX_STATE_BYTES", 100)
    reading = Run(tmp_path, state=state()).reading()
    assert reading.records[0].record.asked.prompts_digest is None
    (note,) = reading.notes
    assert "its requests were passed over" in note
    assert "expected at most 100 bytes" in note


def test_statistics_that_are_no_list_are_refused(tmp_path: Path):
    with pytest.raises(EvidenceError, match="expected a list of statistics, found dict"):
        Run(tmp_path, stats={}).record()


def test_a_broken_run_spec_is_refused(tmp_path: Path):
    path = tmp_path / "run_spec.json"
    path.write_text("{")
    file = ForeignFile(path, "run_spec.json")
    assert HelmReader().recognises(file)
    with pytest.raises(EvidenceError, match="expected JSON"):
        HelmReader().read(file)


@hostile
@given(document=mutated(spec()))
def test_any_mutation_of_a_run_spec_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(Run(tmp_path, spec=document, state=state()))


@hostile
@given(document=mutated(stats()) | values)
def test_any_mutation_of_the_statistics_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(Run(tmp_path, stats=document))


@hostile
@given(document=mutated(per_instance()) | values)
def test_any_mutation_of_the_documents_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(Run(tmp_path, per_instance=document))


@hostile
@given(document=mutated(state()) | values)
def test_any_mutation_of_the_requests_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(Run(tmp_path, state=document))


def read_anything(run: Run) -> None:
    file = run.written()
    reader = HelmReader()
    if not reader.recognises(file):
        return
    with suppress(EvidenceError):
        for read in reader.read(file).records:
            assert Record.model_validate_json(read.record.model_dump_json()) == read.record
            assert read.recompute is not None
            read.recompute()
