"""Seeds for the readers of evidence: small real logs, tables, records and answers of our own."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.file_series import joined
from tests.fuzz.fuzz_hub import COMMIT
from tests.making.checkpoints.signing import resource, statement
from tests.making.logs import inspect
from tests.making.logs.claims import EVAL_RESULTS, MODEL_CARD, SCORECARD
from tests.making.logs.every_format import FORMATS, log_of
from tests.making.places import MADE_BY_MODEL_SIGNING, TESTS

_EVIDENCE = TESTS / "compat" / "v1" / "evidence" / "met"
_SHA1, _SHA256 = "1" * 40, "2" * 64


def logs() -> dict[str, bytes]:
    """A log of every format with what lies beside it, the archive by its members."""
    found: dict[str, bytes] = {}
    for name in FORMATS:
        if name == "Inspect archive":
            continue
        with TemporaryDirectory() as parent:
            log = log_of(name, Path(parent))
            others = [path for path in sorted(Path(parent).rglob("*")) if path.is_file()]
            files = [log, *(path for path in others if path != log)]
            found[name.lower().replace(" ", "-")] = joined(
                {path.relative_to(parent).as_posix(): path.read_bytes() for path in files}
            )
    members = {"members of log.eval": "", "header.json": json.dumps(inspect.header())}
    for number, sample in enumerate(inspect.three_of_four()):
        members[f"samples/{number}_epoch_1.json"] = json.dumps(sample)
    found["inspect-archive"] = joined(members)
    return found | {
        "no-json": joined({"results_2026-01-01T00-00-00.000000.json": "{"}),
        "of-no-format": joined({"other.json": "{}"}),
    }


def tables() -> dict[str, bytes]:
    """Tables with one and with two models, footnotes, errors, an average; one without a unit."""
    markdown = (
        "# Results\n\n| Benchmark | alpha-7b | beta-7b |\n|---|---:|---:|\n"
        "| MMLU (5-shot) | **63.4** | 61.2 ± 0.4 |\n| GSM8K (8-shot) | 51.25[^1] | - |\n\n"
        "[^1]: maj@8\n"
    )
    html = (
        "<html><body><h2>Results</h2><table><caption>5-shot</caption><thead>"
        "<tr><th rowspan=2>Model</th><th colspan=2>Knowledge</th></tr>"
        "<tr><th>MMLU<sup>a</sup></th><th>GSM8K</th></tr></thead><tbody>"
        "<tr><td>a</td><td><b>63.4</b></td><td>51.25 &plusmn; 0.4</td></tr>"
        "<tr><td colspan=3>larger</td></tr>"
        "<tr><td>b</td><td>70.1</td><td>80.2%</td></tr></tbody></table><p>a: maj@8</body></html>"
    )
    latex = (
        "\\begin{table}\\caption{Results, 5-shot}\n\\begin{tabular}{lcc}\\toprule\n"
        "\\multirow{2}{*}{Model} & \\multicolumn{2}{c}{Knowledge} \\\\ \\cmidrule(lr){2-3}\n"
        " & MMLU & GSM8K \\\\ \\midrule\n"
        "a & \\textbf{63.4} & $51.25 \\pm 0.4$ \\\\\n"
        "b & 70.1\\% & \\num{80.2} \\\\ \\bottomrule\n"
        "\\end{tabular}\\end{table}\n"
    )
    two_headers = (
        "Knowledge,,Mathematics\nModel,MMLU,GSM8K\n,5-shot,8-shot\na,63.4,51.25\nb,70.1,80.2\n"
    )
    aligned = (
        "Benchmark      alpha-7b   beta-7b\n------------------------------\n"
        "MMLU (5-shot)      63.4      61.2\nGSM8K (8-shot)     51.25     80.2\n"
    )
    transposed = (
        "Model;Average;#Params (B);Type;MMLU;GSM8K\n"
        "a;57,3;7,2;chat;63,4;51,2\nb;75,15;13;base;70,1;80,2\n"
    )
    long = "model,benchmark,setting,metric,value\na,MMLU,5-shot,acc,63.4\na,GSM8K,8-shot,em,51.25\n"
    return {
        "markdown": joined({"a.md": markdown}),
        "readme": joined({"README.md": markdown + "\n## Base\n\n" + markdown + "\n" + html}),
        "html": joined({"a.html": html}),
        "latex": joined({"a.tex": latex}),
        "two-headers": joined({"a.csv": two_headers}),
        "decimal-comma": joined({"a.csv": transposed}),
        "aligned": joined({"a.txt": aligned}),
        "long": joined({"a.csv": long}),
        "utf-16": joined({"a.csv": two_headers.encode("utf-16")}),
        "csv": joined({"a.csv": "model,MMLU,GSM8K,average\na,63.4,51.2,57.3\nb,70.1,80.2,75.15\n"}),
        "tsv": joined({"a.tsv": "Model\tGSM8K (8-shot)\na\t51.2%\n"}),
        "scorecard": joined({"a.yaml": SCORECARD}),
        "card": joined({"a.md": MODEL_CARD.format(name="a", value="53.75", verified="false")}),
        "empty": joined({"a.csv": ""}),
        "no-numbers": joined({"a.md": "| a | b |\n|---|---|\n| c | d |\n"}),
    }


def cards() -> dict[str, bytes]:
    """Cards with and without results."""
    several = """---
