import json

import pytest

from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.parts.config import (
    config_digest,
    generation_config_digest,
    json_digest,
    quantization_digest,
)


@pytest.mark.parametrize("field", ["_name_or_path", "transformers_version"])
def test_paths_and_versions_are_no_part_of_a_config(field):
    nested = {"hidden_size": 4, "text_config": {"vocab_size": 2}}
    resaved = {**nested, field: "x", "text_config": {"vocab_size": 2, field: "y"}}
    assert config_digest(nested) == config_digest(resaved)
    assert generation_config_digest(nested) == generation_config_digest(resaved)


def test_where_a_generation_config_came_from_is_no_part_of_it():
    assert generation_config_digest({"_from_model_config": True}) == generation_config_digest({})


def test_every_other_field_of_a_config_counts():
    assert config_digest({"rope_theta": 10000.0}) != config_digest({"rope_theta": 500000.0})


def test_a_model_without_quantization_config_has_no_quantization(checkpoint):
    assert quantization_digest({"quantization_config": None}) is None
    assert fingerprint(checkpoint).quantization is None


def test_the_quantization_config_of_the_model_config_is_the_facet(checkpoint):
    stated = {"quant_method": "gptq", "bits": 4}
    (checkpoint / "config.json").write_text(json.dumps({"quantization_config": stated}))
    assert fingerprint(checkpoint).quantization == json_digest(stated)


def test_an_older_quantization_file_is_the_facet_where_the_config_has_none(checkpoint):
    (checkpoint / "quantize_config.json").write_text('{"bits": 4}')
    four_bits = fingerprint(checkpoint).quantization
    (checkpoint / "quantize_config.json").write_text('{"bits": 8}')
    assert None not in (four_bits, fingerprint(checkpoint).quantization)
    assert four_bits != fingerprint(checkpoint).quantization
