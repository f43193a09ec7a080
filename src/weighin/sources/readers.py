"""The log formats that weighin reads, one line a format, in the order in which they are tried."""

from collections.abc import Sequence

from weighin.files.foreign_file import ForeignFile
from weighin.sources.arena_table import ArenaTableReader
from weighin.sources.declarations import DeclarationsReader
from weighin.sources.every_eval_ever import EveryEvalEverReader
from weighin.sources.helm_run import HelmReader
from weighin.sources.hub_eval_results import HubEvalResultsReader
from weighin.sources.inspect_log import InspectReader
from weighin.sources.lighteval_log import LightEvalReader
from weighin.sources.lm_eval_log import LmEvalReader
from weighin.sources.lm_eval_samples_log import LmEvalSamplesReader
from weighin.sources.model_card import ModelCardReader
from weighin.sources.opencompass_summary import OpenCompassReader
from weighin.sources.reader import Reader
from weighin.sources.scorecard_records import ScorecardReader
from weighin.sources.simple_evals_log import SimpleEvalsReader

READERS: Sequence[Reader] = (
    # First, so that the large files of a HELM run are not parsed by the others.
    HelmReader(),
    LmEvalReader(),
    LmEvalSamplesReader(),
    LightEvalReader(),
    InspectReader(),
    EveryEvalEverReader(),
    ModelCardReader(),
    HubEvalResultsReader(),
    ScorecardReader(),
    DeclarationsReader(),
    ArenaTableReader(),
    OpenCompassReader(),
    SimpleEvalsReader(),
)


def reader_of(file: ForeignFile) -> Reader | None:
    """The reader of a file; `None` if it is of no known format."""
    return next((reader for reader in READERS if reader.recognises(file)), None)
