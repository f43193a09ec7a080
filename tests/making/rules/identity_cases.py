"""Cases for the rules on artifacts, claims, servers, harnesses, attempts and releases."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pydantic import JsonValue
from tests.making.rules.builders import (
    BENCHMARKS,
    EDITED_TEMPLATE,
    case,
    changed,
    content,
    digest,
    foreign,
    record,
    with_gsm8k,
    with_identifiers,
)
from tests.making.rules.protocol_cases import fact_of, golden

from weighin.evidence.collected import DocumentScores
from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade
from weighin.rules.interface import Case, Outcome

Cases = Mapping[Outcome, Callable[[], Case]]

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DATED, OTHER_DATED = "gpt-4o-2024-08-06", "gpt-4o-2024-11-20"
HARNESS_FILE = digest("scorer.py")
STARTED, FINISHED = "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"
PARAMETERS: Mapping[str, Mapping[str, object]] = {
    "engine-is-allowed": {"allowed": ("transformers 5.*",), "denied": ("vllm 0.30.0",)},
    "harness-files-are-allowed": {"allowed": (HARNESS_FILE,)},
    "seeds-are-recorded": {"runs": 2},
    "hardware-is-recorded": {"same": True},
    "bundle-is-signed": {"by": ("eval-team@example.org",)},
}
"""Parameters of the rules that cannot be violated without any."""


def unknown(task: str, **replaced: object) -> Record:
    """A record as a plain log would give it, with fields replaced."""
    return foreign(record(task)).model_copy(update=replaced)


def logs(name: FactName, value: JsonValue, **others: JsonValue) -> Case:
    """Plain logs, each with a fact; `gsm8k=…` is the value of gsm8k's, `None` for none."""
    rows = []
    for task in BENCHMARKS:
        found = others.get(task, value)
        bare = unknown(task)
        rows.append(bare if found is None else fact_of(bare, name, found))
    return case(*rows)


def served(of: Case) -> Case:
    """The case with records of a server, which loaded nothing in process."""
    rows = (
        with_identifiers(
            r.model_copy(update={"loaded": None}),
            Facet.ENDPOINT,
            content("https://api.example.org/v1", Grade.DECLARED),
        )
        for r in of.records
    )
    return replace(of, records=tuple(rows))


def sentinels(*p_values: float) -> list[JsonValue]:
    """Probes at ten, half past ten and eleven: start, middle and end of the golden records."""
    times = ("2026-11-20T10:00:00Z", "2026-11-20T10:30:00Z", "2026-11-20T11:00:00Z")
    return [{"at": at, "p_value": p} for at, p in zip(times, p_values, strict=False)]


def claiming(of: Case, **claimed: str) -> Case:
    """The case under requirements with published scores."""
    benchmarks = tuple(
        b.model_copy(update={"claimed": claimed.get(b.task)}) for b in of.requirements.benchmarks
    )
    return replace(of, requirements=of.requirements.model_copy(update={"benchmarks": benchmarks}))


def two_attempts(first: Mapping[str, float], second: Mapping[str, float]) -> Case:
    """Two attempts at gsm8k with the scores of their documents."""
    early, late = record(), record(attempt="2", started="2026-11-20T12:00:00Z")

    def scores(of: Record) -> DocumentScores:
        found = first if of.run.attempt_id == early.run.attempt_id else second
        return {("gsm8k", "exact_match", "strict-match"): found} if found else {}

    return replace(case(early, late), document_scores=scores)


def passed(*documents: int, of: int = 20) -> dict[str, float]:
    """Scores of documents 0, 1, …: 1 for those that passed."""
    return {str(n): float(n in documents) for n in range(of)}


def with_other_adapter(*, samples: str | None) -> Case:
    """The golden case beside gsm8k of another model, with another adapter."""
    other = record().model_copy(update={"model": "tiny-tuned"})
    other = with_identifiers(other, Facet.ADAPTERS, content("an adapter"))
    if samples is None:
        other = other.model_copy(update={"files": ()})
    else:
        other = changed(other, "files.0.sha256", samples)
    return replace(case(), other_records=(other,))


