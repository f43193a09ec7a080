"""Cases of `answers-parse`, and what it says."""

from dataclasses import replace

from tests.making.rules.builders import MET, UNDECIDED, VIOLATED, outcome_of, requirements
from tests.making.rules.facts import golden, of_fact

from weighin.evidence.facts import FactName
from weighin.requirements.model import BenchmarkRequirement
from weighin.rules.answers.answers_parse import AnswersParse

CASES = of_fact(
    FactName.UNPARSED_ANSWERS,
    {"unparsed": 2, "answers": 100},
    {"unparsed": 41, "answers": 100},
)


def test_the_claimed_filter_is_the_one_that_must_parse():
    value = {
        "unparsed": 41,
        "answers": 100,
        "by_filter": {
            "strict-match": {"unparsed": 41, "answers": 100},
            "flexible-extract": {"unparsed": 1, "answers": 100},
        },
    }

    def claiming(metric):
        benchmark = BenchmarkRequirement(task="gsm8k", metric=metric)
        of = golden(FactName.UNPARSED_ANSWERS, value)
        return replace(of, requirements=requirements(benchmarks=(benchmark,)))

    assert outcome_of(AnswersParse(), claiming("exact_match,strict-match")) is VIOLATED
    assert outcome_of(AnswersParse(), claiming("exact_match,flexible-extract")) is MET
    assert outcome_of(AnswersParse(), claiming("exact_match,none")) is UNDECIDED
    assert outcome_of(AnswersParse(), claiming(None)) is VIOLATED
