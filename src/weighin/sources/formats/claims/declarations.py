"""Files in which a person declares facts about a model, beside all logs."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from weighin.errors import EvidenceError
from weighin.evidence.collected import Declaration
from weighin.evidence.facts import Fact, FactName
from weighin.evidence.records import Origin
from weighin.files.foreign_file import ForeignFile
from weighin.files.json.foreign import pointer_part
from weighin.files.yaml.document import Document
from weighin.files.yaml.own_files import strict_file
from weighin.files.yaml.problems import Keys, Problem
from weighin.identity.facets import Grade
from weighin.requirements.declarations_format import DeclarationsFile
from weighin.sources.formats.reader import Reading, Signs

MAX_DECLARATIONS_BYTES = 1_000_000
_SUFFIXES = frozenset({".yaml", ".yml"})
_KEY = re.compile(rb"^[\"']?weighin_declarations[\"']?\s*:", re.MULTILINE)
# For these, that nothing stands there says something; for others the key is left out.
_MAY_BE_NULL = frozenset({FactName.PUBLIC_URL})


class DeclarationsReader:
    """Files that declare facts: `weighin schema declarations` prints their format."""

    signs: ClassVar[Signs] = {"weighin declarations": ("weighin_declarations", "model", "facts")}

    def recognises(self, file: ForeignFile) -> bool:
        """Whether it is YAML that names this format."""
        if file.suffix not in _SUFFIXES:
            return False
        try:
            return _KEY.search(file.content()) is not None
        except EvidenceError:
            return False

    def read(self, file: ForeignFile) -> Reading:
        """The facts that it declares; no record."""
        content = file.content()
        if len(content) > MAX_DECLARATIONS_BYTES:
            raise EvidenceError(
                f"{file.shown}: expected at most {MAX_DECLARATIONS_BYTES} bytes, found "
                f"{len(content)}"
            )
        strict = strict_file(content, file.shown, EvidenceError)
        written = strict.as_model(DeclarationsFile, lambda _: _missing_values(strict.document))
        origin = Origin(producer=f"declared, {written.source}", file=file.shown)
        facts = tuple(
            Fact(
                name=FactName(name),
                value=value,
                grade=Grade.DECLARED,
                pointer=f"/facts/{pointer_part(name)}",
            )
            for name, value in written.facts.declared().items()
        )
        declared = Declaration(
            model=written.model, benchmark=written.benchmark or "", facts=facts, origin=origin
        )
        return Reading(format="weighin declarations", records=(), declarations=(declared,))


def without_contradictions(declarations: Sequence[Declaration]) -> tuple[Declaration, ...]:
    """The declarations, none of which says of a fact what another denies.

    Raises:
        EvidenceError: Two declare one fact of one model and benchmark in two ways.
    """
    first: dict[tuple[str, str, FactName], tuple[Fact, Declaration]] = {}
    for declared in declarations:
        for fact in declared.facts:
            key = (declared.model, declared.benchmark, fact.name)
            known, elsewhere = first.setdefault(key, (fact, declared))
            if known.value != fact.value:
                on = f" on {declared.benchmark}" if declared.benchmark else ""
                raise EvidenceError(
                    f"{declared.origin.file}: {fact.name} of {declared.model}{on} is declared "
                    f"otherwise in {elsewhere.origin.file}; keep the one that holds"
                )
    return tuple(declarations)


def _missing_values(document: Document) -> Iterator[Problem]:
    """Facts without a value: a fact that is not declared is left out."""
    facts = document.get("facts")
    if isinstance(facts, dict) and not facts:
        yield document.problem(("facts",), "expected at least one fact, found none")
    for name, value in facts.items() if isinstance(facts, dict) else ():
        keys: Keys = ("facts", name)
        if value is None and name not in _MAY_BE_NULL:
            yield document.problem(
                keys, "expected a value, found nothing; leave out what is not declared"
            )
