"""A served model: asked over an OpenAI-compatible interface, known only by what it says."""

from collections import Counter
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import CheckpointError, RequirementsError
from weighin.evidence.collected import FilesHashed
from weighin.evidence.records import InForce
from weighin.evidence.store.journals import Held
from weighin.files.canonical import canonical_json, sha256_hex
from weighin.harness.evaluation import Answered, Asking, evaluate
from weighin.harness.observed.expected_bos import expected_bos
from weighin.harness.observed.harness_state import harness_state
from weighin.harness.observed.request_types import request_types
from weighin.harness.observed.responses import Heard
from weighin.harness.observed.run_facts import facts_of_endpoint, facts_of_run
from weighin.harness.observed.told import observed_harness
from weighin.harness.observed.versions import installed_versions
from weighin.harness.served.address import unlogged
from weighin.harness.served.environment import address_of, api_key
from weighin.harness.served.kept_answers import KeptResponses
from weighin.harness.served.model import ServedModel, open_endpoint
from weighin.harness.served.observations import observed_requests, observed_server
from weighin.harness.subject import Question, Scored, taken_of
from weighin.identity.fingerprint.file_digests import CheckpointFileDigest
from weighin.identity.folder.file_names import (
    LEGACY_TEMPLATE_FILE,
    POLICY_FILES,
    TEMPLATE_FILE,
    TOKENIZER_FILE,
    VOCABULARY_FILES,
)
from weighin.identity.manifest import Manifest
from weighin.identity.parts.tokenizer import TokenizerFacets, tokenizer_facets
from weighin.requirements.checks.endpoint_prompts import refuse_templates
from weighin.requirements.model import Endpoint, EndpointApi, Requirements

_TOKENIZER_FILES = (
    TOKENIZER_FILE,
    *POLICY_FILES,
    *VOCABULARY_FILES,
    TEMPLATE_FILE,
    LEGACY_TEMPLATE_FILE,
)


