"""The facets of how the artifact was used: each the same on every benchmark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.records import Observation, Record
from weighin.identity.facets import Facet, Kind, normalised
from weighin.rules.interface import Finding, Outcome
from weighin.rules.shared.by_its_own_word import altered_texts
from weighin.rules.shared.facets.same_facet import SameFacet
from weighin.rules.shared.per_record import place
from weighin.rules.shared.wording import listed, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SameChatTemplate(SameFacet):
    """Every benchmark was scored with the same chat template, applied or not.

    Why:
        The template wraps every prompt: an edit to it can instruct the model, and an instruction
        model scores differently with and without it.

    How:
        Compares the digest of the template's text together with whether it was applied. Where a
        log holds the text beside its digest, the one must be of the other.

    Fix:
        Restore the template, set `model.chat_template` for all benchmarks, and score again.
    """

    id: ClassVar[str] = "same-chat-template"
    aliases: ClassVar[tuple[str, ...]] = ("same-chat_template",)
    facet: ClassVar[Facet] = Facet.CHAT_TEMPLATE

    def within_one_record(self, records: Sequence[Record]) -> Iterator[Finding]:
        """Templates that are not of the digest beside them."""
        yield from altered_texts(records, {self.facet})


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSystemPrompt(SameFacet):
    """Every benchmark was scored with the same system prompt, or without one.

    Why:
        A system prompt can instruct the model for one benchmark; one row should describe one
        set-up.

    How:
        Compares the digest of the system prompt's text; no prompt agrees with none. Where a log
        holds the text beside its digest, the one must be of the other.

    Fix:
        Set `model.system_prompt` once for all benchmarks and score again.
    """

    id: ClassVar[str] = "same-system-prompt"
    aliases: ClassVar[tuple[str, ...]] = ("same-system_prompt",)
    facet: ClassVar[Facet] = Facet.SYSTEM_PROMPT

    def within_one_record(self, records: Sequence[Record]) -> Iterator[Finding]:
        """Prompts that are not of the digest beside them."""
        yield from altered_texts(records, {self.facet})


@dataclass(frozen=True, slots=True, kw_only=True)
class SameEngine(SameFacet):
    """Every benchmark ran on the same inference engine in the same version.

    Why:
        Kernels, batching and sampling differ between engines and versions, enough to move
        scores where the weights are the same.

    How:
        Compares the engine's name and version.

    Fix:
        Pin the engine's version and score the benchmark again.
    """

    id: ClassVar[str] = "same-engine"
    facet: ClassVar[Facet] = Facet.ENGINE


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDecoding(SameFacet):
    """Every benchmark was decoded with the same settings.

    Why:
        Temperature, penalties and sampling change what is generated from the same weights.

    How:
        Compares the settings that apply to every benchmark, after all overrides.

    Fix:
        Set the same `decoding` on the benchmarks, or leave it to the tasks, and score again.
    """

    id: ClassVar[str] = "same-decoding"
    facet: ClassVar[Facet] = Facet.DECODING


@dataclass(frozen=True, slots=True, kw_only=True)
class SameTestTimeCompute(SameFacet):
    """Every benchmark was given the same test-time compute.

    Why:
        The best of many attempts, a vote, a verifier or a longer thinking budget is a different
        system from a single answer.

    How:
        Compares repeats, votes, thinking mode and budget as recorded.

    Fix:
        Give every benchmark the same budget, or claim the rows separately.
    """

    id: ClassVar[str] = "same-test-time-compute"
    aliases: ClassVar[tuple[str, ...]] = ("same-test_time_compute",)
    facet: ClassVar[Facet] = Facet.TEST_TIME_COMPUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class SameHarnessFiles(SameFacet):
    """Every benchmark was asked and scored by the same code of the harness.

    Why:
        Between two versions of a harness, or after an edit of an installed one, the same answers
        can get other scores.

    How:
        Compares the digest over the harness's own Python files, as weighin took it when it ran.
        Records that hold none, of older versions and of other harnesses, are left out.

    Fix:
        Score all benchmarks with one installation of the harness.
    """

    id: ClassVar[str] = "same-harness-files"
    facet: ClassVar[Facet] = Facet.HARNESS_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class SameEndpoint(SameFacet):
    """Every benchmark was answered by the same served model.

    Why:
        A name on a server can be routed, updated or replaced between two requests; what the
        server says of itself is the only trace.

    How:
        Compares the URL, and the model id, system fingerprint and provider of the responses, over
        the benchmarks. More than one answer within one benchmark is a violation by itself. Of a URL
        in a variable (`url_env`), whether two processes found the same there is not known.

    Fix:
        Ask for a dated model id or a server of one's own, and score the benchmark again.
    """

    id: ClassVar[str] = "same-endpoint"
    facet: ClassVar[Facet] = Facet.ENDPOINT

    def within_one_record(self, records: Sequence[Record]) -> Iterator[Finding]:
        """A finding for each record in which the server gave more than one answer.

        Answers contradict each other if a field that both state differs. Where one only leaves
        out what another states, whether they are the same is unknown.
        """
        for record in records:
            answers = _answers(record.observation(self.facet))
            if len(answers) < 2:  # noqa: PLR2004  # one answer cannot differ from itself
                continue
            contradicting = [one for one in answers if any(_contradict(one, a) for a in answers)]
            told, outcome = contradicting or answers, Outcome.VIOLATED
            statement = f"the server named {len(told)} models during one benchmark"
            if not contradicting:
                outcome = Outcome.UNDECIDED
                statement = (
                    "the server stated its name in some responses of one benchmark and left a part "
                    "of it out of others"
                )
            elif not any(_contradict(a, b, ("model",)) for a in told for b in told):
                statement = f"the server gave {len(told)} answers on itself during one benchmark"
            yield Finding(
                outcome=outcome,
                facet=self.facet,
                statement=f"{record.asked.task}: {statement}",
                benchmarks=(record.asked.task,),
                expected="one answer",
                found=listed(tuple(literal(answer) for answer in told)),
                where=(place(record, self.facet),),
                fix="ask for a dated model id, or for a server of one's own",
            )


def _answers(observation: Observation) -> tuple[JsonValue, ...]:
    """The distinct answers of the server, where the observation lists them."""
    answers: dict[str, JsonValue] = {}
    for identifier in observation.identifiers:
        match identifier.value:
            case {"answers": [*listed_answers]} if identifier.kind is Kind.CONTENT:
                answers |= {literal(normalised(a)): normalised(a) for a in listed_answers}
            case _:
                continue
    return tuple(answers.values())


def _contradict(left: JsonValue, right: JsonValue, fields: Sequence[str] = ()) -> bool:
    """Whether two answers differ in a field that both state; of `fields`, or of all if empty."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return left != right
    return any(
        left[name] is not None and right[name] is not None and left[name] != right[name]
        for name in (fields or left)
        if name in left and name in right
    )
