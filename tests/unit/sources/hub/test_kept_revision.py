"""What a hub said is kept, decides again without it, and counts for no more than its file."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import snapshot_download
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from tests.making.hub.release import (
    FIRST,
    MAIN,
    PINNED,
    SECOND,
    write_record,
    write_requirements_for,
)
from tests.making.hub.server import COMMIT, REPOSITORY, Hub

from weighin import api
from weighin.errors import CheckpointError
from weighin.identity.facets import Grade
from weighin.identity.published.kept import kept_content, load_revision
from weighin.requirements.loading import load_requirements
from weighin.rules.catalogue import rule_shapes
from weighin.rules.interface import Finding, Outcome, Verdict
from weighin.sources.checkpoints.named import released_checkpoint

Judge = Callable[..., Finding]


@pytest.fixture
def results(scored: Path, tmp_path: Path) -> Path:
    write_record(tmp_path / "results", scored)
    return tmp_path / "results"


@pytest.fixture
def saved(weighin, tmp_path: Path) -> Path:
    path = tmp_path / "release.json"
    assert weighin("fingerprint", PINNED, "--save", path).code == 0
    return path


@pytest.fixture
def judged(results: Path, tmp_path: Path) -> Judge:
    def judge(released: str = PINNED, *, same: str = "weights", **options: object) -> Finding:
        requirements = write_requirements_for(tmp_path, released, same=same)
        return of_the_rule(api.check(requirements, [results], **options))

    return judge


def of_the_rule(verdict: Verdict) -> Finding:
    (finding,) = [f.finding for f in verdict.findings if f.rule == "released-is-scored"]
    return finding


def edited(path: Path, change: Callable[[dict], object]) -> Path:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def with_other_digest(document: dict) -> None:
    for file in document["files"]:
        if file["path"] == FIRST:
            file["lfs_sha256"] = "0" * 64


def test_answer_that_was_kept_decides_again_without_the_hub(judged, hub: Hub, results: Path):
    online = judged(online=True, keep_revision=results)
    hub.requests.clear()

    offline = judged()

    assert (online.outcome, offline.outcome) == (Outcome.MET, Outcome.MET)
    assert hub.requests == []


def test_answer_that_was_kept_decides_a_difference_again(hub, scored, tmp_path):
    for name in (FIRST, SECOND, "model.safetensors.index.json"):
        (scored / name).unlink()
    save_file({"embed.weight": np.zeros((7, 4), np.float32)}, scored / "model.safetensors")
    write_record(tmp_path / "others", scored)
    requirements = write_requirements_for(tmp_path, PINNED)
    api.check(requirements, [tmp_path / "others"], online=True, keep_revision=tmp_path / "others")
    hub.requests.clear()

    finding = of_the_rule(api.check(requirements, [tmp_path / "others"]))

    assert finding.outcome is Outcome.VIOLATED
    assert finding.tensors == ("layers.0.weight", "norm.weight")
    assert hub.requests == []


def test_finding_that_rests_on_a_kept_answer_names_the_file_the_hub_and_the_time(
    judged, hub: Hub, results: Path
):
    judged(online=True, keep_revision=results)
    (path,) = (results / "revisions").iterdir()
    asked = json.loads(path.read_text())["asked"]

    finding = judged()

    assert finding.expected == (
        f"{PINNED} (pinned, as {hub.url} listed it at {asked}, kept in {path})"
    )
    assert f"this rests on {path}, which whoever can write there can change" in finding.statement


def test_kept_answer_is_canonical_json_with_grade_time_and_hub(hub: Hub, saved: Path):
    document = json.loads(saved.read_text())

    assert (document["grade"], document["endpoint"]) == ("pinned", hub.url)
    assert document["asked"].endswith("Z")
    assert saved.read_text() == json.dumps(
        document, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    )


def test_check_online_says_that_its_answer_is_not_kept_and_how_to_keep_it(
    weighin, results: Path, tmp_path: Path
):
    requirements = write_requirements_for(tmp_path, PINNED)

    told = weighin("check", requirements, results, "--online")
    kept = weighin("check", requirements, results, "--online", "--keep-revision", results)

    assert "is not kept; --keep-revision RESULTS keeps it" in told.errors
    (path,) = (results / "revisions").iterdir()
    assert f"kept in {path}" in kept.errors


def test_without_online_nothing_is_said_of_keeping(weighin, results: Path, tmp_path: Path):
    told = weighin("check", write_requirements_for(tmp_path, PINNED), results)

    assert "kept" not in told.errors


def test_part_of_a_results_folder_is_judged_with_what_the_folder_keeps(
    judged, results: Path, tmp_path: Path
):
    judged(online=True, keep_revision=results)

    verdict = api.check(write_requirements_for(tmp_path, PINNED), [results / "tiny"])

    assert of_the_rule(verdict).outcome is Outcome.MET


def test_answer_kept_in_another_folder_counts_where_that_folder_is_given(
    judged, results: Path, tmp_path: Path
):
    judged(online=True, keep_revision=tmp_path / "elsewhere")

    assert judged().outcome is Outcome.UNDECIDED
    requirements = write_requirements_for(tmp_path, PINNED)
    verdict = api.check(requirements, [results, tmp_path / "elsewhere"])
    assert of_the_rule(verdict).outcome is Outcome.MET


def test_kept_answer_decides_where_huggingface_hub_is_not_installed(judged, results, monkeypatch):
    judged(online=True, keep_revision=results)
    monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)

    assert judged().outcome is Outcome.MET


def test_kept_answer_about_another_revision_decides_nothing(judged, results: Path):
    judged(online=True, keep_revision=results)

    finding = judged(f"hf://{REPOSITORY}@{'f' * 40}")

    assert finding.outcome is Outcome.UNDECIDED
    assert "--online" in finding.statement


def test_two_kept_answers_that_contradict_decide_nothing(judged, results: Path):
    judged(online=True, keep_revision=results)
    (path,) = (results / "revisions").iterdir()
    forged = path.with_name(f"{COMMIT[:12]}-{'0' * 12}.json")
    forged.write_bytes(path.read_bytes())
    edited(forged, with_other_digest)

    finding = judged()

    assert finding.outcome is Outcome.UNDECIDED
    assert "list other files under one commit" in finding.statement


def test_kept_answer_that_the_hub_cache_contradicts_decides_nothing(judged, results: Path):
    judged(online=True, keep_revision=results)
    (path,) = (results / "revisions").iterdir()
    edited(path, with_other_digest)
    snapshot_download(REPOSITORY, revision=COMMIT, allow_patterns="config.json")

    assert judged().outcome is Outcome.UNDECIDED


def test_online_the_hub_is_asked_and_a_kept_answer_is_not_believed(judged, results, hub: Hub):
    judged(online=True, keep_revision=results)
    (path,) = (results / "revisions").iterdir()
    edited(path, with_other_digest)
    hub.requests.clear()

    finding = judged(online=True)

    assert finding.outcome is Outcome.MET
    assert finding.expected.endswith(f"as {hub.url} lists it)")
    assert hub.requests


def test_damaged_kept_answer_is_a_broken_file_and_decides_nothing(
    judged, results: Path, tmp_path: Path
):
    judged(online=True, keep_revision=results)
    (path,) = (results / "revisions").iterdir()
    path.write_text("{}")

    verdict = api.check(write_requirements_for(tmp_path, PINNED), [results])

    assert of_the_rule(verdict).outcome is Outcome.UNDECIDED
    broken = [f.finding for f in verdict.findings if f.rule == "records-intact"]
    assert Outcome.VIOLATED in {f.outcome for f in broken}
    assert str(path) in " ".join(f"{f.statement} {f.found} {f.where}" for f in broken)


def test_answer_is_kept_of_the_snapshot_in_the_hub_cache_too(judged, results: Path, cache: Path):
    snapshot_download(REPOSITORY, revision=COMMIT)
    judged(keep_revision=results)
    cache.rename(cache.with_name("moved"))

    assert judged().outcome is Outcome.MET


def test_saved_release_decides_offline_as_the_released_checkpoint(judged, saved, hub: Hub):
    hub.requests.clear()

    finding = judged("release.json")

    assert finding.outcome is Outcome.MET
    assert f"this rests on {saved}" in finding.statement
    assert hub.requests == []


def test_saved_release_of_other_files_is_undecided(judged, saved: Path):
    edited(saved, with_other_digest)

    finding = judged("release.json")

    assert finding.outcome is Outcome.UNDECIDED
    assert "the weight files are other files" in finding.statement


def test_saved_release_that_the_hub_contradicts_decides_nothing_online(judged, saved: Path):
    edited(saved, with_other_digest)

    finding = judged("release.json", online=True)

    assert finding.outcome is Outcome.UNDECIDED
    assert "the file lists other files of" in finding.statement


def test_saved_release_that_the_hub_confirms_is_as_the_hub_lists_it(judged, saved, hub: Hub):
    finding = judged(saved.name, online=True)

    assert finding.outcome is Outcome.MET
    assert finding.expected == f"{PINNED} (pinned, as {hub.url} lists it)"


def test_saved_branch_is_declared_and_decides_nothing(weighin, judged, tmp_path: Path):
    path = tmp_path / "branch.json"
    assert weighin("fingerprint", MAIN, "--save", path).code == 0

    finding = judged("branch.json")

    assert load_revision(path).grade is Grade.DECLARED
    assert finding.outcome is Outcome.UNDECIDED
    assert finding.fix == f"pin it: {PINNED}"


@pytest.mark.parametrize("online", [False, True])
def test_branch_as_released_decides_nothing_though_a_file_calls_it_pinned(
    weighin, judged, tmp_path: Path, online
):
    path = tmp_path / "branch.json"
    weighin("fingerprint", MAIN, "--save", path)
    edited(path, lambda d: d.update(is_pinned=True, grade="pinned"))

    with pytest.raises(CheckpointError, match="is_pinned: expected what the rest of the file says"):
        judged("branch.json", online=online)


def test_branch_cannot_be_required(tmp_path: Path):
    with pytest.raises(Exception, match="a moving revision cannot be required"):
        load_requirements(write_requirements_for(tmp_path, MAIN), rule_shapes())


def test_answer_about_a_branch_is_never_taken_for_its_commit(weighin, judged, results: Path):
    (results / "revisions").mkdir()
    path = results / "revisions" / f"{COMMIT[:12]}-{'0' * 12}.json"
    assert weighin("fingerprint", MAIN, "--save", path).code == 0

    assert judged().outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "weighin.hub-revision/2"),
        ("reference", MAIN),
        ("reference", "hf://../x@main"),
        ("repository", "org/other"),
        ("commit", "f" * 40),
        ("commit", "main"),
        ("is_pinned", False),
        ("is_pinned", 1),
        ("grade", "measured"),
        ("kept_in", "elsewhere"),
        ("source", "me"),
        ("endpoint", "\x1b[2J"),
        ("asked", "yesterday"),
        ("tensors", None),
        ("tensors_why_not", "no reason"),
        ("unknown", 1),
        ("files", []),
    ],
)
def test_kept_file_that_contradicts_itself_is_refused(saved: Path, field, value):
    edited(saved, lambda document: document.update({field: value}))

    with pytest.raises(CheckpointError) as raised:
        load_revision(saved)
    assert str(raised.value).startswith(f"{saved}: ")
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "../x"),
        ("path", "config.json"),
        ("size_bytes", -1),
        ("blob_id", "main"),
        ("lfs_sha256", "x"),
    ],
)
def test_kept_file_with_a_file_that_no_hub_would_list_is_refused(saved: Path, field, value):
    edited(saved, lambda document: document["files"][0].update({field: value}))

    with pytest.raises(CheckpointError):
        load_revision(saved)


def test_what_is_printed_as_json_can_be_kept_as_well(weighin, tmp_path: Path):
    path = tmp_path / "printed.json"
    path.write_text(weighin("fingerprint", PINNED, "--json").output)

    assert load_revision(path).reference == PINNED


def test_reading_gives_back_what_was_kept(saved: Path):
    revision = load_revision(saved)

    assert revision.kept_in == str(saved)
    assert kept_content(revision) == saved.read_bytes()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_only_our_own_error_leaves_a_damaged_kept_file(saved_bytes, data):
    path, content = saved_bytes
    place = data.draw(st.integers(0, len(content) - 1))
    damaged = bytearray(content)
    damaged[place] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged)

    try:
        revision = load_revision(path)
    except CheckpointError:
        return
    assert revision.is_pinned == (revision.reference == f"hf://{revision.repository}@{COMMIT}")


@pytest.fixture
def saved_bytes(saved: Path) -> tuple[Path, bytes]:
    return saved, saved.read_bytes()


def test_nothing_is_saved_over_and_nothing_is_saved_of_a_refusal(weighin, hub: Hub, saved: Path):
    before = saved.read_bytes()
    assert weighin("fingerprint", PINNED, "--save", saved).code == 2
    assert saved.read_bytes() == before
    hub.status["/api/"] = (503, "")
    other = saved.with_name("other.json")
    assert weighin("fingerprint", PINNED, "--save", other).code == 75
    assert not other.exists()


def test_release_that_nobody_knows_says_who_decides(tmp_path: Path, hub: Hub):
    requirements = load_requirements(write_requirements_for(tmp_path, PINNED), rule_shapes())

    found = released_checkpoint(requirements, {}, online=False)

    assert (found.manifest, found.revision) == (None, None)
    assert f"ask the hub with `weighin check {requirements.source} --online`" in found.why_not
    assert hub.requests == []
