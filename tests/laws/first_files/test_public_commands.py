"""Command lines of public issues, retyped: a valid file, or a refusal that names the flag."""

import json

import pytest

from weighin.api import validate
from weighin.requirements.checks.locations import UNFILLED_COMMIT

LLAMA_1B = "hf://meta-llama/Llama-3.2-1B-Instruct"
LLAMA_8B = "hf://meta-llama/Meta-Llama-3.1-8B-Instruct"

# Where it stands, the command, the checkpoint or URL, what is stated of the benchmarks, and the
# flags that may change the scores and are left out.
COMMANDS = {
    "meta-llama/llama-cookbook#810": (
        """\
lm-eval --model hf \\
    --model_args pretrained=meta-llama/Llama-3.2-1B-Instruct,dtype=bfloat16 \\
    --tasks gsm8k_cot_llama \\
    --num_fewshot 0 \\
    --batch_size 4 \\
    --apply_chat_template \\
    --seed 42""",
        LLAMA_1B,
        {"model.dtype": "bfloat16", "model.batch_size": 4, "model.chat_template": True,
         "benchmarks.0.num_fewshot": 0, "benchmarks.0.seed": 42, "benchmarks.0.fewshot_seed": 42},
        set(),
    ),
    "EleutherAI/lm-evaluation-harness#2322": (
        ("lm_eval --model hf -a pretrained=meta-llama/Meta-Llama-3.1-8B-Instruct,"
        "trust_remote_code=True,dtype=float16 --tasks leaderboard_gpqa -b 1 --device cuda:0 "
        "--trust_remote_code --verbosity DEBUG"),
        LLAMA_8B,
        {"model.dtype": "float16", "model.batch_size": 1, "model.device": "cuda:0"},
        {"--trust_remote_code, --model_args trust_remote_code"},
    ),
    "EleutherAI/lm-evaluation-harness#2034": (
        ("lm_eval --model vllm --model_args pretrained=meta-llama/Meta-Llama-3.1-8B-Instruct "
        "--tasks gsm8k --output_path gsm8k22aug --log_samples -b auto --apply_chat_template "
        "--num_fewshot 5"),
        LLAMA_8B,
        {"model.chat_template": True, "benchmarks.0.num_fewshot": 5},
        {"--model"},
    ),
    "EleutherAI/lm-evaluation-harness#1896": (
        ("accelerate launch -m lm_eval --model hf --model_args pretrained=.../llama-3-8b "
        "--tasks gsm8k_cot --num_fewshot 8 --gen_kwargs max_gen_toks=512"),
        ".../llama-3-8b",
        {"model.batch_size": 1, "benchmarks.0.num_fewshot": 8,
         "benchmarks.0.decoding.max_gen_toks": 512},
        set(),
    ),
    "EleutherAI/lm-evaluation-harness#2344": (
        ("lm_eval --model hf --tasks gsm8k_cot_zeroshot --model_args "
        "pretrained=/pathto/Qwen2.5-14B-Instruct,parallelize=True --batch_size 64 "
        "--output_path ./results --log_samples"),
        "/pathto/Qwen2.5-14B-Instruct",
        {"model.batch_size": 64, "model.device_map": "auto"},
        set(),
    ),
    "EleutherAI/lm-evaluation-harness#3125": (
        ('lm_eval --model local-completions  --tasks truthfulqa  --limit 10 --apply_chat_template '
        '--model_args "model=Qwen/Qwen2.5-72B-Instruct,base_url=https://models.example.com/models/'
        'user01/qwen2-5-72b-gpu/v1/chat/completions,num_concurrent=1,max_retries=3,tokenizer=/data/'
        'local_tokenizer,tokenized_requests=True" --output_path eval_result'),
        "https://models.example.com/models/user01/qwen2-5-72b-gpu/v1/chat/completions",
        {"model.endpoint.served_model": "Qwen/Qwen2.5-72B-Instruct",
         "model.endpoint.api": "completions", "model.chat_template": True,
         "model.endpoint.concurrent_requests": 1, "benchmarks.0.samples": 10},
        {"--model_args tokenizer", "--model_args tokenized_requests"},
    ),
    "UKGovernmentBEIS/inspect_ai#1869": (
        "inspect eval inspect_evals/ifeval --model vllm/meta-llama/Llama-3.2-1B-Instruct",
        LLAMA_1B,
        {"benchmarks.0.task": "ifeval", "benchmarks.0.aliases": ["inspect_evals/ifeval"]},
        {"--model", "TASKS"},
    ),
    "UKGovernmentBEIS/inspect_ai#3834": (
        "inspect eval inspect_evals/mmlu_5_shot --model openai/gpt-5",
        "https://api.openai.com/v1/chat/completions",
        {"model.endpoint.served_model": "gpt-5", "model.endpoint.api_key_env": "OPENAI_API_KEY"},
        {"TASKS"},
    ),
    "sunblaze-ucb/Intuitor#22": (
        'lighteval accelerate "model_name=Qwen/Qwen2.5-1.5B" "lighteval|gsm8k|0|0"',
        "hf://Qwen/Qwen2.5-1.5B",
        {"benchmarks.0.task": "gsm8k", "benchmarks.0.num_fewshot": 0},
        {"TASKS"},
    ),
    "huggingface/lighteval#649": (
        """\
CUDA_VISIBLE_DEVICES=1,2 accelerate launch --multi_gpu --num_processes=2 -m \\
    lighteval accelerate \\
    "pretrained=meta-llama/Llama-3.1-8B-Instruct" \\
    "leaderboard|gsm8k|5|0" \\
    --override-batch-size 1""",
        "hf://meta-llama/Llama-3.1-8B-Instruct",
        {"benchmarks.0.task": "gsm8k", "benchmarks.0.num_fewshot": 5, "model.batch_size": 1},
        {"TASKS"},
    ),
}  # fmt: skip
UNNAMED = "EleutherAI/lm-evaluation-harness#1174"
REFUSALS = {
    "EleutherAI/lm-evaluation-harness#2934": (
        (
            "lm_eval --model gguf --tasks mmlu --model_args model=/workspace/model/"
            "DeepSeek-R1-UD-IQ1_S/DeepSeek-R1-UD-IQ1_S-00001-of-00003.gguf,tokenizer=/mnt/f/deepseek-r1-tokenizer/,"
            "base_url=http://0.0.0.0:8084,tokenized_requests=False "
            "--apply_chat_template=default_chat_template --batch_size 16 --limit 1"
        ),
        "--model gguf: weighin asks OpenAI-compatible interfaces alone",
    ),
    "EleutherAI/lm-evaluation-harness#1568": (
        """\
python lm-evaluation-harness/main.py \\
      --model hf \\
      --model_args pretrained=$LOCAL_MODEL_PATH \\
      --tasks openbookqa,arc_easy,winogrande,hellaswag,arc_challenge,piqa,boolq \\
      --no_cache \\
      > "mlt.log" 2>&1""",
        "--model_args pretrained $LOCAL_MODEL_PATH: a shell fills this in",
    ),
    UNNAMED: (
        (
            "lm_eval --model local-chat-completions --tasks mmlu,mmlu_flan_cot_fewshot "
            "--model_args base_url=http://localhost:8000/v1"
        ),
        "expected the name of the model in --model_args model=",
    ),
    "huggingface/lighteval#686": (
        """\
export VLLM_WORKER_MULTIPROC_METHOD=spawn
model="Qwen/Qwen2.5-Math-1.5B"
seed=0
MODEL_ARGS="pretrained=$model,dtype=bfloat16,max_model_length=4096,gpu_memory_utilization=0.9,\
generation_parameters={max_new_tokens:4096,temperature:0.6,top_p:0.95,seed:$seed}"

lighteval vllm "$MODEL_ARGS" "leaderboard|gsm8k|0|0" --use-chat-template --output-dir "data" \
--save-details""",
        "MODEL_ARGS $MODEL_ARGS: a shell fills this in",
    ),
}


