"""How lm-eval records it.

Sources: `lm_eval` 0.4.0 to 0.4.4, 0.4.9 and 0.4.13 as published: `loggers/evaluation_tracker.py`
and `loggers/utils.py` (what a results file holds), `evaluator.py` (`config`, `git_hash`, samples),
`models/huggingface.py` (`get_model_info`), `__main__.py` and `_cli/run.py` (flags).
"""

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Way
from weighin.identity.facets import Facet

# doc_hash and prompt_hash stand beside every sample since 0.4.3 (evaluator.py).
_SAMPLES = Way(text="log the samples: `--log_samples --output_path FOLDER`", since="0.4.3")
# `configs` holds the whole of every task's configuration, repeats among them.
_CONFIGS = Way(text="give the whole results file, which holds `configs`")
_BASE_URL = Way(text="`--model_args base_url=URL`")

LM_EVAL = Harness(
    name="lm-eval",
    ways={
        # config.model_sha is looked up by name after the run; only the argument says what was asked
        # for.
        Facet.WEIGHTS: Way(text="`--model_args revision=<40-hex commit>`"),
        # config.model_dtype is written by the backend hf alone, since 0.4.3.
        Facet.DTYPE: Way(text="`--model_args dtype=bfloat16`, or another, not auto"),
        # Written by the EvaluationTracker, which simple_evaluate has only if it is given one.
        Facet.CHAT_TEMPLATE: Way(
            text="`--output_path FOLDER`, which writes `chat_template_sha`", since="0.4.3"
        ),
        Facet.SYSTEM_PROMPT: Way(
            text="`--output_path FOLDER`, which writes `system_instruction_sha`", since="0.4.3"
        ),
        Facet.SPECIAL_TOKENS: Way(
            text="give the whole results file, which holds `tokenizer_bos_token`", since="0.4.3"
        ),
        # Written of every backend, and the version of none but the backend hf.
        Facet.ENGINE: Way(
            text="give the whole results file, which holds `transformers_version`", since="0.4.2"
        ),
        Facet.ENDPOINT: _BASE_URL,
        Facet.DECODING: NoWay(text="writes `gen_kwargs`, not what generation_config.json adds"),
        Facet.TEST_TIME_COMPUTE: _CONFIGS,
        FactName.SEEDS: Way(text="`--seed 0,1234,1234,1234`", since="0.4.3"),
        FactName.HARDWARE: Way(
            text="give the whole results file, which holds `pretty_env_info`", since="0.4.2"
        ),
        FactName.UNPARSED_ANSWERS: _SAMPLES,
        FactName.DISTINCT_OUTPUTS: _SAMPLES,
        FactName.MISSING_DOCUMENTS: _SAMPLES,
        Part.SAMPLES: _SAMPLES,
        Part.DOCUMENTS: _SAMPLES,
        Part.PROMPTS: _SAMPLES,
        Part.TASK_CONFIGURATION: _CONFIGS,
        Part.HARNESS_VERSION: Way(
            text="give the whole results file, which holds `lm_eval_version`", since="0.4.9"
        ),
        Part.STOP_SEQUENCES: _CONFIGS,
        Part.DATASET_REVISION: Way(
            text="`dataset_kwargs: {revision: <40-hex commit>}` in the task's YAML"
        ),
        Part.DOCUMENT_COUNT: Way(
            text="give the whole results file, which holds `n-samples`", since="0.4.3"
        ),
        # The command line always draws 100,000; 0 leaves `_stderr` at N/A.
        Part.UNCERTAINTY: Way(text="`bootstrap_iters` above 0 in `simple_evaluate`"),
        Part.START: Way(text="give the whole results file, which holds `date`", since="0.4.2"),
    },
    of_servers={Facet.ENDPOINT: _BASE_URL},
)
