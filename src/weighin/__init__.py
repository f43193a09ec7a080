"""weighin proves, or refuses to claim, that one model checkpoint was scored on every benchmark.

    import weighin

    verdict = weighin.run("requirements.yaml")      # score every benchmark, then judge
    verdict = weighin.check("requirements.yaml", ["results"])   # judge what was recorded
    inspection = weighin.inspect(["logs"])          # what is recognised in logs of any harness
    weighin.export(["results"], to="csv", into="scores.csv")    # for other programs
    manifest = weighin.fingerprint("path/to/checkpoint")
    difference = weighin.diff("results/old", "results/new")     # what moved, and what it did
    report = weighin.compare("one/checkpoint", "another")       # how they differ
    verification = weighin.verify("manifest.json", "path/to/checkpoint")   # what changed since
    with weighin.witness(model, benchmark="mmlu") as w:         # any evaluation of one's own
        w.score(acc=0.61)

Importing weighin is light: torch, transformers and lm-eval are imported by `run` alone.
"""

from typing import TYPE_CHECKING

from weighin.version import __version__

if TYPE_CHECKING:
    from weighin.api import (
        check,
        compare,
        diff,
        export,
        fingerprint,
        import_evidence,
        inspect,
        retire,
        run,
        scorecard,
        validate,
        verify,
        witness,
        witness_transformers,
    )

__all__ = [
    "__version__",
    "check",
    "compare",
    "diff",
    "export",
    "fingerprint",
    "import_evidence",
    "inspect",
    "retire",
    "run",
    "scorecard",
    "validate",
    "verify",
    "witness",
    "witness_transformers",
]


def __getattr__(name: str) -> object:
    """Import the API on first use, so that `import weighin` stays light (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from weighin import api

    value: object = getattr(api, name)
    return value
