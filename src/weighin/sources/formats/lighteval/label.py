"""What the place of a results file of LightEval says of the artifact where its content does not.

LightEval writes `<output>/results/<model>/results_<time>.json`. Where one model name covers many
checkpoints, the output folder is often the only thing that tells them apart.
"""

import re
from pathlib import PurePath

STAMP = re.compile(r"results_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)")

# Folders and words that name a collection, not an artifact.
_COLLECTIONS = frozenset(
    {
        "", ".", "..", "data", "details", "eval", "evals", "evaluation", "evaluations",
        "lighteval", "log", "logs", "output", "outputs", "overall", "result", "results", "run",
        "runs", "tmp",
    }
)  # fmt: skip
_BETWEEN_WORDS = re.compile(r"[_/]")


def artifact_label(shown: str, model: str) -> str:
    """The folder, or the part of the file name, that tells the artifact from its namesakes.

    Args:
        shown: Path of the results file, as shown.
        model: The model's name in it.

    Returns:
        For `logs/evals/Exp3_50/results/org/model/results_….json` it is `Exp3_50`; empty where the
        path holds nothing but names of collections and of the model itself.
    """
    path = PurePath(shown)
    stamp = STAMP.search(path.name)
    before = "" if stamp is None else path.name[: stamp.start()]
    if before.strip("_"):
        return _label_in_name(before.strip("_"), model)
    return _label_in_folders(list(path.parts[:-1]), model)


def _label_in_folders(folders: list[str], model: str) -> str:
    names = [part for part in re.split(r"/", model) if part]
    for count in range(len(names), 0, -1):
        if folders[-count:] == names[-count:]:
            del folders[-count:]
            break
    if folders and folders[-1] == "results":
        folders.pop()
    label = folders[-1] if folders else ""
    is_own_name = label in names or label == "__".join(names) or PurePath(label).is_absolute()
    return "" if is_own_name or label.lower() in _COLLECTIONS else label


def _label_in_name(before: str, model: str) -> str:
    """The same, of a path that was flattened into the name of the file."""
    flat = model.replace("/", "_")
    before = before.removesuffix(flat).rstrip("_").removesuffix("results").rstrip("_")
    before = before.rpartition("__")[2]
    words = _BETWEEN_WORDS.split(before)
    if words[-1].lower() in _COLLECTIONS or flat.endswith(before):
        return ""
    while words and words[0].lower() in _COLLECTIONS:
        words.pop(0)
    label = "_".join(words)
    return "" if label.endswith((flat, model.rpartition("/")[2])) else label
