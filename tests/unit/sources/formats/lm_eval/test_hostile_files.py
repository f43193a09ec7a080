"""Whatever a foreign file holds, only weighin's own errors leave the readers."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.making.logs.lm_eval import modern, of_2022, read

from weighin.errors import WeighinError
from weighin.evidence.records import Record
from weighin.sources.formats.lm_eval.reader import is_lm_eval_log
from weighin.sources.formats.lm_eval.recompute import recompute
from weighin.sources.formats.lm_eval.samples import read_samples

hostile = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text(max_size=8) | st.sampled_from(
    ["arc", "acc,none", "None", "auto", "N/A", "../../x", "\0", "a/b", "\ud800", "[red]", "e" * 300]
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.sampled_from([2**63, -1, 10**400]) | st.floats()
) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
READ_KEYS = (
    "configs", "versions", "config", "group_subtasks", "n-samples", "n-shot", "date", "groups",
    "model_name", "model_source", "task_hashes", "tokenizer_bos_token", "chat_template_sha",
)  # fmt: skip
SAMPLE = {
    "doc_id": 0,
    "doc": {"q": "?"},
    "target": "1",
    "arguments": {"gen_args_0": {"arg_0": "?"}},
    "filter": "none",
    "metrics": ["acc"],
    "acc": 1.0,
    "doc_hash": "a",
    "prompt_hash": "b",
    "target_hash": "c",
}


@st.composite
def mutated(draw: st.DrawFn, original: object) -> object:
    """The original with one value anywhere in it replaced, removed or added."""
    value = draw(st.just(json.loads(json.dumps(original))))
    parent, keys = value, []
    while isinstance(parent, dict | list) and parent:
        keys = sorted(parent) if isinstance(parent, dict) else list(range(len(parent)))
        key = draw(st.sampled_from(keys))
        is_deeper = isinstance(parent[key], dict | list) and parent[key] and draw(st.booleans())
        if not is_deeper:
            break
        parent = parent[key]
    if isinstance(parent, dict) and draw(st.booleans()):
        parent[draw(texts)] = draw(values)
    elif draw(st.booleans()):
        parent[key] = draw(values)
    else:
        del parent[key]
    return value


def use(records: list[Record], folder: Path) -> None:
    """What every rule and report does with a record."""
    for record in records:
        assert Record.model_validate_json(record.model_dump_json()) == record
        recompute(record, folder)


def read_anything(document: object, folder: Path) -> None:
    with suppress(WeighinError):
        if is_lm_eval_log(document):
            use([record for record, _ in read(document, folder).records], folder)


@hostile
@given(
    document=st.fixed_dictionaries(
        {"results": st.dictionaries(texts, values, max_size=3)},
        optional=dict.fromkeys(READ_KEYS, values),
    )
)
def test_any_document_is_read_or_refused(document: dict, tmp_path: Path):
    read_anything({"versions": {}, **document}, tmp_path)


@hostile
@given(document=mutated(modern()) | mutated(of_2022()))
def test_any_mutation_of_a_document_is_read_or_refused(document: object, tmp_path: Path):
    read_anything(document, tmp_path)


@hostile
@given(sample=mutated(SAMPLE))
def test_any_mutation_of_a_sample_is_read_or_refused(sample: object, tmp_path: Path):
    path = tmp_path / "samples.jsonl"
    path.write_text(json.dumps(sample))
    with suppress(WeighinError):
        read_samples(path, check_hashes=True)


@hostile
@given(content=st.binary(max_size=200))
@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_any_bytes_are_read_or_refused(content: bytes, name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    with suppress(WeighinError):
        read_samples(tmp_path / name, check_hashes=True)
