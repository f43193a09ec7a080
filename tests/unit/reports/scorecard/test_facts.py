"""One fact is told once, whatever number of checks see it."""

from tests.making.rules.cards import APRIL, artifact, case, number, scorecard

from weighin.evidence.scorecard import Availability, JoinedFigures, Source
from weighin.reports.scorecard.facts import facts_of
from weighin.rules.scorecard.interface import ScorecardCase, Word
from weighin.rules.scorecard.judge import judge_scorecard

HIDDEN = artifact(
    "variant", availability=Availability.NEVER_PUBLISHED, variants_tested=27, note="a trial"
)
JOINED = JoinedFigures(
    first="released",
    first_figure="the price of $1",
    second="variant",
    second_figure="the rating of 1403",
    source=Source(title="blog"),
)


def facts(judged: ScorecardCase, word: Word):
    return [f for f in facts_of(judge_scorecard(judged)) if f.finding.word is word]


def test_a_row_a_rating_a_price_a_gap_and_luck_are_one_fact():
    numbers = (*APRIL, number("71.2", "GSM8K", of="released"))
    card = scorecard(*numbers, artifacts=(HIDDEN,), joined=(JOINED,))
    judged = ScorecardCase(scorecards=(card,), registry=case(number("50.5")).registry)
    (fact,) = facts(judged, Word.DIFFERENT_ARTIFACT)
    assert "whose weights were never published" in fact.sentence
    assert {check for check, _ in fact.below} == {
        "same-artifact-across-row",
        "figures-of-one-artifact",
        "arena-gap",
        "best-of-n-inflation",
    }
    assert fact.beside == ("of variant: a trial",)
    assert fact.in_short == (
        "blog joins the price of $1 of released and the rating of 1403",
        "arena (2025-04-11) rates it 130 ± 7.8 points above released, ± being one standard error",
        # (12 + 9) / 2 / 1.96 = 5.4 points, times 1.998.
        "choosing the best of 27 equal variants is worth +10.8 points by luck alone",
    )


def test_a_declaration_that_another_source_has_is_told_above_what_it_explains():
    blog = Source(title="blog", date="2025-04-05")
    both = (("57.2", "GPQA Diamond"), ("33.3", "MMMU"))
    said = [number(p, on, passes="several", source=blog) for p, on in both]
    silent = [number(p, on) for p, on in both]
    (fact,) = facts(case(*said, *silent), Word.UNDECLARED)
    assert "passes declared in blog, not in model card" in fact.sentence
    assert fact.in_short == ("57.2 on GPQA Diamond is impossible in one pass over 198 documents",)


def test_what_follows_from_nothing_that_is_told_stands_alone():
    alone = [number(p, of=of) for of, p in (("a", "50.5"), ("b", "57.2"))]
    (fact,) = facts(case(*alone), Word.UNDECLARED)
    assert [check for check, _ in fact.below] == ["row-compares-alike"]


def test_a_claim_that_two_tables_print_is_told_once_with_both_places():
    at = [Source(title="card", place=place) for place in ("Results", "Others")]
    (fact,) = facts(case(*(number("57.2", source=source) for source in at)), Word.UNDECLARED)
    assert [n.source.place for n in fact.finding.numbers] == ["Results", "Others"]
