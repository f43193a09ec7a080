"""What a plain log says of each facet, how well, and what it does not say."""

from pathlib import Path

import pytest
from tests.making.logs.lm_eval import (
    COMMIT,
    compared,
    modern,
    observed,
    of_2022,
    record_of,
    with_config,
)

from weighin.identity.facets import (
    FACETS_OF_LOGS,
    SHOW_DIFFERENCES_ONLY,
    Agreement,
    Facet,
    Grade,
    Kind,
)

OTHER_COMMIT = "0" * 40
NEVER_RECORDED = (
    Facet.CONFIG,
    Facet.GENERATION_CONFIG,
    Facet.REMOTE_CODE,
    Facet.TOKENIZER,
    Facet.QUANTIZATION,
    Facet.ADAPTERS,
)


def test_every_facet_is_observed(tmp_path: Path):
    assert {o.facet for o in record_of(modern(), tmp_path).observations} == set(FACETS_OF_LOGS)


@pytest.mark.parametrize("document", [modern(), of_2022(), with_config(model="vllm")])
def test_nothing_is_known_better_than_declared(document: dict, tmp_path: Path):
    grades = {o.grade for o in record_of(document, tmp_path).observations}
    assert grades <= {Grade.DECLARED, Grade.NAMED, Grade.ABSENT}


@pytest.mark.parametrize("document", [modern(), of_2022(), {"results": {"arc": {}}}])
def test_every_facet_with_a_bearing_says_how_to_record_it(document: dict, tmp_path: Path):
    for observation in record_of(document, tmp_path).observations:
        assert observation.how_to_record if observation.applies else observation.summary


@pytest.mark.parametrize("facet", NEVER_RECORDED)
def test_what_lm_eval_never_records_is_absent(facet: Facet, tmp_path: Path):
    observation = observed(modern(), tmp_path, facet)
    assert observation.grade is Grade.ABSENT
    assert "`weighin run`" in observation.how_to_record


def test_dtype_of_the_argument_is_what_the_flag_would_record(tmp_path: Path):
    silent = with_config(model_dtype=None, model_args="pretrained=org/model")
    how = observed(silent, tmp_path / "a", Facet.DTYPE).how_to_record
    assert how.startswith("`--model_args dtype=bfloat16`")
    said = with_config(model_dtype=None, model_args="pretrained=org/model,dtype=bfloat16")
    assert observed(said, tmp_path / "b", Facet.DTYPE).grade is Grade.DECLARED


def test_flag_is_not_offered_for_what_it_recorded_already(tmp_path: Path):
    assert "--model_args" not in observed(modern(), tmp_path, Facet.DTYPE).how_to_record


def test_commit_is_declared_never_pinned(tmp_path: Path):
    weights = observed(modern(), tmp_path, Facet.WEIGHTS)
    assert [
        (i.kind, i.value, i.grade)
        for i in weights.identifiers
        if i.kind not in SHOW_DIFFERENCES_ONLY
    ] == [
        (Kind.COMMIT, f"org/model@{COMMIT}", Grade.DECLARED),
        (Kind.NAME, "org/model", Grade.NAMED),
    ]


def test_equal_commits_of_one_name_are_the_same_weights(tmp_path: Path):
    assert compared(Facet.WEIGHTS, modern(), modern(), tmp_path) is Agreement.SAME


def test_other_commit_may_hold_the_same_weights(tmp_path: Path):
    other = with_config(model_sha=OTHER_COMMIT, model_args="pretrained=org/other")
    assert compared(Facet.WEIGHTS, modern(), other, tmp_path) is Agreement.UNKNOWN


@pytest.mark.parametrize(
    "argument",
    [
        "peft=../epoch_20",
        "delta=org/delta",
        "lora_local_path=/adapters/a",
        "steer_path=/vectors.csv",
        "gguf_file=model.Q4_1.gguf",
        "subfolder=step-100",
    ],
)
def test_commit_of_the_base_is_not_that_of_a_run_with_more(argument: str, tmp_path: Path):
    """Public logs of Llama-3-8B-Instruct with and without a LoRA carry one `model_sha`."""
    more = with_config(model_args=f"pretrained=org/model,dtype=bfloat16,{argument}")
    assert compared(Facet.WEIGHTS, modern(), more, tmp_path) is Agreement.DIFFERENT


