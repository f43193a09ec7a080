"""A results file that plain lm-eval wrote, read as records: what it declares, and what it lacks."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue

from weighin.errors import EvidenceError
from weighin.evidence.records import Asked, FileDigest, Observation, Origin, Record, RunInfo
from weighin.evidence.store import file_digest
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.sources.lm_eval_results import (
    Json,
    as_mapping,
    as_text,
    asked_of,
    leaves_of,
    read_json,
    read_samples,
    scores_of,
)

_RECORD_IT = "score it with `weighin run`, which fingerprints what is loaded"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_HF_BACKENDS = frozenset({"hf", "hf-auto", "huggingface", "hf-causal", "hf-causal-experimental"})


def is_lm_eval_log(value: JsonValue) -> bool:
    """Whether a JSON document is a results file of lm-eval."""
    document = as_mapping(value)
    return isinstance(document.get("results"), dict) and bool(
        {"versions", "configs"} & document.keys()
    )


def read_lm_eval_log(path: Path, shown: str) -> Iterator[tuple[Record, Path]]:
    """A record for every task and group of a results file, with the folder of its files.

    Raises:
        EvidenceError: The file or a samples file beside it is damaged.
    """
    results = as_mapping(read_json(path))
    samples_paths = dict(_samples_paths(path, results))
    samples = {task: read_samples(file) for task, file in samples_paths.items()}
    for task in as_mapping(results.get("results")):
        try:
            asked = asked_of(results, task, samples)
        except ValueError as error:
            raise EvidenceError(
                f"{path}: configs of {task!r} are no plain JSON: {error}"
            ) from error
        scores, odd = scores_of(results, task)
        leaf_samples = [samples_paths[leaf] for leaf in leaves_of(results, task) if leaf in samples]
        yield (
            Record(
                model=_model_name(results),
                checkpoint_id=None,
                location=None,
                asked=asked,
                observations=tuple(_observations(results, task)),
                scores=scores
                + tuple(
                    score
                    for leaf in leaves_of(results, task)
                    if leaf != task
                    for score in scores_of(results, leaf)[0]
                ),
                is_partial=_is_partial(results, asked),
                files=_files(path, leaf_samples, samples_paths),
                loaded=None,
                run=_run(results, odd),
                origin=Origin(producer=_harness(results), file=shown, pointer=f"/results/{task}"),
            ),
            path.parent,
        )


def _samples_paths(path: Path, results: Json) -> Iterator[tuple[str, Path]]:
    stamp = path.stem.removeprefix("results_")
    for task in as_mapping(results.get("results")):
        for suffix in (".jsonl", ".jsonl.gz"):
            candidate = path.with_name(f"samples_{task}_{stamp}{suffix}")
            if "/" not in task and candidate.is_file():
                yield task, candidate


def _files(
    path: Path, leaf_samples: list[Path], samples_paths: Mapping[str, Path]
) -> tuple[FileDigest, ...]:
    """Where the samples lie. Their digests are of today: nothing vouches for an earlier one."""
    tasks = {file: task for task, file in samples_paths.items()}
    return tuple(
        file_digest(file, role="samples", task=tasks[file], relative_to=path.parent)
        for file in leaf_samples
    )


def _model_name(results: Json) -> str:
    arguments = model_arguments(results)
    return (
        as_text(results.get("model_name"))
        or arguments.get("pretrained")
        or arguments.get("model")
        or as_text(as_mapping(results.get("config")).get("model"))
        or "unknown"
    )


def model_arguments(results: Json) -> dict[str, str]:
    """lm-eval's `model_args` as text by key, whether it was written as text or as an object."""
    written = as_mapping(results.get("config")).get("model_args")
    if isinstance(written, dict):
        return {key: str(value) for key, value in written.items()}
    found: dict[str, str] = {}
    for part in written.split(",") if isinstance(written, str) else ():
        key, equals, value = part.partition("=")
        if equals:
            found[key.strip()] = value.strip()
    return found