class EndpointSubject:
    """A served model. Nothing is loaded here, so that its weights are never more than a name."""

    manifest: Manifest | None = None
    checkpoint_files: tuple[CheckpointFileDigest, ...] = ()
    location: str | None = None
    files_hashed: FilesHashed | None = None

    def __init__(self, requirements: Requirements) -> None:
        """Read the URL, the key and the tokenizer; the server is not asked yet.

        Raises:
            RequirementsError: The requirements name no endpoint, or prompts that it cannot be sent.
            UsageError: The environment variable of the URL or the key is not set.
            CheckpointError: The tokenizer is missing or malformed.
        """
        endpoint = requirements.model.endpoint
        if endpoint is None:
            raise RequirementsError(
                f"{requirements.source}: model.endpoint: expected a served model, found none"
            )
        self._endpoint = endpoint
        self._model = requirements.model
        self._address = address_of(requirements, endpoint)
        self._key = api_key(requirements, endpoint)
        self._tokenizer_folder = _tokenizer_folder(requirements, endpoint)
        self._tokenizer = _read_tokenizer(self._tokenizer_folder)
        refuse_templates(requirements)
        self._served: ServedModel | None = None
        self._expected_bos: int | None = None

    @property
    def description(self) -> JsonValue:
        """Where it is served and how it is asked."""
        return {
            "url": self._address.told,
            "served_model": self._endpoint.served_model,
            "api": self._endpoint.api.value,
            "tokenizer": self._tokenizer_digest,
            "max_length": self._model.max_length,
            "add_bos_token": self._model.add_bos_token,
        }

    @property
    def _tokenizer_digest(self) -> str | None:
        """Over everything that turns a text into tokens; `None` if texts are sent."""
        found = self._tokenizer
        if found is None:
            return None
        parts: dict[str, JsonValue] = {
            "tokenizer": found.tokenizer,
            "special_tokens": found.special_tokens,
            "chat_template": found.chat_template,
        }
        return sha256_hex(canonical_json(parts))

    def load(self) -> None:
        """Load the tokenizer, if there is one."""
        self._served = open_endpoint(
            self._model, self._endpoint, self._tokenizer_folder, self._address, self._key
        )
        if self._tokenizer_folder is not None:
            lm = self._served.lm
            self._expected_bos = expected_bos(
                lm.tokenizer, self._tokenizer_folder, lm.apply_chat_template
            )

    def loaded_weights(self) -> None:
        """Nothing: the tensors are elsewhere."""

    def hash_files(self) -> None:
        """Nothing: no file is at hand."""

    def score(self, question: Question) -> Scored:
        """Answer one benchmark, and keep what every response says of who answered."""
        if self._served is None:
            raise RuntimeError("score was called before load")
        served, benchmark = self._served, question.benchmark
        heard = served.connection.listen(question.requirement.task)
        kept = self._kept(question)
        answered = self._evaluate(served, question, kept)
        taken = Counter[str]() if kept is None else kept.taken
        sent = heard.sent.as_record()
        tokenizer = None if self._tokenizer is None else self._tokenizer.tokenizer
        is_chat = self._endpoint.api is EndpointApi.CHAT
        return Scored(
            answered=answered,
            observations=(
                *observed_server(self._endpoint, self._address, heard, tokenizer),
                observed_harness(
                    f"lm-eval {installed_versions().get('lm_eval', 'unknown')}",
                    harness_state().files,
                ),
                *observed_requests(
                    heard,
                    rendered_by=self._address.identified if is_chat else None,
                    chat_template=served.chat_template if question.chat_template else None,
                    system_prompt=question.system_prompt,
                    output_types=benchmark.output_types,
                ),
            ),
            loaded=None,
            engine="",
            settings=self._settings(served, heard, answered)
            | benchmark.seeds.settings()
            | {"task_source": benchmark.origin},
            versions=installed_versions(),
            facts=(
                *facts_of_endpoint(
                    heard,
                    benchmark.seeds,
                    served_model=self._endpoint.served_model,
                    expected_bos=self._expected_bos,
                ),
                *facts_of_run(harness_state(), benchmark.definition, answered.facts),
            ),
            sent=sent.model_copy(update={"answers": dict(Counter(sent.answers) - taken)}),
            taken=taken_of(question.kept, taken),
            in_force=InForce(
                # Where texts are sent, they are cut by nobody on this side.
                max_length=None if self._tokenizer is None else served.max_length,
                max_length_requested=self._model.max_length,
                add_bos_token=self._model.add_bos_token,
            ),
        )

    def _kept(self, question: Question) -> KeptResponses | None:
        """The journal of the responses; `None` where nobody can know whose they are.

        The path of a URL in a variable may have been another when an earlier attempt was answered.
        """
        if question.kept is None or self._address.is_secret:
            return None
        question.kept.begin(
            Held(
                parts={
                    "endpoint": canonical_json(self.description).decode(),
                    "versions": canonical_json(installed_versions()).decode(),
                    "harness": sha256_hex(canonical_json(harness_state().files)),
                },
                weights="",
                settings={
                    "batch_size": self._model.batch_size,
                    "concurrent_requests": self._endpoint.concurrent_requests,
                },
                is_served=True,
            )
        )
        return KeptResponses(question.kept)

    def _evaluate(
        self, served: ServedModel, question: Question, kept: KeptResponses | None
    ) -> Answered:
        endpoint = self._endpoint
        asking = Asking(
            benchmark=question.benchmark,
            max_samples=question.max_samples,
            chat_template=question.chat_template,
            system_prompt=question.system_prompt,
            model_name=self._model.name,
            model_arguments={
                "model": endpoint.served_model,
                "base_url": self._address.told,
                "num_concurrent": endpoint.concurrent_requests,
                **({} if endpoint.tokenizer is None else {"tokenizer": endpoint.tokenizer}),
            },
            backend=served.backend,
            compress_samples=question.compress_samples,
        )
        if question.requirement.seed is not None:
            served.lm.set_seed(question.requirement.seed)
        output_types = question.benchmark.output_types
        served.lm.tell_answered(request_types(output_types), question.on_answered)
        served.lm.keep_answers(kept)
        try:
            with unlogged(self._address):
                return evaluate(
                    served.lm, asking, question.folder, question.on_requests, question.on_answered
                )
        finally:
            served.lm.keep_answers(None)
            if kept is not None:
                kept.kept.stop()

    def _settings(
        self, served: ServedModel, heard: Heard, answered: Answered
    ) -> dict[str, JsonValue]:
        return {
            "api": self._endpoint.api.value,
            "concurrent_requests": self._endpoint.concurrent_requests,
            "batch_size": served.batch_size,
            "max_length": served.max_length,
            "responses": [
                {**answer.as_json(), "responses": count} for answer, count in heard.answers.items()
            ],
            "scores_not_finite": list(answered.odd_scores),
        }


def _tokenizer_folder(requirements: Requirements, endpoint: Endpoint) -> Path | None:
    if endpoint.tokenizer is None or endpoint.api is EndpointApi.CHAT:
        return None
    folder = requirements.resolve(endpoint.tokenizer)
    if not folder.is_dir():
        raise CheckpointError(
            f"{requirements.required_at('model.endpoint.tokenizer')}: model.endpoint.tokenizer: "
            f"expected a folder with a tokenizer, found nothing at {folder}"
        )
    return folder


def _read_tokenizer(folder: Path | None) -> TokenizerFacets | None:
    if folder is None:
        return None
    try:
        contents = {
            name: (folder / name).read_bytes()
            for name in _TOKENIZER_FILES
            if (folder / name).is_file()
        }
    except OSError as error:
        raise CheckpointError(f"{folder}: cannot be read: {error.strerror}") from error
    facets = tokenizer_facets(contents, folder)
    if facets.tokenizer is None:
        raise CheckpointError(
            f"{folder}: expected {TOKENIZER_FILE} or the vocabulary files of a tokenizer, found "
            "neither; copy them from the checkpoint that is served"
        )
    return facets
