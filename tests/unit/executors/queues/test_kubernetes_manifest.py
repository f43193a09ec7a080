"""The manifest of an Indexed Job: what Kubernetes takes, and nothing it reads otherwise."""

import io
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.making.queues.handed import HOSTILE, PLAN_ID, handed_out

from weighin.errors import UsageError
from weighin.executors.queues.kubernetes.manifest import OLDEST, job_manifest, literal, require_seen
from weighin.executors.queues.kubernetes.options import KubernetesOptions, Volume, volumes
from weighin.executors.queues.worker_name import KUBERNETES_JOB, worker_name
from weighin.files.yaml.dumped import yaml_text

IMAGE = "registry.example/weighin@sha256:" + "0" * 64
RESULTS = "s3://evals/results"
SMALL = KubernetesOptions(image=IMAGE)
LARGE = KubernetesOptions(
    image=IMAGE,
    namespace="evals",
    volumes=(
        Volume("models", "/models", is_read_only=True),
        Volume("cache", "/cache", is_read_only=False),
    ),
    secrets=("store", "hub"),
    service_account="weigher",
    gpus=8,
    cpus=16,
    memory="256Gi",
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
# As in k8s.io/kubernetes third_party/forked/golang/expansion: `$$` is a dollar, `$(NAME)` the value
# of a variable that there is.
_EXPANDED = re.compile(r"\$(\$|\(([^)]*)\))")


def expanded(text, variables):
    """What Kubernetes makes of an argument."""

    def value(found):
        return "$" if found[1] == "$" else variables.get(found[2], found[0])

    return _EXPANDED.sub(value, text)


def handed(**changes):
    given_ = {"results": RESULTS, "plan": f"{RESULTS}/plans/{PLAN_ID}.json@{PLAN_ID}"}
    return handed_out(**given_ | changes)


def container(manifest):
    (found,) = manifest["spec"]["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("options", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("version", ["oldest", "1.31", "1.33", "newest"])
def test_the_schemas_of_kubernetes_take_it(options, version):
    validate = pytest.importorskip("kubernetes_validate")
    known = {
        "oldest": ".".join(map(str, OLDEST)),
        "newest": validate.latest_version(),
    }
    made = handed(environment={"HF_HUB_OFFLINE": "1"}, checkpoint="/models/m", most_at_once=2)
    manifest = yaml.safe_load(yaml_text(job_manifest(made, options)))
    validate.validate(manifest, known.get(version, version), strict=True)


def test_the_schemas_refuse_what_is_none_of_a_job():
    validate = pytest.importorskip("kubernetes_validate")
    manifest = job_manifest(handed(), SMALL)
    manifest["spec"]["podFailurePolicy"]["rules"][1]["onPodConditions"][0].pop("status")
    with pytest.raises(validate.ValidationError):
        validate.validate(manifest, "1.31", strict=True)


def test_an_index_a_job_of_the_plan():
    spec = job_manifest(handed(count=5), SMALL)["spec"]
    assert (spec["completionMode"], spec["completions"]) == ("Indexed", 5)
    assert spec["parallelism"] == 5
    assert job_manifest(handed(count=5, most_at_once=2), SMALL)["spec"]["parallelism"] == 2
    assert job_manifest(handed(count=5, most_at_once=9), SMALL)["spec"]["parallelism"] == 5


def test_what_is_refused_is_never_tried_again_and_what_the_cluster_takes_away_counts_for_nothing():
    spec = job_manifest(handed(retries=4), SMALL)["spec"]
    refused, taken_away = spec["podFailurePolicy"]["rules"]
    assert refused["action"] == "FailIndex"
    assert refused["onExitCodes"]["values"] == [2, 3]
    assert taken_away["action"] == "Ignore"
    assert taken_away["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert spec["backoffLimitPerIndex"] == 4
    # Without it an exit code is one of the container, not of the pod.
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_a_pod_is_told_its_job_and_asks_for_it():
    manifest = job_manifest(handed(checkpoint="/models/m"), LARGE)
    found = container(manifest)
    variables = {"JOB_COMPLETION_INDEX": "2"}
    assert [expanded(word, variables) for word in found["command"]] == [
        *("weighin", "job", f"{RESULTS}/plans/{PLAN_ID}.json@{PLAN_ID}", "--index", "2"),
        *("--results", RESULTS, "--checkpoint", "/models/m"),
    ]
    assert found["resources"] == {"limits": {"cpu": "16", "memory": "256Gi", "nvidia.com/gpu": "8"}}
    assert found["envFrom"] == [{"secretRef": {"name": name}} for name in ("store", "hub")]
    mounts = {mount["name"]: mount for mount in found["volumeMounts"]}
    held = {each["name"]: each for each in manifest["spec"]["template"]["spec"]["volumes"]}
    assert mounts.keys() == held.keys()
    assert mounts["volume-0"]["mountPath"] == "/models"
    assert mounts["volume-0"]["readOnly"]
    assert held["volume-0"]["persistentVolumeClaim"]["claimName"] == "models"


def test_pods_of_one_index_are_one_worker():
    (uid, *_) = container(job_manifest(handed(), SMALL))["env"]
    assert uid["name"] == KUBERNETES_JOB
    assert "controller-uid" in uid["valueFrom"]["fieldRef"]["fieldPath"]
    pod = {KUBERNETES_JOB: "u", "JOB_COMPLETION_INDEX": "1"}
    assert worker_name(pod | {"HOSTNAME": "a"}) == worker_name(pod | {"HOSTNAME": "b"})


def test_pods_hold_no_token_of_the_cluster_that_nobody_asked_for():
    small, large = (job_manifest(handed(), each) for each in (SMALL, LARGE))
    assert small["spec"]["template"]["spec"]["automountServiceAccountToken"] is False
    assert large["spec"]["template"]["spec"]["serviceAccountName"] == "weigher"


@given(text=TEXTS)
def test_kubernetes_puts_no_variable_into_a_name(text):
    for each in (text, *HOSTILE):
        assert expanded(literal(each), {"x": "1", "JOB_COMPLETION_INDEX": "2", "": "3"}) == each


@settings(max_examples=25)
@given(texts=st.lists(TEXTS, max_size=20))
def test_readers_of_either_yaml_read_what_was_meant(texts):
    document = {"names": [*texts, *HOSTILE], "count": 3, "is": False, "nested": [{"a": ["b"]}]}
    written = yaml_text(document)
    assert written.isascii()
    assert YAML(typ="safe", pure=True).load(io.StringIO(written)) == document
    assert yaml.safe_load(written) == document


def test_a_manifest_keeps_its_order():
    written = yaml_text(job_manifest(handed(), SMALL))
    keys = [line.partition(":")[0] for line in written.splitlines() if line[:1].isalpha()]
    assert keys == ["apiVersion", "kind", "metadata", "spec"]
    assert "{" not in written


@pytest.mark.parametrize(
    ("results", "options", "is_seen"),
    [
        ("s3://evals/results", SMALL, True),
        ("/results", SMALL, False),
        ("/models/results", LARGE, False),
        ("/cache/results", LARGE, True),
        ("/cached", LARGE, False),
    ],
)
def test_results_must_be_seen_by_pods(results, options, is_seen):
    if is_seen:
        require_seen(results, options)
    else:
        with pytest.raises(UsageError, match="expected a store that pods see"):
            require_seen(results, options)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(UsageError, match="in Unicode"):
        job_manifest(handed(checkpoint="/caf\udce9"), SMALL)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", ""),
        ("image", "weighin@sha256:abc"),
        ("image", "a b"),
        ("namespace", "Evals"),
        ("namespace", "a\nb"),
        ("secrets", ("a b",)),
        ("service_account", "-a"),
        ("memory", "64 GB"),
        ("gpu_resource", "gpu"),
        ("volumes", tuple(Volume(claim, "/m", is_read_only=False) for claim in "ab")),
    ],
)
def test_what_no_cluster_takes_is_refused(field, value):
    with pytest.raises(UsageError, match="expected"):
        replace(LARGE, **{field: value})


def test_an_image_is_the_same_at_every_retry_where_it_is_named_by_its_digest():
    assert SMALL.is_by_digest
    assert not KubernetesOptions(image="registry.example:5000/weighin:latest").is_by_digest


def test_a_volume_is_written_on_one_line():
    assert volumes(["pvc:models:/m:ro", "pvc:a.b:/data/x"]) == (
        Volume("models", "/m", is_read_only=True),
        Volume("a.b", "/data/x", is_read_only=False),
    )
    for wrong in ("models:/m", "pvc:models", "pvc:models:m", "pvc:M:/m", "pvc:m:/a:rw", "pvc::/a"):
        with pytest.raises(UsageError, match="pvc:CLAIM:/PLACE"):
            volumes([wrong])
