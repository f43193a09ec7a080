"""The requirements file as frozen data: what the user says must hold."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from weighin.files.strict_model import StrictModel
from weighin.identity.facets import Facet, Grade

REQUIREMENTS_VERSION = 1

Text = Annotated[str, Field(min_length=1)]
Memory: TypeAlias = (
    Annotated[int, Field(ge=1)]
    | Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,3})? ?[KMGT]i?B$")]
)
"""Bytes, or a text such as `70GiB`."""
DeviceMap: TypeAlias = (
    Literal["auto", "balanced", "balanced_low_0", "sequential"]
    | Annotated[
        dict[str, Annotated[int, Field(ge=0)] | Literal["cpu", "disk"]], Field(min_length=1)
    ]
)


class EndpointApi(StrEnum):
    """The two OpenAI-compatible interfaces."""

    COMPLETIONS = "completions"
    CHAT = "chat"


class Endpoint(StrictModel):
    """A served model, asked over an OpenAI-compatible interface.

    Attributes:
        url: Full URL, for example `http://127.0.0.1:8000/v1/completions`; `None` where `url_env`
            names it.
        url_env: Environment variable that holds the full URL, of which only scheme, host and port
            are told; excludes `url`. `None` where that tells it.
        served_model: The `model` field of every request.
        api: `completions` (log-likelihoods and text) or `chat` (text only).
        api_key_env: Environment variable that holds the key; `None` sends none.
        tokenizer: Folder of the tokenizer, needed for log-likelihoods; `None` if not needed.
        concurrent_requests: How many requests may be under way at once.
    """

    url: Text | None = None
    url_env: Text | None = None
    served_model: Text
    api: EndpointApi
    api_key_env: Text | None = None
    tokenizer: Text | None = None
    concurrent_requests: Annotated[int, Field(ge=1)] = 1


class Model(StrictModel):
    """The model under judgement.

    Attributes:
        name: Name under which the scores are claimed.
        aliases: Other names that logs of other harnesses may use for it.
        checkpoint: A folder (relative to the requirements file), `hf://org/name@<40-hex>`, or
            `sha256:<checkpoint id>`. `None` for a model that is only served.
        released: The published checkpoint that must be the one scored: a folder, a manifest file
            (`*.json`), `hf://org/name@<40-hex>`, what `weighin fingerprint` saved of one (`*.json`)
            or `sha256:<checkpoint id>`.
        adapter: Folder of a PEFT adapter to attach.
        remote_code: Names of Python files of the checkpoint that may be executed on loading.
        endpoint: Where the model is served; excludes `adapter` and the loading options.
        dtype: Dtype to load as; `auto` is the one that the checkpoint's config names.
        device: `auto` (a GPU if there is one), `cpu`, `cuda`, `cuda:N`, `mps`.
        device_map: How the layers are spread over all GPUs of the machine, as accelerate does it:
            `auto`, `balanced`, `balanced_low_0`, `sequential`, or the GPU (its number), `cpu` or
            `disk` by the name of a module, of which the empty one stands for all others. `None`
            loads the model onto one device.
        max_memory_per_gpu: Most memory for tensors on each GPU, for example `70GiB`; `None` leaves
            it to accelerate. Needs `device_map`.
        max_cpu_memory: Most memory of the machine for tensors that no GPU has room for; `None` for
            none. Needs `device_map`.
        offload_folder: Folder for tensors that neither has room for: they are read again at every
            pass, from the checkpoint itself where they lie there as they are. `None` for none.
            Needs `device_map`.
        batch_size: Requests in one forward pass.
        max_length: Longest input in tokens; `None` leaves it to the model's config.
        chat_template: Whether prompts go through the chat template.
        system_prompt: System prompt; `None` for none.
        add_bos_token: Whether to prepend BOS; `None` leaves it to the tokenizer.
    """

    name: Text
    aliases: tuple[Text, ...] = ()
    checkpoint: Text | None = None
    released: Text | None = None
    adapter: Text | None = None
    remote_code: tuple[Text, ...] = ()
    endpoint: Endpoint | None = None
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    device: Annotated[str, Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$")] = "auto"
    device_map: DeviceMap | None = None
    max_memory_per_gpu: Memory | None = None
    max_cpu_memory: Memory | None = None
    offload_folder: Text | None = None
    batch_size: Annotated[int, Field(ge=1)] = 8
    max_length: Annotated[int, Field(ge=1)] | None = None
    chat_template: bool = False
    system_prompt: Text | None = None
    add_bos_token: bool | None = None


class BenchmarkRequirement(StrictModel):
    """One benchmark that must be scored.

    Attributes:
        task: Name of an lm-eval task or group.
        aliases: Names under which logs of other harnesses hold it, for example
            `lighteval|aime24|0`; `*` stands for any characters.
        metric: The metric and filter that is claimed, as lm-eval spells it:
            `exact_match,strict-match`; without a filter, `acc` means `acc,none`. Other harnesses
            may give any text, as `Accuracy on IFEval`. `None` means that no particular metric is
            required.
        num_fewshot: Shots; `None` leaves it to the task.
        samples: `all`, or how many of the first documents.
        task_version: The task version that is required; `None` accepts any.
        decoding: Generation arguments that are set and required, for example
            `{temperature: 0.0, max_gen_toks: 512}`; empty leaves them to the task.
        chat_template: Overrides `model.chat_template` for this benchmark.
        system_prompt: Overrides `model.system_prompt` for this benchmark.
        repeats: Answers drawn for each document, whose mean is the score; `None` leaves it to the
            task.
        seed: Seed of Python, numpy and torch when the benchmark is scored; `None` leaves it to
            weighin.
        fewshot_seed: Seed with which the shots are drawn; `None` leaves it to weighin.
        documents: `sha256:` of the documents that must be asked, as `weighin run` prints it; `None`
            accepts any.
        claimed: The score as it is published, as printed: `57.2`, `80%` or `0.572`; `None` if
            no particular score is claimed.
    """

    task: Text
    aliases: tuple[Text, ...] = ()
    metric: Text | None = None
    num_fewshot: Annotated[int, Field(ge=0)] | None = None
    samples: Literal["all"] | Annotated[int, Field(ge=1)] = "all"
    task_version: Text | None = None
    decoding: dict[str, JsonValue] = Field(default_factory=dict)
    chat_template: bool | None = None
    system_prompt: Text | None = None
    repeats: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    fewshot_seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    documents: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    claimed: Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})? ?%?$")] | None = None

    @property
    def metric_key(self) -> str | None:
        """The required metric with its filter; `None` if none is required."""
        if self.metric is None or "," in self.metric:
            return self.metric
        return f"{self.metric},none"

    def claims(self, metric: str, filter_name: str) -> bool:
        """Whether a score of this metric and filter is the one that is claimed.

        A harness may give a metric any name, with commas in it, too: without a filter it is itself.
        """
        is_alone = filter_name == "none" and self.metric == metric
        return self.metric is None or is_alone or self.metric_key == f"{metric},{filter_name}"


class Waiver(StrictModel):
    """A finding that somebody accepts, in the open and for a time.

    Attributes:
        rule: Id of the rule.
        benchmark: The benchmark that it covers; `None` covers all.
        owner: Who accepts it.
        reason: Why.
        expires: Last day on which it holds.
    """

    rule: Text
    benchmark: Text | None = None
    owner: Text
    reason: Text
    expires: date


class RuleSetting(StrictModel):
    """How one rule is set in a file or profile.

    Attributes:
        level: `error`, `warning`, `note`, or `off`; `None` keeps the level.
        parameters: The rule's own fields.
    """

    level: Literal["error", "warning", "note", "off"] | None = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict)


class Requirements(StrictModel):
    """A requirements file with its profile applied.

    Attributes:
        source: The file, as given.
        sha256: Hex digest of its bytes; of `overridden`, where something is stated otherwise.
        model: The model under judgement.
        tasks: Folders with task files of one's own, relative to the requirements file.
        profile: Name of the profile.
        same: Facets that must be the same on every benchmark.
        evidence: The least grade that counts.
        benchmarks: At least one; no two of one task that nothing tells apart.
        rules: Settings by rule id: the profile's, overridden by the file's.
        switched_on: Ids of rules that are off in the profile and on in the file.
        profile_same: The facets that the profile itself names.
        profile_evidence: The grade that the profile itself asks for; `None` if it is not known.
        profile_rules: Settings by rule id of the profile itself, with those of its facets; `None`
            if they are not known.
        waivers: Accepted findings.
        lines: Line and column (from 1) of each value in the file, by its dotted path, for example
            `benchmarks.1.num_fewshot`.
        overrides: What was stated otherwise than in the file, each as `KEY=VALUE`.
        overridden: The file as changed by them, as YAML; empty without any.
        override_places: By its dotted path: what states a value otherwise, as `--set model.dtype`.
    """

    source: Path
    sha256: str
    model: Model
    tasks: tuple[Text, ...] = ()
    profile: Text
    same: tuple[Facet, ...]
    evidence: Grade
    benchmarks: tuple[BenchmarkRequirement, ...]
    rules: dict[str, RuleSetting]
    switched_on: frozenset[str] = frozenset()
    profile_same: tuple[Facet, ...] = ()
    profile_evidence: Grade | None = None
    profile_rules: dict[str, RuleSetting] | None = None
    waivers: tuple[Waiver, ...] = ()
    lines: dict[str, tuple[int, int]] = Field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    overridden: bytes = b""
    override_places: dict[str, str] = Field(default_factory=dict)

    @property
    def as_given(self) -> str:
        """The file as a command names it, with what is stated otherwise."""
        return " ".join((str(self.source), *(f"--set {quote(text)}" for text in self.overrides)))

    def benchmark(self, task: str) -> BenchmarkRequirement | None:
        """The requirement on a task; `None` if the task is not required."""
        return next((b for b in self.benchmarks if b.task == task), None)

    def required_at(self, path: str) -> str:
        """`file:line` of the value at a dotted path or of its nearest ancestor in the file.

        Of a value that is stated otherwise: what states it, as `--set model.dtype`.

        Returns:
            Empty if nothing on the path stands in the file, for example a profile's default.
        """
        parts = path.split(".")
        while parts:
            if (source := self.override_places.get(".".join(parts))) is not None:
                return source
            if (place := self.lines.get(".".join(parts))) is not None:
                return f"{self.source}:{place[0]}"
            parts.pop()
        return ""

    def resolve(self, written: str) -> Path:
        """A path as written in the file: relative to the file's folder."""
        return self.source.parent / written
