"""Results files of all versions of lm-eval, read as records."""

from pathlib import Path

import pytest
from tests.making.logs.lm_eval import (
    STAMP,
    modern,
    of_2022,
    read,
    read_log,
    record_of,
    with_config,
    written,
)

from weighin.errors import EvidenceError
from weighin.sources.formats.lm_eval.arguments import model_arguments
from weighin.sources.formats.lm_eval.reader import is_lm_eval_log
from weighin.sources.formats.lm_eval.results import DEFAULT_AGGREGATION, leaves_of

STAMPED = f"_{STAMP}.json"


def scores(document: dict, folder: Path) -> dict[str, float]:
    return {score.key: score.value for score in record_of(document, folder).scores}


def test_document_of_2022_is_read(tmp_path: Path):
    record = record_of(of_2022(), tmp_path)
    assert {s.key: s.value for s in record.scores} == {"acc,none": 0.5, "acc_norm,none": 0.25}
    assert (record.asked.num_fewshot, record.asked.task_version) == (25, "0")
    assert record.asked.config_digest is None
    assert record.model == "org/model"


def test_document_without_a_configuration_is_read(tmp_path: Path):
    document = {"results": {"arc": {"acc": 0.5}}, "versions": {"arc": 0}}
    record = record_of(document, tmp_path)
    assert (record.model, record.asked.num_fewshot, record.asked.documents_total) == (
        "not named",
        None,
        None,
    )


def test_modern_document_is_read(tmp_path: Path):
    record = record_of(modern(), tmp_path)
    acc, acc_norm = record.scores
    assert (acc.key, acc.value, acc.stderr, acc.aggregation, acc.documents) == (
        "acc,none",
        0.5,
        0.01,
        "mean",
        4,
    )
    assert acc_norm.stderr is None
    assert record.asked.num_fewshot == 25
    assert record.asked.task_version == "1.0"
    assert record.run.started == "2025-11-21T22:00:00.25Z"
    assert record.run.job_id == ""
    assert record.origin.pointer == "/results/arc"


def test_score_that_is_no_finite_number_is_named_not_read(tmp_path: Path):
    row = {"acc,none": float("nan"), "acc_norm,none": 10**400, "f1,none": True, "em,none": "high"}
    document = modern(results={"arc": {**row, " ": " ", "by_prompt": {"acc": 0.5}}})
    record = record_of(document, tmp_path)
    assert record.scores == ()
    odd = record.run.settings["scores_not_finite"]
    assert [text[:20] for text in odd] == [
        "arc: acc,none: nan",
        "arc: acc_norm,none: ",
        "arc: f1,none: True",
        "arc: em,none: high",
    ]


def test_metric_with_two_filters_has_two_scores(tmp_path: Path):
    row = {"em,strict": 0.25, "em_stderr,strict": 0.125, "em,loose": 0.5, "em_stderr,loose": "N/A"}
    record = record_of(modern(results={"arc": row}), tmp_path)
    assert [(s.filter, s.value, s.stderr) for s in record.scores] == [
        ("strict", 0.25, 0.125),
        ("loose", 0.5, None),
    ]


@pytest.mark.model
def test_arguments_are_cut_as_lm_eval_cuts_them():
    """lm-eval 0.4.13 on the same text; a comma inside a value ends it there too."""
    from lm_eval import utils

    text = "pretrained=org/a,max_images={'a':1,'b':2},,chat=x=y, dtype=half ,name='q,uoted',flag"
    ours = model_arguments({"config": {"model_args": text}}).values
    theirs = {
        key.strip(): str(value)
        for key, value in utils.simple_parse_args_string(text).items()
        if value not in {None, ""}
    }
    assert ours == theirs


def test_arguments_as_text_and_as_object_are_the_same():
    as_text = {"config": {"model": "hf", "model_args": "pretrained=a,load_in_4bit=True,peft=None"}}
    as_object = {"pretrained": "a", "load_in_4bit": True, "peft": None}
    assert model_arguments(as_text) == model_arguments(
        {"config": {"model": "hf", "model_args": as_object}}
    )


def test_run_with_an_adapter_goes_by_the_adapters_name(tmp_path: Path):
    document = with_config(model_args="pretrained=org/model,peft=out/epoch_20")
    del document["model_name"]
    assert record_of(document, tmp_path).model == "out/epoch_20"


@pytest.mark.parametrize("effective", [0, 3, 4])
def test_fewer_documents_than_the_split_has_are_partial(effective: int, tmp_path: Path):
    document = modern(n__samples={"arc": {"original": 4, "effective": effective}})
    assert record_of(document, tmp_path).is_partial is (effective < 4)


def test_limit_without_counts_is_partial(tmp_path: Path):
    document = with_config(limit=0.999)
    del document["n-samples"]
    assert record_of(document, tmp_path).is_partial


