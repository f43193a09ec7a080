"""What a run of weighin says beyond the facets, each fact with how it is known."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.facts import Fact, FactName
from weighin.harness.observed.harness_state import HarnessState
from weighin.harness.observed.model_calls import UNKNOWN, ModelCalls
from weighin.harness.observed.responses import Heard
from weighin.harness.tasks.definition import TaskDefinition
from weighin.harness.tasks.seeds import Seeds
from weighin.identity.facets import Grade

_SAID_BY_SERVER = {
    FactName.ANSWERED_MODELS: "model",
    FactName.PROVIDERS: "provider",
    FactName.SYSTEM_FINGERPRINTS: "system_fingerprint",
}


def facts_of_run(
    harness: HarnessState,
    definition: TaskDefinition,
    answers: Iterable[Fact],
    *,
    remote_code: Mapping[str, str] | None = None,
) -> Iterator[Fact]:
    """The facts of every run, whatever answered.

    Args:
        harness: The installed lm-eval.
        definition: Where the benchmark's definition comes from.
        answers: What the samples show, which weighin had written and read back itself.
        remote_code: SHA-256 by name of the Python files of the checkpoint that were executed.
    """
    files: dict[str, JsonValue] = {**harness.files, **definition.code}
    yield _measured(FactName.HARNESS_FILES, files)
    brought = {**definition.own_code, **(remote_code or {})}
    yield _measured(FactName.TASK_CODE, dict[str, JsonValue](brought))
    if harness.commit is not None:
        # An installer wrote it down; that the files are of it is what `is_dirty` says.
        yield _declared(FactName.HARNESS_COMMIT, harness.commit)
    # Of the user's own task files it is not known whether they are committed.
    if harness.is_dirty or (harness.is_dirty is False and not definition.is_own):
        yield _measured(FactName.HARNESS_IS_DIRTY, harness.is_dirty)
    yield _measured(FactName.TASK_OVERRIDES, list[JsonValue](definition.overrides))
    # A document that cannot be answered ends the benchmark: no record is left without it.
    yield _measured(FactName.ERRORS, {"errors": 0, "counted_as_wrong": None})
    for fact in answers:
        yield fact.model_copy(update={"grade": Grade.MEASURED})


def facts_of_checkpoint(
    calls: ModelCalls,
    seeds: Seeds,
    *,
    revision: str | None,
    machine: str,
    expected_bos: int | None,
) -> Iterator[Fact]:
    """The facts of a benchmark that a checkpoint in this process answered.

    Args:
        calls: What went in and came out.
        seeds: What each random state started from.
        revision: `org/name@<40-hex>` if that was asked for; `None` for a folder.
        machine: The machine, in words.
        expected_bos: Begin-of-sequence tokens that the model expects; `None` if not known.
    """
    if revision is not None:
        yield _measured(FactName.REVISION, revision.rpartition("@")[2])
    yield _measured(FactName.SEEDS, seeds.as_json())
    yield _measured(FactName.HARDWARE, machine)
    yield from _first_prompt(calls, expected_bos, Grade.MEASURED)
    if calls.answers:
        yield _measured(FactName.FINISH_REASONS, dict[str, JsonValue](calls.finish_reasons))
        yield _measured(FactName.OUTPUT_TOKENS, calls.tokens / calls.answers)


def facts_of_endpoint(
    heard: Heard, seeds: Seeds, *, served_model: str, expected_bos: int | None
) -> Iterator[Fact]:
    """The facts of a benchmark that a server answered; what it says of itself is its word.

    Args:
        heard: What was sent and heard.
        seeds: What each random state started from.
        served_model: The name that was asked for.
        expected_bos: Begin-of-sequence tokens that the tokenizer that was given for the prompts
            says the model expects; `None` if not known.
    """
    calls = heard.calls
    # As it was sent; where nothing was asked, as it would have been.
    asked = sorted(heard.sent.models) or [served_model]
    yield _measured(
        FactName.REQUESTED_MODEL, asked[0] if len(asked) == 1 else list[JsonValue](asked)
    )
    for name, field in _SAID_BY_SERVER.items():
        if answered := _calls_by(heard, field):
            yield _declared(name, answered)
    sent = {settings.get("seed") for settings in heard.sent.settings}
    seed = sent.pop() if len(sent) == 1 else None
    yield _measured(FactName.SEEDS, seeds.as_json() | ({} if seed is None else {"request": seed}))
    yield from _first_prompt(calls, expected_bos, Grade.DECLARED)
    if set(calls.finish_reasons) - {UNKNOWN}:
        yield _declared(FactName.FINISH_REASONS, dict[str, JsonValue](calls.finish_reasons))
    if calls.answers and not heard.untold_tokens:
        yield _declared(FactName.OUTPUT_TOKENS, calls.tokens / calls.answers)


def _first_prompt(calls: ModelCalls, expected: int | None, how: Grade) -> Iterator[Fact]:
    found = set(calls.first_prompts.values())
    if found:
        # Where request types differ, the one that is not as the model expects is what matters.
        odd = max(found, key=lambda bos: (bos > 1, bos != expected, bos))
        yield _measured(FactName.BOS_TOKENS, odd)
    # What no prompt precedes is always scored after such a token, whatever a model expects.
    is_prompted = set(calls.first_prompts) != {"loglikelihood_rolling"}
    if expected is not None and (expected or is_prompted):
        yield Fact(name=FactName.EXPECTED_BOS_TOKENS, value=expected, grade=how)


def _calls_by(heard: Heard, field: str) -> dict[str, JsonValue]:
    """Calls by what a field of the responses says; empty if some say nothing and the rest agree."""
    found: dict[str, JsonValue] = {}
    is_told = True
    for answer, calls in heard.answers.items():
        value = answer.as_json().get(field)
        before = found.get(str(value), 0)
        if value is None:
            is_told = False
        elif isinstance(before, int):
            found[str(value)] = before + calls
    return found if is_told or len(found) > 1 else {}


def _measured(name: FactName, value: JsonValue) -> Fact:
    """A fact that weighin observed itself."""
    return Fact(name=name, value=value, grade=Grade.MEASURED)


def _declared(name: FactName, value: JsonValue) -> Fact:
    """A fact that rests on somebody's word."""
    return Fact(name=name, value=value, grade=Grade.DECLARED)
