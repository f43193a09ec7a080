"""What a source says itself of the artifacts behind its numbers is a note."""

import pytest
from tests.making.rules.cards import artifact, case, number

from weighin.evidence.scorecard import Source
from weighin.rules.scorecard.checks.same_artifact_across_row import SameArtifactAcrossRow
from weighin.rules.scorecard.interface import Word


def notes(judged):
    return [f for f in SameArtifactAcrossRow().check(judged) if f.word is Word.NOTE]


def under(heading, printed, on="GSM8K", of="Heron 7B"):
    return number(printed, on, of=of, source=Source(title="card", place=heading))


def test_one_name_under_headings_of_base_and_tuned_models_is_a_note():
    names = ("Heron 7B", "Egret")
    base = [under("Pre-trained models", "51.2", of=of) for of in names]
    tuned = [under("Instruction tuned models", "71.2", of=of) for of in names]
    apart = tuple(artifact(of, claimed_as=of) for of in names)
    (note,) = notes(case(*base, *tuned, artifacts=apart))
    assert note.statement.startswith(
        "Heron 7B, Egret have numbers under 'Pre-trained models', 'Instruction tuned models', "
    )


@pytest.mark.parametrize(
    "numbers",
    [
        (under("Reasoning", "51.2"), under("Coding", "60.0", "MBPP")),  # kinds of benchmarks
        (under("Base", "51.2"), under("Instruct", "51.2")),  # one number, printed twice
        (under("Table 1", "51.2"), under("Table 2", "52.0")),  # headings that say nothing
    ],
)
def test_headings_that_keep_no_artifacts_apart_are_no_note(numbers):
    assert notes(case(*numbers)) == []


def with_footnote(text):
    judged = case(number("71.2", "GSM8K", of="Heron 7B", footnotes=("*",)))
    (card,) = judged.scorecards
    card = card.model_copy(update={"footnotes": {"*": text}})
    return type(judged)(scorecards=(card,), registry=judged.registry)


@pytest.mark.parametrize(
    "text",
    [
        "an experimental chat version of Heron",
        "scored with a customized variant",
        "the weights are not yet released",
        "of an earlier checkpoint",
    ],
)
def test_a_footnote_that_speaks_of_another_version_is_a_note_with_its_words(text):
    (note,) = notes(with_footnote(text))
    assert "71.2 % on GSM8K under the name Heron 7B" in note.statement
    assert note.disclosed == (f"the source says beside it (*): {text}",)


@pytest.mark.parametrize(
    "text", ["mean over four runs", "a newer version of the benchmark", "judged by o1-preview"]
)
def test_other_footnotes_are_no_note(text):
    assert notes(with_footnote(text)) == []


def test_a_heading_or_caption_that_speaks_of_another_version_is_a_note():
    (note,) = notes(case(under("Results of an internal checkpoint of Heron", "71.2")))
    assert note.disclosed == ("the source heads it 'Results of an internal checkpoint of Heron'",)
