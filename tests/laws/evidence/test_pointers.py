"""A finding points at what it is about: every pointer resolves in the file that it names."""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.making.logs import every_eval_ever, helm, inspect, lighteval, lm_eval
from tests.making.logs.every_format import FORMATS, log_of
from tests.making.logs.inspect import zipfile
from tests.making.logs.mutations import hostile
from tests.making.places import CORPUS

from weighin.errors import EvidenceError
from weighin.evidence.records import Record
from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.claims.declarations import DeclarationsReader
from weighin.sources.formats.registry import READERS, reader_of

SHA = "5503434ddd753f426f4b38109466949a1217c2bb"
# A table has lines, and a scorecard is told by line and column.
# The place in a table or text is a line.
WITHOUT_POINTERS = frozenset(
    {"OpenCompass", "lm-eval table", "arena table", "arena table of 2026", "scorecard"}
)
RESULTS = f"results_{lm_eval.STAMP}.json"


def content_of(path: Path) -> object:
    """What the pointers into a file are about; of an archive, its members and their folders."""
    if path.suffix == ".eval":
        with zipfile.ZipFile(path) as archive:
            members = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        return members | {name.partition("/")[0]: None for name in members if "/" in name}
    text = path.read_text()
    if path.suffix == ".md":
        text = text.split("---\n")[1]
    return json.loads(text) if path.suffix == ".json" else YAML(typ="safe").load(text)


