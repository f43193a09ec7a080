"""Runs one fuzzer: `python -m tests.fuzz NAME`. It needs the package `atheris`.

It ends 10 CPU minutes after the last branch of weighin that was new, or after 200,000 executions,
whichever is later, and prints one line of JSON. The exit status is 0 if no input breaks the law.
The one that does, and new inputs that reach more of the code, lie in the folder `--found`.
`--table` writes the runs that were kept into README.md.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.fuzz.table import RUNS, write_table
from tests.fuzz.targets import TARGETS
from tests.fuzz.until_quiet import Until, fuzz


def main() -> None:
    """Fuzz one target until it is quiet, the time is up or the law is broken."""
    usual = Until()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("name", nargs="?", choices=TARGETS)
    parser.add_argument("--quiet-cpu-minutes", type=float, default=usual.quiet_cpu_minutes)
    parser.add_argument("--executions", type=int, default=usual.executions)
    parser.add_argument("--at-most-cpu-minutes", type=float)
    parser.add_argument("--seconds", type=float, help="by the clock, however much is found")
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--found", type=Path, help="by default a new temporary folder")
    parser.add_argument("--keep", action="store_true", help=f"keep what it did in {RUNS.name}/")
    parser.add_argument("--table", action="store_true", help="write the kept runs into README.md")
    options = parser.parse_args()
    if options.table:
        write_table()
        return
    if options.name is None:
        parser.error("expected the name of a target, or --table")
    found = options.found or Path(tempfile.mkdtemp(prefix="found-"))
    print(f"what is found goes to {found}", file=sys.stderr, flush=True)
    until = Until(
        options.quiet_cpu_minutes, options.executions, options.at_most_cpu_minutes, options.seconds
    )
    run, tail = fuzz(options.name, until, seed=options.seed, found=found)
    print(json.dumps(run.document()), flush=True)
    if options.keep:
        RUNS.mkdir(exist_ok=True)
        (RUNS / f"{run.target}.json").write_text(json.dumps(run.document(), indent=1) + "\n")
    if run.crashes:
        print("\n".join(tail.lines), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
