"""What a results file of LightEval says, in either era, and what it does not."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs.lighteval import (
    COMMIT,
    HASHES,
    NAME,
    STAMP,
    modern,
    of_2025,
    record,
    records,
    with_model,
    written,
)
from tests.making.logs.mutations import hostile, mutated, values

from weighin.errors import EvidenceError
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.identity.facets import FACETS_OF_LOGS, Agreement, Facet, Grade, agreement
from weighin.sources.collecting.evidence import read_evidence
from weighin.sources.formats.lighteval.reader import LightEvalReader
from weighin.sources.formats.registry import reader_of

BOTH_ERAS = pytest.mark.parametrize("document", [of_2025(), modern()], ids=["2025", "modern"])


def compared(left: Record, right: Record, facet: Facet) -> Agreement:
    return agreement(
        left.observation(facet).identifiers, right.observation(facet).identifiers, Grade.DECLARED
    )


def fact(found: Record, name: FactName) -> object:
    known = found.fact(name)
    return None if known is None else known.value


@BOTH_ERAS
def test_a_file_of_either_era_is_recognised_by_its_reader_alone(document: dict, tmp_path: Path):
    assert isinstance(reader_of(written(document, tmp_path)), LightEvalReader)


@BOTH_ERAS
def test_every_facet_is_observed_once(document: dict, tmp_path: Path):
    found = [observation.facet for observation in record(document, tmp_path).observations]
    assert sorted(found) == sorted(FACETS_OF_LOGS)


@BOTH_ERAS
def test_every_facet_says_what_would_record_it(document: dict, tmp_path: Path):
    silent = [o.facet for o in record(document, tmp_path).observations if not o.how_to_record]
    assert silent == []


@BOTH_ERAS
def test_nothing_is_measured_or_pinned(document: dict, tmp_path: Path):
    grades = {observation.grade for observation in record(document, tmp_path).observations}
    assert grades <= {Grade.DECLARED, Grade.NAMED, Grade.ABSENT}


def test_the_average_over_all_tasks_is_no_benchmark(tmp_path: Path):
    assert [r.asked.task for r in records(of_2025(), tmp_path)] == ["custom|sums|0"]


def test_an_average_of_subtasks_is_a_benchmark_of_its_own(tmp_path: Path):
    document = of_2025()
    document["results"] |= {
        "lighteval|mmlu:_average|5": {"acc": 0.5},
        "lighteval|mmlu:law|5": {"acc": 0.5},
    }
    found = {r.asked.task: r.scores[0].aggregation for r in records(document, tmp_path)}
    assert found["lighteval|mmlu:_average|5"] == "mean of tasks"
    assert len(found) == 3


def test_a_score_has_its_standard_error_and_its_documents(tmp_path: Path):
    (score,) = record(of_2025(), tmp_path).scores
    assert (score.metric, score.value, score.stderr) == ("extractive_match", 0.4, 0.09)
    assert (score.filter, score.aggregation, score.documents) == ("none", "mean", 30)


def test_what_was_asked_stands_in_the_task_config(tmp_path: Path):
    asked = record(modern(), tmp_path).asked
    assert (asked.dataset_path, asked.dataset_revision) == ("acme/sums", "v1.1")
    assert (asked.num_fewshot, asked.task_version) == (2, "2")


def test_a_count_of_minus_one_is_no_count(tmp_path: Path):
    asked = record(modern(), tmp_path).asked
    assert (asked.documents_total, asked.documents_scored) == (None, None)


def test_fewer_documents_than_the_split_has_is_a_part(tmp_path: Path):
    document = of_2025()
    document["config_tasks"]["custom|sums"]["effective_num_docs"] = 10
    assert record(document, tmp_path).is_partial
    assert not record(of_2025(), tmp_path).is_partial


def test_a_limit_is_a_part_where_documents_are_not_counted(tmp_path: Path):
    document = modern()
    document["config_general"]["max_samples"] = 10
    assert record(document, tmp_path).is_partial


def test_a_score_that_is_no_number_is_listed(tmp_path: Path):
    document = of_2025()
    document["results"]["custom|sums|0"]["extractive_match"] = float("nan")
    found = record(document, tmp_path)
    assert found.scores == ()
    assert found.run.settings["scores_not_finite"] == ["custom|sums|0: extractive_match: nan"]


def test_the_weights_are_only_named_where_the_file_has_no_commit(tmp_path: Path):
    weights = record(of_2025(), tmp_path).observation(Facet.WEIGHTS)
    assert weights.grade is Grade.NAMED
    assert [identifier.value for identifier in weights.identifiers] == ["acme/solver"]


def test_a_commit_that_was_looked_up_is_declared(tmp_path: Path):
    document = of_2025()
    document["config_general"]["model_sha"] = COMMIT
    weights = record(document, tmp_path).observation(Facet.WEIGHTS)
    assert weights.grade is Grade.DECLARED
    assert weights.identifiers[0].value == f"acme/solver@{COMMIT}"


def test_a_revision_that_is_a_commit_is_declared_and_one_that_is_a_name_is_named(tmp_path: Path):
    by_commit = record(with_model(revision=COMMIT), tmp_path).observation(Facet.WEIGHTS)
    by_name = record(with_model(revision="main"), tmp_path).observation(Facet.WEIGHTS)
    assert by_commit.grade is Grade.DECLARED
    assert [i.value for i in by_name.identifiers] == ["acme/solver@main"]
    assert by_name.grade is Grade.NAMED


def test_a_commit_of_a_local_folder_is_no_commit_of_a_hub(tmp_path: Path):
    document = with_model(model_name="./out", revision=COMMIT)
    document["config_general"]["model_name"] = "./out"
    assert record(document, tmp_path).observation(Facet.WEIGHTS).grade is Grade.NAMED


def test_a_base_and_an_adapter_on_it_do_not_share_their_weights(tmp_path: Path):
    base = with_model(revision=COMMIT)
    adapted = with_model(revision=COMMIT, base_model="acme/solver", adapter_weights=True)
    adapted["config_general"]["model_name"] = "acme/adapter"
    left, right = record(base, tmp_path), record(adapted, tmp_path)
    assert compared(left, right, Facet.WEIGHTS) is Agreement.UNKNOWN
    assert right.observation(Facet.ADAPTERS).identifiers[0].value == "acme/adapter"


def test_a_dtype_of_null_or_auto_is_unset(tmp_path: Path):
    for document in (of_2025(), with_model(dtype=None), with_model(dtype="auto")):
        assert record(document, tmp_path).observation(Facet.DTYPE).identifiers == ()


def test_a_dtype_that_is_set_differs_from_another_and_not_from_an_unset_one(tmp_path: Path):
    bfloat16 = record(modern(), tmp_path)
    float16 = record(with_model(dtype="torch.float16"), tmp_path)
    unset = record(of_2025(), tmp_path)
    assert compared(bfloat16, float16, Facet.DTYPE) is Agreement.DIFFERENT
    assert compared(bfloat16, unset, Facet.DTYPE) is Agreement.UNKNOWN


def test_a_dtype_of_4bit_is_a_quantisation(tmp_path: Path):
    found = record(with_model(dtype="4bit"), tmp_path)
    assert found.observation(Facet.DTYPE).identifiers == ()
    assert found.observation(Facet.QUANTIZATION).identifiers[0].value == {"dtype": "4bit"}


def test_the_engine_is_told_by_the_fields_of_its_config_and_only_named(tmp_path: Path):
    engine = record(modern(), tmp_path).observation(Facet.ENGINE)
    assert (engine.identifiers[0].value, engine.grade) == ("vllm", Grade.NAMED)
    assert record(of_2025(), tmp_path).observation(Facet.ENGINE).grade is Grade.ABSENT


def test_no_system_prompt_is_declared_by_the_model_config_only(tmp_path: Path):
    stated = record(modern(), tmp_path).observation(Facet.SYSTEM_PROMPT)
    assert stated.identifiers[0].value == {"sha256": None}
    assert record(of_2025(), tmp_path).observation(Facet.SYSTEM_PROMPT).identifiers == ()


def test_a_chat_template_that_was_forced_is_not_known_to_be_the_same(tmp_path: Path):
    forced = record(with_model(override_chat_template=True), tmp_path)
    forbidden = record(with_model(override_chat_template=False), tmp_path)
    assert compared(forced, forced, Facet.CHAT_TEMPLATE) is Agreement.UNKNOWN
    assert compared(forbidden, forbidden, Facet.CHAT_TEMPLATE) is Agreement.SAME


def test_a_template_left_to_the_tokenizer_is_not_recorded(tmp_path: Path):
    assert record(modern(), tmp_path).observation(Facet.CHAT_TEMPLATE).identifiers == ()


def test_remote_code_that_was_allowed_is_not_known_to_be_the_same(tmp_path: Path):
    allowed = record(with_model(trust_remote_code=True), tmp_path)
    assert compared(allowed, allowed, Facet.REMOTE_CODE) is Agreement.UNKNOWN


def test_decoding_is_what_was_set(tmp_path: Path):
    found = record(modern(), tmp_path)
    identifier = found.observation(Facet.DECODING).identifiers[0]
    assert identifier.value == {"temperature": 0.6, "top_p": 0.95}
    assert found.asked.decoding["max_new_tokens"] == 32768
    assert record(of_2025(), tmp_path).observation(Facet.DECODING).identifiers == ()


def test_a_parameter_set_in_one_log_and_not_in_another_is_unknown(tmp_path: Path):
    with_seed = with_model(generation_parameters={"temperature": 0.6, "top_p": 0.95, "seed": 1})
    left, right = record(modern(), tmp_path), record(with_seed, tmp_path)
    assert compared(left, right, Facet.DECODING) is Agreement.UNKNOWN


def test_decoding_has_no_bearing_where_every_metric_reads_log_probabilities(tmp_path: Path):
    document = modern()
    document["config_tasks"]["lighteval|sums|2"]["metrics"][0]["category"] = "LOGPROBS"
    assert not record(document, tmp_path).observation(Facet.DECODING).applies


def test_a_metric_over_several_answers_says_how_many(tmp_path: Path):
    document = of_2025()
    document["results"]["custom|sums|0"] = {"math_pass@1:4_samples": 0.5}
    found = record(document, tmp_path)
    computed = found.observation(Facet.TEST_TIME_COMPUTE).identifiers[0]
    assert computed.value == {"answers_per_document": 4}
    assert fact(found, FactName.AGGREGATION) == "pass@1:4"


def test_hashes_of_prompts_stay_in_their_own_scope(tmp_path: Path):
    found = record(of_2025(), tmp_path)
    assert found.asked.prompts_digest is None
    assert found.run.settings["lighteval_hashes"] == HASHES


def test_a_secret_in_the_model_config_is_not_copied(tmp_path: Path):
    assert "sk-secret" not in record(modern(), tmp_path).model_dump_json()


def test_the_commit_of_lighteval_is_a_fact_where_it_is_one(tmp_path: Path):
    document = of_2025()
    assert fact(record(document, tmp_path), FactName.HARNESS_COMMIT) is None
    document["config_general"]["lighteval_sha"] = COMMIT
    assert fact(record(document, tmp_path), FactName.HARNESS_COMMIT) == COMMIT


def test_the_details_files_of_a_run_are_its_companions(tmp_path: Path):
    file = written(of_2025(), tmp_path, f"results/acme/solver/{NAME}")
    details = tmp_path / "details" / "acme" / "solver" / STAMP
    details.mkdir(parents=True)
    parquet = details / f"details_custom|sums|0_{STAMP}.parquet"
    parquet.write_bytes(b"PAR1")
    reading = LightEvalReader().read(file)
    assert reading.companions == (parquet,)
    notes = read_evidence([tmp_path]).notes
    assert notes == ()


def test_a_file_without_scores_is_refused(tmp_path: Path):
    document = of_2025()
    document["results"] = {"all": {}}
    with pytest.raises(EvidenceError, match="at least one task under results, found none"):
        records(document, tmp_path)


@hostile
@given(document=mutated(of_2025()) | mutated(modern()))
def test_any_mutation_of_a_document_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(document, tmp_path)


@hostile
@given(
    general=st.dictionaries(st.sampled_from(["model_name", "model_config", "model_sha"]), values),
    rows=st.dictionaries(st.sampled_from(["a|b|0", "a|b|²", "x"]), values, min_size=1),
    tasks=values,
)
def test_any_document_is_read_or_refused(general: dict, rows: dict, tasks: object, tmp_path: Path):
    document = {"config_general": general, "results": rows, "config_tasks": tasks}
    read_anything(document, tmp_path)


def read_anything(document: object, folder: Path) -> None:
    path = folder / NAME
    path.write_text(json.dumps(document))
    file = ForeignFile(path, NAME)
    reader = LightEvalReader()
    if not reader.recognises(file):
        return
    with suppress(EvidenceError):
        for read in reader.read(file).records:
            assert Record.model_validate_json(read.record.model_dump_json()) == read.record
            assert read.recompute is not None
            read.recompute()
