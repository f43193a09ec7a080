"""A file of no format is told which formats it comes near, and what lacks."""

import gzip
from pathlib import Path

import pytest
from tests.making.logs.every_format import log_of

from weighin.api import inspect
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import as_mapping
from weighin.sources.formats.nearest import nearest_formats
from weighin.sources.formats.not_read import told_as_other
from weighin.sources.formats.registry import READERS, reader_of

JSON_OBJECTS = (
    "lm-eval results",
    "LightEval of 2025",
    "LightEval",
    "Inspect JSON",
    "HELM",
    "Every Eval Ever",
    "simple-evals",
    "gpt-oss evals",
    "EvalPlus",
    "BigCode",
    "SWE-bench",
)


def why(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    (file,) = inspect([folder / name]).unread
    return file.reason


def test_keys_and_the_nearest_formats_are_named(tmp_path: Path):
    assert why(tmp_path, "a.json", '{"configs": {}, "versions": {}, "rows": 1}').endswith(
        "found a JSON object with the keys 'configs', 'versions', 'rows'; nearest: lm-eval "
        "results, without 'results', 'config'; LightEval results, without 'config_general', "
        "'results'"
    )


def test_columns_are_named(tmp_path: Path):
    assert why(tmp_path, "a.csv", "dataset,metric,value\n1,2,3\n").endswith(
        "found a table with the columns 'dataset', 'metric', 'value'; nearest: OpenCompass "
        "summary, without 'version', 'mode'"
    )


def test_keys_of_yaml_are_named(tmp_path: Path):
    assert "YAML with the keys 'model', 'score'; nearest: " in why(
        tmp_path, "a.yaml", "model: a\nscore: 1\n"
    )


def test_a_list_is_told_by_its_first_item(tmp_path: Path):
    assert "a list, the first with the keys 'graded_list'; nearest: LiveCodeBench results" in why(
        tmp_path, "a.json", '[{"graded_list": []}]'
    )


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_lines_are_told_by_the_first(ending: str, tmp_path: Path):
    path = tmp_path / f"a{ending}"
    text = b'{"doc_id": 1, "answer": "b"}\n{}\n'
    path.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    (file,) = inspect([path]).unread
    assert file.reason.endswith(
        "found lines of JSON, the first with the keys 'doc_id', 'answer'; nearest: lm-eval "
        "samples, without 'doc', 'target', 'arguments', 'resps' and 1 more"
    )


@pytest.mark.parametrize("name", ["a.parquet", "a.zip"])
def test_other_files_are_told_by_their_ending(name: str, tmp_path: Path):
    assert why(tmp_path, name, "x").endswith(f"found a .{name.partition('.')[2]} file")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.md", "# Notes\n\nwords\n", "without a table of lm-eval, or any other table"),
        ("a.md", "---\nlicense: mit\n---\n# Card\n", "without a model-index in its front matter"),
        ("a.md", "| Model | GSM8K |\n|:--|--:|\n| a | 7.1 |\n", "`weighin scorecard` reads the"),
        ("a.txt", "words", "found a .txt file without a table of lm-eval"),
    ],
)
def test_a_text_says_what_it_lacks(name: str, text: str, found: str, tmp_path: Path):
    assert found in why(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text", "keys"),
    [
        (
            "results.json",
            '{"no_generation": [], "resolved": ["a-1"]}',
            "'no_generation', 'resolved'",
        ),
        (
            "run.json",
            '{"run_id": "r", "model": "m", "results": {}}',
            "'run_id', 'model', 'results'",
        ),
        ("a_pass_at_k.json", '{"pass@1": 0.5, "subset": "full"}', "'pass@1', 'subset'"),
        ("evals.jsonl", '{"spec": {"eval_name": "x"}}\n{"final_report": {}}\n', "'spec'"),
    ],
)
def test_files_beside_known_ones_are_refused_with_their_keys(name, text, keys, tmp_path: Path):
    assert f"keys {keys}; nearest: " in why(tmp_path, name, text)


