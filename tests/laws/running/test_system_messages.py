"""The system message and template of a record are those that were rendered.

The tiny model, its tokenizer and lm-eval are real.
"""

from datetime import datetime

import pytest
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    copied_tasks,
    record_of,
    requirements_file,
    samples_of,
)

import weighin
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

PROMPT, DESCRIPTION = "Be right.", "Answer with a number."
TEMPLATED = "  chat_template: true\n"
REFUSES = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
)
FEW = "\n    samples: 4"


def _run(folder, checkpoint, *, model="", tasks=None, benchmarks=(CHOICE, GENERATE), rest=""):
    settings = {} if tasks is None else {"task_folder": tasks}
    file = requirements_file(
        folder,
        checkpoint,
        benchmarks=tuple(f"{task}{FEW}" for task in benchmarks),
        model=model,
        rest=f"profile: comparable\n{rest}",
        **settings,
    )
    return weighin.run(file, results=folder / "results")


def _described(folder, text):
    tasks = copied_tasks(folder / "tasks")
    with (tasks / f"{GENERATE}.yaml").open("a") as stream:
        stream.write(f"description: {text!r}\n")
    return tasks


def _told(verdict, task, facet=Facet.SYSTEM_PROMPT):
    observation = record_of(verdict, task).observation(facet)
    assert observation.grade is Grade.MEASURED
    return observation.identifiers[0].value


def _edit_template(checkpoint, change):
    path = checkpoint / "chat_template.jinja"
    path.write_text(change(path.read_text()))


def _outcomes(verdict, rule):
    return {j.finding.outcome for j in verdict.findings if j.rule == rule}


def _digest(text):
    return sha256_hex(text.encode())


def test_a_description_is_the_system_message_under_a_template(tmp_path, tiny_checkpoint):
    tasks = _described(tmp_path, DESCRIPTION)
    verdict = _run(tmp_path, tiny_checkpoint, model=TEMPLATED, tasks=tasks)
    assert _told(verdict, CHOICE) == {"sha256": None}
    assert _told(verdict, GENERATE) == {"sha256": _digest(DESCRIPTION)}
    assert record_of(verdict, GENERATE).sent.system_messages == (_digest(DESCRIPTION),)
    assert _outcomes(verdict, "same-system-prompt") == {Outcome.VIOLATED}


def test_a_description_joins_the_system_prompt_under_a_template(tmp_path, tiny_checkpoint):
    tasks = _described(tmp_path, DESCRIPTION)
    model = f"{TEMPLATED}  system_prompt: {PROMPT}\n"
    verdict = _run(tmp_path, tiny_checkpoint, model=model, tasks=tasks)
    assert _told(verdict, CHOICE) == {"sha256": _digest(PROMPT)}
    assert _told(verdict, GENERATE) == {"sha256": _digest(f"{PROMPT}\n\n{DESCRIPTION}")}


def test_a_description_without_a_template_is_text_of_the_task(tmp_path, tiny_checkpoint):
    tasks = _described(tmp_path, DESCRIPTION)
    verdict = _run(tmp_path, tiny_checkpoint, tasks=tasks)
    assert _told(verdict, GENERATE) == _told(verdict, CHOICE) == {"sha256": None}
    assert _outcomes(verdict, "same-system-prompt") == {Outcome.MET}


def test_a_system_prompt_without_a_template_begins_every_prompt(tmp_path, tiny_checkpoint):
    verdict = _run(tmp_path, tiny_checkpoint, model=f"  system_prompt: {PROMPT}\n")
    assert _told(verdict, GENERATE) == _told(verdict, CHOICE) == {"sha256": _digest(PROMPT)}


def test_a_message_that_the_template_refuses_was_not_sent(tmp_path, checkpoint):
    _edit_template(checkpoint, lambda text: REFUSES + text)
    model = f"{TEMPLATED}  system_prompt: {PROMPT}\n"
    verdict = _run(tmp_path, checkpoint, model=model)
    assert _told(verdict, GENERATE) == {"sha256": None}
    assert record_of(verdict, GENERATE).sent.system_messages == ()
    assert Outcome.VIOLATED in _outcomes(verdict, "as-required")


def test_a_message_that_the_template_leaves_out_was_not_sent(tmp_path, checkpoint):
    _edit_template(
        checkpoint,
        lambda _: "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
    )
    model = f"{TEMPLATED}  system_prompt: {PROMPT}\n"
    verdict = _run(tmp_path, checkpoint, model=model)
    assert _told(verdict, GENERATE) == {"sha256": None}


def test_a_message_of_each_document_is_told_with_their_number(tmp_path, tiny_checkpoint):
    tasks = _described(tmp_path, "Think of {{question}}.")
    verdict = _run(tmp_path, tiny_checkpoint, model=TEMPLATED, tasks=tasks)
    value = _told(verdict, GENERATE)
    assert value["messages"] == len(record_of(verdict, GENERATE).sent.system_messages) == 4


def test_the_day_of_a_template_that_writes_the_date_is_recorded(tmp_path, checkpoint):
    _edit_template(checkpoint, lambda text: "{{ strftime_now('%Y') }}" + text)
    verdict = _run(tmp_path, checkpoint, model=TEMPLATED)
    day = datetime.now().astimezone().date().isoformat()
    assert record_of(verdict, GENERATE).sent.template_dates == (day,)
    (identifier,) = record_of(verdict, GENERATE).observation(Facet.CHAT_TEMPLATE).identifiers
    assert identifier.scope == f"dated {day}"


@pytest.mark.parametrize("longest", [5, 7, 9, 12])
def test_prompts_that_were_cut_are_counted(tmp_path, tiny_checkpoint, longest):
    """Second implementation: the tokens of what the samples file holds."""
    from transformers import AutoTokenizer

    verdict = _run(tmp_path, tiny_checkpoint, model=f"  max_length: {longest}\n")
    encode = AutoTokenizer.from_pretrained(tiny_checkpoint).encode
    # The last token of a continuation is only predicted; four tokens are generated.
    for task, room in ((CHOICE, longest + 1), (GENERATE, longest - 4)):
        record = record_of(verdict, task)
        asked = [
            "".join(request[part] for part in ("arg_0", "arg_1") if isinstance(request[part], str))
            for sample in samples_of(tmp_path / "results", record)
            for request in sample["arguments"].values()
        ]
        assert record.sent.prompts_cut == sum(len(encode(text)) > room for text in asked)
        assert sum(record.sent.requests.values()) == len(asked)
        assert (record.in_force.max_length, record.in_force.max_length_requested) == (longest,) * 2


def test_the_longest_input_in_force_is_the_model_s_own_where_nothing_is_asked(
    tmp_path, tiny_checkpoint
):
    record = record_of(_run(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,)), CHOICE)
    assert (record.in_force.max_length, record.in_force.max_length_requested) == (512, None)
    assert record.sent.prompts_cut == 0
