"""The log formats that weighin reads, one line a format, in the order in which they are tried."""

from collections.abc import Sequence

from weighin.files.foreign_file import ForeignFile
from weighin.sources.formats.bigcode.reader import BigCodeReader
from weighin.sources.formats.claims.arena_catalog import ArenaCatalogReader
from weighin.sources.formats.claims.arena_table import ArenaTableReader
from weighin.sources.formats.claims.declarations import DeclarationsReader
from weighin.sources.formats.claims.hub_eval_results import HubEvalResultsReader
from weighin.sources.formats.claims.model_card import ModelCardReader
from weighin.sources.formats.claims.scorecard_file import ScorecardReader
from weighin.sources.formats.evalplus.reader import EvalPlusReader
from weighin.sources.formats.every_eval_ever.reader import EveryEvalEverReader
from weighin.sources.formats.helm.reader import HelmReader
from weighin.sources.formats.inspect.reader import InspectReader
from weighin.sources.formats.lighteval.reader import LightEvalReader
from weighin.sources.formats.livecodebench.reader import LiveCodeBenchReader
from weighin.sources.formats.lm_eval.reader import LmEvalReader
from weighin.sources.formats.lm_eval.samples_reader import LmEvalSamplesReader
from weighin.sources.formats.lm_eval_table.reader import LmEvalTableReader
from weighin.sources.formats.opencompass.reader import OpenCompassReader
from weighin.sources.formats.reader import Reader
from weighin.sources.formats.simple_evals.reader import SimpleEvalsReader
from weighin.sources.formats.swe_bench.reader import SweBenchReader

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
    ArenaCatalogReader(),
    OpenCompassReader(),
    SimpleEvalsReader(),
    EvalPlusReader(),
    BigCodeReader(),
    LiveCodeBenchReader(),
    SweBenchReader(),
    LmEvalTableReader(),
)


def reader_of(file: ForeignFile) -> Reader | None:
    """The reader of a file; `None` if it is of no known format."""
    return next((reader for reader in READERS if reader.recognises(file)), None)