def test_argument_of_another_version_may_be_its_default_there(tmp_path: Path):
    more = with_config(model_args="pretrained=org/model,dtype=bfloat16,peft=org/lora")
    more["lm_eval_version"] = "0.4.2"
    assert compared(Facet.WEIGHTS, modern(), more, tmp_path) is Agreement.UNKNOWN


def test_steered_backend_is_not_its_base(tmp_path: Path):
    steered = with_config(model="steered")
    assert compared(Facet.WEIGHTS, modern(), steered, tmp_path) is Agreement.UNKNOWN


@pytest.mark.parametrize("empty", ["peft=None", "peft=", "delta=none", "enable_lora=False"])
def test_argument_that_is_switched_off_changes_nothing(empty: str, tmp_path: Path):
    off = with_config(model_args=f"pretrained=org/model,{empty}")
    assert compared(Facet.WEIGHTS, modern(), off, tmp_path) is Agreement.SAME
    assert observed(off, tmp_path, Facet.ADAPTERS).grade is Grade.ABSENT


def test_adapter_is_only_a_name(tmp_path: Path):
    document = with_config(model_args="pretrained=org/model,peft=../epoch_20", peft_sha="")
    adapters = observed(document, tmp_path, Facet.ADAPTERS)
    assert (adapters.grade, adapters.summary) == (Grade.NAMED, "peft=../epoch_20")


def test_commit_of_an_adapter_is_declared(tmp_path: Path):
    document = with_config(model_args="pretrained=org/model,peft=org/lora", peft_sha=OTHER_COMMIT)
    first, *_ = observed(document, tmp_path, Facet.ADAPTERS).identifiers
    assert (first.value, first.grade) == (f"org/lora@{OTHER_COMMIT}", Grade.DECLARED)


@pytest.mark.parametrize("place", ["./model", "/models/model", "~/model", "../model"])
def test_local_folder_has_no_commit(place: str, tmp_path: Path):
    document = with_config(model_args={"pretrained": place, "revision": OTHER_COMMIT})
    kinds = {i.kind for i in observed(document, tmp_path, Facet.WEIGHTS).identifiers}
    assert kinds - SHOW_DIFFERENCES_ONLY == {Kind.NAME}


def test_revision_belongs_to_the_name(tmp_path: Path):
    first, second = of_2022(), of_2022()
    second["config"]["model_args"] = "pretrained=org/model,revision=step143000"
    assert compared(Facet.WEIGHTS, first, second, tmp_path) is Agreement.UNKNOWN


@pytest.mark.parametrize("dtype", ["auto", "", None])
def test_auto_is_no_dtype(dtype: str | None, tmp_path: Path):
    document = with_config(model_dtype=None, model_args={"pretrained": "org/model", "dtype": dtype})
    assert observed(document, tmp_path, Facet.DTYPE).grade is Grade.ABSENT


@pytest.mark.parametrize(("said", "meant"), [("half", "float16"), ("torch.float32", "float32")])
def test_spellings_of_a_dtype_are_one(said: str, meant: str, tmp_path: Path):
    first = with_config(model_dtype=said)
    second = with_config(model_dtype=f"torch.{meant}")
    assert compared(Facet.DTYPE, first, second, tmp_path) is Agreement.SAME


def test_resolved_dtype_goes_before_the_argument(tmp_path: Path):
    document = with_config(model_dtype="torch.float32", model_args="pretrained=a,dtype=float16")
    assert observed(document, tmp_path, Facet.DTYPE).summary == "float32"


def test_dtypes_that_differ_are_different(tmp_path: Path):
    other = with_config(model_dtype="torch.float32")
    assert compared(Facet.DTYPE, modern(), other, tmp_path) is Agreement.DIFFERENT


def test_null_template_of_a_local_backend_was_not_applied(tmp_path: Path):
    template = observed(modern(), tmp_path, Facet.CHAT_TEMPLATE)
    assert [i.value for i in template.identifiers] == [{"applied": False, "sha256": None}]


@pytest.mark.parametrize(
    "document",
    [
        with_config(model="local-chat-completions"),
        with_config(model="openai-chat-completions"),
        modern(model_source=None),
        modern(chat_template_sha=None, system_instruction_sha=None),
    ],
    ids=["server", "hosted", "settings not kept", "no key"],
)
def test_null_template_otherwise_says_nothing(document: dict, tmp_path: Path):
    for facet in (Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT):
        assert observed(document, tmp_path, facet).grade is Grade.ABSENT


