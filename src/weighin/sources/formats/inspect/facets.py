"""What an Inspect log declares of each facet, and what it does not."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from weighin.evidence.records import NOT_NAMED, Observation
from weighin.files.json.foreign import Json, as_count, as_list, as_mapping, as_text
from weighin.identity.facets import Facet, Identifier
from weighin.sources.arguments.decoding import decoding_arguments
from weighin.sources.arguments.given import arguments, identifiers_of, with_arguments
from weighin.sources.formats.facets import (
    Ways,
    chosen,
    commit,
    declared,
    every_facet,
    in_words,
    named,
    observed,
    set_alike,
)
from weighin.sources.formats.inspect.samples import SampleTally
from weighin.sources.formats.inspect.scores import only_reducer

_COMMIT = re.compile(r"[0-9a-f]{40}")
# Providers that load the weights themselves; vLLM and SGLang do unless an address is given.
_IN_PROCESS = frozenset({"hf", "transformer_lens", "nnterp", "mlx"})
_OWN_SERVER = frozenset({"vllm", "sglang"})
_DECODING = (
    "temperature", "top_p", "top_k", "max_tokens", "frequency_penalty", "presence_penalty", "seed",
    "stop_seqs", "best_of", "num_choices", "logit_bias", "response_schema",
)  # fmt: skip
_EFFORT = ("effort", "reasoning_effort", "reasoning_tokens")
_BASE_URL = "model_base_url"
_QUANTIZATION = ("quantization", "load_in_8bit", "load_in_4bit", "load_format")
_ADAPTERS = ("enable_lora", "lora_modules", "peft", "adapter")


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectRun:
    """What an Inspect log is of, as its parts need it.

    Attributes:
        log: The log without its samples: `eval`, `plan`, `results`, `stats`, `status`.
        tally: Its samples.
        at: JSON pointer of the log within the file; not empty in archives.
    """

    log: Json
    tally: SampleTally
    at: str

    @property
    def evaluation(self) -> Json:
        """What was evaluated: the part `eval`."""
        return as_mapping(self.log.get("eval"))

    @property
    def model(self) -> str:
        """The model as it was asked for."""
        return as_text(self.evaluation.get("model")) or NOT_NAMED

    @property
    def provider(self) -> str:
        """What Inspect reached it through, for example `openai` or `hf`."""
        return self.model.partition("/")[0] if "/" in self.model else ""

    @property
    def harness(self) -> str:
        """Inspect with its version, as far as the log says it."""
        version = as_text(as_mapping(self.evaluation.get("packages")).get("inspect_ai"))
        return f"inspect_ai {version}" if version else "inspect_ai (version not recorded)"

    @property
    def base_url(self) -> str | None:
        """Address of the endpoint, if the log has one."""
        arguments = as_mapping(self.evaluation.get("model_args"))
        return as_text(self.evaluation.get(_BASE_URL)) or as_text(arguments.get("base_url"))

    @property
    def is_local(self) -> bool:
        """Whether Inspect or an engine that it started loaded the weights."""
        own_server = self.provider in _OWN_SERVER and self.base_url is None
        return self.provider in _IN_PROCESS or own_server

    @property
    def generation(self) -> dict[str, JsonValue]:
        """The generation settings of the run; those of the task yield to those of the command."""
        of_model = as_mapping(self.evaluation.get("model_generate_config"))
        return chosen({**_set(of_model), **_set(self._of_plan)}, (*_DECODING, *_EFFORT))

    @property
    def _of_plan(self) -> Json:
        return as_mapping(as_mapping(self.log.get("plan")).get("config"))

    @property
    def template_arguments(self) -> dict[str, JsonValue]:
        """The arguments of the chat template that every request carries."""
        found: dict[str, JsonValue] = {}
        for config in (as_mapping(self.evaluation.get("model_generate_config")), self._of_plan):
            body = as_mapping(config.get("extra_body"))
            for name in ("chat_template_kwargs", "chat_template_args"):
                found |= _set(as_mapping(body.get(name)))
        return found

    def place_of(self, settings: Iterable[str]) -> str:
        """JSON pointer of the part of the log that has the word on some generation settings."""
        of_plan = _set(self._of_plan).keys() & set(settings)
        return f"{self.at}/" + ("plan/config" if of_plan else "eval/model_generate_config")


def declared_facets(run: InspectRun) -> tuple[Observation, ...]:
    """An observation of every facet; nothing is better than `declared`."""
    how = Ways(producer=run.harness, is_served=not run.is_local)
    return tuple(_with_arguments(run, one) for one in every_facet(_observed(run, how), how))


def _with_arguments(run: InspectRun, observation: Observation) -> Observation:
    """The observation with what was set of it, which another log may contradict."""
    facet = observation.facet
    values = as_mapping(run.evaluation.get("model_args"))
    version = as_text(as_mapping(run.evaluation.get("packages")).get("inspect_ai"))
    is_written = isinstance(run.evaluation.get("model_args"), dict)
    whole = f"inspect_ai {version}, {run.provider}" if version and is_written else ""
    found = tuple(identifiers_of(facet, values, whole))
    if facet is Facet.DECODING:
        found += tuple(decoding_arguments(decoding_of(run), is_transformers=False))
        return with_arguments(observation, found, run.place_of(decoding_of(run)))
    if facet is Facet.TEST_TIME_COMPUTE:
        found += arguments({k: v for k, v in run.generation.items() if k in _EFFORT})
    if facet in {Facet.CHAT_TEMPLATE, Facet.TEST_TIME_COMPUTE}:
        found += arguments(run.template_arguments)
    return with_arguments(observation, found, f"{run.at}/eval/model_args")


def decoding_of(run: InspectRun) -> dict[str, JsonValue]:
    """The settings of sampling that were set."""
    return {key: value for key, value in run.generation.items() if key not in _EFFORT}


def _set(settings: Json) -> dict[str, JsonValue]:
    return {key: value for key, value in settings.items() if value is not None}


def _observed(run: InspectRun, how: Ways) -> Iterator[Observation]:
    arguments = as_mapping(run.evaluation.get("model_args"))
    place = f"{run.at}/eval/model_args"
    yield _weights(run, arguments, how)
    tokenizer = arguments.get("tokenizer_path") or arguments.get("tokenizer")
    yield observed(Facet.TOKENIZER, how, named(as_text(tokenizer)), pointer=place)
    dtype = as_text(arguments.get("dtype")) or as_text(arguments.get("torch_dtype")) or ""
    dtype = dtype.removeprefix("torch.")
    yield observed(
        Facet.DTYPE,
        how,
        None if dtype in {"", "auto"} else declared(dtype),
        pointer=place,
    )
    for facet, names in ((Facet.QUANTIZATION, _QUANTIZATION), (Facet.ADAPTERS, _ADAPTERS)):
        settings = chosen(arguments, names)
        words = in_words(settings)
        yield observed(facet, how, set_alike(settings), pointer=place, summary=words)
    template = as_text(arguments.get("chat_template"))
    yield observed(Facet.CHAT_TEMPLATE, how, named(template), pointer=place)
    yield _system_prompt(run, how)
    yield _engine(run, how)
    yield _decoding(run, how)
    yield _test_time_compute(run, how)
    yield _endpoint(run, how)


def _weights(run: InspectRun, arguments: Json, how: Ways) -> Observation:
    """A name: what a provider answers to, or what was loaded from a hub or folder."""
    scope = in_words(chosen(arguments, (*_ADAPTERS, *_QUANTIZATION)))
    scope = scope and f"with {scope}"
    loaded = as_text(arguments.get("model_path"))
    revision = as_text(arguments.get("revision"))
    if loaded is not None or revision is not None:
        name = loaded or run.model.partition("/")[2]
        full = f"{name}@{revision}" if revision else name
        is_commit = revision is not None and _COMMIT.fullmatch(revision) is not None
        is_path = name.startswith((".", "/", "~"))
        return observed(
            Facet.WEIGHTS,
            how,
            commit(name, str(revision), scope) if is_commit and not is_path else None,
            named(full, scope),
            pointer=f"{run.at}/eval/model_args",
            summary=f"only a name: {full}" if not is_commit else f"commit {revision}",
        )
    answered = sorted(run.tally.answered)
    if len(answered) == 1 and not run.is_local:
        # An alias of today may be another model tomorrow; what answered says which it was.
        return observed(
            Facet.WEIGHTS,
            how,
            named(answered[0], scope),
            pointer="/samples",
            summary=f"only a name: {answered[0]}",
        )
    several = f", answered by {len(answered)} models" if len(answered) > 1 else ""
    return observed(
        Facet.WEIGHTS,
        how,
        named(run.model, scope),
        pointer=f"{run.at}/eval/model",
        summary=f"only a name: {run.model}{several}",
    )


def _system_prompt(run: InspectRun, how: Ways) -> Observation:
    """The first message of every sample, where it is the system's and the same in all."""
    prompts = run.tally.system_prompts
    sha: str | None = next(iter(prompts), None)
    is_known = len(prompts) == 1 and (sha is not None or run.is_local)
    several = "several, by document" if len(prompts) > 1 else ""
    found = observed(
        Facet.SYSTEM_PROMPT,
        how,
        declared({"sha256": sha}) if is_known else None,
        pointer="/samples",
        summary="none" if sha is None else f"sha256:{sha[:12]}",
    )
    return found.model_copy(update={"summary": several}) if several else found


