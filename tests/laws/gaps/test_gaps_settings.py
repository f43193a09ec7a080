"""What surrounds the weights: tokenizer, templates, generation config, code, quantisation."""

from pathlib import Path

import pytest
from tests.making.runs.plain import differences, evaluate_plainly
from tests.making.runs.scene import (
    CHOICE,
    GENERATE,
    edit_json,
    edit_text,
    findings,
    quantise,
    record_of,
    requirements_file,
    violated_rules,
)

import weighin
from weighin.errors import CheckpointError, RequirementsError, RunError
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Outcome, Verdict

pytestmark = pytest.mark.model

CODE = """
from pathlib import Path

from transformers import LlamaConfig, LlamaForCausalLM

Path({marker!r}).touch()


class OwnConfig(LlamaConfig):
    model_type = {model_type!r}


class OwnModel(LlamaForCausalLM):
    config_class = OwnConfig
"""


def test_an_edited_generation_config_violates_same_generation_config(
    checkpoint: Path, tmp_path: Path
):
    file = requirements_file(tmp_path, checkpoint, rest="profile: comparable\n")
    before = evaluate_plainly(checkpoint, tmp_path / "plain1", tasks=(GENERATE,))
    weighin.run(file, results=tmp_path / "results", only=[CHOICE])
    edit_json(checkpoint / "generation_config.json", repetition_penalty=5.0, no_repeat_ngram_size=1)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2", tasks=(GENERATE,))
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])

    assert before.answers != after.answers
    assert differences(before, after) == ()
    verdict = weighin.check(file, [tmp_path / "results"])
    assert findings(verdict, "same-generation-config")
    decoding = record_of(verdict, GENERATE).observation(Facet.DECODING)
    edited = {"repetition_penalty": 5, "no_repeat_ngram_size": 1}
    in_force, as_first_recorded = decoding.identifiers
    assert in_force.value == {"in_force": [edited]}
    assert as_first_recorded.value == {"do_sample": False} | edited


def test_an_edited_tokenizer_violates_same_tokenizer(checkpoint: Path, tmp_path: Path):
    file = requirements_file(tmp_path, checkpoint)
    before = evaluate_plainly(checkpoint, tmp_path / "plain1")
    weighin.run(file, results=tmp_path / "results", only=[CHOICE])
    _truncate_merges(checkpoint / "tokenizer.json")
    after = evaluate_plainly(checkpoint, tmp_path / "plain2")
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])

    assert before.answers != after.answers
    assert differences(before, after) == ()
    verdict = weighin.check(file, [tmp_path / "results"])
    assert findings(verdict, "same-tokenizer")
    assert not findings(verdict, "same-weights")


def test_an_edited_template_that_is_applied_violates_same_chat_template(
    checkpoint: Path, tmp_path: Path
):
    verdict = _verdict_after_template_edit(checkpoint, tmp_path, is_applied=True)

    assert {"same-chat-template", "checkpoint-is-declared"} <= violated_rules(verdict)
    assert not {"same-weights", "same-tokenizer", "same-special-tokens"} & violated_rules(verdict)


def test_an_edited_template_that_is_not_applied_is_another_checkpoint_and_no_other_prompting(
    checkpoint: Path, tmp_path: Path
):
    before = evaluate_plainly(checkpoint, tmp_path / "plain1")
    verdict = _verdict_after_template_edit(checkpoint, tmp_path, is_applied=False)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2")

    assert before.answers == after.answers
    assert differences(before, after) == ()
    assert violated_rules(verdict) == {"checkpoint-is-declared"}
    assert findings(verdict, "same-chat-template", Outcome.MET)


def test_a_template_applied_to_one_benchmark_only_violates_same_chat_template(
    checkpoint: Path, tmp_path: Path
):
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE, f"{GENERATE}\n    chat_template: true")
    )
    verdict = weighin.run(file, results=tmp_path / "results")

    assert findings(verdict, "same-chat-template")


def test_a_template_that_is_not_there_is_refused_before_anything_is_loaded(
    checkpoint: Path, tmp_path: Path
):
    (checkpoint / "chat_template.jinja").unlink()
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE, f"{GENERATE}\n    chat_template: true")
    )
    with pytest.raises(RequirementsError, match=rf"yaml:\d+: .*chat template for {GENERATE}"):
        weighin.run(file, results=tmp_path / "results")
    assert not list((tmp_path / "results").rglob("record.json"))


