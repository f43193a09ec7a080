"""Whatever a reader gives as a metric can be written into a requirements file, and is found."""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.making.logs import every_eval_ever, lm_eval
from tests.making.logs.every_format import FORMATS, log_of
from tests.making.places import CORPUS

from weighin.api import check
from weighin.errors import EvidenceError
from weighin.evidence.records import Score
from weighin.files.yaml.written import as_yaml
from weighin.rules.interface import Verdict
from weighin.sources.collecting.evidence import read_evidence

Wanted = tuple[str, str]
"""A task, and its metric as the requirements file has it."""
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
ODD = (
    "Accuracy on IFEval",
    "F1, macro",
    "pass@1:4_samples",
    "точность",
    "yes",
    "1.0",
    " acc ",
    "a: b",
    "#",
    '"quoted"',
    "back\\slash",
    "line\nbreak",
    "a,none",
    "a\u2028b",
    "😀",
)


def required(folder: Path, model: str, wanted: list[Wanted], log: Path) -> Verdict:
    """The verdict on some metrics; each task is named by an alias, for it may be any text, too."""
    lines = [f"weighin: 1\nmodel: {{name: {as_yaml(model, is_in_flow=True)}, checkpoint: c}}"]
    lines.append("evidence: named\nbenchmarks:")
    for number, (task, metric) in enumerate(wanted):
        alias = as_yaml(task, is_in_flow=True)
        lines.append(f"  - task: t{number}\n    aliases: [{alias}]\n    metric: {as_yaml(metric)}")
    path = folder / "requirements.yaml"
    path.write_text("\n".join(lines) + "\n")
    return check(path, [log])


def is_found(score: Score | None, metric: str) -> bool:
    return score is not None and (
        score.key == metric or (score.filter == "none" and score.metric == metric)
    )


@given(text=TEXTS, is_in_flow=st.booleans())
def test_every_text_is_written_so_that_yaml_reads_it_again(text, is_in_flow):
    written = as_yaml(text, is_in_flow=is_in_flow)
    document = f"[{written}, x]" if is_in_flow else f"- {written}\n- x"
    assert YAML(typ="safe").load(document) == [text, "x"]


@pytest.mark.parametrize("text", ["acc", "exact_match,strict-match", "gsm8k", "acme/base-8b"])
def test_what_needs_no_quotes_gets_none(text):
    assert as_yaml(text) == text


@pytest.mark.parametrize("name", FORMATS)
def test_every_metric_of_every_format_can_be_required(tmp_path: Path, name):
    log = log_of(name, tmp_path / "log")
    records = read_evidence([log.parent]).records
    for record in (r for r in records if r.model == records[0].model):
        for score in record.scores:
            wanted = [(record.asked.task, score.key)]
            if score.task == record.asked.task:
                verdict = required(tmp_path, record.model, wanted, log.parent)
                assert is_found(verdict.scores["t0"], score.key)


@pytest.mark.parametrize("metric", ODD)
@pytest.mark.parametrize("spelled", ["alone", "with its filter"])
def test_a_metric_of_any_name_can_be_required(tmp_path: Path, metric, spelled):
    document = every_eval_ever.aggregate(every_eval_ever.result(metric=metric))
    log = every_eval_ever.written(document, tmp_path)
    (record,) = read_evidence([log]).records
    wanted = metric if spelled == "alone" else f"{metric},none"
    verdict = required(tmp_path, record.model, [(record.asked.task, wanted)], log)
    assert is_found(verdict.scores["t0"], wanted)


def test_the_advice_is_what_must_be_written(tmp_path: Path):
    document = every_eval_ever.aggregate(every_eval_ever.result(metric="Accuracy on IFEval"))
    log = every_eval_ever.written(document, tmp_path)
    (record,) = read_evidence([log]).records
    verdict = required(tmp_path, record.model, [(record.asked.task, "accuracy")], log)
    (fix,) = (one.finding.fix for one in verdict.findings if one.rule == "every-benchmark-present")
    assert '`metric: "Accuracy on IFEval"`' in fix
    advised = YAML(typ="safe").load(fix.split("`")[1])["metric"]
    again = required(tmp_path, record.model, [(record.asked.task, advised)], log)
    assert is_found(again.scores["t0"], advised)


def test_a_metric_and_its_filter_go_before_a_metric_with_a_comma(tmp_path: Path):
    document = lm_eval.modern()
    document["results"]["arc"] |= {"acc,none,none": 0.125}
    log = lm_eval.written(document, tmp_path)
    verdict = required(tmp_path, "org/model", [("arc", "acc,none")], log)
    score = verdict.scores["t0"]
    assert score is not None
    assert score.value == 0.5


@pytest.mark.skipif(not (CORPUS / "index.csv").is_file(), reason="the public files are not at hand")
def test_every_metric_of_the_public_files_can_be_required(tmp_path: Path):
    places: dict[str, tuple[Path, str, str]] = {}
    for path in sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.name != "index.csv"):
        try:
            records = read_evidence([path]).records
        except EvidenceError:
            continue
        for record in records:
            for score in record.scores:
                if score.task == record.asked.task and "*" not in score.task:
                    places.setdefault(score.key, (path, record.model, record.asked.task))
    assert len(places) > 100
    waiting: defaultdict[tuple[Path, str], list[Wanted]] = defaultdict(list)
    for key, (path, model, task) in places.items():
        waiting[path, model].append((task, key))
    lost = []
    for (path, model), wanted in waiting.items():
        while wanted:
            # One metric a task at a time: a task that is required twice must be told apart.
            now = list({task: (task, key) for task, key in wanted}.values())
            wanted[:] = [one for one in wanted if one not in now]
            scores = required(tmp_path, model, now, path).scores
            lost += [
                (path.name, key)
                for number, (_, key) in enumerate(now)
                if not is_found(scores[f"t{number}"], key)
            ]
    assert lost == []
