"""What a model-signing signature says of a folder, and what it does not cover."""

import hashlib
import shutil
from pathlib import Path

import pytest
from tests.making.checkpoints.signing import Signer, resource, resources_of, statement
from tests.making.places import MADE_BY_MODEL_SIGNING

from weighin.errors import CheckpointError
from weighin.identity.facets import Facet
from weighin.sources.signatures.verification import Answer, verify_signature

ALL_FACETS = {
    Facet.WEIGHTS,
    Facet.CONFIG,
    Facet.REMOTE_CODE,
    Facet.TOKENIZER,
    Facet.SPECIAL_TOKENS,
    Facet.CHAT_TEMPLATE,
    Facet.DTYPE,
    Facet.QUANTIZATION,
}
OF_THE_TOKENIZER = {Facet.TOKENIZER, Facet.SPECIAL_TOKENS, Facet.CHAT_TEMPLATE}
FOREIGN = pytest.mark.parametrize("made", ["files", "blake2", "shards"])


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(MADE_BY_MODEL_SIGNING / "tiny", tmp_path / "tiny"))


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path)


@pytest.fixture
def verified(signer, folder):
    """Signs a statement and holds the folder against it."""

    def verify(made):
        return verify_signature(signer.sign(made), signer.public_key, folder)

    return verify


def verify_foreign(made, folder):
    bundle, key = (MADE_BY_MODEL_SIGNING / f"{made}.{end}" for end in ("sig", "pem"))
    return verify_signature(bundle, key, folder)


def changes_of(result):
    return {change.path: change.what for change in result.changes}


@FOREIGN
def test_bundle_of_model_signing_itself_holds_and_covers_every_facet(made, folder):
    result = verify_foreign(made, folder)
    assert result.answer is Answer.UNCHANGED
    assert set(result.facets_covered) == ALL_FACETS
    assert (result.facets_not_covered, result.not_covered, result.changes) == ((), (), ())
    assert result.files_signed == 6
    assert result.ignore_paths == (".git", ".gitattributes", ".github", ".gitignore")


@FOREIGN
def test_every_flipped_bit_of_a_signed_file_is_named(made, folder):
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        result = verify_foreign(made, folder)
        assert result.answer is Answer.CHANGED
        assert changes_of(result) == {path.relative_to(folder).as_posix(): "changed"}
        path.write_bytes(content)


@FOREIGN
def test_renamed_file_is_caught_though_the_root_does_not_bind_names(made, folder):
    (folder / "config.json").rename(folder / "config.jsonx")
    assert changes_of(verify_foreign(made, folder)) == {
        "config.json": "missing",
        "config.jsonx": "appeared",
    }


@FOREIGN
def test_bytes_added_at_the_end_or_cut_off_are_caught(made, folder):
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    for other in (content + b"\0", content[:-1], b""):
        weights.write_bytes(other)
        assert changes_of(verify_foreign(made, folder)) == {"model.safetensors": "changed"}


@FOREIGN
def test_file_that_appeared_is_a_change_and_its_facet_is_named(made, folder):
    (folder / "evil.py").write_text("ANSWER = 43\n")
    result = verify_foreign(made, folder)
    assert changes_of(result) == {"evil.py": "appeared"}
    assert result.facets_changed == (Facet.REMOTE_CODE,)


def test_what_the_signer_chose_to_leave_out_is_not_covered_and_named(folder):
    result = verify_foreign("without-tokenizer", folder)
    assert result.answer is Answer.NOT_COVERED
    assert result.not_covered == ("README.md", "tokenizer.json")
    assert set(result.facets_not_covered) == OF_THE_TOKENIZER
    assert set(result.facets_covered) == ALL_FACETS - OF_THE_TOKENIZER


def test_replacing_a_file_that_the_signer_left_out_is_never_unchanged(folder):
    (folder / "tokenizer.json").write_text("EVIL")
    assert verify_foreign("without-tokenizer", folder).answer is Answer.NOT_COVERED


def test_git_files_are_not_covered_and_no_change(folder):
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "objects" / "aa").write_text("x")
    (folder / ".gitattributes").write_text("x")
    result = verify_foreign("files", folder)
    assert result.not_covered == (".git/", ".gitattributes")
    assert result.answer is Answer.UNCHANGED


def test_git_files_are_not_covered_even_where_the_statement_is_silent_on_them(verified, folder):
    made = statement(resources_of(folder))
    (folder / ".gitignore").write_text("x")
    result = verified(made)
    assert (result.not_covered, result.ignore_paths) == ((".gitignore",), ())


@pytest.mark.parametrize("ignored", [".", "./", ""])
def test_signer_who_leaves_out_everything_covers_nothing(verified, ignored):
    result = verified(statement([], [ignored]))
    assert result.answer is Answer.NOT_COVERED
    assert set(result.facets_not_covered) == ALL_FACETS
    assert "model.safetensors" in result.not_covered


def test_empty_folder_with_an_empty_statement_is_not_covered(signer, tmp_path):
    (tmp_path / "empty").mkdir()
    bundle = signer.sign(statement([]))
    result = verify_signature(bundle, signer.public_key, tmp_path / "empty")
    assert result.answer is Answer.NOT_COVERED


