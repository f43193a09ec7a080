"""The rule `images-are-allowed`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import JsonValue

from weighin.evidence.facts import FactName
from weighin.rules.interface import Finding, Outcome, Weaker
from weighin.rules.shared.fact_rule import FactRule, counts, fails, holds
from weighin.rules.shared.wording import count, listed

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesAreAllowed(FactRule):
    """Every document was solved in a sandbox image that is pinned by digest, and allowed.

    Why:
        An image whose repository holds the commits of the future holds the solutions, too; a tag
        can be moved to such an image and back.

    How:
        Compares the digests of the images with a list of those that are denied, and, if there is
        one, of those that are allowed.

    Fix:
        Solve the documents again in the images of the current version of the benchmark.

    Attributes:
        allowed: Digests (`sha256:…`) that may be used; empty allows all that are not denied.
        denied: Digests that may not.
    """

    id: ClassVar[str] = "images-are-allowed"
    weaker: ClassVar[Mapping[str, Weaker]] = MappingProxyType(
        {"allowed": Weaker.MORE_OR_NONE, "denied": Weaker.FEWER}
    )
    fact: ClassVar[FactName] = FactName.IMAGES
    unknown: ClassVar[str] = "it is not recorded in which sandbox image documents were solved"
    declare_it: ClassVar[str] = (
        "start sandboxes by digest (`image@sha256:…`), and declare `images` of the benchmark"
    )
    fix: ClassVar[str] = "solve these documents again in an allowed image"

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    def judge(self, value: JsonValue) -> Finding:
        """Met where every image has a digest, and no digest is outside the lists."""
        images = counts(value)
        if not images:
            return self.shapeless(value)
        allowed, denied = _digests(self.allowed), _digests(self.denied)
        refused = {
            image: documents
            for image, documents in images.items()
            if _digests((image,)) & denied or (allowed and _digests((image,)) - allowed)
        }
        if refused:
            documents = count(sum(refused.values()), "document")
            is_denied = any(_digests((image,)) & denied for image in refused)
            return fails(
                f"{documents} solved in {'a denied' if is_denied else 'no allowed'} image: "
                + listed(tuple(refused)),
                expected=f"one of {listed(self.allowed)}" if self.allowed else "no denied image",
                found=listed(tuple(images)),
            )
        if floating := tuple(image for image in images if not _digests((image,))):
            return Finding(
                outcome=Outcome.UNDECIDED,
                statement=f"images are named by tags that can move: {listed(floating)}",
                expected="images pinned by digest",
                found=listed(floating),
                fix=self.record_it(),
            )
        return holds(f"{count(len(images), 'sandbox image')} pinned by digest, none refused")


def _digests(images: tuple[str, ...]) -> frozenset[str]:
    return frozenset(found for image in images for found in _DIGEST.findall(image))
