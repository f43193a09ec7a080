"""What lm-eval prints at the end of a run."""

from pathlib import Path

from weighin.files.foreign_file import ForeignFile

NAME = "output.md"
RUN = (
    "hf (pretrained=org/model,dtype=bfloat16), gen_kwargs: (None), limit: None, "
    "num_fewshot: None, batch_size: 8"
)
# Arguments as Python writes a mapping.
RUN_OF_2026 = (
    "hf ({'pretrained': 'org/model', 'dtype': 'bfloat16', 'parallelize': False}), gen_kwargs: "
    "({'temperature': 0.0}), limit: None, num_fewshot: None, batch_size: auto (64)"
)

TABLES = """\
|      Tasks       |Version|     Filter     |n-shot|  Metric   |   |Value |   |Stderr|
|------------------|------:|----------------|-----:|-----------|---|-----:|---|-----:|
|gsm8k             |      3|flexible-extract|     5|exact_match|↑  |0.7500|±  |0.0125|
|                  |       |strict-match    |     5|exact_match|↑  |0.6250|±  |0.0150|
|mmlu              |      2|none            |      |acc        |↑  |0.5000|±  |0.0040|
| - humanities     |      2|none            |      |acc        |↑  |0.4500|±  |0.0070|
|  - formal_logic  |      1|none            |     0|acc        |↑  |0.4000|±  |0.0440|
|  - other         |      1|none            |     0|acc        |↑  |0.4800|±  |0.0440|
| - other          |      2|none            |      |acc        |↑  |0.5500|±  |0.0080|
|wikitext          |    2.1|none            |     0|bits_per_byte|↓|0.7012|±  |   N/A|

|     Groups     |Version|Filter|n-shot|Metric|   |Value |   |Stderr|
|----------------|------:|------|------|------|---|-----:|---|-----:|
|mmlu            |      2|none  |      |acc   |↑  |0.5000|±  |0.0040|
| - humanities   |      2|none  |      |acc   |↑  |0.4500|±  |0.0070|
"""


def written(folder: Path, text: str = f"{RUN}\n{TABLES}", name: str = NAME) -> ForeignFile:
    path = folder / name
    path.write_text(text)
    return ForeignFile(path, name)
