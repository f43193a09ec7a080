"""A key twice in a log: other readers take the other value, so neither counts in silence."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.making.logs import inspect, lm_eval
from tests.making.logs.every_format import log_of
from tests.making.places import CORPUS

from weighin.api import check
from weighin.evidence.records import Record
from weighin.files.json.foreign import parsed
from weighin.files.json.keys_twice import keys_twice
from weighin.rules.interface import Finding, Outcome, Verdict
from weighin.sources.collecting.evidence import read_evidence

# By format: the file, a key in it with what follows it, and where that key stands.
PLACES = {
    "lm-eval results": (None, '"acc,none": 0.5', "/results/arc/acc,none"),
    "lm-eval samples": (None, '"acc": 1.0', "/1/acc"),
    "LightEval of 2025": (None, '"model_dtype": ', "/config_general/model_dtype"),
    "LightEval": (None, '"lighteval_sha": ', "/config_general/lighteval_sha"),
    "Inspect JSON": (None, '"value": 0.75', "/results/scores/0/metrics/accuracy/value"),
    "HELM": ("stats.json", '"mean": 0.75', "/0/mean"),
    "Every Eval Ever": (None, '"score": ', "/evaluation_results/0/score_details/score"),
    "simple-evals": (None, '"score": ', "/score"),
    "EvalPlus": (None, '"pass@1": 0.75', "/pass_at_k/base/pass@1"),
    "BigCode": (None, '"pass@1": 0.1375', "/humaneval/pass@1"),
    "LiveCodeBench": (None, '"pass@1": 0.25', "/0/pass@1"),
    "SWE-bench": (None, '"resolved_instances": ', "/resolved_instances"),
    "arena-catalog": (None, '"rating": 1421.5', "/full/tiny-2/rating"),
    "gpt-oss evals": (None, '"score": ', "/score"),
}


def doubled(path: Path, key: str, value: str) -> None:
    """Write another value before the first place of a key, which readers of JSON pass over."""
    text = path.read_text()
    name = key.partition(":")[0]
    assert key in text
    path.write_text(text.replace(key, f"{name}: {value}, {key}", 1))


def requirements(folder: Path, records: tuple[Record, ...]) -> Path:
    tasks = "".join(f"  - {{task: {json.dumps(r.asked.task)}}}\n" for r in records)
    path = folder / "requirements.yaml"
    path.write_text(
        f"weighin: 1\nmodel: {{name: {json.dumps(records[0].model)}, checkpoint: checkpoint}}\n"
        f"benchmarks:\n{tasks}"
    )
    return path


def judged(folder: Path, log: Path) -> Verdict:
    given_path = log.parent if log.parent != folder else log
    records = read_evidence([given_path]).records
    of_first = tuple({r.asked.task: r for r in records if r.model == records[0].model}.values())
    return check(requirements(folder, of_first), [given_path])


def told(verdict: Verdict) -> list[Finding]:
    return [
        one.finding
        for one in verdict.findings
        if one.rule == "records-intact" and "stands twice" in one.finding.statement
    ]


@pytest.mark.parametrize("name", PLACES)
def test_two_values_are_told_with_their_place(tmp_path: Path, name):
    log = log_of(name, tmp_path / "log")
    beside, key, pointer = PLACES[name]
    doubled(log if beside is None else log.parent / beside, key, "0.0123")
    verdict = judged(tmp_path, log)
    (finding,) = told(verdict)
    assert (verdict.outcome, finding.outcome) == (Outcome.VIOLATED, Outcome.VIOLATED)
    assert [origin.pointer for origin in finding.where] == [pointer]
    assert "with 0.0123 and " in finding.statement


def test_two_values_in_a_member_of_an_archive_are_told(tmp_path: Path):
    folder = tmp_path / "log"
    folder.mkdir()
    log = inspect.archive(folder, inspect.header(), [], start_only=True)
    header = json.dumps(inspect.header()).replace('"value": 0.75', '"value": 0.9, "value": 0.75')
    with inspect.zipfile.ZipFile(log, "a") as writer:
        writer.writestr("header.json", header)
    (finding,) = told(judged(tmp_path, log))
    place = "/header.json/results/scores/0/metrics/accuracy/value"
    assert [origin.pointer for origin in finding.where] == [place]


@pytest.mark.parametrize("name", PLACES)
def test_no_format_as_its_harness_writes_it_holds_a_key_twice(tmp_path: Path, name):
    log = log_of(name, tmp_path / "log")
    assert told(judged(tmp_path, log)) == []


def test_one_value_twice_is_a_note(tmp_path: Path):
    log = lm_eval.written(lm_eval.modern(), tmp_path / "log")
    doubled(log, '"acc,none": 0.5', "0.5")
    verdict = judged(tmp_path, log)
    assert told(verdict) == []
    assert [note for note in verdict.ignored if "/results/arc/acc,none stands 2 times" in note]


def test_what_nobody_asks_for_decides_nothing(tmp_path: Path):
    document = lm_eval.modern()
    document["results"]["other"] = {"acc,none": 0.25}
    log = lm_eval.written(document, tmp_path / "log")
    doubled(log, '"acc,none": 0.25', "0.75")
    record = lm_eval.record_of(document, tmp_path / "beside")
    verdict = check(requirements(tmp_path, (record,)), [log])
    assert told(verdict) == []


KEYS = st.sampled_from(["a", "b", 'q"', "back\\", "a b", ":", "", "é", "\u2028", "\\u005c"])
TEXTS = st.sampled_from(['"x": 1', '\\":', 'a" :', "{", "\\", ""])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=4).map(tuple)
    ),
    max_leaves=12,
)
SPACES = st.sampled_from(["", " ", "\n", "\t ", "  "])


def spelled(value: object, space: str) -> str:
    """JSON in which an object is a tuple of its members, so that it may have one twice."""
    if isinstance(value, tuple):
        members = (f"{json.dumps(k)}{space}:{spelled(v, space)}" for k, v in value)
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(spelled(item, space) for item in value) + "]"
    return json.dumps(value)


def has_twice(value: object) -> bool:
    """Whether an object that readers see has a key twice: of two values they see the last."""
    if isinstance(value, tuple):
        seen = dict(value)
        return len(seen) < len(value) or any(has_twice(item) for item in seen.values())
    return isinstance(value, list) and any(has_twice(item) for item in value)


@given(value=VALUES, space=SPACES)
def test_every_key_that_stands_twice_is_found_however_it_is_spelled(value, space):
    content = spelled(value, space).encode()
    assert bool(keys_twice(content, parsed(content))) == has_twice(value)


@pytest.mark.skipif(not (CORPUS / "index.csv").is_file(), reason="the public files are not at hand")
def test_no_public_log_holds_a_key_twice():
    found = []
    for path in sorted(CORPUS.rglob("*.json")):
        content = path.read_bytes()
        try:
            value = parsed(content)
        except ValueError:
            continue
        found += [(path.name, key.pointer) for key in keys_twice(content, value)]
    assert found == []
