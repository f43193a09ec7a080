"""Aggregates of Every Eval Ever, cut down to what is read."""

import hashlib
import json
from pathlib import Path

SAMPLES = "f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40_samples.jsonl"


def result(name="IFEval", score=0.4486, *, metric="accuracy", **fields):
    return {
        "evaluation_name": name,
        "evaluation_result_id": f"{name}/{metric}",
        "source_data": {"dataset_name": name, "source_type": "hf_dataset", "hf_repo": "org/data"},
        "metric_config": {"metric_id": metric, "lower_is_better": False},
        "score_details": {"score": score},
    } | fields


def aggregate(*results, version="0.3.0", **details):
    return {
        "schema_version": version,
        "evaluation_id": "source/org_model/1",
        "retrieved_timestamp": "1777366846.6",
        "evaluation_timestamp": "1750000000",
        "source_metadata": {"source_type": "documentation", "evaluator_relationship": "other"},
        "eval_library": {"name": "lm_eval", "version": "0.4.9"},
        "model_info": {"name": "model", "id": "org/model", "additional_details": details},
        "evaluation_results": list(results) or [result()],
    }


def written(document, folder: Path) -> Path:
    path = folder / "aggregate.json"
    path.write_text(json.dumps(document))
    return path


def with_samples(folder: Path, scores, *, metric="accuracy", **reference):
    rows = [
        {
            "evaluation_name": "IFEval",
            "evaluation_result_id": f"IFEval/{metric}",
            "sample_id": str(number),
            "evaluation": {"score": score, "is_correct": score == 1},
        }
        for number, score in enumerate(scores)
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (folder / SAMPLES).write_bytes(content)
    document = aggregate(result(score=0.75, metric=metric))
    document["detailed_evaluation_results"] = {
        "format": "jsonl",
        "file_path": f"data/source/org/model/{SAMPLES}",
        "hash_algorithm": "sha256",
        "checksum": hashlib.sha256(content).hexdigest(),
        "total_rows": len(rows),
    } | reference
    return written(document, folder)
