"""What a log says of the artifact that was loaded, beside the checkpoint that the file declares.

A log holds no checkpoint id, so that it cannot show that the declared checkpoint was scored; but it
can name another commit, another repository, or an argument that makes other weights of it.
"""

import re
from collections.abc import Iterator

from weighin.evidence.differences.words.observations import words_of_difference
from weighin.evidence.records import Observation, Record
from weighin.identity.facets import Agreement, Facet, Grade, Identifier, Kind, deciding
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case, Finding, Outcome
from weighin.rules.shared.facets.agreeing import MOST_COMPARED
from weighin.rules.shared.facets.artifact_names import commits_of
from weighin.rules.shared.facets.commits import declared_commit, repository_of, unlike
from weighin.rules.shared.facets.unlike import cause_of_difference
from weighin.rules.shared.once import once_a_case
from weighin.rules.shared.per_record import place, required_records
from weighin.rules.shared.wording import listed, literal

# What such an argument makes is not what the declared files hold, in whatever format they are.
_MAKES_OTHER_WEIGHTS = re.compile(
    r"peft|lora|adapter|delta|steer|merge|control_vector|prun|spars|overrid|load_in_[0-9]+bit|bnb"
)


def contradictions(case: Case, record: Record) -> Iterator[Finding]:
    """What the record says that is not as the file declares; nothing if it says no such thing."""
    said = tuple(_arguments(case, record))
    yield from said
    if all(finding.outcome is not Outcome.VIOLATED for finding in said):
        yield from _beside_the_others(case, record)
    yield from _commit(case, record)


def is_of_declared_commit(case: Case, record: Record) -> bool:
    """Whether the record names the declared commit, or one that holds the same weights.

    Only as well as the requirements ask for, and with no argument that could make other weights.
    """
    declared = declared_commit(case.requirements)
    least = case.requirements.evidence
    if not declared or any(i.kind is Kind.ARGUMENT for i in _weights(record).identifiers):
        return False
    # What stands beside a commit, such as steering vectors, makes other weights of it.
    return any(
        commit.lower() == declared.lower()
        or unlike(case, commit, declared, least).agreement is Agreement.SAME
        for commit in commits_of(record, least, is_alone=True)
    )


def _weights(record: Record) -> Observation:
    return record.observation(Facet.WEIGHTS)


def _arguments(case: Case, record: Record) -> Iterator[Finding]:
    """On arguments that make other weights of the declared ones, and that the file does not state.

    An adapter is what `model.adapter` states; nothing in the file states the rest.
    """
    said = {
        i.scope: literal(i.value)
        for i in _weights(record).identifiers
        if i.kind is Kind.ARGUMENT and i.grade.at_least(Grade.DECLARED)
    }
    if case.requirements.model.adapter is not None:
        adapters = record.observation(Facet.ADAPTERS).identifiers
        for name in (i.scope for i in adapters if i.kind is Kind.ARGUMENT):
            said.pop(name, None)
    if not said:
        return
    is_other = any(_MAKES_OTHER_WEIGHTS.search(name.lower()) for name in said)
    told = listed(tuple(f"{name}={value}" for name, value in said.items()))
    yield Finding(
        outcome=Outcome.VIOLATED if is_other else Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement=f"loaded with {told}, which the file does not state of {_declared(case)}",
        expected=f"{_declared(case)} alone",
        found=told,
        where=(place(record, Facet.WEIGHTS),),
        fix=f"score {_declared(case)} itself, or declare the artifact that was scored",
        contradicts=True,
        cause=Cause(CauseKind.SETTINGS, tuple(sorted(said))),
    )


def _beside_the_others(case: Case, record: Record) -> Iterator[Finding]:
    """On weights that the log tells apart from those of another benchmark: one is not declared."""
    mine = _weights(record)
    for other in _each_once(case)[:MOST_COMPARED]:
        theirs = _weights(other)
        if theirs.identifiers == mine.identifiers:
            continue
        pair = deciding(mine.identifiers, theirs.identifiers)
        # That one of the two lacks an argument says nothing against it.
        if pair is None or not _is_of_both(*pair):
            continue
        found, expected = words_of_difference(mine, theirs)
        yield Finding(
            outcome=Outcome.VIOLATED,
            facet=Facet.WEIGHTS,
            statement=f"{found}, and {expected} on {other.asked.task}: at most one of the two is "
            f"{_declared(case)}",
            expected=expected,
            found=found,
            where=(place(record, Facet.WEIGHTS), place(other, Facet.WEIGHTS)),
            fix=f"score both on {_declared(case)}",
            cause=cause_of_difference(mine, theirs),
        )
        return


@once_a_case
def _each_once(case: Case) -> tuple[Record, ...]:
    """The first of the records that say the same of their weights, for a row may have thousands."""
    first: dict[tuple[str, ...], Record] = {}
    for record in required_records(case):
        said = tuple(i.model_dump_json() for i in _weights(record).identifiers)
        first.setdefault(said, record)
    return tuple(first.values())


def _is_of_both(mine: Identifier, other: Identifier) -> bool:
    is_list = isinstance(mine.value, dict) and isinstance(other.value, dict)
    return mine.kind is Kind.ARGUMENT or (mine.kind is Kind.TRAIT and not is_list)


def _commit(case: Case, record: Record) -> Iterator[Finding]:
    """On a commit that is not the declared one, or that is of another repository."""
    declared = declared_commit(case.requirements)
    named = next(iter(commits_of(record, Grade.DECLARED)), "")
    if not declared or not named or named.lower() == declared.lower():
        return
    if repository_of(named) != repository_of(declared):
        yield Finding(
            outcome=Outcome.UNDECIDED,
            facet=Facet.WEIGHTS,
            statement=f"the log names {named}, declared is {declared}: two names may mean one "
            "artifact",
            expected=declared,
            found=named,
            where=(place(record, Facet.WEIGHTS),),
            fix=f"`weighin compare hf://{named} hf://{declared}` settles it",
            contradicts=True,
            cause=Cause(CauseKind.COMMITS, tuple(sorted((named.lower(), declared.lower())))),
        )
        return
    commits = unlike(case, named, declared, Grade.DECLARED)
    if commits.agreement is Agreement.SAME:
        return
    yield Finding(
        outcome=Outcome.VIOLATED if commits.agreement is Agreement.DIFFERENT else Outcome.UNDECIDED,
        facet=Facet.WEIGHTS,
        statement=f"the log names the commit {named}, declared is {declared}: {commits.why}",
        expected=declared,
        found=named,
        where=(place(record, Facet.WEIGHTS),),
        fix=commits.way_to_settle(case),
        contradicts=True,
        cause=commits.cause,
    )


def _declared(case: Case) -> str:
    return case.requirements.model.checkpoint or "the declared checkpoint"
