"""Over all flags: the file is valid, nothing is lost without a word, no secret is told."""

import json
import re
import shlex

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from weighin import api
from weighin.errors import UsageError, WeighinError
from weighin.files.yaml.document import Document, read_document
from weighin.reports.requirements.first_files import json_document, text
from weighin.requirements.checks.locations import UNFILLED_COMMIT
from weighin.requirements.loading import problems_of
from weighin.rules.catalogue import rule_shapes
from weighin.sources.command_lines.flags import Takes
from weighin.sources.command_lines.inspect.flags import FLAGS as INSPECT
from weighin.sources.command_lines.lighteval import FLAGS as LIGHTEVAL
from weighin.sources.command_lines.lm_eval.backends import OTHER_ENGINES, SERVED, TRANSFORMERS
from weighin.sources.command_lines.lm_eval.flags import FLAGS as LM_EVAL
from weighin.sources.command_lines.values import pairs

SECRET = "hunter2hunter2"
WORDS = st.one_of(
    st.sampled_from(
        ["5", "0", "-1", "0.5", "1e400", "nan", "true", "none", "a,b", "a=b", "x" * 300, "no", "~",
         "1_000", "2026-01-01", "#", "'", '"', "hf://a/b@main", "$HOME", "`id`", "a: b", "\u202e",
         "- a", "{}", "[1,2]", "a\nb", "\x85", "9" * 400, "sha256:x", "..", "%s", "{0}", "🦙"]
    ),
    st.text(max_size=20),
)  # fmt: skip
ARGUMENTS = st.dictionaries(
    st.sampled_from(
        ["dtype", "revision", "peft", "max_length", "add_bos_token", "parallelize", "tokenizer",
         "load_in_4bit", "trust_remote_code", "device", "batch_size", "enable_thinking", "api_key",
         "num_concurrent", "unknown_thing", "max_memory_per_gpu", "device_map_option", "seed"]
    ),
    st.one_of(WORDS, st.just("True"), st.just("2")).filter(lambda word: "," not in word),
    max_size=5,
)  # fmt: skip
DECODING = st.dictionaries(
    st.sampled_from(["temperature", "until", "do_sample", "top_k", "custom_generate", "x"]),
    st.one_of(WORDS, st.just("0.7"), st.just("['a']")).filter(lambda word: "," not in word),
    max_size=3,
)  # fmt: skip


@st.composite
def flags(draw, table):
    """Some flags of a harness, with words that may or may not be meant for them."""
    words = []
    for flag in draw(st.lists(st.sampled_from(table), max_size=6, unique=True)):
        if flag.name in {"--config", "--model", "--tasks", "--model_args", "--seed"}:
            continue
        words.append(draw(st.sampled_from((flag.name, *flag.others))))
        if flag.takes is not Takes.NOTHING:
            words.append(draw(WORDS.filter(lambda word: not word.startswith("-"))))
    return words


@st.composite
def lm_eval_commands(draw):
    model = draw(st.sampled_from([*sorted(TRANSFORMERS), *OTHER_ENGINES, *SERVED]))
    arguments = {"pretrained": "models/tiny", **draw(ARGUMENTS)}
    if model in SERVED:
        arguments |= {"model": "org/tiny", "base_url": "http://127.0.0.1:1/v1/completions"}
    told = ",".join(f"{name}={value}" for name, value in arguments.items())
    words = ["lm_eval", "--model", model, "--model_args", told, "--tasks", "a,b"]
    if decoding := draw(DECODING):
        words += ["--gen_kwargs", ",".join(f"{k}={v}" for k, v in decoding.items())]
    return [*words, *draw(flags(LM_EVAL))]


@st.composite
def other_commands(draw):
    if draw(st.booleans()):
        model = draw(st.sampled_from(["hf/org/tiny", "vllm/org/tiny", "openai/gpt-4o"]))
        return ["inspect", "eval", "inspect_evals/a", "--model", model, *draw(flags(INSPECT))]
    arguments = {"model_name": "models/tiny", **draw(ARGUMENTS)}
    told = ",".join(f"{name}={value}" for name, value in arguments.items())
    return ["lighteval", "accelerate", told, "leaderboard|a|5|0", *draw(flags(LIGHTEVAL))]


def made_of(folder, words):
    """What is made of a command; `None` if it is refused, which must be by weighin's own error."""
    place = folder / "weighin.yaml"
    place.unlink(missing_ok=True)
    try:
        made = api.init(command=shlex.join(words), output=place, replaces=True)
    except WeighinError:
        assert not place.exists()
        return None
    return made, place.read_text()


def require_valid(made, written):
    """The file is what the loader takes, but for the commit that it says is missing."""
    problems = problems_of(written.encode(), rule_shapes())
    wrong = [p for p in problems if p.keys != ("model", "checkpoint")]
    assert wrong == []
    assert bool(problems) == (UNFILLED_COMMIT in made.checkpoint)
    assert isinstance(read_document(written), Document)
    # One rendering for people and one for machines; neither may fail on any text.
    assert text.render(made).isprintable() or "\n" in text.render(made)
    json.loads(json_document.render(made))


