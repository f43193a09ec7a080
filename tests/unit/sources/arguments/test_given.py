"""What the arguments of a log tell of each facet."""

import pytest

from weighin.identity.facets import Agreement, Facet, Grade, Kind, agreement
from weighin.sources.arguments.given import OTHER_ARGUMENTS, chosen_for, given_in, identifiers_of
from weighin.sources.arguments.meanings import facets_of_argument

WHOLE = "harness 1, engine"


def compared(facet: Facet, left: dict, right: dict, whole: str = WHOLE) -> Agreement:
    ours, theirs = (tuple(identifiers_of(facet, side, whole)) for side in (left, right))
    return agreement(ours, theirs, Grade.DECLARED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("load_format", "auto"),
        ("load_format", "safetensors"),
        ("quantization", None),
        ("quantization", "none"),
        ("load_in_4bit", False),
        ("enable_lora", "False"),
        ("tensor_parallel_size", 2),
        ("expert_parallel_size", 8),
        ("api_key", "sk-1"),
        ("wandb_project", "mine"),
        ("batch_size", "auto:4"),
    ],
)
def test_what_changes_nothing_is_no_difference_from_what_is_not_set(name, value):
    for facet in Facet:
        assert chosen_for(facet, {name: value}) == {}
        assert compared(facet, {name: value}, {}) is Agreement.UNKNOWN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("load_format", "dummy"),
        ("load_format", "bitsandbytes"),
        ("gguf_file", "q4.gguf"),
        ("load_in_4bit", True),
        ("peft", "acme/lora"),
        ("lora_path_of_tomorrow", "acme/lora"),
        ("prune_to", 0.5),
        ("hf_overrides", {"num_hidden_layers": 4}),
    ],
)
def test_what_makes_other_weights_differs_from_what_is_not_set_in_a_whole_list(name, value):
    assert compared(Facet.WEIGHTS, {name: value}, {}) is Agreement.DIFFERENT
    assert compared(Facet.WEIGHTS, {name: value}, {}, whole="") is Agreement.UNKNOWN


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, "True"),
        ("true", "TRUE"),
        (1, "1"),
        (1.0, 1),
        ("torch.float16", "half"),
        ('{"a": 1, "b": false}', {"b": False, "a": 1}),
        ("{'a': True}", {"a": True}),
        ("acme/lora/", "./acme/lora"),
    ],
)
def test_spellings_of_one_value_are_one(left, right):
    name = "peft" if "acme" in str(left) else "hf_overrides"
    assert chosen_for(Facet.WEIGHTS, {name: left}) == chosen_for(Facet.WEIGHTS, {name: right})


def test_an_argument_that_nobody_knows_is_told_and_decides_nothing():
    assert facets_of_argument("frobnicate") is None
    (known,) = (i for i in identifiers_of(Facet.WEIGHTS, {"frobnicate": 1}) if i.value)
    assert (known.kind, known.scope, known.grade) == (Kind.ARGUMENT, OTHER_ARGUMENTS, Grade.NAMED)
    unlike = {"frobnicate": 1}, {"frobnicate": 2}
    assert compared(Facet.WEIGHTS, *unlike) is Agreement.UNKNOWN


def test_arguments_of_a_template_are_the_same_inside_of_an_object():
    plain = chosen_for(Facet.CHAT_TEMPLATE, {"enable_thinking": False})
    inside = chosen_for(Facet.CHAT_TEMPLATE, {"chat_template_args": {"enable_thinking": False}})
    text = chosen_for(Facet.CHAT_TEMPLATE, {"chat_template_kwargs": '{"enable_thinking": false}'})
    assert plain == inside == text == {"enable_thinking": "false"}


@pytest.mark.parametrize("secret", ["api_key", "hf_token", "auth_token", "password", "headers"])
def test_what_may_be_a_secret_is_not_repeated(secret):
    every = [i for facet in Facet for i in identifiers_of(facet, {secret: "sk-secret"}, WHOLE)]
    assert "sk-secret" not in str(every)


@pytest.mark.parametrize("hostile", ["{" * 5000, "{'a': " * 900, "=,=,", "a=b" * 3000, "{1: 2}"])
def test_hostile_texts_are_texts(hostile):
    given = given_in(f"pretrained=x,hf_overrides={hostile}")
    assert given["pretrained"] == "x"
    assert "hf_overrides" in chosen_for(Facet.WEIGHTS, given)
