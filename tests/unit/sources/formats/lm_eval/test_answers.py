"""What samples of lm-eval show of the answers."""

import json

import pytest
from tests.making.logs.evaluated import Log

from weighin.evidence.facts import FactName
from weighin.sources.formats.lm_eval.documents.answers import facts_of_answers, missing_documents
from weighin.sources.formats.lm_eval.samples import read_samples

SETTINGS = {"until": ["\n"], "max_gen_toks": 8}


def generated(number, output, found, *, name="none", arguments=None):
    return {
        "doc_id": number,
        "filter": name,
        "arguments": arguments or {"gen_args_0": {"arg_0": f"{number}?", "arg_1": SETTINGS}},
        "resps": [[output]],
        "filtered_resps": [found],
        "metrics": ["acc"],
        "acc": 0.0,
    }


@pytest.fixture
def facts(tmp_path):
    def of(*files):
        contents = []
        for number, samples in enumerate(files):
            path = tmp_path / f"samples_{number}.jsonl"
            path.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
            contents.append(read_samples(path).answers)
        return {fact.name: fact.value for fact in facts_of_answers(contents)}

    return of


def test_distinct_outputs_are_counted_over_all_files_of_a_benchmark(facts):
    one = [generated(n, text, text) for n, text in enumerate(("a", "b", "a"))]
    two = [generated(n, text, text) for n, text in enumerate(("a", "c"))]
    found = facts(one, two)
    assert found[FactName.DISTINCT_OUTPUTS] == {"distinct": 3, "outputs": 5}


def test_outputs_are_counted_once_for_all_filters(facts):
    samples = [
        generated(0, "so 7", "7", name="flexible-extract"),
        generated(0, "so 7", "[invalid]", name="strict-match"),
        generated(1, "#### 8", "8", name="flexible-extract"),
        generated(1, "#### 8", "8", name="strict-match"),
    ]
    found = facts(samples)
    assert found[FactName.DISTINCT_OUTPUTS] == {"distinct": 2, "outputs": 2}
    assert found[FactName.UNPARSED_ANSWERS] == {
        "unparsed": 1,
        "answers": 2,
        "by_filter": {
            "flexible-extract": {"unparsed": 0, "answers": 2},
            "strict-match": {"unparsed": 1, "answers": 2},
        },
    }


def test_filter_that_hands_on_the_output_says_nothing_of_parsing(facts):
    found = facts([generated(0, "", "", name="none"), generated(1, "x", "x", name="None")])
    assert FactName.UNPARSED_ANSWERS not in found


def test_list_that_a_filter_found_nothing_for_is_unparsed(facts):
    found = facts([generated(0, "text", [""], name="flexible-extract")])
    assert found[FactName.UNPARSED_ANSWERS]["unparsed"] == 1


def test_old_spelling_of_arguments_is_read(facts):
    samples = [generated(0, "a", "a", arguments=[["0?", SETTINGS]])]
    assert facts(samples)[FactName.DISTINCT_OUTPUTS] == {"distinct": 1, "outputs": 1}


@pytest.mark.parametrize(
    ("arguments", "responses"),
    [
        ({"gen_args_0": {"arg_0": "0?", "arg_1": " yes"}}, [["-1.5", "False"]]),
        ({"gen_args_0": {"arg_0": "a rolling text"}}, ["-12.5"]),
        ({"gen_args_0": {"arg_0": "0?", "arg_1": SETTINGS}}, [[None]]),
        ({"gen_args_0": {"arg_0": "0?", "arg_1": SETTINGS}}, [[{"text": "a"}]]),
        ({"gen_args_0": []}, [["a"]]),
        ([], [["a"]]),
        ("text", "text"),
        (7, 7),
    ],
)
def test_samples_without_generated_text_say_nothing_of_answers(facts, arguments, responses):
    sample = generated(0, "", "") | {"arguments": arguments, "resps": responses}
    assert facts([sample | {"filtered_resps": responses}]) == {}


def test_missing_documents_are_those_that_the_numbers_leave_out():
    fact = missing_documents({"0", "2", "5"}, 6)
    assert fact.name is FactName.MISSING_DOCUMENTS
    assert fact.value == [1, 3, 4]


@pytest.mark.parametrize(
    ("documents", "total"),
    [({"0", "1"}, 2), ({"0"}, None), (set(), 3), ({'"a"'}, 3), ({"7"}, 3), ({"1.5"}, 3)],
)
def test_nothing_is_missing_where_documents_have_no_numbers_or_are_all_there(documents, total):
    assert missing_documents(documents, total) is None


@pytest.mark.model
def test_log_tells_how_the_answers_of_its_samples_vary(log: Log):
    # lm-eval's dummy model answers "lol" to everything.
    rows = [json.loads(line) for line in log.samples("replies").read_text().splitlines()]
    documents = len({row["doc_id"] for row in rows})
    assert {text for row in rows for text in row["resps"][0]} == {"lol"}
    told = log.records()["replies"].fact(FactName.DISTINCT_OUTPUTS)
    assert told.value == {"distinct": 1, "outputs": documents * len(rows[0]["resps"][0])}


@pytest.mark.model
def test_document_that_has_no_sample_is_named(log: Log):
    assert log.records()["replies"].fact(FactName.MISSING_DOCUMENTS) is None

    def leave_out(rows):
        rows[:] = [row for row in rows if row["doc_id"] != 1]

    log.edit_samples("replies", leave_out)
    assert log.records()["replies"].fact(FactName.MISSING_DOCUMENTS).value == [1]


@pytest.mark.model
def test_log_without_samples_tells_nothing_of_answers(log: Log):
    log.samples("replies").unlink()
    assert log.records()["replies"].fact(FactName.DISTINCT_OUTPUTS) is None
    assert log.records()["replies"].fact(FactName.MISSING_DOCUMENTS) is None
