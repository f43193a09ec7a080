"""What a run records beyond the facets, and which rules that decides without a declaration."""

import hashlib

import pytest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    copied_tasks,
    edit_json,
    findings,
    record_of,
    requirements_file,
    samples_of,
)
from tests.making.tiny.endpoint import TinyServer, endpoint_requirements, says_its_name, served

import weighin.api
from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

ROLLING = "tiny_rolling"
FOUR = "    samples: 4"
CHOSEN, GENERATED, ROLLED = (f"{task}\n{FOUR}" for task in (CHOICE, GENERATE, ROLLING))


def _run(folder, checkpoint, *benchmarks, **settings):
    path = requirements_file(folder, checkpoint, benchmarks=benchmarks, **settings)
    return weighin.api.run(path, results=folder / "results")


def _value(verdict, task, name):
    fact = record_of(verdict, task).fact(name)
    return None if fact is None else fact.value


def _grade(verdict, task, name):
    return record_of(verdict, task).fact(name).grade


def _outcomes(verdict, rule):
    return {judged.finding.outcome for judged in verdict.findings if judged.rule == rule}


def _adds_bos(checkpoint):
    """Give the tokenizer the post-processor that Llama 3's has."""
    bos = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    edit_json(
        checkpoint / "tokenizer.json",
        post_processor={
            "type": "TemplateProcessing",
            "single": [bos, text],
            "pair": [bos, text, bos, text],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
        },
    )


def test_leaderboard_rules_are_decided_by_a_run_alone(tmp_path, checkpoint):
    _adds_bos(checkpoint)
    verdict = _run(tmp_path, checkpoint, CHOSEN, GENERATED, rest="profile: leaderboard\n")
    decided = {
        "exactly-one-bos": {Outcome.MET},
        "seeds-are-recorded": {Outcome.MET},
        "hardware-is-recorded": {Outcome.MET},
        "same-harness": {Outcome.MET},
        "errors-count-as-wrong": {Outcome.MET},
        "revision-is-immutable": {Outcome.MET},
        # Nothing is extracted from the likelihoods of tiny_choice.
        "answers-parse": {Outcome.MET, Outcome.NOT_APPLICABLE},
        # A random model says one thing, whatever it is asked.
        "outputs-vary": {Outcome.VIOLATED, Outcome.NOT_APPLICABLE},
        "no-task-override": {Outcome.VIOLATED},
        # lm-eval was installed from a package index, not from git.
        "harness-is-committed": {Outcome.UNDECIDED},
    }
    assert {rule: _outcomes(verdict, rule) for rule in decided} == decided


def test_everything_that_weighin_saw_itself_is_measured(tmp_path, checkpoint):
    _adds_bos(checkpoint)
    verdict = _run(tmp_path, checkpoint, GENERATED)
    assert {fact.grade for fact in record_of(verdict, GENERATE).facts} == {Grade.MEASURED}


def test_bos_is_counted_where_the_tokenizer_adds_it(tmp_path, checkpoint):
    _adds_bos(checkpoint)
    verdict = _run(tmp_path, checkpoint, CHOSEN, GENERATED)
    for task in (CHOICE, GENERATE):
        assert _value(verdict, task, FactName.BOS_TOKENS) == 1
        assert _value(verdict, task, FactName.EXPECTED_BOS_TOKENS) == 1


def test_rolling_prompt_begins_with_two_bos_where_lm_eval_and_the_tokenizer_add_one(
    tmp_path, checkpoint
):
    _adds_bos(checkpoint)
    verdict = _run(tmp_path, checkpoint, ROLLED, rest="rules: {exactly-one-bos: error}\n")
    assert _value(verdict, ROLLING, FactName.BOS_TOKENS) == 2
    assert findings(verdict, "exactly-one-bos")


def test_bos_that_the_requirements_switch_off_is_missed(tmp_path, checkpoint):
    _adds_bos(checkpoint)
    verdict = _run(
        tmp_path,
        checkpoint,
        CHOSEN,
        GENERATED,
        model="  add_bos_token: false\n",
        rest="rules: {exactly-one-bos: error}\n",
    )
    assert [_value(verdict, t, FactName.BOS_TOKENS) for t in (CHOICE, GENERATE)] == [0, 0]
    (finding,) = findings(verdict, "exactly-one-bos")
    assert finding.benchmarks == (CHOICE, GENERATE)


