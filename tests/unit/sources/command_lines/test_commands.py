"""The evaluation among commands is found, whoever starts it; nothing else is taken for one."""

import pytest

from weighin.errors import UsageError
from weighin.sources.command_lines.commands import evaluation_in
from weighin.sources.command_lines.described import Harness


@pytest.mark.parametrize(
    ("command", "harness"),
    [
        ("lm_eval --tasks a", Harness.LM_EVAL),
        ("lm-eval --tasks a", Harness.LM_EVAL),
        ("$ lm_eval --tasks a", Harness.LM_EVAL),
        ("!lm_eval --tasks a", Harness.LM_EVAL),
        ("python -m lm_eval --tasks a", Harness.LM_EVAL),
        ("python3.11 -u -m lm_eval --tasks a", Harness.LM_EVAL),
        ("python main.py --tasks a", Harness.LM_EVAL),
        ("/opt/env/bin/lm_eval --tasks a", Harness.LM_EVAL),
        ("accelerate launch --multi_gpu --num_processes 8 -m lm_eval --tasks a", Harness.LM_EVAL),
        ("accelerate launch --no-python lm-eval --tasks a", Harness.LM_EVAL),
        ("torchrun --nproc-per-node=8 -m lm_eval --tasks a", Harness.LM_EVAL),
        ("A=1 B='2 3' env C=4 uv run lm_eval --tasks a", Harness.LM_EVAL),
        ("for t in a; do lm_eval --tasks $t; done", Harness.LM_EVAL),
        ("cd /data && nohup lm_eval --tasks a > log 2>&1 &", Harness.LM_EVAL),
        ("inspect eval a --model b/c", Harness.INSPECT),
        ("uv run inspect eval a --model b/c", Harness.INSPECT),
        ("python -m inspect_ai eval a", Harness.INSPECT),
        ("lighteval accelerate a b", Harness.LIGHTEVAL),
        ("accelerate launch -m lighteval accelerate a b", Harness.LIGHTEVAL),
    ],
)
def test_an_evaluation_is_found_whoever_starts_it(command, harness):
    assert evaluation_in(command).harness is harness


@pytest.mark.parametrize(
    "command",
    [
        "",
        "pip install lm_eval",
        "git clone https://github.com/EleutherAI/lm-evaluation-harness",
        "python train.py --tasks a",
        "echo lm_eval --tasks a",
        "cat lm_eval",
        "A=1",
        "weighin run weighin.yaml",
    ],
)
def test_no_other_command_is_taken_for_an_evaluation(command):
    with pytest.raises(UsageError, match="found none"):
        evaluation_in(command)


def test_of_two_evaluations_none_is_chosen():
    with pytest.raises(UsageError, match="found 2 of them"):
        evaluation_in("lm_eval --tasks a\nlm_eval --tasks b")


def test_what_stands_around_it_is_told():
    found = evaluation_in("export A=1; cd x; B=2 accelerate launch -m lm_eval --tasks a | tee log")
    assert found.words == ("--tasks", "a")
    assert found.environment == {"A": "1", "B": "2"}
    told = {each.flag: each.may_change_scores for each in found.left_out}
    assert told == {"cd": True, "accelerate launch": False, "tee": False}
