"""Everything that is planted."""

from tests.making.logs.planted.plants.every_eval_ever import EEE_PLANTS
from tests.making.logs.planted.plants.helm import HELM_PLANTS
from tests.making.logs.planted.plants.inspect import INSPECT_PLANTS
from tests.making.logs.planted.plants.lighteval import LIGHTEVAL_PLANTS
from tests.making.logs.planted.plants.prompts import PROMPT_PLANTS
from tests.making.logs.planted.plants.runs import RUN_PLANTS
from tests.making.logs.planted.plants.vllm import VLLM_PLANTS
from tests.making.logs.planted.plants.weights import WEIGHTS_PLANTS

PLANTS = (
    *WEIGHTS_PLANTS,
    *VLLM_PLANTS,
    *PROMPT_PLANTS,
    *RUN_PLANTS,
    *LIGHTEVAL_PLANTS,
    *INSPECT_PLANTS,
    *HELM_PLANTS,
    *EEE_PLANTS,
)