def test_bos_that_only_the_template_writes_is_missed_without_the_template(tmp_path, checkpoint):
    template = checkpoint / "chat_template.jinja"
    template.write_text("{{ bos_token }}" + template.read_text())
    rest = "rules: {exactly-one-bos: error}\n"
    plain = _run(tmp_path, checkpoint, GENERATED, rest=rest)
    assert findings(plain, "exactly-one-bos")
    chat = _run(tmp_path, checkpoint, GENERATED, model="  chat_template: true\n", rest=rest)
    assert _value(chat, GENERATE, FactName.BOS_TOKENS) == 1
    assert findings(chat, "exactly-one-bos", Outcome.MET)


def test_whether_a_bos_is_expected_is_unknown_where_the_checkpoint_says_nothing(
    tmp_path, tiny_checkpoint
):
    verdict = _run(tmp_path, tiny_checkpoint, GENERATED, rest="rules: {exactly-one-bos: error}\n")
    assert _value(verdict, GENERATE, FactName.EXPECTED_BOS_TOKENS) is None
    assert findings(verdict, "exactly-one-bos", Outcome.UNDECIDED)


def test_no_bos_is_expected_where_the_tokenizer_says_that_it_adds_none(tmp_path, checkpoint):
    edit_json(checkpoint / "tokenizer_config.json", add_bos_token=False)
    verdict = _run(tmp_path, checkpoint, GENERATED, rest="rules: {exactly-one-bos: error}\n")
    assert findings(verdict, "exactly-one-bos", Outcome.MET)


def test_token_before_a_rolling_text_is_not_held_against_a_model_without_bos(tmp_path, checkpoint):
    edit_json(checkpoint / "tokenizer_config.json", add_bos_token=False)
    verdict = _run(tmp_path, checkpoint, ROLLED, rest="rules: {exactly-one-bos: error}\n")
    assert _value(verdict, ROLLING, FactName.BOS_TOKENS) == 1
    assert findings(verdict, "exactly-one-bos", Outcome.UNDECIDED)


def test_record_with_facts_is_read_back_and_reused(tmp_path, tiny_checkpoint):
    first = _run(tmp_path, tiny_checkpoint, GENERATED)
    again = _run(tmp_path, tiny_checkpoint, GENERATED)
    assert again.records == first.records
    assert record_of(again, GENERATE).facts


def test_answers_that_fill_their_limit_are_cut(tmp_path, tiny_checkpoint):
    rest = "rules: {answers-are-not-truncated: error}\n"
    verdict = _run(tmp_path, tiny_checkpoint, CHOSEN, GENERATED, rest=rest)
    assert _value(verdict, GENERATE, FactName.FINISH_REASONS) == {"length": 4}
    # `max_gen_toks: 4` in the task.
    assert _value(verdict, GENERATE, FactName.OUTPUT_TOKENS) == 4
    assert findings(verdict, "answers-are-not-truncated")
    (idle,) = findings(verdict, "answers-are-not-truncated", Outcome.NOT_APPLICABLE)
    assert idle.benchmarks == (CHOICE,)


def test_answers_that_end_with_a_stop_sequence_or_the_end_of_text_stopped(tmp_path, checkpoint):
    first = _run(tmp_path, checkpoint, GENERATED)
    output = samples_of(tmp_path / "results", record_of(first, GENERATE))[0]["resps"][0][0]
    decoding = f"{GENERATED}\n    decoding: {{until: [{output[0]!r}]}}"
    stopped = _run(tmp_path, checkpoint, decoding)
    assert _value(stopped, GENERATE, FactName.FINISH_REASONS) == {"stop": 4}

    # Every token ends the text, so that the first one does.
    edit_json(checkpoint / "generation_config.json", eos_token_id=list(range(300)))
    ended = _run(tmp_path, checkpoint, GENERATED)
    assert _value(ended, GENERATE, FactName.FINISH_REASONS) == {"stop": 4}
    assert _value(ended, GENERATE, FactName.OUTPUT_TOKENS) == 1


def test_settings_that_replace_those_of_the_task_are_overrides(tmp_path, tiny_checkpoint):
    required = f"{GENERATED}\n    decoding: {{max_gen_toks: 3, do_sample: false}}"
    verdict = _run(tmp_path, tiny_checkpoint, required)
    assert _value(verdict, GENERATE, FactName.TASK_OVERRIDES) == [
        f"own task files: {GENERATE}",
        "max_gen_toks=3",
    ]


