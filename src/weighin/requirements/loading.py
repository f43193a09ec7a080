"""Reading a requirements file: every problem is told at once, each with its line."""

import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from weighin.errors import RequirementsError
from weighin.files.canonical import sha256_hex
from weighin.files.yaml.document import Document, read_document
from weighin.files.yaml.overridden import Overridden, overridden
from weighin.files.yaml.problems import (
    Keys,
    Place,
    Problem,
    dotted,
    shown,
    told,
    without_echoes,
)
from weighin.files.yaml.shapes import check_shape
from weighin.requirements.checks import content as content_checks
from weighin.requirements.checks.locations import check_locations
from weighin.requirements.checks.placement import check_placement
from weighin.requirements.checks.rules import check_rules
from weighin.requirements.format import RequirementsFile, rule_settings
from weighin.requirements.model import Requirements
from weighin.requirements.profiles import Profile, available_profiles, load_profile
from weighin.requirements.rules.merging import (
    canonical_settings,
    facet_settings,
    merged,
    switched_on,
)
from weighin.requirements.rules.shapes import RuleShape, facet_rule, shapes_by_name

STANDARD_INPUT = Path("-")
"""Names standard input; what it states lies relative to the current folder."""
MAX_SIZE_BYTES = 1_000_000
MOST_EVENTS = 20_000
"""Scalars, keys, and begins and ends of lists and mappings: some 1,500 benchmarks."""


def load_requirements(
    path: Path, known_rules: Sequence[RuleShape], overrides: Sequence[str] = ()
) -> Requirements:
    """The requirements in a file, with its profile applied.

    Args:
        path: The file.
        known_rules: Every rule that can judge. A file that names another is refused, since a
            requirement that nothing judges would hold by default.
        overrides: What is stated otherwise than in the file, each as `KEY=VALUE`.

    Raises:
        RequirementsError: The file cannot be read or is wrong. The message has one line a
            problem, in the order of the file: `file:line:column: key: problem`; then those of what
            is stated otherwise.
        UsageError: What is stated otherwise is no key and value.
    """
    content = _read(path)
    stated = overridden(_parse(path, content), overrides, named="benchmarks")
    shapes = shapes_by_name(known_rules)
    file = _checked(path, stated, shapes)
    if overrides:
        content = stated.text()
    profile = load_profile(file.profile)
    _refuse_unjudged(profile, shapes)
    same = file.same or profile.same
    of_profile = canonical_settings(profile.rules, shapes)
    of_file = canonical_settings(rule_settings(file.rules), shapes)
    by_itself = merged(facet_settings(profile.same, shapes), of_profile)
    return Requirements(
        source=path,
        sha256=sha256_hex(content),
        model=file.model,
        tasks=file.tasks,
        profile=profile.name,
        same=same,
        evidence=file.evidence or profile.evidence,
        benchmarks=file.benchmarks,
        rules=merged(facet_settings(same, shapes), of_profile, of_file),
        switched_on=switched_on(of_file, by_itself),
        profile_same=profile.same,
        profile_evidence=profile.evidence,
        profile_rules=by_itself,
        waivers=tuple(
            waiver.model_copy(update={"rule": shapes[waiver.rule].id}) for waiver in file.waivers
        ),
        lines=_lines(stated, shapes),
        overrides=tuple(overrides),
        overridden=content if overrides else b"",
        override_places=_override_places(stated, shapes),
    )


def problems_of(content: bytes, known_rules: Sequence[RuleShape]) -> list[Problem]:
    """What is wrong with the content of a requirements file, before there is such a file.

    Raises:
        RequirementsError: It is no YAML at all.
    """
    document = _parse(Path("weighin.yaml"), content)
    return _held_against_format(document, shapes_by_name(known_rules))[1]


def _read(path: Path) -> bytes:
    content = _standard_input() if path == STANDARD_INPUT else _content_of(path)
    if len(content) > MAX_SIZE_BYTES:
        text = f"larger than {MAX_SIZE_BYTES} bytes; a requirements file lists benchmarks by name"
        raise RequirementsError(f"{path}: {text}")
    return content


