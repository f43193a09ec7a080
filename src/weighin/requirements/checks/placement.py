"""Whether what a file says of where a model lies can be meant."""

from collections.abc import Iterator

from weighin.files.yaml.document import Document
from weighin.files.yaml.problems import Problem, shown

PLACEMENT_KEYS = ("device_map", "max_memory_per_gpu", "max_cpu_memory", "offload_folder")


def check_placement(document: Document) -> Iterator[Problem]:
    """Keys without effect beside the others, and a place that is not given."""
    model = document.get("model")
    if not isinstance(model, dict):
        return
    device_map = model.get("device_map")
    if device_map is None:
        for name in PLACEMENT_KEYS[1:]:
            if name in model:
                text = "has no effect without device_map; write device_map: auto, or remove it"
                yield document.key_problem(("model", name), text)
        return
    device = model.get("device", "auto")
    if device != "auto":
        text = (
            f"expected no other device than auto beside device_map, found {shown(device)}; "
            "remove one of them"
        )
        yield document.problem(("model", "device"), text)
    if isinstance(device_map, dict):
        for name, place in device_map.items():
            if place == "disk" and "offload_folder" not in model:
                text = "expected offload_folder for what is kept on disk, found none; write one"
                yield document.problem(("model", "device_map", name), text)
