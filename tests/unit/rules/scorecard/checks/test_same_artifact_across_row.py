"""What `same-artifact-across-row` says."""

from tests.making.rules.cards import COMMIT, artifact, found, number, rating, words

from weighin.evidence.scorecard import Availability
from weighin.rules.scorecard.checks.same_artifact_across_row import SameArtifactAcrossRow
from weighin.rules.scorecard.interface import Word


def test_names_without_a_checkpoint_are_told_together():
    a, b = artifact("a", claimed_as="A"), artifact("b", claimed_as="B")
    (finding,) = found(
        SameArtifactAcrossRow, number("50.5", of="a"), number("49.0", of="b"), artifacts=(a, b)
    )
    assert finding.word is Word.UNRESOLVED
    assert "no checkpoint is named for a, b" in finding.statement


def test_three_artifacts_under_one_name_are_different_artifacts():
    numbers = (number("85.5", "MMLU Pro", of="base"), number("69.8", of="Instruct"))
    arena = rating("1417", ("+13", "-12"), of="Experimental", day="2025-04-06")
    unpublished = artifact("Experimental", availability=Availability.NEVER_PUBLISHED)
    first, second = found(SameArtifactAcrossRow, *numbers, arena, artifacts=(unpublished,))
    assert first.word is second.word is Word.DIFFERENT_ARTIFACT
    assert "of 3 different artifacts" in first.statement
    assert "1417 points on arena belongs to Experimental, whose weights were never published" in (
        second.statement
    )


def test_two_names_of_one_checkpoint_are_one_artifact():
    same = (artifact("a", checkpoint=COMMIT), artifact("b", checkpoint=COMMIT))
    (finding,) = found(
        SameArtifactAcrossRow, number("50.5", of="a"), number("49.0", of="b"), artifacts=same
    )
    assert finding.word is Word.CONSISTENT


def test_one_name_without_a_checkpoint_is_not_shown_to_be_one_artifact():
    assert words(found(SameArtifactAcrossRow, number("50.5"))) == [Word.UNRESOLVED]