@pytest.mark.parametrize("ignored", ["/", "..", "../tiny", "/etc"])
def test_ignored_path_out_of_the_folder_leaves_out_nothing(verified, folder, ignored):
    made = statement(resources_of(folder), [ignored])
    assert verified(made).answer is Answer.UNCHANGED
    (folder / "evil.py").write_text("x")
    assert verified(made).answer is Answer.CHANGED


def test_signed_file_below_an_ignored_path_is_still_checked(verified, folder):
    made = statement(resources_of(folder), ["code"])
    assert verified(made).answer is Answer.UNCHANGED
    (folder / "code" / "modeling.py").write_text("ANSWER = 43\n")
    assert changes_of(verified(made)) == {"code/modeling.py": "changed"}


def test_bundle_in_the_folder_is_not_a_file_that_appeared(folder):
    bundle = folder / "model.sig"
    shutil.copy(MADE_BY_MODEL_SIGNING / "files.sig", bundle)
    key = MADE_BY_MODEL_SIGNING / "files.pem"
    assert verify_signature(bundle, key, folder).answer is Answer.UNCHANGED
    (folder / "special_tokens_map.json").symlink_to("model.sig")
    assert verify_signature(bundle, key, folder).answer is Answer.CHANGED


def test_link_inside_the_folder_to_the_signed_bytes_is_told(folder):
    (folder / ".git").mkdir()
    (folder / "config.json").rename(folder / ".git" / "blob")
    (folder / "config.json").symlink_to(".git/blob")
    result = verify_foreign("files", folder)
    assert (result.answer, result.links) == (Answer.UNCHANGED, ("config.json",))


def test_link_out_of_the_folder_is_not_followed_though_the_bytes_are_equal(folder, tmp_path):
    (folder / "config.json").rename(tmp_path / "config.json")
    (folder / "config.json").symlink_to(tmp_path / "config.json")
    (change,) = verify_foreign("files", folder).changes
    assert "points out of the checkpoint folder" in change.what


@pytest.mark.parametrize(
    ("allow_symlinks", "answer"), [(False, Answer.CHANGED), (True, Answer.NOT_COVERED)]
)
def test_what_lies_behind_a_link_to_a_folder_is_never_covered(
    verified, folder, tmp_path, allow_symlinks, answer
):
    made = statement(resources_of(folder), allow_symlinks=allow_symlinks)
    (tmp_path / "elsewhere").mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    assert verified(made).answer is answer


def test_snapshot_of_a_hub_cache_holds(tmp_path):
    repository = tmp_path / "models--org--tiny"
    snapshot = repository / "snapshots" / ("0" * 40)
    (repository / "blobs").mkdir(parents=True)
    tiny = MADE_BY_MODEL_SIGNING / "tiny"
    for path in (p for p in tiny.rglob("*") if p.is_file()):
        blob = repository / "blobs" / hashlib.sha256(path.read_bytes()).hexdigest()
        shutil.copy(path, blob)
        link = snapshot / path.relative_to(tiny)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    result = verify_foreign("files", snapshot)
    assert (result.answer, len(result.links)) == (Answer.UNCHANGED, 6)


def test_empty_file_has_no_shard_and_is_not_covered(folder):
    (folder / "special_tokens_map.json").touch()
    result = verify_foreign("shards", folder)
    assert result.not_covered == ("special_tokens_map.json",)
    assert result.answer is Answer.NOT_COVERED


def test_swapped_files_of_equal_size_are_caught(verified, folder):
    for name, text in (("a.txt", "aa"), ("b.txt", "bb")):
        (folder / name).write_text(text)
    made = statement(resources_of(folder))
    (folder / "a.txt").write_text("bb")
    (folder / "b.txt").write_text("aa")
    assert changes_of(verified(made)) == {"a.txt": "changed", "b.txt": "changed"}


def test_signed_folder_that_is_no_checkpoint_has_no_known_facets(signer, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("a")
    bundle = signer.sign(statement([resource("a.txt", b"a")]))
    result = verify_signature(bundle, signer.public_key, tmp_path / "notes")
    assert result.answer is Answer.UNCHANGED
    assert result.facets_covered == ()
    assert "expected model.safetensors" in result.facets_unknown


def test_key_of_somebody_else_shows_nothing_of_the_folder(folder, tmp_path):
    stranger = Signer(tmp_path)
    result = verify_signature(MADE_BY_MODEL_SIGNING / "files.sig", stranger.public_key, folder)
    assert result.answer is Answer.INVALID
    assert "the bundle names another key" in result.why_not
    assert (result.files_signed, result.facets_covered, result.subject) == (0, (), "")


def test_missing_folder_is_an_error_and_no_change(tmp_path):
    with pytest.raises(CheckpointError, match="nowhere"):
        verify_foreign("files", tmp_path / "nowhere")


def test_every_answer_says_what_no_signature_covers(folder):
    for made in ("files", "without-tokenizer"):
        told = " ".join(verify_foreign(made, folder).never_covered)
        assert "which benchmarks" in told
        assert "what was loaded" in told


def test_unknown_field_of_the_statement_is_passed_over_and_told(verified, folder):
    made = statement(resources_of(folder))
    made["predicate"]["model_card"] = {}
    assert verified(made).not_checked == ("the field model_card of the signed statement",)
