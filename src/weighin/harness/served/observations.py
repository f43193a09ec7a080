"""What can be observed of a served model: what was sent to it, and what it says of itself."""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.harness.observed.responses import Heard, SelfDescription
from weighin.harness.observed.told import observed_prompting, short, without_bearing
from weighin.harness.served.address import Address
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.requirements.decoding.effective import distinct, effective
from weighin.requirements.decoding.settings import OPENAI, OUTPUT_LIMIT, STOPS
from weighin.requirements.model import Endpoint

IN_PROCESS = (
    "what a server loaded cannot be seen from outside: score the checkpoint in process, with "
    "model.checkpoint instead of model.endpoint"
)
_ASK_FOR_ONE = "ask for a dated model id, or for a server of one's own"
_UNSEEN = (
    Facet.CONFIG,
    Facet.GENERATION_CONFIG,
    Facet.REMOTE_CODE,
    Facet.SPECIAL_TOKENS,
    Facet.DTYPE,
    Facet.QUANTIZATION,
    Facet.ADAPTERS,
    Facet.ENGINE,
)


def unseen(facet: Facet, how_to_record: str = IN_PROCESS) -> Observation:
    """A facet of which nothing was recorded."""
    return Observation(
        facet=facet, identifiers=(), summary="not recorded", how_to_record=how_to_record
    )


def observed_server(
    endpoint: Endpoint, address: Address, heard: Heard, tokenizer: str | None
) -> Iterator[Observation]:
    """The facets of who answered.

    Args:
        endpoint: The server.
        address: Where it is.
        heard: What it said in this benchmark.
        tokenizer: Digest of the tokenizer that made the tokens that were sent; `None` if texts
            were sent.
    """
    answers = sorted(heard.answers, key=lambda answer: str(answer.as_json()))
    yield _endpoint(endpoint, address, answers)
    yield _weights(endpoint, address, answers)
    yield _tokenizer(tokenizer)
    for facet in _UNSEEN:
        yield unseen(facet)


def _endpoint(
    endpoint: Endpoint, address: Address, answers: Sequence[SelfDescription]
) -> Observation:
    if not answers:
        return unseen(Facet.ENDPOINT, "nothing was asked of the server")
    # A field that one response states and another leaves out makes the two incomparable, not
    # different.
    stated = sorted({" ".join(answer.as_json()) for answer in answers})
    value: dict[str, JsonValue] = {
        "url": address.told,
        "served_model": endpoint.served_model,
        "answers": [answer.as_json() for answer in answers],
    }
    is_named = all(answer.model is not None for answer in answers)
    scope = f"stated by the server: {', '.join(s or 'nothing' for s in stated)}"
    grade = Grade.DECLARED if is_named else Grade.NAMED
    identifier = Identifier(kind=Kind.CONTENT, value=value, grade=grade, scope=scope)
    identifiers: tuple[Identifier, ...] = (identifier,)
    if address.is_secret:
        # Whether two readings of a variable found one path cannot be known without the path: the
        # same within a reading is the same, beyond it all that is told can only show a difference.
        identifiers = (
            identifier.model_copy(update={"scope": f"{scope}; reading {address.reading}"}),
            Identifier(
                kind=Kind.TRAIT, value={**value, "url": address.origin}, grade=grade, scope=scope
            ),
        )
    return Observation(
        facet=Facet.ENDPOINT,
        identifiers=identifiers,
        summary=f"{' and '.join(map(_in_words, answers))} at {address.identified}",
        how_to_record="serve the model with an interface that states `model` in every response",
    )


def _in_words(answer: SelfDescription) -> str:
    fingerprint = answer.system_fingerprint
    parts = (
        answer.model or "an unnamed model",
        f"({fingerprint})" if fingerprint else "",
        f"by {answer.provider}" if answer.provider else "",
    )
    return " ".join(part for part in parts if part)