def test_group_has_the_scores_of_its_tasks(tmp_path: Path):
    document = modern(group_subtasks={"both": ["arc", "other"], "arc": [], "other": []})
    document["results"] |= {"both": {"acc,none": 0.6}, "other": {"acc,none": 0.7}}
    document["configs"]["other"] = document["configs"]["arc"]
    document["n-samples"]["other"] = {"original": 6, "effective": 6}
    document["n-shot"]["other"] = 25
    record = record_of(document, tmp_path, "both")
    assert {(s.task, s.key): s.value for s in record.scores if s.metric == "acc"} == {
        ("both", "acc,none"): 0.6,
        ("arc", "acc,none"): 0.5,
        ("other", "acc,none"): 0.7,
    }
    assert (record.asked.documents_total, record.asked.num_fewshot) == (10, 25)


def test_groups_that_contain_each_other_have_the_tasks_of_both():
    document = {
        "configs": {"a": {}, "b": {}},
        "group_subtasks": {"one": ["a", "two"], "two": ["one", "b"]},
    }
    assert leaves_of(document, "one") == ("a", "b")


def test_shots_that_differ_within_a_group_are_unknown(tmp_path: Path):
    document = modern(group_subtasks={"both": ["arc", "other"]}, n__shot={"arc": 25, "other": 0})
    document["results"]["both"] = {"acc,none": 0.6}
    document["configs"]["other"] = {}
    assert record_of(document, tmp_path, "both").asked.num_fewshot is None


def test_configuration_digest_does_not_depend_on_the_model(tmp_path: Path):
    other = modern()
    other["configs"]["arc"]["metadata"]["pretrained"] = "another/model"
    digests = {record_of(d, tmp_path).asked.config_digest for d in (modern(), other)}
    assert len(digests) == 1


@pytest.mark.model
def test_default_aggregations_are_those_of_lm_eval():
    from lm_eval.api import metrics, registry

    assert metrics
    theirs = {
        metric: registry.get_metric_aggregation(metric).__name__ for metric in DEFAULT_AGGREGATION
    }
    assert theirs == DEFAULT_AGGREGATION


@pytest.mark.parametrize("name", [f"results{STAMPED}", f"mine{STAMPED}"])
@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_samples_of_the_same_moment_belong_to_the_log(name: str, ending: str, tmp_path: Path):
    import gzip

    line = b'{"doc_id": 0, "filter": "none", "metrics": ["acc"], "acc": 1.0}\n'
    content = gzip.compress(line) if ending.endswith("gz") else line
    (tmp_path / f"samples_arc_{STAMP}{ending}").write_bytes(content)
    log = read_log(written(modern(), tmp_path, name), name)
    ((record, folder),) = log.records
    assert [(f.path, f.role, f.task) for f in record.files] == [
        (f"samples_arc_{STAMP}{ending}", "samples", "arc")
    ]
    assert folder == tmp_path
    assert record.asked.documents_scored == 1


@pytest.mark.parametrize("task", ["a/b", "x" * 300, "nul\0byte", "..", "cb+always/sometimes"])
def test_task_whose_name_is_no_file_name_has_no_samples(task: str, tmp_path: Path):
    assert record_of(modern(results={task: {"acc": 0.5}}), tmp_path, task).files == ()


def test_pointer_to_a_task_is_escaped(tmp_path: Path):
    record = record_of(modern(results={"a/b~c": {"acc": 0.5}}), tmp_path, "a/b~c")
    assert record.origin.pointer == "/results/a~1b~0c"


@pytest.mark.parametrize("date", [None, "yesterday", float("nan"), 1e300, True])
def test_start_that_is_no_moment_is_unknown(date: object, tmp_path: Path):
    assert record_of(modern(date=date), tmp_path).run.started == ""


def test_log_of_lighteval_is_none_of_lm_eval():
    assert not is_lm_eval_log({"config_general": {}, "results": {}, "versions": {}})


@pytest.mark.parametrize("value", [None, [], 3, {"results": []}, {"results": {}}, "results"])
def test_other_json_is_no_log(value: object):
    assert not is_lm_eval_log(value)


def test_refused_file_is_named(tmp_path: Path):
    path = tmp_path / "results_torn.json"
    path.write_text('{"results": {"arc": {"acc"')
    with pytest.raises(EvidenceError, match=r"results_torn\.json: expected a results file of"):
        read_log(path, "log")


@pytest.mark.parametrize(
    "content",
    [b'{"results": {"\\ud800": {}}}', b'{"results": {"\xed\xa0\x80": {}}}', b"\xff", b"[" * 10**5],
    ids=["escaped surrogate", "encoded surrogate", "no UTF-8", "too deep"],
)
def test_what_is_no_text_is_refused(content: bytes, tmp_path: Path):
    path = tmp_path / "log.json"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=r"log\.json: expected a results file of lm-eval"):
        read_log(path, "log")


def test_setting_that_is_no_plain_json_is_refused(tmp_path: Path):
    deep: object = 1
    for _ in range(400):
        deep = [deep]
    for limit in (deep, float("inf")):
        with pytest.raises(EvidenceError, match="expected a results file of lm-eval, found"):
            read(with_config(limit=limit), tmp_path)
