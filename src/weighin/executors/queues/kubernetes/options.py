"""What is asked of Kubernetes beside the jobs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from weighin.errors import UsageError

# A label of a domain name, and names that are made of them: RFC 1123.
_LABEL: Final = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_VOLUME: Final = re.compile(rf"pvc:({_NAME.pattern}):(/[^:]*)(:ro)?")
_QUANTITY: Final = re.compile(r"\d+(\.\d+)?(m|k|[MGTPE]|[KMGTPE]i)?")
_RESOURCE: Final = re.compile(rf"{_NAME.pattern}/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_IMAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*(@sha256:[0-9a-f]{64})?")
NVIDIA: Final = "nvidia.com/gpu"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that lies in the cluster.

    Attributes:
        claim: Name of the claim on it.
        place: Where a container sees it.
        is_read_only: Whether nothing can be written to it.
    """

    claim: str
    place: str
    is_read_only: bool

    def holds(self, path: str) -> bool:
        """Whether a path of the container lies on it."""
        return PurePosixPath(path).is_relative_to(PurePosixPath(self.place))


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesOptions:
    """What is asked of Kubernetes beside the jobs.

    Attributes:
        image: The image with weighin and its engine in it.
        namespace: Where the Job lies; `None` for what `kubectl` is set to.
        volumes: Volumes that hold the checkpoint, or the results.
        secrets: Secrets whose keys become variables: the credentials of a store.
        service_account: Who the pods are; `None` for the default, without its token.
        gpus: GPUs of a job; 0 for none.
        gpu_resource: What the cluster calls a GPU.
        cpus: Cores of a job.
        memory: Memory of a job, as Kubernetes writes it.
    """

    image: str
    namespace: str | None = None
    volumes: tuple[Volume, ...] = ()
    secrets: tuple[str, ...] = ()
    service_account: str | None = None
    gpus: int = 0
    gpu_resource: str = NVIDIA
    cpus: int | None = None
    memory: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no cluster takes.

        Raises:
            UsageError: A name is none of Kubernetes.
        """
        if _IMAGE.fullmatch(self.image) is None:
            _refuse("--image", self.image, "name of an image")
        if _RESOURCE.fullmatch(self.gpu_resource) is None:
            _refuse("--gpu-resource", self.gpu_resource, f"name like {NVIDIA}")
        if self.memory is not None and _QUANTITY.fullmatch(self.memory) is None:
            _refuse("--mem", self.memory, "quantity like 64Gi")
        names = [("--namespace", self.namespace), ("--service-account", self.service_account)]
        for option, name in [*names, *(("--secret", name) for name in self.secrets)]:
            if name is not None and _NAME.fullmatch(name) is None:
                _refuse(option, name, "name in Kubernetes")
        places = [volume.place for volume in self.volumes]
        if len(set(places)) < len(places):
            raise UsageError(
                "--volume: expected each volume at a place of its own, found one twice"
            )

    @property
    def is_by_digest(self) -> bool:
        """Whether the image is the same at every retry, whatever becomes of its name."""
        return "@sha256:" in self.image


def volumes(given: Sequence[str]) -> tuple[Volume, ...]:
    """The volumes that `--volume` names.

    Raises:
        UsageError: One is not written so.
    """
    found = []
    for each in given:
        match = _VOLUME.fullmatch(each)
        if match is None or not each.isprintable():
            _refuse("--volume", each, "pvc:CLAIM:/PLACE, with :ro behind it to read only")
        else:
            read_only = match.group(match.re.groups) is not None
            found.append(Volume(match.group(1), match.group(match.re.groups - 1), read_only))
    return tuple(found)


def _refuse(option: str, found: str, expected: str) -> None:
    raise UsageError(f"{option}: expected a {expected}, found {found!r}")
