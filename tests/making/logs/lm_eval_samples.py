"""A log of lm-eval with its samples, of documents that a test chooses."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from tests.making.logs.lm_eval import STAMP, modern, written

from weighin.files.canonical import sha256_hex

PROMPT = "Question: {question}\nAnswer:"


def log_with_samples(
    folder: Path,
    scores: Mapping[str, float],
    *,
    prompt: str = PROMPT,
    answers: Sequence[str] = (),
    **document: object,
) -> Path:
    """The folder of a log.

    Args:
        folder: Where it lies.
        scores: Score of each document, by its question.
        prompt: What is asked, with `{question}` in it.
        answers: What came out of each; its number by default.
        document: Keys of the results document that are others.
    """
    rows = [
        _sample(number, question, score, prompt, dict(enumerate(answers)).get(number, str(number)))
        for number, (question, score) in enumerate(scores.items())
    ]
    values = list(scores.values())
    mean = fmean(values)
    spread = math.fsum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1)
    results = {
        "results": {"arc": {"acc,none": mean, "acc_stderr,none": math.sqrt(spread / len(values))}},
        "n__samples": {"arc": {"original": len(rows), "effective": len(rows)}},
    }
    written(modern(**(results | document)), folder)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / f"samples_arc_{STAMP}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _sample(number: int, question: str, score: float, prompt: str, answer: str) -> dict:
    document = {"question": question}
    asked = prompt.replace("{question}", question)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return {
        "doc_id": number,
        "doc": document,
        "target": "yes",
        "arguments": {"gen_args_0": {"arg_0": asked, "arg_1": {"until": ["\n"]}}},
        "resps": [[answer]],
        "filtered_resps": [answer],
        "filter": "none",
        "metrics": ["acc"],
        "doc_hash": sha256_hex(text.encode("utf-8", "surrogatepass")),
        "prompt_hash": sha256_hex(asked.encode("utf-8", "surrogatepass")),
        "target_hash": sha256_hex(b"yes"),
        "acc": score,
    }