def test_a_dated_template_gives_another_prompts_digest_every_time(checkpoint: Path, tmp_path: Path):
    template = checkpoint / "chat_template.jinja"
    template.write_text("{{ strftime_now('%H:%M:%S.%f') }} " + template.read_text())
    dated = {"apply_chat_template": True}
    plain = [evaluate_plainly(checkpoint, tmp_path / f"plain{n}", **dated) for n in range(2)]
    file = requirements_file(
        tmp_path, checkpoint, benchmarks=(CHOICE,), model="  chat_template: true\n"
    )
    weighin.run(file, results=tmp_path / "results")
    weighin.run(file, results=tmp_path / "results", new_attempt=True)
    first, second = weighin.check(file, [tmp_path / "results"]).records

    assert plain[0].document["chat_template_sha"] == plain[1].document["chat_template_sha"]
    templates = [record.observation(Facet.CHAT_TEMPLATE) for record in (first, second)]
    assert templates[0].identifiers == templates[1].identifiers
    # On another day it is another scope, so that the two days are unknown and not the same.
    assert templates[0].identifiers[0].scope.startswith("dated ")
    assert first.asked.prompts_digest != second.asked.prompts_digest
    assert first.asked.documents_digest == second.asked.documents_digest


def test_code_that_a_checkpoint_cannot_do_without_is_refused_and_never_executed(
    checkpoint: Path, tmp_path: Path
):
    marker = tmp_path / "executed"
    _add_code(checkpoint, marker, model_type="own")
    file = requirements_file(tmp_path, checkpoint)

    with pytest.raises(RunError, match=r"own\.py would be executed only if model\.remote_code"):
        weighin.run(file, results=tmp_path / "results")
    assert not marker.exists()


def test_code_that_a_checkpoint_can_do_without_is_never_executed_unless_named(
    checkpoint: Path, tmp_path: Path
):
    marker = tmp_path / "executed"
    _add_code(checkpoint, marker, model_type="llama")
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,))
    verdict = weighin.run(file, results=tmp_path / "results")

    assert not marker.exists()
    observation = record_of(verdict, CHOICE).observation(Facet.REMOTE_CODE)
    assert observation.summary == "not executed"
    assert observation.identifiers[0].value == "none"


def test_code_that_is_named_is_executed_and_its_digest_recorded(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    marker, results = tmp_path / "executed", tmp_path / "results"
    _add_code(checkpoint, marker, model_type="own")
    named = "  remote_code: [own.py]\n"
    trusting = {"trust_remote_code": True}
    before = evaluate_plainly(checkpoint, tmp_path / "plain1", model_arguments=trusting)
    file = requirements_file(tmp_path, checkpoint, model=named)
    weighin.run(file, results=results, only=[CHOICE])
    edit_text(checkpoint / "own.py", "class OwnModel", "EDITED = True\n\n\nclass OwnModel")
    after = evaluate_plainly(checkpoint, tmp_path / "plain2", model_arguments=trusting)
    weighin.run(file, results=results, only=[GENERATE])

    assert marker.exists()
    assert differences(before, after) == ()
    verdict = weighin.check(file, [results])
    assert findings(verdict, "same-remote-code")
    observation = record_of(verdict, CHOICE).observation(Facet.REMOTE_CODE)
    assert observation.grade is Grade.MEASURED
    assert observation.identifiers[0].value != "none"


def test_code_of_another_repository_is_refused_even_if_code_is_named(
    checkpoint: Path, tmp_path: Path
):
    marker = tmp_path / "executed"
    _add_code(checkpoint, marker, model_type="own", module="acme/code--own")
    file = requirements_file(tmp_path, checkpoint, model="  remote_code: [own.py]\n")

    with pytest.raises(CheckpointError, match="expected code in the folder itself"):
        weighin.run(file, results=tmp_path / "results")
    assert not marker.exists()


def test_other_code_than_the_named_one_is_refused(checkpoint: Path, tmp_path: Path):
    marker = tmp_path / "executed"
    _add_code(checkpoint, marker, model_type="own")
    (checkpoint / "second.py").write_text("")
    file = requirements_file(tmp_path, checkpoint, model="  remote_code: [own.py]\n")

    with pytest.raises(CheckpointError, match="name exactly the Python files"):
        weighin.run(file, results=tmp_path / "results")
    assert not marker.exists()


def test_naming_code_makes_another_job(checkpoint: Path, tmp_path: Path, monkeypatch):
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    marker, results = tmp_path / "executed", tmp_path / "results"
    _add_code(checkpoint, marker, model_type="llama")
    weighin.run(requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,)), results=results)
    named = "  remote_code: [own.py]\n"
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,), model=named)
    verdict = weighin.run(file, results=results)

    assert marker.exists()
    assert record_of(verdict, CHOICE).observation(Facet.REMOTE_CODE).summary != "not executed"


