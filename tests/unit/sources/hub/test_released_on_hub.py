"""`released-is-scored` against a published revision of which nothing was downloaded."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import snapshot_download
from safetensors.numpy import load_file, save_file
from tests.making.hub.release import FIRST, PINNED, SECOND, change_a_bit
from tests.making.hub.server import COMMIT, REPOSITORY, Hub, Published
from tests.making.rules.builders import observation, record

from weighin import api
from weighin.evidence.store import Store
from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest, fingerprint_with_files
from weighin.identity.published.matched import compare_with_published
from weighin.rules.interface import Finding, Outcome

Check = Callable[..., Finding]


@pytest.fixture
def check(scored: Path, tmp_path: Path) -> Check:
    """Records one benchmark on the local folder and judges it."""

    def judged(
        *,
        online: bool = True,
        same: str = "weights",
        with_digests: bool = True,
        digests: tuple[CheckpointFileDigest, ...] = (),
        is_at_hand: bool = False,
    ) -> Finding:
        manifest, files = fingerprint_with_files(scored)
        store = Store(tmp_path / "results")
        store.keep_manifest(manifest)
        attempt = store.new_attempt("tiny", "gsm8k", "0" * 64)
        made = record("gsm8k", scored=manifest).model_copy(
            update={
                "files": (),
                "observations": (observation(Facet.WEIGHTS, manifest),),
                "checkpoint_files": digests or (files if with_digests else ()),
            }
        )
        store.commit(attempt, made)
        requirements = tmp_path / "requirements.yaml"
        requirements.write_text(
            f"weighin: 1\nmodel:\n  name: tiny\n  released: {PINNED}\n"
            f"  checkpoint: {scored if is_at_hand else 'nowhere'}\nsame: [{same}]\n"
            "benchmarks:\n  - task: gsm8k\n"
        )
        verdict = api.check(requirements, [tmp_path / "results"], online=online)
        (finding,) = [f.finding for f in verdict.findings if f.rule == "released-is-scored"]
        return finding

    return judged


def test_published_files_are_met(check: Check, hub: Hub):
    finding = check()

    assert finding.outcome is Outcome.MET
    assert "all 2 weight files are equal by sha256" in finding.statement
    assert finding.expected == f"{PINNED} (pinned, as {hub.url} lists it)"


def test_published_files_under_other_names_are_met(check: Check, scored: Path):
    index = scored / "model.safetensors.index.json"
    text = index.read_text()
    for number, name in enumerate((FIRST, SECOND)):
        (scored / name).rename(scored / f"part{number}.safetensors")
        text = text.replace(name, f"part{number}.safetensors")
    index.write_text(text)

    assert check().outcome is Outcome.MET


def test_one_bit_in_a_tensor_is_undecided_and_says_that_only_bytes_could_tell(
    check: Check, scored: Path
):
    change_a_bit(scored / SECOND)

    finding = check()

    assert finding.outcome is Outcome.UNDECIDED
    assert "all 3 tensors are alike in name, dtype and shape: only their bytes" in finding.statement
    assert f"hf download {REPOSITORY} --revision {COMMIT}" in finding.fix


def test_same_tensors_saved_with_other_metadata_are_undecided(check: Check, scored: Path):
    save_file(load_file(scored / SECOND), scored / SECOND, metadata={"format": "np"})

    assert check().outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda t: {**t, "norm.weight": t["norm.weight"].astype(np.float16)}, "norm.weight"),
        (lambda t: {**t, "norm.weight": t["norm.weight"].reshape(2, 2)}, "norm.weight"),
        (lambda t: {"layers.0.weight": t["layers.0.weight"]}, "norm.weight"),
        (lambda t: {**t, "head.weight": t["norm.weight"]}, "head.weight"),
    ],
    ids=["dtype", "shape", "missing", "added"],
)
@pytest.mark.parametrize("with_digests", [True, False])
def test_other_names_dtypes_or_shapes_are_a_different_artifact(
    check: Check, scored: Path, change, name, with_digests
):
    tensors = {**load_file(scored / FIRST), **change(load_file(scored / SECOND))}
    for path in (FIRST, SECOND, "model.safetensors.index.json"):
        (scored / path).unlink()
    save_file(tensors, scored / "model.safetensors")

    finding = check(with_digests=with_digests)

    assert finding.outcome is Outcome.VIOLATED
    assert "a different artifact was scored than the one released" in finding.statement
    assert finding.tensors == (name,)


def test_offline_without_a_cache_is_undecided_and_asks_nobody(check: Check, hub: Hub):
    finding = check(online=False)

    assert finding.outcome is Outcome.UNDECIDED
    assert "that revision is not in the local hub cache" in finding.statement
    assert "requirements.yaml --online` asks the hub without a download" in finding.fix
    assert "`weighin run` never asks it" in finding.fix
    assert hub.requests == []


def test_offline_with_a_cached_list_of_files_is_met_by_sha256(check: Check, hub: Hub):
    snapshot_download(REPOSITORY, revision=COMMIT, allow_patterns="config.json")
    hub.requests.clear()

    finding = check(online=False)

    assert finding.outcome is Outcome.MET
    assert "as the hub cache lists it" in finding.expected
    assert hub.requests == []


def test_offline_other_files_are_undecided_where_no_headers_are_cached(check: Check, scored: Path):
    snapshot_download(REPOSITORY, revision=COMMIT, allow_patterns="config.json")
    change_a_bit(scored / SECOND)

    finding = check(online=False)

    assert finding.outcome is Outcome.UNDECIDED
    assert "--online" in finding.fix


def test_cached_snapshot_is_compared_tensor_by_tensor(check: Check, scored: Path):
    snapshot_download(REPOSITORY, revision=COMMIT)
    change_a_bit(scored / SECOND)

    finding = check(online=False)

    assert finding.outcome is Outcome.VIOLATED
    assert "1 of 3 tensors differ" in finding.statement


def test_cached_snapshot_that_is_not_what_was_published_decides_nothing(check: Check, scored: Path):
    folder = Path(snapshot_download(REPOSITORY, revision=COMMIT))
    for place in (folder / SECOND, scored / SECOND):
        change_a_bit(place.resolve())

    finding = check(online=False)

    assert finding.outcome is Outcome.UNDECIDED
    assert "as published, found sha256" in finding.statement


def test_without_recorded_digests_equal_layouts_are_undecided(check: Check):
    finding = check(with_digests=False)

    assert finding.outcome is Outcome.UNDECIDED
    assert "the sha256 of the scored weight files is not recorded" in finding.statement


def test_declared_folder_at_hand_stands_in_for_digests_that_were_not_recorded(check: Check):
    assert check(with_digests=False, is_at_hand=True).outcome is Outcome.MET


def test_hub_that_fails_leaves_it_undecided_with_the_reason(check: Check, hub: Hub):
    hub.status["/tree/"] = (503, "")

    finding = check()

    assert finding.outcome is Outcome.UNDECIDED
    assert "status 503; try again" in finding.statement


def test_hub_that_lies_about_a_sha256_leaves_it_undecided(check: Check, hub: Hub):
    hub.change["/tree/"] = lambda entries: [
        {**e, "lfs": {**e["lfs"], "oid": "0" * 64}} if "lfs" in e else e for e in entries
    ]

    assert check().outcome is Outcome.UNDECIDED


def test_hub_without_sha256_of_the_weights_leaves_it_undecided(check: Check, hub: Hub):
    hub.change["/tree/"] = lambda entries: [
        {k: v for k, v in e.items() if k != "lfs"} for e in entries
    ]
    hub.change["/revision/"] = lambda info: {
        **info,
        "siblings": [{k: v for k, v in s.items() if k != "lfs"} for s in info["siblings"]],
    }

    finding = check()

    assert finding.outcome is Outcome.UNDECIDED
    assert (
        f"the hub states no sha256 of {FIRST}, only an xet hash, which weighin does not compute"
        in finding.statement
    )


def test_pickle_published_beside_safetensors_is_undecided(check: Check, hub: Hub, scored: Path):
    whole = {**load_file(scored / FIRST), **load_file(scored / SECOND)}
    for path in (FIRST, SECOND, "model.safetensors.index.json"):
        (scored / path).unlink()
    save_file(whole, scored / "model.safetensors", metadata={"format": "pt"})
    content = (scored / "model.safetensors").read_bytes()
    hub.files["pytorch_model.bin"] = Published("pytorch_model.bin", content)

    finding = check()

    assert finding.outcome is Outcome.UNDECIDED
    assert (
        "published as pytorch_model.bin, which is not what a loader of it reads"
        in finding.statement
    )


def test_scored_gguf_is_met_where_nothing_but_gguf_files_are_published(hub: Hub, scored: Path):
    quantised = {f"tiny-{q}.gguf": q.encode() for q in ("Q4_K_M", "Q8_0")}
    hub.files = {path: Published(path, content) for path, content in quantised.items()}
    digest = CheckpointFileDigest(
        path="renamed.gguf",
        role="weights",
        size_bytes=6,
        sha256=hashlib.sha256(b"Q4_K_M").hexdigest(),
        git_sha1=None,
    )

    compared = compare_with_published(
        api.fingerprint(scored), (digest,), api.fingerprint_revision(PINNED)
    )

    assert compared.weights is Agreement.SAME
    assert compared.reason == "equal by sha256 to the published tiny-Q4_K_M.gguf"


def test_scored_gguf_is_undecided_where_it_is_published_beside_other_weights(
    hub: Hub, scored: Path
):
    hub.files["tiny-Q4_K_M.gguf"] = Published("tiny-Q4_K_M.gguf", b"Q4_K_M")
    digest = CheckpointFileDigest(
        path="tiny-Q4_K_M.gguf",
        role="weights",
        size_bytes=6,
        sha256=hashlib.sha256(b"Q4_K_M").hexdigest(),
        git_sha1=None,
    )

    compared = compare_with_published(
        api.fingerprint(scored), (digest,), api.fingerprint_revision(PINNED)
    )

    assert compared.weights is Agreement.UNKNOWN


EVERYTHING = "weights, tokenizer, special_tokens, chat_template, config, generation_config"


def test_equal_small_files_are_the_same_facets_by_their_git_ids(check: Check):
    assert check(same=EVERYTHING).outcome is Outcome.MET


def test_another_file_of_a_required_facet_is_undecided(check: Check, scored: Path):
    (scored / "tokenizer_config.json").write_text('{"chat_template": "{{ edited }}"}')

    finding = check(same=EVERYTHING)

    assert finding.outcome is Outcome.UNDECIDED
    assert "tokenizer, special_tokens, chat_template not in the same files" in finding.statement


def test_another_file_of_a_facet_that_is_not_required_is_mentioned(check: Check, scored: Path):
    (scored / "tokenizer_config.json").write_text('{"chat_template": "{{ edited }}"}')

    finding = check(same="weights")

    assert finding.outcome is Outcome.MET
    assert "chat_template not in the same files" in finding.statement


def test_remote_code_that_was_not_published_violates_where_it_must_be_the_same(
    check: Check, scored: Path
):
    (scored / "modeling_tiny.py").write_text("pass\n")

    assert check(same="weights, remote_code").outcome is Outcome.VIOLATED


def test_checkpoint_id_does_not_depend_on_file_digests(scored: Path):
    manifest, files = fingerprint_with_files(scored)

    assert manifest == api.fingerprint(scored)
    assert {f.path: f.sha256 for f in files}[FIRST] == Published(
        FIRST, (scored / FIRST).read_bytes()
    ).sha256


def test_git_ids_are_those_of_git(scored: Path):
    _, files = fingerprint_with_files(scored)

    assert {f.path: f.git_sha1 for f in files if f.git_sha1} == {
        path: Published(path, (scored / path).read_bytes()).blob_id
        for path in (
            "config.json",
            "model.safetensors.index.json",
            "tokenizer.json",
            "tokenizer_config.json",
        )
    }


def test_digests_of_other_files_than_the_manifest_lists_are_not_believed(
    check: Check, scored: Path, release: Path
):
    _, published = fingerprint_with_files(release)
    save_file({"norm.weight": np.zeros(40, np.float32)}, scored / SECOND)
    index = scored / "model.safetensors.index.json"
    index.write_text(index.read_text().replace(f', "layers.0.weight": "{SECOND}"', ""))

    finding = check(digests=published)

    assert finding.outcome is Outcome.VIOLATED
    assert finding.tensors == ("layers.0.weight", "norm.weight")