def _is_partial(results: Json, asked: Asked) -> bool:
    if asked.documents_total is not None and asked.documents_scored is not None:
        return asked.documents_scored < asked.documents_total
    return as_mapping(results.get("config")).get("limit") is not None


def _harness(results: Json) -> str:
    version = as_text(results.get("lm_eval_version"))
    return f"lm-eval {version}" if version else "lm-eval (version not recorded)"


def _run(results: Json, odd: tuple[str, ...]) -> RunInfo:
    config = as_mapping(results.get("config"))
    kept = ("batch_size", "device", "limit", "random_seed", "numpy_seed", "torch_seed",
            "fewshot_seed", "use_cache")  # fmt: skip
    settings: dict[str, JsonValue] = {key: config[key] for key in kept if key in config}
    settings["scores_not_finite"] = list(odd)
    transformers = as_text(results.get("transformers_version"))
    return RunInfo(
        run_id="",
        job_id="",
        attempt_id="",
        started="",
        finished="",
        harness=_harness(results),
        engine="" if transformers is None else f"transformers {transformers}",
        command="",
        host="",
        versions={} if transformers is None else {"transformers": transformers},
        settings=settings,
    )


def _observations(results: Json, task: str) -> Iterator[Observation]:
    config = as_mapping(results.get("config"))
    arguments = model_arguments(results)
    is_local = str(config.get("model", "")) in _HF_BACKENDS
    yield _weights(config, arguments)
    yield _declared(
        Facet.DTYPE,
        (as_text(config.get("model_dtype")) or "").removeprefix("torch.")
        or arguments.get("dtype", "").removeprefix("auto")
        or None,
        "/config/model_dtype",
        "--model_args dtype=bfloat16 (the hf backend of lm-eval 0.4.3 and later records it)",
    )
    yield from _prompting(results, task, is_local=is_local)
    yield _special_tokens(results)
    yield _declared(
        Facet.TOKENIZER,
        None,
        "",
        _RECORD_IT,
        name=arguments.get("tokenizer") or None,
    )
    adapter = arguments.get("peft") or arguments.get("delta") or arguments.get("lora_local_path")
    yield _declared(
        Facet.ADAPTERS,
        # Without an argument an adapter may still lie in the folder: that is no evidence of none.
        None,
        "/config/model_args",
        _RECORD_IT,
        name=adapter,
    )
    quantization = {k: v for k, v in arguments.items() if "bit" in k or "quant" in k or "gguf" in k}
    yield _declared(
        Facet.QUANTIZATION,
        str(sorted(quantization.items())) if quantization else None,
        "/config/model_args",
        _RECORD_IT,
    )
    transformers = as_text(results.get("transformers_version"))
    yield _declared(
        Facet.ENGINE,
        f"transformers {transformers}" if transformers and is_local else None,
        "/transformers_version",
        "--model_args of an engine do not record its version; " + _RECORD_IT,
    )
    yield from _decoding(_output_types(results, task))
    yield _declared(
        Facet.ENDPOINT,
        arguments.get("base_url") or ("in process" if is_local else None),
        "/config/model_args",
        _RECORD_IT,
    )
    for facet in (Facet.CONFIG, Facet.GENERATION_CONFIG, Facet.REMOTE_CODE):
        yield _declared(facet, None, "", _RECORD_IT)


def _weights(config: Json, arguments: Mapping[str, str]) -> Observation:
    name = arguments.get("pretrained") or arguments.get("model")
    commit = as_text(config.get("model_sha"))
    identifiers: list[Identifier] = []
    if (
        commit is not None
        and _COMMIT.fullmatch(commit)
        and name
        and not name.startswith((".", "/"))
    ):
        # Asked of the hub by name when the run ended: it need not be what was loaded.
        identifiers.append(
            Identifier(kind=Kind.COMMIT, value=f"{name}@{commit}", grade=Grade.DECLARED)
        )
    if name:
        identifiers.append(Identifier(kind=Kind.NAME, value=name, grade=Grade.NAMED))
    return Observation(
        facet=Facet.WEIGHTS,
        identifiers=tuple(identifiers),
        summary=f"commit {commit[:12]}, not the weights" if commit else f"only a name: {name}",
        pointer="/config/model_sha",
        how_to_record=_RECORD_IT,
    )


