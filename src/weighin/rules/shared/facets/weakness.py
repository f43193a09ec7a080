"""What is behind a facet that is known too weakly."""

from weighin.identity.facets import Facet, Grade
from weighin.rules.cause import Cause, CauseKind

# Of these only a digest says more than a name.
_KNOWN_BY_DIGEST = frozenset(
    {
        Facet.WEIGHTS,
        Facet.CONFIG,
        Facet.GENERATION_CONFIG,
        Facet.REMOTE_CODE,
        Facet.TOKENIZER,
        Facet.HARNESS_FILES,
    }
)


def cause_of_weakness(least: Grade, facet: Facet) -> Cause:
    """Whether a log could have said it, or only what hashes what is loaded."""
    can_be_logged = Grade.DECLARED.at_least(least) and facet not in _KNOWN_BY_DIGEST
    return Cause(CauseKind.FACET_NOT_RECORDED if can_be_logged else CauseKind.NOTHING_MEASURED)
