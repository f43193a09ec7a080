"""Names of models, and when two of them are spellings of one."""

import re
from functools import lru_cache

_CACHED = re.compile(
    r"(?:^|/)models--(?P<owner>[^/]+?)--(?P<name>[^/]+?)(?:/snapshots/(?P<commit>[0-9a-f]{40}))?$"
)
# As lm-eval and others make a folder of `org/name`.
_FOLDER = re.compile(
    r"(?P<owner>[A-Za-z0-9](?:[\w.-]*?[A-Za-z0-9])?)__(?P<name>[A-Za-z0-9][\w.-]*)"
)
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_SCHEME = "hf://"


def plain_name(name: str) -> str:
    """A name or path without what changes nothing: slashes too many, `./`, a hub's cache around it.

    `models--org--name/snapshots/<commit>` is `org/name`; of what commit, `cached_commit` says.
    """
    text = name.strip().removeprefix(_HUB_SCHEME)
    text = re.sub(r"/(?:\./)+", "/", re.sub(r"/{2,}", "/", text))
    while text.startswith("./"):
        text = text[2:]
    text = text.rstrip("/").removesuffix("/.") or name
    found = _CACHED.search(text)
    return f"{found['owner']}/{found['name']}" if found else text


def cached_commit(name: str) -> str:
    """The commit whose snapshot in a hub's cache a path is; empty if it is none."""
    found = _CACHED.search(name.rstrip("/"))
    return (found["commit"] or "") if found else ""


@lru_cache(maxsize=4096)
def spelling_apart(name: str) -> str:
    """What is equal for all spellings of one name: `Org/Name`, `org/name/` and `org__name`.

    Ids of hubs are alike in any case; paths and revisions are not.
    """
    text, at, revision = plain_name(name).partition("@")
    if (folder := _FOLDER.fullmatch(text)) is not None:
        text = f"{folder['owner']}/{folder['name']}"
    is_hub_id = _HUB_ID.fullmatch(text) is not None and not text.startswith(".")
    return f"{text.casefold() if is_hub_id else text}{at}{revision}"
