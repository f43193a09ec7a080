"""What an object store refuses, in weighin's own errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from weighin.errors import InfrastructureError, UsageError

_STATUS = re.compile(r"status code: (\d{3})")
_OF_THE_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|bucket does not exist", re.IGNORECASE)
_QUERY = re.compile(r"\?[^\s>]+")  # It may hold a signature.
# Where clients look for credentials when none are given.
_METADATA = ("169.254.", "metadata.google.internal")
# Statuses below 500 after which another try may help: timeout, conflict, too many requests.
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_ERRORS, _NOT_IMPLEMENTED = 500, 501
_LONGEST = 400


def is_of_the_bucket(error: Exception) -> bool:
    """Whether what was not found is the bucket, not an object in it."""
    return _OF_THE_BUCKET.search(str(error)) is not None


@contextmanager
def translated(url: str, action: str) -> Iterator[None]:
    """Turn a failure of an object store into one of weighin's own errors.

    Args:
        url: What was asked for.
        action: What was being done with it, as it follows "cannot".

    Raises:
        InfrastructureError: The network or the store is failing: trying again may help.
        UsageError: It can never be done there.
    """
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileNotFoundError, ValueError) as error:
        reason = _QUERY.sub("?…", str(error).split("\n\nDebug source", 1)[0])
        failed = f"{url}: cannot {action}: {' '.join(reason.split())[:_LONGEST]}"
        if (way_out := _way_out(error, reason)) is not None:
            raise UsageError(f"{failed}; {way_out}") from error
        raise InfrastructureError(
            f"{failed}; nothing recorded before is lost, run the same command again"
        ) from error


def _way_out(error: Exception, reason: str) -> str | None:
    """What must be given instead; `None` where trying again may help."""
    from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

    if isinstance(error, FileNotFoundError) or is_of_the_bucket(error):
        return "give a bucket that is there, or make it"
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return "give credentials that may do that, in the environment"
    if "invalid path" in reason:
        return "rename what has such a name, or give a prefix without it"
    if any(place in reason for place in _METADATA):
        return "give credentials in the environment, such as AWS_ACCESS_KEY_ID"
    if "builder error" in reason and "http://" in reason:
        return "give an endpoint with https, or AWS_ALLOW_HTTP=true for one that is trusted"
    status = _STATUS.search(reason)
    if "NotImplemented" in reason or (status and int(status[1]) == _NOT_IMPLEMENTED):
        return "the store has no If-None-Match, give a bucket of one that honours it"
    if status is None:
        return "give another place" if isinstance(error, ValueError) else _after_redirect(reason)
    code = int(status[1])
    is_passing = code in _PASSING or code >= _SERVER_ERRORS
    return None if is_passing else "give another place, or ask whoever runs it"


def _after_redirect(reason: str) -> str | None:
    return "give the region of the bucket, in AWS_REGION" if "redirect" in reason.lower() else None
