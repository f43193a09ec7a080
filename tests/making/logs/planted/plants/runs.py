"""Other shots, samplers, counts, scores and programs."""

from tests.making.logs.planted.lm_eval_rows import (
    GENERATING,
    HF,
    REGISTERED,
    SAMPLED,
    VLLM,
    both,
    config,
    counted,
    generation,
    of_task,
    scores,
    top,
)
from tests.making.logs.planted.rows import CAUGHT, Document, Plant


def _right_answers(document: Document) -> None:
    """Four wrong answers become right."""
    wrong = [sample for sample in document["samples"] if not sample["acc"]]
    for sample in wrong[:4]:
        sample["acc"] = 1.0


def _twice(text: str) -> str:
    """A better score before the first of its name, so that both stand in one object."""
    name = '"acc_gente,none": '
    return text.replace(name, f"{name}0.99, {name}", 1)


RUN_PLANTS = (
    Plant(
        id="other shots than required",
        row=HF,
        in_second=both(
            of_task(num_fewshot=5), top(**{"n-shot": {"negotiationtom_desire": 5}})
        ),
        requires={"num_fewshot": "0"},
        shows=(("5",), ("0",), ("fewshot", "shot")),
    ),
    Plant(
        id="a hotter sampler",
        row=VLLM,
        in_second=generation(temperature=1.0),
        shows=(("temperature",), ("0.7",), ("1.0", "1")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="another nucleus",
        row=VLLM,
        in_second=generation(top_p=0.5),
        shows=(("top_p",), ("0.9",), ("0.5",)),
        never_met=("same-decoding",),
    ),
    Plant(
        id="greedy and sampled",
        row=GENERATING,
        in_second=generation(do_sample=True, temperature=0.8),
        shows=(("do_sample", "temperature"), ("0.8", "true")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="sampled by gen_kwargs of one run",
        row=GENERATING,
        in_second=both(
            config(gen_kwargs={"do_sample": True, "temperature": 0.8}),
            generation(do_sample=True, temperature=0.8),
        ),
        shows=(("do_sample", "temperature"), ("0.8", "true")),
        never_met=("same-decoding",),
    ),
    Plant(
        id="eight answers a document",
        row=VLLM,
        in_second=of_task(repeats=8),
        shows=(("8 answers",), ("1 answer",)),
        never_met=("same-test-time-compute",),
    ),
    Plant(
        id="a part of the documents",
        row=GENERATING,
        in_second=both(config(limit=100.0), counted(effective=100)),
        shows=(("100",), ("1500",)),
        never_met=("all-documents-scored",),
    ),
    Plant(
        id="a score that its own standard error cannot belong to",
        row=REGISTERED,
        in_second=scores(acc__none=0.99),
        shows=(("0.99",), ("0.009893", "0.0099")),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="a standard error of a tenth",
        row=REGISTERED,
        in_second=scores(acc_stderr__none=0.00099),
        shows=(("0.00099",), ("0.765",)),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="a score that is not that of its samples",
        row=SAMPLED,
        in_first=scores(acc__none=0.65, acc_stderr__none=0.1094),
        shows=(("0.65",), ("0.45",)),
        never_met=("score-recomputes",),
    ),
    Plant(
        id="answers made right in the samples",
        row=SAMPLED,
        in_second=_right_answers,
        shows=(("0.6",), ("0.8",)),
        never_met=("score-recomputes",),
    ),
    Plant(
        id="samples of half of the documents",
        row=SAMPLED,
        in_second=lambda document: document["samples"].__delitem__(slice(10, None)),
        shows=(("10",), ("20",)),
        outcomes=CAUGHT,
        never_met=("score-recomputes",),
    ),
    Plant(
        id="a document answered twice in the samples",
        row=SAMPLED,
        in_second=lambda document: document["samples"].append(document["samples"][0]),
        shows=(("twice", "repeated", "duplicate", "21 samples", "21 of"),),
        outcomes=CAUGHT,
        never_met=("score-recomputes",),
    ),
    Plant(
        id="a score that stands twice",
        row=GENERATING,
        rewritten=_twice,
        shows=(("0.99",), ("0.5867", "0.58666")),
        outcomes=CAUGHT,
        must_contradict=True,
    ),
    Plant(
        id="fewer documents than the benchmark has",
        row=REGISTERED,
        in_second=counted(original=919, effective=919),
        shows=(("919",), ("1838",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=("all-documents-scored",),
    ),
    Plant(
        id="vLLM beside transformers",
        row=HF,
        in_second=both(
            config(
                model="vllm", model_num_parameters=None, model_dtype=None, model_sha=None,
                model_revision=None,
            ),
            top(model_source="vllm"),
        ),
        shows=(("vllm",), ("transformers", "hf")),
        outcomes=CAUGHT,
        never_met=("same-engine", "same-weights"),
    ),
    Plant(
        id="another version of the harness",
        row=VLLM,
        in_second=top(lm_eval_version="0.4.2", git_hash="0000000"),
        shows=(("0.4.9",), ("0.4.2",)),
        never_met=("same-harness",),
    ),
    Plant(
        id="another version of transformers",
        row=HF,
        in_second=top(transformers_version="4.40.0"),
        shows=(("5.12.1",), ("4.40.0",)),
        never_met=("same-engine",),
    ),
)  # fmt: skip
