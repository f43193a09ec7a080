"""The public corpus: what is read of it, which facets it decides, and what that takes.

Wall and CPU time of `weighin.check` and `weighin.inspect` on the whole corpus, and their peak
memory above start-up, against parsing the same JSON with orjson: each in a process of its own,
interleaved, medians. `--write` puts the table of facets into docs/formats.md.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson
from tests.benchmarks.peak_memory import peak_mib
from tests.making.places import ROOT

from weighin import api
from weighin.evidence.collected import Inspection
from weighin.identity.facets import Facet, Grade

ROUNDS = 5
CORPUS = ROOT.parent / "shared" / "corpus"
DOCUMENT = ROOT / "docs" / "formats.md"
BEGIN, END = "<!-- begin: decidable facets -->", "<!-- end: decidable facets -->"
COMMAND = "./run bench corpus --write"
DECIDING = (Grade.MEASURED, Grade.PINNED, Grade.DECLARED)
REQUIREMENTS = """\
weighin: 1
model: {name: Qwen2.5-7B, checkpoint: "hf://Qwen/Qwen2.5-7B@d149729398750b98c0af14eb82c78cfe92750796"}
profile: comparable
same: [weights, dtype, chat_template, special_tokens]
evidence: declared
benchmarks:
  - task: mmlu
"""


def json_files() -> list[Path]:
    """Every JSON and JSON lines file of the corpus."""
    return sorted(path for path in CORPUS.rglob("*") if path.suffix in {".json", ".jsonl"})


def parse_all() -> None:
    """Parse them with orjson, which refuses NaN; the standard library reads those."""
    for path in json_files():
        content = path.read_bytes()
        for text in content.splitlines() if path.suffix == ".jsonl" else [content]:
            try:
                orjson.loads(text)
            except orjson.JSONDecodeError:
                try:
                    json.loads(text)
                except ValueError:
                    continue


def check_all() -> None:
    """Judge one model of the corpus; everything in it is recognised or refused."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.yaml"
        requirements.write_text(REQUIREMENTS)
        api.check(requirements, [CORPUS], skip_unreadable=True)


def inspect_all() -> None:
    """Read every row of every model."""
    api.inspect([CORPUS])


WAYS: Mapping[str, Callable[[], None]] = {
    "orjson": parse_all,
    "check": check_all,
    "inspect": inspect_all,
}


def measure(name: str) -> None:
    """Print, as JSON, the wall and CPU seconds of one way and the MiB that it takes at its peak.

    All of it is above what the start of Python and the imports of this file take.
    """
    before = peak_mib()
    wall, cpu = time.perf_counter(), time.process_time()
    WAYS[name]()
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**taken, "mib": peak_mib() - before}))


def measured(rounds: int) -> dict[str, dict[str, float]]:
    """Medians of each way by quantity, interleaved."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(rounds + 1):
        for name in WAYS:
            command = [sys.executable, __file__, "--measure", name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            if number:  # the first round warms the cache of files
                found[name].append(json.loads(done.stdout))
    return {
        name: {kind: statistics.median(one[kind] for one in taken) for kind in taken[0]}
        for name, taken in found.items()
    }


def print_costs(costs: Mapping[str, Mapping[str, float]], rounds: int) -> None:
    """Print what each way takes, and how many times what orjson takes."""
    peer = costs["orjson"]
    print(f"\n(median of {rounds}, interleaved; above start-up; x: times orjson)")
    print(f"{'':<8} {'wall ms':>8} {'x':>6} {'CPU ms':>8} {'x':>6} {'peak MiB':>9} {'x':>6}")
    for name, one in costs.items():
        told = (
            f"{1000 * one['wall']:>8.0f} {one['wall'] / peer['wall']:>6.1f} "
            f"{1000 * one['cpu']:>8.0f} {one['cpu'] / peer['cpu']:>6.1f} "
            f"{one['mib']:>9.0f} {one['mib'] / max(peer['mib'], 1):>6.1f}"
        )
        print(f"{name:<8} {told}")


def print_reading(found: Inspection) -> None:
    """Print what was read, and what was refused with its reasons."""
    files = Counter(file.format for file in found.files)
    rows: Counter[str] = Counter()
    for file in found.files:
        rows[file.format] += len(file.records)
    print(f"{'format':<32} {'files':>6} {'rows':>7}")
    for name in sorted(files):
        print(f"{name:<32} {files[name]:>6} {rows[name]:>7}")
    print(f"\nread {len(found.files)} files, refused {len(found.unread)}, 0 uncaught errors")
    reasons = Counter(_general(file.reason, file.file) for file in found.unread)
    for reason, count in reasons.most_common():
        print(f"{count:>6}  {reason}")


def _general(reason: str, file: str) -> str:
    """A reason without what is particular to the file."""
    return re.sub(r"'[^']*'|\d+", "…", reason.replace(file, "FILE"))[:120]


def table(found: Inspection) -> Iterator[str]:
    """Lines of Markdown: percent of rows on which a facet can be decided, by format."""
    formats = sorted({file.format for file in found.files if file.records})
    seen: dict[tuple[str, Facet], list[bool]] = defaultdict(list)
    rows: Counter[str] = Counter()
    for file in found.files:
        rows[file.format] += len(file.records)
        for record in file.records:
            for facet in Facet:
                observed = record.observation(facet)
                if observed.applies:
                    seen[file.format, facet].append(observed.grade in DECIDING)
    yield f"| facet | {' | '.join(formats)} |"
    yield f"|---|{'---:|' * len(formats)}"
    for facet in Facet:
        cells = (_percent(seen[name, facet]) for name in formats)
        yield f"| {facet.replace('_', ' ')} | {' | '.join(cells)} |"
    yield f"| rows | {' | '.join(str(rows[name]) for name in formats)} |"


def print_all() -> list[str]:
    """Print what was read. Returns the table of facets."""
    found = api.inspect([CORPUS])
    print_reading(found)
    lines = list(table(found))
    print("\npercent of rows on which a facet is known at grade declared or better\n")
    print("\n".join(lines))
    return lines


def _percent(decided: list[bool]) -> str:
    return f"{100 * sum(decided) / len(decided):.0f}" if decided else ""


def write(lines: list[str]) -> None:
    """Replace what stands between the markers."""
    told = "\n".join([BEGIN, f"Written by `{COMMAND}`.", "", *lines, END])
    before = DOCUMENT.read_text() if DOCUMENT.exists() else f"# Formats\n\n{BEGIN}\n{END}\n"
    marked = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    DOCUMENT.write_text(marked.sub(lambda _: told, before))


def main() -> int:
    """Print everything. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table of facets")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
        return 0
    if not (CORPUS / "index.csv").is_file():
        print(f"no corpus at {CORPUS}")
        return 0
    lines = print_all()
    if given.write:
        write(lines)
    if given.rounds:
        print_costs(measured(given.rounds), given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
