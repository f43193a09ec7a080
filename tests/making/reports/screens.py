"""Eleven verdicts as a person meets them, and what is printed of each at 100 columns.

`python -m tests.making.reports.screens` writes them anew.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console
from tests.making.logs.lm_eval import COMMIT, modern, written
from tests.making.places import TESTS
from tests.making.reports.builders import judged, same, swapped_verdict
from tests.making.reports.builders import verdict as told_of
from tests.making.rules.builders import (
    VARIANT,
    case,
    record,
    requirements,
    scored_on,
    verdict,
    waiver,
)

from weighin import api
from weighin.identity.facets import Facet
from weighin.reports.page.text import render
from weighin.reports.verdict.page import verdict_page
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Outcome, Verdict
from weighin.rules.judging.partial import as_partial

WIDTH = 100
FOLDER = TESTS / "unit" / "reports" / "verdict" / "screens"
OTHER_COMMIT = "0f" * 20

_HOSTILE = "::warning::x##[error]y\x1b[2J\u2028##teamcity[z]\u202e"


def met_run() -> Verdict:
    """Three benchmarks that weighin scored on one checkpoint."""
    return verdict(case())


def met_logs() -> Verdict:
    """Two logs of one commit, of which no more is required than they say."""
    return _logs(
        {"colours": {}, "rivers": {}},
        profile="same-checkpoint",
        same="[weights, dtype]",
        rules="""\
  records-intact: {level: off}
  weights-unchanged-during-run: {level: off}
  watched-throughout: {level: off}
  loaded-is-on-disk: {level: off}
  score-recomputes: {level: off}
  one-attempt: {level: off}
""",
    )


def violated_weights() -> Verdict:
    """One of three benchmarks on another checkpoint."""
    return verdict(scored_on(VARIANT))


def two_commits() -> Verdict:
    """The logs name two commits of one repository."""
    return _logs({"colours": {}, "rivers": {"model_sha": OTHER_COMMIT}}, profile="comparable")


def missing_everything() -> Verdict:
    """Logs of another harness under the profile that asks for measured evidence."""
    return _logs({"colours": {}, "rivers": {}}, profile="same-checkpoint", evidence="measured")


def leaderboard() -> Verdict:
    """Logs of another harness as somebody would publish them."""
    return _logs({"colours": {}, "rivers": {}, "moons": {}}, profile="leaderboard")


def partial() -> Verdict:
    """A run that was asked for one of three benchmarks."""
    of = case(record("gsm8k"), requires=requirements())
    return as_partial(verdict(of), ["gsm8k"], has_failed=False)


def waived() -> Verdict:
    """A benchmark on another checkpoint, which somebody accepts."""
    of = scored_on(VARIANT)
    accepted = (waiver("same-weights"), waiver("checkpoint-is-declared"))
    accepted += (waiver("released-is-scored"), waiver("as-required"))
    required = of.requirements.model_copy(update={"waivers": accepted})
    return verdict(replace(of, requirements=required))


def many_benchmarks() -> Verdict:
    """1,100 benchmarks, of which one differs from the others and ten have no score."""
    tasks = tuple(f"term_frequency_reasoning_{n}" for n in range(1100))
    findings = [
        same(Facet.WEIGHTS, tasks[1:]),
        same(
            Facet.WEIGHTS,
            tasks[:1],
            outcome=Outcome.VIOLATED,
            statement=f"weights: 1099 of 1100 benchmarks agree; {tasks[0]} differs",
            expected="sha256:1f0c5e99a2b7, as on the others",
            found="sha256:9b42d1aa6f00",
            fix=f"score {tasks[0]} again",
        ),
        *(
            judged(
                "every-benchmark-present",
                outcome=Outcome.UNDECIDED,
                statement=f"{task}: there is no record",
                benchmarks=(task,),
                cause=Cause(CauseKind.NO_RECORD),
                fix=f"weighin run requirements.yaml --only {task}",
            )
            for task in tasks[-10:]
        ),
    ]
    return told_of(findings, Outcome.VIOLATED, tasks=tasks, facets=(Facet.WEIGHTS,))


def hostile_names() -> Verdict:
    """Names that command a terminal or a CI service, and one that is no name by its length."""
    told = swapped_verdict()
    return replace(told, model=_HOSTILE + "m" * 5000, profile=_HOSTILE, requirements_file=_HOSTILE)


def served() -> Verdict:
    """A log of a model that is only served."""
    return _logs(
        {"colours": {"model": "openai-completions", "model_sha": "", "model_dtype": ""}},
        profile="hosted",
        model='endpoint: {url: "http://127.0.0.1:9/v1", served_model: org/model, api: completions}',
    )


MAKERS: Mapping[str, Callable[[], Verdict]] = {
    maker.__name__: maker
    for maker in (
        met_run,
        met_logs,
        violated_weights,
        two_commits,
        missing_everything,
        leaderboard,
        partial,
        waived,
        many_benchmarks,
        hostile_names,
        served,
    )
}


def first_look(told: Verdict, width: int = WIDTH) -> str:
    """What is printed of a verdict unless more is asked for."""
    stream = StringIO()
    Console(file=stream, width=width, highlight=False).print(render(verdict_page(told), full=False))
    return stream.getvalue()


def _logs(
    of: Mapping[str, Mapping[str, str]],
    *,
    profile: str,
    evidence: str = "declared",
    same: str = "",
    rules: str = "",
    model: str = f'checkpoint: "hf://org/model@{COMMIT}"',
) -> Verdict:
    """The verdict on a results file a benchmark, in a folder without a name of its own."""
    lines = ["weighin: 1", f"model: {{name: org/model, {model}}}", f"profile: {profile}"]
    lines += [f"evidence: {evidence}"]
    lines += [f"same: {same}"] if same else []
    lines += ["benchmarks:", *(f"  - {{task: {task}}}" for task in of)]
    lines += ["rules:", rules] if rules else []
    with _in_a_folder():
        Path("requirements.yaml").write_text("\n".join(lines) + "\n")
        together: dict[str, list[str]] = {}
        for task, config in of.items():
            together.setdefault(json.dumps(config), []).append(task)
        for number, (config, tasks) in enumerate(together.items()):
            name = f"results_2026-02-21T16-56-0{number}.000001.json"
            written(_document(tasks, json.loads(config)), Path("logs"), name)
        return api.check(Path("requirements.yaml"), [Path("logs")])


def _document(tasks: list[str], config: Mapping[str, str]) -> dict:
    document = modern()
    for key in ("results", "configs", "versions", "n-shot", "n-samples", "group_subtasks"):
        (value,) = document[key].values()
        document[key] = {
            task: {**value, "task": task} if key == "configs" else value for task in tasks
        }
    # The error of half of them right, as it is stated: sqrt(0.5 * 0.5 / (2501 - 1)).
    document["n-samples"] = {task: {"original": 2501, "effective": 2501} for task in tasks}
    for task in tasks:
        document["results"][task] = document["results"][task] | {"sample_len": 2501}
        document["configs"][task]["dataset_path"] = f"acme/{task}"
    document["config"] |= config
    return document


@contextmanager
def _in_a_folder() -> Iterator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def file_of(name: str) -> Path:
    """Where the screen of a verdict is kept."""
    return FOLDER / f"{name.replace('_', '-')}.txt"


if __name__ == "__main__":
    for name, make in MAKERS.items():
        file_of(name).write_text(first_look(make()), encoding="utf-8")