def test_scorer_of_a_task_is_among_the_files_of_the_harness(tmp_path, tiny_checkpoint):
    tasks = copied_tasks(tmp_path / "tasks")
    before = _run(tmp_path, tiny_checkpoint, CHOSEN, task_folder=tasks)
    with (tasks / "load.py").open("a") as stream:
        stream.write("# edited\n")
    after = _run(tmp_path, tiny_checkpoint, CHOSEN, task_folder=tasks)
    old, new = (_value(v, CHOICE, FactName.HARNESS_FILES) for v in (before, after))
    assert {name for name in old if old[name] != new[name]} == {"load.py"}


def test_code_that_a_task_brings_is_told_apart_from_that_of_the_harness(tmp_path, tiny_checkpoint):
    tasks = copied_tasks(tmp_path / "tasks")
    verdict = _run(tmp_path, tiny_checkpoint, CHOSEN, GENERATED, task_folder=tasks)
    digest = hashlib.sha256((tasks / "load.py").read_bytes()).hexdigest()
    for task in (CHOICE, GENERATE):
        assert _value(verdict, task, FactName.TASK_CODE) == {"load.py": digest}
        assert _grade(verdict, task, FactName.TASK_CODE) is Grade.MEASURED


def test_hosted_rules_are_decided_by_a_run_alone(tmp_path):
    def says(number):
        return {**says_its_name(number), "usage": {"completion_tokens": 2}}

    with served(TinyServer(says=says)) as server:
        path = endpoint_requirements(tmp_path, server, api="chat", rest="profile: hosted\n")
        verdict = weighin.api.run(path, results=tmp_path / "results")
    decided = {
        "answered-by-one-model": {Outcome.MET},
        "errors-count-as-wrong": {Outcome.MET},
        "answers-are-not-truncated": {Outcome.MET},
        "answers-parse": {Outcome.MET},
        # It says one text to everything, and is asked for under a name without a date.
        "outputs-vary": {Outcome.VIOLATED},
        "served-model-is-dated": {Outcome.VIOLATED},
        "same-harness": {Outcome.MET},
    }
    assert {rule: _outcomes(verdict, rule) for rule in decided} == decided


def test_word_of_a_server_is_declared_and_counted_by_call(tmp_path):
    def says(number):
        return {"model": "tiny-1" if number < 3 else "tiny-2", "usage": {"completion_tokens": 2}}

    with served(TinyServer(says=says)) as server:
        path = endpoint_requirements(tmp_path, server, api="chat")
        verdict = weighin.api.run(path, results=tmp_path / "results")
    assert _value(verdict, GENERATE, FactName.ANSWERED_MODELS) == {"tiny-1": 3, "tiny-2": 1}
    assert _value(verdict, GENERATE, FactName.FINISH_REASONS) == {"stop": 4}
    assert _value(verdict, GENERATE, FactName.OUTPUT_TOKENS) == 2
    assert _value(verdict, GENERATE, FactName.PROVIDERS) is None
    said = (FactName.ANSWERED_MODELS, FactName.FINISH_REASONS, FactName.OUTPUT_TOKENS)
    assert {_grade(verdict, GENERATE, name) for name in said} == {Grade.DECLARED}
    assert _grade(verdict, GENERATE, FactName.REQUESTED_MODEL) is Grade.MEASURED


def test_calls_of_which_some_name_no_model_are_not_told_as_those_of_one(tmp_path):
    def says(number):
        return {"model": "tiny-1"} if number else {}

    with served(TinyServer(says=says)) as server:
        path = endpoint_requirements(tmp_path, server, api="chat")
        verdict = weighin.api.run(path, results=tmp_path / "results")
    assert _value(verdict, GENERATE, FactName.ANSWERED_MODELS) is None


def test_bos_of_tokens_that_are_sent_is_held_against_the_tokenizer(tmp_path, checkpoint):
    _adds_bos(checkpoint)
    with served(TinyServer()) as server:
        path = endpoint_requirements(tmp_path, server, endpoint=f"    tokenizer: {checkpoint}\n")
        verdict = weighin.api.run(path, results=tmp_path / "results")
        bos = [body["prompt"][0][:1] == [0] for body in server.bodies]
    assert _value(verdict, GENERATE, FactName.BOS_TOKENS) == int(bos[0])
    assert _value(verdict, GENERATE, FactName.EXPECTED_BOS_TOKENS) == 1
    assert _grade(verdict, GENERATE, FactName.EXPECTED_BOS_TOKENS) is Grade.DECLARED
    # A completions server says nothing of why its texts ended here.
    assert _value(verdict, GENERATE, FactName.FINISH_REASONS) is None
