"""The Job that Kubernetes is asked to keep: one index a job of a plan.

Fields and their rules: https://kubernetes.io/docs/concepts/workloads/controllers/job/. An index is
retried by itself since Kubernetes 1.29, where `backoffLimitPerIndex` is on by default (beta; stable
in 1.33).
"""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from weighin.errors import RunError, UsageError
from weighin.executors.queues.handed_out import HandedOut
from weighin.executors.queues.kubernetes.options import KubernetesOptions
from weighin.executors.queues.worker_name import KUBERNETES_JOB
from weighin.files.stores.opening import is_url

OLDEST: Final = (1, 29)
"""The first version of Kubernetes that heeds all of it without being told to."""

_CONTAINER: Final = "weigh"
# A wrong command line, other weights, other versions, a bad plan: no retry helps.
_NEVER_RETRIED: Final[tuple[int, ...]] = (UsageError.exit_code, RunError.exit_code)


def job_manifest(handed: HandedOut, options: KubernetesOptions) -> dict[str, JsonValue]:
    """The manifest of an Indexed Job.

    An index that is refused (3) fails for good, one that ends otherwise is tried again, and a pod
    that the cluster itself takes away counts for nothing.

    Raises:
        UsageError: A name is no Unicode.
    """
    metadata: dict[str, JsonValue] = {"name": handed.name}
    if options.namespace is not None:
        metadata["namespace"] = options.namespace
    labels: dict[str, JsonValue] = {"app.kubernetes.io/name": "weighin"}
    metadata["labels"] = labels
    metadata["annotations"] = {"weighin/plan": handed.plan_id}
    at_once = handed.count if handed.most_at_once is None else handed.most_at_once
    codes: list[JsonValue] = [*_NEVER_RETRIED]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "completionMode": "Indexed",
            "completions": handed.count,
            "parallelism": min(handed.count, at_once),
            "backoffLimitPerIndex": handed.retries,
            "podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailIndex",
                        "onExitCodes": {
                            "containerName": _CONTAINER,
                            "operator": "In",
                            "values": codes,
                        },
                    },
                    {
                        "action": "Ignore",
                        "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
                    },
                ]
            },
            "template": {"metadata": {"labels": labels}, "spec": _pod(handed, options)},
        },
    }


def require_seen(results: str, options: KubernetesOptions) -> None:
    """Refuse results that pods would not see, or could not write.

    Raises:
        UsageError: They would not.
    """
    held = (v for v in options.volumes if v.holds(results) and not v.is_read_only)
    if not is_url(results) and next(held, None) is None:
        raise UsageError(
            f"--results {results}: expected a store that pods see, found a folder of this "
            "machine; give s3://… (or gs://, az://), or mount a volume at the same place with "
            "--volume pvc:CLAIM:/PLACE"
        )


def _pod(handed: HandedOut, options: KubernetesOptions) -> dict[str, JsonValue]:
    pod: dict[str, JsonValue] = {"restartPolicy": "Never"}
    if options.service_account is None:
        pod["automountServiceAccountToken"] = False
    else:
        pod["serviceAccountName"] = options.service_account
    pod["containers"] = [_container(handed, options)]
    if options.volumes:
        pod["volumes"] = [
            {
                "name": f"volume-{number}",
                "persistentVolumeClaim": {
                    "claimName": volume.claim,
                    "readOnly": volume.is_read_only,
                },
            }
            for number, volume in enumerate(options.volumes)
        ]
    return pod


def _container(handed: HandedOut, options: KubernetesOptions) -> dict[str, JsonValue]:
    # The name of a Job may be given again, its uid never is.
    uid = "metadata.labels['batch.kubernetes.io/controller-uid']"
    variables: list[JsonValue] = [
        {"name": KUBERNETES_JOB, "valueFrom": {"fieldRef": {"fieldPath": uid}}}
    ]
    for name, value in sorted(handed.environment.items()):
        variables.append({"name": name, "value": literal(value)})
    index = "$(JOB_COMPLETION_INDEX)"
    arguments: list[JsonValue] = [
        argument if argument == index else literal(argument)
        for argument in ("weighin", *handed.arguments(index))
    ]
    container: dict[str, JsonValue] = {
        "name": _CONTAINER,
        "image": options.image,
        "command": arguments,
        "env": variables,
        # Why a worker was refused stands in the status of its pod.
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {"allowPrivilegeEscalation": False},
    }
    if options.secrets:
        container["envFrom"] = [{"secretRef": {"name": name}} for name in options.secrets]
    if limits := _limits(options):
        container["resources"] = {"limits": limits}
    if options.volumes:
        container["volumeMounts"] = [
            {
                "name": f"volume-{number}",
                "mountPath": volume.place,
                "readOnly": volume.is_read_only,
            }
            for number, volume in enumerate(options.volumes)
        ]
    return container


def _limits(options: KubernetesOptions) -> dict[str, JsonValue]:
    asked: Mapping[str, str | int | None] = {
        "cpu": options.cpus,
        "memory": options.memory,
        options.gpu_resource: options.gpus or None,
    }
    return {name: str(value) for name, value in asked.items() if value is not None}


def literal(text: str) -> str:
    """Text in which Kubernetes puts no variable.

    Raises:
        UsageError: It is no Unicode, which a manifest cannot hold.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{text!r}: expected a name in Unicode, found other bytes; rename it")
    return text.replace("$", "$$")
