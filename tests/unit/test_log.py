import logging

import pytest

from weighin.log import MASK, begin, end, is_kept, keep_out, listening, mask_libraries, masked


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("token hf_abcdefghijklmnopqrst.", f"token {MASK}."),
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {MASK}"),
        ("GET https://user:pw@host/x", f"GET https://{MASK}@host/x"),
        ("s3://key:secret@bucket", f"s3://{MASK}@bucket"),
        ("https://h/v1?api_key=abc&n=1", f"https://h/v1?{MASK}&n=1"),
        ("https://h/v1?n=1&X-Amz-Signature=abc", f"https://h/v1?n=1&{MASK}"),
        ("sk-proj-abcdefghijklmnop1234", MASK),
        ("ghp_abcdefghijklmnop1234", MASK),
        ("a tokenizer, a key of a dict, sk-1", "a tokenizer, a key of a dict, sk-1"),
        ("model.embed_tokens.weight", "model.embed_tokens.weight"),
    ],
)
def test_what_looks_like_a_secret_is_masked(line, kept):
    assert masked(line, {}) == kept


@pytest.mark.parametrize(
    ("name", "is_masked"),
    [
        ("HF_TOKEN", True),
        ("OPENAI_API_KEY", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("DB_PASSWORD", True),
        ("HF_ENDPOINT", True),
        ("https_proxy", False),
        ("KEYBOARD", False),
        ("HOME", False),
    ],
)
def test_values_of_variables_that_hold_one_are_masked(name, is_masked):
    value = "https://mirror.example/9"
    assert (MASK in masked(f"from {value}", {name: value})) == is_masked


def test_a_short_value_and_the_public_hub_are_no_secrets():
    assert masked("1 of 1", {"A_TOKEN": "1"}) == "1 of 1"
    public = {"HF_ENDPOINT": "https://huggingface.co"}
    assert masked("https://huggingface.co/x", public) == "https://huggingface.co/x"


def test_a_secret_that_is_told_is_masked_wherever_it_stands():
    keep_out("swordfish-of-a-url")
    assert masked("at http://h/swordfish-of-a-url/v1", {}) == f"at http://h/{MASK}/v1"


def test_who_listens_twice_hears_all_once(tmp_path):
    library = logging.getLogger("lm_eval")
    begin(tmp_path / "log", is_debug=False)
    try:
        with listening():
            with listening():
                library.info("inside")
            library.info("between")
        library.info("outside")
    finally:
        end()
    said = [line.rpartition(": ")[2] for line in (tmp_path / "log").read_text().splitlines()]
    assert said == ["inside", "between"]


def test_who_embeds_weighin_and_listens_keeps_no_log():
    handler = logging.NullHandler()
    logging.getLogger("weighin").addHandler(handler)
    try:
        assert not is_kept()
    finally:
        logging.getLogger("weighin").removeHandler(handler)


def test_what_libraries_log_bears_no_password(caplog):
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    mask_libraries()
    try:
        library = logging.getLogger("huggingface_hub.utils._http")
        library.warning("'%s' thrown while requesting GET http://me:password@h/x", "refused")
        logging.getLogger("another").warning("http://me:own@h/x")
    finally:
        logging.setLogRecordFactory(before)

    first, second = (record.getMessage() for record in caplog.records)
    assert first == f"'refused' thrown while requesting GET http://{MASK}@h/x"
    assert second == "http://me:own@h/x"