@pytest.mark.parametrize("where", COMMANDS)
def test_a_public_command_gives_a_file_that_is_valid_but_for_the_commit(weighin, folder, where):
    command, checkpoint, stated, left_out = COMMANDS[where]
    told = weighin("init", "--from", command, "--json")
    assert told.code == 0, told.errors
    found = json.loads(told.output)
    assert found["checkpoint"].removesuffix(f"@{UNFILLED_COMMIT}") == checkpoint
    carried = {each["key"]: each["value"] for each in found["carried"]}
    assert {key: carried.get(key) for key in stated} == stated
    lost = {each["flag"] for each in found["left_out"] if each["may_change_scores"]}
    assert lost == left_out
    text = (folder / "weighin.yaml").read_text()
    for flag in lost:
        assert f"#   {flag}" in text
    (validated,) = validate(["weighin.yaml"]).files
    if not checkpoint.startswith("hf://"):
        assert validated.is_valid, validated.problems
        return
    # No hub is asked in tests: the one line that waits for a person says so.
    (problem,) = validated.problems
    (to_fill,) = found["to_fill"]
    assert problem.startswith(to_fill["place"])
    assert "not filled in" in problem
    (folder / "weighin.yaml").write_text(text.replace(UNFILLED_COMMIT, "0" * 40))
    (validated,) = validate(["weighin.yaml"]).files
    assert validated.is_valid, validated.problems


@pytest.mark.parametrize("where", REFUSALS)
def test_a_public_command_that_cannot_be_carried_over_is_refused_by_its_flag(
    weighin, folder, where
):
    command, reason = REFUSALS[where]
    told = weighin("init", "--from", command)
    assert told.code == 2
    assert reason in told.errors
    assert [path.name for path in folder.iterdir()] == ["models"]


@pytest.mark.parametrize("where", [w for w in REFUSALS if w != UNNAMED])
@pytest.mark.usefixtures("folder")
def test_what_is_refused_may_be_given_instead(weighin, where):
    command, _ = REFUSALS[where]
    told = weighin("init", "--from", command, "--checkpoint", "models/tiny")
    assert told.code == 0, told.errors
    assert validate(["weighin.yaml"]).is_valid