def resolves(pointer: str, content: object) -> bool:
    """Whether a JSON pointer (RFC 6901) leads to something."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        try:
            content = content[int(key) if isinstance(content, list) else key]
        except (KeyError, IndexError, ValueError, TypeError):
            return False
    return True


def pointers(record: Record) -> Iterator[tuple[str, str]]:
    """What a record points at, and where; an empty pointer is the whole file."""
    yield "the record", record.origin.pointer
    yield from ((str(found.facet), found.pointer) for found in record.observations)
    yield from ((str(found.name), found.pointer) for found in record.facts)


def dangling(path: Path) -> list[tuple[str, str]]:
    """Pointers of the records of a log that lead nowhere; none if it is refused."""
    file = ForeignFile(path, str(path))
    reader = reader_of(file)
    try:
        records = [] if reader is None else [one.record for one in reader.read(file).records]
    except EvidenceError:
        return []
    content = content_of(path) if records else None
    return [
        (what, pointer)
        for record in records
        for what, pointer in pointers(record)
        if not resolves(pointer, content)
    ]


@pytest.mark.parametrize("name", sorted(set(FORMATS) - WITHOUT_POINTERS - {"lm-eval samples"}))
def test_every_pointer_leads_to_something_in_the_log(name: str, tmp_path: Path):
    assert dangling(log_of(name, tmp_path)) == []


def test_there_is_a_log_of_every_reader(tmp_path: Path):
    found = set()
    for name in FORMATS:
        path = log_of(name, tmp_path / name)
        found.add(type(reader_of(ForeignFile(path, path.name))))
    assert found == {type(reader) for reader in READERS} - {DeclarationsReader}


# Logs that say everything, each of which may lack anything


def _aggregate() -> dict:
    arguments = {
        "temperature": 1,
        "reasoning": "high",
        "max_attempts": 2,
        "agentic_eval_config": {"available_tools": [{"name": "bash"}]},
    }
    result = every_eval_ever.result(generation_config={"generation_args": arguments})
    document = every_eval_ever.aggregate(
        result,
        precision="bfloat16",
        dtype="float16",
        quantization="4bit",
        sha=SHA,
        revision=SHA,
        inference_effort="high",
        reasoning_effort="low",
        model_args="peft=org/adapter",
    )
    document["model_info"] |= {
        "inference_platform": "a platform",
        "inference_engine": {"name": "vllm", "version": "1"},
    }
    return document


def _loaded_by_inspect() -> dict:
    document = inspect.document()
    document["eval"] |= {
        "model": "hf/org/model",
        "model_base_url": "http://one.invalid",
        "model_args": {
            "tokenizer_path": "t", "dtype": "float16", "torch_dtype": "bfloat16", "peft": "p",
            "quantization": "awq", "chat_template": "c", "model_path": "org/model",
            "revision": SHA, "base_url": "http://two.invalid",
        },
    }  # fmt: skip
    return document


def _served_to_inspect() -> dict:
    document = inspect.document()
    document["eval"]["model_generate_config"] = {"top_p": 0.5, "reasoning_effort": "low", "seed": 3}
    document["eval"]["config"]["sample_shuffle"] = 7
    return document


def _lighteval_of_2025() -> dict:
    document = lighteval.of_2025()
    document["config_general"] |= {
        "model_sha": SHA,
        "model_dtype": "torch.bfloat16",
        "generation_parameters": {"temperature": 1},
    }
    return document


def _lighteval() -> dict:
    document = lighteval.with_model(
        tokenizer="t",
        base_model="b",
        subfolder="s",
        quantization="awq",
        load_format="l",
        override_chat_template=False,
        system_prompt="p",
        base_url="u",
        provider="p",
        revision=SHA,
        model_dtype="float16",
    )
    document["config_tasks"]["lighteval|sums|2"]["num_samples"] = [1, 4]
    return document


def _lm_eval() -> dict:
    document = copy.deepcopy(lm_eval.modern())
    arguments = f"pretrained=org/model,peft=a/b,tokenizer=t,load_in_8bit=True,revision={SHA}"
    document["config"] |= {"model_args": arguments, "peft_sha": SHA}
    document |= {"chat_template_sha": "7" * 64, "system_instruction_sha": None}
    document["configs"]["arc"]["output_type"] = "generate_until"
    return document


def _served_to_lm_eval() -> dict:
    document = _lm_eval()
    arguments = {"base_url": "http://one.invalid", "model": "m", "dtype": "float16"}
    document["config"] |= {"model": "local-completions", "model_args": arguments}
    return document


WHOLE = {
    "Every Eval Ever": ("aggregate.json", _aggregate()),
    "Inspect, loaded": ("run.json", _loaded_by_inspect()),
    "Inspect, served": ("run.json", _served_to_inspect()),
    "LightEval of 2025": (lighteval.NAME, _lighteval_of_2025()),
    "LightEval": (lighteval.NAME, _lighteval()),
    "lm-eval": (RESULTS, _lm_eval()),
    "lm-eval, served": (RESULTS, _served_to_lm_eval()),
    "HELM": ("run_spec.json", helm.spec()),
}
Place = tuple[str | int, ...]


def places(value: object, above: Place = ()) -> Iterator[Place]:
    """Every key of a document, as the path to it."""
    keys = range(len(value)) if isinstance(value, list) else value
    for key in keys if isinstance(value, dict | list) else ():
        yield (*above, key)
        yield from places(value[key], (*above, key))


def without(document: dict, *removed: Place) -> dict:
    """The document without some of its keys."""
    left = copy.deepcopy(document)
    for *above, key in removed:
        with suppress(KeyError, IndexError, TypeError):
            inner = left
            for part in above:
                inner = inner[part]
            del inner[key]
    return left


def dangling_in(folder: Path, name: str, document: dict) -> list[tuple[str, str]]:
    path = folder / name
    path.write_text(json.dumps(document))
    return dangling(path)


@pytest.mark.parametrize(("name", "whole"), WHOLE.values(), ids=WHOLE)
def test_no_pointer_dangles_whatever_one_thing_a_log_lacks(name: str, whole: dict, tmp_path: Path):
    assert dangling_in(tmp_path, name, whole) == []
    for place in places(whole):
        assert dangling_in(tmp_path, name, without(whole, place)) == [], place


@hostile
@given(data=st.data())
def test_no_pointer_dangles_whatever_a_log_lacks(data: st.DataObject, tmp_path: Path):
    name, whole = data.draw(st.sampled_from(list(WHOLE.values())))
    removed = data.draw(st.lists(st.sampled_from(list(places(whole))), max_size=6))
    assert dangling_in(tmp_path, name, without(whole, *removed)) == []


@pytest.mark.skipif(not (CORPUS / "index.csv").is_file(), reason="the public files are not at hand")
def test_every_pointer_into_a_public_log_leads_to_something():
    found = {path: dangling(path) for path in sorted(CORPUS.rglob("*.json"))}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) > 500
