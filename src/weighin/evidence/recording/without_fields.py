"""Writers of results that hold next to nothing of what was scored.

Sources: `opencompass` 0.5.4 as published (`summarizers/default.py`: the table alone),
`openai/simple-evals` at ee3b031 (`simple_evals.py`: metrics, and an HTML report), `openai/gpt-oss`
at 7b58334 (`gpt_oss/evals/__main__.py`: the same).
"""

from collections.abc import Iterable, Mapping

from weighin.evidence.facts import FactName
from weighin.evidence.recording.way import Harness, NoWay, Part, Recorded
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