def test_a_checkpoint_that_was_quantized_violates_same_quantization(
    checkpoint: Path, tmp_path: Path
):
    file = requirements_file(tmp_path, checkpoint)
    before = evaluate_plainly(checkpoint, tmp_path / "plain1")
    weighin.run(file, results=tmp_path / "results", only=[CHOICE])
    quantise(checkpoint)
    after = evaluate_plainly(checkpoint, tmp_path / "plain2")
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])

    assert before.answers != after.answers
    assert differences(before, after) == ()
    verdict = weighin.check(file, [tmp_path / "results"])
    assert {"same-quantization", "same-weights"} <= violated_rules(verdict)


def test_tensors_that_were_dequantized_on_loading_leave_loaded_is_on_disk_undecided(
    checkpoint: Path, tmp_path: Path
):
    quantise(checkpoint)
    file = requirements_file(tmp_path, checkpoint, benchmarks=(CHOICE,))
    verdict = weighin.run(file, results=tmp_path / "results")

    (finding,) = findings(verdict, "loaded-is-on-disk", Outcome.UNDECIDED)
    # Seven projections a layer.
    assert len(finding.tensors) == 2 * 7
    assert violated_rules(verdict) == set()
    quantization = record_of(verdict, CHOICE).observation(Facet.QUANTIZATION)
    assert quantization.summary.endswith("dequantized on loading")


def test_engine_attention_and_threads_are_recorded(tiny_checkpoint: Path, tmp_path: Path):
    import torch

    file = requirements_file(tmp_path, tiny_checkpoint, benchmarks=(CHOICE,))
    record = record_of(weighin.run(file, results=tmp_path / "results"), CHOICE)

    assert record.run.settings["threads"] == torch.get_num_threads()
    (engine,) = record.observation(Facet.ENGINE).identifiers
    (quantization,) = record.observation(Facet.QUANTIZATION).identifiers
    assert isinstance(engine.value, dict)
    assert engine.value["attention"] == "sdpa"
    assert engine.value["device"] == "cpu"
    assert str(engine.value["engine"]).startswith("transformers ")
    assert (engine.grade, quantization.grade) == (Grade.MEASURED, Grade.MEASURED)
    assert quantization.value == "none"


def _verdict_after_template_edit(checkpoint: Path, tmp_path: Path, *, is_applied: bool) -> Verdict:
    file = requirements_file(
        tmp_path, checkpoint, model=f"  chat_template: {str(is_applied).lower()}\n"
    )
    weighin.run(file, results=tmp_path / "results", only=[CHOICE])
    edit_text(checkpoint / "chat_template.jinja", "</s>", "</s>\n")
    weighin.run(file, results=tmp_path / "results", only=[GENERATE])
    return weighin.check(file, [tmp_path / "results"])


def _truncate_merges(tokenizer: Path) -> None:
    import json

    content = json.loads(tokenizer.read_text())
    content["model"]["merges"] = content["model"]["merges"][:5]
    tokenizer.write_text(json.dumps(content))


def _add_code(checkpoint: Path, marker: Path, *, model_type: str, module: str = "own") -> None:
    """Add a Python file that `auto_map` names and that leaves a marker when it is executed."""
    code = CODE.format(marker=str(marker), model_type=model_type)
    (checkpoint / "own.py").write_text(code)
    edit_json(
        checkpoint / "config.json",
        model_type=model_type,
        architectures=["OwnModel"],
        auto_map={
            "AutoConfig": f"{module}.OwnConfig",
            "AutoModelForCausalLM": f"{module}.OwnModel",
        },
    )
