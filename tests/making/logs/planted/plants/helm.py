"""What is planted in runs of HELM."""

from functools import partial

from tests.making.logs.planted.other_rows import HELM, adapter
from tests.making.logs.planted.rows import CAUGHT, Document, Plant
from tests.making.logs.planted.words import WEIGHTS

_of_helm = partial(Plant, row=HELM)


def _stats(metric: str, mean: float):
    def mutate(document: Document) -> None:
        for row in document["stats.json"]:
            if row["name"]["name"] == metric and row["name"].get("split") == "test":
                row.update(mean=mean, sum=mean * row["count"])

    return mutate


HELM_PLANTS = (
    _of_helm(
        id="HELM: another deployment",
        in_second=adapter(model_deployment="together/gpt2"),
        shows=(("huggingface/gpt2",), ("together/gpt2",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_helm(
        id="HELM: another model under an alias",
        in_second=adapter(model="openai/gpt2-medium", model_deployment="huggingface/gpt2-medium"),
        aliases=("openai/gpt2-medium",),
        shows=(("openai/gpt2",), ("gpt2-medium",)),
        outcomes=CAUGHT,
        must_contradict=True,
        never_met=WEIGHTS,
    ),
    _of_helm(
        id="HELM: a hotter sampler",
        in_second=adapter(temperature=0.8),
        shows=(("temperature",), ("0.8",), ("0",)),
        never_met=("same-decoding",),
    ),
    _of_helm(
        id="HELM: several answers a document",
        in_second=adapter(num_outputs=8),
        shows=(("8 answers",), ("1 answer",)),
        never_met=("same-test-time-compute",),
    ),
    _of_helm(
        id="HELM: other shots than required",
        in_second=adapter(max_train_instances=0),
        requires={"num_fewshot": "5"},
        shows=(("0",), ("5",), ("fewshot", "shot")),
    ),
    _of_helm(
        id="HELM: a score that is not that of its documents",
        in_second=_stats("f1_score", 0.91),
        shows=(("0.91",), ("0.174", "0.17")),
        never_met=("score-recomputes",),
    ),
)
