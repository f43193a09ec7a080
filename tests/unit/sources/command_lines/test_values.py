"""Values are typed as lm-eval types them, and only a secret is not told."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weighin.errors import UsageError
from weighin.sources.command_lines.values import HIDDEN, as_told, pairs, value_of

TEXT = st.text("abc=,'\"[](){}0123456789.-_ :/", max_size=30)


@pytest.mark.model
@given(st.lists(st.one_of(TEXT, st.text(max_size=15)), max_size=3))
@example(["stop=['a,b'],x={'k': (1, 2)}"])
@example(["a=1_000", "b=0x10"])
def test_pairs_are_those_of_lm_eval(words):
    """But for what no file can hold, which stays text: no number is infinite, and none has _."""
    import argparse

    from lm_eval._cli.utils import MergeDictAction

    parser = argparse.ArgumentParser(exit_on_error=False)
    action = MergeDictAction(["-a"], dest="a")
    space = argparse.Namespace()
    try:
        action(parser, space, words)
    except (SystemExit, ValueError, MemoryError):
        return
    try:
        found = pairs("-a", tuple(words))
    except UsageError:
        return
    expected = getattr(space, "a", None) or {}
    assert set(found) == {str(key).strip() for key in expected}
    for key, value in expected.items():
        own = found[str(key).strip()]
        assert own == value or isinstance(own, str | list | dict), (own, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("True", True),
        ("false", False),
        ("None", None),
        ("5", 5),
        ("-5", -5),
        ("0.5", 0.5),
        ("1e-5", 1e-5),
        ("nan", "nan"),
        ("inf", "inf"),
        ("1e400", "1e400"),
        ("['a', 'b']", ["a", "b"]),
        ("{'a': (1, None)}", {"a": [1, None]}),
        ("'5'", "5"),
        ("bfloat16", "bfloat16"),
        ("{b'a'}", "{b'a'}"),
        ("__import__('os')", "__import__('os')"),
        ("9" * 30, "9" * 30),
    ],
)
def test_a_value_is_typed_and_never_evaluated(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "name", ["api_key", "token", "auth_token", "HF_TOKEN", "password", "-H_header"]
)
def test_what_may_be_a_secret_is_not_told(name):
    assert as_told(name, "hunter2") == HIDDEN


@pytest.mark.parametrize("name", ["add_bos_token", "eos_token_id", "max_tokens", "key_value_heads"])
def test_what_is_none_is_told(name):
    assert as_told(name, "2") == ("2" if name != "key_value_heads" else HIDDEN)


def test_json_may_stand_in_the_place_of_pairs():
    assert pairs("-a", ('{"pretrained": "m", "x": [1, {"y": true}]}',)) == {
        "pretrained": "m",
        "x": [1, {"y": True}],
    }
    with pytest.raises(UsageError, match="JSON"):
        pairs("-a", ("{'pretrained': 'm'}",))
    with pytest.raises(UsageError, match="key=value"):
        pairs("-a", ("pretrained",))
