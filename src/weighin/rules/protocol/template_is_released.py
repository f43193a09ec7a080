"""The rule `template-is-released`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from weighin.evidence.records import Record
from weighin.identity.facets import Facet, Grade, Kind
from weighin.identity.manifest import Manifest
from weighin.rules.interface import Case, Finding, Level, Outcome
from weighin.rules.shared.per_record import RecordRule, bearing, place
from weighin.rules.shared.wording import described, digest, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateIsReleased(RecordRule):
    """Where a chat template was applied, it is the one of the release.

    Why:
        A template carries instructions, tool syntax and thinking switches. A score that needs
        another template than the released one is not what users of the release will see.

    How:
        Compares the digest of the applied template with that of `model.released`.

    Fix:
        Score with the released template, or release the one that was scored.
    """

    id: ClassVar[str] = "template-is-released"
    level: ClassVar[Level] = Level.WARNING
    anchor: ClassVar[str] = "model.released"

    def check(self, case: Case) -> Iterator[Finding]:
        """A finding on every record to which a template was applied."""
        if self.records(case) and case.requirements.model.released is None:
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE,
                statement="the requirements name no released checkpoint",
            )
            return
        yield from RecordRule.check(self, case)

    def findings(self, case: Case, record: Record) -> Iterator[Finding]:
        """One finding on the template that was applied."""
        facet = Facet.CHAT_TEMPLATE
        applied = _applied(record)
        if not bearing((record,), facet) or applied == "":
            yield Finding(
                outcome=Outcome.NOT_APPLICABLE, facet=facet, statement="no template applied"
            )
            return
        released = case.released
        if released is None:
            why = f": {case.released_why_not}" if case.released_why_not else ""
            yield Finding(
                outcome=Outcome.UNDECIDED,
                facet=facet,
                statement=f"the released checkpoint is not at hand{why}",
                fix="put the released checkpoint or its manifest where the requirements name it",
            )
            return
        observation = record.observation(facet)
        if applied is None:
            yield Finding(
                outcome=Outcome.UNDECIDED,
                facet=facet,
                statement="which template was applied is not recorded",
                expected=_released_words(released),
                found=described(observation),
                where=(place(record, facet),),
                fix=observation.how_to_record or "score it with `weighin run`",
            )
            return
        # Of several templates in a checkpoint the manifest holds one digest of all.
        scored = case.manifests.get(record.checkpoint_id or "")
        is_released = released.chat_template is not None and released.chat_template in {
            applied,
            None if scored is None else scored.chat_template,
        }
        yield Finding(
            outcome=Outcome.MET if is_released else Outcome.VIOLATED,
            facet=facet,
            statement="the released template was applied"
            if is_released
            else "a template was applied that is not the released one",
            expected=_released_words(released),
            found=digest(applied),
            where=(place(record, facet),),
            fix="" if is_released else "score with the released template, or release this one",
        )


def _applied(record: Record) -> str | None:
    """Digest of the applied template; empty if none was applied, `None` if that is not known."""
    for identifier in record.observation(Facet.CHAT_TEMPLATE).identifiers:
        value = identifier.value
        is_known = identifier.kind is Kind.CONTENT and identifier.grade.at_least(Grade.DECLARED)
        if is_known and isinstance(value, dict):
            if value.get("applied") is False:
                return ""
            if isinstance(sha256 := value.get("sha256"), str):
                return sha256
    return None


def _released_words(released: Manifest) -> str:
    template = released.chat_template
    return "no template" if template is None else digest(literal(template))
