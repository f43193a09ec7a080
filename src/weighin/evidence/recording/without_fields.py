"""Writers of results that hold next to nothing of what was scored, or hold it by chance.

Sources: `opencompass` 0.5.4 as published (`summarizers/default.py`: the table alone),
`openai/simple-evals` at ee3b031 (`simple_evals.py`: metrics, and an HTML report), `openai/gpt-oss`
at 7b58334 (`gpt_oss/evals/__main__.py`: the same), `evalplus/evalplus` at 26d6d00
(`evalplus/evaluate.py`: outcomes of tests), `bigcode-project/bigcodebench` at 47eff25 (the same),
`bigcode-project/bigcode-evaluation-harness` at 8fc5bae (`main.py`: metrics and all arguments),
`LiveCodeBench/LiveCodeBench` at 28fef95 (`lcb_runner/runner/main.py`: metrics and grades),
`SWE-bench/SWE-bench` at 7a21e05 (`swebench/harness/reporting.py`: counts and ids).
"""

from collections.abc import Iterable, Mapping

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Recorded, Way
from weighin.identity.facets import Facet


def _of_everything(why: str) -> Mapping[Recorded, NoWay]:
    asked: Iterable[Recorded] = (*Facet, *FactName, *Part)
    return dict.fromkeys(asked, NoWay(text=why))


OPENCOMPASS = Harness(
    name="OpenCompass",
    ways=_of_everything("keeps it in `configs/*.py`, code that is not executed"),
)
SIMPLE_EVALS = Harness(name="simple-evals", ways=_of_everything("writes metrics alone"))
GPT_OSS_EVALS = Harness(name="gpt-oss evals", ways=_of_everything("writes metrics alone"))
EVALPLUS = Harness(name="EvalPlus", ways=_of_everything("writes outcomes of tests alone"))
BIGCODEBENCH = Harness(name="BigCodeBench", ways=_of_everything("writes outcomes of tests alone"))
LIVECODEBENCH = Harness(
    name="LiveCodeBench", ways=_of_everything("writes metrics and grades alone")
)
SWE_BENCH = Harness(name="SWE-bench", ways=_of_everything("writes outcomes of tests alone"))
BIGCODE = Harness(
    name="bigcode-evaluation-harness",
    ways={
        Facet.WEIGHTS: Way(text="`--revision <40-hex commit>`, which names a commit"),
        Facet.DTYPE: Way(text="`--precision NAME`"),
        Facet.ADAPTERS: Way(text="`--peft_model ORG/NAME`, where there is one"),
        Facet.QUANTIZATION: Way(text="`--load_in_8bit`, where it was"),
        Facet.DECODING: Way(
            text="generate and evaluate in one run, without `--load_generations_path`"
        ),
        Facet.TEST_TIME_COMPUTE: Way(text="`--n_samples N`"),
        FactName.REVISION: Way(text="`--revision <40-hex commit>`"),
        FactName.SEEDS: Way(text="`--seed N`"),
    },
)
