"""How many workers have room on the nodes of a cluster, and what each of them takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weighin.errors import UsageError

# Python, torch and the harness, beside the model.
_PROCESS_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node of the cluster.

    Attributes:
        host: Its name, for people.
        cpus: CPU slots, as Ray counts them.
        gpus: GPUs.
        memory_bytes: Memory for what runs there, as Ray counts it.
    """

    host: str
    cpus: int
    gpus: int
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What one worker takes of a node.

    Attributes:
        cpus: CPU slots; also the threads that it computes with.
        gpus: GPUs; 0 to compute on CPUs.
        memory_bytes: Memory; 0 where the model lies in that of a GPU, or may not fit at all.
    """

    cpus: int
    gpus: int
    memory_bytes: int

    def resources(self) -> dict[str, float]:
        """The options of an actor."""
        return {
            "num_cpus": self.cpus,
            "num_gpus": self.gpus,
            **({"memory": self.memory_bytes} if self.memory_bytes else {}),
        }


def memory_of(model_bytes: int) -> int:
    """Bytes that a worker on CPUs takes at most: tensors of 16 bits may be loaded as 32."""
    return _PROCESS_BYTES + 2 * model_bytes


def needs_of(
    nodes: Sequence[Node],
    *,
    gpus_per_job: int | None,
    cpus_per_job: int | None,
    model_bytes: int,
) -> Needs:
    """What each worker takes.

    Where there are GPUs, one of them and a CPU. Where there are none, half of the CPUs of the
    smallest node, so that a node holds the model twice and not once a core.

    Args:
        nodes: The nodes that are there.
        gpus_per_job: As a person asked; `None` for the default.
        cpus_per_job: As a person asked; `None` for the default.
        model_bytes: Size of the checkpoint; 0 for a served model.

    Raises:
        UsageError: No node has so much.
    """
    most_gpus = max((node.gpus for node in nodes), default=0)
    gpus = min(1, most_gpus) if gpus_per_job is None else gpus_per_job
    if gpus > most_gpus:
        raise UsageError(
            f"--gpus-per-job {gpus}: expected a node with as many, found "
            f"{most_gpus or 'no GPU'} at most; Ray lists them with `ray status`"
        )
    fitting = [node for node in nodes if node.gpus >= gpus and node.cpus >= 1]
    most_cpus = max((node.cpus for node in fitting), default=0)
    if most_cpus < (cpus_per_job or 1):
        raise UsageError(
            f"--cpus-per-job {cpus_per_job or 1}: expected a node with as many, found {most_cpus} "
            "at most; Ray lists them with `ray status`"
        )
    # A GPU wants one thread to feed it.
    share = 1 if gpus else max(1, min(node.cpus for node in fitting) // 2)
    cpus = share if cpus_per_job is None else cpus_per_job
    memory = 0 if gpus else memory_of(model_bytes)
    needs = Needs(cpus=cpus, gpus=gpus, memory_bytes=memory)
    if memory and places_for(nodes, needs) == 0:
        # An estimate does not stop a run: Ray ends a worker that takes too much.
        return Needs(cpus=cpus, gpus=gpus, memory_bytes=0)
    return needs


def places_for(nodes: Sequence[Node], needs: Needs) -> int:
    """How many workers have room at once."""
    return sum(_on(node, needs) for node in nodes)


def _on(node: Node, needs: Needs) -> int:
    rooms = [node.cpus // needs.cpus]
    if needs.gpus:
        rooms.append(node.gpus // needs.gpus)
    if needs.memory_bytes:
        rooms.append(node.memory_bytes // needs.memory_bytes)
    return min(rooms)
