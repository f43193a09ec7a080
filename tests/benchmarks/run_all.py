"""Run the benchmarks that are named, or all: `./run bench [NAME...] [--ARGUMENT...]`.

Arguments go to each benchmark that is named.
"""

import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = {
    "run": "weighin_run.py",
    "bytes-read": "bytes_read.py",
    "scale": "scale.py",
    "help": "help_text.py",
    "fingerprint": "fingerprint.py",
    "identity": "identity_trial.py",
    "strict-reader": "strict_reader.py",
    "corpus": "corpus.py",
    "corpus-rows": "corpus_rows.py",
    "statistics": "calibration.py",
    "clean-runs": "clean_runs.py",
    "wide-rows": "wide_rows.py",
    "tables": "tables.py",
    "witness": "witness.py",
    "witness-harness": "witness_harness.py",
}


def main(given: list[str]) -> int:
    """Run them one after the other. Returns the worst exit status."""
    first = next((i for i, word in enumerate(given) if word.startswith("-")), len(given))
    names, arguments = given[:first], given[first:]
    if arguments and not names:
        print(f"expected the name of a benchmark before {arguments[0]}")
        return 2
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    here = Path(__file__).parent
    # They import what the tests make.
    path = os.pathsep.join(filter(None, (str(here.parents[1]), os.environ.get("PYTHONPATH"))))
    worst = 0
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        command = [sys.executable, here / BENCHMARKS[name], *arguments]
        finished = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": path})
        worst = max(worst, finished.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
