"""Documents with one value replaced, removed or added, for tests that readers refuse well."""

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

hostile = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text(max_size=8) | st.sampled_from(
    ["None", "auto", "N/A", "../../x", "\0", "a/b", "\ud800", "[red]", "e" * 300, "9" * 40, "²"]
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.sampled_from([2**63, -1, 10**400]) | st.floats()
) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, original: object) -> object:
    """The original with one value anywhere in it replaced, removed or added."""
    value = draw(st.just(json.loads(json.dumps(original))))
    parent, key = value, None
    while isinstance(parent, dict | list) and parent:
        keys = sorted(parent) if isinstance(parent, dict) else list(range(len(parent)))
        key = draw(st.sampled_from(keys))
        is_deeper = isinstance(parent[key], dict | list) and parent[key] and draw(st.booleans())
        if not is_deeper:
            break
        parent = parent[key]
    if isinstance(parent, dict) and draw(st.booleans()):
        parent[draw(texts)] = draw(values)
    elif draw(st.booleans()):
        parent[key] = draw(values)
    else:
        del parent[key]
    return value
