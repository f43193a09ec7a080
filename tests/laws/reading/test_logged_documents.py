"""What a log holds of single documents: their scores make its score, and two runs are paired."""

import json
from math import fsum

import pytest
from tests.making.logs import every_eval_ever, helm, inspect
from tests.making.logs.lm_eval_samples import log_with_samples

import weighin
from weighin.sources.collecting.evidence import read_evidence


def of_lm_eval(folder, right):
    return log_with_samples(folder, {f"q{n}": float(one) for n, one in enumerate(right)})


def of_helm(folder, right):
    score = fsum(right) / len(right)
    stats = [helm.stat("exact_match", score), helm.stat("num_instances", len(right))]
    texts = tuple(f"answer {one}" for one in right)
    helm.Run(
        folder, stats=stats, per_instance=helm.per_instance(right), state=helm.state(texts)
    ).written()
    return folder


def inspect_log(right):
    log = inspect.header(len(right), accuracy=fsum(right) / len(right))
    samples = [
        inspect.sample(number, value="C" if one else "I", input=f"{number}?", target="yes")
        for number, one in enumerate(right, start=1)
    ]
    return log, samples


def of_inspect(folder, right):
    log, samples = inspect_log(right)
    return inspect.written(log | {"samples": samples}, folder).parent


def of_inspect_archive(folder, right):
    return inspect.archive(folder, *inspect_log(right)).parent


def of_every_eval_ever(folder, right):
    path = every_eval_ever.with_samples(folder, right)
    document = json.loads(path.read_text())
    document["evaluation_results"][0]["score_details"]["score"] = fsum(right) / len(right)
    samples = folder / every_eval_ever.SAMPLES
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    for number, row in enumerate(rows):
        row |= {
            "sample_hash": f"hash {number}",
            "input": {"raw": f"{number}?"},
            "output": {"raw": [str(right[number])]},
        }
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    del document["detailed_evaluation_results"]["checksum"]
    path.write_text(json.dumps(document))
    return folder


FORMATS = pytest.mark.parametrize(
    "made", [of_lm_eval, of_helm, of_inspect, of_inspect_archive, of_every_eval_ever]
)


def folder(path):
    path.mkdir()
    return path


@FORMATS
def test_the_scores_of_documents_make_the_score(made, tmp_path):
    evidence = read_evidence([made(folder(tmp_path / "a"), (1, 1, 0, 1))])
    (read,) = evidence.read_records
    score = read.record.scores[0]
    documents = list(read.documents())
    assert len(documents) == 4
    values = [document.scores[score.metric, score.filter] for document in documents]
    assert fsum(values) / len(values) == score.value
    assert len({document.name for document in documents}) == 4
    assert len({document.digest for document in documents} - {""}) == 4
    assert all(document.prompt and document.answer for document in documents)


@FORMATS
def test_two_runs_are_paired_document_by_document(made, tmp_path):
    first = made(folder(tmp_path / "a"), (1, 1, 0, 1))
    second = made(folder(tmp_path / "b"), (0, 1, 1, 0))
    (benchmark,) = weighin.diff(first, second).benchmarks
    score = benchmark.scores[0]
    assert (score.paired, score.only_first, score.only_second) == (4, 2, 1)
    assert benchmark.flipped == 3
    assert all(flip.answers != (None, None) for flip in benchmark.flips)
    prompts = next(d for d in benchmark.differences if d.topic == "prompts")
    assert prompts.agreement == "same"