def require_all_told(made, words, table):
    """Every flag that was given stands among what was carried over or left out."""
    described = made.described
    told = " ".join(each.flag for each in (*described.carried, *described.left_out))
    names = {other: flag.name for flag in table for other in (flag.name, *flag.others)}
    for word in words:
        if word in names:
            assert names[word] in told, f"{names[word]} was lost without a word"


@pytest.fixture
def place(folder):
    return folder


COMMON = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(COMMON, max_examples=1000)


@COMMON
@given(lm_eval_commands())
@example(["lm_eval", "--model", "hf", "--model_args", "pretrained=models/tiny,dtype=float16",
          "--tasks", "a,b", "--fewshot_as_multiturn", "--system_instruction", ""])  # fmt: skip
@example(["lm_eval", "--model", "hf", "--model_args", "pretrained=models/tiny,revision=none",
          "--tasks", "a,b"])  # fmt: skip
@example(["lm_eval", "--model", "hf", "--model_args", f"pretrained=models/tiny,peft={'x' * 300}",
          "--tasks", "a,b"])  # fmt: skip
def test_any_command_of_lm_eval_gives_a_valid_file_and_loses_nothing(place, words):
    require_kept(place, words)


@pytest.mark.soak
@MANY
@given(lm_eval_commands())
def test_very_many_commands_of_lm_eval_lose_nothing(place, words):
    require_kept(place, words)


def require_kept(place, words):
    if (result := made_of(place, words)) is not None:
        made, written = result
        require_valid(made, written)
        require_all_told(made, words, LM_EVAL)
        told = [e.flag for e in (*made.described.carried, *made.described.left_out)]
        for name in pairs("--model_args", (words[4],)):
            assert any(name in flag for flag in told) or name in {"device", "batch_size"}


@COMMON
@given(other_commands())
def test_any_command_of_another_harness_gives_a_valid_file_and_loses_nothing(place, words):
    require_kept_of_others(place, words)


@pytest.mark.soak
@MANY
@given(other_commands())
def test_very_many_commands_of_other_harnesses_lose_nothing(place, words):
    require_kept_of_others(place, words)


def require_kept_of_others(place, words):
    if (result := made_of(place, words)) is not None:
        require_valid(*result)
        table = INSPECT if words[0] == "inspect" else LIGHTEVAL
        require_all_told(result[0], words, table)


@COMMON
@given(st.text(max_size=60))
def test_any_text_is_refused_by_an_error_of_weighins_own(place, command):
    with pytest.raises(UsageError):
        api.init(command=command, output=place / "weighin.yaml")


@pytest.mark.parametrize(
    "command",
    [
        f"HF_TOKEN={SECRET} lm_eval --model_args pretrained=models/tiny --tasks a",
        f"lm_eval --model_args pretrained=models/tiny,token={SECRET} --tasks a",
        f"lm_eval --model_args pretrained=models/tiny,api_key={SECRET} --tasks a",
        f"lm_eval --model_args pretrained=models/tiny --tasks a --hf_hub_log_args token={SECRET}",
        f"lm_eval --model_args pretrained=models/tiny --tasks a --wandb_args api_key={SECRET}",
        f"lm_eval --model_args pretrained=models/tiny --tasks a --api_key {SECRET}",
        f"lm_eval --model_args pretrained=models/tiny --tasks a --api-key={SECRET}",
        ("lm_eval --model local-completions --model_args model=m,base_url="
        f"https://user:{SECRET}@host/v1/completions --tasks a"),
        ("lm_eval --model local-completions --model_args model=m,base_url="
        f"https://host/v1/completions?key={SECRET} --tasks a"),
        f"inspect eval a --model openai/m --model-base-url https://u:{SECRET}@host/v1",
        f"inspect eval a --model openai/m -M api_key={SECRET}",
        f"OPENAI_API_KEY={SECRET} inspect eval a --model openai/m",
        f"lighteval accelerate model_name=models/tiny,token={SECRET} a",
        f"export HF_TOKEN={SECRET}; lm_eval --model_args pretrained=models/tiny --tasks a",
        (f"huggingface-cli login --token {SECRET} && lm_eval --model_args pretrained=models/tiny "
        "--tasks a"),
    ],
)  # fmt: skip
def test_no_secret_of_a_command_is_told_or_written(weighin, folder, command):
    for way in ("text", "json"):
        told = weighin("init", "--from", command, "--format", way, "--force")
        assert told.code == 0, told.errors
        assert SECRET not in told.output + told.errors
    assert SECRET not in (folder / "weighin.yaml").read_text()


def test_nothing_of_a_command_is_run_or_filled_in(weighin, folder, monkeypatch):
    monkeypatch.setenv("NAME", "filled-in")
    command = (
        "touch made; lm_eval --model_args pretrained=models/tiny,x=$NAME --tasks a "
        '--num_fewshot $(touch made) --limit `touch made` --system_instruction "$NAME" > made'
    )
    told = weighin("init", "--from", command)
    assert told.code == 0, told.errors
    assert not (folder / "made").exists()
    assert "filled-in" not in told.output + (folder / "weighin.yaml").read_text()
    for flag in ("--num_fewshot", "--limit", "--system_instruction", "--model_args x"):
        assert re.search(rf"  {flag} .*: a shell fills this in", told.output), flag
