"""How an observation is told, and the prompting that either kind of subject got."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.harness.observed.sent import SentSoFar
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.identity.parts.chat_template import chat_template_digest

NONE = "none"


_TEMPLATED_OUTPUTS = frozenset({"multiple_choice", "loglikelihood", "generate_until"})


_WATCHED = frozenset(
    {
        Facet.WEIGHTS, Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.REMOTE_CODE, Facet.TOKENIZER,
        Facet.SPECIAL_TOKENS, Facet.CHAT_TEMPLATE, Facet.DTYPE, Facet.QUANTIZATION, Facet.ADAPTERS,
        Facet.ENGINE, Facet.DECODING,
    }
)  # fmt: skip
"""What code in the process could change unseen where nothing watched it."""
_WATCH_IT = "score it again without what `watched-throughout` names"


def measured(facet: Facet, value: JsonValue, summary: str, *, scope: str = "") -> Observation:
    """A facet whose content weighin read from what was loaded."""
    identifier = Identifier(kind=Kind.CONTENT, value=value, grade=Grade.MEASURED, scope=scope)
    return Observation(facet=facet, identifiers=(identifier,), summary=summary)


def observed_harness(version: str, files: Mapping[str, str]) -> Observation:
    """The code of the harness that asks and scores.

    Args:
        version: For example `lm-eval 0.4.13`.
        files: SHA-256 by what it is over, as in `HarnessState`.
    """
    (digest,) = set(files.values())
    return measured(
        Facet.HARNESS_FILES,
        {"harness": version, "files": digest},
        f"{version}, {short(digest)}",
    )


def lowered(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The observations of a model that was not seen to stay what it was: told, and not measured."""
    return tuple(
        observation.model_copy(
            update={
                "identifiers": tuple(
                    identifier.model_copy(update={"grade": Grade.DECLARED})
                    if identifier.grade is Grade.MEASURED
                    else identifier
                    for identifier in observation.identifiers
                ),
                "how_to_record": _WATCH_IT,
            }
        )
        if observation.facet in _WATCHED
        else observation
        for observation in observations
    )


def without_bearing(facet: Facet, why: str) -> Observation:
    """A facet that has no bearing on a benchmark."""
    return Observation(facet=facet, identifiers=(), summary=why, applies=False)


def short(digest: str | None) -> str:
    """A digest as a person can compare it at a glance."""
    return NONE if digest is None else f"sha256:{digest[:12]}"


def observed_prompting(
    sent: SentSoFar,
    *,
    chat_template: str | None,
    system_prompt: str | None,
    output_types: frozenset[str],
    is_chat: bool = False,
) -> Iterator[Observation]:
    """The facets of prompting in one benchmark.

    Args:
        sent: What was sent.
        chat_template: Text of the template that prompts went through; `None` if through none.
        system_prompt: Text of the system prompt, as asked for; `None` for none.
        output_types: lm-eval's output types of the benchmark's tasks.
        is_chat: Whether a server renders the prompts.
    """
    if not output_types & _TEMPLATED_OUTPUTS:
        why = "rolling log-likelihood uses no prompt"
        yield without_bearing(Facet.CHAT_TEMPLATE, why)
        yield without_bearing(Facet.SYSTEM_PROMPT, why)
        return
    yield _template(sent, chat_template)
    if chat_template is not None or is_chat:
        yield _system_messages(sent)
    else:
        yield _system_text(sent, system_prompt)


def _template(sent: SentSoFar, chat_template: str | None) -> Observation:
    template = None if chat_template is None else chat_template_digest(chat_template)
    # The template is the same on another day and its prompts are not, so that the two cannot be
    # compared by the template alone.
    dated = f"dated {', '.join(sorted(sent.template_dates))}" if sent.template_dates else ""
    value: dict[str, JsonValue] = {"applied": template is not None, "sha256": template}
    if sent.template_arguments:
        value["arguments"] = dict(sorted(sent.template_arguments.items()))
    words = "not applied" if template is None else short(template)
    return measured(Facet.CHAT_TEMPLATE, value, words + (dated and f", {dated}"), scope=dated)


def _system_messages(sent: SentSoFar) -> Observation:
    """Of a conversation that was rendered: what a template leaves out was not sent."""
    digests = sorted(
        NONE if message is None else sha256_hex(message.encode())
        for message in sent.system_messages
    )
    match digests:
        case [] | ["none"]:
            return measured(Facet.SYSTEM_PROMPT, {"sha256": None}, short(None))
        case [digest]:
            return measured(Facet.SYSTEM_PROMPT, {"sha256": digest}, short(digest))
        case _:
            digest = sha256_hex(canonical_json(list[JsonValue](digests)))
            return measured(
                Facet.SYSTEM_PROMPT,
                {"sha256": digest, "messages": len(digests)},
                f"{len(digests)} different ones",
            )


def _system_text(sent: SentSoFar, system_prompt: str | None) -> Observation:
    """Without a template it is text at the start of every prompt."""
    if system_prompt is None:
        return measured(Facet.SYSTEM_PROMPT, {"sha256": None}, short(None))
    if sent.common_start is None or not sent.common_start.startswith(system_prompt):
        return Observation(
            facet=Facet.SYSTEM_PROMPT,
            identifiers=(),
            summary="not at the start of every prompt",
            how_to_record="a task whose prompts begin with the system prompt",
        )
    digest = sha256_hex(system_prompt.encode())
    return measured(Facet.SYSTEM_PROMPT, {"sha256": digest}, short(digest))
