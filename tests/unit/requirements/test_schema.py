"""The JSON Schema accepts what loads and refuses what is misspelt."""

import jsonschema
import pytest

from weighin.files.yaml.document import Document, read_document
from weighin.requirements.schema import requirements_schema


def values(text: str) -> object:
    document = read_document(text)
    assert isinstance(document, Document)
    return document.root


@pytest.fixture
def validator(known_rules):
    return jsonschema.Draft202012Validator(requirements_schema(known_rules))


def test_the_schema_is_a_schema(known_rules):
    for schema in (requirements_schema(), requirements_schema(known_rules)):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_accepts_files_that_load(validator, load, example, served, minimal):
    for text in (example, served, minimal):
        load(text)
        validator.validate(values(text))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("profile:", "profil:"),
        ("  checkpoint:", "  chekpoint:"),
        ("    num_fewshot:", "    num_fewshots:"),
        ("limit:", "lmit:"),
        ("attempts-at-most:", "atempts-at-most:"),
        ("owner:", "ownr:"),
        ("num_fewshot: 5", "num_fewshot: five"),
        ("num_fewshot: 5", "num_fewshot:"),
        ("evidence: measured", "evidence: absent"),
        ("same-checkpoint", "same-chekpoint"),
        ("samples: all", "samples: 0"),
        ("[weights,", "[wieghts,"),
        ("weighin: 1", "weighin: 2"),
        ("rule: same-engine", "rule: same-engin"),
        ("level: warning", "level: warn"),
    ],
)
def test_the_schema_and_the_loader_refuse_the_same_slip(
    validator, refusal, example, written, instead
):
    text = example.replace(written, instead, 1)
    assert text != example
    refusal(text)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(values(text))


@pytest.mark.parametrize("keys", ["", "url: http://h/v1\n    url_env: TINY_URL"])
def test_the_schema_and_the_loader_want_one_url_of_an_endpoint(validator, refusal, served, keys):
    url = "url: http://127.0.0.1:8000/v1/completions"
    assert url in served
    validator.validate(values(served.replace(url, "url_env: TINY_URL")))
    text = served.replace(f"    {url}\n", f"    {keys}\n" if keys else "")
    refusal(text)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(values(text))


def test_every_key_is_described_in_words():
    schema = requirements_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, key in part.get("properties", {}).items():
            assert key.get("description", "").endswith((".", "`")), name
            assert "None" not in key["description"]


def test_a_rule_may_be_unknown_to_a_schema_that_knows_no_rules(example):
    text = example.replace("attempts-at-most", "rule-of-tomorrow")
    jsonschema.Draft202012Validator(requirements_schema()).validate(values(text))
