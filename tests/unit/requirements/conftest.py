"""Requirements files in a folder of their own, and rules for them to name."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from weighin.errors import RequirementsError
from weighin.identity.facets import Facet
from weighin.requirements.loading import load_requirements
from weighin.requirements.model import Requirements
from weighin.requirements.rules.shapes import RuleShape, facet_rule

# The example of the design, with a real-looking commit.
EXAMPLE = """\
# yaml-language-server: $schema=./requirements.schema.json
weighin: 1
model:
  name: SmolLM2-135M-Instruct
  checkpoint: checkpoints/smollm2-135m-instruct      # a folder
  released: hf://org/name@0123456789abcdef0123456789abcdef01234567
profile: same-checkpoint
same: [weights, tokenizer, chat_template, system_prompt, dtype, quantization, adapters, decoding]
evidence: measured                                   # the least grade that counts
benchmarks:
  - task: gsm8k
    metric: exact_match,strict-match
    num_fewshot: 5
    samples: all
rules:
  attempts-at-most: {limit: 1, level: warning}
waivers:
  - {rule: same-engine, benchmark: gsm8k, owner: eval-team, reason: "...", expires: 2027-01-31}
"""

SERVED = """\
weighin: 1
model:
  name: served
  aliases: [org/served]
  endpoint:
    url: http://127.0.0.1:8000/v1/completions
    served_model: served
    api: completions
    api_key_env: SERVED_KEY
profile: comparable
tasks: [tasks]
benchmarks:
  - task: arc_easy
    metric: acc
    samples: 20
    decoding: {temperature: 0.0, until: ["\\n\\n"], seed: 7}
    system_prompt: |
      Answer
      briefly.
rules:
  one-attempt: off
"""

MINIMAL = "weighin: 1\nmodel: {name: m, checkpoint: c}\nbenchmarks: [{task: a}]\n"

_OTHER_RULES = (
    "checkpoint-is-declared",
    "released-is-scored",
    "weights-unchanged-during-run",
    "loaded-is-on-disk",
    "evidence-at-least",
    "every-benchmark-present",
    "records-intact",
    "all-documents-scored",
    "score-recomputes",
    "claimed-scores-are-recorded",
    "as-required",
    "same-documents",
    "same-task-configuration",
    "same-max-length",
    "watched-throughout",
    "one-artifact-per-name",
    "answered-by-one-model",
)


@pytest.fixture(scope="session")
def known_rules() -> tuple[RuleShape, ...]:
    facets = [RuleShape(id=facet_rule(facet)) for facet in Facet if facet is not Facet.ENDPOINT]
    return (
        *facets,
        *(RuleShape(id=rule) for rule in _OTHER_RULES),
        RuleShape(
            id="one-attempt",
            parameters={"limit": Annotated[int, Field(ge=1)]},
            aliases=("attempts-at-most",),
        ),
    )


@pytest.fixture
def load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known_rules: tuple[RuleShape, ...]
) -> Callable[[str | bytes], Requirements]:
    """Loads a text as `requirements.yaml` of the working folder."""
    monkeypatch.chdir(tmp_path)

    def loaded(content: str | bytes) -> Requirements:
        path = Path("requirements.yaml")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_requirements(path, known_rules)

    return loaded


@pytest.fixture
def refusal(load: Callable[[str | bytes], Requirements]) -> Callable[[str | bytes], list[str]]:
    """The lines with which a text is refused, without the name of the file."""

    def refused(content: str | bytes) -> list[str]:
        with pytest.raises(RequirementsError) as caught:
            load(content)
        lines = str(caught.value).split("\n")
        assert all(line.startswith("requirements.yaml:") for line in lines)
        return [line.removeprefix("requirements.yaml:") for line in lines]

    return refused


@pytest.fixture(scope="session")
def example() -> str:
    return EXAMPLE


@pytest.fixture(scope="session")
def served() -> str:
    return SERVED


@pytest.fixture
def minimal() -> str:
    return MINIMAL
