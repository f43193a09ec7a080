"""Jobs to hand to a queue, and names that nothing may take for anything but a name."""

from weighin.executors.queues.handed_out import HandedOut
from weighin.executors.queues.slurm.scripts import Caller

PLAN_ID = "5e" * 32
# Each has a meaning for some shell, for Slurm, for Kubernetes, for YAML, or for a runner of CI.
HOSTILE = (
    "a b",
    " ",
    "",
    "it's",
    'say "so"',
    "two\nlines",
    "$HOME",
    "$(touch owned)",
    "`touch owned`",
    "$(JOB_COMPLETION_INDEX)",
    "$$(x)$",
    "a;touch owned",
    "a\\",
    "\\n",
    "#SBATCH --array=0-9",
    "##[group]x",
    "*",
    "~",
    "!!",
    "-x",
    "%A_%a",
    "tab\there",
    "carriage\rreturn",
    "\x1b[31m",
    "naïve-日本",
    "\u2028",
    "yes",
    "012",
    "1:30",
    ": ",
    "- x",
    "&a",
    "{{ x }}",
)


def handed_out(**changes):
    """Three jobs of a plan."""
    given = {
        "plan_id": PLAN_ID,
        "plan": f"/results/plans/{PLAN_ID}.json@{PLAN_ID}",
        "results": "/results",
        "count": 3,
        "indices": (0, 1, 2),
        "checkpoint": None,
        "environment": {},
    }
    return HandedOut(**given | changes)


def caller(*program: str, folder: object = "/", requirements: object = "/requirements.yaml"):
    """Who submits it; without a program, one that does nothing."""
    return Caller(
        program=program or ("/bin/true",), folder=str(folder), requirements=str(requirements)
    )
