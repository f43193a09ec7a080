"""What the file states under `model`, held against a record."""

from collections.abc import Iterator
from dataclasses import replace

from weighin.evidence.facts import FactName
from weighin.evidence.records import Record
from weighin.identity.facets import Agreement, Facet
from weighin.identity.manifest import Manifest
from weighin.requirements.checks.endpoint_urls import of_hidden, parted
from weighin.requirements.model import Endpoint
from weighin.rules.interface import Case
from weighin.rules.shared.difference import comparison_of, differing_content
from weighin.rules.shared.stated.part import StatedPart, answer, content_of, object_of
from weighin.rules.shared.wording import digest, listed, literal

_NONE = "none"
_DTYPES = {"half": "float16", "fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}


def checkpoint(case: Case, record: Record) -> Iterator[StatedPart]:
    """Whether the record is of the declared checkpoint, by content."""
    declared = case.declared
    if declared is None or record.checkpoint_id is None:
        return
    yield StatedPart(
        key="checkpoint",
        path="model.checkpoint",
        expected=f"checkpoint {digest(declared.checkpoint_id)}",
        found=f"checkpoint {digest(record.checkpoint_id)}",
        agreement=_is_declared(case, record, declared),
    )


def _is_declared(case: Case, record: Record, declared: Manifest) -> Agreement:
    if record.checkpoint_id == declared.checkpoint_id:
        return Agreement.SAME
    scored = case.manifests.get(record.checkpoint_id or "")
    if scored is None or scored.checkpoint_id != record.checkpoint_id:
        return Agreement.UNKNOWN
    comparison = comparison_of(case, scored, declared)
    if Facet.WEIGHTS in comparison.facets:
        return Agreement.DIFFERENT
    differ, unknown = differing_content(case, record, comparison)
    return answer(is_same=not differ, is_known=bool(differ) or not unknown)


def differs_from_declared(case: Case, record: Record, facet: Facet) -> bool | None:
    """Whether a facet of the record's checkpoint differs from that of the declared one.

    Returns:
        `None` where the two manifests do not say.
    """
    if case.declared is None or record.checkpoint_id is None:
        return None
    if record.checkpoint_id == case.declared.checkpoint_id:
        return False
    scored = case.manifests.get(record.checkpoint_id)
    if scored is None:
        return None
    return facet in comparison_of(case, scored, case.declared).facets


def dtype(case: Case, record: Record) -> Iterator[StatedPart]:
    """The dtype that the weights were loaded as."""
    model = case.requirements.model
    if "dtype" not in model.model_fields_set:
        return
    if model.dtype == "auto":
        requested = _requested_dtype(record)
        if requested is None and record.is_own:
            return
        found, agreement = requested, answer(is_same=requested == "auto", is_known=bool(requested))
    else:
        found, agreement = _loaded_dtype(record, model.dtype)
    yield StatedPart(
        key="dtype",
        path="model.dtype",
        expected=model.dtype,
        found=found,
        agreement=agreement,
        facet=Facet.DTYPE,
    )


def _requested_dtype(record: Record) -> str | None:
    if record.in_force is not None:
        return record.in_force.dtype_requested
    requested = record.run.settings.get("dtype_requested")
    return requested if isinstance(requested, str) else None


def _loaded_dtype(record: Record, stated: str) -> tuple[str | None, Agreement]:
    value = content_of(record, Facet.DTYPE)
    if not isinstance(value, str) or value == "auto":
        return None, Agreement.UNKNOWN
    # Those of several dtypes stand in the order of their numbers of elements.
    found = tuple(_DTYPES.get(d, d) for d in value.replace("torch.", "").lower().split("+"))
    if found[0] == stated:
        return value, Agreement.SAME
    if content_of(record, Facet.QUANTIZATION) not in (None, _NONE):
        return value, answer(is_same=True, is_known=stated in found)
    return value, Agreement.DIFFERENT


def max_length(case: Case, record: Record) -> Iterator[StatedPart]:
    """The longest input that was in force; a model's own limit equals one that is written out."""
    stated = case.requirements.model.max_length
    if stated is None or record.is_older:
        return
    in_force = record.in_force
    found = None if in_force is None else in_force.max_length or in_force.max_length_requested
    yield StatedPart(
        key="max_length",
        path="model.max_length",
        expected=str(stated),
        found=None if found is None else str(found),
        agreement=answer(is_same=found == stated, is_known=found is not None),
    )


def add_bos_token(case: Case, record: Record) -> Iterator[StatedPart]:
    """Whether prompts began with BOS because somebody asked for it."""
    stated = case.requirements.model.add_bos_token
    if stated is None:
        return
    found = object_of(record, Facet.SPECIAL_TOKENS).get("lm_eval_add_bos_token")
    if not isinstance(found, bool) and record.in_force is not None:
        found = record.in_force.add_bos_token
    is_known = isinstance(found, bool)
    yield StatedPart(
        key="add_bos_token",
        path="model.add_bos_token",
        expected=literal(stated),
        found=literal(found) if is_known else None,
        agreement=answer(is_same=found is stated, is_known=is_known),
        facet=Facet.SPECIAL_TOKENS,
    )


def adapter(case: Case, record: Record) -> Iterator[StatedPart]:
    """The adapter on top of the weights, by content."""
    if case.requirements.model.adapter is None:
        return
    expected = None
    if case.declared is not None and (stated := case.declared.adapter) is not None:
        expected = {"config": stated.config_sha256, "weights": stated.weights}
    found = content_of(record, Facet.ADAPTERS)
    is_known = found is not None and (expected is not None or found == _NONE)
    yield StatedPart(
        key="adapter",
        path="model.adapter",
        expected=case.requirements.model.adapter,
        found=None if found is None else literal(found),
        agreement=answer(is_same=found == expected, is_known=is_known),
        facet=Facet.ADAPTERS,
    )


def remote_code(case: Case, record: Record) -> Iterator[StatedPart]:
    """The Python files of the checkpoint that could be executed; what is not stated may not."""
    stated = tuple(sorted(case.requirements.model.remote_code))
    found: tuple[str, ...] | None = None
    if record.in_force is not None:
        found = tuple(sorted(record.in_force.remote_code))
    elif record.is_own:
        executed = content_of(record, Facet.REMOTE_CODE) not in (None, _NONE)
        # Which files were allowed an older record does not say, only whether code was executed.
        if executed and not stated:
            found = ("code of the checkpoint",)
        elif record.is_older:
            return
    if not stated and not found:
        return
    yield StatedPart(
        key="remote_code",
        path="model.remote_code",
        expected=listed(stated) or _NONE,
        found=None if found is None else listed(found) or _NONE,
        agreement=answer(is_same=found == stated, is_known=found is not None),
        facet=Facet.REMOTE_CODE,
    )


def endpoint(case: Case, record: Record) -> Iterator[StatedPart]:
    """Where the model was served, what was asked for there, and through which interface."""
    stated = case.requirements.model.endpoint
    if stated is None:
        return
    said = content_of(record, Facet.ENDPOINT)
    said_in = said if isinstance(said, dict) else {}
    url = said_in.get("url")
    api = record.run.settings.get("api")
    # Logs of other harnesses name the model that they asked for, and seldom where.
    if isinstance(url, str) or record.is_own:
        yield _address(stated, url if isinstance(url, str) else None)
    if isinstance(api, str) or record.is_own:
        yield _of_endpoint("api", stated.api.value, api if isinstance(api, str) else None)
    yield from _served_model(stated, record, said_in.get("served_model"))


def _address(stated: Endpoint, found: str | None) -> StatedPart:
    """Where it was served; beyond its scheme, host and port, a URL in a variable is unknown."""
    recorded = None if found is None else of_hidden(found)
    if stated.url_env is not None:
        variable = found if recorded is None else recorded[1]
        part = _of_endpoint("url_env", stated.url_env, variable)
        is_known = part.agreement is Agreement.SAME
    else:
        part = _of_endpoint("url", stated.url or "", found)
        own = parted(stated.url or "")
        is_known = recorded is None or (own is not None and own[0] != recorded[0])
    return part if is_known else replace(part, agreement=Agreement.UNKNOWN)


def _served_model(stated: Endpoint, record: Record, configured: object) -> Iterator[StatedPart]:
    asked: tuple[str, ...] = () if record.sent is None else record.sent.models
    fact = record.fact(FactName.REQUESTED_MODEL)
    if not asked and isinstance(configured, str):
        asked = (configured,)
    if not asked and fact is not None and isinstance(fact.value, str):
        asked = (fact.value,)
    if not asked and not record.is_own:
        return
    found = listed(asked) or None
    is_same = asked == (stated.served_model,)
    if not record.is_own:
        # How others spell the name, with a provider before it or without, is their own.
        names = {name.rpartition("/")[2] for name in (*asked, stated.served_model)}
        is_same = is_same or len(names) == 1
    is_known = is_same or (bool(asked) and record.is_own)
    part = _of_endpoint("served_model", stated.served_model, found)
    yield replace(part, agreement=answer(is_same=is_same, is_known=is_known))


def _of_endpoint(key: str, expected: str, found: str | None) -> StatedPart:
    return StatedPart(
        key=f"endpoint.{key}",
        path=f"model.endpoint.{key}",
        expected=expected,
        found=found,
        agreement=answer(is_same=found == expected, is_known=found is not None),
        facet=Facet.ENDPOINT,
    )
