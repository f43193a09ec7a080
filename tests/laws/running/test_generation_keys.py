"""No setting of decoding passes unseen: it is refused by name, or a difference is told.

The tiny model and transformers are real; what is sent to a server goes to a real socket.
"""

import inspect

import pytest
import yaml
from tests.making.places import TINY_TASKS
from tests.making.runs.scene import GENERATE, copied_tasks, record_of, requirements_file

import weighin
from weighin.errors import RequirementsError
from weighin.identity.facets import Facet
from weighin.requirements.decoding.settings import (
    REFUSED,
    TRANSFORMERS,
    ComparedWith,
    Holds,
    Under,
)
from weighin.rules.interface import Outcome

pytestmark = pytest.mark.model

ANOTHER = "another"
VALUES = {
    Holds.NUMBER: 0.25,
    Holds.WHOLE_NUMBER: 3,
    Holds.ONE_ID: 3,
    Holds.SWITCH: True,
    Holds.SWITCH_OR_NEVER: "never",
    Holds.ID_OR_IDS: [7, 8],
    Holds.ID_LIST: [7, 8],
    Holds.PHRASES: [[7], [8, 9]],
    Holds.BIASES: [[[7, 8], -1.5]],
    Holds.PAIR: [1, 1.5],
}
WITH_EFFECT = {
    Under.ANY: {},
    Under.SAMPLING: {"do_sample": True, "temperature": 0.9},
    Under.BEAMS: {"num_beams": 2},
}
COMPARED = {
    key: setting
    for key, setting in TRANSFORMERS.items()
    if setting.compared_with is ComparedWith.BENCHMARKS
}
# lm-eval needs a temperature to sample with.
CHANGED = {key: {key: VALUES[setting.holds]} for key, setting in COMPARED.items()} | {
    "do_sample": WITH_EFFECT[Under.SAMPLING]
}
DEFAULTS = {
    key: {key: setting.default}
    for key, setting in COMPARED.items()
    if setting.default is not None and key not in {"do_sample", "temperature"}
}
CODE = "def generate(model, input_ids, **settings):\n    return input_ids.repeat(1, 2)\n"


def _write_task(folder, name, settings, **changed):
    definition = (TINY_TASKS / f"{GENERATE}.yaml").read_text().replace("!function ", "")
    task = yaml.safe_load(definition) | {"task": name} | changed
    task["generation_kwargs"] = {"until": ["\n"], "max_gen_toks": 4} | settings
    text = yaml.safe_dump(task).replace("custom_dataset: ", "custom_dataset: !function ")
    (folder / f"{name}.yaml").write_text(text)


@pytest.fixture(scope="module")
def scored(tmp_path_factory, tiny_checkpoint):
    """A task for each setting that is changed or written out, all scored on one loaded model."""
    folder = tmp_path_factory.mktemp("settings")
    tasks = copied_tasks(folder / "tasks")
    names = []
    for under, base in WITH_EFFECT.items():
        _write_task(tasks, f"base_{under.name.lower()}", base)
        names.append(f"base_{under.name.lower()}")
    for prefix, every in (("changed", CHANGED), ("default", DEFAULTS)):
        for key, settings in every.items():
            base = WITH_EFFECT[COMPARED[key].under]
            _write_task(tasks, f"{prefix}_{key}", base | settings)
            names.append(f"{prefix}_{key}")
    file = requirements_file(
        folder,
        tiny_checkpoint,
        benchmarks=tuple(f"{name}\n    samples: 1" for name in names),
        task_folder=tasks,
    )
    weighin.run(file, results=folder / "results")
    return folder


def _compared(scored, key, task):
    folder = scored / task
    folder.mkdir(exist_ok=True)
    base = f"base_{COMPARED[key].under.name.lower()}"
    rest = "profile: comparable\nsame: [decoding, generation_config, weights]\n"
    file = requirements_file(
        folder,
        scored / "unknown",
        benchmarks=tuple(f"{name}\n    samples: 1" for name in (base, task)),
        rest=rest,
    )
    verdict = weighin.check(file, [scored / "results"])
    return {j.finding.outcome for j in verdict.findings if j.rule == "same-decoding"}


@pytest.mark.parametrize("key", COMPARED)
def test_a_setting_that_one_of_two_tasks_changes_is_a_difference(scored, key):
    found = _compared(scored, key, f"changed_{key}")
    assert found & {Outcome.VIOLATED, Outcome.UNDECIDED}


@pytest.mark.parametrize("key", DEFAULTS)
def test_a_default_that_one_of_two_tasks_writes_out_is_none(scored, key):
    assert _compared(scored, key, f"default_{key}") == {Outcome.MET}


