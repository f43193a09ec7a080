"""What people state: model cards, results of a model repository, tables, scorecards."""

import json
from pathlib import Path

MODEL_CARD = """---
license: mit
model-index:
- name: {name}
  results:
  - task:
      type: text-generation
    dataset:
      type: ai2_arc
      name: AI2 Reasoning Challenge (25-Shot)
      config: ARC-Challenge
      split: test
      args:
        num_few_shot: 25
    metrics:
    - type: acc_norm
      value: {value}
      verified: {verified}
    source:
      name: Open LLM Leaderboard
      url: https://example.invalid/board
tags:
- code
---

# A model
"""


def model_card(folder: Path, *, name="tiny", value="53.75", verified="false", text=None) -> Path:
    path = folder / "tiny" / "README.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        MODEL_CARD.format(name=name, value=value, verified=verified) if text is None else text
    )
    return path


EVAL_RESULTS = """- dataset:
    id: cais/hle
    task_id: default
    revision: 5503434ddd753f426f4b38109466949a1217c2bb
  value: 20.90
  date: "2025-01-15"
  source:
    url: https://example.invalid/traces
    name: Eval traces
  notes: "no-tools"
- dataset:
    id: Idavidrein/gpqa
    task_id: gpqa_diamond
  value: 0.412
"""


def eval_results(folder: Path, text=EVAL_RESULTS, name="hle.yaml") -> Path:
    path = folder / "tiny" / ".eval_results" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


ARENA_HEADER = "rank,rank_stylectrl,model,arena_score,95_pct_ci,votes,organization,license"


ARENA_TABLE = f"""{ARENA_HEADER}
1,1,Tiny-2,1439,+7/-10,5858,Org,Proprietary
2,4,"tiny, early",1402,+5/-5,13865,Org,MIT
"""


ARENA_OF_2026 = """\
model_name,organization,license,rating,rating_lower,rating_upper,variance,vote_count,rank,category,leaderboard_publish_date
tiny-2,Org,Proprietary,1421.5,1416.62,1426.38,6.2,20331,1,overall,2026-08-02
tiny-2,Org,Proprietary,1398.25,1388.0,1408.5,27.4,4120,4,coding,2026-08-02
tiny-open,Lab,MIT,1377.75,1370.0,1385.5,15.6,9004,9,overall,2026-08-02
"""

ARENA_OF_THE_SITE = """\
Rank* (UB),Model Markup,Model,Arena Score,95% CI,Votes,Organization,License,Knowledge Cutoff
1,"<a href=""x"">tiny-2</a>",tiny-2,1338,+5/-5,"24,135",Org,Proprietary,2023/10
2,<b>tiny</b>,tiny,1301,+3/-4,9130,Org,MIT,Unknown
"""


ARENA_CATALOG = {
    "full": {
        "tiny-2": {"rating": 1421.5, "rating_q975": 1426.4, "rating_q025": 1416.6},
        "tiny-open": {"rating": 1377.75, "rating_q975": 1385.5, "rating_q025": 1370.0},
    },
    "coding": {"tiny-2": {"rating": 1398.25, "rating_q975": 1408.5, "rating_q025": 1388.0}},
}


def arena_catalog(folder: Path, content: object = None) -> Path:
    path = folder / "leaderboard-text.json"
    path.write_text(json.dumps(ARENA_CATALOG if content is None else content))
    return path


def arena_table(folder: Path, text=ARENA_TABLE, name="arena_20250406.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


SCORECARD = """weighin_scorecard: 1
title: A card
unit: percent
by: A lab
sources:
  card: {title: model card, url: "https://example.invalid/card", date: "2025-04-05"}
  blog: {title: blog}
source: card
footnotes:
  "1": several passes
artifacts:
  - name: model-instruct
    claimed_as: Model
    checkpoint: hf://lab/model@0123456789abcdef0123456789abcdef01234567
  - name: model-experimental
    claimed_as: Model
    availability: never-published
tables:
  - title: Instruct
    protocol: {shots: 0, temperature: 0.0}
    columns:
      - model-instruct
      - {artifact: model-experimental, by: Someone else}
    rows:
      - {benchmark: GPQA Diamond, metric: accuracy, values: [57.20, -]}
      - benchmark: MMLU
        protocol: {shots: 5}
        values:
          - {printed: 80.0, standard_error: 0.10, role: rerun}
          - 79.9%¹
numbers:
  - artifact: model-experimental
    benchmark: LMArena
    registered_as: lmarena_text
    printed: 1,417
    unit: rating
    interval: [+13, -12]
    documents: 2520
    source: blog
    place: first figure
joined:
  - {first: model-instruct, first_figure: $0.19, second: model-experimental,
     second_figure: "1417", source: blog}
"""
