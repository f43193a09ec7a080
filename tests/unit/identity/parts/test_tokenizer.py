import hashlib
import json

import pytest

from weighin.errors import CheckpointError
from weighin.identity.fingerprint.checkpoint import fingerprint
from weighin.identity.parts.tokenizer import (
    chat_template_digest,
    chat_templates_digest,
    special_tokens_digest,
    tokenizer_digest,
    tokenizer_facets,
)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def facets(folder, **files):
    contents = {
        name.replace("__", "."): value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in files.items()
    }
    return tokenizer_facets(contents, folder)


def test_padding_and_truncation_are_no_part_of_the_tokenizer():
    plain = {"model": {"vocab": {"a": 0}}}
    padded = plain | {"padding": {"length": 8}, "truncation": {"max_length": 4}}
    assert tokenizer_digest(padded) == tokenizer_digest(plain)


def test_layout_and_order_of_keys_are_no_part_of_the_tokenizer(tmp_path):
    compact = facets(tmp_path, tokenizer__json=b'{"a":1,"b":[2]}')
    spaced = facets(tmp_path, tokenizer__json=b'{ "b": [2],\n "a": 1 }')
    assert compact.tokenizer == spaced.tokenizer


def test_one_merge_more_is_another_tokenizer():
    short, long = ({"model": {"merges": merges}} for merges in (["a b"], ["a b", "ab c"]))
    assert tokenizer_digest(short) != tokenizer_digest(long)


def test_without_tokenizer_json_the_vocabulary_files_are_the_tokenizer(tmp_path):
    first = facets(tmp_path, vocab__json=b"{}", merges__txt=b"a b")
    second = facets(tmp_path, vocab__json=b"{}", merges__txt=b"a c")
    assert first.tokenizer is not None
    assert first.tokenizer != second.tokenizer


def test_a_folder_without_a_tokenizer_has_none_of_its_facets(tmp_path, write_safetensors, tiny):
    write_safetensors(tmp_path / "model.safetensors", tiny)
    manifest = fingerprint(tmp_path)
    assert (manifest.tokenizer, manifest.special_tokens, manifest.chat_template) == (None,) * 3


def test_a_tokenizer_chosen_by_library_version_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="fast_tokenizer_files: expected none"):
        facets(tmp_path, tokenizer_config__json={"fast_tokenizer_files": ["tokenizer.4.0.json"]})


SAME_POLICY = {
    "text and object": (
        {"bos_token": "<s>"},
        {"bos_token": {"content": "<s>", "lstrip": False, "__type": "AddedToken"}},
    ),
    "null and absent": ({"pad_token": None, "add_bos_token": None}, {}),
    "old and new name": (
        {"additional_special_tokens": ["<a>", "<b>"]},
        {"extra_special_tokens": ["<b>", "<a>"]},
    ),
    "named extras": (
        {"extra_special_tokens": {"image_token": "<i>"}},
        {"image_token": "<i>"},
    ),
    "unrelated fields": ({"model_max_length": 10**30, "tokenizer_class": "X"}, {}),
}


@pytest.mark.parametrize(("first", "second"), SAME_POLICY.values(), ids=SAME_POLICY.keys())
def test_two_spellings_of_one_special_token_policy_agree(first, second):
    assert special_tokens_digest(first) == special_tokens_digest(second)


OTHER_POLICY = {
    "other token": {"bos_token": "<x>"},
    "bos added": {"bos_token": "<s>", "add_bos_token": True},
    "bos not added": {"bos_token": "<s>", "add_bos_token": False},
    "prefix space": {"bos_token": "<s>", "add_prefix_space": True},
    "clean up": {"bos_token": "<s>", "clean_up_tokenization_spaces": True},
    "extra token": {"bos_token": "<s>", "extra_special_tokens": ["<x>"]},
    "added token": {"bos_token": "<s>", "added_tokens_decoder": {"5": {"content": "<x>"}}},
}


@pytest.mark.parametrize("other", OTHER_POLICY.values(), ids=OTHER_POLICY.keys())
def test_another_special_token_policy_differs(other):
    assert special_tokens_digest({"bos_token": "<s>"}) != special_tokens_digest(other)


def test_a_post_processor_is_part_of_the_policy():
    with_bos = {"post_processor": {"type": "TemplateProcessing"}}
    assert special_tokens_digest({}, tokenizer_json=with_bos) != special_tokens_digest({})


