"""Profiles: sets of requirements to start from, as files that a user can read."""

from importlib import resources
from importlib.resources.abc import Traversable

from weighin.errors import RequirementsError
from weighin.files.strict_model import StrictModel
from weighin.files.yaml.document import read_document
from weighin.files.yaml.problems import Problem, shown_text, told, way_out
from weighin.files.yaml.shapes import check_shape
from weighin.identity.facets import Facet, Grade
from weighin.requirements.format import ProfileFile, rule_settings
from weighin.requirements.model import RuleSetting, Text
from weighin.requirements.rules.merging import merged

_SUFFIX = ".yaml"


class Profile(StrictModel):
    """A profile, with what it extends applied.

    Attributes:
        name: Its name.
        description: What it demands.
        same: Facets that must be the same on every benchmark.
        evidence: The least grade that counts.
        rules: Settings by rule id, without the rules of the facets in `same`.
    """

    name: Text
    description: Text
    same: tuple[Facet, ...]
    evidence: Grade
    rules: dict[str, RuleSetting]


def available_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with weighin, sorted."""
    files = _folder().iterdir()
    return tuple(sorted(f.name.removesuffix(_SUFFIX) for f in files if f.name.endswith(_SUFFIX)))


def profile_text(name: str) -> str:
    """The file of a profile, with its comments.

    Raises:
        RequirementsError: There is no such profile.
    """
    if name not in available_profiles():
        text = f"unknown profile {shown_text(name)}; {way_out(name, available_profiles())}"
        raise RequirementsError(text)
    return (_folder() / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def load_profile(name: str) -> Profile:
    """A profile that comes with weighin.

    Raises:
        RequirementsError: There is no such profile, or its file is damaged.
    """
    return _load(name, ())


def _load(name: str, extending: tuple[str, ...]) -> Profile:
    if name in extending:
        raise RequirementsError(f"profile {name}: extends itself; remove `extends`")
    file = _read(name)
    base = _load(file.extends, (*extending, name)) if file.extends else None
    same = file.same or (base.same if base else None)
    evidence = file.evidence or (base.evidence if base else None)
    if same is None or evidence is None:
        raise RequirementsError(f"profile {name}: no `same` or no `evidence`; write both")
    return Profile(
        name=name,
        description=file.description,
        same=same,
        evidence=evidence,
        rules=merged(base.rules if base else {}, rule_settings(file.rules)),
    )


def _read(name: str) -> ProfileFile:
    source = f"profile {name}"
    document = read_document(profile_text(name))
    if isinstance(document, Problem):
        raise RequirementsError(told(source, [document]))
    file = check_shape(document, ProfileFile)
    problems = [*document.problems, *(file if isinstance(file, list) else ())]
    if problems or isinstance(file, list):
        raise RequirementsError(told(source, problems))
    return file


def _folder() -> Traversable:
    return resources.files("weighin.requirements") / "profiles"
