"""A file that is not one YAML mapping, and words that YAML readers disagree on, are refused."""

import pytest

NOT_A_MAPPING = "1:1: expected a mapping that begins with weighin: 1, found "
NOT_YAML = {
    "empty": (b"", NOT_A_MAPPING + "an empty file"),
    "only a comment": (b"# a\n", NOT_A_MAPPING + "an empty file"),
    "a list": (b"- a\n", NOT_A_MAPPING + "a list"),
    "a text": (b"no\n", NOT_A_MAPPING + "text 'no'"),
    "an empty mapping": (b"{}\n", NOT_A_MAPPING + "an empty mapping"),
    "not UTF-8": (b"a: 1\nb: \xff\n", "2:4: not UTF-8: byte 0xff; save the file as UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16-le"), "1:2: not YAML: '<U+0000>' is not allowed"),
    "a control character": (b"a: 1\nb: \x07\n", "2:4: not YAML: '<U+0007>' is not allowed"),
    "a tab": (b"a: 1\nb:\n\tc: m\n", "3:1: not YAML: a tab; indent with spaces"),
    "no colon": (b"a: 1\nb\nc: 1\n", "3:1: not YAML: could not find expected ':'"),
    "no such character": (
        b'a: 1\n"\\UFFFFFFFF": 1\n',
        "1:5: not YAML: an escape after this place names no character",
    ),
    "two documents": (
        b"a: 1\n---\na: 1\n",
        "2:1: a second document; expected one, so remove the `---`",
    ),
    "deep": (b"a: " + b"[" * 900_000, "1:34: nested more than 30 levels deep"),
}


@pytest.mark.parametrize(("content", "told"), NOT_YAML.values(), ids=NOT_YAML)
def test_a_file_that_is_not_one_yaml_mapping_is_refused(refusal, content, told):
    assert refusal(content) == [told]


def test_a_file_cannot_switch_to_an_older_yaml(refusal, minimal):
    told = refusal("%YAML 1.1\n---\n" + minimal)
    assert told == ["2:1: directives are refused; remove the lines with %"]


@pytest.mark.parametrize(
    ("written", "taken_for"),
    [
        *((word, "false") for word in ("no", "No", "NO", "off", "n", "OFF")),
        *((word, "true") for word in ("yes", "Yes", "on", "y", "ON")),
        *((word, "a number") for word in ("012", "0o14", "0x1F", "0b11", "1_000", "1:30", "00.5")),
        *((word, "a date") for word in ("2024-01-01", "2024-1-1", "2024-01-01T10:00:00Z")),
    ],
)
def test_a_text_that_readers_disagree_on_must_be_quoted(refusal, load, written, taken_for):
    text = "weighin: 1\nmodel:\n  checkpoint: c\n  name: {}\nbenchmarks: [{{task: a}}]\n"
    told = f"some YAML readers take {written} for {taken_for}; quote it if it is text"
    assert refusal(text.format(written)) == [f"4:9: model.name: ambiguous: {told}"]
    assert load(text.format(f'"{written}"')).model.name == written


def test_an_ambiguous_word_among_generation_arguments_is_refused(refusal, minimal):
    content = minimal.replace("task: a", "task: a, decoding: {reasoning_effort: no}")
    told = "some YAML readers take no for false; quote it if it is text"
    assert refusal(content) == [
        f"3:53: benchmarks.0.decoding.reasoning_effort: ambiguous: {told}",
    ]
    content = minimal.replace("task: a", "task: a, decoding: {do_sample: no}")
    assert refusal(content) == [
        "3:46: benchmarks.0.decoding.do_sample: expected true or false, found text 'no'",
    ]


def test_a_whole_number_of_thousands_of_digits_is_refused(refusal, minimal):
    content = minimal.replace("task: a", f"task: a, num_fewshot: {'1' * 5000}")
    told = "whole number of more than 20 digits; quote it"
    assert refusal(content) == [f"3:37: benchmarks.0.num_fewshot: {told}"]


def test_a_byte_order_mark_is_harmless(load, minimal):
    assert load("\ufeff" + minimal).lines["weighin"] == (1, 10)