def _declared(
    facet: Facet, value: str | None, pointer: str, how_to_record: str, name: str | None = None
) -> Observation:
    """A field of the log, or what would have recorded it; a `name` is only a name."""
    identifiers: tuple[Identifier, ...] = ()
    if value is not None:
        identifiers = (Identifier(kind=Kind.CONTENT, value=value, grade=Grade.DECLARED),)
    elif name is not None:
        identifiers = (Identifier(kind=Kind.NAME, value=name, grade=Grade.NAMED),)
    return Observation(
        facet=facet,
        identifiers=identifiers,
        summary=value or name or "not recorded",
        pointer=pointer if identifiers else "",
        how_to_record=how_to_record,
    )


def _prompting(results: Json, task: str, *, is_local: bool) -> Iterator[Observation]:
    if _output_types(results, task) == {"loglikelihood_rolling"}:
        why = "rolling log-likelihood uses no prompt"
        for facet in (Facet.CHAT_TEMPLATE, Facet.SYSTEM_PROMPT):
            yield Observation(facet=facet, identifiers=(), summary=why, applies=False)
        return
    how = "--apply_chat_template and --system_instruction, with lm-eval 0.4.3 or later"
    sha = as_text(results.get("chat_template_sha"))
    # Null means "not applied" where lm-eval renders prompts itself, and nothing behind an API.
    is_stated = "chat_template_sha" in results and (is_local or sha is not None)
    for facet, value, pointer in (
        (
            Facet.CHAT_TEMPLATE,
            {"applied": sha is not None, "sha256": sha} if is_stated else None,
            "/chat_template_sha",
        ),
        (
            Facet.SYSTEM_PROMPT,
            {"sha256": as_text(results.get("system_instruction_sha"))}
            if "system_instruction_sha" in results
            else None,
            "/system_instruction_sha",
        ),
    ):
        digest = None if value is None else value["sha256"]
        summary = "not recorded" if value is None else "none"
        yield Observation(
            facet=facet,
            identifiers=()
            if value is None
            else (Identifier(kind=Kind.CONTENT, value=dict(value), grade=Grade.DECLARED),),
            summary=f"sha256:{str(digest)[:12]}" if digest else summary,
            pointer="" if value is None else pointer,
            how_to_record=how,
        )


def _output_types(results: Json, task: str) -> set[str]:
    configs = as_mapping(results.get("configs"))
    return {
        str(as_mapping(configs.get(leaf)).get("output_type")) for leaf in leaves_of(results, task)
    }


def _special_tokens(results: Json) -> Observation:
    found: dict[str, JsonValue] = {
        name: results[f"tokenizer_{name}_token"]
        for name in ("bos", "eos", "pad")
        if results.get(f"tokenizer_{name}_token") is not None
    }
    return Observation(
        facet=Facet.SPECIAL_TOKENS,
        identifiers=(
            Identifier(
                kind=Kind.CONTENT,
                value=found,
                grade=Grade.DECLARED,
                scope="tokens in lm-eval's log",
            ),
        )
        if found
        else (),
        summary="tokens only, no policy" if found else "not recorded",
        pointer="/tokenizer_bos_token" if found else "",
        how_to_record=_RECORD_IT,
    )


def _decoding(output_types: set[str]) -> Iterator[Observation]:
    if output_types and "generate_until" not in output_types and "None" not in output_types:
        why = "no text is generated"
        yield Observation(facet=Facet.DECODING, identifiers=(), summary=why, applies=False)
        yield Observation(facet=Facet.TEST_TIME_COMPUTE, identifiers=(), summary=why, applies=False)
        return
    for facet, how in (
        (Facet.DECODING, "the log lacks the model's generation_config; " + _RECORD_IT),
        (Facet.TEST_TIME_COMPUTE, _RECORD_IT),
    ):
        yield _declared(facet, None, "", how)
