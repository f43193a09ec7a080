import random
import re
from dataclasses import fields, replace

import pytest
from tests.making.rules.cards import artifact, case, number, rating, rerun

from weighin.evidence.scorecard import Role
from weighin.rules.scorecard.catalogue import SCORECARD_CHECKS
from weighin.rules.scorecard.judge import judge_scorecard

_MOTIVES = re.compile(r"fraud|cheat|lie[sd]?\b|fake|manipulat|dishonest|mislead", re.IGNORECASE)


def everything():
    return (
        number("57.2"),
        number("69.8", passes="several"),
        number("50.5", of="b", shots=5),
        number("80.5", "MMLU Pro", standard_error="0.36"),
        rerun("75.0", "MMLU Pro"),
        number("94.4", "DocVQA", standard_error="9.0"),
        rating("1403", ("+12", "-9"), of="variant", day="2025-04-11"),
        rating("1273", ("+10", "-12"), of="m", day="2025-04-11"),
    )


def test_no_two_checks_share_an_id():
    ids = [check.id for check in SCORECARD_CHECKS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in ids)


@pytest.mark.parametrize("check", SCORECARD_CHECKS, ids=lambda check: check.id)
def test_every_check_says_why_how_and_how_to_mend(check):
    for section in ("Why:", "How:", "Fix:"):
        assert section in (check.__doc__ or "")
    assert fields(check) is not None
    assert check() == check()


@pytest.mark.parametrize("check", SCORECARD_CHECKS, ids=lambda check: check.id)
def test_a_check_has_nothing_to_say_of_nothing(check):
    assert list(check().check(case())) == []


def test_no_finding_speaks_of_motives():
    told = judge_scorecard(case(*everything(), artifacts=(artifact("variant"),)))
    for _, finding in told.findings:
        assert not _MOTIVES.search(f"{finding.statement} {finding.arithmetic} {finding.fix}")


def test_the_order_of_numbers_changes_no_word():
    def words(numbers):
        return sorted(f.word for _, f in judge_scorecard(case(*numbers)).findings)

    numbers = list(everything())
    expected = words(numbers)
    for seed in range(5):
        random.Random(seed).shuffle(numbers)
        assert words(numbers) == expected


def test_numbers_of_two_files_are_judged_as_one_card():
    first, second = case(number("57.2")), case(number("57.2", passes="several", role=Role.CLAIM))
    both = replace(first, scorecards=(*first.scorecards, *second.scorecards))
    assert [n.printed for s in both.scorecards for n in s.numbers] == ["57.2", "57.2"]
    assert "declares several passes" in " ".join(
        finding.statement for _, finding in judge_scorecard(both).findings
    )
