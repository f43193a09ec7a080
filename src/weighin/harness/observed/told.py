"""How an observation is told, and the prompting that either kind of subject got."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import JsonValue

from weighin.evidence.records import Observation
from weighin.files.canonical import sha256_hex
from weighin.identity.facets import Facet, Grade, Identifier, Kind
from weighin.identity.parts.chat_template import chat_template_digest

NONE = "none"


_TEMPLATED_OUTPUTS = frozenset({"multiple_choice", "loglikelihood", "generate_until"})


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


def without_bearing(facet: Facet, why: str) -> Observation:
    """A facet that has no bearing on a benchmark."""
    return Observation(facet=facet, identifiers=(), summary=why, applies=False)


def short(digest: str | None) -> str:
    """A digest as a person can compare it at a glance."""
    return NONE if digest is None else f"sha256:{digest[:12]}"


def observed_prompting(
    *,
    chat_template: str | None,
    system_prompt: str | None,
    output_types: frozenset[str],
    how: Grade = Grade.MEASURED,
) -> Iterator[Observation]:
    """The facets of prompting in one benchmark.

    Args:
        chat_template: Text of the template that prompts went through; `None` if through none.
        system_prompt: Text of the system prompt; `None` for none.
        output_types: lm-eval's output types of the benchmark's tasks.
        how: How it is known.
    """
    if not output_types & _TEMPLATED_OUTPUTS:
        why = "rolling log-likelihood uses no prompt"
        yield without_bearing(Facet.CHAT_TEMPLATE, why)
        yield without_bearing(Facet.SYSTEM_PROMPT, why)
        return
    template = None if chat_template is None else chat_template_digest(chat_template)
    prompt = None if system_prompt is None else sha256_hex(system_prompt.encode())
    dated = _date_of_prompts(chat_template)
    for facet, value, summary, scope in (
        (
            Facet.CHAT_TEMPLATE,
            {"applied": template is not None, "sha256": template},
            ("not applied" if template is None else short(template)) + (dated and f", {dated}"),
            dated,
        ),
        (Facet.SYSTEM_PROMPT, {"sha256": prompt}, short(prompt), ""),
    ):
        identifier = Identifier(kind=Kind.CONTENT, value=dict(value), grade=how, scope=scope)
        yield Observation(facet=facet, identifiers=(identifier,), summary=summary)


def _date_of_prompts(chat_template: str | None) -> str:
    """The day on which a template was rendered, if it writes the date into every prompt.

    The template is the same on another day and its prompts are not, so that the two cannot be
    compared by the template alone. Empty for a template without a date.
    """
    if chat_template is None or "strftime_now" not in chat_template:
        return ""
    return f"dated {datetime.now().astimezone().date().isoformat()}"