def _standard_input() -> bytes:
    try:
        return sys.stdin.buffer.read(MAX_SIZE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise RequirementsError(f"{STANDARD_INPUT}: cannot be read: {error}") from error


def _content_of(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise RequirementsError(f"{path}: expected a file, found a folder; name the file in it")
        # Opening a pipe or device could wait for ever.
        if not stat.S_ISREG(mode):
            raise RequirementsError(f"{path}: expected a file, found a pipe, socket or device")
        with path.open("rb") as file:
            return file.read(MAX_SIZE_BYTES + 1)
    except FileNotFoundError as error:
        raise RequirementsError(f"{path}: no such file; check the path") from error
    except (OSError, ValueError) as error:
        raise RequirementsError(f"{path}: cannot be read: {error}") from error


def _parse(path: Path, content: bytes) -> Document:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_of_byte(content, error.start)
        found = f"not UTF-8: byte 0x{content[error.start]:02x}; save the file as UTF-8"
        raise RequirementsError(told(str(path), [Problem(place, (), found)])) from error
    document = read_document(text, most_events=MOST_EVENTS)
    if isinstance(document, Problem):
        raise RequirementsError(told(str(path), [document]))
    if not isinstance(document.root, dict) or not document.root:
        what = "an empty file" if document.root is None else shown(document.root)
        found = f"expected a mapping that begins with weighin: 1, found {what}"
        problems = document.problems or (Problem(Place(1, 1), (), found),)
        raise RequirementsError(told(str(path), problems))
    return document


def _place_of_byte(content: bytes, offset: int) -> Place:
    before = content[:offset]
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", errors="replace")) + 1
    return Place(before.count(b"\n") + 1, column)


def _checked(path: Path, stated: Overridden, shapes: Mapping[str, RuleShape]) -> RequirementsFile:
    document = stated.document
    if content_checks.is_newer(document):
        raise RequirementsError(
            stated.told(str(path), list(content_checks.check_version(document)))
        )
    file, problems = _held_against_format(document, shapes)
    if problems or file is None:
        raise RequirementsError(stated.told(str(path), problems))
    return file


def _held_against_format(
    document: Document, shapes: Mapping[str, RuleShape]
) -> tuple[RequirementsFile | None, list[Problem]]:
    """The file, if its shape is right, and every problem of it."""
    file = check_shape(document, RequirementsFile)
    problems = without_echoes(
        document.problems,
        content_checks.check_version(document),
        content_checks.check_values(document),
        file if isinstance(file, list) else (),
        content_checks.check_benchmarks(document),
        content_checks.check_decoding(document),
        content_checks.check_facets(document),
        content_checks.check_profile(document, available_profiles()),
        content_checks.check_waivers(document),
        check_locations(document),
        check_placement(document),
        check_rules(document, shapes),
        content_checks.check_ambiguities(document),
    )
    return (None if isinstance(file, list) else file), problems


def _refuse_unjudged(profile: Profile, shapes: Mapping[str, RuleShape]) -> None:
    """A profile must not demand what nothing judges."""
    needed = [*profile.rules, *(facet_rule(facet) for facet in profile.same)]
    if unknown := [rule for rule in needed if rule not in shapes]:
        raise RequirementsError(
            f"profile {profile.name}: no such rule: {', '.join(unknown)}; install weighin anew"
        )


def _lines(stated: Overridden, shapes: Mapping[str, RuleShape]) -> dict[str, tuple[int, int]]:
    return {
        name: (place.line, place.column)
        for keys, place in stated.document.places.items()
        if keys and not stated.source_of(keys)
        for name in _names(keys, shapes)
    }


def _override_places(stated: Overridden, shapes: Mapping[str, RuleShape]) -> dict[str, str]:
    return {
        name: source for keys, source in stated.sources.items() for name in _names(keys, shapes)
    }


def _names(keys: Keys, shapes: Mapping[str, RuleShape]) -> Iterator[str]:
    """The path to a value; of a rule, by the name that the file gives it and by its id."""
    if keys[0] == "rules" and len(keys) > 1 and (shape := shapes.get(str(keys[1]))):
        yield dotted(("rules", shape.id, *keys[2:]))
    yield dotted(keys)