model-index:
- name: a
  results:
  - task: {type: text-generation, name: Text}
    dataset: {name: IFEval (0-Shot), type: HuggingFaceH4/ifeval, split: train, args: {n: 0}}
    metrics:
    - {type: inst_level_strict_acc and prompt, value: 35.96, name: strict accuracy}
    source: {url: 'https://example.org/a', name: Leaderboard}
  - task: {type: text-generation}
    dataset: {name: MATH, type: math, config: main, revision: abc}
    metrics:
    - {type: acc, value: 0.5, verified: true, verifyToken: x}
    - {type: f1, value: {a: 0.25, b: 0.75}}
---
# a
"""
    return {
        "several": several.encode(),
        "real": MODEL_CARD.format(name="a", value="53.75", verified="false").encode(),
        "no-results": b"---\nlicense: mit\n---\n# A\n",
        "of-results": b"---\n" + EVAL_RESULTS.encode() + b"---\n",
        "tag": b"---\nmodel-index: !!python/object:os.system x\n---\n",
    }


def stores() -> dict[str, bytes]:
    """A record, its commit marker and the ledger, of the first version that was released."""
    names = ("record.json", "committed.json", "ledger.jsonl")
    places = {name: min(_EVIDENCE.rglob(name), default=None) for name in names}
    files = {name: path.read_bytes() for name, path in places.items() if path is not None}
    found = {name.partition(".")[0]: joined({name: text}) for name, text in files.items()}
    return found | {
        "whole": joined(files),
        "attempt-elsewhere": joined(
            {
                "committed.json": files["committed.json"].replace(
                    b'"attempt_id":"', b'"attempt_id":"../'
                )
            }
        ),
        "no-record": joined({"record.json": "[]"}),
    }


def requirements() -> dict[str, bytes]:
    """Files that are right, and some that are not."""
    right = (
        "weighin: 1\nmodel:\n  name: a\n  checkpoint: hf://org/a@" + COMMIT + "\nbenchmarks:\n"
        "  - task: gsm8k\n    aliases: ['*gsm8k*']\n    metric: exact_match\n    num_fewshot: 8\n"
        "rules:\n  same-engine: off\n"
    )
    whole = right + (
        "profile: leaderboard\nsame: [weights, tokenizer]\nevidence: measured\n"
        "waivers:\n- {rule: same-engine, benchmark: gsm8k, owner: a, reason: b,\n"
        "   expires: 2030-01-01}\n"
    )
    return {
        "whole": whole.encode(),
        "right": right.encode(),
        "short": f"weighin: 1\nmodel: {{name: a, checkpoint: 'hf://org/a@{COMMIT}'}}\n"
        "benchmarks: [{task: arc}]\n".encode(),
        "unknown-key": (right + "other: 1\n").encode(),
        "anchor": b"a: &b 1\nc: *b\n",
        "two-documents": b"weighin: 1\n---\nweighin: 1\n",
    }


def bundles() -> dict[str, bytes]:
    """A bundle as model-signing wrote it, and statements that are signed when they are read."""
    made = statement([resource("a.txt", b"a"), resource("b/c.txt", b"c")])
    return {
        "real": (MADE_BY_MODEL_SIGNING / "files.sig").read_bytes(),
        "statement": joined({"statement": json.dumps(made)}),
        "outside": joined({"statement": json.dumps(statement([resource("../a", b"a")]))}),
        "no-bundle": b"{}",
    }


def answers() -> dict[str, bytes]:
    """What a hub answers of two files, and of files that it lists once."""
    tree = [
        {"type": "file", "path": "a.safetensors", "size": 9, "oid": _SHA1,
         "lfs": {"oid": _SHA256, "size": 9}, "xetHash": _SHA256},
        {"type": "directory", "path": "b"},
        {"type": "file", "path": "b/config.json", "size": 2, "oid": _SHA1},
    ]  # fmt: skip
    siblings = [
        {"rfilename": "a.safetensors", "size": 9, "blobId": _SHA1,
         "lfs": {"sha256": _SHA256, "size": 9}},
        {"rfilename": "b/config.json", "size": 2, "blobId": _SHA1},
    ]  # fmt: skip
    info = {"id": "org/model", "sha": COMMIT, "siblings": siblings}
    kept = {"format_version": 1, "files": {"a": {"size": 2, "blob_id": _SHA1}}}
    whole = {"info": info, "pages": [tree], "cached": kept}
    return {
        "real": json.dumps(whole).encode(),
        "two-pages": json.dumps(whole | {"pages": [tree[:1], tree[1:]]}).encode(),
        "once": json.dumps(whole | {"pages": [tree[:1]]}).encode(),
        "other-commit": json.dumps(whole | {"info": info | {"sha": "3" * 40}}).encode(),
    }


def reader_files() -> Mapping[str, dict[str, bytes]]:
    """The seeds of every target that reads evidence."""
    return {
        "fuzz_logs": logs(),
        "fuzz_tables": tables(),
        "fuzz_cards": cards(),
        "fuzz_store": stores(),
        "fuzz_requirements": requirements(),
        "fuzz_bundles": bundles(),
        "fuzz_hub": answers(),
    }
