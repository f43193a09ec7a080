"""Where things lie: the project, what its tests are made of, and public files beside it."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
DOCS = ROOT / "docs"
TINY_TASKS = TESTS / "making" / "tiny" / "tasks"
OWN_TASKS = TESTS / "making" / "logs" / "tasks"
GOLDEN = TESTS / "making" / "checkpoints" / "golden"
EVIDENCE_OF_V1 = TESTS / "compat" / "v1" / "evidence"
MADE_BY_MODEL_SIGNING = TESTS / "making" / "checkpoints" / "model_signing"

# Public files that are no part of the project: what reads them is skipped where they are not.
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
DATASETS = SHARED / "datasets"
