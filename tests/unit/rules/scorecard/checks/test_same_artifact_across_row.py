"""What `same-artifact-across-row` says."""

import pytest
from tests.making.rules.cards import COMMIT, artifact, found, number, rating, words

from weighin.evidence.scorecard import Availability, Source
from weighin.rules.scorecard.checks.same_artifact_across_row import SameArtifactAcrossRow
from weighin.rules.scorecard.interface import Word


def test_names_without_a_checkpoint_are_told_together():
    a, b = artifact("a", claimed_as="A"), artifact("b", claimed_as="B")
    (finding,) = found(
        SameArtifactAcrossRow, number("50.5", of="a"), number("49.0", of="b"), artifacts=(a, b)
    )
    assert finding.word is Word.VOID
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
    assert words(found(SameArtifactAcrossRow, number("50.5"))) == [Word.VOID]


def under(heading, printed, on="GPQA Diamond", *, of):
    return number(printed, on, of=of, source=Source(title="model card", place=heading))


def test_base_and_instruct_under_headings_of_their_own_are_a_note():
    base = under("Pre-trained models", "40.0", of="base")
    instruct = under("Results", "50.5", of="Instruct")
    (finding,) = found(SameArtifactAcrossRow, base, instruct)
    assert finding.word is Word.NOTE
    assert "'Pre-trained models'" in finding.statement


def test_base_and_instruct_in_one_table_are_different_artifacts():
    rows = (under("Base and chat", "40.0", of="base"), under("Base and chat", "50.5", of="chat"))
    assert words(found(SameArtifactAcrossRow, *rows)) == [Word.DIFFERENT_ARTIFACT]


def test_no_heading_makes_an_artifact_that_nobody_has_a_note():
    rows = (under("Base models", "40.0", of="base"), under("Chat models", "50.5", of="variant"))
    hidden = artifact("variant", availability=Availability.NEVER_PUBLISHED)
    findings = found(SameArtifactAcrossRow, *rows, artifacts=(hidden,))
    assert {f.word for f in findings} >= {Word.DIFFERENT_ARTIFACT}


def test_a_name_with_two_numbers_in_one_table_is_told():
    (finding, _) = found(SameArtifactAcrossRow, number("50.5"), number("49.0"))
    assert finding.word is Word.UNDECLARED
    assert "m is one name with two numbers" in finding.statement


def in_place(printed, place, *, title="model card", on="GPQA Diamond", **declared):
    return number(printed, on, source=Source(title=title, place=place), **declared)


@pytest.mark.parametrize(
    ("places", "word"),
    [
        (("Results", "Compared with others"), Word.UNDECLARED),
        (("Results", ""), Word.UNDECLARED),
        (("Reasoning and generation", "Long context"), Word.UNDECLARED),  # categories
        (("5-shot results", "5-shot, compared"), Word.UNDECLARED),  # one setting
        (("Zero-shot", "Few-shot"), Word.NOTE),
        (("Results", "Results with CoT"), Word.NOTE),
        (("BF16", "Q4_K_M"), Word.NOTE),
        (("Results", "消融实验"), Word.NOTE),
    ],
)
def test_a_name_with_two_numbers_in_two_tables_is_told(places, word):
    first, second = (in_place(p, at) for p, at in zip(("50.5", "49.0"), places, strict=True))
    (finding, _) = found(SameArtifactAcrossRow, first, second)
    assert finding.word is word
    assert "m has different numbers: 50.5 % on GPQA Diamond under" in finding.statement


def test_a_name_with_different_numbers_in_two_sources_is_told_with_both():
    both = (in_place("50.5", ""), in_place("49.0", "", title="blog"))
    (finding, _) = found(SameArtifactAcrossRow, *both)
    assert finding.word is Word.UNDECLARED
    assert "50.5 % on GPQA Diamond in model card, 49.0 % on GPQA Diamond in blog" in (
        finding.statement
    )


@pytest.mark.parametrize(
    "other",
    [
        in_place("50.51", "b"),
        in_place("52.5", "b", shots=5),
        in_place("52.5", "b", on="GPQA Main"),
        in_place("52.5", "Base models"),
        number("52.5", "Avg", source=Source(title="model card", place="b")),
    ],
    ids=["one rounded", "other shots", "another benchmark", "headed apart", "average"],
)
def test_what_is_no_second_number_in_two_tables(other):
    one = in_place("50.5", "a", shots=0)
    if other.benchmark == "Avg":
        one = number("50.5", "Avg", source=Source(title="model card", place="a"))
    assert Word.UNDECLARED not in words(found(SameArtifactAcrossRow, one, other))


def test_shots_behind_one_of_two_labels_do_not_hide_that_the_numbers_differ():
    both = (
        in_place("50.5", "a", on="GPQA Diamond (5-shot)", shots=5),
        in_place("49.0", "b"),
    )
    (finding, _) = found(SameArtifactAcrossRow, *both)
    assert finding.word is Word.UNDECLARED


def test_a_name_is_one_however_it_is_spelt():
    both = (in_place("50.5", "a", of="Heron-9B-Chat"), in_place("49.0", "b", of="heron 9b chat"))
    (finding, _) = found(SameArtifactAcrossRow, *both)
    assert finding.statement.startswith("Heron-9B-Chat or heron 9b chat has different numbers")
    apart = (in_place("50.5", "a", of="Heron-1.5"), in_place("49.0", "b", of="Heron-15"))
    assert Word.UNDECLARED not in words(found(SameArtifactAcrossRow, *apart))


def test_ratings_of_two_days_are_no_contradiction():
    both = (rating("1417", ("+13", "-12"), of="m", day="2025-04-06"),)
    both += (rating("1403", ("+9", "-9"), of="m", day="2025-04-11"),)
    assert words(found(SameArtifactAcrossRow, *both)) == [Word.VOID]


def test_two_averages_of_one_row_are_of_two_groups():
    both = [
        number(p, "Avg", row="m", pointer=f"line 3, cell {at}")
        for at, p in ((4, "50.5"), (7, "49"))
    ]
    assert words(found(SameArtifactAcrossRow, *both)) == [Word.VOID]


def test_one_number_with_fewer_digits_is_no_second_number():
    assert words(found(SameArtifactAcrossRow, number("50.5"), number("50.51"))) == [Word.VOID]


def test_two_settings_of_one_name_are_two_numbers_by_right():
    both = (number("50.5", shots=0), number("52.5", shots=5))
    assert words(found(SameArtifactAcrossRow, *both)) == [Word.VOID]
