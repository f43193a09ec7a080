"""Findings are put together as if each were held against every group, in their order."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as some

from weighin.identity.facets import Facet
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Finding, JudgedFinding, Level, Outcome
from weighin.rules.judging.agreeing import agreeing

RULES = ("same-dtype", "same-weights", "as-required")
CAUSES = (None, Cause(CauseKind.NO_SAMPLES), Cause(CauseKind.NO_REVISION, ("a",)))

judged = some.builds(
    lambda rule, **said: JudgedFinding(
        rule=rule,
        level=Level.ERROR,
        finding=Finding(outcome=Outcome.VIOLATED, statement="it differs", **said),
    ),
    rule=some.sampled_from(RULES),
    benchmarks=some.sampled_from([(), ("a",), ("a", "b"), ("b", "a")]),
    facet=some.sampled_from([None, Facet.DTYPE, Facet.WEIGHTS]),
    found=some.sampled_from(["", "float16"]),
    expected=some.sampled_from(["", "bfloat16"]),
    cause=some.sampled_from(CAUSES),
)


def is_one(one: JudgedFinding, group: Sequence[JudgedFinding]) -> bool:
    """What the rule says of a finding and a group, word by word."""
    first, finding = group[0].finding, one.finding
    if finding.cause is not None and finding.cause == first.cause:
        return True
    if any(one.rule == other.rule for other in group):
        return one.rule == group[0].rule and finding.facet is None and first.facet is None
    benchmarks, others = set(finding.benchmarks), set(first.benchmarks)
    if finding.found and (finding.found, finding.expected) == (first.found, first.expected):
        return benchmarks == others
    is_of_facet = finding.facet is not None and finding.facet is first.facet
    is_caused = finding.cause is not None or first.cause is not None
    return is_of_facet and benchmarks == others and not is_caused


@given(some.lists(judged, max_size=14))
def test_groups_are_those_of_a_look_at_every_pair(found):
    expected: list[list[JudgedFinding]] = []
    for one in found:
        group = next((group for group in expected if is_one(one, group)), None)
        if group is None:
            expected.append([one])
        else:
            group.append(one)
    assert agreeing(found) == expected