def _weights(
    endpoint: Endpoint, address: Address, answers: Sequence[SelfDescription]
) -> Observation:
    """Only a name, whoever states it: a server may put any weights behind it."""
    named = {answer.model or endpoint.served_model for answer in answers}
    if len(named) != 1:
        return unseen(Facet.WEIGHTS, f"{IN_PROCESS}; or {_ASK_FOR_ONE}")
    (name,) = named
    identifier = Identifier(
        kind=Kind.NAME, value=name, grade=Grade.NAMED, scope=f"served at {address.identified}"
    )
    return Observation(
        facet=Facet.WEIGHTS,
        identifiers=(identifier,),
        summary=f"only a name: {name}",
        how_to_record=IN_PROCESS,
    )


def _tokenizer(digest: str | None) -> Observation:
    if digest is None:
        return unseen(
            Facet.TOKENIZER,
            f"model.endpoint.tokenizer, with the completions interface; {IN_PROCESS}",
        )
    # It made the tokens that were sent; that the model was trained with it is only said.
    identifier = Identifier(kind=Kind.CONTENT, value=digest, grade=Grade.DECLARED)
    return Observation(
        facet=Facet.TOKENIZER,
        identifiers=(identifier,),
        summary=f"{short(digest)}, as given for the prompts",
        how_to_record=IN_PROCESS,
    )


def observed_requests(
    heard: Heard,
    *,
    rendered_by: str | None,
    chat_template: str | None,
    system_prompt: str | None,
    output_types: frozenset[str],
) -> Iterator[Observation]:
    """The facets of how it was asked.

    Args:
        heard: What was sent in this benchmark.
        rendered_by: The server, if it puts messages through a template of its own; `None` if it is
            sent prompts.
        chat_template: Text of the template that prompts went through here; `None` if through none.
        system_prompt: Text of the system prompt that was sent; `None` for none.
        output_types: lm-eval's output types of the benchmark's tasks.
    """
    for observation in observed_prompting(
        heard.sent,
        chat_template=chat_template,
        is_chat=rendered_by is not None,
        system_prompt=system_prompt,
        output_types=output_types,
    ):
        if observation.facet is Facet.CHAT_TEMPLATE and rendered_by is not None:
            yield _template_of_server(rendered_by)
        else:
            yield observation
    if "generate_until" not in output_types:
        why = "no text is generated"
        yield without_bearing(Facet.DECODING, why)
        yield without_bearing(Facet.TEST_TIME_COMPUTE, why)
        return
    yield _decoding(heard)
    yield unseen(
        Facet.TEST_TIME_COMPUTE,
        f"what a server does before it answers is not stated in a response; {IN_PROCESS}",
    )


def _template_of_server(rendered_by: str) -> Observation:
    """That a template was applied is known; which one, only the server knows."""
    identifier = Identifier(
        kind=Kind.CONTENT,
        value={"applied": True, "rendered_by": rendered_by},
        grade=Grade.NAMED,
        scope="rendered by a server",
    )
    return Observation(
        facet=Facet.CHAT_TEMPLATE,
        identifiers=(identifier,),
        summary="the server's own",
        how_to_record="the completions interface with model.endpoint.tokenizer, which renders the "
        "template here",
    )


def _decoding(heard: Heard) -> Observation:
    sent = distinct(
        {name: value for name, value in settings.items() if name not in (OUTPUT_LIMIT, STOPS)}
        for settings in heard.sent.settings
    )
    words = "; ".join(", ".join(f"{k} {v}" for k, v in sorted(s.items())) for s in sent)
    # What the server fills in for settings that are not sent is unknown, so that this is never
    # compared with what a model in this process did.
    in_force = distinct(effective(settings, {}, OPENAI) for settings in sent)
    return Observation(
        facet=Facet.DECODING,
        identifiers=(
            Identifier(
                kind=Kind.CONTENT,
                value={"in_force": list[JsonValue](in_force)},
                grade=Grade.MEASURED,
                scope="settings that a server was sent",
            ),
            # As the first format of records has it, so that older ones can be compared with.
            Identifier(
                kind=Kind.CONTENT,
                value={"sent": list[JsonValue](sent)},
                grade=Grade.MEASURED,
                scope="as sent to a server",
            ),
        ),
        summary=f"as sent: {words}; the server's defaults are unknown",
    )
