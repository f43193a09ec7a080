"""Whether the hub can be reached, and the caches that spare it."""

import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from weighin.identity.fingerprint.remembered.folder import ENVIRONMENT, cache_folder
from weighin.sources.environment.examined import Examined, Health, Topic
from weighin.sources.environment.machine import room_bytes, size
from weighin.sources.environment.variables import is_on
from weighin.version import __version__

OFFLINE: Final = "HF_HUB_OFFLINE"
_ENDPOINT: Final = "https://huggingface.co"
_SECONDS: Final = 5.0


def is_offline(environment: Mapping[str, str]) -> bool:
    """Whether the library of the hub is told to ask nobody."""
    return is_on(environment.get(OFFLINE)) or is_on(environment.get("TRANSFORMERS_OFFLINE"))


def examined_hub(environment: Mapping[str, str], *, asks: bool) -> Iterator[Examined]:
    """The hub, and the caches.

    Args:
        environment: Variables.
        asks: Whether the hub may be asked.
    """
    if is_offline(environment):
        words = f"{OFFLINE} is set: only what is in the cache can be loaded"
        yield _told("hub", words, Health.NOTE)
    elif not asks:
        yield _told("hub", "not asked")
    else:
        yield _reached(environment.get("HF_ENDPOINT") or _ENDPOINT)
    cache = cache_folder(environment)
    if cache is None:
        words = "this user has no folder for one: every file is read again for each plan"
        yield _told("weighin's cache", words, Health.NOTE, f"name a folder in {ENVIRONMENT}")
    else:
        yield _cache("weighin's cache", cache)
    yield _cache("cache of the hub", hub_cache(environment))


def hub_cache(environment: Mapping[str, str]) -> Path:
    """Where the library of the hub keeps what it fetched."""
    if given := environment.get("HF_HUB_CACHE"):
        return Path(given).expanduser()
    home = environment.get("HF_HOME")
    if not home:
        above = environment.get("XDG_CACHE_HOME") or "~/.cache"
        home = os.path.join(above, "huggingface")  # noqa: PTH118  # may begin with ~
    return Path(home).expanduser() / "hub"


def _reached(endpoint: str) -> Examined:
    """Whether something answers at an endpoint, which may hold a secret and is not told."""
    place = "the hub" if endpoint == _ENDPOINT else "the hub that HF_ENDPOINT names"
    try:
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            raise ValueError  # noqa: TRY301  # told as any that is no address
        asked = urllib.request.Request(  # noqa: S310  # its scheme was looked at
            endpoint, method="HEAD", headers={"User-Agent": f"weighin/{__version__}"}
        )
        with urllib.request.urlopen(asked, timeout=_SECONDS):  # noqa: S310  # as above
            return _told("hub", f"{place} answers")
    except urllib.error.HTTPError as error:
        return _told("hub", f"{place} answers (HTTP {error.code})")
    except (OSError, HTTPException, ValueError):
        return _told(
            "hub",
            f"{place} cannot be reached: only what is in the cache can be loaded",
            Health.NOTE,
            f"set {OFFLINE}=1, so that nothing waits for it; or check the network and its proxy",
        )


def _cache(name: str, folder: Path) -> Examined:
    found = room_bytes(folder)
    free = "" if found is None else f", {size(found[1])} free"
    if not folder.is_dir():
        return _told(name, f"{folder}: not there yet{free}")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        words = f"{folder} cannot be written by this user"
        return _told(name, words, Health.NOTE, "name another one")
    return _told(name, f"{folder}{free}")


def _told(name: str, words: str, health: Health = Health.OK, fix: str = "") -> Examined:
    return Examined(topic=Topic.HUB, name=name, health=health, words=words, fix=fix)