def test_added_tokens_agree_wherever_they_are_stated():
    token = {"content": "<x>", "special": True, "lstrip": False}
    in_config = special_tokens_digest({"added_tokens_decoder": {"5": token}})
    in_tokenizer = special_tokens_digest({}, tokenizer_json={"added_tokens": [{"id": 5, **token}]})
    assert in_config == in_tokenizer


def test_special_tokens_map_counts_only_without_an_added_tokens_decoder():
    # As in PreTrainedTokenizerBase._from_pretrained of transformers 5.
    stated = {"eos_token": "</s>"}
    assert special_tokens_digest({}, special_tokens_map=stated) == special_tokens_digest(stated)
    decoder = {"added_tokens_decoder": {}}
    assert special_tokens_digest(decoder, special_tokens_map=stated) == special_tokens_digest({})


TEMPLATE = "{{ messages }}é\n"


def test_the_digest_of_a_template_is_the_sha256_that_lm_eval_records():
    assert chat_template_digest(TEMPLATE) == sha256(TEMPLATE)


@pytest.mark.parametrize(
    "files",
    [
        {"chat_template__jinja": TEMPLATE.encode()},
        {"chat_template__jinja": TEMPLATE.replace("\n", "\r\n").encode()},
        {"chat_template__json": {"chat_template": TEMPLATE}},
        {"tokenizer_config__json": {"chat_template": TEMPLATE}},
        {"tokenizer_config__json": {"chat_template": [{"name": "default", "template": TEMPLATE}]}},
    ],
    ids=["jinja", "jinja with other line ends", "json", "config", "config, named"],
)
def test_one_template_has_one_digest_wherever_it_is_stated(tmp_path, files):
    assert facets(tmp_path, **files).chat_template == sha256(TEMPLATE)


def test_a_template_file_wins_over_the_tokenizer_config(tmp_path):
    found = facets(
        tmp_path,
        chat_template__jinja=b"file",
        chat_template__json={"chat_template": "processor"},
        tokenizer_config__json={"chat_template": "config"},
    )
    assert found.chat_template == sha256("file")


def test_the_tokenizer_config_wins_over_the_template_that_only_processors_read(tmp_path):
    found = facets(
        tmp_path,
        chat_template__json={"chat_template": "processor"},
        tokenizer_config__json={"chat_template": "config"},
    )
    assert found.chat_template == sha256("config")


def test_named_templates_have_one_digest_wherever_they_are_stated(checkpoint):
    templates = {"default": "{{ messages }}", "tool_use": "{{ tools }}"}
    named = [{"name": name, "template": text} for name, text in templates.items()]
    (checkpoint / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
    in_config = fingerprint(checkpoint).chat_template
    (checkpoint / "chat_template.jinja").write_text(templates["default"])
    (checkpoint / "additional_chat_templates").mkdir()
    (checkpoint / "additional_chat_templates" / "tool_use.jinja").write_text(templates["tool_use"])
    in_files = fingerprint(checkpoint).chat_template
    assert in_config == in_files == chat_templates_digest(templates)


BAD_TEMPLATES = {
    "number": (3, "chat_template: expected a text or named texts, found int"),
    "list of texts": (["x"], "expected a list of objects with `name` and `template`"),
    "named number": ([{"name": "a", "template": 3}], "'a': expected a text, found int"),
    "one name twice": (
        [{"name": "a", "template": "x"}, {"name": "a", "template": "y"}],
        "'a': expected one template of that name, found two",
    ),
}


@pytest.mark.parametrize(("stated", "complaint"), BAD_TEMPLATES.values(), ids=BAD_TEMPLATES.keys())
def test_a_malformed_template_is_refused_naming_the_file(tmp_path, stated, complaint):
    with pytest.raises(CheckpointError, match=complaint) as caught:
        facets(tmp_path, tokenizer_config__json={"chat_template": stated})
    assert str(caught.value).startswith(f"{tmp_path / 'tokenizer_config.json'}: ")


def test_two_template_files_of_one_name_are_refused(checkpoint):
    # The loader takes the one in the folder; another takes the one beside the tokenizer.
    (checkpoint / "chat_template.jinja").write_text("shown")
    (checkpoint / "additional_chat_templates").mkdir()
    (checkpoint / "additional_chat_templates" / "default.jinja").write_text("used")
    with pytest.raises(CheckpointError, match="'default': expected one template of that name"):
        fingerprint(checkpoint)


def test_a_template_that_is_not_text_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"chat_template\.jinja: expected UTF-8 text"):
        facets(tmp_path, chat_template__jinja=b"\xff")