def _of_fact(name: FactName, met: JsonValue, violated: JsonValue) -> Cases:
    return {
        Outcome.MET: lambda: golden(name, met),
        Outcome.VIOLATED: lambda: golden(name, met, gsm8k=violated),
        Outcome.UNDECIDED: case,
    }


def _signed(by: str, grade: Grade = Grade.PINNED) -> Case:
    value: JsonValue = {"by": by, "covers": digest("bundle")}
    rows = (fact_of(record(task), FactName.SIGNATURE, value, grade) for task in BENCHMARKS)
    return case(*rows)


def _with_bos(found: int, expected: int | None) -> Case:
    rows = [fact_of(record(task), FactName.BOS_TOKENS, found) for task in BENCHMARKS]
    if expected is not None:
        rows = [fact_of(r, FactName.EXPECTED_BOS_TOKENS, expected) for r in rows]
    return case(*rows)


def _sampled(*seeds: int | None) -> Case:
    """Runs of gsm8k that sampled its answers, each with a seed."""
    rows = []
    for number, seed in enumerate(seeds, start=1):
        row = changed(record(attempt=str(number)), "asked.decoding", {"temperature": 0.7})
        rows.append(row if seed is None else fact_of(row, FactName.SEEDS, {"torch": seed}))
    return case(*rows)


def _registered(at: str) -> JsonValue:
    return {"text": "the first attempt counts", "registered": at}


