import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighin.errors import RequirementsError, UsageError, WeighinError
from weighin.files.yaml.document import Document, read_document
from weighin.files.yaml.overridden import overridden

FILE = """\
weighin: 1
model:
  name: m
  dtype: auto
same: [weights, dtype]
benchmarks:
  - {task: mmlu, num_fewshot: 5}
  - {task: a.b}
  - {task: a}
  - {task: twice, seed: 1}
  - {task: twice, seed: 2}
"""


def read(text=FILE):
    document = read_document(text)
    assert isinstance(document, Document)
    return document


def stated(*texts):
    return overridden(read(), texts, named="benchmarks")


@pytest.mark.parametrize(
    ("text", "keys", "value"),
    [
        ("model.dtype=float32", ("model", "dtype"), "float32"),
        ("model.batch_size=16", ("model", "batch_size"), 16),
        ("model.name=a=b", ("model", "name"), "a=b"),
        ("model.name='5'", ("model", "name"), "5"),
        ("model.chat_template=true", ("model", "chat_template"), True),
        ("model.max_length=", ("model", "max_length"), None),
        ("same=[weights]", ("same",), ["weights"]),
        ("same.1=config", ("same", 1), "config"),
        ("benchmarks.mmlu.num_fewshot=0", ("benchmarks", 0, "num_fewshot"), 0),
        ("benchmarks.a.b.num_fewshot=1", ("benchmarks", 1, "num_fewshot"), 1),
        ("benchmarks.a.seed=1", ("benchmarks", 2, "seed"), 1),
        ("benchmarks.4.seed=3", ("benchmarks", 4, "seed"), 3),
        (
            "benchmarks.0.decoding.temperature=0.5",
            ("benchmarks", 0, "decoding", "temperature"),
            0.5,
        ),
        ("rules.one-attempt=off", ("rules", "one-attempt"), "off"),
    ],
)
def test_a_value_is_put_where_its_key_says(text, keys, value):
    found = stated(text)
    assert found.document.get(*keys) == value
    assert found.source_of(keys) == f"--set {text.partition('=')[0]}"
    assert read().root == read(FILE).root


def test_everything_else_stays_as_and_where_it_is():
    before, found = read(), stated("model.dtype=float32").document
    for keys, value in before.values():
        if keys not in {("model",), ("model", "dtype")}:
            assert found.get(*keys) == value
            assert found.place(keys) == before.place(keys)
    assert stated().document == before


@pytest.mark.parametrize("text", ["model.dtype", "=x", ".=x", "", "model..dtype=x", "a\n=b"])
def test_what_is_no_key_and_value_is_a_wrong_call(text):
    with pytest.raises(UsageError, match=r"^--set"):
        stated(text)


def test_a_key_is_set_once():
    with pytest.raises(UsageError, match=r"^--set model\.dtype: expected one value, found two"):
        stated("model.dtype=auto", "model.dtype=float16")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model.dtype.x=1", r"model\.dtype: expected a mapping, found text 'auto'"),
        ("benchmarks.mmul.seed=1", "found 'mmul'; did you mean mmlu"),
        ("benchmarks.twice.seed=1", r"twice stands there 2 times; write benchmarks\.3 or "),
        ("benchmarks.9.seed=1", "expected an item from 0 to 4, found '9'"),
        ("same.weights=1", "expected an item from 0 to 1"),
        ("model.dtype={", "not YAML"),
        ("model.dtype=[", "not YAML"),
    ],
)
def test_a_key_that_leads_nowhere_is_refused(text, told):
    with pytest.raises(RequirementsError, match=told) as caught:
        stated(text)
    assert str(caught.value).startswith(f"--set {text.partition('=')[0]}: ")


@pytest.mark.parametrize("value", ["!!python/object:os.system x", "&a x", "*a", "{a: 1, a: 2}"])
def test_what_a_file_may_not_hold_no_override_may(value):
    problems = stated(f"model.name={value}").document.problems
    assert [problem.keys[:2] for problem in problems][:1] == [("model", "name")]


def test_the_text_says_first_what_was_changed_and_reads_as_the_document_does():
    found = stated("model.name='5'", "benchmarks.mmlu.num_fewshot=0", "model.max_length=")
    text = found.text().decode()
    assert text.splitlines()[:2] == [
        "# A requirements file as changed by:",
        "# --set \"model.name='5'\"",
    ]
    assert read(text).root == found.document.root
    assert read(text).problems == ()


@given(st.text(max_size=30), st.text(max_size=30))
def test_only_errors_of_weighin_come_out_and_what_is_read_is_written_again(key, value):
    try:
        found = stated(f"{key}={value}", f"model.name={value}")
    except WeighinError:
        return
    if not found.document.problems:
        assert read(found.text().decode()).root == found.document.root
