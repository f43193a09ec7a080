"""Notices of a verification: one for each thing that the folder was held against."""

import pytest

from weighin.identity.facets import Agreement, Facet
from weighin.identity.fingerprint.verification import Verification
from weighin.identity.published.verification import PublishedAnswer, PublishedVerification
from weighin.reports.checkpoint.notices import verification_notices
from weighin.reports.checkpoint.verification import Held
from weighin.rules.interface import Level, Outcome
from weighin.sources.signatures.verification import Answer, SignatureVerification

COMMIT = "c" * 40


def manifest(found="e" * 64, **fields):
    stated = {"relation": None, "facets": (), "files": (), "tensors": (), "changes": ()}
    return Verification(
        expected="e" * 64,
        found=found,
        why_not_found="" if found else "no config.json",
        not_covered=(),
        **{**stated, **fields},
    )


def published(answer=PublishedAnswer.CHANGED):
    return PublishedVerification(
        answer=answer,
        reference=f"hf://org/name@{COMMIT}",
        commit=COMMIT,
        is_pinned=True,
        statement="asked on 2026-11-30",
        checkpoint_id="e" * 64,
        weights=Agreement.DIFFERENT,
        reason="other digests",
        tensors=(),
        facets=(Facet.TOKENIZER,),
        facets_unknown=(),
        weight_files=("model.safetensors",),
        files=(),
    )


def signature(answer=Answer.INVALID):
    return SignatureVerification(answer=answer, why_not="another key", key_sha256="k" * 64)


def told(held, **fields):
    return verification_notices(held, folder="model", **fields)


def test_an_unchanged_folder_has_no_notices():
    found = told(Held(manifest=manifest()), stated="manifest.json")
    assert (found.notices, found.exit_code) == ((), 0)
    assert [passed.rule for passed in found.passed] == ["unchanged-since-manifest"]


def test_a_changed_folder_is_an_error_at_the_manifest():
    held = Held(manifest=manifest(found="f" * 64, changes=("config.json changed",)))
    (notice,) = told(held, stated="manifest.json").notices
    assert (notice.level, notice.outcome) == (Level.ERROR, Outcome.VIOLATED)
    assert (notice.place.file, notice.place.line) == ("manifest.json", 1)
    assert dict(notice.details)["changes"] == "config.json changed"


def test_a_folder_that_is_no_checkpoint_any_more_says_why():
    (notice,) = told(Held(manifest=manifest(found=None)), stated="manifest.json").notices
    assert dict(notice.details)["found"] == "no whole checkpoint: no config.json"


def test_what_lies_on_the_hub_stands_at_the_folder():
    found = told(Held(published=published()), stated=f"hf://org/name@{COMMIT}")
    (notice,) = found.notices
    assert (notice.place.file, found.place.file) == ("model", "model")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(PublishedAnswer.CHANGED, Outcome.VIOLATED), (PublishedAnswer.UNKNOWN, Outcome.UNDECIDED)],
)
def test_what_is_published_is_violated_or_undecided(answer, outcome):
    found = told(Held(published=published(answer)), stated="revision.json")
    assert [notice.outcome for notice in found.notices] == [outcome]
    assert [notice.level for notice in found.notices] == [Level.ERROR]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer.INVALID, Outcome.VIOLATED),
        (Answer.CHANGED, Outcome.VIOLATED),
        (Answer.NOT_COVERED, Outcome.UNDECIDED),
    ],
)
def test_a_signature_that_does_not_hold_stands_at_its_file(answer, outcome):
    (notice,) = told(Held(signature=signature(answer)), signature="model.sig").notices
    assert (notice.outcome, notice.place.file) == (outcome, "model.sig")


def test_everything_that_it_was_held_against_is_told():
    held = Held(manifest=manifest(found=None), signature=signature())
    found = told(held, stated="manifest.json", signature="model.sig")
    assert [n.place.file for n in found.notices] == ["manifest.json", "model.sig"]
    assert len({n.fingerprint for n in found.notices}) == 2
    assert set(found.rules) == {"unchanged-since-manifest", "unchanged-since-signed"}


def test_held_against_nothing_is_an_error():
    (notice,) = told(Held()).notices
    assert (notice.level, notice.outcome, notice.is_answer) == (
        Level.ERROR,
        Outcome.UNDECIDED,
        True,
    )


def test_fingerprints_do_not_depend_on_what_changed():
    def fingerprint(*changes):
        held = Held(manifest=manifest(found="f" * 64, changes=changes))
        return told(held, stated="manifest.json").notices[0].fingerprint

    assert fingerprint("one") == fingerprint("two", "three")
