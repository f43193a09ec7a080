"""Formats that many people have and that weighin does not read: what each is, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TABLE: Final = "`weighin scorecard` reads tables like it"
_RETYPED: Final = (
    "its scores can be held against others in a table, which `weighin scorecard` reads"
)
_NO_SCORE: Final = "it has no score of a model on a benchmark"
_SINGLE: Final = "it holds single answers, and no score of a model; give what was made of them"


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """A format that is known and not read.

    Attributes:
        what: It in words, with an article.
        names: Top keys or columns that its files have, in lower case and without spaces.
        advice: What to do instead.
    """

    what: str
    names: frozenset[str]
    advice: str


def _of(what: str, names: str, advice: str) -> OtherFormat:
    return OtherFormat(what, frozenset(names.split()), advice)


OTHER_FORMATS: Final = (
    _of("a leaderboard of AlpacaEval", "win_rate avg_length", _TABLE),
    _of("a leaderboard of the Berkeley Function-Calling Leaderboard", "overall_acc model", _TABLE),
    _of(
        "a score of one category of the Berkeley Function-Calling Leaderboard",
        "accuracy correct_count total_count",
        "give data_overall.csv to `weighin scorecard`",
    ),
    _of(
        "annotations of AlpacaEval",
        "instruction output_1 generator_1 annotator",
        "give its leaderboard.csv to `weighin scorecard`",
    ),
    _of("a leaderboard of Arena-Hard", "model score ci_(%)", _RETYPED),
    _of("judgments of LiveBench", "question_id task model score category", _SINGLE),
    _of("results of Aider's benchmark", "dirname test_cases edit_format pass_rate_1", _RETYPED),
    _of("a task of Aider's benchmark", "testcase tests_outcomes edit_format", _SINGLE),
    _of("a result of Unitxt", "environment_info results", _RETYPED),
    _of("metrics of OLMES", "all_primary_scores tasks", _RETYPED),
    _of("results of DeepEval", "testcases metricsscores", _RETYPED),
    _of(
        "all that simple-evals kept of a run",
        "score metrics htmls convos",
        "give the file of that name without _allresults",
    ),
    _of(
        "the runs of HELM in one",
        "run_spec adapter_spec stats",
        "give the folder of each run instead",
    ),
    _of("a result of MTEB", "task_name mteb_version scores", _RETYPED),
    _of("an older result of MTEB", "mteb_dataset_name mteb_version", _RETYPED),
    _of("what MTEB knows of a model", "name revision n_parameters embed_dim", _NO_SCORE),
    _of("judgments of MT-Bench", "question_id model judge score turn", _SINGLE),
    _of("judgments of MT-Bench on pairs", "question_id model_1 model_2 g1_winner", _SINGLE),
    _of("trajectories of tau-bench", "task_id reward traj trial", _SINGLE),
    _of("a run of tau2-bench", "info tasks simulations", _SINGLE),
    _of("a result of Terminal-Bench", "results n_resolved resolved_ids accuracy", _RETYPED),
    _of("a result of Harbor", "n_total_trials stats", _RETYPED),
    _of("rows of the Open LLM Leaderboard", "eval_name fullname precision", _TABLE),
    _of("a request to the Open LLM Leaderboard", "model weight_type precision status", _NO_SCORE),
    _of("a summary of RULER, without a heading", "0 1 2 3", _RETYPED),
    _of("a summary table of HELM", "title header rows", "give the folder of a run instead"),
    _of(
        "a result of SWE-bench's leaderboard",
        "no_generation resolved",
        "of how many instances it does not say; give the report that its harness writes, "
        "<model>.<run>.json",
    ),
    _of("a report of EvalScope", "dataset_name model_name metrics score", _RETYPED),
    _of("a table of VLMEvalKit", "split overall", _RETYPED),
    _of("the spec of a run of OpenAI's evals", "spec", "its scores stand in `final_report` below"),
    _of("results of promptfoo", "evalid results config", _RETYPED),
    _of("answers that IFEval graded", "follow_all_instructions instruction_id_list", _SINGLE),
    _of(
        "a result of one dataset of OpenCompass",
        "accuracy details",
        "give the table in its folder `summary`",
    ),
    _of(
        "a table of compression that OpenCompass turned",
        "metric version model average",
        _RETYPED,
    ),
)


def told_as_other(names: Iterable[str]) -> str:
    """What a file with some keys or columns is, though it is not read, and what to do.

    Returns:
        In words, without a stop; empty if no known format has them.
    """
    present = {name.strip().casefold().replace(" ", "_") for name in names}
    found = [one for one in OTHER_FORMATS if one.names <= present]
    if not found:
        return ""
    best = max(found, key=lambda one: len(one.names))
    return f"known as {best.what}, and not read: {best.advice}"
