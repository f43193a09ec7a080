"""The order in which evidence is found never matters."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.making.rules.builders import (
    EDITED_TEMPLATE,
    VARIANT,
    case,
    changed,
    content,
    foreign,
    record,
    verdict,
    with_identifiers,
    with_records,
)

from weighin.identity.facets import Facet, Grade

POOL = (
    record("arc"),
    record("arc", attempt="2", scored=VARIANT),
    record("gsm8k"),
    record("gsm8k", attempt="2", scored=EDITED_TEMPLATE),
    record("gsm8k", value=0.9),
    record("lambada"),
    foreign(record("lambada")),
    changed(record("arc"), "origin.file", "copy/record.json"),
    with_identifiers(record("lambada", attempt="2"), Facet.DTYPE, content("BF16", Grade.DECLARED)),
    with_identifiers(record("arc", attempt="3"), Facet.DTYPE),
)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_order_of_records_never_changes_the_verdict(data):
    chosen = data.draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=6))
    shuffled = data.draw(st.permutations(chosen))
    there, back = (verdict(case(*records)) for records in (chosen, shuffled))
    assert there.outcome is back.outcome
    assert _findings(there) == _findings(back)


@settings(max_examples=20, deadline=None)
@given(chosen=st.lists(st.sampled_from(POOL), min_size=1, max_size=5))
def test_same_evidence_given_twice_changes_nothing(chosen):
    once = verdict(case(*chosen))
    twice = verdict(with_records(case(), (*chosen, *chosen)))
    assert _findings(once) == _findings(twice)


def _findings(verdict):
    return [(f.rule, f.level, replace(f.finding, where=())) for f in verdict.findings]