OTHERS = {
    "AlpacaEval": ("a.csv", ",win_rate,standard_error,n_total,avg_length\nm,50.1,1.2,805,1800\n"),
    "Function-Calling": ("a.csv", "Rank,Overall Acc,Model,Cost\n1,77.5%,m,3\n"),
    "of one category": (
        "a_score.json",
        '{"accuracy": 0.5, "correct_count": 1, "total_count": 2}\n{}',
    ),
    "MTEB": ("a.json", '{"task_name": "t", "mteb_version": "2.1", "scores": {}}'),
    "MT-Bench": (
        "a.jsonl",
        '{"question_id": 81, "model": "m", "judge": ["j"], "score": 8, "turn": 1}\n',
    ),
    "tau-bench": ("a.json", '[{"task_id": 0, "reward": 1.0, "info": {}, "traj": [], "trial": 0}]'),
    "Terminal-Bench": (
        "a.json",
        '{"results": [], "n_resolved": 0, "resolved_ids": [], "accuracy": 0.0}',
    ),
    "Open LLM Leaderboard": ("a.json", '[{"eval_name": "e", "fullname": "m", "Precision": "b"}]'),
    "RULER": ("a.csv", "0,1,2,3\nTasks,vt,cwe,fwe\nScore,1.0,2.0,3.0\n"),
    "OpenCompass": ("a.json", '{"accuracy": 50.0, "details": []}'),
}


@pytest.mark.parametrize("harness", OTHERS)
def test_a_known_format_that_is_not_read_is_named_with_what_to_do(harness: str, tmp_path: Path):
    told = why(tmp_path, *OTHERS[harness]).partition("; known as ")[2]
    assert harness in told.partition(", and not read: ")[0]
    assert told.partition(", and not read: ")[2]


def test_lines_of_json_are_told_as_such_whatever_their_name(tmp_path: Path):
    told = why(tmp_path, "a.json", '{"zebra": 1}\n{"zebra": 2}\n')
    assert "found lines of JSON, the first with the keys 'zebra'" in told
    assert "expected JSON" in why(tmp_path, "b.json", '{"zebra": 1')


def test_no_format_that_is_read_is_told_as_one_that_is_not():
    for reader in READERS:
        for signs in reader.signs.values():
            assert told_as_other(signs) == ""


def test_where_no_format_comes_near_that_is_said(tmp_path: Path):
    assert why(tmp_path, "a.json", '{"zebra": 1}').endswith("nearest: no format has any of these")


@pytest.mark.parametrize("name", JSON_OBJECTS)
def test_a_log_comes_nearest_to_its_own_format(name: str, tmp_path: Path):
    path = log_of(name, tmp_path)
    file = ForeignFile(path, path.name)
    reader = reader_of(file)
    assert reader is not None
    nearest = nearest_formats(as_mapping(file.json()), READERS)
    assert any(nearest.startswith(own) for own in reader.signs)


def test_every_sign_belongs_to_one_format():
    names = [name for reader in READERS for name in reader.signs]
    assert len(names) == len(set(names))
    assert all(signs for reader in READERS for signs in reader.signs.values())


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "edit.yml",
            "- dirname: a\n  test_cases: 9\n  edit_format: diff\n  pass_rate_1: 50.4\n- dirname: b",
            "with the keys 'dirname', 'test_cases', 'edit_format', 'pass_rate_1'; nearest: no",
        ),
        (
            "more.yml",
            "- dirname: a\n  test_cases: 9\n  edit_format: d\n  pass_rate_1: 1\n",
            "Aider's",
        ),
        ("list.yml", "- 1\n- 2\n", "YAML that is a list"),
        ("empty.yml", "\n", "YAML without keys"),
        ("u.json", '{"environment_info": {}, "results": {}}', "known as a result of Unitxt"),
        ("m.json", '{"all_primary_scores": [], "tasks": []}', "known as metrics of OLMES"),
        (
            "lines.jsonl",
            '{"question_id": "a", "task": "b", "model": "c", "score": 1, "category": "d"}\n',
            "known as judgments of LiveBench",
        ),
        (
            "a_allresults.json",
            '{"score": 0.5, "metrics": {}, "htmls": [], "convos": []}',
            "give the file of that name without _allresults",
        ),
        ("h.json", '{"model": "a", "score": 0.5, "CI (%)": "x"}', "a leaderboard of Arena-Hard"),
    ],
)
def test_what_other_harnesses_write_is_refused_by_name(name, text, told, tmp_path: Path):
    assert told in why(tmp_path, name, text)
