"""Cases of the `same-*` rules on the artifact."""

from tests.making.rules.builders import facet_cases

from weighin.rules.artifact.same_artifact import (
    SameAdapters,
    SameConfig,
    SameDtype,
    SameGenerationConfig,
    SameQuantization,
    SameRemoteCode,
    SameSpecialTokens,
    SameTokenizer,
    SameWeights,
)

RULES = (
    SameWeights,
    SameConfig,
    SameGenerationConfig,
    SameRemoteCode,
    SameTokenizer,
    SameSpecialTokens,
    SameDtype,
    SameQuantization,
    SameAdapters,
)
CASES = {rule.id: facet_cases(rule.facet) for rule in RULES}