IDENTITY_CASES: dict[str, Cases] = {
    "revision-is-immutable": {
        Outcome.MET: lambda: logs(FactName.REVISION, COMMIT),
        Outcome.VIOLATED: lambda: logs(FactName.REVISION, COMMIT, gsm8k="main"),
        Outcome.UNDECIDED: lambda: with_gsm8k(foreign),
    },
    "one-artifact-per-name": {
        Outcome.MET: lambda: logs(FactName.ARTIFACT_LABEL, "RS1"),
        Outcome.VIOLATED: lambda: logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k="RS3"),
        Outcome.UNDECIDED: lambda: logs(FactName.ARTIFACT_LABEL, "RS1", gsm8k=None),
    },
    "claimed-scores-are-recorded": {
        Outcome.MET: lambda: claiming(case(), arc="50%", gsm8k="0.41"),
        Outcome.VIOLATED: lambda: claiming(case(), arc="50%", gsm8k="42"),
        Outcome.UNDECIDED: lambda: claiming(case(record("arc")), arc="50", gsm8k="41"),
    },
    "served-model-is-dated": {
        Outcome.MET: lambda: served(golden(FactName.REQUESTED_MODEL, DATED)),
        Outcome.VIOLATED: lambda: served(
            golden(FactName.REQUESTED_MODEL, DATED, gsm8k="claude-3-7-sonnet-latest")
        ),
        Outcome.UNDECIDED: lambda: served(case()),
    },
    "answered-by-one-model": {
        Outcome.MET: lambda: served(golden(FactName.ANSWERED_MODELS, {DATED: 100})),
        Outcome.VIOLATED: lambda: served(
            golden(FactName.ANSWERED_MODELS, {DATED: 100}, gsm8k={DATED: 86, OTHER_DATED: 14})
        ),
        Outcome.UNDECIDED: lambda: served(
            case(*golden(FactName.ANSWERED_MODELS, {DATED: 100}).records[1:], record("arc"))
        ),
    },
    "endpoint-behaves-like-reference": {
        Outcome.MET: lambda: golden(FactName.SENTINELS, sentinels(0.4, 0.7, 0.2)),
        Outcome.VIOLATED: lambda: golden(
            FactName.SENTINELS, sentinels(0.4, 0.7, 0.2), gsm8k=sentinels(0.4, 1e-6, 0.3)
        ),
        Outcome.UNDECIDED: lambda: golden(FactName.SENTINELS, sentinels(0.4, 0.7)),
    },
    "different-models-answer-differently": {
        Outcome.MET: lambda: with_other_adapter(samples=digest("other samples")),
        Outcome.VIOLATED: lambda: with_other_adapter(samples=digest("samples of gsm8k")),
        Outcome.UNDECIDED: lambda: with_other_adapter(samples=None),
    },
    "exactly-one-bos": {
        Outcome.MET: lambda: _with_bos(1, 1),
        Outcome.VIOLATED: lambda: _with_bos(2, None),
        Outcome.UNDECIDED: lambda: _with_bos(0, None),
    },
    "template-is-released": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: replace(case(), released=EDITED_TEMPLATE),
        Outcome.UNDECIDED: lambda: replace(case(), released=None, released_why_not="offline"),
    },
    "engine-is-allowed": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: with_gsm8k(lambda r: changed(r, "run.engine", "vllm 0.30.0")),
        Outcome.UNDECIDED: lambda: with_gsm8k(lambda r: changed(r, "run.engine", "")),
    },
    "harness-is-committed": _of_fact(FactName.HARNESS_IS_DIRTY, met=False, violated=True),
    "same-harness": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: with_gsm8k(lambda r: changed(r, "run.harness", "lm-eval 0.4.9")),
        Outcome.UNDECIDED: lambda: with_gsm8k(
            lambda r: fact_of(r, FactName.HARNESS_COMMIT, COMMIT)
        ),
    },
    "harness-files-are-allowed": _of_fact(
        FactName.HARNESS_FILES,
        met={"scorer.py": HARNESS_FILE},
        violated={"scorer.py": digest("an edited scorer")},
    ),
    "runs-within-days": {
        Outcome.MET: case,
        Outcome.VIOLATED: lambda: with_gsm8k(
            lambda r: changed(r, "run.started", "2026-08-01T10:00:00Z")
        ),
        Outcome.UNDECIDED: lambda: with_gsm8k(lambda r: changed(r, "run.started", "")),
    },
    "seeds-are-recorded": {
        Outcome.MET: lambda: _sampled(1, 2),
        Outcome.VIOLATED: lambda: _sampled(1, 1),
        Outcome.UNDECIDED: lambda: _sampled(1, 2, None),
    },
    "hardware-is-recorded": _of_fact(FactName.HARDWARE, met="8 x H100", violated="8 x A100"),
    "variants-at-most": _of_fact(FactName.VARIANTS_TESTED, met=1, violated=27),
    "attempt-is-chosen-beforehand": _of_fact(
        FactName.SELECTION_RULE,
        met=_registered("2026-11-19T00:00:00Z"),
        violated=_registered("2026-11-21T00:00:00Z"),
    ),
    "repeats-look-like-repeats": {
        Outcome.MET: lambda: two_attempts(passed(1, 2, 3), passed(2, 3, 4)),
        Outcome.VIOLATED: lambda: two_attempts(passed(1), passed(*range(1, 12))),
        Outcome.UNDECIDED: lambda: two_attempts({}, passed(1)),
    },
    "artifact-is-public": {
        Outcome.MET: lambda: golden(FactName.PUBLIC_URL, "https://hub.example.org/org/tiny"),
        Outcome.VIOLATED: lambda: golden(FactName.PUBLIC_URL, None),
        Outcome.UNDECIDED: case,
    },
    "release-is-stated": _of_fact(
        FactName.RELEASE_STATEMENT,
        met={"text": "what was scored is released", "by": "J. Doe"},
        violated={"text": "what was scored is released", "by": ""},
    ),
    "bundle-is-signed": {
        Outcome.UNDECIDED: lambda: _signed("eval-team@example.org", Grade.MEASURED),
    },
}