def _engine(run: InspectRun, how: Ways) -> Observation:
    """A name: Inspect records no version of what ran the model."""
    name = run.provider if run.is_local or run.provider in _OWN_SERVER else None
    return observed(Facet.ENGINE, how, named(name), pointer=f"{run.at}/eval/model")


def _decoding(run: InspectRun, how: Ways) -> Observation:
    settings = decoding_of(run)
    words = in_words(settings)
    return observed(
        Facet.DECODING,
        how,
        set_alike(settings),
        pointer=run.place_of(settings),
        summary=words,
    )


def _test_time_compute(run: InspectRun, how: Ways) -> Observation:
    """Answers that one score of a document rests on, and how much the model was to think.

    Epochs that are averaged do not help one another: each answer stands for itself.
    """
    epochs = as_count(as_mapping(run.evaluation.get("config")).get("epochs"))
    reducer = only_reducer(run.log)
    effort = {key: value for key, value in run.generation.items() if key in _EFFORT}
    content: dict[str, JsonValue] = {}
    pointer = run.place_of(effort)
    if epochs is not None and reducer is not None:
        content["answers_per_document"] = 1 if reducer == "mean" else epochs
        pointer = f"{run.at}/eval/config/epochs"
    content |= effort
    alone: Identifier | None = None
    if run.is_local and not effort:
        alone = declared(content) if content else None
    else:
        alone = set_alike(content)
    return observed(
        Facet.TEST_TIME_COMPUTE,
        how,
        alone,
        pointer=pointer,
        summary=", ".join(_compute_words(epochs, reducer, effort)),
    )


def _compute_words(
    epochs: int | None, reducer: str | None, effort: dict[str, JsonValue]
) -> Iterator[str]:
    if epochs is not None and reducer is not None:
        yield "1 answer a document" if epochs == 1 else f"{reducer} of {epochs} answers a document"
    if effort:
        yield in_words(effort)


def _endpoint(run: InspectRun, how: Ways) -> Observation:
    url, place = run.base_url, "model"
    if url is not None:
        found: Identifier | None = declared(url)
        place = _BASE_URL if as_text(run.evaluation.get(_BASE_URL)) else "model_args/base_url"
    elif run.provider in _IN_PROCESS:
        found = declared("in process")
    else:
        found = named(run.provider)
    return observed(
        Facet.ENDPOINT,
        how,
        found,
        pointer=f"{run.at}/eval/{place}",
    )


def reducers_of(run: InspectRun) -> tuple[str, ...]:
    """How several answers to a document became one, as the log names it."""
    config = as_mapping(run.evaluation.get("config"))
    named_ones = [as_text(item) for item in as_list(config.get("epochs_reducer"))]
    return tuple(item for item in named_ones if item is not None)