def test_every_setting_of_transformers_is_known_or_refused():
    from transformers import GenerationConfig, GenerationMixin

    attributes = {name for name in vars(GenerationConfig()) if not name.startswith("_")}
    parameters = set(inspect.signature(GenerationMixin.generate).parameters) - {"self"}
    assert (attributes | parameters) - {*TRANSFORMERS, *REFUSED} == set()


def test_defaults_are_those_of_transformers():
    from transformers import GenerationConfig

    theirs = GenerationConfig()._get_default_generation_params()
    ours = {key: setting.default for key, setting in COMPARED.items()}
    assert {key: theirs[key] for key in ours if key in theirs} == {
        key: ours[key] for key in ours if key in theirs
    }


@pytest.mark.parametrize("where", ["requirements", "task"])
@pytest.mark.parametrize("key", ["custom_generate", "trust_remote_code", "max_length", "odd_key"])
def test_a_key_that_is_not_known_to_be_harmless_ends_with_exit_3(
    tmp_path, tiny_checkpoint, where, key
):
    tasks = copied_tasks(tmp_path / "tasks")
    settings = {key: "generate.py"}
    _write_task(tasks, ANOTHER, settings if where == "task" else {})
    stated = f"\n    decoding: {settings}" if where == "requirements" else ""
    file = requirements_file(
        tmp_path, tiny_checkpoint, benchmarks=(f"{ANOTHER}{stated}",), task_folder=tasks
    )
    with pytest.raises(RequirementsError, match=key) as refused:
        weighin.run(file, results=tmp_path / "results")
    assert refused.value.exit_code == 3
    assert not list((tmp_path / "results").rglob("record.json"))


def test_a_setting_of_servers_is_refused_where_the_model_is_loaded(tmp_path, tiny_checkpoint):
    for decoding in ("{reasoning_effort: low}", "{seed: 7}"):
        file = requirements_file(
            tmp_path, tiny_checkpoint, benchmarks=(f"{GENERATE}\n    decoding: {decoding}",)
        )
        with pytest.raises(RequirementsError, match=r"requirements\.yaml:8: benchmarks\.0\."):
            weighin.run(file, results=tmp_path / "results")


def test_code_of_a_task_cannot_put_code_into_its_requests(tmp_path, tiny_checkpoint):
    """The last guard: what no file says and a task's Python makes of its requests."""
    tasks = copied_tasks(tmp_path / "tasks")
    (tmp_path / "generate.py").write_text(CODE)
    with (tasks / "load.py").open("a") as stream:
        stream.write(
            "\n\ndef scored(document, results):\n    return {'exact_match': 1.0}\n"
            "\n\nfrom lm_eval.api.task import ConfigurableTask\n\n\n"
            "class Powerful(ConfigurableTask):\n"
            "    def __init__(self, config=None):\n"
            "        super().__init__(config={k: v for k, v in config.items() if k != 'class'})\n\n"
            "    def construct_requests(self, doc, ctx, **settings):\n"
            "        request = super().construct_requests(doc, ctx, **settings)\n"
            f"        request.arguments[1]['custom_generate'] = {str(tmp_path / 'generate.py')!r}\n"
            "        return request\n"
        )
    _write_task(tasks, ANOTHER, {})
    path = tasks / f"{ANOTHER}.yaml"
    path.write_text(f"class: !function load.Powerful\n{path.read_text()}")
    file = requirements_file(
        tmp_path, tiny_checkpoint, benchmarks=(GENERATE, ANOTHER), task_folder=tasks
    )
    verdict = weighin.run(file, results=tmp_path / "results")
    assert {record.asked.task for record in verdict.records} == {GENERATE}
    assert any("custom_generate" in line for line in verdict.ignored)


def test_settings_are_recorded_as_the_model_was_given_them(tmp_path, tiny_checkpoint):
    benchmarks = (f"{GENERATE}\n    decoding: {{suppress_tokens: [5, 6], until: ['.', ';']}}",)
    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=benchmarks)
    record = record_of(weighin.run(file, results=tmp_path / "results"), GENERATE)
    sent = {
        "do_sample": False, "suppress_tokens": [5, 6], "until": [".", ";"], "max_gen_toks": 4,
    }  # fmt: skip
    assert record.sent.generation == (sent,)
    assert record.sent.requests == record.sent.answers == {"generate_until": 24}
    assert record.observation(Facet.DECODING).identifiers[0].value == {
        "in_force": [{"suppress_tokens": [5, 6]}]
    }
