"""The commits that logs name, and what is known of the trees behind two of them.

A commit is what a harness looked up under the name of a model, often when the run had ended, and a
later one may change no more than a README: two commits are a contradiction to be settled, and no
difference by themselves.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weighin.errors import UsageError
from weighin.evidence.records import Observation, Record
from weighin.identity.facets import Agreement, Facet, Grade, Identifier, Kind
from weighin.identity.published.revision import (
    RemoteRevision,
    is_commit,
    is_on_hub,
    parse_reference,
)
from weighin.identity.published.trees import TreeComparison, compare_trees
from weighin.requirements.model import Requirements
from weighin.rules.cause import Cause, CauseKind
from weighin.rules.interface import Case

_ASKS_FOR_THE_COMMIT = "revision-is-immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """Two commits that are not one.

    Attributes:
        left: `org/name@<40-hex>`.
        right: The same, of the other side.
        answer: Whether they hold the same weights, and why.
        grade: How well the worse known of the two is known.
        is_asked_for: Whether the requirements ask for the commit itself.
    """

    left: str
    right: str
    answer: TreeComparison
    grade: Grade
    is_asked_for: bool

    @property
    def agreement(self) -> Agreement:
        """Whether they count as one."""
        return Agreement.DIFFERENT if self.is_asked_for else self.answer.weights

    @property
    def cause(self) -> Cause:
        """What is behind every finding on these two."""
        return Cause(CauseKind.COMMITS, tuple(sorted((self.left.lower(), self.right.lower()))))

    @property
    def why(self) -> str:
        """What the answer rests on, as a clause."""
        if self.answer.weights is not Agreement.UNKNOWN:
            return self.answer.reason
        if self.is_asked_for:
            return f"{_ASKS_FOR_THE_COMMIT} asks for the commit itself"
        return (
            self.answer.reason
            or "a commit is looked up by the name of the model and may change no weights"
        )

    def way_to_settle(self, case: Case) -> str:
        """The one command that settles it."""
        compare = f"`weighin compare hf://{self.left} hf://{self.right}`"
        if self.answer.reason:
            return f"download both, and {compare} settles it"
        return (
            f"{compare} settles it, as does `weighin check {case.requirements.as_given} --online`"
        )


def unlike_commits(case: Case, left: Observation, right: Observation) -> Commits | None:
    """The two commits by which two observations of weights are not of one commit, if they are so.

    Only commits of one repository, beside the same arguments, say anything of each other.
    """
    for mine in _commits(left):
        for other in _commits(right):
            if mine.scope == other.scope and _folded(mine) != _folded(other):
                ours, theirs = str(mine.value), str(other.value)
                if repository_of(ours) == repository_of(theirs):
                    return unlike(case, ours, theirs, _worse(mine, other))
    return None


def unlike(case: Case, left: str, right: str, grade: Grade) -> Commits:
    """Two commits, as `org/name@<40-hex>`, and what is known of them."""
    trees = [case.revisions.get(commit.lower()) for commit in (left, right)]
    ours, theirs = trees
    answer = TreeComparison(weights=Agreement.UNKNOWN, reason="")
    if ours is not None and theirs is not None:
        answer = _resting_on(compare_trees(ours, theirs), ours, theirs)
    return Commits(
        left=left,
        right=right,
        answer=answer,
        grade=grade,
        is_asked_for=asks_for_the_commit(case),
    )


def settled_by(case: Case, records: Sequence[Record]) -> str:
    """Why records of unlike commits count as one, as a clause; empty if they are of one commit."""
    first, *others = (record.observation(Facet.WEIGHTS) for record in records)
    for other in others:
        commits = unlike_commits(case, first, other)
        if commits is not None and commits.agreement is Agreement.SAME:
            return f"{commits.left} and {commits.right}: {commits.why}"
    return ""


def _resting_on(answer: TreeComparison, *trees: RemoteRevision) -> TreeComparison:
    """The answer with the file that it rests on, where the hub itself was not asked."""
    kept = next((tree.kept_in for tree in trees if tree.kept_in), "")
    if not kept or answer.weights is Agreement.UNKNOWN:
        return answer
    said = f"{answer.reason}; this rests on {kept}, which whoever can write there can change"
    return replace(answer, reason=said)


def commits_to_settle(requirements: Requirements, records: Iterable[Record]) -> tuple[str, ...]:
    """The commits that records of one model name beside another one of the same repository."""
    named = [
        str(i.value)
        for record in records
        for i in record.observation(Facet.WEIGHTS).identifiers
        if i.kind is Kind.COMMIT and is_commit(str(i.value).rpartition("@")[2])
    ]
    distinct = {commit.lower(): commit for commit in (declared_commit(requirements), *named)}
    counted = Counter(repository_of(commit) for commit in distinct)
    return tuple(
        commit
        for folded, commit in distinct.items()
        if commit and counted[repository_of(folded)] > 1
    )


def asks_for_the_commit(case: Case) -> bool:
    """Whether the requirements ask for one commit, and not for one content."""
    setting = case.requirements.rules.get(_ASKS_FOR_THE_COMMIT)
    return setting is not None and setting.level in {None, "error"}


def declared_commit(requirements: Requirements) -> str:
    """`org/name@<40-hex>` of `model.checkpoint`; empty if it names no commit."""
    written = requirements.model.checkpoint
    if not is_on_hub(written):
        return ""
    try:
        reference = parse_reference(written or "")
    except UsageError:  # why it is not at hand is told where it is looked for
        return ""
    pinned = is_commit(reference.revision)
    return f"{reference.repository}@{reference.revision}" if pinned else ""


def _commits(observation: Observation) -> Iterator[Identifier]:
    return (i for i in observation.identifiers if i.kind is Kind.COMMIT)


def _folded(identifier: Identifier) -> str:
    return str(identifier.value).lower()


def repository_of(commit: str) -> str:
    """The repository of `org/name@<commit>`, in small letters: a hub takes them for one."""
    return commit.rpartition("@")[0].lower()


def _worse(left: Identifier, right: Identifier) -> Grade:
    order = tuple(Grade)
    return max(left.grade, right.grade, key=order.index)