def test_template_applied_and_not_applied_are_different(tmp_path: Path):
    applied = modern(chat_template_sha="ab" * 32)
    assert compared(Facet.CHAT_TEMPLATE, modern(), applied, tmp_path) is Agreement.DIFFERENT


def test_rolling_log_likelihood_uses_no_prompt(tmp_path: Path):
    document = modern()
    document["configs"]["arc"]["output_type"] = "loglikelihood_rolling"
    for facet in (Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT, Facet.DECODING):
        assert not observed(document, tmp_path, facet).applies


def test_unknown_output_type_has_a_bearing(tmp_path: Path):
    for facet in (Facet.CHAT_TEMPLATE, Facet.DECODING, Facet.TEST_TIME_COMPUTE):
        assert observed(of_2022(), tmp_path, facet).applies


def test_decoding_is_unknown_without_the_generation_config(tmp_path: Path):
    document = modern()
    document["configs"]["arc"] |= {
        "output_type": "generate_until",
        "generation_kwargs": {"do_sample": False},
    }
    decoding = observed(document, tmp_path, Facet.DECODING)
    assert decoding.grade is Grade.ABSENT
    assert "generation_config.json" in decoding.how_to_record


@pytest.mark.parametrize("id_type", [int, str])
def test_token_ids_as_text_and_number_are_the_same(id_type: type, tmp_path: Path):
    other = modern(
        tokenizer_pad_token=["<pad>", id_type(0)], tokenizer_bos_token=["<s>", id_type(1)]
    )
    assert compared(Facet.SPECIAL_TOKENS, modern(), other, tmp_path) is Agreement.SAME


def test_no_token_is_spelled_in_two_ways(tmp_path: Path):
    first = modern(tokenizer_bos_token=[None, "None"])
    second = modern(tokenizer_bos_token=[None, None])
    assert compared(Facet.SPECIAL_TOKENS, first, second, tmp_path) is Agreement.SAME


def test_token_that_is_not_logged_is_unknown_not_different(tmp_path: Path):
    other = modern(tokenizer_pad_token=None)
    assert compared(Facet.SPECIAL_TOKENS, modern(), other, tmp_path) is Agreement.UNKNOWN


def test_bos_that_is_added_in_one_log_only_is_unknown(tmp_path: Path):
    other = with_config(model_args="pretrained=org/model,add_bos_token=True")
    assert compared(Facet.SPECIAL_TOKENS, modern(), other, tmp_path) is Agreement.UNKNOWN


def test_quantisation_of_one_log_is_another_than_none(tmp_path: Path):
    four_bit = with_config(model_args={"pretrained": "org/model", "load_in_4bit": True})
    assert observed(four_bit, tmp_path / "c", Facet.QUANTIZATION).grade is Grade.DECLARED
    assert compared(Facet.QUANTIZATION, modern(), four_bit, tmp_path) is Agreement.DIFFERENT


def test_quantisations_that_differ_are_different(tmp_path: Path):
    awq, gptq = (with_config(model_args={"quantization": q}) for q in ("awq", "gptq"))
    assert compared(Facet.QUANTIZATION, awq, gptq, tmp_path) is Agreement.DIFFERENT


def test_version_of_transformers_is_not_that_of_another_engine(tmp_path: Path):
    assert observed(modern(), tmp_path / "a", Facet.ENGINE).summary == "transformers 5.23.0"
    vllm = observed(with_config(model="vllm"), tmp_path / "b", Facet.ENGINE)
    assert (vllm.grade, vllm.summary) == (Grade.NAMED, "vllm")


def test_endpoint_is_its_address(tmp_path: Path):
    document = with_config(
        model="local-completions", model_args="model=m,base_url=http://a:8000/v1/completions"
    )
    endpoint = observed(document, tmp_path, Facet.ENDPOINT)
    assert (endpoint.summary, endpoint.grade) == ("http://a:8000/v1/completions", Grade.DECLARED)


def test_endpoint_in_a_variable_is_a_name_for_whatever_the_variable_held(tmp_path: Path):
    document = with_config(
        model="local-completions", model_args="model=m,base_url=https://a/${TINY_URL}"
    )
    endpoint = observed(document, tmp_path, Facet.ENDPOINT)
    assert (endpoint.summary, endpoint.grade) == ("https://a/${TINY_URL}", Grade.NAMED)
