"""What runs of weighin take, each in a child forked off one process that has imported everything.

A process for each of thousands of files would mostly import. A child begins with the memory of the
process that it is forked off, so that its peak is what a run of its own would show.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.laws.growth.costs import Cost
from tests.making.places import ROOT

LONGEST_SECONDS = 400
_CODE = """
import json, os, resource, sys
from weighin.cli.application import run_application

def run(arguments):
    sys.argv = ['weighin', *arguments]
    try:
        return run_application() or 0
    except SystemExit as end:
        return end.code or 0

def cost(arguments):
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with open(reading) as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        return json.loads(told)
    with open(os.devnull, 'w') as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    code = run(arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open('/proc/self/status') as status:
        (peak,) = (int(line.split()[1]) for line in status if line.startswith('VmHWM'))
    told = json.dumps([code, used.ru_utime + used.ru_stime, peak * 1024])
    os.write(writing, told.encode())
    os._exit(0)

commands, told = json.load(sys.stdin), os.dup(1)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
os.dup2(nowhere, 2)
run(commands[0])  # imports what a command of the kind imports
with open(told, 'w') as answer:
    json.dump([cost(command) for command in commands], answer)
"""


def costs_of(commands: list[list[str]], folder: Path) -> list[Cost]:
    """Run weighin on command lines. The first is run once more, ahead: it should be a small one."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE],
        input=json.dumps(commands), cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, timeout=LONGEST_SECONDS, check=True,
    )  # fmt: skip
    return [Cost(code, seconds, peak, "") for code, seconds, peak in json.loads(done.stdout)]
